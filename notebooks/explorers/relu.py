"""ReLU backwards: the mask lets a gradient through, or stops it."""

import numpy as np

from explorers.network import NetworkExplorer
from explorers.predict import loss_question, on_question, rows_question, sign_question


class ReluExplorer(NetworkExplorer):
    _picked = "G_A1", {}
    narrow = (("X",), ("P",), ("Y",), ("G_Z",))
    wide = ("A1", "M", "G_H", "G_A1")

    def parts_under_the_plane(self):
        return self.add_network()

    def questions(self):
        def index():
            return self.example, self.unit

        return {
            "on or off": on_question(
                lambda: f"is unit {index()[1]} on for example {index()[0]}",
                lambda values: values["M"][index()],
                self.say_gate,
            ),
            "sign of G_A1": sign_question(
                lambda: f"is G_A1[{index()[0]}, {index()[1]}] below 0, 0, or above",
                lambda values: values["G_A1"][index()],
                self.say_gate,
            ),
            "rows of G_A1": rows_question("G_A1", lambda: self.example),
            "loss": loss_question(),
        }

    def draw(self):
        self.show_plane(f"the hinge line of each hidden unit. {self.say_point()} {self.say_gate()}")
        self.show_network("G_A1")

    def say_gate(self):
        i, j = self.example, self.unit
        a, on, g_h, g_a = (self.values[symbol][i, j] for symbol in ("A1", "M", "G_H", "G_A1"))
        gate = "on, so the gradient passes" if on else "off, so the gradient stops"
        return f"A1[{i}, {j}] = {a:z.2f} is {gate}: G_A1[{i}, {j}] = {g_h:z.3f} × {int(on)} = {g_a:z.3f}."

    def say(self):
        M = self.values["M"]
        dead = np.flatnonzero(~M.any(axis=0))
        named = f"unit{'s' * (len(dead) > 1)} {', '.join(map(str, dead))}" if len(dead) else "none"
        return f"{self.say_loss()} {M.sum()} of {M.size} entries are on. Dead for the whole batch: {named}."

    def describe(self):
        return [self.say_point(), self.say_gate()]


def relu_explorer(X=None, y=None, params=None, scale=None):
    """Move a hinge line, and watch M = 1[A1 > 0] let entries of G_H through to G_A1 = G_H ⊙ M.

    X (N, 2), y (N,) in {0, 1}, params with 2 inputs and 2 outputs; scale is that of set_scale, unless given.
    Raises ValueError, TypeError for a bad X, y, params or scale. Derivation, section 3.
    """
    return ReluExplorer(X, y, params, scale)

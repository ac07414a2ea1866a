"""The hidden layer: gradients of the first weights and biases, and of the points themselves."""

import numpy as np

from explorers.network import NetworkExplorer
from explorers.predict import change_question, loss_question, rows_question, sign_question
from explorers.views.words import spelled


class HiddenLayerExplorer(NetworkExplorer):
    _picked = "G_W1", {}
    narrow = (("X",), ("G_Z",), ("G_X",))
    wide = ("M", "G_H", "G_A1", "G_b1", "G_W1", "W1")

    def parts_under_the_plane(self):
        return self.add_network()

    def questions(self):
        return {
            "sign of G_W1": sign_question(
                lambda: f"is G_W1[{self.unit}, 0] below 0, 0, or above",
                lambda values: values["G_W1"][self.unit, 0],
                self.say_sum,
            ),
            "length of its arrow": change_question(
                lambda: f"how long is the arrow of example {self.example}",
                lambda values: np.linalg.norm(values["G_X"][self.example]),
                lambda before, now: self.say_arrow(),
                ("shorter", "as long", "longer"),
            ),
            "rows of G_X": rows_question("G_X", lambda: self.example),
            "loss": loss_question(),
        }

    def set_scales(self):
        super().set_scales()
        self.stretch = 0.5 * self.edge / self.limits["G_X"]

    def draw(self):
        arrows = self.stretch * self.values["G_X"]
        self.show_plane(
            f"on each point its row of G_X as an arrow. {self.say_arrow()} {self.say_stretch()}", arrows=arrows
        )
        self.show_network("G_W1")

    def say_sum(self):
        j = self.unit
        terms = self.values["G_A1"][:, j] * self.X[:, 0]
        return f"G_W1[{j}, 0] = sum over i of G_A1[i, {j}] X[i, 0] = {spelled(terms)} = {terms.sum():+z.3f}."

    def say_arrow(self):
        i, (x1, x2) = self.example, self.values["G_X"][self.example]
        return f"G_X[{i}] = ({x1:+z.3f}, {x2:+z.3f}): along its arrow, point {i} raises the loss fastest."

    def say_stretch(self):
        return f"Arrows are drawn {self.stretch:.3g} times as long as the rows of G_X."

    def say(self):
        return f"{self.say_loss()} {self.say_stretch()}"

    def describe(self):
        j = self.unit
        return [
            self.say_point(),
            f"G_b1[{j}] = sum of column {j} of G_A1 = {self.values['G_b1'][j]:+z.3f}.",
            self.say_arrow(),
        ]


def hidden_layer_explorer(X=None, y=None, params=None, scale=None):
    """Move a unit or a point, and watch G_W1 = G_A1ᵀ X, G_b1 = Σ_i G_A1[i], and G_X = G_A1 W1 as arrows.

    X (N, 2), y (N,) in {0, 1}, params with 2 inputs and 2 outputs; scale is that of set_scale, unless given.
    Raises ValueError, TypeError for a bad X, y, params or scale. Derivation, section 4.
    """
    return HiddenLayerExplorer(X, y, params, scale)

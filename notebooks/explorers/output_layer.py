"""The output layer: G_W2 is a sum over examples, one outer product each."""

import ipywidgets as widgets
import numpy as np

from explorers.network import NetworkExplorer
from explorers.predict import closer_question, loss_question, rows_question, sign_question
from explorers.views.bars import Bars
from explorers.views.tables import Matrix
from explorers.views.words import spelled


class OutputLayerExplorer(NetworkExplorer):
    _picked = "G_W2", {}
    narrow = (("P",), ("Y",), ("G_Z", "G_b2"))
    beside = ("bars",)
    wide = ("H", "outer", "G_W2", "W2", "G_H")

    def add_matrix(self, symbol):
        if symbol != "outer":
            return super().add_matrix(symbol)
        axes = self.axes["class"], self.axes["unit"]
        self.views["outer"] = Matrix("one term", "G_Z[i]ᵀ H[i]", *axes, attributes='data-of="G_W2"')
        return self.views["outer"]

    def more_controls(self):
        return [self.add_control("class", widgets.Dropdown(options=[0, 1], description="class"))]

    def add_pictures_beside(self):
        self.bars = self.views["bars"] = Bars(len(self.X), self.scale)

    def questions(self):
        def index():
            return self.controls["class"].value, self.unit

        return {
            "sign of G_W2": sign_question(
                lambda: f"is G_W2[{index()[0]}, {index()[1]}] below 0, 0, or above",
                lambda values: values["G_W2"][index()],
                self.say_sum,
            ),
            "closer to 0": closer_question(
                lambda: f"where is G_W2[{index()[0]}, {index()[1]}]",
                lambda values: values["G_W2"][index()],
                self.say_sum,
            ),
            "rows of G_Z": rows_question("G_Z", lambda: self.example),
            "loss": loss_question(),
        }

    def more_values(self):
        i = self.example
        return {"outer": np.outer(self.values["G_Z"][i], self.values["H"][i])}

    def set_scales(self):
        super().set_scales()
        self.limits["outer"] = self.limits["G_W2"]

    def terms(self):
        return self.values["G_Z"][:, self.controls["class"].value] * self.values["H"][:, self.unit]

    def draw(self):
        self.show_plane(f"unit {self.unit}'s hinge line. {self.say_point()}")
        k, j = self.controls["class"].value, self.unit
        alt = (
            f"A bar for each example, and one for the sum. That of example {self.example} is outlined. {self.say_sum()}"
        )
        self.bars.show(alt, f"terms of G_W2[{k}, {j}]", self.terms(), self.example)

    def touch_bar(self, i):
        """Choose the example of a bar."""
        self.touch_point(i)

    def say_sum(self):
        k, j = self.controls["class"].value, self.unit
        terms = self.terms()
        return f"G_W2[{k}, {j}] = sum over i of G_Z[i, {k}] H[i, {j}] = {spelled(terms)} = {terms.sum():+z.3f}."

    def say(self):
        i, k, j = self.example, self.controls["class"].value, self.unit
        g, h = self.values["G_Z"][i, k], self.values["H"][i, j]
        return (
            f"{self.say_loss()} Example {i} brings G_Z[{i}, {k}] H[{i}, {j}] = ({g:+z.3f})({h:z.2f}) = {g * h:+z.3f}."
        )

    def describe(self):
        i, j = self.example, self.unit
        ways, G_H = self.values["G_Z"][i] * self.params.W2[:, j], self.values["G_H"][i, j]
        return [
            self.say_point(),
            f"G_H[{i}, {j}] = sum over k of G_Z[{i}, k] W2[k, {j}] = {ways[0]:+z.3f} {ways[1]:+z.3f} = {G_H:+z.3f}.",
        ]


def output_layer_explorer(X=None, y=None, params=None, scale=None):
    """Pick an example, and watch its outer product G_Z[i]ᵀ H[i] take its share of G_W2 = G_Zᵀ H; and G_b2, G_H.

    X (N, 2), y (N,) in {0, 1}, params with 2 inputs and 2 outputs; scale is that of set_scale, unless given.
    Raises ValueError, TypeError for a bad X, y, params or scale. Derivation, section 2.
    """
    return OutputLayerExplorer(X, y, params, scale)

"""The output layer: G_W2 is a sum over examples, one outer product each."""

import ipywidgets as widgets
import numpy as np

from explorers.base import flow
from explorers.network import NetworkExplorer
from explorers.predict import closer_question, loss_question, rows_question, sign_question
from explorers.views.bars import Bars
from explorers.views.plane import Plane
from explorers.views.tables import Matrix
from explorers.views.words import spelled


class OutputLayerExplorer(NetworkExplorer):
    _picked = "G_W2", {}

    def build(self):
        self.plane = self.views["plane"] = Plane(self.scale)
        self.bars = self.views["bars"] = Bars(len(self.X), self.scale)
        classes = widgets.Dropdown(options=[0, 1], description="class k")
        self.add_control("class", classes)
        self.outer = self.views["outer"] = Matrix("", "", self.axes["class"], self.axes["unit"])
        self.outer.hand = ' data-of="G_W2"'
        return [
            flow(self.common_controls(), self.plane.widget, widgets.VBox([classes, self.bars.widget])),
            self.words.widget,
            self.sum.widget,
            self.add_matrices("G_Z", "H"),
            flow(self.outer.widget, self.add_matrices("G_W2", "G_b2")),
            self.add_matrices("W2", "G_H"),
        ]

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
        self.outer.symbol = f"outer product of example {i}"
        self.outer.meaning = f"G_Z[{i}]ᵀ H[{i}], its share of G_W2"
        return {"outer": np.outer(self.values["G_Z"][i], self.values["H"][i])}

    def terms(self):
        return self.values["G_Z"][:, self.controls["class"].value] * self.values["H"][:, self.unit]

    def frame(self):
        self.plane.set_limit(self.limit)
        self.limits["outer"] = self.limits["G_W2"]

    def draw(self):
        self.show_plane(f"class regions and unit {self.unit}'s hinge line. {self.say_point()}", regions=True)
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

    def describe(self):
        i, j, k = self.example, self.unit, self.controls["class"].value
        g, h = self.values["G_Z"][i, k], self.values["H"][i, j]
        G_H = self.values["G_H"][i, j]
        ways = self.values["G_Z"][i] * self.params.W2[:, j]
        return [
            self.say_point(),
            f"Example {i} brings G_Z[{i}, {k}] H[{i}, {j}] = ({g:+z.3f})({h:z.2f}) = {g * h:+z.3f}.",
            f"G_H[{i}, {j}] = sum over k of G_Z[{i}, k] W2[k, {j}] = {ways[0]:+z.3f} {ways[1]:+z.3f} = {G_H:+z.3f}.",
        ]


def output_layer_explorer(X=None, y=None, params=None, scale=None):
    """Pick an example, and watch its outer product G_Z[i]ᵀ H[i] take its share of G_W2 = G_Zᵀ H; and G_b2, G_H.

    X (N, 2), y (N,) in {0, 1}, params with 2 inputs and 2 outputs; scale is that of set_scale, unless given.
    Raises ValueError, TypeError for a bad X, y, params or scale. Derivation, section 2.
    """
    return OutputLayerExplorer(X, y, params, scale)

"""The hidden layer: gradients of the first weights and biases, and of the points themselves."""

import ipywidgets as widgets

from explorers.base import flow
from explorers.network import NetworkExplorer
from explorers.predict import loss_question, sign_question
from explorers.views.plane import Plane
from explorers.views.words import spelled


class HiddenLayerExplorer(NetworkExplorer):
    _picked = "G_W1", {}

    def build(self):
        self.plane = self.views["plane"] = Plane(self.scale)
        return [
            flow(
                self.common_controls(),
                self.plane.widget,
                self.add_matrices("G_W1"),
                widgets.VBox([self.add_matrices(symbol) for symbol in ("X", "G_Z", "G_X")]),
            ),
            self.words.widget,
            self.sum.widget,
            self.add_matrices("G_A1"),
            self.add_matrices("G_b1"),
        ]

    def questions(self):
        return {
            "sign of G_W1": sign_question(
                lambda: f"is G_W1[{self.unit}, 0] below 0, 0, or above",
                lambda values: values["G_W1"][self.unit, 0],
                self.say_sum,
            ),
            "loss": loss_question(),
        }

    def frame(self):
        self.plane.set_limit(self.limit)
        self.stretch = 0.5 * self.limit / self.limits["G_X"]

    def draw(self):
        self.show_plane(
            f"the class regions, and on each point its row of G_X as an arrow. {' '.join(self.describe())}",
            regions=True,
            arrows=self.stretch * self.values["G_X"],
        )

    def say_sum(self):
        j = self.unit
        terms = self.values["G_A1"][:, j] * self.X[:, 0]
        return f"G_W1[{j}, 0] = sum over i of G_A1[i, {j}] X[i, 0] = {spelled(terms)} = {terms.sum():+z.3f}."

    def describe(self):
        i, j = self.example, self.unit
        G_X = self.values["G_X"]
        return [
            self.say_point(),
            f"G_b1[{j}] = sum of column {j} of G_A1 = {self.values['G_b1'][j]:+z.3f}.",
            f"G_X[{i}] = ({G_X[i, 0]:+z.3f}, {G_X[i, 1]:+z.3f}): along its arrow, point {i} raises the loss fastest.",
            f"Arrows are drawn {self.stretch:.3g} times as long as the rows of G_X.",
        ]


def hidden_layer_explorer(X=None, y=None, params=None, scale=None):
    """Move a unit or a point, and watch G_W1 = G_A1ᵀ X, G_b1 = Σ_i G_A1[i], and G_X = G_A1 W1 as arrows.

    X (N, 2), y (N,) in {0, 1}, params with 2 inputs and 2 outputs; scale is that of set_scale, unless given.
    Raises ValueError, TypeError for a bad X, y, params or scale. Derivation, section 4.
    """
    return HiddenLayerExplorer(X, y, params, scale)

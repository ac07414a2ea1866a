"""Softmax and cross-entropy: from two logits to the gradient at them."""

import ipywidgets as widgets
import numpy as np

import mlp_helpers as mlp
from explorers.base import flow
from explorers.hands import within
from explorers.network import NetworkExplorer
from explorers.predict import closer_question, loss_question, rows_question
from explorers.views.curve import Curve
from explorers.views.plane import Plane
from explorers.views.words import zero


class SoftmaxExplorer(NetworkExplorer):
    """Logits are moved through b2, so that what is on the screen is always a network: all rows of Z move along."""

    _picked = "G_Z", {}

    _added = 0.0  # the s in Z + s

    def build(self):
        self.plane = self.views["plane"] = Plane(self.scale)
        self.curve = self.views["curve"] = Curve("share of example i in the loss", self.scale)
        logits = [
            self.add_slider("z0", "", lambda value: self._put_logit(0, value), limit=6.0),
            self.add_slider("z1", "", lambda value: self._put_logit(1, value), limit=6.0),
            self.add_slider("s", "add s to both", self._add, limit=6.0),
            self.add_control("class", widgets.Dropdown(options=[("z0", 0), ("z1", 1)], description="curve along")),
        ]
        return [
            flow(widgets.VBox([*logits, self.curve.widget]), self.common_controls(), self.plane.widget),
            self.words.widget,
            self.sum.widget,
            self.add_matrices("Z", "P", "Y", "G_Z"),
        ]

    def questions(self):
        def index():
            return self.example, self.controls["class"].value

        return {
            "closer to 0": closer_question(
                lambda: f"where is G_Z[{index()[0]}, {index()[1]}]",
                lambda values: values["G_Z"][index()],
                self.say_entry,
            ),
            "rows of G_Z": rows_question("G_Z", lambda: self.example),
            "loss": loss_question(),
        }

    def _put_logit(self, k, value):
        self.params.b2[k] += value - self.values["Z"][self.example, k]

    def touch_dot(self, value=None):
        """Move the logit along which the curve is drawn."""
        if value is None:
            return
        k = self.controls["class"].value
        slider = self.controls[f"z{k}"]
        self._put_logit(k, within("dot", value, slider.min, slider.max))

    def _add(self, s):
        self.params.b2[:] += s - self._added
        self._added = s

    def _reset(self):
        self._added = 0.0
        super()._reset()

    def compute(self):
        super().compute()
        self.values["s"] = self._added

    def put(self, values):
        super().put(values)
        self._added = values["s"]

    def synced(self):
        i = self.example
        logits = {f"z{k}": (self.values["Z"][i, k], f"z{k} of i = {i}") for k in range(2)}
        return {**super().synced(), **logits}

    def frame(self):
        self.plane.set_limit(self.limit)

    def draw(self):
        i, k = self.example, self.controls["class"].value
        z, g = self.values["Z"][i], self.values["G_Z"][i, k]
        reach = max(8.0, 2 * np.ceil(np.abs(z).max() / 2))
        line = np.linspace(-reach, reach, 161)
        logits = np.tile(z, (len(line), 1))
        logits[:, k] = line
        shares = -mlp.log_softmax(logits)[:, self.y[i]] / len(self.X)
        self.curve.show(
            f"Example {i}'s share of the loss as z{k} moves; at z{k} = {z[k]:z.2f} it is {self.share():.4f}, "
            f"and its tangent has slope {g:+z.4f}.",
            f"z{k} of example {i}, label {self.y[i]}",
            line,
            shares,
            z[k],
            self.share(),
            g,
        )
        self.show_plane(f"the line where P is one half. {self.say_point()}", hinges=False, regions=True)

    def share(self):
        return -mlp.log_softmax(self.values["Z"])[self.example, self.y[self.example]] / len(self.X)

    def say_entry(self):
        i, k, N = self.example, self.controls["class"].value, len(self.X)
        p, y, g = (self.values[symbol][i, k] for symbol in ("P", "Y", "G_Z"))
        return f"G_Z[{i}, {k}] = (P − Y) / N = ({p:.3f} − {y:.0f}) / {N} = {g:+z.4f}."

    def describe(self):
        i, N = self.example, len(self.X)
        P, G_Z, Z = (self.values[symbol] for symbol in ("P", "G_Z", "Z"))
        moved = np.abs(P - mlp.softmax(Z - self._added)).max()
        return [
            self.say_point() + f" Its share, −log P[{i}, {self.y[i]}] / {N}, is {self.share():.4f}.",
            f"{self.say_entry()} It is the slope of the tangent.",
            f"Rows of G_Z sum to 0: largest sum {zero(np.abs(G_Z.sum(axis=1)).max())}. "
            f"Its columns are opposite: largest difference {zero(np.abs(G_Z[:, 0] + G_Z[:, 1]).max())}.",
            f"s = {self._added:z.2f} added to every logit moves P by at most {zero(moved)}.",
        ]


def softmax_explorer(X=None, y=None, params=None, scale=None):
    """Move two logits and flip the label, and watch P = softmax(Z), the loss, and G_Z = (P − Y) / N.

    X (N, 2), y (N,) in {0, 1}, params with 2 inputs and 2 outputs; scale is that of set_scale, unless given.
    Raises ValueError, TypeError for a bad X, y, params or scale. Derivation, section 1.
    """
    return SoftmaxExplorer(X, y, params, scale)

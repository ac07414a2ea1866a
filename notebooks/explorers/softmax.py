"""Softmax and cross-entropy: from two logits to the gradient at them."""

from functools import partial

import ipywidgets as widgets
import numpy as np

import mlp_helpers as mlp
from explorers.hands import within
from explorers.network import NetworkExplorer
from explorers.predict import closer_question, loss_question, rows_question
from explorers.views.curve import Curve
from explorers.views.gaps import Gaps
from explorers.views.words import zero


class SoftmaxExplorer(NetworkExplorer):
    """A logit is moved alone: a number is added to Z[i, k], on top of what the network says."""

    _picked = "G_Z", {}
    narrow = (("X",), ("Z",), ("P",), ("Y",), ("G_Z",))
    beside = ("curve", "gaps")
    touch_unit = touch_hinge = touch_turn = None  # no unit is shown here

    def more_controls(self):
        along = widgets.Dropdown(options=[("z0", 0), ("z1", 1)], description="curve along")
        return [self.add_control("class", along)]

    def sliders(self):
        logits = [self.add_slider(f"z{k}", "", partial(self._put_logit, k), reach=6.0) for k in range(2)]
        return [*logits, self.add_slider("s", "", self._put_shift, reach=6.0), *super().sliders()]

    def add_pictures_beside(self):
        self.curve = self.views["curve"] = Curve("share of example i", self.scale)
        self.gaps = self.views["gaps"] = Gaps(("P", "Y"), self.scale, width=310)

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
        i = self.example
        self.state.added[i, k] += value - self.state.forward().Z[i, k]

    def _put_shift(self, value):
        self.state.shift = value

    def touch_dot(self, value=None):
        """Move the logit along which the curve is drawn."""
        if value is None:
            return
        k = self.controls["class"].value
        slider = self.controls[f"z{k}"]
        self._put_logit(k, within("dot", value, slider.min, slider.max))

    def synced(self):
        i = self.example
        logits = {f"z{k}": (self.values["Z"][i, k], f"Z[{i}, {k}]") for k in range(2)}
        return {**super().synced(), **logits, "s": (self.state.shift, "s, on all of Z")}

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
        self.gaps.show(
            f"P, Y and the gap P − Y of example {i}, class by class: {self.say_gaps()}.",
            self.values["P"][i],
            self.values["Y"][i],
        )
        self.show_plane(self.say_point())

    def share(self):
        return -mlp.log_softmax(self.values["Z"])[self.example, self.y[self.example]] / len(self.X)

    def say_entry(self):
        i, k, N = self.example, self.controls["class"].value, len(self.X)
        p, y, g = (self.values[symbol][i, k] for symbol in ("P", "Y", "G_Z"))
        return f"G_Z[{i}, {k}] = (P − Y) / N = ({p:.3f} − {y:.0f}) / {N} = {g:+z.4f}."

    def say_gaps(self):
        gaps = self.values["P"][self.example] - self.values["Y"][self.example]
        return ", ".join(f"P − Y = {gap:+z.3f} at class {k}" for k, gap in enumerate(gaps))

    def say_added(self):
        there = [
            f"{number:+z.2f} to Z[{i}, {k}]" for (i, k), number in np.ndenumerate(self.state.added) if round(number, 2)
        ]
        there += [f"s = {self.state.shift:z.2f} to all of Z"] if self.state.shift else []
        return f" Added by hand: {', '.join(there)}." if there else ""

    def say(self):
        return f"{self.say_loss()} Example {self.example}'s share is {self.share():.4f}.{self.say_added()}"

    def describe(self):
        P, G_Z = self.values["P"], self.values["G_Z"]
        moved = np.abs(P - mlp.softmax(self.values["Z"] - self.state.shift)).max()
        return [
            self.say_point(),
            f"{self.say_entry()} It is the slope of the tangent.",
            f"Rows of G_Z sum to 0: largest sum {zero(np.abs(G_Z.sum(axis=1)).max())}. "
            f"Its columns are opposite: largest difference {zero(np.abs(G_Z[:, 0] + G_Z[:, 1]).max())}.",
            f"s = {self.state.shift:z.2f} added to every logit moves P by at most {zero(moved)}.",
        ]


def softmax_explorer(X=None, y=None, params=None, scale=None):
    """Move two logits and flip the label, and watch P = softmax(Z), the loss, and G_Z = (P − Y) / N.

    X (N, 2), y (N,) in {0, 1}, params with 2 inputs and 2 outputs; scale is that of set_scale, unless given.
    Raises ValueError, TypeError for a bad X, y, params or scale. Derivation, section 1.
    """
    return SoftmaxExplorer(X, y, params, scale)

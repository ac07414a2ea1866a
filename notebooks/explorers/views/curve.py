"""A curve with its tangent at a point."""

import numpy as np

from explorers.views.picture import Picture
from explorers.views.svg import Panel, nice_range, path, shape, thinned


class Curve(Picture):
    """A curve, a point on it that a hand can take, and the tangent there."""

    def __init__(self, ylabel, scale, width=300, height=196):
        super().__init__(width, height, scale)
        self.ylabel, self.panel, self._scaled_for = ylabel, Panel(44, 18, width - 54, height - 50), None

    def rescale(self):
        self._scaled_for = None

    def show(self, alt, xlabel, xs, ys, at, value, slope):
        """The vertical scale stays while the point stays inside it, and starts anew with another xlabel."""
        shown = (xlabel, xs[0], xs[-1])
        low, high = self.panel.y
        if shown != self._scaled_for or not low <= value <= high:
            self._scaled_for, self.panel.x = shown, (float(xs[0]), float(xs[-1]))
            margin = 0.05 * (ys.max() - ys.min()) + 0.02
            self.panel.y = nice_range(min(ys.min(), value) - margin, max(ys.max(), value) + margin)
        curve = thinned(self.panel.at(np.stack([xs, ys], axis=1)))
        reach = np.array([xs[0], xs[-1]])
        tangent = self.panel.at(np.stack([reach, value + slope * (reach - at)], axis=1))
        ((x, y),) = self.panel.at([(at, value)])
        lines = f'<path class="curve" d="{path(curve)}"/><path class="tangent" d="{path(tangent)}"/>'
        dot = shape("circle", "dot", "dot", "x", cx=x, cy=y, r=6)
        self.paint(alt, self.panel.axes(xlabel, self.ylabel) + self.panel.inside(lines) + dot, panel=self.panel)

"""A curve with its tangent at a point."""

import numpy as np

from explorers.views.colors import FAINT, INK, ON
from explorers.views.picture import Picture, axes_in, nice_range


class Curve(Picture):
    """A curve, a point on it, and the tangent there."""

    def __init__(self, ylabel, scale, width=350, height=260):
        super().__init__(width, height, scale)
        self.axes = axes_in(self.figure, (0.17, 0.17, 0.8, 0.8), "", ylabel)
        self.line = self.move(self.axes.plot([], [], color=FAINT, linewidth=2)[0])
        self.tangent = self.move(self.axes.plot([], [], color=ON, linewidth=2, linestyle="--")[0])
        self.dot = self.move(self.axes.plot([], [], linestyle="", marker="o", markersize=9, color=INK)[0])
        self._frame = None

    def reframe(self):
        self._frame = None

    def show(self, alt, xlabel, xs, ys, at, value, slope):
        """The vertical scale stays while the point stays inside it, and starts anew with another xlabel."""
        frame = (xlabel, xs[0], xs[-1])
        low, high = self.axes.get_ylim()
        if frame != self._frame or not low <= value <= high:
            self._frame = frame
            self.axes.set_xlabel(xlabel)
            self.axes.set_xlim(xs[0], xs[-1])
            margin = 0.05 * (ys.max() - ys.min()) + 0.02
            self.axes.set_ylim(nice_range(min(ys.min(), value) - margin, max(ys.max(), value) + margin))
            self.relimit()
        reach = np.array([xs[0], xs[-1]])
        self.line.set_data(xs, ys)
        self.tangent.set_data(reach, value + slope * (reach - at))
        self.dot.set_data([at], [value])
        self.paint(alt)

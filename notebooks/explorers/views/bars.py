"""A bar for each term of a sum."""

import numpy as np

from explorers.views.colors import INK, NEGATIVE, POSITIVE
from explorers.views.picture import Picture, axes_in, nice_limit


class Bars(Picture):
    """One bar for each term, and a last one for their sum."""

    def __init__(self, n, scale, width=350, height=230):
        super().__init__(width, height, scale)
        self.axes = axes_in(self.figure, (0.2, 0.19, 0.78, 0.76), "example i", "")
        self.axes.set_xlim(-0.7, n + 1.7)
        self.axes.set_xticks([*range(n), n + 1], [*map(str, range(n)), "sum"])
        self.axes.axhline(0, color=INK, linewidth=0.8)
        self.bars = [self.move(bar) for bar in self.axes.bar([*range(n), n + 1], np.zeros(n + 1), width=0.75)]
        self._frame = None

    def reframe(self):
        self._frame = None

    def show(self, alt, ylabel, terms, chosen):
        """The scale stays while the bars stay inside it, and starts anew with another ylabel."""
        heights = np.append(terms, np.sum(terms))
        if ylabel != self._frame or np.abs(heights).max() > self.axes.get_ylim()[1]:
            self._frame = ylabel
            limit = 1.2 * nice_limit(heights)
            self.axes.set_ylabel(ylabel)
            self.axes.set_ylim(-limit, limit)
            self.relimit()
        for index, (bar, height) in enumerate(zip(self.bars, heights, strict=True)):
            bar.set_height(height)
            bar.set_facecolor(POSITIVE if height > 0 else NEGATIVE)
            bar.set_edgecolor(INK)
            bar.set_linewidth(2 if index == chosen else 0)
        self.paint(alt)

"""A bar for each term of a sum."""

import numpy as np

from explorers.views.picture import Picture
from explorers.views.svg import Panel, nice_limit, path, shape, text


class Bars(Picture):
    """One bar for each term, and a last one for their sum."""

    def __init__(self, n, scale, width=330, height=170):
        super().__init__(width, height, scale)
        self.panel, self._scaled_for = Panel(46, 18, width - 52, height - 50, (-0.7, n + 1.7), (-1, 1)), None

    def rescale(self):
        self._scaled_for = None

    def show(self, alt, ylabel, terms, chosen):
        """The scale stays while the bars stay inside it, and starts anew with another ylabel."""
        heights = np.append(terms, np.sum(terms))
        if ylabel != self._scaled_for or np.abs(heights).max() > self.panel.y[1]:
            self._scaled_for, limit = ylabel, 1.2 * nice_limit(heights)
            self.panel.y = (-limit, limit)
        n, bottom = len(terms), self.panel.top + self.panel.height
        middles = np.append(np.arange(n), n + 1)
        tops = self.panel.at(np.stack([middles, heights], axis=1))
        _, zero = self.panel.at([(0, 0)])[0]
        wide = 0.75 * self.panel.width / (self.panel.x[1] - self.panel.x[0])
        names = [*map(str, range(n)), "sum"] if n <= 12 else [""] * n + ["sum"]
        ground = path([(self.panel.left, zero), (self.panel.left + self.panel.width, zero)])
        content = [self.panel.axes("", ylabel, "y"), f'<path class="zero" d="{ground}"/>']
        for index, ((x, y), height, name) in enumerate(zip(tops, heights, names, strict=True)):
            sign = "positive" if height > 0 else "negative"
            classes = f"bar {sign}{' chosen' if index == chosen else ''}"
            content.append(shape("rect", classes, x=x - wide / 2, y=min(y, zero), width=wide, height=abs(y - zero)))
            content.append(text(x, bottom + 14, name))
            if index < n:
                column = {"x": x - wide / 2, "y": self.panel.top, "width": wide, "height": self.panel.height}
                content.append(shape("rect", "area", f"bar {index}", **column))
        content.append(text(self.panel.left + self.panel.width / 2, bottom + 28, "example i", "title"))
        self.paint(alt, "".join(content), panel=self.panel)

"""A bar for each term of a sum."""

import numpy as np

from explorers.views.picture import Picture
from explorers.views.svg import Frame, nice_limit, path, shape, text


class Bars(Picture):
    """One bar for each term, and a last one for their sum."""

    def __init__(self, n, scale, width=330, height=170):
        super().__init__(width, height, scale)
        self.frame, self._framed = Frame(46, 18, width - 52, height - 50, (-0.7, n + 1.7), (-1, 1)), None

    def reframe(self):
        self._framed = None

    def show(self, alt, ylabel, terms, chosen):
        """The scale stays while the bars stay inside it, and starts anew with another ylabel."""
        heights = np.append(terms, np.sum(terms))
        if ylabel != self._framed or np.abs(heights).max() > self.frame.y[1]:
            self._framed, limit = ylabel, 1.2 * nice_limit(heights)
            self.frame.y = (-limit, limit)
        n, bottom = len(terms), self.frame.top + self.frame.height
        middles = np.append(np.arange(n), n + 1)
        tops = self.frame.at(np.stack([middles, heights], axis=1))
        _, zero = self.frame.at([(0, 0)])[0]
        wide = 0.75 * self.frame.width / (self.frame.x[1] - self.frame.x[0])
        names = [*map(str, range(n)), "sum"] if n <= 12 else [""] * n + ["sum"]
        ground = path([(self.frame.left, zero), (self.frame.left + self.frame.width, zero)])
        content = [self.frame.axes("", ylabel, "y"), f'<path class="zero" d="{ground}"/>']
        for index, ((x, y), height, name) in enumerate(zip(tops, heights, names, strict=True)):
            sign = "positive" if height > 0 else "negative"
            classes = f"bar {sign}{' chosen' if index == chosen else ''}"
            content.append(shape("rect", classes, x=x - wide / 2, y=min(y, zero), width=wide, height=abs(y - zero)))
            content.append(text(x, bottom + 14, name))
            if index < n:
                column = {"x": x - wide / 2, "y": self.frame.top, "width": wide, "height": self.frame.height}
                content.append(shape("rect", "area", f"bar {index}", **column))
        content.append(text(self.frame.left + self.frame.width / 2, bottom + 28, "example i", "title"))
        self.paint(alt, "".join(content), frame=self.frame)

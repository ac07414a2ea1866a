"""Two numbers from 0 to 1 beside each other, and the gap between them."""

from explorers.views.numbers import compact
from explorers.views.picture import Picture
from explorers.views.svg import Panel, path, shape, text

BAR, AIR = 34, 6  # CSS pixels: how wide a bar is, and how far apart two are


class Gaps(Picture):
    """For each class a bar of one number beside a bar of another; the gap from the second to the first is marked."""

    def __init__(self, names, scale, width=330, height=170):
        """names are those of the two numbers."""
        super().__init__(width, height, scale)
        self.names, self.panel = names, Panel(32, 20, width - 34, height - 52, (0, 2), (0, 1))

    def show(self, alt, ones, others):
        """ones and others are the two numbers of each class, from 0 to 1."""
        content, left = [self.panel.axes("", "", "y")], self.panel.left
        room, bottom = self.panel.width / len(ones), self.panel.top + self.panel.height
        for label, (one, other) in enumerate(zip(ones, others, strict=True)):
            x = left + room * label + (room - 2 * BAR - AIR - 46) / 2
            tops = []
            for n, (name, number, kind) in enumerate(zip(self.names, (one, other), ("one", "other"), strict=True)):
                ((_, top),) = self.panel.at([(0, number)])
                tops.append(top)
                at = x + n * (BAR + AIR)
                size = {"x": at, "y": top, "width": BAR, "height": bottom - top}
                content.append(shape("rect", f"share {kind} c{label}", **size))
                content.append(text(at + BAR / 2, top - 4, compact(number, 3)))
                content.append(text(at + BAR / 2, bottom + 13, name))
            content.append(text(x + BAR + AIR / 2, bottom + 27, f"class {label}", "title"))
            content.append(self._gap(x, *tops, one - other))
        self.paint(alt, "".join(content), panel=self.panel)

    def _gap(self, x, one, other, gap):
        """An arrow from the height of the second bar to that of the first, and how far that is."""
        at, sign = x + 2 * BAR + AIR + 8, "positive" if gap > 0 else "negative"
        head = min(5, abs(one - other)) * (1 if one > other else -1)
        levels = path([(x + BAR, one), (at + 3, one)]) + path([(x + 2 * BAR + AIR, other), (at + 3, other)])
        arrow = path([(at, other), (at, one)]) + path([(at - 3, one - head), (at, one), (at + 3, one - head)])
        said = text(at + 7, (one + other) / 2 + 4, ("+" if gap > 0 else "") + compact(gap, 3), f"start of-{sign}")
        return f'<path class="levels" d="{levels}"/><path class="gap {sign}" d="{arrow}"/>{said}'

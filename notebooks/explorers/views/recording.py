"""A recorded graph: the loss on top, below each value what it was made from, parameters from the side."""

import numpy as np

from explorers.views.picture import Picture
from explorers.views.svg import path, shape, text

WIDTH, HEIGHT = 300, 420
MIDDLE, SIDE = 186, 50  # where the values stand, and the parameters
WIDE, HIGH = 84, 22  # a box
HEAD = 5  # an arrow's


class Recording(Picture):
    """Boxes with a name and a shape, one below the other, and what goes from box to box."""

    def __init__(self, scale):
        super().__init__(WIDTH, HEIGHT, scale)

    def set_graph(self, steps, shapes):
        """steps are (made, kind, taken) from first to last; shapes maps each name to how its shape is written."""
        self.shapes, self.ways = shapes, []
        below = [made for made, _, _ in steps[::-1]]
        inner = [*below, steps[0][2][0]]  # what comes in stands lowest
        down = np.linspace(HIGH / 2 + 2, HEIGHT - HIGH / 2 - 2, len(inner))
        self.places = {name: (MIDDLE, y) for name, y in zip(inner, down, strict=True)}
        gap, users = down[1] - down[0], {}
        for made, _, taken in steps:
            for name in taken:
                users.setdefault(name, []).append(made)
        for name, used_by in users.items():
            if name not in self.places:
                first = next(step for step in steps if step[0] == used_by[0])[2]
                middle = np.mean([self.places[by][1] for by in used_by]) + 0.5 * gap
                self.places[name] = SIDE, middle + (first.index(name) - 1.5) * (HIGH + 3)
        for made, _, taken in steps:
            for place, name in enumerate(taken):
                skips = name in inner and inner.index(name) - inner.index(made) > 1
                self.ways.append((made, place, name, skips))

    def show(self, alt, here, done, sending, notes, touches):
        """here is the value taken now, done are those taken before; sending are the ways that carry now.

        A way is (made, place). notes are words in a box, touches the words of a hand, both by name.
        """
        parts = []
        for made, place, name, skips in self.ways:
            sent = (made, place) in sending or made in done
            kind = "way into" if (made, place) in sending else "way back" if sent else "way"
            parts.append(f"<path class='{kind}' d='{self._way(made, name, skips, sent)}'/>")
        for name, (x, y) in self.places.items():
            look = "box here" if name == here else "box taken" if name in done else "box"
            size = {"x": x - WIDE / 2, "y": y - HIGH / 2, "width": WIDE, "height": HIGH}
            parts.append(shape("rect", look, touches[name], **size))
            parts.append(text(x, y + 4, " ".join([name, self.shapes[name], notes.get(name, "")]).strip()))
        self.paint(alt, "".join(parts))

    def _way(self, made, name, skips, back):
        """The way between what was made and what it was made of, with a head where it goes to."""
        (x, y), (from_x, from_y) = self.places[made], self.places[name]
        if skips:
            aside = x + WIDE / 2 + 22
            points = [(x + WIDE / 2, y), (aside, y), (aside, from_y), (x + WIDE / 2, from_y)]
        elif from_x == x:
            points = [(x, y + HIGH / 2), (x, from_y - HIGH / 2)]
        else:
            points = [(x - WIDE / 2, y), (from_x + WIDE / 2, from_y)]
        points = np.array(points if back else points[::-1], float)
        tip, along = points[-1], points[-1] - points[-2]
        start = HEAD * along / np.linalg.norm(along)
        side = start[::-1] * (-0.5, 0.5)
        return path(points) + path([tip - start - side, tip, tip - start + side])

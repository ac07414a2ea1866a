"""Boxes with names, and arrows between them."""

import numpy as np

from explorers.views.picture import Picture
from explorers.views.svg import path, shape, text

WIDE, HIGH = 38, 18  # a box
HEAD = 6  # an arrow's


class Diagram(Picture):
    """Named boxes at places, and arrows from box to box; some of the boxes are where you are."""

    def __init__(self, places, arrows, scale, width=560, height=130):
        """places are name → (column, row), numbers that are spread over the picture.

        arrows are (kind, from, to, bends): kind is a class of its look, bends are places through which it goes.
        """
        super().__init__(width, height, scale)
        columns, rows = np.array([*places.values()], float).T
        room = np.array([width - WIDE - 4, height - HIGH - 4])
        low, span = np.array([columns.min(), rows.min()]), np.array([np.ptp(columns), np.ptp(rows)])

        def at(place):
            return (np.array(place) - low) / span * room + (WIDE / 2 + 2, HIGH / 2 + 2)

        self.places = {name: at(place) for name, place in places.items()}
        self.arrows = [
            (kind, to, *_arrow([self.places[source], *map(at, bends), self.places[to]]))
            for kind, source, to, bends in arrows
        ]

    def show(self, alt, here, touches):
        """here are names of boxes, into which arrows stand out; touches maps a name to the words of a hand."""
        ways = {}
        for kind, to, line, head in self.arrows:
            look = f"{kind} into" if to in here else kind
            ways.setdefault(f"way {look}", []).append(line)
            ways.setdefault(f"head {look}", []).append(head)
        parts = [f'<path class="{look}" d="{"".join(drawn)}"/>' for look, drawn in sorted(ways.items())]
        for name, (x, y) in self.places.items():
            size = {"x": x - WIDE / 2, "y": y - HIGH / 2, "width": WIDE, "height": HIGH}
            parts.append(shape("rect", "box here" if name in here else "box", touches.get(name), **size))
            parts.append(text(x, y + 4, name))
        self.paint(alt, "".join(parts))


def _arrow(points):
    """Draw the way through points (n, 2), from the edge of a box around the first to that of one around the last.

    Return its line and its head.
    """
    points = np.array(points, float)
    points[0] = _edge(points[0], points[1])
    tip = _edge(points[-1], points[-2])
    back = HEAD * (tip - points[-2]) / np.linalg.norm(tip - points[-2])
    side = back[::-1] * (-0.5, 0.5)
    points[-1] = tip - back
    return path(points), path([tip - back - side, tip, tip - back + side], closed=True)


def _edge(middle, towards):
    """Where the way from the middle of a box towards a point leaves the box, and a little air."""
    along = towards - middle
    half = np.array([WIDE / 2 + 1, HIGH / 2 + 1])
    return middle + along * (half / np.maximum(np.abs(along), 1e-9)).min()

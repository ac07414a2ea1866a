"""SVG as text: points as coordinates and paths, a panel with ticks and labels, and marks that a hand can take.

Coordinates are rounded to a tenth of a CSS pixel, away from ties: the last bit of a number moves no digit.
Marks and words are many, and a picture travels as JSON, where " takes two bytes: their attributes stand in '.
"""

from functools import cache
from html import escape
from itertools import accumulate

import numpy as np
from matplotlib.path import Path

TICKS = 5  # on each axis, wherever its range


def rounded(values):
    """Round an array of coordinates."""
    return np.round(np.asarray(values, float) + 1e-6, 1) + 0.0


def coordinate(value):
    """Write one coordinate."""
    return f"{round(value + 1e-6, 1) + 0.0:g}"


def path(points, closed=False):
    """Write the way from point to point (n, 2): its first place, and how far each is from the one before."""
    (way,) = paths([points])
    return way + "Z" * closed


def paths(ways):
    """Write each of many ways, each (n, 2)."""
    if not len(ways):
        return []
    counts, places = [*map(len, ways)], rounded(np.concatenate(ways))
    starts = [0, *accumulate(counts[:-1])]
    moves = places.copy()
    moves[1:] -= places[:-1]
    moves = rounded(moves)
    moves[starts] = places[starts]
    written = "\n".join(map(_form, counts)) % tuple(moves.ravel().tolist())
    return written.replace(" -", "-").split("\n")


@cache
def _form(count):
    """How a way of so many places is written; one % for all of them takes a fifth of the time."""
    return "M%.9g %.9g" + ("l" + " ".join(["%.9g %.9g"] * (count - 1)) if count > 1 else "")


def thinned(points):
    """Leave out points of a line (n, 2) where no eye can tell: a ninth of a pixel."""
    return Path(points).cleaned(simplify=True).vertices[:-1]  # the last one says only that the path ends


def number(value):
    """Write a number as on an axis, with a real minus sign."""
    return f"{value:z.4g}".replace("e-0", "e-").replace("e+", "e").replace("-", "−")


def text(x, y, words, classes=""):
    """Write words at a place; the classes say how they are aligned: start, middle by default, or end."""
    return f"<text x='{coordinate(x)}' y='{coordinate(y)}'{_classes(classes)}>{escape(str(words))}</text>"


def shape(name, classes="", touch=None, drag=None, **attributes):
    """Write an element. touch is what a hand does to it, in words; drag the coordinates that then follow, x or xy."""
    sizes = "".join(f" {key}='{coordinate(value)}'" for key, value in attributes.items())
    return f"<{name}{_classes(classes)}{sizes}{_hand(touch, drag)}/>"


def handle(way, touch, drag=None):
    """Write the way between two points as a mark that a hand takes anywhere along it."""
    return f"<path d='{way}'{_hand(touch, drag)}/>"


def _hand(touch, drag):
    return (f" data-touch='{escape(touch)}'" if touch else "") + (f" data-drag='{drag}'" if drag else "")


def _classes(classes):
    return f" class='{classes}'" if classes else ""


class Panel:
    """A rectangle of a picture in its pixels, and the ranges of data that it shows: x0 to x1, and y0 to y1 upwards."""

    def __init__(self, left, top, width, height, x=(0, 1), y=(0, 1)):
        self.left, self.top, self.width, self.height = left, top, width, height
        self.x, self.y = x, y

    def at(self, points):
        """The places (…, 2) of points of data (…, 2)."""
        (x0, x1), (y0, y1) = self.x, self.y
        scale = (self.width / (x1 - x0), self.height / (y0 - y1))
        return (np.asarray(points, float) - (x0, y1)) * scale + (self.left, self.top)

    def attribute(self):
        """What a page needs, to tell data from pixels."""
        corners = (self.left, self.top, self.width, self.height, *self.x, *self.y)
        return f' data-panel="{" ".join(f"{value:.6g}" for value in corners)}"'

    def axes(self, xlabel, ylabel, labels="both"):
        """Grid, ticks and names: xlabel below the ticks and ylabel above the axis, or both among the ticks.

        labels are "both" axes' ticks, those of "y" alone, or "both" with the names "among" them, which saves room.
        """
        return _axes(self.left, self.top, self.width, self.height, tuple(self.x), tuple(self.y), xlabel, ylabel, labels)

    def inside(self, content):
        """Cut content off at the panel's edge."""
        box = f"{self.left} {self.top} {self.width} {self.height}"
        x, y, width, height = box.split()
        return f'<svg x="{x}" y="{y}" width="{width}" height="{height}" viewBox="{box}">{content}</svg>'


@cache
def _axes(left, top, width, height, x, y, xlabel, ylabel, labels):
    panel = Panel(left, top, width, height, x, y)
    right, bottom = left + width, top + height
    xs, ys = np.linspace(*x, TICKS), np.linspace(*y, TICKS)
    across, down = panel.at(np.stack([xs, ys], axis=1)).T
    grid = "".join(f"M{a:g} {top}V{bottom}" for a in rounded(across)) + "".join(
        f"M{left} {d:g}H{right}" for d in rounded(down)
    )
    parts = [f'<path class="grid" d="{grid}"/>']
    parts += [text(left - 5, d + 4, number(value), "end") for d, value in zip(down, ys, strict=True)]
    if labels != "y":
        parts += [text(a, bottom + 14, number(value)) for a, value in zip(across, xs, strict=True)]
    if labels == "among":
        parts.append(text((across[-2] + across[-1]) / 2, bottom + 14, xlabel, "title"))
        parts.append(text(left - 5, (down[-2] + down[-1]) / 2 + 4, ylabel, "end title"))
    else:
        parts.append(text(left + width / 2, bottom + 28, xlabel, "title"))
        parts.append(text(1, top - 8, ylabel, "start title"))
    return "".join(parts)


def nice_limit(values):
    """Round the largest size among values up to 1, 2 or 5 times a power of ten; what is below 1e-300 counts as 0."""
    largest = float(np.abs(values).max())
    if largest < 1e-300:
        return 1.0
    power = 10.0 ** np.floor(np.log10(largest))
    return next(float(power * digit) for digit in (1, 2, 5, 10) if largest <= power * digit * (1 + 1e-9))


def nice_range(low, high):
    """The narrowest range around low to high that TICKS ticks divide into round numbers; one number is its middle."""
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        half = abs(low) / 2 or 1.0
        low, high = low - half, high + half
    gaps, least = TICKS - 1, (high - low) / (TICKS - 1)
    power = 10.0 ** np.floor(np.log10(least))
    for step in power * np.array([1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 20]):
        start = step * np.floor(low / step + 1e-9)
        if start + gaps * step >= high - 1e-9 * step:
            return float(start), float(start + gaps * step)

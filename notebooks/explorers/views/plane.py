"""The input plane, with all that lives in it."""

from itertools import pairwise

import numpy as np
from contourpy import FillType, contour_generator

from explorers.views.picture import Picture
from explorers.views.svg import Frame, handle, path, rounded, shape, straightened, text

FEW = 30  # up to so many points carry their number, and can be taken
SURE = np.log([1, 7 / 3, 9])  # class regions are one shade deeper where P passes 0.5, 0.7 and 0.9
ARROW = 1 / 3  # the length of a hinge's arrow, as a share of w


class Plane(Picture):
    """The input plane: class regions and boundary, hinge lines, one unit's on side, points, arrows on the points."""

    GRID = 41

    def __init__(self, scale, size=340):
        super().__init__(size, size, scale)
        self.frame = Frame(50, 6, size - 58, size - 40)
        self.limit = None

    def set_limit(self, limit):
        self.limit = limit
        self.frame.x = self.frame.y = (-limit, limit)

    def grid(self):
        """The points (GRID², 2) at which show wants to know the margin of class 1."""
        line = np.linspace(-self.limit, self.limit, self.GRID)
        return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)

    def show(self, alt, X, y, chosen=None, lines=None, unit=None, held=None, margin=None, arrows=None):
        """Draw points X (N, 2) with labels y, and what else is given.

        lines are weights (n, 2) and biases (n,) of hinge lines w · x + b = 0; a hand can take them where a unit is
        chosen: its on side is shown, and its arrow nearest to where it is held (n, 2). margin is how far class 1 is
        ahead on grid(); arrows (N, 2) start at the points.
        """
        content = [] if margin is None else self._regions(margin.reshape(self.GRID, self.GRID))
        if unit is not None:
            content.append(self._on_side(*lines, unit))
        content.append(self.frame.axes("x1", "x2"))
        if lines is not None:
            content += self._hinges(*lines, unit, held)
        content += self._points(X, y, chosen)
        if arrows is not None:
            content.append(self._arrows(X, arrows))
        self.paint(alt, "".join(content), self.frame)

    def _regions(self, margin):
        x, y = self.frame.at(self.grid()[:: self.GRID + 1]).T
        contours = contour_generator(x, y, margin, fill_type=FillType.OuterOffset)
        highest = np.abs(margin).max() + 1
        content = []
        for label, side in enumerate((-1, 1)):
            for sure in SURE:
                low, high = sorted((side * sure, side * (highest + sure)))
                rings = [
                    path(straightened(points[start:end])[:-1], closed=True)
                    for points, offsets in zip(*contours.filled(low, high), strict=True)
                    for start, end in pairwise(offsets)
                ]
                if rings:
                    content.append(f'<path class="region c{label}" d="{"".join(rings)}"/>')
        lines = [path(straightened(line)) for line in contours.lines(0)]
        content.append(f'<path class="boundary" d="{"".join(lines)}"/>')
        return content

    def _on_side(self, weights, biases, unit):
        corners = _half_plane(weights[unit], biases[unit], self.limit)
        return f'<path class="on-side" d="{path(self.frame.at(corners), closed=True)}"/>' if len(corners) else ""

    def _hinges(self, weights, biases, unit, held):
        ends = _ends(weights, biases, self.limit)
        seen = [j for j in range(len(ends)) if np.isfinite(ends[j]).all()]
        places = {j: rounded(self.frame.at(ends[j])).tolist() for j in seen}
        content = [f'<path class="hinges" d="{"".join(path(places[j]) for j in seen)}"/>']
        if unit in seen:
            content.append(f'<path class="hinge" d="{path(places[unit])}"/>')
        for j in seen if unit is not None else ():
            content.append(handle(places[j], f"hinge {j}", "xy"))
        if unit in seen:
            start = arrow_start(weights[unit], biases[unit], self.limit, held[unit])
            (x1, y1), (x2, y2) = self.frame.at([start, start + ARROW * weights[unit]])
            content.append(shape("line", "arrow", x1=x1, y1=y1, x2=x2, y2=y2))
            content.append(shape("circle", "tip", f"turn {unit}", "xy", cx=x2, cy=y2, r=6))
        return content

    def _points(self, X, y, chosen):
        places = self.frame.at(X)
        if len(X) > FEW:
            return [_dots(places[y == label], label) for label in (0, 1)]
        content = []
        for i, (x, up) in enumerate(places):
            if y[i] == 0:
                content.append(shape("circle", "point c0", f"point {i}", "xy", cx=x, cy=up, r=8.5))
            else:
                content.append(shape("rect", "point c1", f"point {i}", "xy", x=x - 8, y=up - 8, width=16, height=16))
            content.append(text(x, up + 4, i, f"on-point t{y[i]}"))
        if chosen is not None:
            x, up = places[chosen]
            content.append(shape("circle", "ring", cx=x, cy=up, r=14))
        return content

    def _arrows(self, X, arrows):
        starts, ends = self.frame.at(X), self.frame.at(X + arrows)
        along = ends - starts
        length = np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
        head = np.minimum(7, length) * along / length
        side = head[:, ::-1] * (-0.5, 0.5)
        ways = [
            f"{path([a, b])}{path([b - h - s, b, b - h + s])}"
            for a, b, h, s in zip(starts, ends, head, side, strict=True)
        ]
        return f'<path class="arrows" d="{"".join(ways)}"/>'


def _dots(places, label):
    dots = "".join(f"M{x:g} {y:g}h0" for x, y in rounded(places).tolist())
    return f'<path class="dots d{label}" d="{dots}"/>'


def _ends(weights, biases, limit):
    """Where each line w · x + b = 0 enters and leaves the square |x1|, |x2| ≤ limit, (n, 2, 2); NaN if nowhere."""
    size = (weights**2).sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        foot = -biases[:, None] * weights / size
        along = weights[:, ::-1] * (-1, 1) / np.sqrt(size)
        crossings = (np.array([[-limit], [limit]]) - foot[:, None]) / along[:, None]
        flat = along == 0
        into = np.where(flat, -np.inf, crossings.min(axis=1)).max(axis=1)
        out = np.where(flat, np.inf, crossings.max(axis=1)).min(axis=1)
        missed = ~(into < out) | (flat & (np.abs(foot) > limit)).any(axis=1)
        ends = np.stack([foot + into[:, None] * along, foot + out[:, None] * along], axis=1)
    ends[missed] = np.nan
    return ends


def arrow_start(w, b, limit, held):
    """The point nearest to the one held, of what is seen of the line w · x + b = 0; None where nothing is."""
    ((start, end),) = _ends(w[None], np.array([b]), limit)
    if np.isnan(start).any():
        return None
    along = end - start
    return start + np.clip((held - start) @ along / (along @ along), 0, 1) * along


def _half_plane(w, b, limit):
    """The corners of the part of the square |x1|, |x2| ≤ limit where w · x + b > 0."""
    square = limit * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], float)
    corners = []
    for here, there in zip(square, np.roll(square, -1, axis=0), strict=True):
        a, c = here @ w + b, there @ w + b
        if a > 0:
            corners.append(here)
        if (a > 0) != (c > 0):
            corners.append(here + (there - here) * a / (a - c))
    return np.array(corners)

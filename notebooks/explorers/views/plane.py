"""The input plane, with all that lives in it."""

from functools import partial
from itertools import islice

import numpy as np

from explorers.views.folds import Folds
from explorers.views.picture import Picture
from explorers.views.svg import Panel, coordinate, handle, path, paths, rounded, shape, text

FEW = 30  # up to so many points carry their number, and can be taken
SURE = np.log([1, 7 / 3, 9])  # class regions are one shade deeper where P passes 0.5, 0.7 and 0.9
THUMB = 22  # CSS pixels from the middle of a mark to where a thumb still takes it
ARROW = 1 / 3  # the length of a hinge's arrow, as a share of w


class Plane(Picture):
    """The input plane: class regions and boundary, hinge lines, one unit's on side, points, arrows on the points."""

    def __init__(self, scale, width=300, height=282):
        super().__init__(width, height, scale, sheets=2)
        side = min(width - 40, height - 24)
        self.panel = Panel(30, 6, side, side)
        self.edge, self._given, self._regions = None, None, ""

    def set_edge(self, edge):
        self.edge = edge
        self.panel.x = self.panel.y = (-edge, edge)

    def show(self, alt, X, y, chosen=None, params=None, margin=None, hinges=True, unit=None, held=None, arrows=None):
        """Draw points X (N, 2) with labels y, and what else is given.

        The hinge lines are those of params, drawn if hinges; a hand can take them where a unit is chosen: its on side
        is shown, and its arrow nearest to where it is held (n, 2). margin(params, points) says of points (m, 2) how far
        class 1 is ahead there (m,), and bends at these lines only; arrows (N, 2) start at X.
        """
        ground = [] if params is None else [self._regions_of(params, margin)]
        if unit is not None:
            ground.append(self._on_side(params.W1[unit], params.b1[unit]))
        ground.append(self.panel.axes("x1", "x2", "among"))
        if params is not None and hinges:
            ground += self._hinges(params.W1, params.b1, unit)
        content = [] if unit is None else self._arrow_of(params.W1[unit], params.b1[unit], unit, held[unit])
        content += self._points(X, y, chosen)
        if arrows is not None:
            content.append(self._arrows(X, arrows))
        self.paint(alt, "".join(ground), "".join(content), panel=self.panel)

    def _regions_of(self, params, margin):
        """The class regions and the boundary, found anew only where the edge or a parameter has changed."""
        given = (self.edge, *(array.tobytes() for array in params))
        if given != self._given:
            self._given = given
            self._regions = "".join(self._drawn(Folds(params.W1, params.b1, self.edge, partial(margin, params))))
        return self._regions

    def _drawn(self, folds):
        asked = [(label, sign, sure) for label, sign in enumerate((-1, 1)) for sure in SURE]
        found = folds.above([(sign, sure) for _, sign, sure in asked])
        written = iter(paths([self.panel.at(ring) for rings in found for ring in rings]))
        content = [
            f'<path class="region c{label}" d="{"Z".join(islice(written, len(rings)))}Z"/>'
            for (label, _, _), rings in zip(asked, found, strict=True)
            if rings
        ]
        content.append(f'<path class="boundary" d="{"".join(paths(self.panel.at(folds.level(0))))}"/>')
        return content

    def _on_side(self, w, b):
        """The side where w · x + b > 0, drawn long, and cut off at the panel's edge."""
        size, far = np.hypot(*w), 4 * self.edge
        if not size:
            corners = far * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) if b > 0 else []
        else:
            normal, along = w / size, np.array([-w[1], w[0]]) / size
            with np.errstate(over="ignore"):
                foot = np.clip(-b / size, -far, far) * normal
            corners = [
                foot - far * along,
                foot + far * along,
                *(foot + 2 * far * (normal + s * along) for s in (1, -1)),
            ]
        if not len(corners):
            return ""
        return self.panel.inside(f'<path class="on-side" d="{path(self.panel.at(corners), closed=True)}"/>')

    def _hinges(self, weights, biases, unit):
        ends = _ends(weights, biases, self.edge)
        seen = np.flatnonzero(np.isfinite(ends[:, 0, 0])).tolist()
        ways = dict(zip(seen, paths(self.panel.at(ends[seen])), strict=True))
        content = [f'<path class="hinges" d="{"".join(ways.values())}"/>']
        if unit in ways:
            content.append(f'<path class="hinge" d="{ways[unit]}"/>')
        for j in seen if unit is not None else ():
            content.append(handle(ways[j], f"hinge {j}", "xy"))
        return content

    def _arrow_of(self, w, b, unit, held):
        start = arrow_start(w, b, self.edge, held)
        if start is None:
            return []
        (x1, y1), (x2, y2) = self.panel.at([start, start + ARROW * w])
        return [
            shape("line", "arrow", x1=x1, y1=y1, x2=x2, y2=y2),
            shape("circle", "tip", f"turn {unit}", "xy", cx=x2, cy=y2, r=6),
        ]

    def _points(self, X, y, chosen):
        places = self.panel.at(X)
        if len(X) > FEW:
            return [_dots(places[y == label], label) for label in (0, 1)]
        content = []
        reach = _reach(places)
        for i, (x, up) in enumerate(places):
            thumb = {"stroke-width": 2 * (reach[i] - 8)}
            content.append(f"<path class='halo h{y[i]}' d='M{coordinate(x)} {coordinate(up)}h0'/>")
            if y[i] == 0:
                content.append(shape("circle", "point c0", f"point {i}", "xy", cx=x, cy=up, r=8.5, **thumb))
            else:
                size = {"x": x - 8, "y": up - 8, "width": 16, "height": 16}
                content.append(shape("rect", "point c1", f"point {i}", "xy", **size, **thumb))
            content.append(text(x, up + 4, i, f"on-point t{y[i]}"))
        if chosen is not None:
            x, up = places[chosen]
            content.append(shape("circle", "ring", cx=x, cy=up, r=14))
        return content

    def _arrows(self, X, arrows):
        starts, ends = self.panel.at(X), self.panel.at(X + arrows)
        along = ends - starts
        length = np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
        head = np.minimum(7, length) * along / length
        side = head[:, ::-1] * (-0.5, 0.5)
        ways = [
            f"{path([a, b])}{path([b - h - s, b, b - h + s])}"
            for a, b, h, s in zip(starts, ends, head, side, strict=True)
        ]
        return f'<path class="arrows" d="{"".join(ways)}"/>'


def _reach(places):
    """How far around each place a thumb takes it: up to THUMB, and no farther than half the way to the next."""
    away = np.linalg.norm(places[:, None] - places, axis=2) + np.diag(np.full(len(places), np.inf))
    return np.clip(away.min(axis=1, initial=np.inf) / 2, 9, THUMB)


def _dots(places, label):
    dots = "M%g %gh0" * len(places) % tuple(rounded(places).ravel().tolist())
    return f'<path class="dots d{label}" d="{dots}"/>'


def _ends(weights, biases, edge):
    """Where each line w · x + b = 0 enters and leaves the square |x1|, |x2| ≤ edge, (n, 2, 2); NaN if nowhere."""
    size = (weights**2).sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        foot = -biases[:, None] * weights / size
        along = weights[:, ::-1] * (-1, 1) / np.sqrt(size)
        crossings = (np.array([[-edge], [edge]]) - foot[:, None]) / along[:, None]
        flat = along == 0
        into = np.where(flat, -np.inf, crossings.min(axis=1)).max(axis=1)
        out = np.where(flat, np.inf, crossings.max(axis=1)).min(axis=1)
        missed = ~(into < out) | (flat & (np.abs(foot) > edge)).any(axis=1)
        ends = np.stack([foot + into[:, None] * along, foot + out[:, None] * along], axis=1)
    ends[missed] = np.nan
    return ends


def arrow_start(w, b, edge, held):
    """The point nearest to the one held, of what is seen of the line w · x + b = 0; None where nothing is."""
    ((start, end),) = _ends(w[None], np.array([b]), edge)
    if np.isnan(start).any():
        return None
    along = end - start
    return start + np.clip((held - start) @ along / (along @ along), 0, 1) * along

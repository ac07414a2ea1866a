"""Where a function is above a level, exactly, if it is straight between lines: they cut a square into convex cells, in
each of which a level is one straight way from side to side.
"""

from functools import cache

import numpy as np

APART = 1e-7  # each line is moved by less than this share of the square, so that no three meet in a point


class Folds:
    """The square |x1|, |x2| ≤ edge, cut by lines w · x + b = 0, and the values of a function that bends there only.

    weights (n, 2), biases (n,); the function takes points (m, 2) and gives m numbers.
    """

    def __init__(self, weights, biases, edge, function):
        self.corners, self.cell, self.start, self.end = _cells(*_lines(weights, biases, edge), edge)
        self.values = function(self.corners)
        low, high = np.minimum(self.start, self.end), np.maximum(self.start, self.end)
        codes = low * len(self.corners) + high
        _, self.first, side, uses = np.unique(codes, return_index=True, return_inverse=True, return_counts=True)
        self.crossing = len(self.corners) + side  # where a level crosses a side is numbered after the corners
        self.outer = np.flatnonzero(uses[side] == 1)  # a side of one cell only is a piece of the square's own
        inner = np.abs(self.corners).min(axis=1) < edge * (1 - 1e-9)  # not one of the square's own four
        self.passed = {*np.flatnonzero(inner).tolist()}

    def level(self, value):
        """The pieces (m, 2, 2) of the line on which the function has this value."""
        places = self._places(self.values[None], np.array([[value]]))
        return places[np.array([*self._pieces(self.values[None] > value).items()], int).reshape(-1, 2)]

    def above(self, asked):
        """For each (sign, value) that is asked: the rings, each (m, 2), around where sign · function is above it."""
        signs, levels = np.array(asked, float).T[:, :, None]
        heights = signs * self.values
        above, places = heights > levels, self._places(heights, levels)
        size = len(places) // len(asked)
        then, by = self._pieces(above), size * np.arange(len(asked))[:, None]
        start, end, crossing = self.start[self.outer], self.end[self.outer], self.crossing[self.outer]
        starts, ends = above[:, start], above[:, end]
        along = starts | ends
        begin, then_at = np.where(starts, start, crossing) + by, np.where(ends, end, crossing) + by
        then |= zip(begin[along].tolist(), then_at[along].tolist(), strict=True)
        found = [[] for _ in asked]
        for ring in _rings(then):
            found[ring[0] // size].append(places[[here for here in ring if here % size not in self.passed]])
        return found

    def _pieces(self, above):
        """For each level's piece in each cell: where a walk around the cell leaves what is above → where it enters it.

        above (k, m) says of k levels which of the corners are above it.
        """
        starts, ends = above[:, self.start], above[:, self.end]
        size, cells = self.crossing.max() + 1, self.cell[-1] + 1
        at = []
        for crossed in (starts & ~ends, ends & ~starts):
            level, side = np.nonzero(crossed)
            keys, places = cells * level + self.cell[side], size * level + self.crossing[side]
            at.append(dict(zip(keys.tolist(), places.tolist(), strict=True)))
        leaves, enters = at
        return {place: enters[key] for key, place in leaves.items() if key in enters}

    def _places(self, heights, levels):
        """For each level (k, 1) the corners, and where each side is crossed, if it is: (k times as many, 2)."""
        start, end = self.start[self.first], self.end[self.first]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = ((levels - heights[:, start]) / (heights[:, end] - heights[:, start])).clip(0, 1)
        crossed = self.corners[start] + share[..., None] * (self.corners[end] - self.corners[start])
        corners = np.broadcast_to(self.corners, (len(levels), *self.corners.shape))
        return np.concatenate([corners, crossed], axis=1).reshape(-1, 2)


def _lines(weights, biases, edge):
    """Lines that cut the square, as unit normals (n, 2) and offsets (n,), and after them the square's four sides."""
    size = np.hypot(*weights.T)
    with np.errstate(all="ignore"):
        normals, offsets = weights / size[:, None], biases / size
    offsets = offsets + APART * edge * np.sin(1 + np.arange(len(size)))
    seen = (size > 0) & (np.abs(offsets) < 1.5 * edge)
    sides = [(-1, 0), (1, 0), (0, -1), (0, 1)]
    return np.concatenate([normals[seen], sides]), np.append(offsets[seen], [edge] * 4)


@cache
def _pairs(count):
    """All pairs of so many lines, and a number for each line: sums of them tell a cell from all others."""
    own = np.random.default_rng(0).integers(2**62, size=count)
    own[-4:] = 0  # all cells are on the same side of the square's sides
    return *np.triu_indices(count, 1), own


def _cells(normals, offsets, edge):
    """The corners (m, 2) of the cells, and each side of each cell: its cell, and the corners where it starts and ends.

    A cell is known by the lines that it is on the positive side of: their numbers are summed up.
    """
    one, other, own = _pairs(len(offsets))
    (a, b), (c, d), p, q = normals[one].T, normals[other].T, offsets[one], offsets[other]
    with np.errstate(divide="ignore", invalid="ignore"):
        places = np.stack([b * q - d * p, c * p - a * q], axis=1) / (a * d - b * c)[:, None]
    inside = (np.abs(places) <= edge * (1 + 1e-12)).all(axis=1)
    corners, one, other = places[inside], one[inside], other[inside]
    number = np.arange(len(corners))
    is_on = corners @ normals.T + offsets > 0
    is_on[number, one] = is_on[number, other] = False
    rest, inner = is_on @ own, len(offsets) - 4
    codes = np.concatenate([rest, rest + own[one], rest + own[other], rest + own[one] + own[other]])
    twice = np.concatenate([number < 0, one >= inner, other >= inner, (one >= inner) | (other >= inner)])
    codes, corner = codes[~twice], np.tile(number, 4)[~twice]

    _, cell, count = np.unique(codes, return_inverse=True, return_counts=True)
    middle = np.stack([np.bincount(cell, corners[corner, axis]) for axis in (0, 1)], axis=1) / count[:, None]
    across, up = (corners[corner] - middle[cell]).T
    around = np.lexsort((np.arctan2(up, across), cell))
    cell, start = cell[around], corner[around]
    last = np.cumsum(count) - 1
    following = np.arange(1, len(cell) + 1)
    following[last] = last - count + 1
    return corners, cell, start, start[following]


def _rings(then):
    """Follow a mapping of each number to the next until it is used up; what does not close is left out."""
    while then:
        first, here = then.popitem()
        ring = [first, here]
        while here != first and here in then:
            here = then.pop(here)
            ring.append(here)
        if here == first:
            yield ring[:-1]

"""Where a function is above a level, exactly, if it is straight between lines: they cut a square into convex cells, in
each of which a level is one straight way from side to side.
"""

import numpy as np

APART = 1e-7  # each line is moved by less than this share of the square, so that no three meet in a point


class Folds:
    """The square |x1|, |x2| ≤ limit, cut by lines w · x + b = 0, and the values of a function that bends there only.

    weights (n, 2), biases (n,); the function takes points (m, 2) and gives m numbers.
    """

    def __init__(self, weights, biases, limit, function):
        self.corners, self.cell, self.start, self.end = _cells(*_lines(weights, biases, limit), limit)
        self.values = function(self.corners)
        low, high = np.minimum(self.start, self.end), np.maximum(self.start, self.end)
        _, side, uses = np.unique(low * len(self.corners) + high, return_inverse=True, return_counts=True)
        self.crossing = len(self.corners) + side  # where a level crosses a side is numbered after the corners
        self.outer = uses[side] == 1  # a side of one cell only is a piece of the square's own

    def level(self, value):
        """The pieces (m, 2, 2) of the line on which the function has this value."""
        leaves, enters = self._crossed(self.values > value)
        places = self._places(value)
        return np.stack([places[self.crossing[leaves]], places[self.crossing[enters]]], axis=1)

    def above(self, value, sign=1):
        """The rings, each (m, 2), around where sign · function is above this value."""
        above = sign * self.values > value
        leaves, enters = self._crossed(above)
        then = dict(zip(self.crossing[leaves].tolist(), self.crossing[enters].tolist(), strict=True))
        start = np.where(above[self.start], self.start, self.crossing)
        end = np.where(above[self.end], self.end, self.crossing)
        along = self.outer & (start != end)
        then |= zip(start[along].tolist(), end[along].tolist(), strict=True)
        places = self._places(sign * value)
        return [places[ring] for ring in _rings(then)]

    def _crossed(self, above):
        """For each cell that a level crosses: the side where a walk around it leaves what is above, and enters it."""
        leaves, enters = above[self.start] & ~above[self.end], ~above[self.start] & above[self.end]
        cells = self.cell.max() + 1
        once = (np.bincount(self.cell[leaves], minlength=cells) == 1) & (
            np.bincount(self.cell[enters], minlength=cells) == 1
        )
        return np.flatnonzero(leaves & once[self.cell]), np.flatnonzero(enters & once[self.cell])

    def _places(self, value):
        """The corners, and after them where each side has this value."""
        first, last = self.values[self.start], self.values[self.end]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.clip((value - first) / (last - first), 0, 1)
        places = np.zeros((self.crossing.max() + 1, 2))
        places[: len(self.corners)] = self.corners
        from_, to = self.corners[self.start], self.corners[self.end]
        places[self.crossing] = from_ + share[:, None] * (to - from_)
        return places


def _lines(weights, biases, limit):
    """Lines that cut the square, as unit normals (n, 2) and offsets (n,), and after them the square's four sides."""
    size = np.hypot(*weights.T)
    with np.errstate(all="ignore"):
        normals, offsets = weights / size[:, None], biases / size
    offsets = offsets + APART * limit * np.sin(1 + np.arange(len(size)))
    seen = (size > 0) & (np.abs(offsets) < 1.5 * limit)
    sides = [(-1, 0), (1, 0), (0, -1), (0, 1)]
    return np.concatenate([normals[seen], sides]), np.append(offsets[seen], [limit] * 4)


def _cells(normals, offsets, limit):
    """The corners (m, 2) of the cells, and each side of each cell: its cell, and the corners where it starts and ends.

    A cell is known by the sides of all lines that it is on: they are summed up to one number, each side having its own.
    """
    one, other = np.triu_indices(len(offsets), 1)
    (a, b), (c, d), p, q = normals[one].T, normals[other].T, offsets[one], offsets[other]
    with np.errstate(divide="ignore", invalid="ignore"):
        places = np.stack([b * q - d * p, c * p - a * q], axis=1) / (a * d - b * c)[:, None]
    inside = (np.abs(places) <= limit * (1 + 1e-12)).all(axis=1)
    corners, one, other = places[inside], one[inside], other[inside]
    own = np.random.default_rng(0).integers(2**62, size=len(offsets))
    own[-4:] = 0  # all cells are on the same side of the square's sides
    is_on = corners @ normals.T + offsets > 0
    number = np.arange(len(corners))
    is_on[number, one] = is_on[number, other] = False
    rest, inner = is_on @ own, len(offsets) - 4
    codes = np.concatenate([rest + on * own[one] + also * own[other] for on in (0, 1) for also in (0, 1)])
    twice = np.concatenate([(on & (one >= inner)) | (also & (other >= inner)) for on in (0, 1) for also in (0, 1)])
    codes, corner = codes[twice == 0], np.tile(number, 4)[twice == 0]

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

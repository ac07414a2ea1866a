"""Matrices as HTML tables of real numbers, coloured by sign and size.

On a board, what shares an index stands in line: all tables have rows of one height and cells of one width.
"""

from functools import lru_cache
from html import escape

import numpy as np

from explorers.views.numbers import compact

LEVELS = 8  # shades of a cell on each side of 0
# by level: of an array, those below 0 count from its end
SHADES = np.array(
    ["", *(f"p{level}" for level in range(1, LEVELS + 1)), *(f"n{level}" for level in range(LEVELS, 0, -1))]
)
MOST_ROWS = 12  # of examples, that stand on the board at once
MOST_COLUMNS = 64  # of units, of which the chosen one can have a frame


class Axis:
    """The labels along one axis of a matrix, and what they count."""

    def __init__(self, name, labels):
        self.name, self.labels = name, [str(label) for label in labels]


def shades(values, limit):
    """Name the shade of each value on a scale of ±limit: p1 to p8 above 0, n1 to n8 below, and none near 0."""
    return SHADES[np.clip(np.rint(LEVELS * np.asarray(values, float) / limit), -LEVELS, LEVELS).astype(int)].tolist()


def decimals_for(limit, at_least):
    """How many decimals the faintest number with a colour needs to show a digit."""
    return max(at_least, -int(np.floor(np.log10(max(limit / (2 * LEVELS), 1e-300)))))


class Matrix:
    """A matrix as a table; `.array` is exactly what it shows, in the symbol's own shape even where it is turned.

    says is the right-hand side that stands after the symbol. Of many rows, those from `.first` on are shown.
    `.html` is the table on a page, and `.classes` say what it is now: still, or pointed out, or going in.
    """

    most = MOST_ROWS

    def __init__(self, symbol, says, rows, columns, decimals=3, turned=False, attributes=None):
        self.symbol, self.says, self.decimals, self.turned = symbol, says, decimals, turned
        self.rows, self.columns = rows, columns
        self.attributes = f'data-symbol="{escape(symbol)}"' if attributes is None else attributes
        self.array, self.limit, self.first, self.moved = None, None, 0, None
        self.html, self.classes = "", ""

    @property
    def across(self):
        """The axis that runs across the screen."""
        return self.rows if self.turned else self.columns

    @property
    def down(self):
        """The axis that runs down the screen."""
        return self.columns if self.turned else self.rows

    def show(self, array, limit, row=None, moved=None, classes=""):
        """Colours are full at ±limit; the rows from a multiple of twelve on are shown, those with the given row.

        Where some of the numbers have moved, moved (as array) is True, and the others step back.
        """
        first = 0 if row is None else row // self.most * self.most
        still = moved is not None and not moved.any()
        some = moved if moved is not None and not still and not moved.all() else None
        stays = (limit, first) == (self.limit, self.first) and np.array_equal(array, self.array)
        if not (stays and (still or np.array_equal(some, self.moved))):
            self.array, self.limit, self.first, self.moved = np.array(array), limit, first, some
            self.html = self._html()
        self.classes = f"{classes} bp-still" if still else classes

    def cells(self):
        """Each line of what is shown: the texts of its cells, their shades, and which of them step back."""
        grid = np.atleast_2d(self.array)
        shaded = _shaded(grid, self.limit)
        still = np.zeros(grid.shape, bool) if self.moved is None else ~np.atleast_2d(self.moved)
        if self.turned:
            grid, shaded, still = grid.T, [*zip(*shaded, strict=True)], still.T
        shown = slice(self.first, self.first + self.most)
        decimals = decimals_for(self.limit, self.decimals)
        for numbers, line, back in zip(grid[shown].tolist(), shaded[shown], still[shown].tolist(), strict=True):
            yield _texts(numbers, grid.dtype, decimals), line, back

    def labels(self):
        """The labels of the rows shown."""
        return self.down.labels[self.first : self.first + self.most]

    def title(self):
        """What stands beside the symbol: whether it is turned, and its right-hand side."""
        rest = len(np.atleast_2d(self.array)) - len(self.labels())
        more = f" rows {self.labels()[0]} to {self.labels()[-1]} of {len(self.down.labels)}" if rest > 0 else ""
        return " turned" * self.turned, (f"= {self.says}" if self.says else "") + more * (not self.turned)

    def _html(self):
        turned, says = self.title()
        first = f"{self.attributes} data-first={self.first}" if self.first else self.attributes
        head = _head(self.symbol, turned, says, self.array.shape, first, self.across)
        rows = [_row(label, *line) for label, line in zip(self.labels(), self.cells(), strict=True)]
        return f"{head}{''.join(rows)}</table>"


@lru_cache(maxsize=256)
def _head(symbol, turned, says, shape, attributes, across):
    """What comes before the rows of numbers."""
    name, n = f"<b>{escape(symbol)}</b>{turned}", len(across.labels)
    size = f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
    return (
        f"<div class=bp-label aria-hidden=true>{name}<span>{escape(says)}</span></div>"
        f"<table {attributes}{' data-turned' if turned else ''} style=--n:{n}>"
        f"<caption>{name} {escape(says)} {size}</caption><col class=i><col span={n}>"
        f"<thead><tr>{''.join(f'<th>{escape(label)}' for label in (across.name, *across.labels))}</thead><tbody>"
    )


def _row(label, texts, shaded, back):
    whole = all(back)
    cells = [_cell(*cell, stays and not whole) for *cell, stays in zip(texts, shaded, back, strict=True)]
    return f"<tr{' class=s' * whole}><th>{escape(label)}{''.join(cells)}"


def _cell(text, shade, stays):
    if not stays:
        return f"<td class={shade}>{text}" if shade else f"<td>{text}"
    return f"<td class='{shade} s'>{text}" if shade else f"<td class=s>{text}"


def _shaded(grid, limit):
    if grid.dtype == bool:
        return [["on" if on else "" for on in line] for line in grid.tolist()]
    return shades(grid, limit)


def _texts(numbers, kind, decimals):
    if kind == np.bool_:
        return ["1" if on else "·" for on in numbers]
    return [compact(number, decimals) for number in numbers]

"""Matrices as HTML tables of real numbers, coloured by sign and size.

On a board, what shares an index stands in line: all tables have rows of one height and cells of one width.
"""

from html import escape

import ipywidgets as widgets
import numpy as np

from explorers.views.numbers import compact

LEVELS = 8  # shades of a cell on each side of 0
SHADES = {level: f"{'p' if level > 0 else 'n'}{abs(level)}" if level else "" for level in range(-LEVELS, LEVELS + 1)}
MOST_ROWS = 12  # of examples, that stand on the board at once


class Axis:
    """The labels along one axis of a matrix, and what they count."""

    def __init__(self, name, labels):
        self.name, self.labels = name, [str(label) for label in labels]


def shades(values, limit):
    """Name the shade of each value on a scale of ±limit: p1 to p8 above 0, n1 to n8 below, and none near 0."""
    levels = np.clip(np.rint(LEVELS * np.asarray(values, float) / limit), -LEVELS, LEVELS).astype(int).tolist()
    return [SHADES[level] for level in levels]


def decimals_for(limit, at_least):
    """How many decimals the faintest number with a colour needs to show a digit."""
    return max(at_least, -int(np.floor(np.log10(max(limit / (2 * LEVELS), 1e-300)))))


class Matrix:
    """A matrix as a table; `.array` is exactly what it shows, in the symbol's own shape even where it is turned.

    says is the right-hand side that stands after the symbol. Of many rows, those from `.first` on are shown.
    """

    def __init__(self, symbol, says, rows, columns, decimals=3, turned=False, attributes=None):
        self.symbol, self.says, self.decimals, self.turned = symbol, says, decimals, turned
        self.rows, self.columns = rows, columns
        self.attributes = f'data-symbol="{escape(symbol)}"' if attributes is None else attributes
        self.array, self.first, self.moved = None, 0, None
        self.widget = widgets.HTML()
        self.widget.add_class("bp-matrix")

    @property
    def has_rows(self):
        """Whether a row of it can be the chosen one."""
        return "bp-rows" in self.widget._dom_classes

    @property
    def across(self):
        """The axis that runs across the screen."""
        return self.rows if self.turned else self.columns

    @property
    def down(self):
        """The axis that runs down the screen."""
        return self.columns if self.turned else self.rows

    def show(self, array, limit, row=None, moved=None):
        """Colours are full at ±limit; the rows from a multiple of twelve on are shown, those with the given row.

        Where some of the numbers have moved, moved (as array) is True, and the others step back.
        """
        self.array, self.limit = np.array(array), limit
        self.first = 0 if row is None else row // MOST_ROWS * MOST_ROWS
        some = moved is not None and moved.any() and not moved.all()
        self.moved = moved if some else None
        self.widget.value = self._html()
        mark(self.widget, "bp-still", moved is not None and not moved.any())

    def cells(self):
        """Each line of what is shown: the texts of its cells, and their classes."""
        grid = np.atleast_2d(self.array)
        classes = _classes(grid, self.limit)
        still = np.zeros(grid.shape, bool) if self.moved is None else ~np.atleast_2d(self.moved)
        if self.turned:
            grid, classes, still = grid.T, [*map(list, zip(*classes, strict=True))], still.T
        shown = slice(self.first, self.first + MOST_ROWS)
        for numbers, line, back in zip(grid[shown].tolist(), classes[shown], still[shown].tolist(), strict=True):
            texts = _texts(numbers, grid.dtype, decimals_for(self.limit, self.decimals))
            yield texts, [f"{shade} s".strip() if stays else shade for shade, stays in zip(line, back, strict=True)]

    def labels(self):
        """The labels of the rows shown."""
        return self.down.labels[self.first : self.first + MOST_ROWS]

    def title(self):
        """What stands beside the symbol: whether it is turned, and its right-hand side."""
        rest = len(np.atleast_2d(self.array)) - len(self.labels())
        more = f" rows {self.labels()[0]} to {self.labels()[-1]} of {len(self.down.labels)}" if rest > 0 else ""
        return " turned" * self.turned, (f"= {self.says}" if self.says else "") + more * (not self.turned)

    def _html(self):
        turned, says = self.title()
        symbol = f"<b>{escape(self.symbol)}</b>{turned}"
        shape = f"({', '.join(map(str, self.array.shape))}{',' if self.array.ndim == 1 else ''})"
        out = [
            f"<div class=bp-label aria-hidden=true>{symbol}<span>{escape(says)}</span></div>",
            f"<table {self.attributes}{' data-turned' * self.turned} style=--n:{len(self.across.labels)}>",
            f"<caption>{symbol} {escape(says)} {shape}</caption>",
            f"<col class=i><col span={len(self.across.labels)}><thead><tr><th scope=col>{escape(self.across.name)}",
            *(f"<th scope=col>{escape(label)}" for label in self.across.labels),
            "</thead><tbody>",
        ]
        for label, (texts, classes) in zip(self.labels(), self.cells(), strict=True):
            out.append(f"<tr><th scope=row>{escape(label)}")
            out += [f"{_cell(look)}{text}" for text, look in zip(texts, classes, strict=True)]
        return "".join(out) + "</table>"


def _cell(classes):
    """The start of a cell."""
    return f'<td class="{classes}">' if " " in classes else f"<td class={classes}>" if classes else "<td>"


def _classes(grid, limit):
    if grid.dtype == bool:
        return [["on" if on else "" for on in line] for line in grid.tolist()]
    return [shades(line, limit) for line in grid]


def _texts(numbers, kind, decimals):
    if kind == np.bool_:
        return ["1" if on else "·" for on in numbers]
    return [compact(number, decimals) for number in numbers]


def mark(widget, name, here):
    """Let a widget have a class of the page, or not."""
    (widget.add_class if here else widget.remove_class)(name)

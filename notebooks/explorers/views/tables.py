"""Matrices as HTML tables of real numbers, coloured by sign and size."""

from html import escape

import ipywidgets as widgets
import numpy as np

LEVELS = 8  # shades of a cell on each side of 0
SHADES = {level: f"{'p' if level > 0 else 'n'}{abs(level)}" if level else "" for level in range(-LEVELS, LEVELS + 1)}


class Html(str):
    """Text that is HTML already, and is not to be escaped."""


class Axis:
    """The labels along one axis of a matrix, and what they count."""

    def __init__(self, name, labels):
        self.name, self.labels = name, [str(label) for label in labels]


def shades(values, limit):
    """Name the shade of each value on a scale of ±limit: p1 to p8 above 0, n1 to n8 below, and none near 0."""
    levels = np.clip(np.rint(LEVELS * np.asarray(values, float) / limit), -LEVELS, LEVELS).astype(int).tolist()
    return [SHADES[level] for level in levels]


def matrix_html(
    symbol, meaning, array, rows, columns, limit, decimals=3, row=None, column=None, pointed_out=False, hand=""
):
    """Write a matrix, or a vector as its one row, as an HTML table; a number with a colour shows a digit of its own.

    hand are the table's attributes that tell a page which entry a cell is.
    """
    shape = f"({', '.join(map(str, array.shape))}{',' if array.ndim == 1 else ''})"
    grid = np.atleast_2d(array)
    corner = ", ".join(axis.name for axis in (rows, columns) if axis.name)
    mark = "" if column is None else f"<colgroup><col span={column + 1}><col class=m></colgroup>"
    out = [
        f"<table{' class=bp-now' if pointed_out else ''}{hand}>",
        f"<caption><b>{escape(symbol)}</b> {escape(meaning)} {shape}</caption>",
        f"{mark}<thead><tr><th scope=col>{escape(corner)}",
        *(f"<th scope=col>{escape(label)}" for label in columns.labels),
        "</thead><tbody>",
    ]
    cells = _bool_cells(grid) if array.dtype == bool else _number_cells(grid, limit, decimals)
    for index, line in enumerate(cells):
        out.append("<tr class=m>" if index == row else "<tr>")
        out.append(f"<th scope=row>{escape(rows.labels[index])}")
        out.extend(line)
    return Html("".join(out) + "</table>")


def _number_cells(grid, limit, decimals):
    faintest = np.broadcast_to(limit / (2 * LEVELS), grid.shape[1])
    formats = [
        f"z.{max(decimals, digits)}f" if digits <= 6 else ".1e" for digits in -np.floor(np.log10(faintest)).astype(int)
    ]
    for line, numbers in zip(grid, grid.tolist(), strict=True):
        yield [
            (f"<td class={shade}>" if shade else "<td>") + format(number, "z.0f" if number.is_integer() else spec)
            for number, shade, spec in zip(numbers, shades(line, limit), formats, strict=True)
        ]


def _bool_cells(grid):
    for line in grid.tolist():
        yield ["<td class=on>1" if on else "<td>0" for on in line]


def hand_of(symbol, turned=False):
    """The attributes of a table that shows a symbol's matrix, or its transpose."""
    return f' data-symbol="{escape(symbol)}"{" data-turned" if turned else ""}'


class Matrix:
    """A matrix as a table; `.array` is exactly what it shows, and `.hand` which entries a hand chooses there."""

    def __init__(self, symbol, meaning, rows, columns, decimals=3):
        self.symbol, self.meaning, self.decimals = symbol, meaning, decimals
        self.rows, self.columns = rows, columns
        self.array, self.hand = None, hand_of(symbol)
        self.widget = widgets.HTML()

    def show(self, array, limit, row=None, column=None, pointed_out=False):
        """Colours are full at ±limit; row and column are marked, and the whole matrix is pointed out, where asked."""
        self.array = np.array(array)
        self.widget.value = matrix_html(
            self.symbol,
            self.meaning,
            self.array,
            self.rows,
            self.columns,
            limit,
            self.decimals,
            row,
            column,
            pointed_out,
            self.hand,
        )


class Equation:
    """One step: its line of code, and the matrices that go in and come out; `.arrays` has them by symbol."""

    def __init__(self):
        self.arrays = {}
        self.widget = widgets.HTML()

    def show(self, code, arrays, parts):
        """arrays are the matrices by symbol; parts is the row to show: tables as Html, and operators as plain text."""
        self.arrays = {symbol: np.array(array) for symbol, array in arrays.items()}
        row = "".join(part if isinstance(part, Html) else f"<span class=bp-op>{escape(part)}</span>" for part in parts)
        self.widget.value = f"<p>In code: <code>{escape(code)}</code></p><div class=bp-flow>{row}</div>"

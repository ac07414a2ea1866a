"""What a notebook keeps of an explorer: its screen, with its state in words below, as one SVG."""

import textwrap
from html import escape
from itertools import groupby

from explorers.page import DEEPEST, ON_CELL, file
from explorers.views.colors import LIGHT, variables
from explorers.views.svg import coordinate, text
from explorers.views.tables import LEVELS

LETTER, LINE = 6.4, 17  # CSS pixels: how wide a letter is, about, and how high a line
LABELS, TITLE = 18, 14  # CSS pixels of a grid: how wide the names of its rows are, and how high its title
WIDE, HIGH = 33, 15  # and its cells


def snapshot(parts, words):
    """Return parts, and words below, as an SVG document at scale 1, in the colours of a light page.

    Each part is its place and size, left, top, width, height, and its content as SVG.
    """
    drawn = "".join(
        f'<svg x="{left}" y="{top}" width="{width}" height="{height}">{content}</svg>'
        for left, top, width, height, content in parts
    )
    width = max(480, *(left + width for left, _, width, _, _ in parts))
    height = max(top + height for _, top, _, height, _ in parts)
    said, end = _written(words, *_room(parts))
    if end > height:
        said, end = _written(words, width, height)
    height = max(height, end)
    size = f'viewBox="0 0 {width} {height + 8}" width="{width}" height="{height + 8}"'
    shares = "".join(
        f".p{level},.n{level}{{--bp-share:{DEEPEST * level / LEVELS:.3f}}}" for level in range(1, LEVELS + 1)
    )
    themes = f".bp-picture{{{variables(LIGHT)};--bp-on-cell:{ON_CELL}}}"
    sheet = f'<rect class="paper" width="{width}" height="{height + 8}"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="bp-picture" role="img" aria-label="{escape(words)}" {size}>'
        f"<title>{escape(words)}</title><style>{themes}{shares}{file('picture.css')}</style>{sheet}"
        f"{drawn}{said}</svg>"
    )


def _room(parts):
    """How wide the parts on the left are, and where they end: words may have room below them, beside a high board."""
    column = [(width, top + height) for left, top, width, height, _ in parts if left == 0]
    return max(width for width, _ in column), max(bottom for _, bottom in column)


def _written(words, width, top):
    """Write words in lines no wider than this, → the SVG, and where it ends."""
    lines = [part for line in words.split("\n") for part in textwrap.wrap(line, int(width / LETTER))]
    return "".join(text(6, top + LINE * n, line, "start") for n, line in enumerate(lines, 1)), top + LINE * len(lines)


def side_by_side(pictures, left=0, top=0):
    """Give pictures beside each other their places: parts of a snapshot."""
    parts = []
    for picture in pictures:
        parts.append((left, top, picture.width, picture.height, picture.content))
        left += picture.width + 12
    return parts


def grid_svg(left, top, symbol, says, texts, shades, rows, columns, chosen_row=None, chosen_column=None):
    """Write a matrix as SVG: a line of title, a line of the columns' names if there are any, a line for each row.

    symbol and says stand in the title. texts and shades are lists of rows; a shade is the class of a cell's colour, or
    "". rows are their names.
    """
    across, down = left + LABELS, top + TITLE + (HIGH if columns else 0)
    said = f"<tspan class='b'>{escape(symbol)}</tspan> {escape(says)}"
    out = [f"<text class='start' x='{left}' y='{top + 11}'>{said}</text>"]
    ways = {}  # a stroke as wide as a cell is high takes half the bytes of a rectangle
    for row, line in enumerate(shades):
        column, middle = across, coordinate(down + HIGH * (row + 0.5))
        for shade, cells in groupby(line):
            end = column + WIDE * len([*cells])
            ways.setdefault(shade, []).append(f"M{column} {middle}H{end}")
            column = end
    ways.pop("", None)
    for shade, drawn in sorted(ways.items()):
        out.append(f"<path class='cell {shade}' stroke-width='{HIGH}' d='{''.join(drawn)}'/>")
    ends = [coordinate(across + WIDE * (column + 1) - 2) for column in range(len(texts[0]))]
    lines = [("", columns)] if columns else []
    lines += zip(rows, texts, strict=True)
    for row, (name, cells) in enumerate(lines):
        spans = "".join(f"<tspan x='{x}'>{escape(str(said))}</tspan>" for x, said in zip(ends, cells, strict=True))
        label = f"<tspan x='{coordinate(across - 4)}'>{escape(str(name))}</tspan>" if str(name) else ""
        out.append(f"<text class='end' y='{coordinate(top + TITLE + HIGH * row + HIGH - 4)}'>{label}{spans}</text>")
    if chosen_row is not None:
        out.append(
            f"<path class='frame' d='M{left} {down + HIGH * chosen_row}h{LABELS + WIDE * len(ends)}v{HIGH}H{left}z'/>"
        )
    if chosen_column is not None:
        corner = f"M{across + WIDE * chosen_column} {down - (HIGH if columns else 0)}"
        out.append(f"<path class='frame' d='{corner}h{WIDE}V{down + HIGH * len(texts)}h-{WIDE}z'/>")
    return "".join(out)


def board_svg(board):
    """Write a board as SVG → its width, its height, and its content."""
    content, left, deepest, widest = [], 0, 0, 0

    def put(left, top, table, names):
        row = None if board.row is None or table.down is not board.axis else board.row - table.first
        column = board.column if table in board.wide else None
        width, height, written = _table_svg(left, top, table, names, row, column)
        content.append(written)
        return left + width, top + height + 3

    for column in board.narrow:
        bottom = 0
        for table in column:
            _, bottom = put(left, bottom, table, table is column[0])
        left += LABELS + WIDE * len(column[0].across.labels) + 14
        deepest, widest = max(deepest, bottom), left
    for table in board.wide:
        right, deepest = put(0, deepest, table, table is board.wide[0])
        widest = max(widest, right)
    return widest, deepest, "".join(content)


def tables_svg(tables):
    """Write tables above each other as SVG → their width, their height, and the content."""
    content, bottom, widest = [], 0, 0
    for table in tables:
        width, height, written = _table_svg(0, bottom, table)
        content.append(written)
        bottom, widest = bottom + height + 6, max(widest, width)
    return widest, bottom, "".join(content)


def _table_svg(left, top, table, names=True, row=None, column=None):
    """Write a table, with its columns' names or without, → its width with its title, its height, and the content."""
    texts, shades, _ = zip(*table.cells(), strict=True)
    says, columns = " ".join(filter(None, map(str.strip, table.title()))), table.across.labels
    width = max(LABELS + WIDE * len(columns), round(LETTER * len(f"{table.symbol} {says}")))
    height = TITLE + HIGH * (len(texts) + names)
    grid = grid_svg(left, top, table.symbol, says, texts, shades, table.labels(), columns * names, row, column)
    return width, height, grid

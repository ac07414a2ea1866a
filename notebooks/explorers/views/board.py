"""A board: tables that share an index stand in line, under one frame for what is chosen."""

import ipywidgets as widgets

from explorers.views.tables import MOST_COLUMNS, MOST_ROWS


class Board:
    """Narrow tables beside each other, their rows in line; below them wide tables, their columns in line.

    narrow is a list of columns, each of tables that stand above each other. A frame for the chosen row goes through all
    tables with rows along an axis. widget shows all of it: a page hears of a change in one message.
    """

    def __init__(self, narrow, wide, axis=None):
        self.narrow, self.wide, self.axis = narrow, wide, axis
        self.row = self.column = None
        self.widget = widgets.HTML().add_class("bp-board")

    def show(self, row=None, column=None):
        """Show the tables as they are now; frame a row of those with rows, and a column of the wide ones."""
        self.row, self.column = row, column
        chosen = [] if row is None else [f"bp-row-{row % MOST_ROWS}"]
        chosen += [] if column is None or column >= MOST_COLUMNS else [f"bp-column-{column}"]
        others = [name for name in self.widget._dom_classes if not name.startswith(("bp-row-", "bp-column-"))]
        self.widget._dom_classes = (*others, *chosen)
        columns = (f"<div>{''.join(map(self._placed, column, _below(column)))}</div>" for column in self.narrow)
        narrow = f"<div class=bp-narrow>{''.join(columns)}</div>" if self.narrow else ""
        wide = f"<div class=bp-wide>{''.join(map(self._placed, self.wide, _below(self.wide)))}</div>"
        self.widget.value = narrow + (wide if self.wide else "")

    def _placed(self, table, place):
        rows = " bp-rows" if table.down is self.axis else ""
        return f"<div class='bp-matrix{place}{rows}{table.classes}'>{table.html}</div>"


def _below(tables):
    """The class of each table in a column: its labels stand once, above the first."""
    return ["", *[" bp-below"] * (len(tables) - 1)]

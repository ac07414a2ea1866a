"""A board: tables that share an index stand in line, under one frame for what is chosen."""

import ipywidgets as widgets

from explorers.views.tables import MOST_COLUMNS, MOST_ROWS, set_class


class Board:
    """Narrow tables beside each other, their rows in line; below them wide tables, their columns in line.

    narrow is a list of columns, each of tables that stand above each other. widget is the box of all.
    """

    def __init__(self, narrow, wide):
        self.tables = [table for column in narrow for table in column] + wide
        parts = []
        if narrow:
            beside = widgets.Box([widgets.VBox([table.widget for table in column]) for column in narrow])
            parts.append(beside.add_class("bp-narrow"))
        if wide:
            parts.append(widgets.VBox([table.widget for table in wide]).add_class("bp-wide"))
            wide[0].widget.add_class("bp-head")
        for column in narrow:
            for table in column[1:]:
                table.widget.add_class("bp-below")
        self.narrow, self.wide, self.row, self.column = narrow, wide, None, None
        self.widget = widgets.VBox(parts).add_class("bp-board")

    def set_rows(self, axis):
        """Say which tables have rows along this axis: a frame for the chosen row goes through all of them."""
        for table in self.tables:
            set_class(table.widget, "bp-rows", table.down is axis)

    def choose(self, row=None, column=None):
        """Frame a row of the tables with rows, and a column of the wide ones."""
        self.row, self.column = row, column
        chosen = [] if row is None else [f"bp-row-{row % MOST_ROWS}"]
        chosen += [] if column is None or column >= MOST_COLUMNS else [f"bp-column-{column}"]
        others = [name for name in self.widget._dom_classes if not name.startswith(("bp-row-", "bp-column-"))]
        self.widget._dom_classes = (*others, *chosen)

"""A notebook cell that runs again has a new output: the explorers that it made before are closed."""

import ipywidgets as widgets
from IPython import get_ipython

_made_by = {}  # a notebook cell → its last run, and the explorers that this run made


def close_those_of_the_last_run(explorer):
    """A cell that runs again has a new output: close what it made before, which would stay in memory for good."""
    get_parent = getattr(get_ipython(), "get_parent", dict)
    message = get_parent()  # the request that runs the cell
    cell, run = message.get("metadata", {}).get("cellId"), message.get("header", {}).get("msg_id")
    if cell is None:  # not in a notebook cell
        return
    last_run, made = _made_by.get(cell, (run, []))
    if last_run != run:
        for old in made:
            old.close()
        made = []
    _made_by[cell] = run, [*made, explorer]


def inside(widget):
    """Every widget within a widget: its children, its layout, its style, and theirs."""
    for name in widget.keys:
        value = getattr(widget, name)
        for inner in value if isinstance(value, tuple) else [value]:
            if isinstance(inner, widgets.Widget):
                yield inner
                yield from inside(inner)

"""What a change has moved: which entries are others than before, and how that is said."""

import numpy as np

ROUNDING = 1e-12  # of the largest entry


def moved_between(before, after):
    """Return for each symbol which entries differ beyond rounding, as an array of bools; empty where none does."""
    if any(np.shape(before[name]) != np.shape(array) for name, array in after.items()):
        return {}
    moved = {name: _differ(np.asarray(before[name]), np.asarray(array)) for name, array in after.items()}
    return moved if any(entries.any() for entries in moved.values()) else {}


def _differ(before, after):
    if after.dtype != float:
        return before != after
    return np.abs(after - before) > ROUNDING * np.abs(after).max()


def said(moved, symbols):
    """Say what has moved of these symbols: "Changed: row 0 of A1, H; all of G_W1.", empty where nothing has."""
    groups = {}
    for name in symbols:
        if name in moved and moved[name].any():
            groups.setdefault(_part(np.atleast_2d(moved[name])), []).append(name)
    parts = [f"{part} of {', '.join(names)}" for part, names in groups.items()]
    return f"Changed: {'; '.join(parts)}." if parts else ""


def _part(entries):
    rows, columns = entries.any(axis=1), entries.any(axis=0)
    if entries.all():
        return "all"
    if len(rows) > 1 and rows.sum() == 1:
        return f"row {rows.argmax()}"
    if columns.sum() == 1:
        return f"column {columns.argmax()}"
    return "most" if entries.mean() > 0.5 else "some"

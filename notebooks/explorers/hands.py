"""What a hand does to an explorer: it takes marks, and chooses entries. The page and Python go the same way."""

import inspect
from contextlib import suppress
from functools import partial

import numpy as np

from explorers.explain import explain
from mlp_helpers import describe

CONTROLS = ("example", "unit", "class")  # axes that a control of the same name chooses on, where there is one


class Hands:
    """`.touch(what, *numbers)` is what a hand does to a mark; an explorer's marks are its methods touch_WHAT."""

    _picked = "loss", {}  # the chosen entry's symbol, and its places on axes without a control

    def touch(self, what, *numbers):
        """Do to the mark `what` what a hand does, with the mark's number and then the data coordinates of the hand.

        touch("point", i, x1, x2) moves example i, and touch("point", i) chooses it.
        Raises ValueError, TypeError for a mark that is not here, or numbers that are not its.
        """
        with self._lock, self._telling():
            self._change(partial(self._act(what, numbers), *numbers), rescale=False)

    def _act(self, what, numbers):
        act = getattr(self, f"touch_{what}", None) if isinstance(what, str) else None
        if act is None:
            marks = [name for name in dir(self) if name.startswith("touch_") and getattr(self, name)]
            here = [name.removeprefix("touch_") for name in marks]
            raise ValueError(f"touch: expected one of {', '.join(here)}, got {what!r}")
        try:
            inspect.signature(act).bind(*numbers)
        except TypeError:
            expected = ", ".join(inspect.signature(act).parameters)
            raise ValueError(
                f"touch: expected {what} with {expected}, got {what} with {len(numbers)} numbers"
            ) from None
        return act

    def _hear(self, change):
        """The page says what a hand did: a time, what, and numbers."""
        _, what, *numbers = [*change["new"].split(), "", ""]
        if what == "hello":  # it asks only whether it is heard
            return
        if what == "lost":
            return self.renew()
        with suppress(ValueError, TypeError):  # the screen says what failed
            self.touch(what, *(_number(word) for word in numbers if word))

    def touch_point(self, i, x1=None, x2=None):
        """Choose example i, and move it."""
        i = index("point", i, len(self.X))
        if x1 is not None:
            self.X[i] = self.in_plane(x1, x2)
        if "example" in self.controls:
            self.controls["example"].value = i

    def in_plane(self, x1, x2):
        """Return a point of the plane, moved to its edge where it is beyond."""
        return np.array([within(name, x, -self.edge, self.edge) for name, x in (("x1", x1), ("x2", x2))])

    # ------------------------------------------------ entries

    @property
    def entry(self):
        """The chosen entry, (symbol, row, column); a vector is its one row."""
        with self._lock:
            symbol, picked = self._picked
            return symbol, *(self._chosen_on(axis, picked) for axis in self.axes_of(symbol))

    def _chosen_on(self, axis, picked):
        if axis in CONTROLS and axis in self.controls:
            return self.controls[axis].value
        return picked.get(axis, 0)

    def choose(self, symbol, row, column):
        """Choose an entry, and with it its example, hidden unit and class.

        Raises ValueError, TypeError for a symbol that has no entries, or a place that it does not have.
        """
        self.touch("entry", symbol, row, column)

    def touch_entry(self, symbol, row, column):
        """Choose an entry."""
        explain(self.values, symbol, row, column)
        picked = dict(zip(self.axes_of(symbol), (int(row), int(column)), strict=True))
        for axis in CONTROLS:
            if axis in picked and axis in self.controls:
                self.controls[axis].value = picked[axis]
        self._picked = symbol, picked

    def explain(self, symbol, row, column):
        """Say where an entry comes from: `.value`, `.terms`, `.text`, `.sources`.

        Raises ValueError, TypeError for a symbol that has no entries, or a place that it does not have.
        """
        with self._lock:
            return explain(self.values, symbol, row, column)


def index(name, value, n):
    """Return value as a whole number from 0 to n − 1; raises ValueError, TypeError where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise TypeError(f"{name}: expected a whole number, got {describe(value)}")
    if value != int(value) if np.isfinite(value) else True:
        raise ValueError(f"{name}: expected a whole number, got {value}")
    if not 0 <= value < n:
        raise ValueError(f"{name}: expected a number from 0 to {n - 1}, got {value}")
    return int(value)


def within(name, value, low, high):
    """Return a number moved to the nearest one from low to high; raises ValueError, TypeError where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise TypeError(f"{name}: expected a number, got {describe(value)}")
    if not np.isfinite(value):
        raise ValueError(f"{name}: expected a finite number, got {value}")
    return float(np.clip(value, low, high))


def _number(word):
    try:
        return int(word) if word.lstrip("-").isdigit() else float(word)
    except ValueError:
        return word

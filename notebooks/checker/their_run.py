"""A run of a learner's own code, watched line by line, and the facts that it shows, whatever mends it."""

import itertools
import linecache
import sys
import traceback
from pathlib import Path
from typing import NamedTuple

import numpy as np

from checker.judging import Fault, asked_of, called_with, fault_in, values_of
from checker.lines import FAILS, GIVEN, LINES
from checker.their_code import Theirs
from checker.words import as_numbers, same

MOST = 4_000  # events; a longer history is thrown away, for "the first wrong line" would be false
RETURNED = "<returned>"


class Step(NamedTuple):
    """What one line did: its number, what it changed or RETURNED, and all values after it."""

    line: int
    changed: dict
    after: dict


class Watched(NamedTuple):
    """What a function returned or raised, which arguments it changed, and its steps; none beside another tracer."""

    result: object
    error: BaseException | None
    lent: list
    steps: list


def watched(function, values):
    """Call a function with the symbols that it asks for, and note what each line of it does."""
    steps, state, events, before, code = [], {}, itertools.count(), sys.gettrace(), getattr(function, "__code__", None)

    def trace(frame, event, value):
        if frame.f_code is not code:
            return None
        if next(events) > MOST:
            steps.clear()
            sys.settrace(None)
            return None
        now = dict(frame.f_locals)
        marks = {name: mark(value) for name, value in now.items()}
        if event != "call":
            line, seen = state[frame]
            changed = {name: _copied(value) for name, value in now.items() if marks[name] != seen.get(name)}
            changed |= {RETURNED: value} if event == "return" and value is not None else {}
            if changed:
                steps.append(Step(line, changed, now))
        state[frame] = frame.f_lineno, marks
        return trace

    try:
        if before is None:
            sys.settrace(trace)
        (result, given), error = called_with(function, values), None
    except FAILS as raised:
        result, given, error = None, dict.fromkeys(values), raised
    finally:
        if before is None:
            sys.settrace(None)
    lent = [name for name, value in given.items() if mark(value) != mark(values[name])]
    return Watched(result, error, lent, steps)


def _copied(value):
    return value.copy() if isinstance(value, np.ndarray) else [*value] if isinstance(value, list) else value


def mark(value):
    """Return what is another when a value is."""
    if isinstance(value, np.ndarray):
        return value.shape, value.tobytes()
    if isinstance(value, tuple):
        return [*map(mark, value)]
    return [*map(id, value)] if isinstance(value, list) else id(value)


def called(value, symbol, values):
    """How a value is what a symbol's name says: "right", "turned" or "times N"; None: it is not."""
    numbers = as_numbers(value)
    if numbers is None or symbol not in values:
        return None
    right = np.asarray(values[symbol], float)
    hows = {"right": right, "turned": right.T, "times N": right * values["N"]}
    return next((how for how, other in hows.items() if same(numbers, other)), None)


def is_among(value, others):
    """Whether a value has the numbers of one of these."""
    numbers, arrays = as_numbers(value), [*map(as_numbers, others)]
    return numbers is not None and any(same(numbers, each) for each in arrays if each is not None)


class Facts:
    """A learner's function that is asked for name, watched while it runs on a batch of X, y, params."""

    def __init__(self, function, name, batch):
        self.batch, self.values, self.code = batch, values_of(*batch), getattr(function, "__code__", None)
        self.theirs = Theirs(function)
        self.asked = asked_of(function)
        self.run = watched(function, self.values)
        is_raised = self.run.error is not None
        self.fault = Fault("raised", name) if is_raised else fault_in(name, self.run.result, self.values)
        self.wrong = self._first_wrong()

    def _first_wrong(self):
        """Return the first line after which a symbol's value is not what it is called, its names, and lines to blame.

        A value that is still being filled is judged when it is last changed.
        """
        own, found = self.run.steps, []
        for symbol in (*GIVEN, *LINES):
            mine = [(place, step) for place, step in enumerate(own) if symbol in step.changed]
            judged = [called(step.changed[symbol], symbol, self.values) is not None for _, step in mine]
            was_right = True in judged
            if not mine or judged[-1] or (symbol in self.asked and not was_right):
                continue  # in an argument the learner computes in place
            if self.run.error is not None and not np.any(mine[-1][1].changed[symbol]):
                continue  # it was still to be filled
            if was_right and symbol == "P" and is_among(mine[-1][1].changed[symbol], [self.values["G_Z"]]):
                continue  # it became G_Z in place, and is used no more
            place, step = mine[len(judged) - judged[::-1].index(True) if was_right else -1]
            it, names = step.after.get(symbol), [symbol]
            if was_right and isinstance(it, np.ndarray):
                arrays = [(name, value) for name, value in step.after.items() if isinstance(value, np.ndarray)]
                names = [name for name, value in arrays if np.may_share_memory(value, it)]
            lines = [each.line for each in own if {*names} & each.changed.keys()]
            found.append((place, (step.line, symbol, names, [step.line, *lines])))
        return min(found, default=(0, None), key=lambda each: each[0])[1]

    def blamed(self):
        """Return the numbers of the lines to look at first."""
        lines = [*self.wrong[-1]] if self.wrong else []
        if self.run.error is not None:
            return lines + [frame.lineno for frame in self.frames(self.run.error)]
        result = mark(self.fault.numbers if self.fault else None)
        return lines + [step.line for step in self.run.steps if result in map(mark, step.changed.values())]

    def first_wrong(self, asked):
        """Say after which line a symbol's name, but for the one that is asked for, does not hold what it says."""
        if not self.wrong or self.wrong[1] == asked:
            return []
        number, symbol, names, _ = self.wrong
        line = linecache.getline(self.code.co_filename, number).strip()
        said = f"Look at line {number}, {line}, after which {symbol} is not what its name says"
        return [f"{said}: {' and '.join(names)} are names of one array, so copy first." if names[1:] else f"{said}."]

    def returns_nothing(self, asked):
        """Say that the function computes and returns nothing; None where it was not begun."""
        names = {name: value for step in self.run.steps for name, value in step.changed.items()}
        if not (self.theirs.is_begun if self.theirs.pieces else names):
            return None
        right = [name for name, value in names.items() if called(value, asked, self.values) == "right"]
        return f"Your function returns nothing: end it with {f'`return {right[-1]}`' if right else 'return'}."

    def outside(self):
        """Say which symbols the function takes from outside."""
        found = self.theirs.outside
        return [f"{not_asked(found)}."] if found else []

    def frames(self, error):
        """Return where in the learner's own code an error came: one place, or none."""
        here = Path(__file__).parent
        frames = [each for each in traceback.extract_tb(error.__traceback__) if Path(each.filename).parent != here]
        own = getattr(self.code, "co_filename", frames[0].filename if frames else None)
        return [frame for frame in frames if frame.filename == own and frame.line][-1:]


def not_asked(names):
    """Say of names that the function does not ask for them."""
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} not among the arguments"

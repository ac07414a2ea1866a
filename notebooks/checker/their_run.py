"""A run of a learner's own code, watched line by line: which values each line changed."""

import sys
from typing import NamedTuple

import numpy as np

from checker.lines import FAILS
from checker.words import as_numbers, same

MOST = 4_000  # events; a longer history is thrown away, for "the first wrong line" would be false
RETURNED = "<returned>"


class Step(NamedTuple):
    """What one line did: its code object and number, what it changed or RETURNED, and all values after it."""

    code: object
    line: int
    changed: dict
    after: dict


class Watched(NamedTuple):
    """What a call returned or raised, and the steps on the way; none beside another tracer."""

    result: object
    error: BaseException | None
    steps: list


def watched(call, names):
    """Call, and note what each line of code with these global names does."""
    steps, state, events, before = [], {}, 0, sys.gettrace()

    def trace(frame, event, value):
        nonlocal events
        if frame.f_globals is not names or frame.f_code.co_name.startswith(("<listcomp", "<genexpr", "<module")):
            return None
        events += 1
        if events > MOST:
            sys.settrace(None)
            return None
        now = dict(frame.f_locals)
        marks = {name: mark(value) for name, value in now.items()}
        if event != "call":
            line, seen = state[frame]
            changed = {name: _copied(value) for name, value in now.items() if marks[name] != seen.get(name)}
            changed |= {RETURNED: value} if event == "return" and value is not None else {}
            if changed:
                steps.append(Step(frame.f_code, line, changed, now))
        state[frame] = frame.f_lineno, marks
        return trace

    try:
        if before is None:
            sys.settrace(trace)
        result, error = call(), None
    except FAILS as raised:
        result, error = None, raised
    finally:
        if before is None:
            sys.settrace(None)
    return Watched(result, error, steps if events <= MOST else [])


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
    """How a value is what a symbol's name says: "" for itself, or else in words; None: it is not."""
    numbers = as_numbers(value)
    if numbers is None or symbol not in values:
        return None
    right, N = np.asarray(values[symbol], float), values["N"]
    turned = {
        "": right,
        "transposed": right.T,
        "times N": right * N,
        "over N": right / N,
        "with its sign flipped": -right,
    }
    return next((how for how, other in turned.items() if same(numbers, other, other)), None)


def holds(value, symbol, values):
    """Whether a value is what a symbol's name says, its transpose, or N times it."""
    return called(value, symbol, values) in ("", "transposed", "times N")

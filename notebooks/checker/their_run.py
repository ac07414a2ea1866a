"""A run of a learner's own code, watched line by line: which values each line changed, and what that shows."""

import ast
import sys
from typing import NamedTuple

import numpy as np

from checker.lines import FAILS, GIVEN, LINES
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
    """What a call returned or raised, the steps on the way, and whether they are all; none beside another tracer."""

    result: object
    error: BaseException | None
    steps: list


def watched(call, names):
    """Call, and note what each line of code with these global names does."""
    steps, state, events, before = [], {}, 0, sys.gettrace()

    def note(frame, number, returned=None):
        line, seen = state[frame]
        now = dict(frame.f_locals)
        changed = {name: _copied(value) for name, value in now.items() if _differs(seen.get(name, note), value)}
        changed |= {RETURNED: returned} if returned is not None else {}
        if changed:
            steps.append(Step(frame.f_code, line, changed, now))
            seen.update(changed)
        state[frame] = number, seen

    def trace(frame, event, value):
        nonlocal events
        if frame.f_globals is not names or frame.f_code.co_name.startswith(("<listcomp", "<genexpr", "<module")):
            return None
        events += 1
        if events > MOST:
            sys.settrace(None)
        elif event == "call":
            state[frame] = frame.f_lineno, {name: _copied(value) for name, value in frame.f_locals.items()}
        else:
            note(frame, frame.f_lineno, value if event == "return" else None)
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


def _differs(one, other):
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.shape != other.shape or one.tobytes() != other.tobytes()
    if isinstance(one, list) and isinstance(other, list):
        return len(one) != len(other) or any(a is not b for a, b in zip(one, other, strict=True))
    return one is not other


def called(value, symbol, values):
    """How a value is what a symbol's name says: "" for itself, "T" its transpose, "N" N times it; None: it is not."""
    numbers = as_numbers(value)
    if numbers is None or symbol not in values:
        return None
    right = np.asarray(values[symbol], float)
    for how, other in (("", right), ("T", right.T), ("N", right * values["N"])):
        if numbers.shape == other.shape and same(numbers, other, other):
            return how
    return None


class Wrong(NamedTuple):
    """A line after which a symbol's name does not hold what it says, the lines to blame, and what it holds then."""

    line: int
    lines: list  # those to blame
    symbol: str
    value: object
    shared: str  # the name that the line assigns, if it is another


def first_wrong(steps, code, values, texts):
    """Return the first line, of a function's code, after which a symbol's value is not what it is called; or None.

    A value that is still being filled is judged when it is last changed; texts gives the statement of a line.
    """
    own, found = [step for step in steps if step.code is code], []
    for symbol in (*GIVEN, *LINES):
        mine = [(place, step) for place, step in enumerate(own) if symbol in step.changed]
        if not mine or called(mine[-1][1].changed[symbol], symbol, values) is not None:
            continue
        judged = [called(step.changed[symbol], symbol, values) for _, step in mine]
        start = max((n + 1 for n, how in enumerate(judged) if how is not None), default=None)
        place, step = mine[-1] if start is None else mine[start]
        target = _assigned(texts(step.line))
        by_name = symbol in target or not target & step.after.keys()
        argument = symbol in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if argument and by_name and start is None:
            continue  # the learner computes in it, in place
        shared = "" if by_name else min(target)
        names = {symbol, shared} if start is None or shared else {symbol}
        lines = [each.line for each in own if names & each.changed.keys()]
        found.append((place, Wrong(step.line, [step.line, *lines], symbol, step.changed[symbol], shared)))
    return min(found, default=(0, None), key=lambda each: each[0])[1]


def _assigned(text):
    """Return the names that a statement assigns, or writes into."""
    try:
        (statement,) = ast.parse(text).body
    except (SyntaxError, ValueError):
        return set()
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    roots = set()
    for target in targets:
        for node in getattr(target, "elts", [target]):
            while isinstance(node, ast.Subscript | ast.Attribute):
                node = node.value
            if isinstance(node, ast.Name) and not isinstance(statement, ast.For):
                roots.add(node.id)
    return roots

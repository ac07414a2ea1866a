"""What stands in a learner's code, and what running it showed: facts that hold whatever mends it."""

import ast
import inspect
import linecache
import traceback
from pathlib import Path

import numpy as np

from checker.judging import called_with
from checker.lines import GIVEN, LINES
from checker.their_code import ASKABLE, Theirs
from checker.their_run import RETURNED, called, holds, watched


class Facts:
    """A learner's function, watched while it runs on the symbols' values."""

    def __init__(self, function, values):
        self.values, self.code = values, getattr(function, "__code__", None)
        self.theirs = Theirs(function)
        self.nodes = [*ast.walk(self.theirs.tree)] if self.theirs.pieces else []
        self.asked = [name for name in inspect.signature(function).parameters if name in ASKABLE]
        self.around = getattr(function, "__globals__", None)
        self.run = watched(lambda: called_with(function, values)[0], self.around)
        self.wrong = self._first_wrong() if self.code else None

    def _first_wrong(self):
        """Return the first line after which a symbol's value is not what it is called, its names, and lines to blame.

        A value that is still being filled is judged when it is last changed.
        """
        own, found = [step for step in self.run.steps if step.code is self.code], []
        for symbol in (*GIVEN, *LINES):
            mine = [(place, step) for place, step in enumerate(own) if symbol in step.changed]
            judged = [holds(step.changed[symbol], symbol, self.values) for _, step in mine]
            was_right = True in judged
            if not mine or judged[-1] or (symbol in self.asked and not was_right):
                continue  # in an argument the learner computes in place
            place, step = mine[len(judged) - judged[::-1].index(True) if was_right else -1]
            it = step.after.get(symbol)
            is_shared = was_right and isinstance(it, np.ndarray)
            names = [name for name, value in step.after.items() if value is it] if is_shared else [symbol]
            lines = [each.line for each in own if {*names} & each.changed.keys()]
            found.append((place, (step.line, symbol, names, [step.line, *lines])))
        return min(found, default=(0, None), key=lambda each: each[0])[1]

    def blamed(self, result):
        """Return the lines to look at first, each as a file and a number; result is what came, if it is wrong."""
        if self.run.error is not None:
            return [(frame.filename, frame.lineno) for frame in self.frames(self.run.error)[-1:]]
        lines = [(self.code.co_filename, line) for line in self.wrong[-1]] if self.wrong else []
        for step in self.run.steps:
            values = [each for value in step.changed.values() for each in (value if type(value) is tuple else [value])]
            if any(isinstance(each, np.ndarray) and np.array_equal(each, result) for each in values):
                lines.append((step.code.co_filename, step.line))
        return lines

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
        steps = [step for step in self.run.steps if step.code is self.code]
        names = {name: value for step in steps for name, value in step.changed.items()}
        if not (self.theirs.is_begun if self.theirs.pieces else names):
            return None
        right = [name for name, value in names.items() if called(value, asked, self.values) == "" and name != RETURNED]
        return f"Your function returns nothing: end it with {f'`return {right[-1]}`' if right else 'return'}."

    def outside(self):
        """Say which symbols the function takes from outside."""
        names = [node for node in self.nodes if isinstance(node, ast.Name)]
        own = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        own |= {node.arg for node in self.nodes if isinstance(node, ast.arg)}
        found = sorted({node.id for node in names} & ASKABLE - own)
        if not found:
            return []
        is_, it_is = ("is", "it is") if len(found) == 1 else ("are", "they are")
        notebooks = f": {it_is} the notebook's own" * ({*found} <= self.around.keys())
        return [f"{' and '.join(found)} {is_} not among the arguments{notebooks}."]

    def frames(self, error):
        """Return where in the learner's own code an error came."""
        here = Path(__file__).parent
        frames = [each for each in traceback.extract_tb(error.__traceback__) if Path(each.filename).parent != here]
        own = getattr(self.code, "co_filename", frames[0].filename if frames else None)
        return [frame for frame in frames if frame.filename == own and frame.line]

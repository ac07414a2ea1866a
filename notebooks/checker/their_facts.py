"""What stands in a learner's code, and what running it showed: facts that hold whatever mends it."""

import ast
import inspect
import linecache
import traceback
from pathlib import Path

import numpy as np

from checker.judging import called_with
from checker.their_code import SYMBOLS, Theirs
from checker.their_run import called, first_wrong, watched
from mlp_helpers import Backward


class Facts:
    """A learner's function, watched while it runs on the symbols' values."""

    def __init__(self, function, values):
        self.values, self.code = values, getattr(function, "__code__", None)
        self.theirs = Theirs(function)
        self.nodes = [*ast.walk(self.theirs.tree)] if self.theirs.pieces else []
        self.asked = [name for name in inspect.signature(function).parameters if name in SYMBOLS]
        self.run = watched(lambda: called_with(function, values)[0], getattr(function, "__globals__", None))
        self.wrong = first_wrong(self.run.steps, self.code, values, self.statement) if self.code else None

    def statement(self, line):
        """Return the text of the statement that a line of the learner's file belongs to."""
        lines = linecache.getlines(self.code.co_filename)
        try:
            nodes = [node for node in ast.walk(ast.parse("".join(lines))) if isinstance(node, ast.stmt)]
        except SyntaxError:
            nodes = []
        around = [node for node in nodes if node.lineno <= line <= node.end_lineno and not hasattr(node, "body")]
        if around:
            return "".join(lines[around[-1].lineno - 1 : around[-1].end_lineno]).strip()
        return lines[line - 1].strip() if 0 < line <= len(lines) else ""

    def blamed(self, result):
        """Return the lines to look at first, each as a file and a number; result is what came, if it is wrong."""
        if self.run.error is not None:
            return [(frame.filename, frame.lineno) for frame in self.frames(self.run.error)[-1:]]
        lines = [(self.code.co_filename, line) for line in self.wrong.lines] if self.wrong else []
        for step in self.run.steps:
            values = [value for value in step.changed.values() if not isinstance(value, Backward)]
            values = [each for value in values for each in (value if isinstance(value, tuple) else [value])]
            if any(isinstance(each, np.ndarray) and np.array_equal(each, result) for each in values):
                lines.append((step.code.co_filename, step.line))
        return lines

    def first_wrong(self, asked):
        """Say after which line a symbol's name, but for the one that is asked for, does not hold what it says."""
        if not self.wrong:
            return []
        wrong, line = self.wrong, f"line {self.wrong.line}, {self.statement(self.wrong.line).splitlines()[0]},"
        if wrong.shared:
            two = f"{wrong.shared} and {wrong.symbol} are two names of one array. Copy it first."
            return [f"Look at {line} which changes {wrong.symbol} too: {two}"]
        return [f"Look at {line} after which {wrong.symbol} is not what its name says."] * (wrong.symbol != asked)

    def returns_nothing(self, asked):
        """Say that the function computes and returns nothing; None where it was not begun."""
        steps = [step for step in self.run.steps if step.code is self.code]
        names = {name: value for step in steps for name, value in step.changed.items()}
        if not names:  # as beside another tracer
            names = {node.id: None for node in self.nodes if isinstance(getattr(node, "ctx", None), ast.Store)}
        right = [name for name, value in names.items() if called(value, asked, self.values) == ""]
        name = [*names, *right][-1] if names else ""
        return f"Your function returns nothing: end it with `return {name}`." if name else None

    def overwritten(self):
        """Say that what is returned is written anew in each turn of a loop, so that only the last turn is left."""
        returned = {ast.unparse(node.value) for node in self.nodes if isinstance(node, ast.Return) and node.value}
        for loop in self.nodes:
            for node in loop.body if isinstance(loop, ast.For) else ():
                match node:
                    case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in returned:
                        if name not in {each.id for each in ast.walk(value) if isinstance(each, ast.Name)}:
                            above = self.theirs.pieces[0].above
                            turn = f"each turn of the loop in line {above + loop.lineno} writes {name} anew"
                            return [f"Look at line {above + node.lineno}: {turn}, and the last one is returned."]
        return []

    def outside(self):
        """Say which symbols the function takes from outside."""
        names = [node for node in self.nodes if isinstance(node, ast.Name)]
        stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        found = sorted({node.id for node in names} & SYMBOLS - stored - {*self.asked})
        if not found:
            return []
        is_, it_is = ("is", "it is") if len(found) == 1 else ("are", "they are")
        return [f"{' and '.join(found)} {is_} not among the arguments: {it_is} the notebook's own."]

    def frames(self, error):
        """Return where in the learner's own code an error came."""
        here = Path(__file__).parent
        frames = [each for each in traceback.extract_tb(error.__traceback__) if Path(each.filename).parent != here]
        own = getattr(self.code, "co_filename", frames[0].filename if frames else None)
        return [frame for frame in frames if frame.filename == own and frame.line]

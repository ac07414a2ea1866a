"""A learner's own code: where its text stands, whether it only computes, and the same function of another text."""

import ast
import builtins
import copy
import functools
import itertools
import linecache
import math
import operator
import re
import textwrap
import time
import types
from typing import NamedTuple

import numpy as np

import mlp_helpers
from checker.changes import Code
from checker.lines import FAILS, GIVEN, LINES, TOOLS

MOST, LONGEST, LARGEST = 20_000, 0.2, 20_000  # turns of loops, seconds, and entries: a change can make a loop grow
SYMBOLS = {*GIVEN, *LINES, "params"}
MODULES = (np, np.linalg, mlp_helpers, math, itertools, functools, operator)  # which only compute, but for FILES
FILES = set(  # in NumPy and of its arrays
    "DataSource ctypeslib dump dumps fromfile fromregex genfromtxt get_include load loadtxt memmap save savetxt savez"
    " savez_compressed setbufsize seterr seterrcall set_printoptions show_config show_runtime test tofile".split()
)
SIZED = set("arange empty eye full identity linspace list ones range repeat tile zeros".split())
BUILTINS = set(
    "abs all any bool dict divmod enumerate filter float int isinstance len list map max min object pow print range"
    " reversed round set slice sorted str sum super tuple zip property staticmethod classmethod"
    " ArithmeticError Exception IndexError TypeError ValueError ZeroDivisionError".split()
)
NOT_READ = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Nonlocal)
HERE = {"lineno": 1, "col_offset": 0}
PLAIN = (np.generic, int, float, complex, str, bool, type(None), range, slice)


class Piece(NamedTuple):
    """A statement that defines a function: its file, the lines above it there, its text, and which lambda in it."""

    file: str
    above: int
    code: Code
    number: int | None
    name: str

    def definition(self, tree):
        """Return the function's definition in a tree of this statement."""
        if self.number is not None:
            return [node for node in ast.walk(tree) if isinstance(node, ast.Lambda)][self.number]
        return next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == self.name)


class Theirs:
    """The code of a learner's function.

    .pieces are its own text, then those of the functions that it calls; empty where they cannot be found, or could do
    more than compute, or where it is an object, a method or a partial.
    """

    def __init__(self, function):
        around = getattr(function, "__globals__", {})
        self.name, self.pieces, self.data, self.compiled = getattr(function, "__name__", ""), [], {}, {}
        tools = TOOLS | {"Backward": mlp_helpers.Backward}
        self.fixed = {name: tool for name, tool in tools.items() if around.get(name) is tool}  # a change can use them
        try:
            read = isinstance(function, types.FunctionType) and self._reads(function)
        except FAILS:  # whatever stands around it
            read = False
        if not read:
            self.pieces = []

    @property
    def tree(self):
        """The function's own definition."""
        return self.pieces[0].definition(self.pieces[0].code.tree)

    def made(self, piece=None, text=""):
        """Return the function, with another text of one piece."""
        turns, end = itertools.count(), time.process_time() + LONGEST

        def short(items):
            for item in items:
                if next(turns) > MOST or time.process_time() > end:
                    raise OverflowError
                yield item

        guards = {"_short": short, "_goes_on": short(itertools.repeat(True)).__next__, "_sized": _sized}
        names = {**copy.deepcopy(self.data), **self.fixed, **guards, "__name__": "changed"}
        for each in reversed(self.pieces):
            key = self.pieces.index(each), text if each is piece else each.code.text
            if key not in self.compiled:
                self.compiled[key] = _compiled(each, key[1])
            value = eval(self.compiled[key], names)
            if each.number is not None:
                names[each.name] = value
        return names[self.name]

    def _reads(self, function, name=None):
        """Whether the text of a function is found and only computes; it becomes a piece, and so does what it calls."""
        piece = _piece(function, name)
        if piece is None:
            return False
        if any((each.file, each.above, each.name) == (piece.file, piece.above, piece.name) for each in self.pieces):
            return True
        self.pieces.append(piece)
        whole = piece.definition(piece.code.tree)
        names = {**vars(builtins), **function.__globals__, **_closed_over(function)}
        nodes = [*_walk(whole)]
        inside = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
        inside |= {getattr(node, "arg", None) or getattr(node, "name", None) for node in nodes}
        for node in nodes:
            if isinstance(node, NOT_READ) or getattr(node, "decorator_list", ()):
                return False
            if isinstance(node, ast.Name) and node.id not in inside and node.id in names:
                if not self._keeps(node.id, names[node.id]):
                    return False
            if isinstance(node, ast.Attribute) and not _only_computes(node, names, inside):
                return False
        return True

    def _keeps(self, name, value):
        """Keep what a name outside the function means; whether that can be done."""
        if name in SYMBOLS and not callable(value):
            return True  # it is not among the arguments: a mend asks for it
        if getattr(builtins, name, None) is value:
            return name in BUILTINS
        if _is_data(value):
            self.data[name] = value
            return True
        home = str(getattr(value, "__module__", None))
        if isinstance(value, np.ufunc) or any(value is module for module in MODULES):
            self.fixed[name] = value
        elif home == mlp_helpers.__name__ or home.split(".")[0] in ("numpy", "math", "functools", "itertools"):
            self.fixed[name] = value
            return getattr(value, "__name__", "save") not in FILES
        else:
            return isinstance(value, types.FunctionType) and self._reads(value, name)
        return True


def _compiled(piece, text):
    """Return the code of a piece with this text."""
    definition = _bound(piece.definition(ast.parse(text)))
    if isinstance(definition, ast.Lambda):
        return compile(ast.Expression(definition), "changed", "eval")
    return compile(ast.Module([definition], []), "changed", "exec")


def _piece(function, name=None):
    """Return the statement that defines a function, or None where it cannot be told for sure."""
    code = function.__code__
    lines = linecache.getlines(code.co_filename)
    nodes = [*ast.walk(ast.parse("".join(lines)))]
    arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    found = [
        node
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.Lambda)
        and node.lineno == code.co_firstlineno
        and tuple(arg.arg for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)) == arguments
        and getattr(node, "name", "<lambda>") == code.co_name
    ]
    if len(found) != 1:
        return None
    (node,) = found
    around = [each for each in nodes if isinstance(each, ast.stmt) and each.lineno <= node.lineno <= each.end_lineno]
    statement = max(around, key=lambda each: each.lineno)
    parsed = Code(textwrap.dedent("".join(lines[statement.lineno - 1 : statement.end_lineno])))
    number = None
    if isinstance(node, ast.Lambda):
        lambdas = [each for each in ast.walk(parsed.tree) if isinstance(each, ast.Lambda)]
        dumps = [ast.dump(each) for each in lambdas]
        if dumps.count(ast.dump(node)) > 1:
            return None
        number = dumps.index(ast.dump(node))
    return Piece(code.co_filename, statement.lineno - 1, parsed, number, name or function.__name__)


def _walk(node):
    """Yield a node and those below it, but for what only annotates."""
    yield node
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and field not in ("annotation", "returns"):
                yield from _walk(child)


def _closed_over(function):
    """Return the names that a function finds around it."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {name: cell.cell_contents for name, cell in cells if cell != types.CellType()}


def _is_data(value, depth=0):
    """Whether a value is numbers and texts through and through, and not too many."""
    if isinstance(value, np.ndarray):
        return value.dtype != object and value.size < 1e6
    if isinstance(value, list | tuple | set):
        return depth < 4 and len(value) < 1e4 and all(_is_data(each, depth + 1) for each in value)
    if isinstance(value, dict):
        return depth < 4 and all(_is_data(each, depth + 1) for pair in value.items() for each in pair)
    return isinstance(value, PLAIN)


def _only_computes(node, names, inside):
    """Whether what stands behind a dot only computes: all but files, and what is under the hood."""
    if node.attr in FILES or (node.attr.startswith("__") and node.attr != "__init__"):
        return False
    found, path = names, ast.unparse(node)
    if not re.fullmatch(r"\w+(\.\w+)+", path) or path.split(".")[0] in inside:
        return True
    for part in path.split("."):
        found = found.get(part) if found is names else getattr(found, part, None)
        if isinstance(found, types.ModuleType) and not any(found is module for module in MODULES):
            return False
    return True


def _sized(size):
    """Return an argument of what makes an array, if it is no size beyond a small batch."""
    if isinstance(size, int | float | np.generic | tuple) and np.prod(np.abs(np.array(size, float))) > LARGEST:
        raise OverflowError
    return size


def _bound(definition):
    """Return a definition whose loops end, and whose arrays are small, without its annotations; or ValueError."""
    for node in ast.walk(definition):
        if isinstance(node, ast.Call | ast.AugAssign) and _grows_by_itself(node):
            raise ValueError
        if isinstance(node, ast.For | ast.comprehension):
            node.iter = _call("_short", node.iter)
        elif isinstance(node, ast.While):
            node.test = ast.BoolOp(ast.And(), [_call("_goes_on"), node.test], **HERE)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in SIZED:
            node.args = [arg if isinstance(arg, ast.Starred) else _call("_sized", arg) for arg in node.args]
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    return definition


def _grows_by_itself(node):
    """Whether a list may be put into itself, which no array can hold."""
    match node:
        case ast.Call(func=ast.Attribute(value=into, attr="append" | "extend" | "insert"), args=put):
            pass
        case ast.AugAssign(target=into, value=ast.List(elts=put)):
            pass
        case _:
            return False
    return any(ast.unparse(each) == ast.unparse(into) for value in put for each in ast.walk(value))


def _call(name, *arguments):
    return ast.Call(ast.Name(name, ast.Load(), **HERE), [*arguments], [], **HERE)

"""A learner's own code: where its text stands, whether it only computes, and the same function of another text."""

import ast
import builtins
import contextlib
import copy
import functools
import inspect
import itertools
import linecache
import math
import textwrap
import time
import types
from typing import NamedTuple

import numpy as np

import mlp_helpers
from checker.lines import FAILS, GIVEN, LINES, TOOLS
from checker.texts import BRACKETS, Code

MOST, LONGEST, LARGEST = 20_000, 0.2, 20_000  # turns of loops, seconds, and entries: a change can make them grow
SIZED = set("arange empty eye full identity linspace list ones range repeat tile zeros".split())
ASKABLE = {*GIVEN, *LINES, "params"}
MODULES = (np, np.linalg, mlp_helpers, math)  # which only compute, but for OTHERS
OTHERS = set(  # of these modules and of arrays: what reads and writes files, or is a module not on the list
    "DataSource ctypeslib dump dumps fromfile fromregex genfromtxt get_include load loadtxt memmap save savetxt savez"
    " savez_compressed setbufsize seterr seterrcall set_printoptions show_config show_runtime test tofile"
    " char core dtypes emath exceptions f2py fft lib ma polynomial random rec strings testing typing".split()
)
BUILTINS = (
    "abs all any bool dict divmod enumerate filter float int isinstance len list map max min pow print range"
    " reversed round set slice sorted str sum tuple zip"
    " ArithmeticError Exception IndexError TypeError ValueError ZeroDivisionError"
)
ALLOWED = {name: getattr(builtins, name) for name in BUILTINS.split()}
NOT_READ = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Nonlocal)
NAMED_TUPLE = {"_replace", "_asdict", "_fields"}
PLAIN = (np.generic, int, float, complex, str, bool, type(None), range, slice)
TURN = ast.parse("_turn()").body[0]


class Piece(NamedTuple):
    """A statement that defines a function: its file, the lines above it there, its text, and which function in it."""

    file: str
    above: int
    code: Code
    number: int
    name: str

    def definition(self, tree):
        """Return the function's definition in a tree of this statement."""
        return next(itertools.islice(_functions(tree), self.number, None))


class Theirs:
    """The code of a learner's function.

    .pieces are its own text, then those of the functions that it calls, and .nodes those of its own definition; empty
    where they cannot be found, or could do more than compute, or where it is an object, a method or a partial.
    """

    def __init__(self, function):
        around = getattr(function, "__globals__", {})
        self.pieces, self.nodes, self.data = [], [], {}
        tools = TOOLS | {"Backward": mlp_helpers.Backward}
        self.fixed = {name: tool for name, tool in tools.items() if around.get(name) is tool}  # a change can use them
        with contextlib.suppress(*FAILS):  # whatever stands around it
            if isinstance(function, types.FunctionType) and self._reads(function):
                return
        self.pieces, self.nodes = [], []

    @property
    def is_begun(self):
        """Whether more stands in the function than its docstring, pass, three dots, or a return of nothing."""
        return not self.pieces or any(isinstance(node, ast.Name) for node in self.nodes)

    @property
    def outside(self):
        """The symbols that the function takes from outside."""
        read = dict.fromkeys(node.id for node in self.nodes if isinstance(node, ast.Name))
        return [name for name in read if name in ASKABLE and name not in own_names(self.nodes)]

    def made(self, piece=None, text=""):
        """Return the function, with another text of one piece."""
        turns, end = itertools.count(), time.process_time() + LONGEST

        def turn():
            if next(turns) > MOST or time.process_time() > end:
                raise OverflowError
            return True

        tools = {"__builtins__": ALLOWED, "__name__": "changed", "_turn": turn, "_sized": _sized}
        names = {**copy.deepcopy(self.data), **self.fixed, **tools}
        for each in self.pieces:
            exec(_compiled(each, text if each is piece else each.code.text), names)
        return names[self.pieces[0].name]

    def _reads(self, function, name=None):
        """Whether the text of a function is found and only computes; it becomes a piece, and so does what it calls."""
        piece = _piece(function, name)
        if any(piece[:2] == each[:2] and piece.name == each.name for each in self.pieces):
            return True
        self.pieces.append(piece)
        nodes = [*ast.walk(_prepared(piece, piece.code.text))]
        self.nodes = self.nodes or nodes
        own = {*own_names(nodes), *(getattr(node, "name", "") for node in nodes)}
        around = {**vars(builtins), **function.__globals__, **inspect.getclosurevars(function).nonlocals}
        names = {name: value for name, value in around.items() if name not in own}
        for node in nodes:
            match node:
                case ast.Name(id=name) if name in names and not self._keeps(name, names[name]):
                    return False
                case ast.Attribute(attr=name) if name in OTHERS or (name.startswith("_") and name not in NAMED_TUPLE):
                    return False
            if isinstance(node, NOT_READ) or getattr(node, "decorator_list", ()):
                return False
        return True

    def _keeps(self, name, value):
        """Keep what a name outside the function means; whether that can be done."""
        if name in ASKABLE and not callable(value):
            return True  # it is not among the arguments: a mend asks for it
        if getattr(builtins, name, None) is value:
            return name in ALLOWED
        if _is_data(value):
            self.data[name] = value
            return True
        own = getattr(value, "__name__", "")
        if any(value is module or getattr(module, own, None) is value for module in MODULES):
            self.fixed[name] = value
            return own not in OTHERS
        return isinstance(value, types.FunctionType) and self._reads(value, name)


@functools.lru_cache(maxsize=99)
def _compiled(piece, text):
    """Return the code that gives a piece's name a function of this text."""
    definition = _prepared(piece, text)
    if isinstance(definition, ast.Lambda):
        definition = ast.Assign([ast.Name(piece.name, ast.Store())], definition)
    return compile(ast.fix_missing_locations(ast.Module([definition], [])), "changed", "exec")


def _prepared(piece, text):
    """Return the definition in a text of a piece, without annotations, loops that end and arrays that are small."""
    definition = piece.definition(ast.parse(text.translate(BRACKETS)))
    for node in [*ast.walk(definition)]:
        if isinstance(node, ast.For | ast.While):
            node.body.insert(0, TURN)
        elif isinstance(node, ast.comprehension):
            node.ifs.insert(0, TURN.value)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in SIZED:
            check = ast.Name("_sized", ast.Load())
            node.args = [arg if isinstance(arg, ast.Starred) else ast.Call(check, [arg], []) for arg in node.args]
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    return definition


def _sized(size):
    """Return an argument of what makes an array, if it is no size beyond a small batch."""
    if isinstance(size, int | float | np.generic | tuple) and np.prod(np.abs(np.array(size, float))) > LARGEST:
        raise OverflowError
    return size


def _piece(function, name=None):
    """Return the statement that defines a function; ValueError where it cannot be told for sure."""
    code = function.__code__
    lines, first = linecache.getlines(code.co_filename), code.co_firstlineno
    statements = [node for node in ast.walk(ast.parse("".join(lines))) if isinstance(node, ast.stmt)]
    around = [node for node in statements if node.lineno <= first <= node.end_lineno]
    statement = max(around, key=lambda node: node.lineno)
    parsed = Code(textwrap.dedent("".join(lines[statement.lineno - 1 : statement.end_lineno])))
    (number,) = [
        number
        for number, node in enumerate(_functions(parsed.tree))
        if node.lineno + statement.lineno - 1 == first
        and tuple(arg.arg for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs))
        == code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        and getattr(node, "name", "<lambda>") == code.co_name
    ]
    return Piece(code.co_filename, statement.lineno - 1, parsed, number, name or code.co_name)


def own_names(nodes):
    """Return the names that code with these nodes gives values to, its arguments first."""
    stored = [node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)]
    return [*dict.fromkeys([*(node.arg for node in nodes if isinstance(node, ast.arg)), *stored])]


def _functions(tree):
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda))


def _is_data(value):
    """Whether a value is numbers and texts through and through, and not too many."""
    if isinstance(value, np.ndarray):
        return value.dtype != object and value.size < 1e6
    if isinstance(value, dict):
        value = [*value.items()]
    if isinstance(value, list | tuple | set):
        return len(value) < 1e4 and all(map(_is_data, value))
    return isinstance(value, PLAIN)

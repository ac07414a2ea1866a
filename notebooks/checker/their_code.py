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
import sys
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
NOT_READ = (ast.Import, ast.ImportFrom, ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Nonlocal)
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

    .inner is the plain function within a partial, a method or an object. .pieces are its own text, then those of the
    functions that it calls; empty where they cannot be found, or could do more than compute.
    """

    def __init__(self, function):
        self.inner, self.again, held = _plain(function)
        around = getattr(self.inner, "__globals__", {})
        self.pieces, self.data = [], {}
        tools = TOOLS | {"Backward": mlp_helpers.Backward}
        self.fixed = {name: tool for name, tool in tools.items() if around.get(name) is tool}  # a change can use them
        self.compiled = {}
        try:
            if not (_is_data(held) and self._reads(self.inner)):
                self.pieces = []
        except FAILS:  # whatever a learner's object does
            self.pieces = []

    @property
    def tree(self):
        """The function's own definition."""
        return self.pieces[0].definition(self.pieces[0].code.tree)

    def made(self, piece=None, text="", tells=None):
        """Return the function, with another text of one piece. tells is given its local names at each return."""
        turns, end = itertools.count(), time.process_time() + LONGEST

        def goes_on(around=1):
            values = sys._getframe(around).f_locals.values()
            if next(turns) > MOST or time.process_time() > end or any(map(_has_grown, values)):
                raise OverflowError
            return True

        def short(items):
            for item in items:
                goes_on(2)
                yield item

        names = {**copy.deepcopy(self.data), **self.fixed, "_goes_on": goes_on, "_short": short, "_tells": tells}
        names["_sized"] = _sized
        names["__name__"] = "changed"
        for each in reversed(self.pieces):
            key = (
                self.pieces.index(each),
                text if each is piece else each.code.text,
                bool(tells) and each is self.pieces[0],
            )
            if key not in self.compiled:
                self.compiled[key] = _compiled(each, *key[1:])
            if (value := eval(self.compiled[key], names)) is not None:
                names[each.name] = value
        return self.again(names)

    def _reads(self, function, name=None):
        """Whether the text of a function is found and only computes; it becomes a piece, and so does what it calls."""
        piece = _piece(function, name)
        if piece is None:
            return False
        if any((each.file, each.above, each.name) == (piece.file, piece.above, piece.name) for each in self.pieces):
            return True
        self.pieces.append(piece)
        whole = piece.code.tree.body[0]
        whole = whole if isinstance(whole, ast.ClassDef) else piece.definition(piece.code.tree)
        names = {**vars(builtins), **function.__globals__, **_closed_over(function)}
        nodes = [*_walk(whole)]
        inside = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
        inside |= {getattr(node, "arg", None) or getattr(node, "name", None) for node in nodes}
        for node in nodes:
            if isinstance(node, NOT_READ) or any(map(_is_odd, getattr(node, "decorator_list", ()))):
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
        elif isinstance(value, type):
            methods = [method for method in vars(value).values() if isinstance(method, types.FunctionType)]
            return bool(methods) and self._reads(methods[0])
        else:
            return isinstance(value, types.FunctionType) and self._reads(value, name)
        return True


def _compiled(piece, text, tells):
    """Return the code of a piece with this text."""
    tree = ast.parse(text)
    definition = piece.definition(tree)
    if tells:
        _tell(definition)
    whole = tree.body[0] if isinstance(tree.body[0], ast.ClassDef) else definition
    _bound(whole)
    whole = ast.Expression(whole) if isinstance(whole, ast.Lambda) else ast.Module([whole], [])
    return compile(whole, "changed", "eval" if isinstance(whole, ast.Expression) else "exec")


def _plain(function):
    """Return the plain function within a partial, a method or an object; what makes the same again; what it holds."""
    if isinstance(function, functools.partial):
        inner, again, held = _plain(function.func)
        more = [*function.args, *function.keywords.values()]
        return (
            inner,
            lambda names: functools.partial(again(names), *copy.deepcopy(function.args), **function.keywords),
            [*held, *more],
        )
    owner = getattr(function, "__self__", None)
    if isinstance(function, types.MethodType):
        held = [] if isinstance(owner, type) else [vars(owner)]
        return function.__func__, lambda names: getattr(_reborn(owner, names), function.__name__), held
    call = vars(type(function)).get("__call__")
    if isinstance(call, types.FunctionType):
        return call, lambda names: _reborn(function, names), [vars(function)]
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function, lambda names: names[function.__name__], []


def _reborn(owner, names):
    """Return a class, or an object like this one, whose class is the one among these names."""
    if isinstance(owner, type):
        return names[owner.__name__]
    new = copy.deepcopy(owner)
    new.__class__ = names[type(owner).__name__]
    return new


def _piece(function, name=None):
    """Return the statement that defines a function, or None where it cannot be told for sure."""
    code = function.__code__
    lines = linecache.getlines(code.co_filename)
    tree = ast.parse("".join(lines))
    arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    found = [
        (node, [*outer, node])
        for node, outer in _with_outer(tree)
        if isinstance(node, ast.FunctionDef | ast.Lambda)
        and node.lineno == code.co_firstlineno
        and tuple(arg.arg for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)) == arguments
        and getattr(node, "name", "<lambda>") == code.co_name
    ]
    if len(found) != 1:
        return None
    node, outer = found[0]
    classes = [each for each in outer if isinstance(each, ast.ClassDef)]
    statement = classes[0] if classes else [each for each in outer if isinstance(each, ast.stmt)][-1]
    text = textwrap.dedent("".join(lines[statement.lineno - 1 : statement.end_lineno]))
    parsed = Code(text)
    number = None
    if isinstance(node, ast.Lambda):
        place = node.lineno - statement.lineno + 1
        lambdas = [each for each in ast.walk(parsed.tree) if isinstance(each, ast.Lambda)]
        ours = [each for each in lambdas if each.lineno == place and ast.dump(each) == ast.dump(node)]
        number = lambdas.index(ours[0])
    return Piece(code.co_filename, statement.lineno - 1, parsed, number, name or function.__name__)


def _with_outer(node, outer=()):
    for child in ast.iter_child_nodes(node):
        yield child, [*outer, node]
        yield from _with_outer(child, [*outer, node])


def _walk(node):
    """Yield a node and those below it, but for what only annotates."""
    yield node
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and field not in ("annotation", "returns"):
                yield from _walk(child)


def _is_odd(decorator):
    return ast.unparse(decorator) not in ("staticmethod", "classmethod", "property")


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


def _tell(definition):
    """Let a definition tell its local names at each of its own returns."""
    todo = [definition]
    for node in todo:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Return) and child.value is not None:
                both = ast.Tuple([child.value, _call("_tells", _call("locals"))], ast.Load())
                value = ast.Subscript(both, ast.Constant(0), ast.Load())
                child.value = ast.fix_missing_locations(ast.copy_location(value, child))
            elif not isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
                todo.append(child)


def _call(name, *arguments):
    return ast.Call(ast.Name(name, ast.Load()), [*arguments], [])


def _has_grown(value):
    """Whether a value is larger than what small batches need."""
    if isinstance(value, int):
        return abs(value) > 2**63
    return (value.size if isinstance(value, np.ndarray) else len(value) if isinstance(value, list) else 0) > LARGEST


def _sized(size):
    """Return an argument of what makes an array, if it is no size beyond a small batch."""
    if isinstance(size, int | float | np.generic | tuple) and np.prod(np.abs(np.array(size, float))) > LARGEST:
        raise OverflowError
    return size


def _bound(tree):
    """Let no loop go on for ever, put no list into itself, and forget annotations."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("append", "extend", "insert"):
            into, put = ast.unparse(node.func.value), [each for arg in node.args for each in ast.walk(arg)]
            if any(isinstance(each, ast.Name) and each.id == into for each in put):
                raise ValueError
        if isinstance(node, ast.AugAssign) and isinstance(node.value, ast.List):
            if any(ast.unparse(each) == ast.unparse(node.target) for each in ast.walk(node.value)):
                raise ValueError
        if isinstance(node, ast.For | ast.comprehension):
            node.iter = ast.fix_missing_locations(ast.copy_location(_call("_short", node.iter), node.iter))
        elif isinstance(node, ast.While):
            test = ast.BoolOp(ast.And(), [_call("_goes_on"), node.test])
            node.test = ast.fix_missing_locations(ast.copy_location(test, node.test))
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in SIZED:
            wrapped = [ast.copy_location(_call("_sized", arg), arg) for arg in node.args]
            node.args = [ast.fix_missing_locations(each) for each in wrapped]
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None

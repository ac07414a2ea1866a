"""The search for the one change of a learner's own code that makes it right."""

import ast
import contextlib
import copy
import io
import itertools
import linecache
import re
import time
import types
import warnings

import numpy as np

import mlp_helpers
from checker.changes import changes, names_in
from checker.lines import TOOLS

SECONDS = 1.5
LONGEST = 100_000  # steps of a loop: a change can make a list grow while it is gone through
UNSAFE = (ast.While, ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom, ast.With, ast.Try, ast.Yield, ast.YieldFrom)
LAMBDA = "<lambda>"
NOT_ASKED = "Look here: your function does not ask for {}. Put it among its arguments."
GROWS = ("append", "extend", "insert")
COMPUTES = {"abs", "enumerate", "float", "int", "len", "list", "max", "min", "print", "range", "round", "sum", "zip"}


def repaired(function, is_right, symbols):
    """Say the one change of a function's code that makes it right, or nothing.

    is_right(make) judges other code: make(values) returns its function, which sees these values of the symbols
    beside its arguments. What the change can name is in symbols. The search ends after SECONDS of processor time.
    """
    tree = _tree_of(function)
    try:
        namespace = None if tree is None else _names_outside(function, tree)
    except Exception:  # something there cannot be copied
        namespace = None
    if namespace is None or _may_do_more_than_compute(tree, namespace):
        return ""
    namespace["_bounded"] = lambda items: itertools.islice(items, LONGEST)
    end = time.process_time() + SECONDS

    def is_right_now():
        def make(values):
            names = namespace | values
            exec(code, names)
            return names[tree.name]

        try:
            code = _compiled(tree)
            return is_right(make)
        except (Exception, SystemExit):
            return False

    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if is_right_now():  # with these values beside its arguments: some that it takes are from elsewhere
            own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
            missing = [name for name in names_in(tree) if name in symbols and name not in own]
            return NOT_ASKED.format(", ".join(missing)) if missing else ""
        for words in changes(tree, symbols, namespace):
            if is_right_now():
                return words() if tree.name != LAMBDA else words().replace(": return ", ": ")
            if time.process_time() > end:
                break
    return ""


def _compiled(tree):
    """Return the code of a definition whose loops cannot go on for ever, and that puts no list into itself."""
    nodes = [*ast.walk(tree)]
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in GROWS:
            if ast.unparse(node.func.value) in re.findall(r"\w+", ", ".join(map(ast.unparse, node.args))):
                raise ValueError
    loops = [node for node in nodes if isinstance(node, ast.For)]
    for loop in loops:
        loop.iter = ast.Call(ast.Name("_bounded", ast.Load()), [loop.iter], [])
    try:
        return compile(ast.fix_missing_locations(ast.Module([tree], [])), "changed", "exec")
    finally:
        for loop in loops:
            loop.iter = loop.iter.args[0]


def _names_outside(function, tree):
    """Return the names that a function finds outside itself, the arrays and lists among them copied."""
    names = dict(function.__globals__)
    for variable, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with contextlib.suppress(ValueError):  # it has no value yet
            names[variable] = cell.cell_contents
    kept = (types.ModuleType, types.FunctionType, type)
    used = {name: names[name] for name in names_in(tree) if name in names}
    return TOOLS | {name: value if isinstance(value, kept) else copy.deepcopy(value) for name, value in used.items()}


def _tree_of(function):
    """Return the syntax tree of a function, as a definition, or None where it cannot be read for sure."""
    code = getattr(function, "__code__", None)
    if code is None:
        return None
    try:
        source = ast.parse("".join(linecache.getlines(code.co_filename)))
    except SyntaxError:
        return None
    arguments = code.co_varnames[: code.co_argcount]
    found = [
        node
        for node in ast.walk(source)
        if isinstance(node, ast.FunctionDef | ast.Lambda)
        and node.lineno == code.co_firstlineno
        and tuple(argument.arg for argument in (*node.args.posonlyargs, *node.args.args)) == arguments
    ]
    if len(found) != 1:
        return None
    (node,) = found
    if isinstance(node, ast.FunctionDef):
        return node
    body = ast.copy_location(ast.Return(node.body), node.body)
    return ast.copy_location(ast.FunctionDef(LAMBDA, node.args, [body], []), node)


def _may_do_more_than_compute(tree, namespace):
    """Whether changes of this code, run some hundred times, could do more than compute, or never end."""
    for node in ast.walk(tree):
        if isinstance(node, UNSAFE) or (isinstance(node, ast.FunctionDef | ast.Lambda) and node is not tree):
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in COMPUTES:
            found = namespace.get(node.func.id)
            if getattr(found, "__module__", None) != mlp_helpers.__name__:
                return True
        if isinstance(node, ast.Name) and isinstance(found := namespace.get(node.id), types.ModuleType):
            if found not in (np, mlp_helpers):  # as that which draws
                return True
    return False

"""Our lines: the whole network as text, line by line, and what it computes when one line is wrong."""

import ast
import builtins
import functools
import re
from typing import NamedTuple

import numpy as np

import mlp_helpers as mlp
from checker.symbols import SYMBOLS
from mlp_helpers import Backward, Params

LINES = {name: symbol.code for name, symbol in SYMBOLS.items() if symbol.code}
GIVEN = ("X", "y", "N", "Y", *Params._fields)
FAILS = (Exception, SystemExit)  # what it means that code, ours or theirs, does not fit
TOOLS = {"np": np, **{name: getattr(mlp, name) for name in ("softmax", "log_softmax", "cross_entropy", "one_hot")}}


class Mistake(NamedTuple):
    """A wrong line: what it does wrong, the symbol it computes, and the line itself, in the terms of LINES.

    In it, lr stands for a learning rate.
    """

    name: str
    symbol: str
    line: str


@np.errstate(all="ignore")  # a wrong line may overflow
def run_lines(X, y, params, *mistakes, **free):
    """Run LINES in order, with each mistake's line in the place of the right one.

    X (N, n_in), y (N,), params → a mapping with every symbol of the derivation, and N.
    free gives lr a value, where a mistake's line has it. What comes after a line that does not fit is missing.
    """
    X, params = np.array(X, float), Params(*(np.array(value, float) for value in params))
    Y = mlp.one_hot(y, len(params.b2))
    values = {"X": X, "y": Y.argmax(axis=1), "N": len(X), "Y": Y, **params._asdict()}
    names = {**TOOLS, **free, **values}  # one namespace, so that a comprehension in a line sees it too
    lines = LINES | {mistake.symbol: mistake.line for mistake in mistakes}
    for symbol, line in lines.items():
        try:
            value = eval(compiled(line), names)
            np.asarray(value, float)
        except FAILS:  # it needs a symbol that did not fit, or is no array of numbers
            continue
        names[symbol] = values[symbol] = value
    return values


def symbols_in(line):
    """Return the symbols that a line names."""
    return {*GIVEN, *LINES}.intersection(re.findall(r"\w+", line))


def before(symbols):
    """Return the symbols in LINES that these are computed from, and themselves."""
    found = set(symbols) & LINES.keys()
    for name in reversed(LINES):
        if name in found:
            found |= symbols_in(LINES[name]) & LINES.keys()
    return found


@functools.cache
def compiled(line):
    """Return the code of a line."""
    return compile(line, "line", "eval")


def backward_with(*mistakes, lr=0.5):
    """Return a backward pass with these wrong lines, as a function of X, y, params that returns a Backward.

    Each is a Mistake; lr gives its learning rate, where its line has one.
    Raises ValueError for a symbol that is not in LINES, or a line that is no expression in the symbols; the
    function that it returns does so where the line does not fit the batch or needs a later symbol, or numbers overflow.
    """
    for mistake in mistakes:
        if mistake.symbol not in LINES:
            raise ValueError(f"mistake.symbol: expected one of {', '.join(LINES)}, got {mistake.symbol!r}")
        try:
            nodes = [node for node in ast.walk(ast.parse(mistake.line, mode="eval")) if isinstance(node, ast.Name)]
        except SyntaxError:
            raise ValueError(f"mistake.line: expected a Python expression, got {mistake.line!r}") from None
        own = {node.id for node in nodes if isinstance(node.ctx, ast.Store)}  # what a comprehension counts with
        known = {*GIVEN, *LINES, *TOOLS, "lr"}
        for node in nodes:
            if node.id not in known | own and not hasattr(builtins, node.id):
                raise ValueError(f"mistake.line: expected the names {', '.join((*GIVEN, *LINES))}, got {node.id!r}")

    @np.errstate(all="ignore")  # parameters that overflow are an error, and no warning
    def wrong_backward(X, y, params):
        mlp.forward(X, params)  # it checks them, as run_lines does not
        values = run_lines(X, y, params, *mistakes, lr=lr)
        missing = [symbol for symbol in LINES if symbol not in values]
        if missing:
            mlp.loss(X, y, params)  # it may be the batch that does not fit
            why = "its line does not fit this batch, or needs a symbol that comes later, or its numbers overflow"
            raise ValueError(f"mistake: {why}, at {missing[0]}")
        return Backward(*(values[symbol] for symbol in Backward._fields))

    return wrong_backward

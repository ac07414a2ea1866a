"""Where a number comes from: the entries that made it, and its equation written out with their values."""

from math import floor, fsum, log10, prod
from numbers import Integral
from typing import NamedTuple

import numpy as np

import mlp_helpers as mlp
from checker.symbols import SYMBOLS

ALL_UP_TO, LARGEST = 17, 6  # a sum is written whole up to 16 products and a bias; beyond that, so many of its terms

GIVEN = {
    "X": "an input",
    "y": "a label",
    "W1": "a weight, which training moves",
    "b1": "a bias, which training moves",
    "W2": "a weight, which training moves",
    "b2": "a bias, which training moves",
}

LIGHTS = {name: symbol.sources for name, symbol in SYMBOLS.items()}  # symbol → what lights up for an entry


class Explanation(NamedTuple):
    """A number and where it comes from; an entry is a (symbol, row, column), and a vector is its one row.

    terms add up to value, and are empty where it is no sum; text is the equation with its numbers; sources are the
    entries that it was made from; factors are the text in pieces, each with the entry whose value it is, or None.
    """

    value: float
    terms: list
    text: str
    sources: list
    factors: list


def explain(values, symbol, row, column):
    """Write out the equation of one entry, as in G_W2[k, j] = Σ_i G_Z[i, k] H[i, j], with the numbers of the batch.

    values maps each symbol to its array, X (N, n_in), y (N,) and so on, and "loss" to a number → Explanation.
    Raises ValueError, TypeError for a bad symbol, row or column. Derivation, sections 0 to 5.
    """
    row, column = _checked(values, symbol, row, column)
    name, number = _name(values, symbol, row, column), _number(values, (symbol, row, column))
    own = {"row": row, "column": column, 0: 0}
    lit = [_lit(values, own, *source) for source in LIGHTS[symbol]]
    names = [_name(values, source, *(own.get(rule, rule) for rule in rules)) for source, *rules in LIGHTS[symbol]]
    if symbol in GIVEN:
        text, shown, terms = f"{name} = {number}, given: {GIVEN[symbol]}", [], []
    else:
        write = {"P": _softmax, "loss": _loss}.get(symbol, _step if SYMBOLS[symbol].form else _sum)
        by_name, by_value, shown, terms = write(values, symbol, column, lit, names)
        text = f"{name} = {by_name} = {by_value} = {number}"
    factors = _filled(text, [(_number(values, entry), entry) for entry in shown])
    text = "".join(piece for piece, _ in factors)
    value, sources = _value(values, (symbol, row, column)), [entry for entries in lit for entry in entries]
    return Explanation(value, terms, text, sources, factors)


# ---------------- right-hand sides: by name, by value with a # for each number, the entries of these, the terms


def _step(values, symbol, column, lit, names):
    by_name = SYMBOLS[symbol].form.format(column=column, N="N").replace("#", "{}").format(*names)
    by_value = SYMBOLS[symbol].form.format(column=column, N=len(values[symbol]))
    return by_name, by_value, [entry for (entry,) in lit], []


def _softmax(values, symbol, column, lit, names):
    z, own = np.array([_value(values, entry) for entry in lit[0]]), lit[0][column]
    total, shown = _written_out(
        "exp(#)", [*zip(lit[0])], np.exp(z - z.max()), lambda rest: f"exp({_digits(np.logaddexp.reduce(z[rest]), 2)})"
    )
    return f"exp({_name(values, *own)}) / Σ_c exp({names[0]})", f"exp(#) / ({total})", [own, *shown], []


def _loss(values, symbol, column, lit, names):
    logs = [_log_p(values, entry) for entry in lit[0]]
    total, shown = _written_out("log #", [*zip(lit[0])], logs)
    return "−(1/N) Σ_i log P[i, y_i]", f"−({total}) / {len(logs)}", shown, [-log / len(logs) for log in logs]


def _sum(values, symbol, column, lit, names):
    bias = [name for name, (_, rows, _) in zip(names, LIGHTS[symbol], strict=True) if rows == 0]
    summed = len(names) - len(bias)
    (index,) = {*LIGHTS[symbol][0][1:]} - {"row", "column"}
    by_name = " + ".join([f"Σ_{index} {' '.join(names[:summed])}", *bias])
    addends = [*zip(*lit[:summed], strict=True), *zip(*lit[summed:], strict=True)]
    terms = [prod(_value(values, entry) for entry in addend) for addend in addends]
    by_value, shown = _written_out("(#)", addends, terms)
    added = values["added"][lit[0][0][1], column] if symbol == "Z" and "added" in values else 0
    if added:
        by_name, by_value, terms = f"{by_name} + added", f"{by_value} + ({_digits(added, 2)})", [*terms, float(added)]
    return by_name, by_value, shown, terms


def _written_out(form, addends, sizes, say_rest=None):
    """Join addends, each a tuple of entries, with plus signs: all, or the largest and what the others add up to."""
    order = np.argsort(-np.abs(sizes), kind="stable").tolist() if len(addends) > ALL_UP_TO else []
    shown, rest = order[:LARGEST] or range(len(addends)), order[LARGEST:]
    parts = [form * len(addends[n]) for n in shown]
    if rest:
        said = say_rest(rest) if say_rest else _digits(fsum(sizes[n] for n in rest), 3)
        parts.append(f"({said} from {len(rest)} more)")
    return " + ".join(parts), [entry for n in shown for entry in addends[n]]


def _filled(form, pieces):
    """Put a piece in place of each #; the text between becomes pieces of no entry."""
    texts = form.split("#")
    filled = [(texts[0], None)]
    for piece, text in zip(pieces, texts[1:], strict=True):
        filled += [piece, (text, None)]
    return [piece for piece in filled if piece[0]]


# ---------------------------------------------------------------- entries


def _grid(values, symbol):
    return np.atleast_2d(values[symbol])


def _value(values, entry):
    return float(_grid(values, entry[0])[entry[1:]])


def _log_p(values, entry):
    """Take log P from the logits, since P itself can round to 0."""
    return float(mlp.log_softmax(values["Z"][[entry[1]]])[0, entry[2]])


def _lit(values, own, symbol, rows, columns):
    picked = [
        [own[rule]] if rule in own else range(size)
        for rule, size in zip((rows, columns), _grid(values, symbol).shape, strict=True)
    ]
    entries = [(symbol, row, column) for row in picked[0] for column in picked[1]]
    return [entry for entry in entries if columns != "y_i" or entry[2] == values["y"][entry[1]]]


def _name(values, symbol, row, column):
    return ("L", f"{symbol}[{column}]", f"{symbol}[{row}, {column}]")[np.ndim(values[symbol])]


def _number(values, entry):
    value, symbol = _value(values, entry), entry[0]
    if symbol == "P" and value == 0:
        return f"exp({_digits(_log_p(values, entry), 2)})"
    return _digits(value, 4 if symbol == "loss" else 3 if symbol[0] in "GP" else 2)


def _digits(value, decimals):
    """Write a number with the decimals of its table, more where it has fewer than two digits of its own there."""
    if value.is_integer() and abs(value) < 1e6:
        return f"{value:z.0f}"
    decimals = max(decimals, 1 - floor(log10(abs(value))))
    return f"{value:.{decimals}f}" if decimals <= 6 and abs(value) < 1e6 else f"{value:.1e}"


def _checked(values, symbol, row, column):
    if not isinstance(symbol, str):
        raise TypeError(f"symbol: expected a name, got {mlp.describe(symbol)}")
    if symbol not in LIGHTS or symbol not in values:
        known = ", ".join(name for name in LIGHTS if name in values)
        raise ValueError(f"symbol: expected one of {known}, got {symbol!r}")
    for name, index, size in zip(("row", "column"), (row, column), _grid(values, symbol).shape, strict=True):
        if not isinstance(index, Integral) or isinstance(index, bool):
            raise TypeError(f"{name}: expected a whole number, got {mlp.describe(index)}")
        if not 0 <= index < size:
            raise ValueError(f"{name}: expected {'0' if size == 1 else f'0 to {size - 1}'} in {symbol}, got {index}")
    return int(row), int(column)

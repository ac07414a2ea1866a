"""One run of an answer on one batch, and what is wrong with what came."""

import copy
import inspect
from typing import NamedTuple

import numpy as np

import mlp_helpers as mlp
from checker.lines import FAILS, LINES, Mistake, run_lines
from checker.words import as_numbers, same
from mlp_helpers import Backward, Params, describe

STARS = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
SYMBOLS_OF = {"backward": Backward._fields, **{name: (name,) for name in LINES}}


class Fault(NamedTuple):
    """What is wrong on a batch: kind says how; the first wrong name, what came for it, and what is right before it."""

    kind: str  # "call", "raised", "nothing", "dots", "type", "wrong", or "lent": an array of the caller's is changed
    name: str
    numbers: object = None
    before: tuple = ()
    text: str = ""
    error: BaseException | None = None


def values_of(X, y, params):
    """Return every symbol that a function can ask for, each an array of its own."""
    return run_lines(X, y, params) | {"params": Params(*(np.array(value, float) for value in params))}


def asked_of(function):
    """Return the names of the arguments without which a function cannot be called."""
    arguments = inspect.signature(function).parameters.values()
    return [each.name for each in arguments if each.default is each.empty and each.kind not in STARS]


def called_with(function, values):
    """Call a function with a copy of each symbol that it asks for; return what it gives, and the copies."""
    given = {name: copy.deepcopy(values[name]) for name in asked_of(function)}
    bound = inspect.BoundArguments(inspect.signature(function), given)
    return function(*bound.args, **bound.kwargs), given


def fault_of(name, function, batch):
    """Run a function on a batch; return the Fault, or None where all is right."""
    values = values_of(*batch)
    try:
        unknown = ", ".join(name for name in asked_of(function) if name not in values)
        text = f"Your function asks for {unknown}. It can ask for {', '.join(values)}." if unknown else ""
    except FAILS:  # an object may say of itself what it likes
        text = f"The arguments of {describe(function)} cannot be read. Write a function with def."
    if text:
        return Fault("call", name, text=text)
    try:
        result, given = called_with(function, values)
    except FAILS as error:
        return Fault("raised", name, error=error)
    fault = fault_in(name, result, values, noise_of(name, batch))
    if fault is None and name == "backward" and "params" in given:
        pairs = zip(Params._fields, values["params"], given["params"], strict=True)
        if changed := [field for field, before, after in pairs if not np.array_equal(before, after)]:
            lent = f"your function changes {', '.join(changed)}, which belongs to whoever calls it"
            advice = "Look for -= or +=, and compute a new array instead."
            return Fault("lent", name, text=f"The gradients are right, but {lent}. {advice}")
    return fault


def fault_in(name, result, values, noise=None):
    """Return what is wrong with a result: with an array, or with the first wrong gradient of a Backward."""
    if result is None or result is ...:
        return Fault("nothing" if result is None else "dots", name)
    if name == "backward" and not isinstance(result, Backward):
        expected = f"Backward({', '.join(Backward._fields)})"
        return Fault("type", name, text=f"backward: expected {expected}, got {describe(result)}.")
    symbols = SYMBOLS_OF[name]
    for number, (symbol, value) in enumerate(zip(symbols, result if name == "backward" else [result], strict=True)):
        numbers, right, before = as_numbers(value), np.asarray(values[symbol], float), symbols[:number]
        if value is None or value is ...:
            return Fault("dots", symbol, before=before)
        if numbers is None:
            text = f"{symbol}: expected an array of numbers, got {describe(value)}."
            return Fault("type", symbol, before=before, text=text)
        if not same(numbers, right, noise=(noise or {}).get(symbol, 0.0)):
            return Fault("wrong", symbol, numbers, before)
    return None


def noise_of(name, batch):
    """How far rounding may move each result: a little of what the lines give on sizes, where no sum cancels."""
    X, y, params = batch
    differences = Mistake("each entry is a difference", "G_Z", "np.ones_like(P) / N")
    sizes = run_lines(np.abs(X), y, Params(*map(np.abs, params)), differences)
    largest = {symbol: np.max(sizes.get("Z" if symbol == "loss" else symbol, 0.0)) for symbol in SYMBOLS_OF[name]}
    return {symbol: 1e-13 * float(size) if np.isfinite(size) else 0.0 for symbol, size in largest.items()}


def fresh_batches(name, params):
    """Draw three batches and networks: plain ones; whole numbers, so that ReLU meets 0; large ones for a loss."""
    sizes = (*np.shape(params[0])[::-1], len(params[3]))
    X, y, whole = drawn(7, *sizes, seed=1)
    whole = whole._replace(W1=whole.W1.round(), b1=whole.b1.round(), W2=whole.W2 / len(whole.b1))
    far, labels, large = drawn(12, *sizes, seed=2)
    scale = 1000 if name == "loss" else 1
    return [drawn(3, *sizes, seed=0), (X.round(), y, whole), (far, labels, Params(*(scale * value for value in large)))]


def small(X, y, params, most=12):
    """Return a batch, or its first examples."""
    return np.array(X, float)[:most], mlp.one_hot(y, len(params[3])).argmax(axis=1)[:most], Params(*params)


def another_batch(X, y, params):
    """Draw a batch and a network of the same widths; its number of examples is another, and no width."""
    sizes = (*np.shape(params[0])[::-1], len(params[3]))
    return drawn(max(sizes) + 1 + (len(X) == max(sizes) + 1), *sizes, seed=3)


def drawn(N, n_in, hidden, classes, seed):
    """Draw a batch and a network of these sizes: X (N, n_in), y (N,), params."""
    rng = np.random.default_rng(seed)
    params = Params(*(rng.normal(size=shape) for shape in ((hidden, n_in), hidden, (classes, hidden), classes)))
    return rng.normal(size=(N, n_in)), rng.permutation(np.arange(N) % classes), params


# All its widths differ: there, a wrong width or axis cannot pass for another. No probability in it is below 0.02.
WIDE = drawn(7, 3, 6, 4, seed=7)

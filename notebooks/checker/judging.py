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
    """Return the arguments without which a function cannot be called."""
    arguments = inspect.signature(function).parameters.values()
    return [each for each in arguments if each.default is each.empty and each.kind not in STARS]


def called_with(function, values):
    """Call a function with a copy of each symbol that it asks for; return what it gives, and the copies."""
    asked = asked_of(function)
    given = {each.name: copy.deepcopy(values[each.name]) for each in asked}
    rest = dict(given)
    ahead = [rest.pop(each.name) for each in asked if each.kind is each.POSITIONAL_ONLY]
    return function(*ahead, **rest), given


def fault_of(name, function, batch):
    """Run a function on a batch; return the Fault, or None where all is right."""
    values = values_of(*batch)
    try:
        unknown = [each.name for each in asked_of(function) if each.name not in values]
    except FAILS:  # an object may say of itself what it likes
        return Fault(
            "call", name, text=f"The arguments of {describe(function)} cannot be read. Write a function with def."
        )
    if unknown:
        return Fault(
            "call", name, text=f"Your function asks for {', '.join(unknown)}. It can ask for {', '.join(values)}."
        )
    try:
        result, given = called_with(function, values)
    except FAILS as error:
        return Fault("raised", name, error=error)
    fault = fault_in(name, result, values, noise_of(name, batch))
    if fault is None and name == "backward" and "params" in given:
        pairs = zip(Params._fields, values["params"], given["params"], strict=True)
        if changed := [field for field, before, after in pairs if not np.array_equal(before, after)]:
            return Fault("lent", name, text=", ".join(changed))
    return fault


def fault_in(name, result, values, noise):
    """Return what is wrong with a result: with an array, or with the first wrong gradient of a Backward."""
    if result is None or result is ...:
        return Fault("nothing" if result is None else "dots", name)
    if name != "backward":
        return _fault_in(name, result, values, noise)
    if not isinstance(result, Backward):
        expected = f"Backward({', '.join(Backward._fields)})"
        return Fault("type", name, text=f"backward: expected {expected}, got {describe(result)}.")
    for number, field in enumerate(Backward._fields):
        if fault := _fault_in(field, result[number], values, noise if field == name else 0.0):
            return fault._replace(before=Backward._fields[:number])
    return None


def _fault_in(name, result, values, noise):
    if result is None or result is ...:
        return Fault("dots", name)
    numbers, right = as_numbers(result), np.asarray(values[name], float)
    if numbers is None:
        return Fault("type", name, text=f"{name}: expected an array of numbers, got {describe(result)}.")
    return None if same(numbers, right, right, noise) else Fault("wrong", name, numbers)


def noise_of(name, batch):
    """How far rounding may move an entry: a little of what the lines give on sizes, where no sum cancels."""
    X, y, params = batch
    differences = Mistake("each entry is a difference", "G_Z", "np.ones_like(P) / N")
    sizes = run_lines(np.abs(X), y, Params(*map(np.abs, params)), differences)
    largest = float(np.max(sizes.get("Z" if name == "loss" else name, 0.0)))
    return 1e-13 * largest if np.isfinite(largest) else 0.0


def fresh_batches(name, params):
    """Draw three batches and networks: plain ones; whole numbers, so that ReLU meets 0; large ones for a loss."""
    rng = np.random.default_rng(0)
    for N, size in ((3, 1), (7, None), (12, 1000 if name == "loss" else 1)):
        fresh = Params(*((size or 1) * rng.normal(size=np.shape(value)) for value in params))
        X = rng.normal(size=(N, fresh.W1.shape[1]))
        if size is None:
            whole = (rng.integers(-1, 2, np.shape(value)).astype(float) for value in (X, fresh.W1, fresh.b1))
            X, W1, b1 = whole
            fresh = Params(W1, b1, fresh.W2 / len(b1), fresh.b2)
        yield X, rng.permutation(np.arange(N) % len(fresh.b2)), fresh


def small(X, y, params, most=12):
    """Return a batch, or its first examples."""
    return np.array(X, float)[:most], mlp.one_hot(y, len(params[3])).argmax(axis=1)[:most], Params(*params)


def right_count(name, result, values):
    """How many results are right before the first that is not: of a Backward's gradients, or of one array."""
    fault = fault_in(name, result, values, 0.0)
    return len(fault.before) if fault else len(Backward._fields) if name == "backward" else 1


SYMBOLS_OF = {"backward": Backward._fields, **{name: (name,) for name in LINES}}

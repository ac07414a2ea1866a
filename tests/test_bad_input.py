"""Every argument of every public function of mlp_helpers: a good one is not modified, a bad one is named."""

import builtins
import inspect
import tomllib
from pathlib import Path

import numpy as np
import pytest
from nets import make_net

import mlp_helpers as m


def careless(X, y, params):
    """Write into what was given, which check_gradients is to lend to no one."""
    grads = m.backward(X, y, params)
    for array in (X, y, *params):
        array[:] = 0
    return grads


X, Y, PARAMS = make_net()
CACHE, GRADS = m.forward(X, PARAMS), m.backward(X, Y, PARAMS)
RNG = np.random.default_rng(0)
GOOD = {"X": X, "y": Y, "params": PARAMS, "Z": CACHE.Z, "cache": CACHE, "grads": GRADS, "array": np.ones(2)}
GOOD |= {"n": 5, "n_classes": 2, "n_in": 2, "n_hidden": 16, "n_out": 2, "lr": 0.1, "steps": 0, "step": 1e-5}
GOOD |= {"f": np.sum, "backward": careless, "callback": print, "name": "moons", "noise": 0.1, "rng": RNG}
BAD = tomllib.loads(Path(__file__).with_name("bad_input.toml").read_text(encoding="utf-8"))
BAD |= dict.fromkeys(("n", "n_classes", "n_in", "n_hidden", "n_out"), BAD["count"])
OWN = [function for function in vars(m).values() if inspect.isfunction(function) and function.__module__ == m.__name__]
FUNCTIONS = [function for function in OWN if function.__name__[0] != "_" and function is not m.describe]


def arguments_of(function):
    return {name: GOOD[name] for name in inspect.signature(function).parameters}


def arrays_in(value):
    """Every array in the arguments of a call."""
    if isinstance(value, np.ndarray):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ():
        yield from arrays_in(inner)


every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)


@every_function
def test_good_arguments_are_taken_and_not_modified(function):
    before = [array.copy() for array in arrays_in(GOOD)]
    function(**arguments_of(function))
    assert all(np.array_equal(a, b) for a, b in zip(before, arrays_in(GOOD), strict=True))


@every_function
def test_a_bad_argument_is_named_with_what_was_expected_and_what_came(function):
    for argument in arguments_of(function):
        for value, error, expected, got in BAD[argument]:
            pattern = rf"^{argument}(\.\w+)?: .*expected .*({expected}).*, got .*({got})"
            with pytest.raises(getattr(builtins, error), match=pattern):
                function(**(arguments_of(function) | {argument: eval(value)}))


@pytest.mark.parametrize("function", [m.cross_entropy, m.loss, m.backward, m.accuracy, m.check_gradients, m.train])
def test_labels_are_as_many_as_examples(function):
    with pytest.raises(ValueError, match=r"^y: expected shape \(5,\), got \(6,\)$"):
        function(**(arguments_of(function) | {"y": [0] * 6}))


@pytest.mark.parametrize("lr", [1e4, 1e300])
def test_numbers_beyond_float64_are_an_error_and_not_a_warning(lr):
    X, y = m.toy_data("moons", 12, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"expected finite numbers, got (-?inf|nan)"):
        m.train(X, y, PARAMS, lr, 50)
    with pytest.raises(ValueError, match=r"expected finite numbers, got (-?inf|nan)"):
        m.forward(np.full((5, 2), 1e308), PARAMS._replace(W1=4 + PARAMS.W1))

"""Every argument of every public function of mlp_helpers: a good one is not modified, a bad one is named."""

import inspect
import re

import numpy as np
import pytest
from nets import make_net

import mlp_helpers as m

X, Y, PARAMS = make_net()
CACHE, GRADS = m.forward(X, PARAMS), m.backward(X, Y, PARAMS)
RNG = np.random.default_rng(0)
GOOD = {
    "softmax": {"Z": CACHE.Z},
    "log_softmax": {"Z": CACHE.Z},
    "one_hot": {"y": Y, "n_classes": 2},
    "cross_entropy": {"Z": CACHE.Z, "y": Y},
    "forward": {"X": X, "params": PARAMS},
    "backward": {"X": X, "y": Y, "params": PARAMS, "cache": CACHE},
    "loss": {"X": X, "y": Y, "params": PARAMS},
    "accuracy": {"X": X, "y": Y, "params": PARAMS},
    "numerical_gradient": {"f": np.sum, "array": np.ones(2), "step": 1e-5},
    "one_sided_slopes": {"f": np.sum, "array": np.ones(2), "step": 1e-5},
    "check_gradients": {"X": X, "y": Y, "params": PARAMS, "backward": m.backward},
    "init_params": {"rng": RNG, "n_in": 2, "n_hidden": 16, "n_out": 2},
    "sgd_step": {"params": PARAMS, "grads": GRADS, "lr": 0.1},
    "train": {"X": X, "y": Y, "params": PARAMS, "lr": 0.1, "steps": 2, "callback": print},
    "toy_data": {"name": "moons", "n": 5, "rng": RNG, "noise": 0.1},
}


def with_last(shape, value):
    array = np.ones(shape)
    array[-1] = value
    return array


def bad_numbers(shape):
    """Bad values for an argument that is an array of the given shape: value, error, expected, got."""
    return [
        (with_last(shape, np.nan), ValueError, "finite", "nan at"),
        (with_last(shape, -np.inf), ValueError, "finite", "-inf at"),
        (np.ones((0, *shape[1:])), ValueError, "at least one|shape", r"\(0"),
        ([[1.0, 2.0], [3.0]], ValueError, "rows of equal length", r"list \[\["),
        (None, TypeError, "real numbers", "NoneType None"),
        ("moons", TypeError, "real numbers", "str 'moons'"),
        (np.ones(shape) * 1j, TypeError, "real numbers", "complex128"),
        (np.ones(shape) > 0, TypeError, "real numbers", "bool"),
    ]


def bad_sizes(at_least):
    return [
        (at_least - 1, ValueError, f"{at_least} or more", str(at_least - 1)),
        (2.0, TypeError, "a whole number", "float 2.0"),
        (True, TypeError, "a whole number", "bool True"),
        (None, TypeError, "a whole number", "NoneType None"),
    ]


def bad_reals(below, expected):
    return [(value, ValueError, expected, re.escape(str(value))) for value in below] + [
        (np.nan, ValueError, "finite", "nan"),
        (np.inf, ValueError, "finite", "inf"),
        ("1", TypeError, "a number", "str '1'"),
        (True, TypeError, "a number", "bool True"),
        (None, TypeError, "a number", "NoneType None"),
    ]


NO_FUNCTION = (3, TypeError, "a function", "int 3")
NAMES = "blobs, moons, circles, xor, spirals"
BAD = {  # by the name of the argument
    "Z": [*bad_numbers((5, 2)), (np.ones((2, 2, 2)), ValueError, r"shape \(N, C\)", r"\(2, 2, 2\)")],
    "X": [
        *bad_numbers((5, 2)),
        (np.ones((5, 3)), ValueError, r"shape \(N, 2\)", r"\(5, 3\)"),
        ([1.0, 2.0], ValueError, r"shape \(N, 2\)", r"\(2,\)"),
    ],
    "y": [
        *[
            ([0, 0, 0, 0, label], ValueError, "whole numbers from 0 to 1", rf"{re.escape(str(label))} at \[4\]")
            for label in (2, -1, 0.5, np.nan, np.inf, 1e300)
        ],
        ([], ValueError, r"shape \(|at least one", r"\(0,\)|none"),
        ([[0]] * 5, ValueError, r"shape \(", r"\(5, 1\)"),
        ([[0], [0, 1]], ValueError, "label", r"list \[\["),
        (0, ValueError, r"shape \(", r"\(\)"),
        (["a"] * 5, TypeError, "labels 0..1", "<U1"),
        (None, TypeError, "labels 0..1", "None"),
    ],
    "params": [
        (None, TypeError, r"Params\(W1, b1, W2, b2\)", "NoneType None"),
        (PARAMS[:3], TypeError, r"Params\(W1, b1, W2, b2\)", "tuple"),
        (PARAMS._asdict(), TypeError, r"Params\(W1, b1, W2, b2\)", "dict {'W1'"),
        (PARAMS._replace(W1=np.ones(16)), ValueError, r"shape \(n_hidden, n_in\)", r"\(16,\)"),
        (PARAMS._replace(b1=np.ones(15)), ValueError, r"shape \(16,\)", r"\(15,\)"),
        (PARAMS._replace(W2=PARAMS.W2.T), ValueError, r"shape \(n_out, 16\)", r"\(16, 2\)"),
        (PARAMS._replace(b2=np.ones((2, 1))), ValueError, r"shape \(2,\)", r"\(2, 1\)"),
        (PARAMS._replace(b2=[0.0, np.nan]), ValueError, "finite", r"nan at \[1\]"),
        (PARAMS._replace(b1="b"), TypeError, "real numbers", "str 'b'"),
    ],
    "cache": [
        (tuple(CACHE), TypeError, r"forward\(X, params\)", "tuple"),
        (m.forward(X[:3], PARAMS), ValueError, r"\(5, 16\)", r"\(3, 16\)"),
        (CACHE._replace(H=CACHE.H[:, :1]), ValueError, r"\(5, 16\)", r"\(5, 1\)"),
        (CACHE._replace(Z=CACHE.Z[:, :1]), ValueError, r"\(5, 2\)", r"\(5, 1\)"),
        (CACHE._replace(Z=None), TypeError, "real numbers", "None"),
    ],
    "grads": [
        (None, TypeError, "a Backward", "NoneType None"),
        (GRADS._asdict(), TypeError, "a Backward", "dict {'G_Z'"),
        (GRADS._replace(G_W1=None), TypeError, "real numbers", "NoneType None"),
        (GRADS._replace(G_W1=GRADS.G_W1.T), ValueError, r"shape \(16, 2\)", r"\(2, 16\)"),
        (GRADS._replace(G_b2=[np.nan, 0]), ValueError, "finite", "nan"),
    ],
    "f": [
        NO_FUNCTION,
        (lambda a: a, ValueError, "one finite number", r"shape \(2,\)"),
        (lambda a: np.inf, ValueError, "one finite number", "inf"),
        (lambda a: None, ValueError, "one finite number", "None"),
        (lambda a: "1", ValueError, "one finite number", "1"),
    ],
    "backward": [
        NO_FUNCTION,
        (lambda X, y, p: None, ValueError, r"G_Z of shape \(5, 2\)", "None"),
        (lambda X, y, p: GRADS._replace(G_W1=GRADS.G_W1.T), ValueError, r"G_W1 of shape \(16, 2\)", r"\(2, 16\)"),
        (lambda X, y, p: GRADS._replace(G_b2=["a", "b"]), TypeError, "real numbers", "'a'"),
    ],
    "callback": [NO_FUNCTION],
    "array": bad_numbers((2, 2)),
    "rng": [
        (value, TypeError, r"np.random.default_rng\(seed\)", type(value).__name__) for value in (0, None, np.random)
    ],
    "name": [
        ("moon", ValueError, NAMES, "'moon'"),
        (["moons"], TypeError, NAMES, r"list \['moons'\]"),
        (None, TypeError, NAMES, "NoneType None"),
    ],
    **{name: bad_sizes(1) for name in ("n_classes", "n_in", "n_hidden", "n_out", "n")},
    "steps": bad_sizes(0),
    **{name: bad_reals([0.0, -0.1], "above 0") for name in ("step", "lr")},
    "noise": bad_reals([-0.1], "0 or more"),
}


def arrays_in(value):
    """Every array in the arguments of a call."""
    if isinstance(value, np.ndarray):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ():
        yield from arrays_in(inner)


@pytest.mark.parametrize("name", GOOD)
def test_good_arguments_are_taken_and_not_modified(name):
    before = [array.copy() for array in arrays_in(GOOD[name])]
    getattr(m, name)(**GOOD[name])
    assert all(np.array_equal(a, b) for a, b in zip(before, arrays_in(GOOD[name]), strict=True))


@pytest.mark.parametrize(
    ("name", "argument", "number"),
    [
        (name, argument, number)
        for name, good in GOOD.items()
        for argument in good
        for number in range(len(BAD[argument]))
    ],
)
def test_a_bad_argument_is_named_with_what_was_expected_and_what_came(name, argument, number):
    value, error, expected, got = BAD[argument][number]
    pattern = rf"^{argument}(\.\w+)?: .*expected .*({expected}).*, got .*({got})"
    with pytest.raises(error, match=pattern) as caught:
        getattr(m, name)(**(GOOD[name] | {argument: value}))
    assert caught.type is error


@pytest.mark.parametrize("name", [name for name in GOOD if "y" in GOOD[name] and name != "one_hot"])
def test_labels_are_as_many_as_examples(name):
    with pytest.raises(ValueError, match=r"^y: expected shape \(5,\), got \(6,\)$"):
        getattr(m, name)(**(GOOD[name] | {"y": [0] * 6}))


def test_the_table_has_every_argument_of_every_public_function():
    functions = {name for name, f in vars(m).items() if inspect.isfunction(f) and f.__module__ == m.__name__}
    assert set(GOOD) == {name for name in functions - {"describe"} if not name.startswith("_")}
    assert all(set(good) == set(inspect.signature(getattr(m, name)).parameters) for name, good in GOOD.items())


def test_train_checks_its_arguments_even_for_no_steps():
    with pytest.raises(ValueError, match=r"^lr: expected a number above 0, got -1\.0"):
        m.train(X, Y, PARAMS, -1.0, 0)


@pytest.mark.parametrize("lr", [1e4, 1e300])
def test_numbers_beyond_float64_are_an_error_and_not_a_warning(lr):
    X, y = m.toy_data("moons", 12, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"expected finite numbers, got (-?inf|nan)"):
        m.train(X, y, PARAMS, lr, 50)
    with pytest.raises(ValueError, match=r"expected finite numbers, got (-?inf|nan)"):
        m.forward(np.full((5, 2), 1e308), PARAMS._replace(W1=4 + PARAMS.W1))


def test_an_error_in_a_callback_comes_through():
    with pytest.raises(ZeroDivisionError):
        m.train(X, Y, PARAMS, 0.1, 2, callback=lambda step, params: 1 / 0)

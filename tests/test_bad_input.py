"""Every argument of every public function of mlp_helpers: a good one is not modified, a bad one is named."""

import inspect
import re

import numpy as np
import pytest
from test_mlp_helpers import make_net

import mlp_helpers as m

X, Y, PARAMS = make_net()
GRADS = m.backward(X, Y, PARAMS)
RNG = np.random.default_rng(0)
GOOD = {
    "softmax": {"Z": [[1.0, 2.0]]},
    "log_softmax": {"Z": [[1.0, 2.0]]},
    "one_hot": {"y": [0, 1], "n_classes": 2},
    "cross_entropy": {"Z": [[1.0, 2.0], [3.0, 4.0]], "y": [0, 1]},
    "forward": {"X": X, "params": PARAMS},
    "backward": {"X": X, "y": Y, "params": PARAMS, "cache": m.forward(X, PARAMS)},
    "loss": {"X": X, "y": Y, "params": PARAMS},
    "accuracy": {"X": X, "y": Y, "params": PARAMS},
    "numerical_gradient": {"f": np.sum, "array": [1.0, 2.0], "step": 1e-5},
    "one_sided_slopes": {"f": np.sum, "array": [1.0, 2.0], "step": 1e-5},
    "check_gradients": {"X": X, "y": Y, "params": PARAMS, "backward": m.backward},
    "init_params": {"rng": RNG, "n_in": 2, "n_hidden": 16, "n_out": 2},
    "sgd_step": {"params": PARAMS, "grads": GRADS, "lr": 0.1},
    "train": {"X": X, "y": Y, "params": PARAMS, "lr": 0.1, "steps": 2, "callback": print},
    "toy_data": {"name": "moons", "n": 5, "rng": RNG, "noise": 0.1},
}


def bad_numbers(shape, wrong_shape=None):
    """Bad values for an argument that is an array of the given shape: value, error, expected, got."""
    wrong = [(np.ones(wrong_shape), ValueError, r"shape \(", r"\(\d")] if wrong_shape else []
    nan, infinite = np.ones(shape), np.ones(shape)
    nan[-1], infinite[-1] = np.nan, -np.inf
    return [
        *wrong,
        (nan, ValueError, "finite", "nan at"),
        (infinite, ValueError, "finite", "-inf at"),
        (np.ones((0, *shape[1:])), ValueError, "at least one|shape", r"\(0"),
        ([[1.0, 2.0], [3.0]], ValueError, "rows of equal length", r"list \[\["),
        (None, TypeError, "real numbers", "NoneType None"),
        ("moons", TypeError, "real numbers", "str 'moons'"),
        (np.ones(shape) * 1j, TypeError, "real numbers", "complex128"),
        (np.ones(shape) > 0, TypeError, "real numbers", "bool"),
    ]


def bad_labels(n, has_partner):
    good = [0] * (n - 1)
    wrong_length = [([0] * (n + 1), ValueError, rf"shape \({n},\)", rf"\({n + 1},\)")] if has_partner else []
    return [
        *wrong_length,
        ([*good, 2], ValueError, "whole numbers from 0 to 1", rf"2 at \[{n - 1}\]"),
        ([*good, -1], ValueError, "whole numbers from 0 to 1", rf"-1 at \[{n - 1}\]"),
        ([*good, 0.5], ValueError, "whole numbers from 0 to 1", rf"0.5 at \[{n - 1}\]"),
        ([*good, np.nan], ValueError, "whole numbers from 0 to 1", rf"nan at \[{n - 1}\]"),
        ([*good, np.inf], ValueError, "whole numbers from 0 to 1", rf"inf at \[{n - 1}\]"),
        ([*good, 1e300], ValueError, "whole numbers from 0 to 1", rf"1e\+300 at \[{n - 1}\]"),
        ([], ValueError, r"shape \(|at least one", r"\(0,\)|none"),
        ([[0]] * n, ValueError, r"shape \(", rf"\({n}, 1\)"),
        ([[0], [0, 1]], ValueError, "label", r"list \[\["),
        (0, ValueError, r"shape \(", r"\(\)"),
        (["a"] * n, TypeError, "labels 0..1", "<U1"),
        (None, TypeError, "labels 0..1", "None"),
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


BAD_LOGITS = bad_numbers((2, 2), (2, 2, 2))
BAD_X = [*bad_numbers((5, 2), (5, 3)), ([1.0, 2.0], ValueError, r"shape \(N, 2\)", r"\(2,\)")]
BAD_Y = bad_labels(5, has_partner=True)
BAD_PARAMS = [
    (None, TypeError, r"Params\(W1, b1, W2, b2\)", "NoneType None"),
    (3, TypeError, r"Params\(W1, b1, W2, b2\)", "int 3"),
    (PARAMS[:3], TypeError, r"Params\(W1, b1, W2, b2\)", "tuple"),
    (PARAMS._asdict(), TypeError, r"Params\(W1, b1, W2, b2\)", "dict {'W1'"),
    (PARAMS._replace(W1=np.ones(16)), ValueError, r"shape \(n_hidden, n_in\)", r"\(16,\)"),
    (PARAMS._replace(b1=np.ones(15)), ValueError, r"shape \(16,\)", r"\(15,\)"),
    (PARAMS._replace(W2=PARAMS.W2.T), ValueError, r"shape \(n_out, 16\)", r"\(16, 2\)"),
    (PARAMS._replace(b2=np.ones((2, 1))), ValueError, r"shape \(2,\)", r"\(2, 1\)"),
    (PARAMS._replace(b2=[0.0, np.nan]), ValueError, "finite", r"nan at \[1\]"),
    (PARAMS._replace(b1="b"), TypeError, "real numbers", "str 'b'"),
]
BAD_FUNCTION = [(3, TypeError, "a function", "int 3")]
BAD_RNG = [
    (0, TypeError, r"np.random.default_rng\(seed\)", "int 0"),
    (None, TypeError, r"np.random.default_rng\(seed\)", "NoneType None"),
    (np.random, TypeError, r"np.random.default_rng\(seed\)", "module"),
]
CACHE = m.forward(X, PARAMS)
BAD = {
    ("softmax", "Z"): BAD_LOGITS,
    ("log_softmax", "Z"): BAD_LOGITS,
    ("cross_entropy", "Z"): BAD_LOGITS,
    ("one_hot", "y"): bad_labels(2, has_partner=False),
    ("cross_entropy", "y"): bad_labels(2, has_partner=True),
    ("one_hot", "n_classes"): bad_sizes(1),
    ("backward", "cache"): [
        ((), TypeError, r"forward\(X, params\)", r"tuple \(\)"),
        (tuple(CACHE), TypeError, r"forward\(X, params\)", "tuple"),
        (m.forward(X[:3], PARAMS), ValueError, r"\(5, 16\)", r"\(3, 16\)"),
        (CACHE._replace(H=CACHE.H[:, :1]), ValueError, r"\(5, 16\)", r"\(5, 1\)"),
        (CACHE._replace(Z=CACHE.Z[:, :1]), ValueError, r"\(5, 2\)", r"\(5, 1\)"),
        (CACHE._replace(Z=None), TypeError, "real numbers", "None"),
    ],
    ("numerical_gradient", "array"): bad_numbers((2, 2)),
    ("numerical_gradient", "step"): bad_reals([0.0, -1e-5], "above 0"),
    ("numerical_gradient", "f"): [
        *BAD_FUNCTION,
        (lambda a: a, ValueError, "one finite number", r"shape \(2,\)"),
        (lambda a: np.inf, ValueError, "one finite number", "inf"),
        (lambda a: None, ValueError, "one finite number", "None"),
        (lambda a: "1", ValueError, "one finite number", "1"),
    ],
    ("check_gradients", "backward"): [
        *BAD_FUNCTION,
        (lambda X, y, p: None, ValueError, r"G_Z of shape \(5, 2\)", "None"),
        (lambda X, y, p: GRADS._replace(G_W1=GRADS.G_W1.T), ValueError, r"G_W1 of shape \(16, 2\)", r"\(2, 16\)"),
        (lambda X, y, p: GRADS._replace(G_b2=["a", "b"]), TypeError, "real numbers", "'a'"),
    ],
    ("init_params", "rng"): BAD_RNG,
    ("init_params", "n_in"): bad_sizes(1),
    ("init_params", "n_hidden"): bad_sizes(1),
    ("init_params", "n_out"): bad_sizes(1),
    ("sgd_step", "grads"): [
        (None, TypeError, "a Backward", "NoneType None"),
        (GRADS._asdict(), TypeError, "a Backward", "dict {'G_Z'"),
        (GRADS._replace(G_W1=None), TypeError, "real numbers", "NoneType None"),
        (GRADS._replace(G_W1=GRADS.G_W1.T), ValueError, r"shape \(16, 2\)", r"\(2, 16\)"),
        (GRADS._replace(G_b2=[np.nan, 0]), ValueError, "finite", "nan"),
    ],
    ("sgd_step", "lr"): bad_reals([0.0, -0.1], "above 0"),
    ("train", "lr"): bad_reals([0.0, -0.1], "above 0"),
    ("train", "steps"): bad_sizes(0),
    ("train", "callback"): BAD_FUNCTION,
    ("toy_data", "name"): [
        ("moon", ValueError, "blobs, moons, circles, xor, spirals", "'moon'"),
        ("", ValueError, "blobs, moons, circles, xor, spirals", "''"),
        (["moons"], TypeError, "blobs, moons, circles, xor, spirals", r"list \['moons'\]"),
        (None, TypeError, "blobs, moons, circles, xor, spirals", "NoneType None"),
    ],
    ("toy_data", "n"): bad_sizes(1),
    ("toy_data", "rng"): BAD_RNG,
    ("toy_data", "noise"): bad_reals([-0.1], "0 or more"),
}
for function in ("forward", "backward", "loss", "accuracy", "check_gradients", "train"):
    BAD[function, "X"], BAD[function, "params"] = BAD_X, BAD_PARAMS
    if "y" in GOOD[function]:
        BAD[function, "y"] = BAD_Y
BAD["sgd_step", "params"] = BAD_PARAMS
for argument in ("f", "array", "step"):
    BAD["one_sided_slopes", argument] = BAD["numerical_gradient", argument]


def test_every_argument_of_every_public_function_is_in_the_table():
    functions = {name for name, f in vars(m).items() if inspect.isfunction(f) and f.__module__ == m.__name__}
    assert set(GOOD) == {name for name in functions - {"describe"} if not name.startswith("_")}
    assert set(BAD) == {(name, arg) for name in GOOD for arg in inspect.signature(getattr(m, name)).parameters}


def arrays_in(value):
    """Every array in the arguments of a call."""
    if isinstance(value, np.ndarray):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ():
        yield from arrays_in(inner)


@pytest.mark.parametrize("name", GOOD)
def test_good_arguments_are_taken_and_not_modified(name):
    given = {key: np.array(value) if isinstance(value, list) else value for key, value in GOOD[name].items()}
    before = [array.copy() for array in arrays_in(given)]
    for array in arrays_in(given):
        array.flags.writeable = False
    try:
        getattr(m, name)(**given)
    finally:
        for array in arrays_in(given):
            array.flags.writeable = True
    assert all(np.array_equal(a, b) for a, b in zip(before, arrays_in(given), strict=True))


@pytest.mark.parametrize(
    ("name", "argument", "value", "error", "expected", "got"),
    [
        pytest.param(*where, *case, id=f"{'-'.join(where)}-{number}")
        for where, cases in BAD.items()
        for number, case in enumerate(cases)
    ],
)
def test_a_bad_argument_is_named_with_what_was_expected_and_what_came(name, argument, value, error, expected, got):
    pattern = rf"^{argument}(\.\w+)?: .*expected .*({expected}).*, got .*({got})"
    with pytest.raises(error, match=pattern) as caught:
        getattr(m, name)(**(GOOD[name] | {argument: value}))
    assert caught.type is error


def test_train_checks_its_arguments_even_for_no_steps():
    with pytest.raises(ValueError, match=r"^lr: expected a number above 0, got -1\.0"):
        m.train(X, Y, PARAMS, -1.0, 0)


@pytest.mark.parametrize("lr", [1e4, 1e6, 1e300])
def test_numbers_beyond_float64_are_an_error_and_not_a_warning(lr):
    rng = np.random.default_rng(0)
    params, (X, y) = m.init_params(rng), m.toy_data("moons", 12, rng)
    with pytest.raises(ValueError, match=r"expected finite numbers, got (-?inf|nan)"):
        m.train(X, y, params, lr, 50)
    with pytest.raises(ValueError, match=r"expected finite numbers, got (-?inf|nan)"):
        m.forward(np.full((5, 2), 1e308), PARAMS._replace(W1=4 + PARAMS.W1))


def test_an_error_in_a_callback_comes_through():
    with pytest.raises(ZeroDivisionError):
        m.train(X, Y, PARAMS, 0.1, 2, callback=lambda step, params: 1 / 0)

"""A 2 → 16 (ReLU) → 2 network with softmax cross-entropy, and every gradient of it by hand.

Read it beside the derivation; section numbers in the docstrings are the derivation's. Rows are examples.
Weights are stored (out, in). G_ means ∂L/∂ and has the shape of what follows it.

    X (N, 2) → A1 = X W1ᵀ + b1 → H = ReLU(A1) → Z = H W2ᵀ + b2 → P = softmax(Z) → L

The functions take any number of examples, inputs, hidden units and classes: shapes come from the arrays.
A wrong argument raises ValueError (TypeError for a wrong kind) and is never modified.
The mathematics comes first; the errors, and the checker for learners' answers, stand at the end.
"""

import copy
import functools
import inspect
import re
import traceback
from numbers import Integral, Real
from typing import NamedTuple

import numpy as np


class Params(NamedTuple):
    """The numbers that training changes: W1 (n_hidden, n_in), b1 (n_hidden,), W2 (n_out, n_hidden), b2 (n_out,)."""

    W1: np.ndarray
    b1: np.ndarray
    W2: np.ndarray
    b2: np.ndarray


class Forward(NamedTuple):
    """What the forward pass computes, in order: A1 (N, n_hidden), H (N, n_hidden), Z (N, n_out), P (N, n_out)."""

    A1: np.ndarray
    H: np.ndarray
    Z: np.ndarray
    P: np.ndarray


class Backward(NamedTuple):
    """What the backward pass computes, in order; G_ has the shape of what follows it, and M is the ReLU mask."""

    G_Z: np.ndarray
    G_W2: np.ndarray
    G_b2: np.ndarray
    G_H: np.ndarray
    M: np.ndarray
    G_A1: np.ndarray
    G_W1: np.ndarray
    G_b1: np.ndarray
    G_X: np.ndarray


class History(NamedTuple):
    """A training run before each step and after the last: loss (steps + 1,) and accuracy (steps + 1,), in 0 to 1."""

    loss: np.ndarray
    accuracy: np.ndarray


# ---------------------------------------------------------------- the network


def softmax(Z):
    """Turn each row of logits into probabilities, P[i, k] = exp(Z[i, k]) / Σ_c exp(Z[i, c]).

    Z (N, C) → P (N, C). The row's largest logit is subtracted first, which changes nothing but keeps exp finite.
    Raises ValueError, TypeError for a bad Z. Derivation, section 1.
    """
    Z = _array("Z", Z, ("N", "C"))
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def log_softmax(Z):
    """Take the logarithm of softmax, log P[i, k] = Z[i, k] − log Σ_c exp(Z[i, c]), without forming P.

    Z (N, C) → (N, C). Finite where P itself rounds to 0.
    Raises ValueError, TypeError for a bad Z. Derivation, section 1; the shift is the log-sum-exp trick.
    """
    Z = _array("Z", Z, ("N", "C"))
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def one_hot(y, n_classes):
    """Write each label as a row with a single 1, Y[i, k] = 1 if k = y[i] else 0.

    y (N,) of whole numbers 0..n_classes−1 → Y (N, n_classes).
    Raises ValueError, TypeError for bad labels or a bad n_classes. Derivation, section 1.
    """
    return _label_is(y, _whole("n_classes", n_classes, at_least=1)).astype(float)


def cross_entropy(Z, y):
    """Average the surprise at the true labels, L = −(1/N) Σ_i log P[i, y_i] with P = softmax(Z).

    Z (N, C), y (N,) → L, a float in nats.
    Raises ValueError, TypeError for a bad Z or y. Derivation, section 1.
    """
    log_P = log_softmax(Z)
    y = _labels(y, log_P.shape[1], len(log_P))
    return float(-log_P[np.arange(len(y)), y].mean())


@np.errstate(over="ignore", invalid="ignore")  # softmax reports numbers that are too large
def forward(X, params):
    """Run the network, A1 = X W1ᵀ + b1, H = max(A1, 0), Z = H W2ᵀ + b2, P = softmax(Z).

    X (N, n_in), params → Forward(A1, H, Z, P).
    Raises ValueError, TypeError for a bad X or params. Derivation, section 0.
    """
    W1, b1, W2, b2 = _params(params)
    X = _array("X", X, ("N", W1.shape[1]))

    A1 = X @ W1.T + b1
    H = np.maximum(A1, 0)
    Z = H @ W2.T + b2
    P = softmax(Z)
    return Forward(A1, H, Z, P)


def backward(X, y, params, cache=None):
    """Compute every gradient of L = cross_entropy(forward(X, params).Z, y), by the derivation's nine steps.

    X (N, n_in), y (N,), params → Backward. cache is forward(X, params) if you already have it.
    At a ReLU input of exactly 0 the slope is taken as 0.
    Raises ValueError, TypeError for a bad X, y or params. Derivation, section 5.
    """
    W1, _, W2, b2 = _params(params)
    X = _array("X", X, ("N", W1.shape[1]))
    Y = _label_is(y, len(b2), len(X)).astype(float)
    A1, H, Z, _ = forward(X, params) if cache is None else _cache(cache, len(X), W2)
    M, N = A1 > 0, len(X)

    P = softmax(Z)  # 1
    G_Z = (P - Y) / N  # 2
    G_W2 = G_Z.T @ H  # 3
    G_b2 = G_Z.sum(axis=0)  # 4
    G_H = G_Z @ W2  # 5
    G_A1 = G_H * M  # 6
    G_W1 = G_A1.T @ X  # 7
    G_b1 = G_A1.sum(axis=0)  # 8
    G_X = G_A1 @ W1  # 9
    return Backward(G_Z, G_W2, G_b2, G_H, M, G_A1, G_W1, G_b1, G_X)


def loss(X, y, params):
    """Run the network and measure it, L = −(1/N) Σ_i log P[i, y_i].

    X (N, n_in), y (N,), params → L, a float in nats.
    Raises ValueError, TypeError for a bad X, y or params. Derivation, section 1.
    """
    return cross_entropy(forward(X, params).Z, y)


def accuracy(X, y, params):
    """Count how often the largest logit is the true label's, (1/N) Σ_i 1[argmax_k Z[i, k] = y_i].

    X (N, n_in), y (N,), params → a float from 0 to 1.
    Raises ValueError, TypeError for a bad X, y or params.
    """
    Z = forward(X, params).Z
    return float((Z.argmax(axis=1) == _labels(y, Z.shape[1], len(Z))).mean())


# ---------------------------------------------------------------- checking a gradient


def numerical_gradient(f, array, step=1e-5):
    """Measure the slope of f along each entry, (f(a + step) − f(a − step)) / (2 step): the central difference.

    f takes an array and returns a number; array of any shape → gradient of the same shape.
    Raises ValueError, TypeError for a bad array or step, or an f that does not return one finite number.
    """
    array = _array("array", array)
    step = _positive("step", step)
    _function("f", f)
    gradient = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        up, down = (_number_from(f, _moved(array, index, by)) for by in (step, -step))
        gradient[index] = (up - down) / (2 * step)
    return gradient


class GradientCheck(NamedTuple):
    """One gradient against finite differences, entry by entry; every array has the gradient's shape.

    numeric is the central difference, slope_left and slope_right are the one-sided ones. on_kink marks entries
    where the step carries some A1 across 0: there the loss has a corner, and no single slope to compare with.
    relative_error is the largest |analytic − numeric| off the kinks, relative to the largest entry of either.
    """

    analytic: np.ndarray
    numeric: np.ndarray
    relative_error: float
    on_kink: np.ndarray
    slope_left: np.ndarray
    slope_right: np.ndarray

    @property
    def ok(self):
        return self.relative_error < TOLERANCE


class GradientReport(dict):
    """The checks by name, report.G_W1 or report["G_W1"]; ok when all of them are; prints as a table."""

    def __getattr__(self, name):
        if name not in self:
            raise AttributeError(f"report: expected one of {', '.join(self)}, got {name!r}")
        return self[name]

    @property
    def ok(self):
        return all(check.ok for check in self.values())

    def __repr__(self):
        lines = [f"{'gradient':9}{'shape':>10}{'largest':>10}{'relative error':>16}{'on a kink':>11}"]
        for name, check in self.items():
            error = f"< {TOLERANCE:.0e}" if check.ok else f"{check.relative_error:.1e}"
            error = "" if check.on_kink.all() else error
            lines.append(
                f"{name:9}{_shape(check.analytic.shape):>10}{np.abs(check.analytic).max():>10.4f}"
                f"{error:>16}{check.on_kink.sum():>11}   {_verdict(check)}"
            )
        for name, check in self.items():
            for index in map(tuple, np.argwhere(check.on_kink)[:3]):
                lines.append(
                    f"kink at {name}{list(map(int, index))}: slope {check.slope_left[index]:+z.4f} on the left, "
                    f"{check.slope_right[index]:+z.4f} on the right; analytic {check.analytic[index]:+z.4f}"
                )
        return "\n".join(lines)


def _verdict(check):
    if check.on_kink.all():
        return "not judged"
    return "ok" if check.ok else "WRONG"


TOLERANCE = 1e-6  # central differences with step 1e-5 are good to about 1e-10 on this network
STEP = 1e-5


def check_gradients(X, y, params, backward=backward):
    """Compare a backward pass with central differences of the loss, along every entry of every tensor.

    X (N, n_in), y (N,), params → GradientReport with G_Z, G_W2, G_b2, G_H, G_A1, G_W1, G_b1, G_X.
    backward(X, y, params) is the function to judge; it returns a Backward, or anything with these attributes.
    Raises ValueError, TypeError for bad arguments, or where backward leaves a gradient out or gets a shape wrong.
    """
    W1, b1, W2, b2 = params = _params(params)
    A1, H, Z, _ = forward(X, params)
    X = np.asarray(X, float)
    y = _labels(y, len(b2), len(Z))

    def from_A1(A1):
        return cross_entropy(np.maximum(A1, 0) @ W2.T + b2, y), A1 > 0

    def from_X(X, W1=W1, b1=b1):
        return from_A1(X @ W1.T + b1)

    routes = {
        "G_Z": (Z, lambda Z: (cross_entropy(Z, y), False)),
        "G_W2": (W2, lambda W2: (cross_entropy(H @ W2.T + b2, y), False)),
        "G_b2": (b2, lambda b2: (cross_entropy(H @ W2.T + b2, y), False)),
        "G_H": (H, lambda H: (cross_entropy(H @ W2.T + b2, y), False)),
        "G_A1": (A1, from_A1),
        "G_W1": (W1, lambda W1: from_X(X, W1=W1)),
        "G_b1": (b1, lambda b1: from_X(X, b1=b1)),
        "G_X": (X, from_X),
    }
    judged = _function("backward", backward)(X, y, params)
    return GradientReport(
        (name, _check(name, getattr(judged, name, None), array, route, np.abs(Z).max()))
        for name, (array, route) in routes.items()
    )


def _check(name, analytic, array, route, largest_logit):
    """Walk along every entry of array; route gives the loss there, and which ReLUs are on."""
    if np.shape(analytic) != array.shape:
        raise ValueError(f"backward: expected {name} of shape {array.shape}, got {_describe(analytic)}")
    analytic = _to_float(f"backward: {name}", analytic)
    left, right, kink = np.zeros(array.shape), np.zeros(array.shape), np.zeros(array.shape, bool)
    here, _ = route(array)
    for index in np.ndindex(array.shape):
        up, on_above = route(_moved(array, index, STEP))
        down, on_below = route(_moved(array, index, -STEP))
        left[index], right[index] = (here - down) / STEP, (up - here) / STEP
        kink[index] = np.any(on_above != on_below)
    numeric = (left + right) / 2
    # Rounding moves the loss by about 1e-16 of the logits: slopes far below 1e-4 of them cannot be measured.
    scale = max(np.abs(analytic).max(), np.abs(numeric).max(), 1e-4 * max(1.0, largest_logit))
    error = np.where(kink, 0, np.abs(analytic - numeric)).max() / scale if np.isfinite(scale) else np.inf
    return GradientCheck(analytic, numeric, float(error), kink, left, right)


def _moved(array, index, by):
    moved = array.copy()
    moved[index] += by
    return moved


# ---------------------------------------------------------------- training


def init_params(rng, n_in=2, n_hidden=16, n_out=2):
    """Draw a starting network: weights from Normal(0, √(2 / inputs of the layer)), biases from Normal(0, 0.1).

    rng is np.random.default_rng(seed) → Params. Biases of exactly 0 would hide some mistakes in a backward pass.
    Raises ValueError, TypeError for a bad rng or size. Source: He et al. 2015, Delving Deep into Rectifiers.
    """
    _generator(rng)
    n_in, n_hidden, n_out = (
        _whole(name, n, at_least=1) for name, n in (("n_in", n_in), ("n_hidden", n_hidden), ("n_out", n_out))
    )
    return Params(
        W1=rng.normal(0, np.sqrt(2 / n_in), (n_hidden, n_in)),
        b1=rng.normal(0, 0.1, n_hidden),
        W2=rng.normal(0, np.sqrt(2 / n_hidden), (n_out, n_hidden)),
        b2=rng.normal(0, 0.1, n_out),
    )


def sgd_step(params, grads, lr):
    """Move every parameter a little way downhill, θ ← θ − lr · ∂L/∂θ, in a new Params.

    params, grads (a Backward, or anything with G_W1, G_b1, G_W2, G_b2), lr > 0 → Params.
    Raises ValueError, TypeError for bad params, grads of the wrong shape, or a bad lr.
    """
    params = _params(params)
    lr = _positive("lr", lr)
    steps = (
        _array(f"grads.G_{name}", getattr(grads, f"G_{name}", None), value.shape)
        for name, value in params._asdict().items()
    )
    return Params(*(value - lr * step for value, step in zip(params, steps, strict=True)))


@np.errstate(over="ignore", invalid="ignore")  # the next forward reports params that are too large
def train(X, y, params, lr, steps, callback=None):
    """Repeat sgd_step on the whole batch, and keep the loss and accuracy along the way.

    X (N, n_in), y (N,), params, lr > 0, steps ≥ 0 → Params, History.
    callback(step, params), if given, is called after each step, counted from 1.
    Raises ValueError, TypeError for bad arguments, also when a too large lr has driven params to infinity.
    """
    params, lr = _params(params), _positive("lr", lr)
    callback = _function("callback", (lambda step, params: None) if callback is None else callback)
    losses, accuracies = np.zeros((2, _whole("steps", steps, at_least=0) + 1))
    for step in range(steps + 1):
        cache = forward(X, params)
        losses[step] = cross_entropy(cache.Z, y)
        accuracies[step] = (cache.Z.argmax(axis=1) == y).mean()
        if step < steps:
            params = sgd_step(params, backward(X, y, params, cache), lr)
            callback(step + 1, params)
    return params, History(losses, accuracies)


# ---------------------------------------------------------------- toy data


def toy_data(name, n, rng, noise=0.1):
    """Draw n labelled points in the plane, classes 0 and 1 in turn, all within about −2..2.

    name is "blobs", "moons", "circles", "xor" or "spirals"; noise is the standard deviation, in the plane's
    units, of what is added to each coordinate → X (n, 2), y (n,).
    Raises ValueError, TypeError for an unknown name, or a bad n, rng or noise.
    """
    if not isinstance(name, str):
        raise TypeError(f"name: expected one of {', '.join(DATA_SETS)}, got {_describe(name)}")
    if name not in DATA_SETS:
        raise ValueError(f"name: expected one of {', '.join(DATA_SETS)}, got {name!r}")
    n = _whole("n", n, at_least=1)
    _generator(rng)
    noise = _number("noise", noise)
    if noise < 0:
        raise ValueError(f"noise: expected 0 or more, got {noise}")
    y = np.arange(n) % 2
    X = np.stack(DATA_SETS[name](y, rng), axis=1)
    return X + noise * rng.normal(size=(n, 2)), y


def _blobs(y, rng):
    return 0.35 * rng.normal(size=(2, len(y))) + np.stack([1.6 * y - 0.8, 1.2 * y - 0.6])


def _moons(y, rng):
    angle, side = rng.uniform(0, np.pi, len(y)), 1 - 2 * y
    return np.stack([side * np.cos(angle) + y - 0.5, side * np.sin(angle) + y / 2 - 0.25])


def _circles(y, rng):
    angle, radius = rng.uniform(0, 2 * np.pi, len(y)), 1.4 - 0.8 * y
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)])


def _xor(y, rng):
    x1, x2 = rng.uniform(0.1, 1.4, (2, len(y)))
    corner = rng.choice([-1, 1], len(y))
    return np.stack([corner * x1, corner * (1 - 2 * y) * x2])


def _spirals(y, rng):
    turn = np.sqrt(rng.uniform(0.02, 1, len(y)))
    angle = 3 * np.pi * turn + np.pi * y
    return np.stack([1.7 * turn * np.cos(angle), 1.7 * turn * np.sin(angle)])


DATA_SETS = {"blobs": _blobs, "moons": _moons, "circles": _circles, "xor": _xor, "spirals": _spirals}


# ---------------------------------------------------------------- errors that say what was expected and what came


def _array(name, value, shape=None):
    """Return value as a float64 array of the given shape, in which a string stands for any length from 1 up."""
    if not (type(value) is np.ndarray and value.dtype == np.float64):  # np.matrix multiplies otherwise
        value = _to_float(name, value)
    if shape not in (None, value.shape) and not _fits(value.shape, shape):
        raise ValueError(f"{name}: expected shape {_shape(shape)}, got {_shape(value.shape)}")
    if value.size == 0:
        raise ValueError(f"{name}: expected at least one entry, got shape {_shape(value.shape)}")
    if np.count_nonzero(np.isfinite(value)) < value.size:
        place = tuple(map(int, np.argwhere(~np.isfinite(value))[0]))
        raise ValueError(f"{name}: expected finite numbers, got {value[place]} at {list(place)}")
    return value


def _fits(shape, wanted):
    for got, want in zip(shape, wanted, strict=False):
        if got != want and not isinstance(want, str):
            return False
    return len(shape) == len(wanted)


def _to_float(name, value):
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name}: expected rows of equal length, got {_describe(value)}") from None
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name}: expected an array of real numbers, got {_describe(value)}")
    return array.astype(float)


def _labels(y, n_classes, n=None):
    """Return y as whole numbers 0..n_classes−1, one an example."""
    return _label_is(y, n_classes, n).argmax(axis=1)


def _label_is(y, n_classes, n=None):
    """Return 1[y_i = k] (N, n_classes), in which each row must have its one."""
    try:
        y = np.asarray(y)
    except ValueError:
        raise ValueError(f"y: expected one label an example, got {_describe(y)}") from None
    if y.dtype.kind not in "iufb":
        raise TypeError(f"y: expected an array of labels 0..{n_classes - 1}, got {_describe(y)}")
    if y.ndim != 1 or n not in (None, len(y)):
        raise ValueError(f"y: expected shape {_shape(('N' if n is None else n,))}, got {_shape(y.shape)}")
    if len(y) == 0:
        raise ValueError("y: expected at least one label, got none")
    label_is = y[:, None] == np.arange(n_classes)
    if np.count_nonzero(label_is) < len(y):
        place = int(label_is.any(axis=1).argmin())
        raise ValueError(f"y: expected whole numbers from 0 to {n_classes - 1}, got {y[place]} at [{place}]")
    return label_is


def _params(params):
    """Return params as a Params of float64 arrays whose shapes fit together."""
    try:
        W1, b1, W2, b2 = params
    except (TypeError, ValueError):
        raise TypeError(f"params: expected Params(W1, b1, W2, b2), got {_describe(params)}") from None
    W1 = _array("params.W1", W1, ("n_hidden", "n_in"))
    b1 = _array("params.b1", b1, (W1.shape[0],))
    W2 = _array("params.W2", W2, ("n_out", W1.shape[0]))
    b2 = _array("params.b2", b2, (W2.shape[0],))
    return Params(W1, b1, W2, b2)


def _cache(cache, N, W2):
    """Return cache, if its shapes are those of forward(X, params)."""
    if not isinstance(cache, Forward):
        raise TypeError(f"cache: expected forward(X, params), got {_describe(cache)}")
    n_out, n_hidden = W2.shape
    shapes = (N, n_hidden), (N, n_hidden), (N, n_out), (N, n_out)
    return Forward(*(_array(f"cache.{name}", cache[i], shapes[i]) for i, name in enumerate(Forward._fields)))


def _function(name, value):
    if not callable(value):
        raise TypeError(f"{name}: expected a function, got {_describe(value)}")
    return value


def _whole(name, value, at_least):
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise TypeError(f"{name}: expected a whole number, got {_describe(value)}")
    if value < at_least:
        raise ValueError(f"{name}: expected {at_least} or more, got {value}")
    return int(value)


def _number(name, value):
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(f"{name}: expected a number, got {_describe(value)}")
    if not np.isfinite(value):
        raise ValueError(f"{name}: expected a finite number, got {value}")
    return float(value)


def _positive(name, value):
    value = _number(name, value)
    if value <= 0:
        raise ValueError(f"{name}: expected a number above 0, got {value}")
    return value


def _number_from(f, array):
    value = np.asarray(f(array))
    if value.size != 1 or value.dtype.kind not in "iuf" or not np.isfinite(value).all():
        raise ValueError(f"f: expected a function that returns one finite number, got {_describe(value)} from it")
    return float(value.reshape(()))


def _generator(rng):
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng: expected np.random.default_rng(seed), got {_describe(rng)}")


def _shape(shape):
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def _describe(value):
    """Say in a few words what came: an array's shape and kind, or a value's type and how it prints."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of {value.dtype} with shape {_shape(value.shape)}"
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a class of the caller's own
        text = ""
    if not text or " at 0x" in text:  # an address says nothing, and differs from run to run
        return f"{type(value).__name__} object"
    return f"{type(value).__name__} {text if len(text) <= 40 else text[:37] + '...'}"


# ---------------------------------------------------------------- checking an answer

LINES = {  # the whole network as text, line by line: what backward and forward do, for checks that change one line
    "A1": "X @ W1.T + b1",
    "H": "np.maximum(A1, 0)",
    "Z": "H @ W2.T + b2",
    "P": "softmax(Z)",
    "loss": "cross_entropy(Z, y)",
    "G_Z": "(P - Y) / N",
    "G_W2": "G_Z.T @ H",
    "G_b2": "G_Z.sum(axis=0)",
    "G_H": "G_Z @ W2",
    "M": "A1 > 0",
    "G_A1": "G_H * M",
    "G_W1": "G_A1.T @ X",
    "G_b1": "G_A1.sum(axis=0)",
    "G_X": "G_A1 @ W1",
}
PLACES = {  # the section of the derivation, and the notebook
    **dict.fromkeys(("A1", "H", "Z"), (0, "01")),
    **dict.fromkeys(("P", "loss", "G_Z"), (1, "02")),
    **dict.fromkeys(("G_W2", "G_b2", "G_H"), (2, "03")),
    **dict.fromkeys(("M", "G_A1"), (3, "04")),
    **dict.fromkeys(("G_W1", "G_b1", "G_X"), (4, "05")),
}


class Mistake(NamedTuple):
    """A wrong line: what it does wrong, the symbol it computes, and the line itself, in the terms of LINES.

    In it, lr stands for any learning rate, and e for any one example.
    """

    name: str
    symbol: str
    line: str


MISTAKES = [
    Mistake("the bias is missing", "A1", "X @ W1.T"),
    Mistake("reshape in place of a transpose", "A1", "X @ W1.reshape(W1.T.shape) + b1"),
    Mistake("ReLU is missing", "H", "A1"),
    Mistake("the size of A1 instead of its positive part", "H", "np.abs(A1)"),
    Mistake("the negative part of A1 instead of its positive part", "H", "np.minimum(A1, 0)"),
    Mistake("the bias is missing", "Z", "H @ W2.T"),
    Mistake("reshape in place of a transpose", "Z", "H @ W2.reshape(W2.T.shape) + b2"),
    Mistake("A1 in the place of H", "Z", "A1 @ W2.T + b2"),
    Mistake("exp without the division by the row's sum", "P", "np.exp(Z)"),
    Mistake("divided by the sum over everything instead of the row's sum", "P", "np.exp(Z) / np.exp(Z).sum()"),
    Mistake("softmax over the examples instead of the classes", "P", "softmax(Z.T).T"),
    Mistake("the logarithm of P instead of P", "P", "log_softmax(Z)"),
    Mistake("1/N is missing", "loss", "N * cross_entropy(Z, y)"),
    Mistake("averaged over N·C entries instead of N examples", "loss", "cross_entropy(Z, y) / P.shape[1]"),
    Mistake("1/N is in twice", "loss", "cross_entropy(Z, y) / N"),
    Mistake("the sign is flipped", "loss", "-cross_entropy(Z, y)"),
    Mistake("the labels in Y are swapped", "loss", "cross_entropy(Z, len(b2) - 1 - y)"),
    Mistake("only the last example counts", "loss", "cross_entropy(Z[-1:], y[-1:]) / N"),
    Mistake("1/N is missing", "G_Z", "P - Y"),
    Mistake("1/N is in twice", "G_Z", "(P - Y) / N / N"),
    Mistake("averaged over N·C entries instead of N examples", "G_Z", "(P - Y) / P.size"),
    Mistake("the sign is flipped", "G_Z", "(Y - P) / N"),
    Mistake("an extra factor P(1 − P)", "G_Z", "(P - Y) * P * (1 - P) / N"),
    Mistake("P without minus Y", "G_Z", "P / N"),
    Mistake("y in the place of Y", "G_Z", "(P - y[:, None]) / N"),
    Mistake(
        "1 is taken from whole columns of P instead of one entry a row",
        "G_Z",
        "(P - np.isin(np.arange(P.shape[1]), y)) / N",
    ),
    Mistake("the labels in Y are swapped", "G_Z", "(P - Y[:, ::-1]) / N"),
    Mistake("only the last example counts", "G_Z", "(P - Y) / N * (np.arange(N) == N - 1)[:, None]"),
    Mistake("example {e}'s gradient is used for all", "G_Z", "np.tile((P - Y)[e] / N, (N, 1))"),
    Mistake("A1 in the place of H", "G_W2", "G_Z.T @ A1"),
    Mistake("reshape in place of a transpose", "G_W2", "G_Z.reshape(G_Z.T.shape) @ H"),
    Mistake("the product is reshaped in place of a transpose", "G_W2", "(H.T @ G_Z).reshape(W2.shape)"),
    Mistake("example {e}'s gradient is used for all", "G_W2", "N * np.outer(G_Z[e], H[e])"),
    Mistake("only the last example counts", "G_W2", "np.outer(G_Z[-1], H[-1])"),
    Mistake("only the last example counts", "G_b2", "G_Z[-1]"),
    Mistake("the bias is averaged instead of summed: 1/N is in G_Z already", "G_b2", "G_Z.mean(axis=0)"),
    Mistake("the bias is summed over everything instead of over examples", "G_b2", "G_Z.sum()"),
    Mistake("the bias is summed over classes instead of over examples", "G_b2", "G_Z.sum(axis=1)"),
    Mistake("reshape in place of a transpose", "G_H", "(W2.T @ G_Z.T).reshape(H.shape)"),
    Mistake("reshape in place of a transpose", "G_H", "G_Z @ W2.T.reshape(W2.shape)"),
    Mistake("W2 is used after its update, with lr = {lr}", "G_H", "G_Z @ (W2 - lr * G_W2)"),
    Mistake("G_W2 in the place of W2", "G_H", "G_Z @ G_W2"),
    Mistake("G_Z in the place of G_H", "G_H", "G_Z"),
    Mistake("example {e}'s gradient is used for all", "G_H", "np.tile((G_Z @ W2)[e], (N, 1))"),
    Mistake("the mask is made from H >= 0, which is always on", "M", "H >= 0"),
    Mistake("the mask is made from the sign of the gradient that arrives", "M", "G_H > 0"),
    Mistake("the mask is inverted", "M", "A1 <= 0"),
    Mistake("the mask is missing", "G_A1", "G_H"),
    Mistake("the mask is inverted", "G_A1", "G_H * ~M"),
    Mistake("multiplied by H instead of M", "G_A1", "G_H * H"),
    Mistake("G_Z in the place of G_H", "G_A1", "G_Z * M"),
    Mistake("example {e}'s gradient is used for all", "G_A1", "np.tile((G_H * M)[e], (N, 1))"),
    Mistake("reshape in place of a transpose", "G_W1", "G_A1.reshape(G_A1.T.shape) @ X"),
    Mistake("the product is reshaped in place of a transpose", "G_W1", "(X.T @ G_A1).reshape(W1.shape)"),
    Mistake("G_Z in the place of G_A1", "G_W1", "G_Z.T @ X"),
    Mistake("example {e}'s gradient is used for all", "G_W1", "N * np.outer(G_A1[e], X[e])"),
    Mistake("only the last example counts", "G_W1", "np.outer(G_A1[-1], X[-1])"),
    Mistake("only the last example counts", "G_b1", "G_A1[-1]"),
    Mistake("the bias is averaged instead of summed: 1/N is in G_Z already", "G_b1", "G_A1.mean(axis=0)"),
    Mistake("the bias is summed over everything instead of over examples", "G_b1", "G_A1.sum()"),
    Mistake("the bias is summed over units instead of over examples", "G_b1", "G_A1.sum(axis=1)"),
    Mistake("G_Z in the place of G_A1", "G_b1", "G_Z.sum(axis=0)"),
    Mistake("reshape in place of a transpose", "G_X", "(W1.T @ G_A1.T).reshape(X.shape)"),
    Mistake("reshape in place of a transpose", "G_X", "G_A1 @ W1.T.reshape(W1.shape)"),
    Mistake("W1 is used after its update, with lr = {lr}", "G_X", "G_A1 @ (W1 - lr * G_W1)"),
    Mistake("G_W1 in the place of W1", "G_X", "G_A1 @ G_W1"),
    Mistake("example {e}'s gradient is used for all", "G_X", "np.tile((G_A1 @ W1)[e], (N, 1))"),
]
for name, line in LINES.items():
    if name in ("G_H", "G_A1", "G_X"):
        last = f"({line}) * (np.arange(N) == N - 1)[:, None]"
        MISTAKES.append(Mistake("only the last example counts", name, last))
    if name not in ("loss", "G_b2", "G_b1"):
        MISTAKES.append(Mistake("the result is transposed", name, f"({line}).T"))
    if name.startswith("G_") and name != "G_Z":
        MISTAKES.append(Mistake("1/N is in twice: once here, and once in G_Z", name, f"({line}) / N"))
        MISTAKES.append(Mistake("1/N is missing: the product with N takes it out", name, f"({line}) * N"))
        MISTAKES.append(Mistake("the sign is flipped", name, f"-({line})"))


@np.errstate(all="ignore")  # a wrong line may overflow
def run_lines(X, y, params, mistake=None, **free):
    """Run LINES in order, with the mistake's line in the place of the right one.

    X (N, n_in), y (N,), params → a mapping with every symbol of the derivation, and N.
    free gives lr or e a value, where the mistake's line has it. What comes after a line that does not fit is missing.
    """
    X, params = np.array(X, float), _params(params)
    y = _labels(y, len(params.b2), len(X))
    values = {"X": X, "y": y, "N": len(X), "Y": one_hot(y, len(params.b2)), **params._asdict()}
    for name, line in LINES.items():
        if mistake is not None and name == mistake.symbol:
            line = mistake.line
        try:
            values[name] = eval(_compiled(line), globals(), values | free)
        except (NameError, ValueError, IndexError):  # the shapes do not fit, or a symbol that did not fit is needed
            continue
    return values


@functools.cache
def _compiled(line):
    return compile(line, "line", "eval")


def backward_with(mistake, e=0, lr=0.5):
    """Return a backward pass with one wrong line, as a function of X, y, params that returns a Backward.

    mistake is a Mistake; e and lr give its example and learning rate, where its line has one.
    The function raises ValueError where the line does not fit the batch, or the numbers overflow.
    """

    def wrong_backward(X, y, params):
        values = run_lines(X, y, params, mistake, e=e, lr=lr)
        missing = [name for name in Backward._fields if name not in values]
        if missing:
            raise ValueError(f"mistake: its line does not fit this batch, or its numbers overflow, at {missing[0]}")
        return Backward(*(values[name] for name in Backward._fields))

    return wrong_backward


class Answer(NamedTuple):
    """What check_answer found: correct is True, False, or None when not attempted; diagnosis says it in words."""

    correct: bool | None
    diagnosis: str

    def __repr__(self):
        return self.diagnosis


NOT_ATTEMPTED = Answer(
    None, "Not attempted yet. Put your answer in the place of the three dots, and run the cell again."
)


@np.errstate(all="ignore")  # a learner's numbers may overflow
def check_answer(name, answer, X, y, params):
    """Say whether an answer is the gradient or value that the derivation calls name, and if not, what went wrong.

    name is a symbol in LINES, or "backward". answer is an array; or a function, which is run on this batch and on
    three fresh ones, with the symbols that it names as its arguments, as in f(G_Z, H); "backward" is a function
    of X, y, params that returns a Backward. X (N, n_in), y (N,), params → Answer.
    Raises ValueError, TypeError for a bad name, X, y or params; never for what the learner did.
    """
    if not isinstance(name, str):
        raise TypeError(f"name: expected one of {', '.join(LINES)}, backward, got {_describe(name)}")
    if name not in LINES and name != "backward":
        raise ValueError(f"name: expected one of {', '.join(LINES)}, backward, got {name!r}")
    loss(X, y, params)
    if answer is None or answer is ...:
        return NOT_ATTEMPTED
    if not callable(answer):
        if name == "backward":
            return Answer(False, f"backward: expected a function of X, y, params, got {_describe(answer)}.")
        return _judge(name, answer, X, y, params)
    for number, batch in enumerate([(X, y, params), *_fresh_batches(name, params)]):
        verdict = _judge_function(name, answer, *batch)
        if not verdict.correct:
            large = " and logits in the millions" if name == "loss" and number == 3 else ""
            where = f"Right on your batch, but not on a fresh one of {len(batch[0])} examples{large}. "
            hint = "Does it use something that is not among its arguments? " if number == 1 else ""
            where = f"{where}{hint}There: " if number and verdict.correct is False else ""
            return verdict._replace(diagnosis=where + verdict.diagnosis)
    return Answer(True, f"Correct, on {number + 1} different batches.")


@np.errstate(all="ignore")
def check_slopes(answer, f, array):
    """Say whether an answer is the gradient of the function f at array, measured by central differences.

    f takes an array and returns a number → Answer. For gradients that are not in the derivation.
    Raises ValueError, TypeError for a bad f or array; never for what the learner did.
    """
    measured = numerical_gradient(f, array)
    if answer is None or answer is ...:
        return NOT_ATTEMPTED
    numbers = _as_numbers(answer)
    if numbers is None:
        return Answer(False, f"Expected an array of numbers, got {_describe(answer)}.")
    if _same(numbers, measured, measured):
        return Answer(True, "Correct: it agrees with the measured slopes.")
    if numbers.shape == measured.shape and _same(numbers.T, measured, measured):
        return Answer(False, "The gradient is the right one, transposed. A square shape cannot tell you.")
    return Answer(False, _what_is_true("The gradient", numbers, measured))


def _fresh_batches(name, params):
    """Draw three batches and networks; the loss must also be right at logits in the millions."""
    rng = np.random.default_rng(0)
    for N, size in ((3, 1), (7, 1), (12, 1000 if name == "loss" else 1)):
        fresh = Params(*(size * rng.normal(size=np.shape(value)) for value in params))
        yield rng.normal(size=(N, fresh.W1.shape[1])), np.arange(N) % len(fresh.b2), fresh


def _judge_function(name, function, X, y, params):
    """Call the learner's function with the symbols that it asks for, and judge what it returns."""
    values = run_lines(X, y, params) | {"params": _params(params)}
    try:
        arguments = inspect.signature(function).parameters.values()
    except Exception:  # an object may say of itself what it likes
        return Answer(False, f"The arguments of {_describe(function)} cannot be read. Write a function with def.")
    stars = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
    needed = [argument for argument in arguments if argument.default is argument.empty and argument.kind not in stars]
    asked = [argument.name for argument in needed]
    unknown = [argument for argument in asked if argument not in values]
    if unknown:
        return Answer(False, f"Your function asks for {', '.join(unknown)}. It can ask for {', '.join(values)}.")
    try:
        given = {argument: copy.deepcopy(values[argument]) for argument in asked}
        ahead = [given.pop(argument.name) for argument in needed if argument.kind is argument.POSITIONAL_ONLY]
        result = function(*ahead, **given)
    except (Exception, SystemExit) as error:
        return Answer(False, f"Your function raised {_said(error)}{_line_of(error, function)}")
    if result is None or result is ...:
        return NOT_ATTEMPTED
    return _judge_all(result, X, y, params) if name == "backward" else _judge(name, result, X, y, params, asked)


def _judge_all(result, X, y, params):
    """Judge the gradients of a Backward in order, up to the first that is wrong."""
    if not isinstance(result, Backward):
        return Answer(False, f"backward: expected Backward({', '.join(Backward._fields)}), got {_describe(result)}.")
    for number, (name, answer) in enumerate(result._asdict().items()):
        right = f"{', '.join(Backward._fields[:number])}: right. " if number else ""
        if answer is None or answer is ...:
            return Answer(None, f"{right}{name}: not attempted yet.")
        verdict = _judge(name, answer, X, y, params, Backward._fields[:number])
        if not verdict.correct:
            return Answer(False, right + verdict.diagnosis)
    return Answer(True, "Correct.")


def _said(error):
    try:
        text = str(error)
    except Exception:  # an exception class of the learner's own
        text = ""
    hint = ""
    if isinstance(error, ValueError) and "mismatch in its core dimension" in text:
        hint = " (The last axis on the left must be as long as the first on the right: is a transpose missing?)"
    return type(error).__name__ + (f": {text}{hint}" if text else "")


def _line_of(error, function):
    """Say the last line of the learner's own code that ran."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    first = frames[0].filename if frames else None  # for an object with __call__, or functools.partial
    own = getattr(getattr(function, "__code__", None), "co_filename", first)
    lines = [frame for frame in frames if frame.filename == own and frame.line]
    return f"\nin line {lines[-1].lineno}: {lines[-1].line}" if lines else ""


def _judge(name, answer, X, y, params, given=()):
    """Compare an array with the right one, then with what each known mistake would give.

    given are the symbols that are known to be right: the mistake is not in them, nor before them.
    """
    values = run_lines(X, y, params)
    right = np.asarray(values[name], float)
    numbers = _as_numbers(answer)
    if numbers is None:
        return Answer(False, f"{name}: expected an array of numbers, got {_describe(answer)}.")
    if _same(numbers, right, right):
        return Answer(True, "Correct.")
    known = _known_mistakes(name, numbers, right, X, y, params, given)
    if not known:
        known = [f"This is {other}, not {name}." for other in LINES if _same(numbers, np.asarray(values[other]), right)]
    if not known:
        return Answer(False, _what_is_true(name, numbers, right))
    shapes = "" if numbers.shape == right.shape else f"{_about_shape(name, numbers, right)}\n"
    return Answer(False, shapes + "\nOr: ".join(known[:3]))  # 1/N twice, N·C and a mean are the same if N = C = 2


def _as_numbers(answer):
    """Return answer as an array of floats, or None if it is something else."""
    try:
        array = np.asarray(answer)
        return array.astype(float) if array.dtype.kind in "iufb" else None
    except Exception:  # whatever a learner's object does when it is asked for numbers
        return None


def _same(answer, wrong, right):
    """Whether answer has the shape and the values of wrong, up to a millionth of the largest entry."""
    if answer.shape != wrong.shape:
        return False
    return bool(np.abs(answer - wrong).max() <= 1e-6 * max(np.abs(wrong).max(), np.abs(right).max()))


def _before(symbols):
    """Return the symbols in LINES that these are computed from, and themselves."""
    found = set(symbols) & LINES.keys()
    for name in reversed(LINES):
        if name in found:
            found |= set(re.findall(r"\w+", LINES[name])) & LINES.keys()
    return found


def _known_mistakes(name, answer, right, X, y, params, given):
    """Say each known mistake that the answer fits, the nearest line first; a factor or a sign, where it is born."""
    found = {}
    order = list(LINES)
    possible = _before([name]) - _before(given)
    for mistake in sorted(MISTAKES, key=lambda mistake: -order.index(mistake.symbol)):
        if mistake.symbol not in possible:
            continue
        for e in range(len(X)) if "[e]" in mistake.line else [0]:
            wrong = run_lines(X, y, params, mistake, e=e, lr=1.0).get(name)
            wrong = None if wrong is None else np.asarray(wrong, float)
            if wrong is None or _same(wrong, right, right):
                continue
            lr = 1.0
            if "lr *" in mistake.line and answer.shape == wrong.shape == right.shape:
                change = wrong - right
                lr = float((change * (answer - right)).sum() / (change**2).sum())
                wrong = right + lr * change
            if lr > 0 and not _same(wrong, right, right) and _same(answer, wrong, right):
                section, notebook = PLACES[mistake.symbol]
                text = (
                    f"Look here: {mistake.name.format(e=e, lr=f'{lr:.3g}')}. Your {name} is what "
                    f"{mistake.symbol} = {mistake.line} leads to. "
                    f"Reread section {section} of the derivation (notebook {notebook})."
                )
                kind = mistake.name.split(":")[0]
                if kind not in found or (mistake.symbol == "G_Z" and kind.startswith(("1/N", "the sign"))):
                    found[kind] = text
    return list(found.values())


def _what_is_true(name, answer, right):
    """Say what holds of a wrong answer that fits no known mistake."""
    if answer.shape != right.shape:
        return _about_shape(name, answer, right)
    if not np.isfinite(answer).all():
        place = tuple(map(int, np.argwhere(~np.isfinite(answer))[0]))
        at = f" at {list(place)}" if place else ""
        return f"{name} has {answer[place]}{at}. Look for a division by 0, or an exp that overflows."
    if not answer.any():
        return f"{name} is 0 everywhere. Has a line not run, or was the array never filled?"
    if not right.any():
        return f"{name} should be 0 everywhere for this batch and these parameters. {_worst(answer, right)}"
    length = np.abs(answer).max()
    factor = length * float((answer / length * right).sum() / (right**2).sum())
    if right.ndim and abs(factor - 1) >= 1e-3 and _same(answer, factor * right, factor * right):
        of = "the right one with its sign flipped and" if factor < 0 else "the right one"
        return f"{name} is {of} times {abs(factor):.4g}: the direction is right, the length is not. Look for a factor."
    direction = _about_direction(answer, right, name.startswith(("G_", "The")))
    parts = (_about_parts(answer, right), direction, _worst(answer, right))
    return f"{name} is not right yet. {''.join(parts)}"


def _about_shape(name, answer, right):
    came, want = _shape(answer.shape), _shape(right.shape)
    text = f"{name} has shape {came}, expected {want}."
    if answer.size == right.size and _same(answer.reshape(right.shape), right, right):
        return f"{text} The numbers are right and in order; only the shape is not."
    if answer.shape == right.shape[::-1]:
        return f"{text} The two axes look swapped: is a transpose missing, or one too many?"
    if answer.ndim != right.ndim:
        if right.ndim == 0:
            return f"{text} It should be one number: is a sum or a mean missing?"
        axes = "1 axis" if right.ndim == 1 else f"{right.ndim} axes"
        return f"{text} It should have {axes}, and has {answer.ndim}: over which axis do you sum?"
    wrong = [axis for axis in range(right.ndim) if answer.shape[axis] != right.shape[axis]]
    return f"{text} Look at axis {', '.join(map(str, wrong))}."


def _about_parts(answer, right):
    """Say which entries are right, if there is a pattern."""
    close = np.abs(answer - right) <= 1e-6 * np.abs(right).max()
    if not close.any():
        return ""
    if (close == (right != 0)).all():
        return "It is right except where the right answer is 0, as for inactive units: is the mask applied? "
    for axis, word in enumerate(("row", "column") if right.ndim > 1 else ("entry",) * right.ndim):
        good = close.all(axis=tuple(other for other in range(right.ndim) if other != axis))
        if good.any():
            listed = ", ".join(map(str, np.flatnonzero(good)[:8]))
            words = word if good.sum() == 1 else {"entry": "entries"}.get(word, f"{word}s")
            return f"It is right in {words} {listed}{', …' if good.sum() > 8 else ''}, and wrong in the others. "
    return f"{close.sum()} of {close.size} entries are right. "


def _about_direction(answer, right, is_gradient):
    length, error = np.abs(answer).max(), np.abs(answer - right).max() / np.abs(right).max()
    if error < 1e-2:
        of = " of the largest entry" if right.ndim else ""
        return f"It is off by a part in {1 / error:.0f}{of}: was something rounded on the way? "
    if not right.ndim or not is_gradient:
        return ""
    cosine = float((answer / length * right).sum() / np.sqrt(((answer / length) ** 2).sum() * (right**2).sum()))
    return f"Its direction is {'nearly right' if cosine > 0.99 else 'wrong'}. "


def _worst(answer, right):
    place = tuple(map(int, np.unravel_index(np.abs(answer - right).argmax(), right.shape)))
    came, want = f"{answer[place]:z.4g}", f"{right[place]:z.4g}"
    if came == want:
        came, want = f"{answer[place]:z.9g}", f"{right[place]:z.9g}"
    at = f"The largest difference is at {list(place)}:" if place else "It is"
    return f"{at} {came}, where {want} is right."

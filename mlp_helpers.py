"""A 2 → 16 (ReLU) → 2 network with softmax cross-entropy, and every gradient of it by hand.

Read it beside the derivation; section numbers in the docstrings are the derivation's. Rows are examples.
Weights are stored (out, in). G_ means ∂L/∂ and has the shape of what follows it.

    X (N, 2) → A1 = X W1ᵀ + b1 → H = ReLU(A1) → Z = H W2ᵀ + b2 → P = softmax(Z) → L

The functions take any number of examples, inputs, hidden units and classes: shapes come from the arrays.
A wrong argument raises ValueError (TypeError for a wrong kind) and is never modified.
The mathematics comes first, and the errors stand at the end.
"""

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
    n_classes = _whole("n_classes", n_classes, at_least=1)
    return (_labels(y, n_classes)[:, None] == np.arange(n_classes)).astype(float)


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
    Y = one_hot(_labels(y, len(b2), len(X)), len(b2))
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
    left, right = one_sided_slopes(f, array, step)
    return (left + right) / 2


def one_sided_slopes(f, array, step=1e-5):
    """Measure the slopes of f on both sides of each entry, (f(a) − f(a − step)) / step and (f(a + step) − f(a)) / step.

    f takes an array and returns a number; array of any shape → left and right, of the same shape. Where f has a
    kink, they differ. Raises ValueError, TypeError as numerical_gradient does.
    """
    array = _array("array", array)
    step = _positive("step", step)
    _function("f", f)
    here = _number_from(f, array.copy())
    left, right = np.zeros_like(array), np.zeros_like(array)
    for index in np.ndindex(array.shape):
        up, down = (_number_from(f, _moved(array, index, by)) for by in (step, -step))
        left[index], right[index] = (here - down) / step, (up - here) / step
    return left, right


class GradientCheck(NamedTuple):
    """One gradient against finite differences, entry by entry; every array has the gradient's shape.

    numeric is the central difference, slope_left and slope_right are the one-sided ones. on_kink marks entries
    where the step carries some A1 across 0: there the loss has a kink, and no single slope to compare with.
    relative_error is the largest |analytic − numeric| off the kinks, relative to the largest entry of either there, or
    to 1e-4 (times the largest logit, if above 1) where all are smaller: those are too small to be measured. It is NaN
    where everything is on a kink: then ok is None, since nothing could be judged. A check is true only when ok.
    """

    analytic: np.ndarray
    numeric: np.ndarray
    relative_error: float
    on_kink: np.ndarray
    slope_left: np.ndarray
    slope_right: np.ndarray

    @property
    def ok(self):
        return None if self.on_kink.all() else self.relative_error < TOLERANCE

    def __bool__(self):
        return self.ok is True


class GradientReport(dict):
    """The checks by name, report.G_W1 or report["G_W1"]; ok, and true, when all of them are; prints as a table."""

    def __getattr__(self, name):
        if name not in self:
            raise AttributeError(f"report: expected one of {', '.join(self)}, got {name!r}")
        return self[name]

    @property
    def ok(self):
        return all(self.values())

    def __bool__(self):
        return self.ok

    def __repr__(self):
        lines = [f"{'gradient':9}{'shape':>10}{'largest':>10}{'relative error':>16}{'on a kink':>11}"]
        for name, check in self.items():
            error = f"< {TOLERANCE:.0e}" if check.ok else f"{check.relative_error:.1e}"
            verdict = "ok" if check.ok else "WRONG"
            if check.on_kink.all():
                error, verdict = "", "not judged"
            lines.append(
                f"{name:9}{_shape(check.analytic.shape):>10}{np.abs(check.analytic).max():>10.4f}"
                f"{error:>16}{check.on_kink.sum():>11}   {verdict}"
            )
        for name, check in self.items():
            for index in map(tuple, np.argwhere(check.on_kink)[:3]):
                lines.append(
                    f"kink at {name}{list(map(int, index))}: slope {check.slope_left[index]:+z.4f} on the left, "
                    f"{check.slope_right[index]:+z.4f} on the right; analytic {check.analytic[index]:+z.4f}"
                )
        return "\n".join(lines)


DIFFERENCE = 1e-5  # the step of a difference
TOLERANCE = 1e-6  # central differences with that step are good to about 1e-10 on this network


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
    judged = _function("backward", backward)(X.copy(), y.copy(), Params(*(value.copy() for value in params)))
    return GradientReport(
        (name, _check(name, getattr(judged, name, None), array, route, np.abs(Z).max()))
        for name, (array, route) in routes.items()
    )


def _check(name, analytic, array, route, largest_logit):
    """Walk along every entry of array; route gives the loss there, and which ReLUs are on."""
    if np.shape(analytic) != array.shape:
        raise ValueError(f"backward: expected {name} of shape {array.shape}, got {describe(analytic)}")
    analytic = _to_float(f"backward: {name}", analytic)
    left, right, kink = np.zeros(array.shape), np.zeros(array.shape), np.zeros(array.shape, bool)
    here, _ = route(array)
    for index in np.ndindex(array.shape):
        up, on_above = route(_moved(array, index, DIFFERENCE))
        down, on_below = route(_moved(array, index, -DIFFERENCE))
        left[index], right[index] = (here - down) / DIFFERENCE, (up - here) / DIFFERENCE
        kink[index] = np.any(on_above != on_below)
    numeric = (left + right) / 2
    # Rounding moves the loss by about 1e-16 of the logits: slopes far below 1e-4 of them cannot be measured.
    size = np.maximum(np.abs(analytic), np.abs(numeric))[~kink].max(initial=1e-4 * max(1.0, largest_logit))
    error = np.abs(analytic - numeric)[~kink].max(initial=0) / size if np.isfinite(analytic).all() else np.inf
    return GradientCheck(analytic, numeric, np.nan if kink.all() else float(error), kink, left, right)


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
    names = [f"G_{name}" for name in Params._fields]
    if not all(hasattr(grads, name) for name in names):
        raise TypeError(f"grads: expected a Backward, or anything with {', '.join(names)}, got {describe(grads)}")
    steps = (
        _array(f"grads.{name}", getattr(grads, name), value.shape) for name, value in zip(names, params, strict=True)
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
        raise TypeError(f"name: expected one of {', '.join(DATA_SETS)}, got {describe(name)}")
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
        raise ValueError(f"{name}: expected rows of equal length, got {describe(value)}") from None
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name}: expected an array of real numbers, got {describe(value)}")
    return array.astype(float)


def _labels(y, n_classes, n=None):
    """Return y as whole numbers 0..n_classes−1, one an example."""
    try:
        y = np.asarray(y)
    except ValueError:
        raise ValueError(f"y: expected one label an example, got {describe(y)}") from None
    if y.dtype.kind not in "iufb":
        raise TypeError(f"y: expected an array of labels 0..{n_classes - 1}, got {describe(y)}")
    if y.ndim != 1 or n not in (None, len(y)):
        raise ValueError(f"y: expected shape {_shape(('N' if n is None else n,))}, got {_shape(y.shape)}")
    if len(y) == 0:
        raise ValueError("y: expected at least one label, got none")
    is_label = (y >= 0) & (y < n_classes) & (np.rint(y) == y)
    if not is_label.all():
        place = int(is_label.argmin())
        raise ValueError(f"y: expected whole numbers from 0 to {n_classes - 1}, got {y[place]} at [{place}]")
    return y.astype(int)


def _params(params):
    """Return params as a Params of float64 arrays whose shapes fit together."""
    if not isinstance(params, tuple | list) or len(params) != len(Params._fields):
        raise TypeError(f"params: expected Params(W1, b1, W2, b2), got {describe(params)}")
    W1, b1, W2, b2 = params
    W1 = _array("params.W1", W1, ("n_hidden", "n_in"))
    b1 = _array("params.b1", b1, (W1.shape[0],))
    W2 = _array("params.W2", W2, ("n_out", W1.shape[0]))
    b2 = _array("params.b2", b2, (W2.shape[0],))
    return Params(W1, b1, W2, b2)


def _cache(cache, N, W2):
    """Return cache, if its shapes are those of forward(X, params)."""
    if not isinstance(cache, Forward):
        raise TypeError(f"cache: expected forward(X, params), got {describe(cache)}")
    n_out, n_hidden = W2.shape
    shapes = (N, n_hidden), (N, n_hidden), (N, n_out), (N, n_out)
    return Forward(*(_array(f"cache.{name}", cache[i], shapes[i]) for i, name in enumerate(Forward._fields)))


def _function(name, value):
    if not callable(value):
        raise TypeError(f"{name}: expected a function, got {describe(value)}")
    return value


def _whole(name, value, at_least):
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise TypeError(f"{name}: expected a whole number, got {describe(value)}")
    if value < at_least:
        raise ValueError(f"{name}: expected {at_least} or more, got {value}")
    return int(value)


def _number(name, value):
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(f"{name}: expected a number, got {describe(value)}")
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
        raise ValueError(f"f: expected a function that returns one finite number, got {describe(value)} from it")
    return float(value.reshape(()))


def _generator(rng):
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng: expected np.random.default_rng(seed), got {describe(rng)}")


def _shape(shape):
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def describe(value):
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

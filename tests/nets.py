"""Networks and batches for tests: plain ones, and random ones to compare with PyTorch.

For PyTorch only uniform draws, whole numbers and plain arithmetic are used: they give the same bits on every machine,
which functions such as exp, and normal draws, do not promise.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np

from mlp_helpers import Params, backward, cross_entropy, forward, init_params, one_hot, softmax, toy_data

SCALES = [1e-3, 1e-2, 1e-1, 1.0, 1e1, 1e2]
SIZES = [(2, 16, 2)] * 4 + [(2, 3, 2), (1, 1, 2), (3, 5, 4), (2, 8, 3)]  # inputs, hidden units, classes
KINDS = ["plain", "plain", "extreme logits", "zeros on kinks", "dead units"]
LIVE_SEEDS, GRAPH_SEEDS = range(300), range(30)

# The batch and the network that the notebooks begin with.
NOTEBOOKS_NET = *toy_data("moons", 5, np.random.default_rng(2)), init_params(np.random.default_rng(18))


def make_net(N=5, n_in=2, n_hidden=16, n_out=2, seed=0):
    """Draw a plain X (N, n_in), y (N,) and params; labels of every class, as far as N goes."""
    rng = np.random.default_rng([seed, N, n_in, n_hidden, n_out])
    X, y = rng.normal(size=(N, n_in)), rng.permutation(np.arange(N) % n_out)
    return X, y, init_params(rng, n_in, n_hidden, n_out)


def values_of(X, y, params, added=0.0):
    """Return by name what the network is given, and what it computes; added (N, C) is put on top of Z."""
    cache = forward(X, params)
    cache = cache._replace(Z=cache.Z + added, P=softmax(cache.Z + added))
    given = {"X": X, "y": y, "N": len(X), "Y": one_hot(y, len(params[3])), **Params(*params)._asdict()}
    return given | {"loss": cross_entropy(cache.Z, y)} | cache._asdict() | backward(X, y, params, cache)._asdict()


def random_net(seed):
    """Draw X (N, n_in), y (N,) and params; N is from 1 to 4,096, each doubling as likely as the next."""
    rng = np.random.default_rng(seed)
    doubling = rng.integers(12)
    N = rng.integers(2**doubling, 2 ** (doubling + 1), endpoint=True)
    n_in, n_hidden, n_out = SIZES[rng.integers(len(SIZES))]
    kind = KINDS[rng.integers(len(KINDS))]

    def draw(shape):
        return SCALES[rng.integers(len(SCALES))] * rng.uniform(-1, 1, shape)

    X = rng.uniform(-2, 2, (N, n_in))
    y = rng.integers(n_out, size=N)
    W1, b1, W2, b2 = draw((n_hidden, n_in)), draw(n_hidden), draw((n_out, n_hidden)), draw(n_out)
    if kind == "extreme logits":
        b2 = 1e4 * (2.0 * rng.integers(2, size=n_out) - 1)
    if kind == "zeros on kinks":  # A1 is exactly 0 in these rows
        X[rng.integers(2, size=N) == 0] = 0
        b1[:] = 0
    if kind == "dead units":  # A1 is below 0 in these columns, for every example
        b1[rng.integers(2, size=n_hidden) == 0] = -1e4
    return X, y, Params(W1, b1, W2, b2)


def random_graph(seed):
    """Draw what deep_loss takes after its steps: layers one after the other, skipped by a sum, and used again."""
    rng = np.random.default_rng([seed, 9])
    N, n_in, width, n_out = rng.integers([1, 1, 1, 2], [13, 4, 17, 5])
    widths = [n_in, *[width] * rng.integers(1, 7), n_out]
    layers = [(rng.uniform(-1, 1, (b, a)) * 2 / np.sqrt(a), rng.uniform(-1, 1, b)) for a, b in pairwise(widths)]
    middle = len(layers) - 2
    way = [(int(rng.integers(1, middle + 1)), bool(rng.integers(2))) for _ in range(rng.integers(8) if middle else 0)]
    return rng.uniform(-2, 2, (N, n_in)), rng.integers(n_out, size=N), layers, way


def deep_loss(steps, X, y, layers, way):
    """Run a network of steps.linear, .relu, .add and .cross_entropy; way has the layers between, and if skipped."""
    H = steps.relu(steps.linear(X, *layers[0]))
    for k, skip in way:
        F = steps.relu(steps.linear(H, *layers[k]))
        H = steps.add(H, F) if skip else F
    return steps.cross_entropy(steps.linear(H, *layers[-1]), y)


# Chosen so that on several kinds of processor rounding stays below a third of what the parity test allows.
SMALL_SEEDS = [seed for seed in range(850, 1150) if len(random_net(seed)[0]) < 16]


def assert_as_saved(tensors, name, tolerance):
    """PyTorch's saved values of a random net or graph are these, to so much of each tensor's largest."""
    with np.load(Path(__file__).with_name("pytorch_values.npz")) as saved:
        theirs, ours = saved[name], [np.ravel(tensor) for tensor in tensors]
    assert len(theirs) == sum(map(len, ours))
    for number, values in enumerate(np.split(theirs, np.cumsum([len(part) for part in ours])[:-1])):
        assert np.abs(ours[number] - values).max() <= tolerance * np.abs(values).max(), number

"""tape.py against outside truths: the nine lines, PyTorch's values and PyTorch itself, and differences."""

import json
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from nets import GRAPH_SEEDS, LIVE_SEEDS, NOTEBOOKS_NET, deep_loss, digest, make_net, random_graph

import mlp_helpers as m
import tape
from tape import Value, add, backward, cross_entropy, linear, order, relu

TOLERANCE = 1e-11

with np.load(Path(__file__).with_name("pytorch_values.npz")) as saved:
    DIGESTS = dict(zip(GRAPH_SEEDS, np.split(saved["graph_values"], saved["graph_ends"][:-1]), strict=True))


def recorded(X, y, layers, way):
    """A graph's loss, and the Values that were given to it: X, and each layer's W and b."""
    X, *flat = given = [Value(array) for array in (X, *(array for layer in layers for array in layer))]
    return deep_loss(tape, X, y, list(zip(flat[::2], flat[1::2], strict=True)), way), given


def our_gradients(*graph):
    L, given = recorded(*graph)
    backward(L)
    return [L.data, *(value.grad + np.zeros_like(value.data) for value in given)]


@pytest.mark.parametrize("sizes", [(5,), (12,), (1, 3, 4, 3), (7, 1, 1, 2)], ids=str)
def test_every_gradient_is_the_nine_lines_to_the_last_bit(sizes):
    X, y, params = make_net(*sizes)
    vX, W1, b1, W2, b2 = given = [Value(array) for array in (X, *params)]
    A1 = linear(vX, W1, b1)
    H = relu(A1)
    Z = linear(H, W2, b2)
    backward(cross_entropy(Z, y))
    nine = m.backward(X, y, params)
    names = ["G_X", "G_W1", "G_b1", "G_W2", "G_b2", "G_A1", "G_H", "G_Z"]
    for name, value in zip(names, [*given, A1, H, Z], strict=True):
        assert np.array_equal(value.grad, getattr(nine, name)) and value.grad.shape == value.data.shape, name


@pytest.mark.parametrize("seed", GRAPH_SEEDS)
def test_deep_residual_and_shared_graphs_give_what_pytorch_gave(seed):
    digests = [digest(value, seed) for value in our_gradients(*random_graph(seed))]
    theirs = np.split(DIGESTS[seed], np.cumsum([len(ours) for ours in digests]))
    assert len(theirs.pop()) == 0
    for ours, values in zip(digests, theirs, strict=True):
        assert np.abs(ours - values).max() <= TOLERANCE * values[0]


def test_deep_residual_and_shared_graphs_give_what_pytorch_gives():
    pytest.importorskip("torch")
    from torch_net import torch_gradients

    for seed in LIVE_SEEDS:
        for ours, theirs in zip(our_gradients(*random_graph(seed)), torch_gradients(*random_graph(seed)), strict=True):
            assert ours.shape == theirs.shape and np.abs(ours - theirs).max() <= TOLERANCE * np.abs(theirs).max()


def test_the_saved_graph_is_what_pytorch_prints():
    pytest.importorskip("torch")
    from torch_net import torch_graph

    assert json.loads((files("checker") / "pytorch_values.json").read_text())["graph"] == torch_graph(*NOTEBOOKS_NET)


@pytest.mark.parametrize("seed", GRAPH_SEEDS)
def test_each_value_comes_once_and_after_all_that_use_it(seed):
    walk = order(recorded(*random_graph(seed))[0])
    place = {value: n for n, value in enumerate(walk)}
    assert len(place) == len(walk) and walk[0].data.shape == ()
    assert all(place[source] > place[value] for value in walk for source, _ in value.made_from)


def test_thousands_of_values_in_a_row_and_one_that_all_of_them_use():
    one = total = Value(1.0)
    for _ in range(20_000):
        total = add(total, one)
    backward(total)
    assert one.grad == 20_001 and len(order(total)) == 20_001


def test_backward_adds_to_what_is_there_and_modifies_nothing():
    X, y, layers, _ = graph = random_graph(3)
    before = [array.copy() for array in (X, y, *sum(layers, ()))]
    once = our_gradients(*graph)[1:]
    L, given = recorded(*graph)
    for times in (1, 2, 3):
        backward(L)
        kept = [value.grad for value in given]
        assert all(
            np.array_equal(value.grad, times * grad) for value, grad in zip(given, once, strict=True) if times < 3
        )
    backward(L)
    assert all(grad is not value.grad for grad, value in zip(kept, given, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(before, (X, y, *sum(layers, ())), strict=True))


V, W, B, Z = Value(np.ones((5, 2))), Value(np.ones((3, 2))), Value(np.ones(3)), Value(np.eye(5)[:, :2])
BAD = [
    (lambda: Value("text"), TypeError, "data: expected an array of real numbers, got str 'text'"),
    (lambda: Value([1, np.nan]), ValueError, "data: expected finite numbers, got nan at [1]"),
    (lambda: Value(1, [V]), TypeError, "made_from: expected pairs (Value, rule back), got Value"),
    (lambda: Value(1, [(1, abs)]), TypeError, "made_from: expected pairs (Value, rule back), got tuple (1, <built-in"),
    (
        lambda: linear(np.ones((5, 2)), W, B),
        TypeError,
        "X: expected a Value, got an array of float64 with shape (5, 2)",
    ),
    (lambda: linear(B, W, B), ValueError, "X: expected shape (N, n_in), got (3,)"),
    (lambda: linear(V, Value(np.ones((2, 3))), B), ValueError, "W: expected shape (n_out, 2), got (2, 3)"),
    (lambda: linear(V, W, Value(np.ones(2))), ValueError, "b: expected shape (3,), got (2,)"),
    (lambda: linear(V, Value(1e308 * W.data), B), ValueError, "data: expected finite numbers, got inf at [0, 0]"),
    (lambda: relu(1), TypeError, "A: expected a Value, got int 1"),
    (lambda: add(V, W), ValueError, "V: expected shape (5, 2), got (3, 2)"),
    (lambda: add(None, W), TypeError, "U: expected a Value, got NoneType None"),
    (lambda: cross_entropy(B, [0]), ValueError, "Z: expected shape (N, C), got (3,)"),
    (lambda: cross_entropy(Z, [0, 1]), ValueError, "y: expected shape (5,), got (2,)"),
    (lambda: cross_entropy(Z, [0, 1, 0, 1, 2]), ValueError, "y: expected whole numbers from 0 to 1, got 2 at [4]"),
    (lambda: order("L"), TypeError, "L: expected a Value, got str 'L'"),
    (lambda: backward(V), ValueError, "L: expected a Value of one number, got shape (5, 2)"),
    (lambda: backward(Value(1, [(W, lambda G: W.data.T)])), ValueError, "rule back: expected shape (3, 2), got (2, 3)"),
]


@pytest.mark.parametrize(("call", "error", "said"), BAD, ids=[said[:40] for _, _, said in BAD])
def test_a_bad_argument_is_named_with_what_was_expected_and_what_came(call, error, said):
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value).startswith(said)


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("size", [0.5, 1.0, 2.0])
def test_what_depth_does_to_a_gradient_as_notebook_09_says(size, skip):
    """Times size a layer, or times the root of 1 + size² with a sum that skips each; on other points and draws."""
    X, y = m.toy_data("circles", 50, np.random.default_rng(1))
    factors = []
    for seed in range(100, 120):
        rng = np.random.default_rng(seed)
        W = [size * rng.normal(0, np.sqrt(2 / a), (b, a)) for a, b in pairwise([2, *[16] * 12, 2])]
        L, _ = recorded(X, y, [(w, np.zeros(len(w))) for w in W], [(k, skip) for k in range(1, 12)])
        backward(L)
        hidden = [value for value in order(L) if value.data.shape == (50, 16) and len(value.made_from) == 1]
        sums = [value for value in order(L) if value.data.shape == (50, 16) and len(value.made_from) == 2]
        first, last = hidden[-1].grad, (sums or hidden)[0].grad
        factors.append(((first**2).mean() / (last**2).mean()) ** (1 / 22))
    assert np.median(factors) == pytest.approx(np.sqrt(skip + size**2), rel=0.1)

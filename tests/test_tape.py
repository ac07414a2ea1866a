"""tape.py against outside truths: the nine lines, PyTorch's values and PyTorch itself, and differences."""

import builtins
import pickle
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from nets import GRAPH_SEEDS, LIVE_SEEDS, assert_as_saved, deep_loss, make_net, random_graph

import mlp_helpers as m
import tape
from tape import Value, add, backward, cross_entropy, linear, order, relu

TOLERANCE = 1e-11


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
    assert_as_saved(our_gradients(*random_graph(seed)), f"graph {seed}", TOLERANCE)


def test_deep_residual_and_shared_graphs_give_what_pytorch_gives():
    pytest.importorskip("torch")
    from torch_net import torch_gradients

    for seed in LIVE_SEEDS:
        for ours, theirs in zip(our_gradients(*random_graph(seed)), torch_gradients(*random_graph(seed)), strict=True):
            assert ours.shape == theirs.shape and np.abs(ours - theirs).max() <= TOLERANCE * np.abs(theirs).max()


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
    graph = random_graph(3)
    before, once = pickle.dumps(graph), our_gradients(*graph)[1:]
    L, given = recorded(*graph)
    backward(L)
    kept = [value.grad for value in given]
    backward(L)
    for value, first, grad in zip(given, kept, once, strict=True):
        assert np.array_equal(first, grad) and np.array_equal(value.grad, 2 * grad)
    assert pickle.dumps(graph) == before


V, W, B, Z = Value(np.ones((5, 2))), Value(np.ones((3, 2))), Value(np.ones(3)), Value(np.eye(5)[:, :2])
BAD = tomllib.loads(Path(__file__).with_name("bad_input.toml").read_text(encoding="utf-8"))["tape"]


@pytest.mark.parametrize("call", BAD)
def test_a_bad_argument_is_named_with_what_was_expected_and_what_came(call):
    error, said = BAD[call]
    with pytest.raises(getattr(builtins, error), match="^" + re.escape(said)):
        eval(call)

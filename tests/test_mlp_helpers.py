"""What each public function of mlp_helpers promises, one small test a promise."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

import mlp_helpers as m
from mlp_helpers import Backward, Forward, Params

DATA_SETS = ["blobs", "moons", "circles", "xor", "spirals"]
GRADIENTS = ["G_Z", "G_W2", "G_b2", "G_H", "G_A1", "G_W1", "G_b1", "G_X"]


def make_net(seed=0, N=5, n_in=2, n_hidden=16, n_out=2):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(N, n_in)), rng.integers(n_out, size=N)
    return X, y, m.init_params(rng, n_in, n_hidden, n_out)


# ---------------------------------------------------------------- softmax, log_softmax, cross_entropy


@pytest.mark.parametrize("size", [1e4, 1e300])
def test_softmax_and_loss_at_extreme_logits_are_exact(size):
    Z = np.array([[size, -size], [-size, size], [size, size]])
    assert np.array_equal(m.softmax(Z), [[1, 0], [0, 1], [0.5, 0.5]])
    assert np.array_equal(m.log_softmax(Z), [[0, -2 * size], [-2 * size, 0], [-np.log(2), -np.log(2)]])
    assert m.cross_entropy(Z[:2], [0, 1]) == 0
    assert m.cross_entropy(Z[:2], [1, 0]) == 2 * size
    assert m.cross_entropy(Z[2:], [1]) == np.log(2)


@pytest.mark.parametrize("C", [1, 2, 3, 10])
@pytest.mark.parametrize("logit", [0, -1e4, 1e4, 0.1])
def test_equal_logits_share_equally(C, logit):
    Z = np.full((4, C), logit)
    assert np.array_equal(m.softmax(Z), np.full((4, C), 1 / C))
    assert np.array_equal(m.log_softmax(Z), np.full((4, C), -np.log(C)))


def test_softmax_and_loss_of_known_values():
    Z = np.log([[1.0, 2.0, 5.0], [3.0, 3.0, 2.0]])
    assert np.allclose(m.softmax(Z), [[1 / 8, 2 / 8, 5 / 8], [3 / 8, 3 / 8, 2 / 8]], rtol=1e-15)
    assert np.allclose(m.log_softmax(Z), np.log([[1 / 8, 2 / 8, 5 / 8], [3 / 8, 3 / 8, 2 / 8]]), rtol=1e-14)
    assert m.cross_entropy(Z, [2, 0]) == pytest.approx(-(np.log(5 / 8) + np.log(3 / 8)) / 2, rel=1e-15)


def test_loss_of_a_certain_right_answer_is_not_rounded_to_zero():
    assert m.cross_entropy([[30.0, 0.0]], [0]) == pytest.approx(np.log1p(np.exp(-30)), rel=1e-2)


def test_whole_shifts_change_no_bit():
    Z = np.array([[1.0, 2.0], [-3.0, 0.5]])
    assert np.array_equal(m.softmax(Z + 1024), m.softmax(Z))
    assert np.array_equal(m.log_softmax(Z + 1024), m.log_softmax(Z))


def test_one_hot():
    assert np.array_equal(m.one_hot([2, 0], 3), [[0, 0, 1], [1, 0, 0]])
    assert np.array_equal(m.one_hot(np.array([0.0, 1.0]), 2), [[1, 0], [0, 1]])
    assert m.one_hot([0], 1).dtype == np.float64


# ---------------------------------------------------------------- forward, backward, loss, accuracy


def small_net():
    """A network small enough to work out with a pencil: A1 = (2, −3, 0), H = (2, 0, 0), Z = (4, 4 + log 3)."""
    W1, b1 = np.array([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]]), np.array([0.0, -1.0, 0.0])
    W2, b2 = np.array([[2.0, 5.0, 7.0], [2.0, 6.0, 8.0]]), np.array([0.0, np.log(3)])
    return np.array([[1.0, 1.0]]), np.array([0]), Params(W1, b1, W2, b2)


def test_forward_by_pencil():
    X, y, params = small_net()
    A1, H, Z, P = m.forward(X, params)
    assert np.array_equal(A1, [[2, -3, 0]]) and np.array_equal(H, [[2, 0, 0]])
    assert np.allclose(Z, [[4, 4 + np.log(3)]], rtol=1e-15) and np.allclose(P, [[1 / 4, 3 / 4]], rtol=1e-15)
    assert m.loss(X, y, params) == pytest.approx(np.log(4), rel=1e-15)
    assert (m.accuracy(X, y, params), m.accuracy(X, 1 - y, params)) == (0, 1)


def test_backward_by_pencil():
    expected = Backward(
        G_Z=[[-3 / 4, 3 / 4]],
        G_W2=[[-3 / 2, 0, 0], [3 / 2, 0, 0]],
        G_b2=[-3 / 4, 3 / 4],
        G_H=[[0, 3 / 4, 3 / 4]],
        M=[[True, False, False]],  # the slope at exactly 0 is 0
        G_A1=[[0, 0, 0]],
        G_W1=[[0, 0], [0, 0], [0, 0]],
        G_b1=[0, 0, 0],
        G_X=[[0, 0]],
    )
    for name, value in m.backward(*small_net())._asdict().items():
        assert np.allclose(value, getattr(expected, name), rtol=0, atol=1e-14), name


@pytest.mark.parametrize(("N", "n_in", "n_hidden", "n_out"), [(5, 2, 16, 2), (1, 1, 1, 1), (4, 3, 7, 6)])
def test_every_array_has_the_shape_of_its_symbol(N, n_in, n_hidden, n_out):
    X, y, params = make_net(0, N, n_in, n_hidden, n_out)
    inputs = {"X": X} | params._asdict() | m.forward(X, params)._asdict()
    grads = m.backward(X, y, params)
    assert Backward._fields == ("G_Z", "G_W2", "G_b2", "G_H", "M", "G_A1", "G_W1", "G_b1", "G_X")
    assert grads.M.dtype == bool and grads.M.shape == (N, n_hidden)
    for name in GRADIENTS:
        value = getattr(grads, name)
        assert value.shape == inputs[name.removeprefix("G_")].shape and value.dtype == np.float64, name


@pytest.mark.parametrize("seed", range(5))
def test_backward_is_the_slope_of_the_loss(seed):
    X, y, params = make_net(seed)
    grads = m.backward(X, y, params)
    for name, value in params._asdict().items():
        slope = m.numerical_gradient(lambda a, name=name: m.loss(X, y, params._replace(**{name: a})), value)
        assert np.allclose(getattr(grads, f"G_{name}"), slope, rtol=0, atol=1e-8), name
    assert np.allclose(grads.G_X, m.numerical_gradient(lambda X: m.loss(X, y, params), X), rtol=0, atol=1e-8)


def test_a_relu_input_of_exactly_zero_has_slope_zero():
    X, y, params = make_net()
    X[0], params.b1[:] = 0, 0
    grads = m.backward(X, y, params)
    assert not grads.M[0].any() and not grads.G_A1[0].any() and not grads.G_X[0].any()
    assert grads.G_H[0].all() and grads.M[1:].any()


def test_backward_uses_the_cache_and_gives_the_same_without():
    X, y, params = make_net()
    cache = m.forward(X, params)
    for with_cache, without in zip(m.backward(X, y, params, cache), m.backward(X, y, params), strict=True):
        assert np.array_equal(with_cache, without)
    other = m.forward(X, m.init_params(np.random.default_rng(9)))
    assert not np.array_equal(m.backward(X, y, params, other).G_Z, without)


def test_lists_and_whole_numbers_are_welcome():
    X, y, params = [[1, 2], [3, -4], [0, 1]], [0, 1, 0], tuple(a.tolist() for a in make_net()[2])
    ours = m.backward(X, y, params)
    theirs = m.backward(np.array(X, float), np.array(y), Params(*map(np.array, params)))
    assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_a_matrix_is_taken_as_an_array():
    X, y, params = make_net()
    assert type(m.forward(np.matrix(X), params).H) is np.ndarray


# ---------------------------------------------------------------- inputs are never modified

CALLS = {
    "softmax": lambda X, y, p, rng: m.softmax(X),
    "log_softmax": lambda X, y, p, rng: m.log_softmax(X),
    "one_hot": lambda X, y, p, rng: m.one_hot(y, 2),
    "cross_entropy": lambda X, y, p, rng: m.cross_entropy(X, y),
    "forward": lambda X, y, p, rng: m.forward(X, p),
    "backward": lambda X, y, p, rng: m.backward(X, y, p),
    "backward, cached": lambda X, y, p, rng: m.backward(X, y, p, read_only(Forward, m.forward(X, p))),
    "loss": lambda X, y, p, rng: m.loss(X, y, p),
    "accuracy": lambda X, y, p, rng: m.accuracy(X, y, p),
    "numerical_gradient": lambda X, y, p, rng: m.numerical_gradient(np.sum, X),
    "check_gradients": lambda X, y, p, rng: m.check_gradients(X, y, p),
    "sgd_step": lambda X, y, p, rng: m.sgd_step(p, read_only(Backward, m.backward(X, y, p)), 0.1),
    "train": lambda X, y, p, rng: m.train(X, y, p, 0.1, 3),
    "init_params": lambda X, y, p, rng: m.init_params(rng),
    "toy_data": lambda X, y, p, rng: m.toy_data("xor", 5, rng),
}


def read_only(kind, arrays):
    for array in arrays:
        array.flags.writeable = False
    return kind(*arrays)


def test_every_public_function_is_here():
    public = {name for name in vars(m) if name[0] != "_" and getattr(m, name).__class__.__name__ == "function"}
    assert public == {name.split(",")[0] for name in CALLS}


@pytest.mark.parametrize("name", CALLS)
def test_inputs_are_not_modified(name):
    X, y, params = make_net()
    before = [a.copy() for a in (X, y, *params)]
    read_only(lambda *arrays: arrays, [X, y, *params])
    CALLS[name](X, y, params, np.random.default_rng(0))
    assert all(np.array_equal(a, b) for a, b in zip(before, (X, y, *params), strict=True))

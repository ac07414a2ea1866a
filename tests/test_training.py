"""Starting networks, steps, training and toy data: what each promises."""

from types import SimpleNamespace

import numpy as np
import pytest
from nets import make_net

import mlp_helpers as m
from mlp_helpers import Params

every_data_set = pytest.mark.parametrize("data", m.DATA_SETS)


def test_init_params_are_he_weights_and_small_biases():
    params = m.init_params(np.random.default_rng(0), n_in=200, n_hidden=300, n_out=400)
    assert [a.shape for a in params] == [(300, 200), (300,), (400, 300), (400,)]
    spreads = [np.sqrt(2 / 200), 0.1, np.sqrt(2 / 300), 0.1]
    for array, spread in zip(params, spreads, strict=True):
        assert array.std() == pytest.approx(spread, rel=0.1) and abs(array.mean()) < 0.2 * spread
        assert array.all()
    assert [a.shape for a in m.init_params(np.random.default_rng(0))] == [(16, 2), (16,), (2, 16), (2,)]


def test_the_same_seed_draws_the_same():
    def draw(seed):
        rng = np.random.default_rng(seed)
        return [*m.init_params(rng), *(m.toy_data(name, 9, rng)[0] for name in m.DATA_SETS)]

    assert all(np.array_equal(a, b) for a, b in zip(draw(1), draw(1), strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(draw(1), draw(2), strict=True))


def test_sgd_step():
    params = Params([[1.0, 2.0]], [3.0], [[4.0], [5.0]], [6.0, 7.0])
    grads = SimpleNamespace(G_W1=[[10, 20]], G_b1=[30], G_W2=[[40], [50]], G_b2=[60, 80])
    stepped = m.sgd_step(params, grads, lr=0.1)
    assert isinstance(stepped, Params)
    for value, expected in zip(stepped, ([[0, 0]], [0], [[0], [0]], [0, -1]), strict=True):
        assert np.array_equal(value, expected)


@pytest.mark.parametrize("steps", [0, 4])
def test_train_is_sgd_step_repeated_with_a_history(steps):
    X, y, params = make_net(12)
    seen = []
    trained, history = m.train(X, y, tuple(params), 0.3, steps, lambda step, params: seen.append((step, params)))
    expected = [params]
    for _ in range(steps):
        expected.append(m.sgd_step(expected[-1], m.backward(X, y, expected[-1]), 0.3))
    assert [step for step, _ in seen] == [*range(1, steps + 1)] and isinstance(trained, Params)
    for found, want in zip([params, *(p for _, p in seen), trained], [*expected, expected[-1]], strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(found, want, strict=True))
    assert np.array_equal(history.loss, [m.loss(X, y, p) for p in expected])
    assert np.array_equal(history.accuracy, [m.accuracy(X, y, p) for p in expected])
    assert (np.diff(history.loss) < 0).all()


@pytest.mark.parametrize(
    ("data", "steps", "reached"),
    [("blobs", 200, 0.95), ("moons", 500, 0.95), ("circles", 1000, 0.95), ("xor", 1000, 0.95), ("spirals", 4000, 0.7)],
)
def test_every_data_set_trains(data, steps, reached):
    rng = np.random.default_rng(0)
    X, y = m.toy_data(data, 100, rng)
    _, history = m.train(X, y, m.init_params(rng), 0.5, steps)
    assert history.accuracy[-1] >= reached and history.loss[-1] < history.loss[0] / 1.25


# ---------------------------------------------------------------- toy data


@pytest.mark.parametrize("n", [1, 7, 200])
@every_data_set
def test_toy_data_has_classes_in_turn_near_the_middle(data, n):
    X, y = m.toy_data(data, n, np.random.default_rng(0))
    assert X.shape == (n, 2) and X.dtype == np.float64
    assert y.tolist() == ([0, 1] * n)[:n] and y.dtype.kind == "i"
    assert np.abs(X).max() < 2.2 and np.abs(X.mean(axis=0)).max() < 1.5


@every_data_set
def test_noise_is_added_to_the_same_points(data):
    def draw(noise):
        return m.toy_data(data, 400, np.random.default_rng(0), noise)[0]

    moved = draw(0.3) - draw(0)
    assert moved.std() == pytest.approx(0.3, rel=0.1) and np.allclose(draw(0.6) - draw(0), 2 * moved)
    assert np.array_equal(draw(0.1), m.toy_data(data, 400, np.random.default_rng(0))[0])


def is_blobs(x1, x2, y):
    assert ((1.6 * x1 + 1.2 * x2 > 0) == y).mean() > 0.97
    assert np.allclose([x1[y == 0].mean(), x2[y == 0].mean()], [-0.8, -0.6], atol=0.15)


def is_moons(x1, x2, y):
    middle1, middle2 = np.where(y, 0.5, -0.5), np.where(y, 0.25, -0.25)
    assert np.allclose(np.hypot(x1 - middle1, x2 - middle2), 1)
    assert ((x2 >= middle2) == (y == 0)).all()


def is_circles(x1, x2, y):
    assert np.allclose(np.hypot(x1, x2), np.where(y, 0.6, 1.4))


def is_xor(x1, x2, y):
    assert ((x1 * x2 < 0) == y).all() and len({*zip(x1 > 0, x2 > 0, strict=True)}) == 4


def is_spirals(x1, x2, y):
    """One curve, turned by half a turn."""
    sign = 1 - 2 * y
    radius, angle = np.hypot(x1, x2), np.arctan2(sign * x2, sign * x1)
    off = (3 * np.pi * radius / 1.7 - angle) / (2 * np.pi)
    assert np.allclose(off, off.round(), atol=1e-9) and len(set(off.round())) == 2


@pytest.mark.parametrize("has_its_shape", [is_blobs, is_moons, is_circles, is_xor, is_spirals])
def test_without_noise_each_data_set_has_its_shape(has_its_shape):
    X, y = m.toy_data(has_its_shape.__name__.removeprefix("is_"), 200, np.random.default_rng(0), noise=0)
    has_its_shape(X[:, 0], X[:, 1], y)

"""Starting networks, steps, training and toy data: what each promises."""

from types import SimpleNamespace

import numpy as np
import pytest
from test_mlp_helpers import DATA_SETS, make_net

import mlp_helpers as m
from mlp_helpers import Params

# ---------------------------------------------------------------- init_params, sgd_step, train


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
        return [*m.init_params(rng), *(m.toy_data(name, 9, rng)[0] for name in DATA_SETS)]

    assert all(np.array_equal(a, b) for a, b in zip(draw(1), draw(1), strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(draw(1), draw(2), strict=True))


def test_sgd_step():
    params = Params([[1.0, 2.0]], [3.0], [[4.0], [5.0]], [6.0, 7.0])
    grads = SimpleNamespace(G_W1=[[10, 20]], G_b1=[30], G_W2=[[40], [50]], G_b2=[60, 70])
    stepped = m.sgd_step(params, grads, lr=0.1)
    assert isinstance(stepped, Params)
    for value, expected in zip(stepped, ([[0, 0]], [0], [[0], [0]], [0, 0]), strict=True):
        assert np.array_equal(value, expected)


def test_train_is_sgd_step_repeated_with_a_history():
    X, y, params = make_net(N=12)
    seen = []
    trained, history = m.train(X, y, params, 0.3, 4, callback=lambda step, params: seen.append((step, params)))
    assert [step for step, _ in seen] == [1, 2, 3, 4]
    expected = [params]
    for _ in range(4):
        expected.append(m.sgd_step(expected[-1], m.backward(X, y, expected[-1]), 0.3))
    for found, want in zip([params, *(p for _, p in seen)], expected, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(found, want, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(trained, expected[-1], strict=True))
    assert np.array_equal(history.loss, [m.loss(X, y, p) for p in expected])
    assert np.array_equal(history.accuracy, [m.accuracy(X, y, p) for p in expected])
    assert (np.diff(history.loss) < 0).all()


def test_train_for_no_steps():
    X, y, params = make_net()
    trained, history = m.train(X, y, tuple(params), 0.3, 0)
    assert isinstance(trained, Params) and history.loss.shape == history.accuracy.shape == (1,)


@pytest.mark.parametrize(
    ("data", "lr", "steps", "reached"),
    [
        ("blobs", 0.5, 200, 0.95),
        ("moons", 0.5, 500, 0.95),
        ("circles", 0.5, 1000, 0.95),
        ("xor", 0.5, 1000, 0.95),
        ("spirals", 0.5, 4000, 0.7),
    ],
)
def test_every_data_set_trains(data, lr, steps, reached):
    rng = np.random.default_rng(0)
    X, y = m.toy_data(data, 100, rng)
    params, history = m.train(X, y, m.init_params(rng), lr, steps)
    assert history.accuracy[-1] >= reached and history.accuracy[-1] == m.accuracy(X, y, params)
    assert history.loss[-1] < history.loss[0] / 1.25


# ---------------------------------------------------------------- toy data


@pytest.mark.parametrize("n", [1, 2, 7, 200])
@pytest.mark.parametrize("data", DATA_SETS)
def test_toy_data_has_classes_in_turn_near_the_middle(data, n):
    X, y = m.toy_data(data, n, np.random.default_rng(0))
    assert X.shape == (n, 2) and X.dtype == np.float64
    assert y.tolist() == ([0, 1] * n)[:n] and y.dtype.kind == "i"
    assert np.abs(X).max() < 2.2 and np.abs(X.mean(axis=0)).max() < 1.5


@pytest.mark.parametrize("data", DATA_SETS)
def test_noise_is_added_to_the_same_points(data):
    def draw(noise):
        return m.toy_data(data, 400, np.random.default_rng(0), noise)[0]

    moved = draw(0.3) - draw(0)
    assert moved.std() == pytest.approx(0.3, rel=0.1) and np.allclose(draw(0.6) - draw(0), 2 * moved)
    assert np.array_equal(draw(0.1), m.toy_data(data, 400, np.random.default_rng(0))[0])


def clean(data):
    X, y = m.toy_data(data, 200, np.random.default_rng(0), noise=0)
    return X[:, 0], X[:, 1], y


def test_blobs_stand_apart_along_the_line_between_their_centres():
    x1, x2, y = clean("blobs")
    assert ((1.6 * x1 + 1.2 * x2 > 0) == y).mean() > 0.97
    assert np.allclose([x1[y == 0].mean(), x2[y == 0].mean()], [-0.8, -0.6], atol=0.15)


def test_moons_are_two_half_circles_the_other_way_up():
    x1, x2, y = clean("moons")
    middle1, middle2 = np.where(y, 0.5, -0.5), np.where(y, 0.25, -0.25)
    assert np.allclose(np.hypot(x1 - middle1, x2 - middle2), 1)
    assert ((x2 >= middle2) == (y == 0)).all()


def test_circles_lie_one_inside_the_other():
    x1, x2, y = clean("circles")
    assert np.allclose(np.hypot(x1, x2), np.where(y, 0.6, 1.4))


def test_xor_is_class_1_where_the_signs_differ():
    x1, x2, y = clean("xor")
    assert ((x1 * x2 < 0) == y).all() and len({(a, b) for a, b in zip(x1 > 0, x2 > 0, strict=True)}) == 4


def test_spirals_are_one_curve_turned_by_half_a_turn():
    x1, x2, y = clean("spirals")
    sign = 1 - 2 * y
    radius, angle = np.hypot(x1, x2), np.arctan2(sign * x2, sign * x1)
    off = (3 * np.pi * radius / 1.7 - angle) / (2 * np.pi)
    assert np.allclose(off, off.round(), atol=1e-9) and len(set(off.round())) == 2

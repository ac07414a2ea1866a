"""What each public function of mlp_helpers promises beyond what the parity tests compare with PyTorch."""

import numpy as np
import pytest
from nets import make_net

import mlp_helpers as m
from mlp_helpers import Params

GRADIENTS = ["G_Z", "G_W2", "G_b2", "G_H", "G_A1", "G_W1", "G_b1", "G_X"]


@pytest.mark.parametrize("size", [1e4, 1e300])
def test_softmax_and_loss_at_extreme_logits_are_exact(size):
    Z = np.array([[size, -size], [-size, size], [size, size], [-size, -size]])
    half = [-np.log(2), -np.log(2)]
    assert np.array_equal(m.softmax(Z), [[1, 0], [0, 1], [0.5, 0.5], [0.5, 0.5]])
    assert np.array_equal(m.log_softmax(Z), [[0, -2 * size], [-2 * size, 0], half, half])
    assert m.cross_entropy(Z[:2], [0, 1]) == 0
    assert m.cross_entropy(Z[:2], [1, 0]) == 2 * size
    assert m.cross_entropy(Z[2:], [1, 0]) == np.log(2)
    assert m.cross_entropy([[30.0, 0.0]], [0]) == pytest.approx(np.log1p(np.exp(-30)), rel=1e-2)  # is not rounded to 0


def test_backward_begins_at_the_cache():
    X, y, params = make_net()
    other = m.forward(-X, params)
    assert np.array_equal(m.backward(X, y, params, other).G_Z, m.backward(-X, y, params).G_Z)


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize("kind", [np.ndarray.tolist, np.matrix])
def test_lists_whole_numbers_and_matrices_are_welcome(kind):
    X, y, params = np.array([[1, 2], [3, -4], [0, 1]]), [0, 1, 0], make_net()[2]
    ours = m.backward(kind(X), y, tuple(value.tolist() for value in params))
    for found, right in zip(ours, m.backward(X.astype(float), np.array(y), params), strict=True):
        assert type(found) is np.ndarray and np.array_equal(found, right)


def test_numerical_gradient_of_known_functions():
    cubes = m.numerical_gradient(lambda a: (a**3).sum(), [[1, 2], [3, 4]])
    assert cubes.shape == (2, 2) and np.allclose(cubes, [[3, 12], [27, 48]], rtol=1e-8)
    assert m.numerical_gradient(lambda a: a**3, 1.0, step=0.5) == pytest.approx(3 + 0.5**2, rel=1e-14)


@pytest.mark.parametrize("seed", range(30))
def test_check_gradients_never_calls_the_right_backward_wrong(seed):
    """Whatever the shapes and sizes, and though some rows of X and some biases are 0."""
    rng = np.random.default_rng(seed)
    N, n_in, n_hidden, n_out = rng.integers(1, [5, 5, 10, 6])
    X, y, params = make_net(N, n_in, n_hidden, n_out, seed)
    X[rng.random(N) < 0.4], params.b1[rng.random(n_hidden) < 0.4] = 0, 0
    params.b2[:] += rng.choice([0, 1e4])
    report = m.check_gradients(X, y, [rng.choice([0.01, 0.1, 1, 10]) * value for value in params])
    verdicts = [check.ok for check in report.values()]
    assert list(report) == GRADIENTS and False not in verdicts, report
    assert report.ok is (None not in verdicts)


def changed(name, change):
    """A backward pass with one mistake: change(grads.name) takes the place of grads.name."""
    return lambda *net: (grads := m.backward(*net))._replace(**{name: change(getattr(grads, name))})


@pytest.mark.parametrize("by", [1e-5, np.nan, np.inf])
@pytest.mark.parametrize("name", GRADIENTS)
def test_check_gradients_finds_one_wrong_entry_and_names_only_its_gradient(name, by):
    report = m.check_gradients(*make_net(12), changed(name, lambda g: g + np.where(g == g.max(), by, 0)))
    assert [wrong for wrong, check in report.items() if not check.ok] == [name]
    assert not report.ok and not report and not report[name].relative_error < 1e-6


def test_the_kink_trap():
    """X = (0, 0) with zero b1: every A1 is exactly 0, and its ReLU has a corner there."""
    params = m.init_params(np.random.default_rng(0))
    params, X, y = params._replace(b1=np.zeros(16)), np.zeros((1, 2)), np.array([1])
    report, grads = m.check_gradients(X, y, params), m.backward(X, y, params)
    assert not report and not report.ok
    assert {name for name, check in report.items() if check.ok is None} == {"G_A1", "G_b1", "G_X"}
    on_kink = {name: int(check.on_kink.sum()) for name, check in report.items()}
    assert on_kink == {name: 0 for name in GRADIENTS} | {"G_A1": 16, "G_b1": 16, "G_X": 2}
    # Raising b1 wakes the unit, and the loss then follows G_H; lowering it changes nothing.
    for name, shape in (("G_A1", (1, 16)), ("G_b1", (16,))):
        assert np.allclose(report[name].slope_right, grads.G_H.reshape(shape), rtol=0, atol=1e-4)
        assert not report[name].slope_left.any() and not report[name].analytic.any()
        assert np.allclose(report[name].numeric, report[name].slope_right / 2, rtol=1e-9)


@pytest.mark.parametrize(("on_the_kink", "times"), [(0, 2), (1e9, 1.01), (np.nan, 1)], ids=["", "huge", "nan"])
def test_neither_a_mistake_beside_a_kink_nor_a_huge_number_on_one_is_missed(on_the_kink, times):
    X, y, params = make_net()
    X[0], params.b1[:] = 0, 0
    wrong = changed("G_A1", lambda g: np.concatenate([np.full((1, 16), on_the_kink), times * g[1:]]))
    report = m.check_gradients(X, y, params, wrong)
    assert report.G_A1.on_kink.tolist() == [[True] * 16] + [[False] * 16] * 4
    assert [name for name, check in report.items() if check.ok is False] == ["G_A1"]
    assert not report and not report.G_A1 and report.G_W2 and report.G_A1.relative_error > 1e-3


def test_init_params_are_he_weights_and_small_biases():
    params = m.init_params(np.random.default_rng(0), n_in=200, n_hidden=300, n_out=400)
    assert [a.shape for a in params] == [(300, 200), (300,), (400, 300), (400,)]
    spreads = [np.sqrt(2 / 200), 0.1, np.sqrt(2 / 300), 0.1]
    for array, spread in zip(params, spreads, strict=True):
        assert array.std() == pytest.approx(spread, rel=0.1) and abs(array.mean()) < 0.2 * spread
        assert array.all()


@pytest.mark.parametrize("steps", [0, 4])
def test_train_steps_down_each_gradient_and_keeps_a_history(steps):
    X, y, params = make_net(12)
    seen = []
    trained, history = m.train(X, y, tuple(params), 0.3, steps, lambda step, params: seen.append((step, params)))
    expected = [params]
    for _ in range(steps):
        grads = m.backward(X, y, expected[-1])
        expected.append(Params(*(p - 0.3 * getattr(grads, f"G_{name}") for name, p in expected[-1]._asdict().items())))
    assert [step for step, _ in seen] == [*range(1, steps + 1)] and isinstance(trained, Params)
    for found, want in zip([params, *(p for _, p in seen), trained], [*expected, expected[-1]], strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(found, want, strict=True))
    assert np.array_equal(history.loss, [m.loss(X, y, p) for p in expected])
    assert np.allclose(history.accuracy, [(m.forward(X, p).P.argmax(axis=1) == y).mean() for p in expected])
    assert (np.diff(history.loss) < 0).all()


SHAPES = {
    "blobs": lambda x1, x2, y, r: ((1.6 * x1 + 1.2 * x2 > 0) == y).mean() > 0.97,
    "moons": lambda x1, x2, y, r: np.allclose(np.sqrt(1 - (x1 - y + 0.5) ** 2) * (1 - 2 * y), x2 - y / 2 + 0.25),
    "circles": lambda x1, x2, y, r: np.allclose(r, np.where(y, 0.6, 1.4)),
    "xor": lambda x1, x2, y, r: ((x1 * x2 < 0) == y).all() and len({*zip(x1 > 0, x2 > 0, strict=True)}) == 4,
    "spirals": lambda x1, x2, y, r: np.allclose(x1 + 1j * x2, r * np.exp(1j * np.pi * (3 * r / 1.7 + y))),
}


@pytest.mark.parametrize("data", m.DATA_SETS)
def test_toy_data_has_its_shape_and_classes_in_turn_and_noise_is_added(data):
    X, y = m.toy_data(data, 401, np.random.default_rng(0), noise=0)
    assert X.shape == (401, 2) and np.abs(X).max() < 2.2 and y.tolist() == [0, 1] * 200 + [0]
    assert SHAPES[data](*X.T, y, np.hypot(*X.T))
    once, twice = (m.toy_data(data, 401, np.random.default_rng(0), noise)[0] - X for noise in (0.3, 0.6))
    assert once.std() == pytest.approx(0.3, rel=0.1) and np.allclose(twice, 2 * once)

"""What each public function of mlp_helpers promises, one small test a promise."""

import inspect
import re
from types import SimpleNamespace

import numpy as np
import pytest

import mlp_helpers as m
from mlp_helpers import Backward, Params

DATA_SETS = ["blobs", "moons", "circles", "xor", "spirals"]
GRADIENTS = ["G_Z", "G_W2", "G_b2", "G_H", "G_A1", "G_W1", "G_b1", "G_X"]


def make_net(seed=0, N=5, n_in=2, n_hidden=16, n_out=2):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(N, n_in)), rng.integers(n_out, size=N)
    return X, y, m.init_params(rng, n_in, n_hidden, n_out)


# ---------------------------------------------------------------- softmax, log_softmax, cross_entropy


@pytest.mark.parametrize("size", [1e4, 1e300])
def test_softmax_and_loss_at_extreme_logits_are_exact(size):
    Z = np.array([[size, -size], [-size, size], [size, size], [-size, -size]])
    half = [-np.log(2), -np.log(2)]
    assert np.array_equal(m.softmax(Z), [[1, 0], [0, 1], [0.5, 0.5], [0.5, 0.5]])
    assert np.array_equal(m.log_softmax(Z), [[0, -2 * size], [-2 * size, 0], half, half])
    assert m.cross_entropy(Z[:2], [0, 1]) == 0
    assert m.cross_entropy(Z[:2], [1, 0]) == 2 * size
    assert m.cross_entropy(Z[2:], [1, 0]) == np.log(2)


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
    X, _, params = make_net()
    assert type(m.forward(np.matrix(X), params).H) is np.ndarray


# ---------------------------------------------------------------- numerical_gradient and check_gradients


@pytest.mark.parametrize(
    ("f", "array", "slope"),
    [
        (lambda a: (a**2).sum(), [1.0, -3.0, 0.0], [2, -6, 0]),
        (lambda a: (a**3).sum(), [[1, 2], [3, 4]], [[3, 12], [27, 48]]),
        (lambda a: a[0] * a[1], [5.0, 7.0], [7, 5]),
        (np.sin, 0.0, 1),
        (np.exp, 1.0, np.e),
        (lambda a: np.abs(a).sum(), [0.0, 2.0, -2.0], [0, 1, -1]),
    ],
)
def test_numerical_gradient_of_known_functions(f, array, slope):
    found = m.numerical_gradient(f, array)
    assert found.shape == np.shape(slope)
    assert np.allclose(found, slope, rtol=1e-8, atol=1e-8)


def test_numerical_gradient_takes_the_step_it_is_given():
    assert m.numerical_gradient(lambda a: a**3, 1.0, step=0.5) == pytest.approx(3 + 0.5**2, rel=1e-14)


@pytest.mark.parametrize("size", [0.1, 1, 10])
@pytest.mark.parametrize("data", DATA_SETS)
def test_check_gradients_passes_the_right_backward(data, size):
    X, y = m.toy_data(data, 12, np.random.default_rng(1))
    params = m.init_params(np.random.default_rng(2))
    report = m.check_gradients(X, y, params._replace(W1=size * params.W1, W2=size * params.W2))
    assert report.ok and list(report) == GRADIENTS
    for name, check in report.items():
        assert not check.on_kink.any(), name
        assert check.relative_error < 1e-6, name
        assert np.abs(check.analytic - check.numeric).max() < 1e-7, name


def test_check_gradients_passes_the_right_backward_at_large_logits():
    X, y, params = make_net(N=3)
    assert m.check_gradients(X, y, params._replace(W2=0.01 * params.W2, b2=np.array([1e4, 1e4]))).ok


def changed(name, change):
    """A backward pass with one mistake: change(grads, X, y, params) takes the place of grads.name."""

    def backward(X, y, params):
        grads = m.backward(X, y, params)
        return grads._replace(**{name: change(grads, X, y, params)})

    return backward


MISTAKES = {
    "G_Z not divided by N": ("G_Z", lambda g, X, y, p: g.G_Z * len(X)),
    "G_Z negated": ("G_Z", lambda g, X, y, p: -g.G_Z),
    "G_Z is P": ("G_Z", lambda g, X, y, p: m.forward(X, p).P / len(X)),
    "G_W2 from A1": ("G_W2", lambda g, X, y, p: g.G_Z.T @ m.forward(X, p).A1),
    "G_W2 divided by N again": ("G_W2", lambda g, X, y, p: g.G_W2 / len(X)),
    "G_b2 a mean": ("G_b2", lambda g, X, y, p: g.G_Z.mean(axis=0)),
    "G_H masked": ("G_H", lambda g, X, y, p: g.G_A1),
    "G_H with W2 upside down": ("G_H", lambda g, X, y, p: g.G_Z @ p.W2[::-1]),
    "G_A1 without the mask": ("G_A1", lambda g, X, y, p: g.G_H),
    "G_A1 with the mask turned over": ("G_A1", lambda g, X, y, p: g.G_H * ~g.M),
    "G_W1 without the mask": ("G_W1", lambda g, X, y, p: g.G_H.T @ X),
    "G_W1 with the columns of X exchanged": ("G_W1", lambda g, X, y, p: g.G_A1.T @ X[:, ::-1]),
    "G_b1 a mean": ("G_b1", lambda g, X, y, p: g.G_A1.mean(axis=0)),
    "G_b1 of one example": ("G_b1", lambda g, X, y, p: g.G_A1[0]),
    "G_X without the mask": ("G_X", lambda g, X, y, p: g.G_H @ p.W1),
    "G_X with one entry off by 1e-5": ("G_X", lambda g, X, y, p: g.G_X + 1e-5 * (g.G_X == g.G_X.max())),
    "G_X not a number": ("G_X", lambda g, X, y, p: g.G_X * np.nan),
    "G_X infinite": ("G_X", lambda g, X, y, p: g.G_X + np.inf),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_check_gradients_finds_the_mistake_and_only_that(mistake):
    X, y = m.toy_data("moons", 12, np.random.default_rng(3))
    name, change = MISTAKES[mistake]
    report = m.check_gradients(X, y, m.init_params(np.random.default_rng(4)), backward=changed(name, change))
    assert [wrong for wrong, check in report.items() if not check.ok] == [name]
    assert not report.ok and not report[name].relative_error < 1e-6
    assert [line.split()[0] for line in str(report).splitlines() if line.endswith("WRONG")] == [name]


def test_the_kink_trap():
    """X = (0, 0) with zero b1: every A1 is exactly 0, and its ReLU has a corner there."""
    params = m.init_params(np.random.default_rng(0))
    params, X, y = params._replace(b1=np.zeros(16)), np.zeros((1, 2)), np.array([1])
    report = m.check_gradients(X, y, params)
    assert not report and not report.ok
    assert {name for name, check in report.items() if check.ok is None} == {"G_A1", "G_b1", "G_X"}
    on_kink = {name: int(check.on_kink.sum()) for name, check in report.items()}
    assert on_kink == {name: 0 for name in GRADIENTS} | {"G_A1": 16, "G_b1": 16, "G_X": 2}

    grads = m.backward(X, y, params)
    for name, check in report.items():
        assert np.array_equal(check.analytic, getattr(grads, name)), name
    # Raising b1 wakes the unit, and the loss then follows G_H; lowering it changes nothing.
    for name, shape in (("G_A1", (1, 16)), ("G_b1", (16,))):
        assert np.allclose(report[name].slope_right, grads.G_H.reshape(shape), rtol=0, atol=1e-4)
        assert not report[name].slope_left.any() and not report[name].analytic.any()
        assert np.allclose(report[name].numeric, report[name].slope_right / 2, rtol=1e-9)
    # Moving X to the right wakes the units with W1 > 0, and to the left those with W1 < 0.
    right, left = grads.G_H @ np.maximum(params.W1, 0), grads.G_H @ np.minimum(params.W1, 0)
    assert np.allclose(report.G_X.slope_right, right, rtol=0, atol=1e-4)
    assert np.allclose(report.G_X.slope_left, left, rtol=0, atol=1e-4)
    assert "kink at G_b1[0]" in str(report) and "on the left" in str(report)


def test_a_mistake_beside_a_kink_is_still_found():
    X, y, params = make_net()
    X[0], params.b1[:] = 0, 0
    report = m.check_gradients(X, y, params, changed("G_A1", lambda g, X, y, p: g.G_H))
    assert report.G_A1.on_kink.tolist() == [[True] * 16] + [[False] * 16] * 4
    assert [name for name, check in report.items() if check.ok is False] == ["G_A1"]
    assert not report and not report.G_A1 and report.G_W2


def test_a_huge_number_on_a_kink_hides_no_mistake():
    X, y, params = make_net()
    X[0], params.b1[:] = 0, 0

    def wrong(g, X, y, p):
        return np.concatenate([np.full((1, 16), 1e9), 1.01 * g.G_A1[1:]])

    report = m.check_gradients(X, y, params, changed("G_A1", wrong))
    assert report.G_A1.ok is False and report.G_A1.relative_error > 1e-3


def test_a_backward_pass_that_writes_into_its_inputs_is_judged_by_what_it_returns():
    X, y, params = make_net()
    kept = [value.copy() for value in (X, y, *params)]

    def careless(X, y, params):
        grads = m.backward(X, y, params)
        for array in (X, *params):
            array += 1
        y[:] = 0
        return grads

    assert m.check_gradients(X, y, params, backward=careless)
    assert all(np.array_equal(now, then) for now, then in zip((X, y, *params), kept, strict=True))


def test_the_report_reads_as_a_table_and_by_name():
    report = m.check_gradients(*make_net())
    assert report.G_W1 is report["G_W1"]
    head, *lines = str(report).splitlines()
    assert head.split("  ")[0] == "gradient" and "relative error" in head and "on a kink" in head
    assert [line.split()[0] for line in lines] == GRADIENTS
    assert all(line.endswith("ok") for line in lines) and "(16, 2)" in lines[GRADIENTS.index("G_W1")]
    assert len({len(line) for line in lines}) == 1
    with pytest.raises(AttributeError, match=r"report: expected one of G_Z, .*, got 'G_w1'"):
        report.G_w1  # noqa: B018


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


# ---------------------------------------------------------------- bad input

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

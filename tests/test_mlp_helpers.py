"""What each public function of mlp_helpers promises, one small test a promise."""

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


def test_a_gradient_that_is_no_number_on_a_kink_is_wrong():
    X, y, params = make_net()
    X[0], params.b1[:] = 0, 0

    def wrong(g, X, y, p):
        return np.concatenate([np.full((1, 16), np.nan), g.G_A1[1:]])

    assert m.check_gradients(X, y, params, changed("G_A1", wrong)).G_A1.ok is False


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

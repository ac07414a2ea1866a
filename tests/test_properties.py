"""What holds for every network, batch and label: hypothesis looks for a counterexample."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import mlp_helpers as m

seeds = st.integers(0, 2**32 - 1)
scales = st.sampled_from([1e-3, 0.1, 1.0, 10.0, 100.0])


@st.composite
def nets(draw, scales=scales, max_N=9):
    """X, y, params of any shapes and sizes, and one_hot-like ties: some rows of X and some biases are 0."""
    rng = np.random.default_rng(draw(seeds))
    N, n_in, n_hidden, n_out = (draw(st.integers(1, limit)) for limit in (max_N, 4, 9, 5))
    X = rng.normal(size=(N, n_in)) * (rng.random((N, 1)) > draw(st.sampled_from([0, 0.5])))
    params = m.Params(*(draw(scales) * a for a in m.init_params(rng, n_in, n_hidden, n_out)))
    params.b1[rng.random(n_hidden) < draw(st.sampled_from([0, 0.5]))] = 0
    return X, rng.integers(n_out, size=N), params


@st.composite
def logits(draw):
    rng = np.random.default_rng(draw(seeds))
    shape = draw(st.tuples(st.integers(1, 9), st.integers(1, 6)))
    return draw(st.sampled_from([0.0, 1e-3, 1.0, 100.0, 1e4, 1e300])) * rng.uniform(-1, 1, shape)


def close(a, b, tolerance=1e-12):
    """Whether a and b differ by little, compared with the largest entry."""
    return np.abs(a - b).max() <= tolerance * max(np.abs(a).max(), np.abs(b).max())


@given(logits())
def test_rows_of_P_are_probabilities(Z):
    P = m.softmax(Z)
    assert (P >= 0).all() and np.abs(P.sum(axis=1) - 1).max() <= 1e-15 * Z.shape[1]
    assert (P.argmax(axis=1) == Z.argmax(axis=1)).all()
    assert np.allclose(np.exp(m.log_softmax(Z)), P, rtol=1e-11, atol=0)


@given(logits(), st.floats(-1e4, 1e4))
def test_adding_a_constant_to_a_row_of_logits_changes_nothing(Z, constant):
    Z = Z.clip(-1e4, 1e4)
    assert np.abs(m.softmax(Z + constant) - m.softmax(Z)).max() <= 1e-10
    assert np.abs(m.log_softmax(Z + constant) - m.log_softmax(Z)).max() <= 1e-10


@given(logits(), seeds)
def test_the_loss_is_not_negative_and_is_the_mean_over_examples(Z, seed):
    y = np.random.default_rng(seed).integers(Z.shape[1], size=len(Z))
    L = m.cross_entropy(Z, y)
    assert 0 <= L < np.inf
    assert np.isclose(L, np.mean([m.cross_entropy(Z[[i]], y[[i]]) for i in range(len(y))]), rtol=1e-12)


@given(nets())
def test_rows_of_G_Z_sum_to_zero_and_push_the_right_logit_up(net):
    X, y, params = net
    G_Z = m.backward(X, y, params).G_Z
    assert np.abs(G_Z.sum(axis=1)).max() <= 1e-15
    right = m.one_hot(y, G_Z.shape[1]) == 1
    assert (G_Z[right] <= 0).all() and (G_Z[~right] >= 0).all() and np.abs(G_Z).max() <= 1 / len(X)


@given(nets())
def test_G_A1_is_G_H_where_A1_is_above_zero_and_else_zero(net):
    X, y, params = net
    A1, grads = m.forward(X, params).A1, m.backward(X, y, params)
    assert not grads.G_A1[A1 <= 0].any()
    assert np.array_equal(grads.G_A1[A1 > 0], grads.G_H[A1 > 0])
    assert np.array_equal(grads.M, A1 > 0)


PER_EXAMPLE, PER_PARAMETER = ["G_Z", "G_H", "M", "G_A1", "G_X"], ["G_W2", "G_b2", "G_W1", "G_b1"]
moderate = st.sampled_from([0.1, 1.0, 3.0])


@given(nets(moderate), seeds)
def test_the_order_of_the_examples_does_not_matter(net, seed):
    X, y, params = net
    order = np.random.default_rng(seed).permutation(len(X))
    before, after = m.backward(X, y, params), m.backward(X[order], y[order], params)
    for name in PER_EXAMPLE:
        a, b = getattr(before, name)[order].astype(float), getattr(after, name).astype(float)
        assert np.abs(a - b).max() <= 1e-13 * max(1, np.abs(a).max()), name
    for name in PER_PARAMETER:
        assert np.abs(getattr(before, name) - getattr(after, name)).max() <= 1e-12, name
    assert np.isclose(m.loss(X, y, params), m.loss(X[order], y[order], params), rtol=1e-12)


@given(nets(moderate))
def test_a_parameter_gradient_is_the_mean_of_its_examples(net):
    X, y, params = net
    alone = [m.backward(X[[i]], y[[i]], params) for i in range(len(X))]
    for name in PER_PARAMETER:
        mean = np.mean([getattr(grads, name) for grads in alone], axis=0)
        assert np.allclose(getattr(m.backward(X, y, params), name), mean, rtol=0, atol=1e-12), name


@given(nets(moderate, max_N=5))
@settings(max_examples=40)
def test_every_gradient_is_a_slope_off_the_kinks(net):
    """Two points half a step apart on each side of each entry; here with the loss written out once more."""
    X, y, params = net
    W1, b1, W2, b2 = params

    def loss(X=X, W1=W1, b1=b1, W2=W2, b2=b2):
        Z = np.maximum(X @ W1.T + b1, 0) @ W2.T + b2
        return float(np.mean([np.logaddexp.reduce(row) - row[label] for row, label in zip(Z, y, strict=True)]))

    assume((np.abs(X @ W1.T + b1) > 1e-3).all())
    grads = m.backward(X, y, params)
    for name, array in {"X": X, **params._asdict()}.items():
        slope = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            up, down = array.copy(), array.copy()
            up[index] += 1e-5
            down[index] -= 1e-5
            slope[index] = (loss(**{name: up}) - loss(**{name: down})) / 2e-5
        assert np.abs(getattr(grads, f"G_{name}") - slope).max() < 1e-6 * max(1, np.abs(slope).max()), name


@given(nets(moderate, max_N=4))
@settings(max_examples=30)
def test_check_gradients_never_calls_the_right_backward_wrong(net):
    report = m.check_gradients(*net)
    assert all(check.ok is not False for check in report.values()), report

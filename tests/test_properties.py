"""What holds for every network, batch and label, beyond what the parity tests compare: hypothesis looks for a
counterexample."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import mlp_helpers as m

seeds = st.integers(0, 2**32 - 1)


@st.composite
def nets(draw):
    """X, y, params of any shapes and sizes, in which some rows of X and some biases are 0."""
    rng = np.random.default_rng(draw(seeds))
    N, n_in, n_hidden, n_out = (draw(st.integers(1, limit)) for limit in (4, 4, 9, 5))
    X = rng.normal(size=(N, n_in)) * (rng.random((N, 1)) > draw(st.sampled_from([0, 0.5])))
    sizes = st.sampled_from([0.1, 1.0, 3.0])
    params = m.Params(*(draw(sizes) * a for a in m.init_params(rng, n_in, n_hidden, n_out)))
    params.b1[rng.random(n_hidden) < draw(st.sampled_from([0, 0.5]))] = 0
    return X, rng.integers(n_out, size=N), params


@st.composite
def logits(draw):
    rng = np.random.default_rng(draw(seeds))
    shape = draw(st.tuples(st.integers(1, 9), st.integers(1, 6)))
    return draw(st.sampled_from([0.0, 1e-3, 1.0, 100.0, 1e4])) * rng.uniform(-1, 1, shape)


@given(logits(), st.floats(-1e4, 1e4))
def test_softmax_is_what_it_says_and_a_constant_added_to_a_row_changes_nothing(Z, constant):
    P = m.softmax(Z)
    assert (P >= 0).all() and np.abs(P.sum(axis=1) - 1).max() <= 1e-15 * Z.shape[1]
    assert np.allclose(np.exp(m.log_softmax(Z)), P, rtol=1e-11, atol=0)
    assert np.abs(m.softmax(Z + constant) - P).max() <= 1e-10
    assert np.abs(m.log_softmax(Z + constant) - m.log_softmax(Z)).max() <= 1e-10


@given(nets())
@settings(max_examples=30)
def test_check_gradients_never_calls_the_right_backward_wrong(net):
    report = m.check_gradients(*net)
    assert all(check.ok is not False for check in report.values()), report

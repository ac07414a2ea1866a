"""Wrong answers as students type them, on the notebooks' own batch: what is wrong is told, and nothing else."""

import numpy as np
import pytest

import mlp_helpers as m
from checker import check_answer

NET = *m.toy_data("moons", 5, np.random.default_rng(2)), m.init_params(np.random.default_rng(18))


def bias_in_the_loop(H, W2, b2):
    Z = np.zeros((len(H), len(b2)))
    for j in range(H.shape[1]):
        Z += np.outer(H[:, j], W2[:, j]) + b2
    return Z


def cut_to_whole_numbers(P, y):
    losses = np.zeros_like(y)
    for i, label in enumerate(y):
        losses[i] = -np.log(P[i, label])
    return losses.mean()


def never_reset(G_Z, W2):
    return np.cumsum([g @ W2 for g in G_Z], axis=0)


def one_column(G_A1, W1):
    return np.array([[sum(g * w for g, w in zip(row, W1[:, 0], strict=True))] * 2 for row in G_A1])


@pytest.mark.parametrize(
    ("name", "function", "words"),
    [
        ("A1", lambda X, W1, b1: np.outer(X[:, 0], W1[:, 0]) + b1, "only the first input counts."),
        ("H", lambda A1: np.where(A1 > 0, A1, 0.1 * A1), "a slope of 0.1 below 0 instead of 0."),
        ("Z", bias_in_the_loop, "the bias is added in each term of the sum."),
        ("loss", lambda P: -np.log(P[:, 0]).mean(), "the first class's probability is taken for every example."),
        (
            "G_H",
            lambda G_Z, W2, y: np.array([g[k] * W2[k] for g, k in zip(G_Z, y, strict=True)]),
            "only the true label",
        ),
        ("M", lambda H: H >= 0, "H is nowhere below 0, so the mask is always on: >= in the place of >."),
        ("G_A1", lambda G_H, M: G_H * M.any(axis=0), "a unit that is on for one example counts as on for all."),
        (
            "G_A1",
            lambda G_H, M: np.array([G_H[i] * M[i - 1] for i in range(len(M))]),
            "the rows of M are shifted by one.",
        ),
        ("G_W1", lambda G_A1, X: G_A1.T @ np.ones_like(X), "1 in the place of each entry of X."),
        ("loss", cut_to_whole_numbers, "the terms are cut to whole numbers"),
        ("G_H", never_reset, "the running sum is not set back to 0 for each row."),
        ("M", lambda A1: A1.astype(bool), "!= in the place of >."),
        ("G_X", one_column, "column 0 of W1 in the place of every column."),
    ],
)
def test_a_kind_of_mistake(name, function, words):
    found = check_answer(name, function, *NET)
    assert found.correct is False and found.diagnosis.startswith(f"Look here: {words}"), found


def test_an_axis_in_the_place_of_a_number_is_told_after_the_shapes():
    found = check_answer("H", lambda A1: np.max(A1, 0), *NET)
    shapes = "H has shape (16,), expected (5, 16).\n"
    assert found.correct is False and found.diagnosis.startswith(f"{shapes}Look here: np.max, which takes 0"), found


def test_what_the_function_does_not_do_elsewhere_is_not_told():
    """The labels alternate here, so these look like the labels swapped; on another batch they are not."""
    found = check_answer("G_Z", lambda P, N: (P - np.eye(2)[(np.arange(N) + 1) % 2]) / N, *NET)
    assert found.correct is False and "Look here" not in found.diagnosis, found


def test_a_backward_pass_that_also_trains_is_told_so():
    def backward(X, y, params):
        grads = m.backward(X, y, params)
        params.W2[:] -= 0.5 * grads.G_W2
        return grads

    found = check_answer("backward", backward, *NET)
    assert not found and found.diagnosis.startswith("The gradients are right, but your function changes W2,")


def test_two_mistakes_on_a_large_batch_are_told_of_a_function():
    net = *m.toy_data("moons", 300, np.random.default_rng(2)), NET[2]
    found = check_answer("loss", lambda P, Y: -2 * (Y * np.log2(P)).sum() / len(P), *net)
    assert found.diagnosis.startswith("Look here: np.log2 in the place of np.log; and a factor 2.")

"""check_answer and check_slopes: every known mistake under its own name, and never an exception for a learner.

The wrong answers are written twice: as the lines of MISTAKES, and by hand in WRONG, from the values of
forward and backward alone.
"""

import functools
import re
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from refresh_notebooks import execute

import checker
import mlp_helpers as m
from checker import Answer, check_answer, check_slopes
from checker.answers import NOT_ATTEMPTED
from checker.lines import PLACES

SYMBOLS = list(checker.LINES)
ARRAYS = [name for name in SYMBOLS if name != "loss"]
# N, inputs, hidden units, classes. In some of them axes have the same length, and shapes tell nothing.
SIZES = [
    (2, 2, 16, 2),
    (3, 2, 16, 3),
    (5, 2, 16, 2),
    (7, 3, 8, 3),
    (12, 2, 16, 2),
    (12, 2, 5, 4),
    (16, 2, 16, 2),
    (16, 16, 16, 16),
    (5, 2, 3, 3),
]


@functools.cache
def make_net(N=5, n_in=2, n_hidden=16, n_out=2, seed=0):
    """Labels of every class, as far as N goes; and each unit is on for one of two examples, or nearly so."""
    rng = np.random.default_rng([seed, N, n_in, n_hidden, n_out])
    return rng.normal(size=(N, n_in)), rng.permutation(np.arange(N) % n_out), m.init_params(rng, n_in, n_hidden, n_out)


@functools.cache
def right_values(*size, seed=0):
    X, y, params = make_net(*size, seed=seed)
    cache = m.forward(X, params)
    known = {"X": X, "y": y, "N": len(X), "Y": m.one_hot(y, len(params.b2)), "loss": m.loss(X, y, params)}
    return SimpleNamespace(**known, **params._asdict(), **cache._asdict(), **m.backward(X, y, params, cache)._asdict())


def same(a, b, right=0.0):
    a, b = np.asarray(a, float), np.asarray(b, float)
    scale = max(np.abs(b).max(), np.abs(right).max())
    return a.shape == b.shape and bool(np.abs(a - b).max() <= 1e-6 * scale)


def named(answer):
    """The names of the mistakes that a diagnosis gives, one a line, without the explanation after a colon."""
    return [name.split(":")[0] for name in re.findall(r"Look here: (.*)\. Your \w+ is what ", answer.diagnosis)]


def short_name(mistake, **free):
    return mistake.name.split(":")[0].format(**free)


# ---------------------------------------------------------------- the lines


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_lines_are_the_network(size):
    net = make_net(*size)
    found, right = checker.run_lines(*net), vars(right_values(*size))
    assert list(found) == ["X", "y", "N", "Y", *m.Params._fields, *SYMBOLS]
    for name, value in found.items():
        assert np.array_equal(value, right[name]), name


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_lines_agree_with_pytorch(size):
    pytest.importorskip("torch")
    from torch_net import torch_values

    found = checker.run_lines(*make_net(*size))
    for name, value in torch_values(*make_net(*size)).items():
        assert np.abs(found[name] - value).max() <= 1e-12 * np.abs(value).max(), name


def test_each_mistake_changes_the_line_that_it_names():
    assert len(checker.MISTAKES) == len(set(checker.MISTAKES))
    for mistake in checker.MISTAKES:
        assert mistake.symbol in checker.LINES and mistake.line != checker.LINES[mistake.symbol]
        assert ("lr" in mistake.line) == ("{lr}" in mistake.name)
        assert ("[e]" in mistake.line) == ("{e}" in mistake.name)
    assert set(PLACES) == set(checker.LINES)


# ---------------------------------------------------------------- each line of MISTAKES


@pytest.mark.parametrize("mistake", checker.MISTAKES, ids=lambda mistake: f"{mistake.symbol}-{mistake.name}")
def test_each_line_is_recognised_in_every_tensor_that_it_changes(mistake):
    seen = set()
    for number, size in enumerate(SIZES):
        net, right = make_net(*size), vars(right_values(*size))
        free = {"e": number % size[0], "lr": (0.03, 0.5, 20)[number % 3]}
        wrong = checker.run_lines(*net, mistake, **free)
        name = short_name(mistake, **free)
        for symbol in SYMBOLS[SYMBOLS.index(mistake.symbol) :]:
            if symbol not in wrong or not np.isfinite(wrong[symbol]).all() or same(wrong[symbol], right[symbol]):
                continue
            answer = check_answer(symbol, wrong[symbol], *net)
            assert answer.correct is False, (symbol, size)
            assert name in named(answer), (symbol, size, answer)
            seen.add(symbol)
    assert mistake.symbol in seen or "exactly 0" in mistake.name  # which no random batch meets


# ---------------------------------------------------------------- each mistake of the list, by hand


def after_G_Z(v, G_Z):
    rest = after_G_H(v, G_Z @ v.W2)
    return {"G_Z": G_Z, "G_W2": np.einsum("ic,ij->cj", G_Z, v.H), "G_b2": np.einsum("ic->c", G_Z)} | rest


def after_G_H(v, G_H):
    return {"G_H": G_H} | after_G_A1(v, np.where(v.A1 > 0, G_H, 0))


def after_M(v, M):
    return {"M": M} | after_G_A1(v, v.G_H * M)


def after_G_A1(v, G_A1):
    G_W1, G_b1 = np.einsum("ij,id->jd", G_A1, v.X), np.einsum("ij->j", G_A1)
    return {"G_A1": G_A1, "G_W1": G_W1, "G_b1": G_b1, "G_X": np.einsum("ij,jd->id", G_A1, v.W1)}


GRADIENTS = ["G_Z", "G_W2", "G_b2", "G_H", "G_A1", "G_W1", "G_b1", "G_X"]


def scaled(v, factor):
    """Every gradient, and the loss, times a factor."""
    return {name: factor * getattr(v, name) for name in ["loss", *GRADIENTS]}


def labels_swapped(v):
    swapped = np.array([list(reversed(row)) for row in v.Y])
    loss = -(np.log(v.P) * swapped).sum() / v.N
    return {"loss": loss} | after_G_Z(v, (v.P - swapped) / v.N)


def mask_missing(v):
    return after_G_A1(v, v.G_H)


def mask_always_on(v):
    return after_M(v, np.ones(v.A1.shape, bool))


def reshaped(v):
    """The shapes that come out are right, and so is the set of entries."""
    C, n_hidden, n_in = *v.W2.shape, v.X.shape[1]
    return {
        "A1": v.X @ v.W1.reshape(n_in, n_hidden) + v.b1,
        "Z": v.H @ v.W2.reshape(n_hidden, C) + v.b2,
        "G_W2": v.G_Z.reshape(C, v.N) @ v.H,
        "G_W1": v.G_A1.reshape(n_hidden, v.N) @ v.X,
        "G_X": (v.W1.T @ v.G_A1.T).reshape(v.N, n_in),
    } | after_G_H(v, (v.W2.T @ v.G_Z.T).reshape(v.N, n_hidden))


def product_reshaped(v):
    return {"G_W2": (v.H.T @ v.G_Z).reshape(v.W2.shape), "G_W1": (v.X.T @ v.G_A1).reshape(v.W1.shape)}


def weight_reshaped(v):
    C, n_hidden, n_in = *v.W2.shape, v.X.shape[1]
    G_X = v.G_A1 @ v.W1.T.reshape(n_hidden, n_in)
    return after_G_H(v, v.G_Z @ v.W2.T.reshape(C, n_hidden)) | {"G_X": G_X}


def transposed(v):
    return {name: getattr(v, name).T for name in ARRAYS if getattr(v, name).ndim == 2}


def updated(v, lr):
    return after_G_H(v, v.G_Z @ (v.W2 - lr * v.G_W2))


def G_Z_for_G_H(v):
    return {"G_H": v.G_Z} if v.G_Z.shape != v.G_H.shape else after_G_H(v, v.G_Z)


def whole_columns(v):
    G = v.P.copy()
    G[:, v.y] -= 1
    return after_G_Z(v, G / v.N)


def only_last(v):
    G_Z = np.zeros_like(v.G_Z)
    G_Z[-1] = v.G_Z[-1]
    return {"loss": -np.log(v.P[-1, v.y[-1]]) / v.N} | after_G_Z(v, G_Z)


def broadcast(v, e):
    """One row for all in a tensor with a row an example; and what an N-fold example does to the others."""
    rows = {name: np.array([getattr(v, name)[e]] * v.N) for name in ("G_Z", "G_H", "G_A1", "G_X")}
    weights = {"G_W2": v.N * np.outer(v.G_Z[e], v.H[e]), "G_W1": v.N * np.outer(v.G_A1[e], v.X[e])}
    return rows | weights | {"G_b2": v.N * v.G_Z[e], "G_b1": v.N * v.G_A1[e]}


WHOLE_COLUMNS = "1 is taken from whole columns of P instead of one entry a row"
WRONG = {  # by name: what the diagnosis must say, and the wrong answers
    "1/N is missing": lambda v: scaled(v, v.N),
    "1/N is in twice": lambda v: scaled(v, 1 / v.N),
    "averaged over N·C entries instead of N examples": lambda v: scaled(v, 1 / v.P.shape[1]),
    "the sign is flipped": lambda v: scaled(v, -1),
    "an extra factor P(1 − P)": lambda v: after_G_Z(v, v.G_Z * v.P * (1 - v.P)),
    "P without minus Y": lambda v: after_G_Z(v, v.P / v.N),
    WHOLE_COLUMNS: whole_columns,
    "the labels in Y are swapped": labels_swapped,
    "the bias is summed over everything instead of over examples": lambda v: {
        "G_b2": np.sum(v.G_Z),
        "G_b1": np.sum(v.G_A1),
    },
    "the bias is averaged instead of summed": lambda v: {"G_b2": np.mean(v.G_Z, 0), "G_b1": np.mean(v.G_A1, 0)},
    "the mask is missing": mask_missing,
    "the mask is made from H >= 0, which is always on": mask_always_on,
    "the mask is made from the sign of the gradient that arrives": lambda v: after_M(v, v.G_H > 0),
    "the mask is inverted": lambda v: after_M(v, ~v.M),
    "multiplied by H instead of M": lambda v: after_G_A1(v, v.G_H * v.H),
    "reshape in place of a transpose": reshaped,
    "the product is reshaped in place of a transpose": product_reshaped,
    "reshape in place of a transpose: of a weight": weight_reshaped,
    "the result is transposed": transposed,
    "W2 is used after its update, with lr = 0.001": lambda v: updated(v, 0.001),
    "W2 is used after its update, with lr = 0.1": lambda v: updated(v, 0.1),
    "W2 is used after its update, with lr = 0.625": lambda v: updated(v, 0.625),
    "W2 is used after its update, with lr = 50": lambda v: updated(v, 50),
    "G_W2 in the place of W2": lambda v: after_G_H(v, v.G_Z @ v.G_W2),
    "G_Z in the place of G_H": G_Z_for_G_H,
    "A1 in the place of H": lambda v: {"Z": v.A1 @ v.W2.T + v.b2, "G_W2": v.G_Z.T @ v.A1},
    "only the last example counts": only_last,
    "example 0's gradient is used for all": lambda v: broadcast(v, 0),
    "example 1's gradient is used for all": lambda v: broadcast(v, 1),
    "example {last}'s gradient is used for all": lambda v: broadcast(v, v.N - 1),
}
COVERS = {  # the tensors that a mistake must have been tried on
    "1/N is missing": ["loss", *GRADIENTS],
    "1/N is in twice": ["loss", *GRADIENTS],
    "averaged over N·C entries instead of N examples": ["loss", *GRADIENTS],
    "the sign is flipped": ["loss", *GRADIENTS],
    "the labels in Y are swapped": ["loss", *GRADIENTS],
    "only the last example counts": ["loss", *GRADIENTS],
    "the mask is inverted": ["M", "G_A1", "G_W1", "G_b1", "G_X"],
    "the result is transposed": [name for name in ARRAYS if name not in ("G_b2", "G_b1")],
    "G_Z in the place of G_H": ["G_H", "G_A1", "G_W1", "G_b1", "G_X"],
    "reshape in place of a transpose": ["A1", "Z", "G_W2", "G_H", "G_A1", "G_W1", "G_b1", "G_X"],
}

ALWAYS_ON = {"the mask is missing", "the mask is made from H >= 0, which is always on"}
RESHAPED = {"reshape in place of a transpose", "the product is reshaped in place of a transpose"}
TRANSPOSED = "the result is transposed"


def coincide(one, other, symbol, v):
    """Whether two mistakes give the same numbers for symbol on any data of this size, and why."""
    N, C, n_hidden, n_in = v.N, *v.W2.shape, v.X.shape[1]
    pair = {one, other}
    divisors = {"1/N is in twice": N, "averaged over N·C entries instead of N examples": C}
    if symbol in ("G_b2", "G_b1"):
        divisors["the bias is averaged instead of summed"] = N  # a mean over examples divides a sum by N once more
    if pair <= set(divisors):
        return divisors[one] == divisors[other]
    if pair == ALWAYS_ON:
        return symbol != "M"  # H is nowhere below 0
    if pair == {"y in the place of Y", WHOLE_COLUMNS}:
        return symbol == "G_b2" and v.y.sum() == N and set(v.y) == set(range(C))  # both take N from every column's sum
    if pair == {"A1 in the place of H", "ReLU is missing"}:
        return symbol == "Z"  # H is used in Z and in G_W2; ReLU left out changes both
    if TRANSPOSED in pair and pair & RESHAPED:  # the reshape of a square matrix changes nothing: a transpose is missing
        after_square_G_H = symbol in ("G_H", "G_A1", "G_W1", "G_b1", "G_X") and N == n_hidden
        square_W = {"G_W2": C in (N, n_hidden), "G_W1": n_hidden in (N, n_in), "G_X": N == n_in}
        return after_square_G_H or square_W.get(symbol, False)
    return False


def wrong_answers(name, size):
    v = right_values(*size)
    for symbol, wrong in WRONG[name](v).items():
        if not same(wrong, getattr(v, symbol)):
            yield symbol, wrong, v


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", WRONG)
def test_each_mistake_written_by_hand_has_its_own_name_and_no_other(name, size):
    own = name.format(last=size[0] - 1).split(":")[0]
    for symbol, wrong, v in wrong_answers(name, size):
        kept = np.array(wrong)
        answer = check_answer(symbol, wrong, *make_net(*size))
        assert answer.correct is False and own in named(answer), (symbol, answer)
        others = set(named(answer)) - {own}
        assert all(coincide(own, other, symbol, v) for other in others), (symbol, answer)
        assert np.array_equal(wrong, kept)


def test_every_mistake_by_hand_is_tried_on_every_tensor_that_it_changes():
    for name in WRONG:
        tried = {symbol for size in SIZES for symbol, _, _ in wrong_answers(name, size)}
        assert tried == set(COVERS.get(name, WRONG[name](right_values(*SIZES[-1])))), name


# ---------------------------------------------------------------- as functions, which are given right values


def G_H_row_by_row(G_Z, W2):
    G_H = np.zeros((len(G_Z), W2.shape[1]))
    for i in range(len(G_Z)):
        G_H[:] = 0
        G_H[i] = G_Z[i] @ W2
    return G_H


def G_W2_of_the_last(G_Z, H):
    for g, h in zip(G_Z, H, strict=True):
        total = np.outer(g, h)
    return total


def zero_where_on(G_H, M):
    G_H[M] = 0
    return G_H


WRONG_FUNCTIONS = [
    ("A1 in the place of H", "Z", lambda A1, W2, b2: A1 @ W2.T + b2),
    ("1/N is missing", "loss", lambda P, Y: -np.log((P * Y).sum(axis=1)).sum()),
    ("averaged over N·C entries instead of N examples", "loss", lambda P, Y: -np.mean(Y * np.log(P))),
    ("the sign is flipped", "loss", lambda P, Y, N: (Y * np.log(P)).sum() / N),
    ("1/N is missing", "G_Z", lambda P, Y: P - Y),
    ("1/N is in twice", "G_Z", lambda P, Y, N: (P - Y) / N**2),
    ("averaged over N·C entries instead of N examples", "G_Z", lambda P, Y, N: (P - Y) / P.size),
    ("the sign is flipped", "G_Z", lambda P, Y, N: (Y - P) / N),
    ("an extra factor P(1 − P)", "G_Z", lambda P, Y, N: (P - Y) * P * (1 - P) / N),
    ("P without minus Y", "G_Z", lambda P, N: P / N),
    ("the labels in Y are swapped", "G_Z", lambda P, y, N: (P - m.one_hot(1 - y, 2)) / N),
    ("the result is transposed", "G_Z", lambda P, Y, N: (P - Y).T / N),
    ("1/N is missing", "G_W2", lambda G_Z, H, N: N * G_Z.T @ H),
    ("1/N is in twice", "G_W2", lambda G_Z, H, N: G_Z.T @ H / N),
    ("the sign is flipped", "G_W2", lambda G_Z, H: -G_Z.T @ H),
    ("A1 in the place of H", "G_W2", lambda G_Z, A1: G_Z.T @ A1),
    ("reshape in place of a transpose", "G_W2", lambda G_Z, H: G_Z.reshape(2, -1) @ H),
    ("the product is reshaped in place of a transpose", "G_W2", lambda G_Z, H: (H.T @ G_Z).reshape(2, 16)),
    ("the result is transposed", "G_W2", lambda G_Z, H: H.T @ G_Z),
    ("only the last example counts", "G_W2", G_W2_of_the_last),
    ("example 0's gradient is used for all", "G_W2", lambda G_Z, H, N: N * np.outer(G_Z[0], H[0])),
    ("the bias is summed over everything instead of over examples", "G_b2", lambda G_Z: G_Z.sum()),
    ("the bias is averaged instead of summed", "G_b2", lambda G_Z: G_Z.mean(axis=0)),
    ("only the last example counts", "G_b2", lambda G_Z: G_Z[-1]),
    ("the sign is flipped", "G_b2", lambda G_Z: -G_Z.sum(axis=0)),
    ("the result is transposed", "G_H", lambda G_Z, W2: W2.T @ G_Z.T),
    ("reshape in place of a transpose", "G_H", lambda G_Z, W2: G_Z @ W2.T.reshape(2, 16)),
    ("reshape in place of a transpose", "G_H", lambda G_Z, W2, N: (W2.T @ G_Z.T).reshape(N, 16)),
    ("W2 is used after its update, with lr = 0.5", "G_H", lambda G_Z, W2, G_W2: G_Z @ (W2 - 0.5 * G_W2)),
    ("G_W2 in the place of W2", "G_H", lambda G_Z, G_W2: G_Z @ G_W2),
    ("G_Z in the place of G_H", "G_H", lambda G_Z: G_Z),
    ("1/N is in twice", "G_H", lambda G_Z, W2, N: G_Z @ W2 / N),
    ("only the last example counts", "G_H", G_H_row_by_row),
    ("example 2's gradient is used for all", "G_H", lambda G_Z, W2, N: np.tile(G_Z[2] @ W2, (N, 1))),
    ("the mask is made from H >= 0, which is always on", "M", lambda H: H >= 0),
    ("the mask is made from the sign of the gradient that arrives", "M", lambda G_H: G_H > 0),
    ("the mask is inverted", "M", lambda A1: A1 <= 0),
    ("the mask is missing", "G_A1", lambda G_H: G_H),
    ("the mask is made from H >= 0, which is always on", "G_A1", lambda G_H, H: np.where(H >= 0, G_H, 0)),
    ("the mask is made from the sign of the gradient that arrives", "G_A1", lambda G_H: np.maximum(G_H, 0)),
    ("the mask is inverted", "G_A1", zero_where_on),
    ("the mask is inverted", "G_A1", lambda G_H, A1: G_H * (A1 < 0)),
    ("multiplied by H instead of M", "G_A1", lambda G_H, H: G_H * H),
    ("the sign is flipped", "G_A1", lambda G_H, M: -G_H * M),
    ("the result is transposed", "G_W1", lambda G_A1, X: X.T @ G_A1),
    ("reshape in place of a transpose", "G_W1", lambda G_A1, X, N: G_A1.reshape(16, N) @ X),
    ("the product is reshaped in place of a transpose", "G_W1", lambda G_A1, X: (X.T @ G_A1).reshape(16, 2)),
    ("the mask is missing", "G_W1", lambda G_H, X: G_H.T @ X),
    ("1/N is in twice", "G_W1", lambda G_A1, X, N: G_A1.T @ X / N),
    ("only the last example counts", "G_W1", lambda G_A1, X: np.outer(G_A1[-1], X[-1])),
    ("the bias is summed over everything instead of over examples", "G_b1", lambda G_A1: G_A1.sum()),
    ("the bias is averaged instead of summed", "G_b1", lambda G_A1: G_A1.mean(axis=0)),
    ("the mask is missing", "G_b1", lambda G_H: G_H.sum(axis=0)),
    ("the result is transposed", "G_X", lambda G_A1, W1: W1.T @ G_A1.T),
    ("reshape in place of a transpose", "G_X", lambda G_A1, W1: G_A1 @ W1.T.reshape(16, 2)),
    ("the mask is missing", "G_X", lambda G_H, W1: G_H @ W1),
    ("multiplied by H instead of M", "G_X", lambda G_Z, W2, H, W1: (G_Z @ W2 * H) @ W1),
    ("the sign is flipped", "G_X", lambda G_A1, W1: -G_A1 @ W1),
]


@pytest.mark.parametrize(
    ("name", "symbol", "function"),
    WRONG_FUNCTIONS,
    ids=[f"{n}-{symbol}-{name}" for n, (name, symbol, _) in enumerate(WRONG_FUNCTIONS)],
)
@pytest.mark.parametrize("N", [3, 5, 12, 16])
def test_a_mistake_in_a_function_has_its_own_name_and_no_other(name, symbol, function, N):
    size = (N, 2, 16, 2)
    answer = check_answer(symbol, function, *make_net(*size))
    assert answer.correct is False and name in named(answer), answer
    assert "Right on your batch" not in answer.diagnosis
    assert all(coincide(name, other, symbol, right_values(*size)) for other in set(named(answer)) - {name}), answer


def test_a_function_is_not_told_of_a_mistake_in_what_it_was_given():
    net = make_net()
    given = check_answer("G_W2", lambda G_Z, H: -G_Z.T @ H, *net).diagnosis
    assert "Your G_W2 is what G_W2 = -(G_Z.T @ H) leads to" in given and "Or:" not in given
    own = check_answer("G_W2", lambda P, Y, N, H: ((Y - P) / N).T @ H, *net).diagnosis
    assert "Your G_W2 is what G_Z = (Y - P) / N leads to" in own and "Or:" not in own


def test_an_update_uphill_is_no_learning_rate():
    answer = check_answer("G_H", updated(right_values(5, 2, 16, 2), -0.5)["G_H"], *make_net())
    assert answer.correct is False and named(answer) == []


def test_a_loss_for_each_example_is_told_that_it_should_be_one_number():
    answer = check_answer("loss", lambda P, Y, N: -(Y * np.log(P)).sum(axis=1), *make_net())
    assert answer.correct is False
    assert answer.diagnosis.endswith(", expected (). It should be one number: is a sum or a mean missing?")


def test_a_mistake_beyond_the_batch_is_a_clear_error():
    X, y, params = make_net()
    mistake = next(mistake for mistake in checker.MISTAKES if "[e" in mistake.line)
    with pytest.raises(ValueError, match="does not fit this batch"):
        checker.backward_with(mistake, e=len(X))(X, y, params)


def test_a_loss_that_overflows_is_told_on_which_batch():
    answer = check_answer("loss", lambda P, Y, N: -(Y * np.log(P)).sum() / N, *make_net())
    assert answer.correct is False
    assert answer.diagnosis.startswith(
        "Right on your batch, but not on a fresh one of 12 examples and logits in the millions. There: loss has nan."
    )


# ---------------------------------------------------------------- right answers, written other ways


def loop_G_W2(G_Z, H):
    total = np.zeros((G_Z.shape[1], H.shape[1]))
    for g, h in zip(G_Z, H, strict=True):
        for k in range(len(g)):
            for j in range(len(h)):
                total[k, j] += g[k] * h[j]
    return total


def loop_G_X(G_A1, W1):
    return [[sum(g * w for g, w in zip(row, column, strict=True)) for column in W1.T] for row in G_A1]


def index_G_Z(P, y, N):
    P[np.arange(N), y] -= 1  # in place, on a copy that is the function's own
    P /= N
    return P


def own_loss(Z, y):
    shifted = Z - Z.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y])


def softmax_matrix(P, y, N):
    """The chain rule the long way, through the matrix ∂P/∂Z of each example."""
    rows = []
    for p, label in zip(P, y, strict=True):
        slope = np.zeros_like(p)
        slope[label] = -1 / p[label]
        rows.append((np.diag(p) - np.outer(p, p)) @ slope / N)
    return np.array(rows)


class Callable:
    def __call__(self, G_Z, W2):
        return G_Z @ W2

    def method(self, G_Z, W2):
        return G_Z @ W2


RIGHT = [
    ("A1", lambda X, W1, b1: np.dot(X, W1.T) + b1[None, :]),
    ("H", lambda A1: A1 * (A1 > 0)),
    ("H", lambda A1: (A1 + abs(A1)) / 2),
    ("Z", lambda H, W2, b2: (W2 @ H.T).T + b2),
    ("P", lambda Z: np.exp(Z) / np.exp(Z).sum(axis=1)[:, None]),
    ("loss", own_loss),
    ("loss", lambda Z, Y, N: np.sum(np.logaddexp.reduce(Z, axis=1) - (Z * Y).sum(axis=1)) / N),
    ("G_Z", index_G_Z),
    ("G_Z", softmax_matrix),
    ("G_Z", lambda P, Y: [[(p - t) / len(P) for p, t in zip(*rows, strict=True)] for rows in zip(P, Y, strict=True)]),
    ("G_W2", loop_G_W2),
    ("G_W2", lambda G_Z, H: np.einsum("ic,ij->cj", G_Z, H)),
    ("G_W2", lambda G_Z, H: np.asfortranarray((H.T @ G_Z).T)),
    ("G_W2", lambda G_Z, H: np.tensordot(G_Z, H, axes=(0, 0))),
    ("G_b2", lambda G_Z, N: np.ones(N) @ G_Z),
    ("G_b2", lambda G_Z: sum(G_Z)),
    ("G_H", lambda G_Z, W2: np.einsum("ic,cj->ij", G_Z, W2)),
    ("G_H", lambda G_Z, W2: (W2.T @ G_Z.T).T),
    ("G_H", Callable()),
    ("G_H", Callable().method),
    ("G_H", functools.partial(lambda by, G_Z, W2: by * G_Z @ W2, 1)),
    ("G_H", lambda G_Z, W2, /: G_Z @ W2),
    ("G_H", lambda *, W2, G_Z: G_Z @ W2),
    ("G_H", lambda G_Z, W2, *rest, **more: G_Z @ W2),
    ("G_H", lambda G_Z, params: G_Z @ params.W2),
    ("M", lambda H: H > 0),
    ("M", lambda A1: np.where(A1 > 0, 1, 0)),
    ("M", lambda A1: np.heaviside(A1, 0)),
    ("M", lambda A1: (A1 > 0).tolist()),
    ("M", lambda A1: np.sign(np.maximum(A1, 0)).astype(np.int8)),
    ("G_A1", lambda G_H, A1: np.where(A1 > 0, G_H, 0)),
    ("G_A1", lambda G_H, H: G_H * (H > 0)),
    ("G_A1", lambda G_H, M: np.select([M, ~M], [G_H, -0.0])),
    ("G_W1", lambda G_A1, X: sum(np.outer(g, x) for g, x in zip(G_A1, X, strict=True))),
    ("G_W1", lambda G_A1, X: np.matmul(G_A1.T, X).astype(np.float32)),
    ("G_b1", lambda G_H, M: (G_H * M).sum(axis=0).tolist()),
    ("G_X", loop_G_X),
    ("G_X", lambda G_Z, W2, M, W1: ((G_Z @ W2) * M) @ W1),
]


@pytest.mark.parametrize(("name", "function"), RIGHT, ids=[f"{n}-{name}" for n, (name, _) in enumerate(RIGHT)])
def test_a_right_answer_written_another_way_is_right(name, function):
    for size in SIZES[:4]:
        answer = check_answer(name, function, *make_net(*size))
        assert answer == Answer(True, "Correct, on 4 different batches."), answer


@pytest.mark.parametrize("name", SYMBOLS)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_right_array_is_right_however_it_is_kept(name, size):
    right = np.asarray(getattr(right_values(*size), name))
    noise = 1 + 1e-9 * np.random.default_rng(0).uniform(-1, 1, right.shape)
    wide = np.zeros((2 * right.size + 1,))
    wide[::2][: right.size] = right.ravel()
    for answer in (
        right,
        right.tolist(),
        right * 1.0,
        np.array(right, order="F"),
        right.astype(np.float32),
        right.astype(np.longdouble),
        right * noise,
        wide[::2][: right.size].reshape(right.shape),
    ):
        assert check_answer(name, answer, *make_net(*size)) == Answer(True, "Correct.")
    locked = np.array(right)
    locked.setflags(write=False)
    assert check_answer(name, locked, *make_net(*size)).correct is True


def test_the_whole_backward_pass():
    net = make_net(12)
    assert check_answer("backward", m.backward, *net) == Answer(True, "Correct, on 4 different batches.")
    for mistake in checker.MISTAKES:
        if mistake.symbol in m.Backward._fields and "G_Z - " not in mistake.line:
            v = checker.run_lines(*net, mistake, e=0, lr=0.5)
            if all(name in v for name in m.Backward._fields):
                answer = check_answer("backward", checker.backward_with(mistake), *net)
                at = m.Backward._fields.index(mistake.symbol)
                assert answer.correct is False and short_name(mistake, e=0, lr=0.5) in named(answer), answer
                assert f"{', '.join(m.Backward._fields[:at])}: right. " in answer.diagnosis or not at


def test_labels_may_be_kept_as_a_list_or_as_floats():
    X, y, params = make_net(5)
    for labels in (y.tolist(), y.astype(float), y.astype(bool), y.astype(np.int8)):
        assert check_answer("G_Z", index_G_Z, X, labels, params).correct is True
        assert check_answer("G_Z", right_values(5, 2, 16, 2).G_Z, X.tolist(), labels, list(params)).correct is True


# ---------------------------------------------------------------- not attempted


@pytest.mark.parametrize("name", SYMBOLS)
@pytest.mark.parametrize("answer", [..., None, lambda: ..., lambda: None, lambda X, y: ...])
def test_not_attempted(name, answer):
    found = check_answer(name, answer, *make_net())
    assert found == NOT_ATTEMPTED and found.correct is None
    assert repr(found).startswith("Not attempted yet.")


@pytest.mark.parametrize("gap", [..., None])
def test_a_backward_pass_in_the_making(gap):
    net = make_net()
    assert check_answer("backward", gap, *net) == NOT_ATTEMPTED
    assert check_answer("backward", lambda X, y, params: gap, *net) == NOT_ATTEMPTED
    half = check_answer("backward", lambda X, y, params: m.backward(X, y, params)._replace(G_b2=gap), *net)
    assert half == Answer(None, "G_Z, G_W2: right. G_b2: not attempted yet.")


# ---------------------------------------------------------------- wrong, and no known mistake


@pytest.mark.parametrize("name", SYMBOLS)
def test_a_wrong_shape_says_both_shapes(name):
    right = np.asarray(getattr(right_values(5, 2, 16, 2), name), float)
    shapes = {
        right.shape[::-1],
        (*right.shape, 1),
        (1, *right.shape),
        right.shape[1:],
        (4,),
        (3, 7),
        (0,),
        (),
        (5, 9),
    }
    for shape in shapes - {right.shape}:
        answer = check_answer(name, np.full(shape, 0.37), *make_net())
        assert answer.correct is False
        assert f"{name} has shape {m._shape(shape)}, expected {m._shape(right.shape)}." in answer.diagnosis
        assert ("swapped" in answer.diagnosis) == (shape == right.shape[::-1])


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", WRONG)
def test_a_known_mistake_of_the_wrong_shape_says_both_shapes_too(name, size):
    for symbol, wrong, v in wrong_answers(name, size):
        right, wrong = np.shape(getattr(v, symbol)), np.shape(wrong)
        if wrong != right:
            text = check_answer(symbol, np.asarray(WRONG[name](v)[symbol]), *make_net(*size)).diagnosis
            assert text.startswith(f"{symbol} has shape {m._shape(wrong)}, expected {m._shape(right)}.")
            assert ("The two axes look swapped" in text) == (wrong == right[::-1] and wrong != ())


def with_entry(array, place, value):
    array = np.array(array, float)
    array[place] = value
    return array


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_named_with_its_place(value):
    v, net = right_values(5, 2, 16, 2), make_net()
    for name, place in [("G_W1", (3, 1)), ("G_b1", (7,)), ("P", (4, 0)), ("M", (0, 0))]:
        text = check_answer(name, with_entry(getattr(v, name), place, value), *net).diagnosis
        assert text.startswith(f"{name} has {value} at {list(place)}.")
    assert check_answer("loss", value, *net).diagnosis.startswith(f"loss has {value}.")


@pytest.mark.parametrize("name", [name for name in SYMBOLS if name != "loss"])
def test_a_constant_factor_is_said(name):
    right, net = getattr(right_values(5, 2, 16, 2), name) * 1.0, make_net()
    for factor, said in [(3, "3"), (0.25, "0.25"), (-7, "7"), (1.01, "1.01"), (1e-9, "1e-09"), (-1e9, "1e+09")]:
        text = check_answer(name, factor * right, *net).diagnosis
        flipped = "with its sign flipped, and " if factor < 0 else ""
        assert text.startswith(f"{name} is the right one {flipped}times {said}")
        assert ("the direction is right" in text) == (factor > 0)


def test_a_tiny_or_nearly_right_answer_is_not_taken_for_a_factor():
    v, net = right_values(5, 2, 16, 2), make_net()
    for name in ARRAYS:
        random = np.random.default_rng(0).normal(size=getattr(v, name).shape)
        assert "times" not in check_answer(name, 1e-9 * random, *net).diagnosis
        assert "times 1:" not in check_answer(name, getattr(v, name) * 1.00001, *net).diagnosis


def test_the_sign_of_a_forward_value_is_said():
    v = right_values(5, 2, 16, 2)
    for name in ("A1", "H", "Z", "P"):
        text = check_answer(name, -getattr(v, name), *make_net()).diagnosis
        assert "the sign is flipped" in text and "times" not in text


def test_right_except_for_inactive_units():
    v = right_values(5, 2, 16, 2)
    wrong = v.G_A1 + np.where(v.M, 0, np.random.default_rng(0).normal(size=v.M.shape))
    assert "right except where the right answer is 0, as for inactive units" in str(
        check_answer("G_A1", wrong, *make_net())
    )


def test_right_in_some_rows_columns_or_entries():
    v, net = right_values(5, 2, 16, 2), make_net()
    shift = np.random.default_rng(0).uniform(1, 2, (5, 16))
    rows, columns = np.array([1, 0, 1, 1, 0]), np.arange(16) % 3 == 0
    assert "right in rows 1, 4, and wrong" in str(check_answer("G_H", v.G_H + shift * rows[:, None], *net))
    text = "right in columns 1, 2, 4, 5, 7, 8, 10, 11, …, and wrong"
    assert text in str(check_answer("G_H", v.G_H + shift * columns, *net))
    assert "right in entry 1, and wrong" in str(check_answer("G_b2", v.G_b2 + np.array([0.3, 0]), *net))
    one = check_answer("M", v.M ^ (np.arange(80).reshape(5, 16) % 5 == 0), *net)
    assert "64 of 80 entries are right" in str(one)


def test_rounding_and_zeros_and_where_the_difference_is_largest():
    v, net = right_values(5, 2, 16, 2), make_net()
    for name in ("G_W2", "G_H", "loss"):
        for rounded in (np.round(getattr(v, name), 4), np.float16(getattr(v, name))):
            text = check_answer(name, rounded, *net).diagnosis
            assert "rounded" in text
            came, right = re.search(r"(\S+), where (\S+) is right", text).groups()
            assert came != right
    for name in ARRAYS:
        zeros = check_answer(name, np.zeros(getattr(v, name).shape), *net)
        assert zeros.correct is False and f"{name} is 0 everywhere" in zeros.diagnosis
    far = check_answer("G_H", with_entry(v.G_H + 0.01, (2, 11), 7.0), *net).diagnosis
    assert f"The largest difference is at [2, 11]: 7, where {v.G_H[2, 11]:.4g} is right." in far


def test_a_loss_has_no_direction():
    right = right_values(5, 2, 16, 2).loss
    for answer in (0.1, 1e300, 1.1 * right, -3.0):
        text = check_answer("loss", answer, *make_net()).diagnosis
        assert "direction" not in text and f"where {right:.4g} is right" in text


def test_a_network_of_dead_units():
    X, y, params = make_net()
    params = params._replace(b1=params.b1 - 100)
    for name in ("G_A1", "G_W1", "G_b1", "G_X", "H", "M", "G_W2"):
        right = np.asarray(checker.run_lines(X, y, params)[name], float)
        assert not right.any()
        assert check_answer(name, right, X, y, params).correct is True
        answer = check_answer(name, np.random.default_rng(0).normal(size=right.shape), X, y, params)
        assert answer.correct is False and f"{name} should be 0 everywhere" in answer.diagnosis
        assert "nan" not in answer.diagnosis


@given(st.sampled_from(SYMBOLS), st.sampled_from(SIZES), st.integers(0, 2**32 - 1), st.sampled_from([1e-6, 1, 1e6]))
def test_random_numbers_are_never_right_and_never_taken_for_a_mistake(name, size, seed, scale):
    shape = np.shape(getattr(right_values(*size), name))
    answer = check_answer(name, scale * np.random.default_rng(seed).normal(size=shape), *make_net(*size))
    assert answer.correct is False and named(answer) == []
    assert answer.diagnosis.startswith(f"{name} is not right yet. ")


# ---------------------------------------------------------------- whatever a learner may do


class NoArray:
    def __array__(self, *args, **kwargs):
        raise RuntimeError("no array")


class NoRepr:
    def __repr__(self):
        raise RuntimeError("no repr")


class NoSignature:
    __signature__ = "nonsense"

    def __call__(self):
        return 1


class NoText(Exception):
    def __str__(self):
        raise RuntimeError("no text")


class NeedsArguments:
    def __init__(self, one, two):
        pass


def raises(error):
    def function(X):
        raise error

    return function


def modifies(X, y, params, W1, G_Z, H):
    for array in (X, W1, G_Z, H, *params):
        array[:] = 7.0
    y[:] = 0
    return G_Z


def calls_itself(X):
    return calls_itself(X)


def generates(X):
    yield from X


WEIRD = {
    "text": "G_Z",
    "numbers as text": ["1", "2"],
    "bytes": b"12",
    "dict": {"G_Z": 1},
    "set": {1.5, 2.5},
    "ragged": [[1, 2], [3]],
    "dots in a list": [...],
    "None in a list": [[None, 1.0]],
    "complex": 1j * np.ones((5, 2)),
    "objects": np.array([[1.0, None]], dtype=object),
    "a huge whole number": 10**400,
    "no array": NoArray(),
    "no repr": NoRepr(),
    "no signature": NoSignature(),
    "infinities": np.full((5, 16), np.inf),
    "nearly infinite": np.full((5, 16), 1e308),
    "both infinities": np.array([np.inf, -np.inf] * 40).reshape(5, 16),
    "tiny": np.full((5, 16), 5e-324),
    "empty": [],
    "empty rows": np.zeros((5, 0)),
    "masked": np.ma.masked_array(np.ones((5, 16)), mask=True),
    "dates": np.array(["2020-01-01"], dtype="datetime64"),
    "a record": np.zeros(3, dtype=[("a", float)]),
    "a range": range(80),
    "a generator": (row for row in range(3)),
    "a module": np,
    "NotImplemented": NotImplemented,
    "64 axes": np.zeros((1,) * 64),
    "params": make_net()[2],
    "the forward pass": m.forward(make_net()[0], make_net()[2]),
    "wrong argument": lambda G_Q: G_Q,
    "two wrong arguments": lambda self, other: 1,
    "stars": lambda *args, **kwargs: args,
    "keyword only": lambda *, wrong: wrong,
    "defaults": lambda X=1, G_Z=2: X,
    "np.matmul": np.matmul,
    "np.sum": np.sum,
    "np.add": np.add,
    "print": print,
    "max": max,
    "dict as a function": dict,
    "int": int,
    "type": type,
    "a class": NeedsArguments,
    "a class without repr": NoRepr,
    "an exception class": ValueError,
    "half": functools.partial(np.matmul),
    "a text comes back": lambda X: "done",
    "a dict comes back": lambda X: {"X": X},
    "a tuple comes back": lambda X, y: (X, y),
    "a function comes back": lambda X: lambda: X,
    "an object comes back": lambda X: NoRepr(),
    "an unreadable array comes back": lambda X: NoArray(),
    "an input comes back": lambda params: params,
    "a generator comes back": generates,
    "modifies": modifies,
    "calls itself": calls_itself,
    "divides": lambda X: 1 / 0,
    "undefined": lambda X: undefined_name,  # noqa: F821
    "shapes": lambda X, W1: X @ W1 @ X,
    "index": lambda P, y: P[99],
    "attribute": lambda params: params.W3,
    "asserts": raises(AssertionError()),
    "no text": raises(NoText()),
    "stops": raises(StopIteration()),
    "memory": raises(MemoryError("too much")),
    "warns": raises(DeprecationWarning("old")),
    "unicode": raises(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad")),
    "several": raises(ExceptionGroup("several", [ValueError("one"), KeyError("two")])),
    "exits": raises(SystemExit(0)),
    "a line break": raises(ValueError("one\ntwo")),
}


def assert_well_said(answer, attempted=True):
    assert isinstance(answer, Answer) and (answer.correct is False or not attempted)
    assert isinstance(answer.diagnosis, str) and len(answer.diagnosis) > 10
    assert repr(answer) == answer.diagnosis
    assert not re.search(r"</?(b|i|p|br|pre|code|div|span|table|tr|td)\b[^>]*>|&\w+;", answer.diagnosis)
    assert not re.search(r"\b0x[0-9a-f]{6,}|\(cosine nan\)", answer.diagnosis)


@pytest.mark.parametrize("what", WEIRD)
@pytest.mark.parametrize("name", ["G_H", "loss", "M", "G_b2", "backward"])
def test_whatever_the_answer_is_it_is_judged(what, name):
    found = check_answer(name, WEIRD[what], *make_net())
    assert_well_said(found, attempted=what != "print")  # print returns None
    if what != "a generator":
        assert check_answer(name, WEIRD[what], *make_net()) == found


junk = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
arrays = hnp.arrays(hnp.scalar_dtypes(), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=16))
wrong_floats = hnp.arrays(np.float64, st.sampled_from([(5, 16), (5, 2), (2, 16), (2,), (16,), (16, 2), ()]))


@given(st.sampled_from([*SYMBOLS, "backward"]), junk | arrays | wrong_floats)
def test_no_value_raises_or_is_changed(name, value):
    right = checker.run_lines(*make_net()).get(name)
    kept = value.tobytes() if isinstance(value, np.ndarray) else None
    for answer in (check_answer(name, value, *make_net()), check_answer(name, lambda: value, *make_net())):
        assert_well_said(answer, attempted=False)
        assert answer.correct is False or np.allclose(np.asarray(value, float), right, atol=1e-5)
    assert kept is None or value.tobytes() == kept


def test_nothing_that_is_given_is_changed():
    X, y, params = net = make_net()
    before = [np.array(array) for array in (X, y, *params)]
    own = []

    def keeps(G_Z, W2):
        own.append((G_Z, W2))
        return modifies(X.copy(), y.copy(), [array.copy() for array in params], W2, G_Z, G_Z)

    for answer in (modifies, keeps, right_values(5, 2, 16, 2).G_H, np.ones((5, 16))):
        check_answer("G_H", answer, *net)
    check_answer("backward", lambda X, y, params: modifies(X, y, params, params[0], X, X), *net)
    assert all(np.array_equal(a, b) for a, b in zip(before, (X, y, *params), strict=True))
    assert not any(np.shares_memory(given, array) for pair in own for given in pair for array in (X, *params))


def test_a_function_that_modifies_its_arguments_is_judged_against_the_right_values():
    def doubles(G_Z, W2):
        G_Z *= 2
        return G_Z @ W2

    assert "the right one times 2" in check_answer("G_H", doubles, *make_net()).diagnosis


def test_stopping_the_kernel_still_works():
    with pytest.raises(KeyboardInterrupt):
        check_answer("G_H", raises(KeyboardInterrupt()), *make_net())


def test_a_function_that_uses_the_notebooks_values_is_told_so():
    G_Z = right_values(5, 2, 16, 2).G_Z
    answer = check_answer("G_H", lambda W2: G_Z @ W2, *make_net())
    assert answer.correct is False
    assert "fresh" in answer.diagnosis and "not among its arguments" in answer.diagnosis


def test_an_argument_that_is_no_symbol_is_named_with_those_that_are():
    text = check_answer("G_H", lambda G_Z, w2, weights: 1, *make_net()).diagnosis
    assert text.startswith("Your function asks for w2, weights. It can ask for X, y, N, ")
    assert set(SYMBOLS) | set(m.Params._fields) | {"params"} <= set(re.findall(r"\w+", text))


# ---------------------------------------------------------------- the line that raised


def fails_on_its_third_line(G_Z, W2):
    first = G_Z.T
    return first @ W2 @ W2  # this line


def fails_in_numpy(G_Z, W2):
    letters = "ic->ij"
    return np.einsum(letters, G_Z, W2)  # this line


def fails_in_our_softmax(G_Z, W2):
    return m.softmax(G_Z[0])  # this line


def fails_in_a_helper(G_Z, W2):
    return helper(G_Z)


def helper(G_Z):
    return G_Z.no_such_thing  # this line


@pytest.mark.parametrize(
    "function",
    [fails_on_its_third_line, fails_in_numpy, fails_in_our_softmax, fails_in_a_helper],
    ids=lambda f: f.__name__,
)
def test_the_line_that_raised_is_the_learners_own(function):
    text = check_answer("G_H", function, *make_net()).diagnosis
    said, line = text.split("\n")
    number, code = re.fullmatch(r"in line (\d+): (.*)", line).groups()
    with open(__file__, encoding="utf-8") as file:
        assert file.read().splitlines()[int(number) - 1].strip() == code
    assert code.endswith("# this line")
    assert re.match(r"Your function raised (ValueError|AttributeError): .", said)


def test_the_line_that_raised_in_a_notebook(tmp_path):
    cells = [
        "import numpy as np\nimport checker, mlp_helpers as m\n"
        "X, y, params = np.eye(2), [0, 1], m.init_params(np.random.default_rng(0))",
        "def my_G_H(G_Z, W2):\n    letters = 'ic->ij'\n\n    return np.einsum(letters, G_Z, W2)",
        "checker.check_answer('G_H', my_G_H, X, y, params)",
        "checker.check_answer('G_H', lambda G_Z, W2: G_Z @ W2.T, X, y, params)",
    ]
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    execute(nb, tmp_path)
    first, second = (cell.outputs[0].data["text/plain"] for cell in nb.cells[2:])
    assert first.startswith("Your function raised ValueError: ")
    assert first.endswith("\nin line 4: return np.einsum(letters, G_Z, W2)")
    assert second.endswith("\nin line 1: checker.check_answer('G_H', lambda G_Z, W2: G_Z @ W2.T, X, y, params)")


# ---------------------------------------------------------------- bad arguments are the author's mistake


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"name": "G_Q"}, ValueError, "^name: expected one of A1, H, .*, backward, got 'G_Q'$"),
        ({"name": ""}, ValueError, "^name: "),
        ({"name": ["G_Z"]}, TypeError, "^name: expected one of A1, .*, got list"),
        ({"name": np.ones(2)}, TypeError, "^name: "),
        ({"name": None}, TypeError, "^name: "),
        ({"X": np.ones((5, 3))}, ValueError, r"^X: expected shape \(N, 2\), got \(5, 3\)$"),
        ({"X": "text"}, TypeError, "^X: "),
        ({"X": np.full((5, 2), np.nan)}, ValueError, "^X: "),
        ({"y": [0, 1]}, ValueError, "^y: "),
        ({"y": [0, 1, 2, 0, 1]}, ValueError, "^y: "),
        ({"y": "labels"}, TypeError, "^y: "),
        ({"params": None}, TypeError, "^params: "),
        ({"params": [np.ones(2)] * 4}, ValueError, r"^params\.W1: "),
    ],
)
@pytest.mark.parametrize("answer", [..., np.ones((5, 16)), lambda X: X], ids=["dots", "array", "function"])
def test_a_bad_argument_raises_and_is_named(change, error, message, answer):
    X, y, params = make_net()
    arguments = {"name": "G_H", "answer": answer, "X": X, "y": y, "params": params} | change
    with pytest.raises(error, match=message):
        check_answer(**arguments)


# ---------------------------------------------------------------- check_slopes


def squares(array):
    return float((np.arange(1, array.size + 1).reshape(array.shape) * array**2).sum())


AT = np.random.default_rng(0).normal(size=(5, 3))
SLOPES = 2 * np.arange(1, 16).reshape(5, 3) * AT


def test_slopes_that_are_right():
    for answer in (SLOPES, SLOPES.tolist(), SLOPES.astype(np.float32), np.asfortranarray(SLOPES), SLOPES * (1 + 1e-9)):
        assert check_slopes(answer, squares, AT) == Answer(True, "Correct: it agrees with the measured slopes.")
    assert check_slopes(6.0, lambda a: 3 * a**2, 1.0).correct is True
    assert check_slopes(np.zeros(3), lambda a: 5.0, np.ones(3)).correct is True


@pytest.mark.parametrize("answer", [..., None])
def test_slopes_not_attempted(answer):
    assert check_slopes(answer, squares, AT) == NOT_ATTEMPTED


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (SLOPES.T, "The gradient has shape (3, 5), expected (5, 3). The two axes look swapped"),
        (SLOPES.sum(axis=0), "The gradient has shape (3,), expected (5, 3)."),
        (3 * SLOPES, "The gradient is the right one times 3:"),
        (-SLOPES, "The gradient is minus the right one"),
        (0 * SLOPES, "The gradient is 0 everywhere."),
        (with_entry(SLOPES, (2, 1), np.nan), "The gradient has nan at [2, 1]."),
        (with_entry(SLOPES, 2, 50.0), "It is right in rows 0, 1, 3, 4, and wrong in the others."),
        (with_entry(SLOPES, (..., 2), 50.0), "It is right in columns 0, 1, and wrong in the others."),
        (np.round(SLOPES, 3), "rounded"),
        (SLOPES * AT, "The gradient is not right yet."),
    ],
)
def test_slopes_that_are_wrong(answer, said):
    found = check_slopes(answer, squares, AT)
    assert_well_said(found)
    assert said in found.diagnosis


@pytest.mark.parametrize("what", WEIRD)
def test_whatever_the_slopes_are_they_are_judged(what):
    assert_well_said(check_slopes(WEIRD[what], squares, AT))


@given(junk | arrays | hnp.arrays(np.float64, (5, 3)))
def test_no_slopes_raise_or_are_changed(value):
    kept = value.tobytes() if isinstance(value, np.ndarray) else None
    assert_well_said(check_slopes(value, squares, AT))
    assert kept is None or value.tobytes() == kept


@pytest.mark.parametrize(
    ("f", "array", "error", "message"),
    [
        ("text", AT, TypeError, "^f: expected a function, got str"),
        (lambda a: a, AT, ValueError, "^f: expected a function that returns one finite number"),
        (lambda a: np.nan, AT, ValueError, "^f: "),
        (squares, "text", TypeError, "^array: "),
        (squares, [], ValueError, "^array: "),
        (squares, [[1, 2], [3]], ValueError, "^array: "),
    ],
)
@pytest.mark.parametrize("answer", [..., SLOPES], ids=["dots", "array"])
def test_slopes_of_a_bad_function_or_array_raise(f, array, error, message, answer):
    with pytest.raises(error, match=message):
        check_slopes(answer, f, array)


def relu_sum(a):
    return np.maximum(a, 0).sum()


@pytest.mark.parametrize(("slope", "right"), [(0, True), (0.5, True), (1, True), (-0.1, False), (1.1, False)])
def test_every_slope_between_those_of_a_corner_is_right(slope, right):
    assert bool(check_slopes(np.array([0, slope, 1.0]), relu_sum, np.array([-1.0, 0, 2]))) is right


def test_slopes_below_what_can_be_measured_are_no_mistake():
    assert check_slopes(np.array([1e-17, 0]), lambda a: 1 + 1e-17 * a[0], np.ones(2))
    assert not check_slopes(np.array([1e-6, 0]), lambda a: 1.0, np.ones(2))


# ---------------------------------------------------------------- true only when right, noise, corners, wrong lines


def test_an_answer_is_true_only_when_right():
    net = make_net()
    assert check_answer("G_Z", right_values(5, 2, 16, 2).G_Z, *net)
    assert not check_answer("G_Z", np.zeros((5, 2)), *net)
    assert not check_answer("G_Z", ..., *net)


def test_the_same_sum_in_another_order_is_right_where_it_is_all_rounding():
    zero = m.Params(np.zeros((16, 2)), np.zeros(16), np.zeros((5, 16)), np.zeros(5))
    net = np.random.default_rng(0).normal(size=(5, 2)), np.arange(5), zero
    G_Z = m.backward(*net).G_Z
    assert check_answer("G_b2", sum(G_Z[i] for i in (4, 2, 0, 1, 3)), *net)
    assert check_answer("G_b2", lambda G_Z: G_Z[::-1].sum(axis=0), *net)
    assert not check_answer("G_b2", G_Z.sum(axis=0) + 1e-9, *net)


@pytest.mark.parametrize(
    ("symbol", "function"),
    [
        ("M", lambda A1: A1 >= 0),
        ("G_A1", lambda G_H, A1: G_H * (A1 >= 0)),
        ("G_A1", lambda G_H, A1: G_H * np.heaviside(A1, 0.5)),
        ("G_b1", lambda G_H, A1: (G_H * (A1 >= 0)).sum(axis=0)),
    ],
)
def test_a_mask_that_is_on_at_exactly_0_is_wrong(symbol, function):
    assert "exactly 0" in check_answer(symbol, function, *make_net()).diagnosis


@pytest.mark.parametrize(
    ("symbol", "line", "message"),
    [
        ("G_w2", "G_Z.T @ H", "mistake.symbol: expected one of A1, H, .*, got 'G_w2'"),
        ("G_W2", "G_Z.T @ Hh", "mistake.line: expected the names X, y, .*, got 'Hh'"),
        ("G_W2", "G_Z.T @", "mistake.line: expected a Python expression, got 'G_Z.T @'"),
    ],
)
def test_a_mistake_that_cannot_be_made_is_a_clear_error(symbol, line, message):
    with pytest.raises(ValueError, match=message):
        checker.backward_with(checker.Mistake("", symbol, line))


def test_a_line_may_count_with_a_comprehension():
    X, y, params = make_net()
    line = "sum(np.outer(G_Z[i], H[i]) for i in range(N))"
    found = checker.backward_with(checker.Mistake("", "G_W2", line))(X, y, params)
    assert np.allclose(found.G_W2, m.backward(X, y, params).G_W2, rtol=1e-12)

"""check_answer and check_slopes: a wrong answer is told the edit that yields it, and no learner meets an exception.

What a diagnosis claims is tested on another batch: there, the line that it shows must give what the learner's
function gives, or what the same mistake gives when it is written by hand, from forward and backward alone.
"""

import functools
import re
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from refresh_notebooks import execute
from wrong_answers import WRONG_ANSWERS

import checker
import mlp_helpers as m
from checker import Answer, check_answer, check_slopes
from checker.answers import NOT_ATTEMPTED
from checker.lines import PLACES, TOOLS

SYMBOLS = list(checker.LINES)
ARRAYS = [name for name in SYMBOLS if name != "loss"]
# N, inputs, hidden units, classes. In some of them axes have the same length, and shapes tell nothing.
SIZES = [(5, 2, 16, 2), (12, 2, 5, 4), (16, 2, 16, 2), (2, 2, 16, 2), (7, 3, 8, 3), (16, 16, 16, 16)]


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
    return a.shape == b.shape and bool(np.abs(a - b).max() <= 1e-6 * max(np.abs(b).max(), np.abs(right).max()))


def told(answer):
    """The explanations that a diagnosis gives, each as the wrong lines of one or two symbols."""
    parts = answer.diagnosis.split("Or: ")
    return [dict(found) for part in parts if (found := re.findall(r"yours: (\w+) = (.*)", part))]


@np.errstate(all="ignore")
def value_with(lines, name, net):
    """What a symbol is, on a batch, with these lines in the place of the right ones; None where they do not fit."""
    names = TOOLS | checker.run_lines(*net)
    for symbol, line in (checker.LINES | lines).items():
        try:
            names[symbol] = eval(line, names)
        except (NameError, ValueError, TypeError, IndexError, AttributeError):
            names.pop(symbol, None)
        if symbol == name:
            return names.get(name)


def inputs(line):
    return [name for name in dict.fromkeys(re.findall(r"\w+", line)) if name in checker.run_lines(*make_net())]


def function_of(line):
    """The function that returns what a line says, with the symbols in it as its arguments."""
    return eval(f"lambda {', '.join(inputs(line))}: {line}", dict(TOOLS))


def asks(name, value):
    """A function that asks for what the line of name is made from, and returns the value whatever they are."""
    return eval(f"lambda {', '.join(inputs(checker.LINES[name]))}: value", {"value": value})


@np.errstate(all="ignore")
def call(function, net):
    values = checker.run_lines(*net)
    asked = function.__code__.co_varnames[: function.__code__.co_argcount]
    return np.asarray(function(*(np.copy(values[name]) if name != "N" else values[name] for name in asked)), float)


def other(size):
    """A batch for the same widths with another number of examples, which is no width."""
    return make_net(11, *size[1:], seed=1)


def is_told(answer, name, wrong, net, elsewhere, other_net):
    """Whether each explanation gives the wrong numbers, and one of them those of the same mistake elsewhere."""
    found = told(answer)
    assert answer.correct is False and all(same(value_with(lines, name, net), wrong) for lines in found), answer
    return any(same(value_with(lines, name, other_net), elsewhere) for lines in found)


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


# ---------------------------------------------------------------- every single edit, and those that people make


@pytest.mark.parametrize("symbol", SYMBOLS)
@pytest.mark.parametrize("size", SIZES[:3], ids=str)
def test_every_single_edit_is_told(symbol, size):
    net, right = make_net(*size), vars(right_values(*size))[symbol]
    seen = 0
    for edit in checker.edits_of(symbol):
        if "{" not in edit.name and (wrong := value_with({symbol: edit.line}, symbol, net)) is not None:
            wrong = np.asarray(wrong, float)
            if np.abs(wrong).max() > 1e-12 and np.isfinite(wrong).all() and not same(wrong, right, right):
                elsewhere = value_with({symbol: edit.line}, symbol, other(size))
                found = check_answer(symbol, function_of(edit.line), *net)
                if elsewhere is None or "round" in edit.line:  # axes of one length by chance, or digits that are 0
                    assert is_told(found, symbol, wrong, net, wrong, net), (edit, found)
                else:
                    assert is_told(found, symbol, wrong, net, elsewhere, other(size)), (edit, found)
                seen += 1
    assert seen > 30


def test_an_edit_has_words_and_a_place_and_each_line_stands_once():
    assert set(PLACES) == set(SYMBOLS)
    for symbol in SYMBOLS:
        edits = checker.edits_of(symbol)
        assert len({edit.line for edit in edits}) == len(edits)
        for edit in edits:
            assert edit.symbol == symbol and edit.name and edit.line != checker.LINES[symbol]
            assert ("lr *" in edit.line) == ("{lr}" in edit.name) and ("[e]" in edit.line) == ("{e}" in edit.name)


def test_nearly_every_answer_typed_by_hand_is_told():
    """Of an answer that raises where axes differ, what it does where they do not is told."""
    size, square, missed = SIZES[0], (5, 5, 5, 5), []
    for symbol, function in WRONG_ANSWERS:
        net, others = make_net(*size), other(size)
        found = check_answer(symbol, function, *net)
        try:
            wrong = call(function, net)
        except ValueError:
            assert found.diagnosis.startswith("Your function raised ValueError: ")
            net, others = make_net(*square), make_net(*square, seed=1)
            wrong = call(function, net)
        elsewhere = call(function, others)
        if found.diagnosis.startswith("Right on your batch"):  # ReLU at exactly 0, or logits in the millions
            assert same(wrong, vars(right_values(*size))[symbol])
        elif not is_told(found, symbol, wrong, net, elsewhere, others):
            missed.append(function.__name__)
    assert len(missed) <= 0.05 * len(WRONG_ANSWERS), missed


TWO_THINGS = [
    ("G_W1", {"G_Z": "P / N", "G_A1": "G_H"}),
    ("G_X", {"P": "np.exp(Z)", "G_X": "-G_A1 @ W1"}),
    ("G_b2", {"H": "A1", "G_b2": "G_Z.mean(axis=0)"}),
    ("G_W2", {"G_W2": "-G_Z.T @ A1"}),
    ("G_b1", {"G_b1": "G_A1.mean(axis=1)"}),
]


@pytest.mark.parametrize(("name", "lines"), TWO_THINGS, ids=lambda value: str(value))
def test_two_edits_at_once_are_told(name, lines):
    net, others = make_net(), other(SIZES[0])
    wrong, elsewhere = value_with(lines, name, net), value_with(lines, name, others)
    assert is_told(check_answer(name, wrong, *net), name, wrong, net, elsewhere, others)


# ---------------------------------------------------------------- mistakes written by hand, in every tensor


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


def updated(v, lr):
    return after_G_H(v, v.G_Z @ (v.W2 - lr * v.G_W2))


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


BY_HAND = {  # by name: the wrong values of every tensor that the mistake changes
    "1/N is missing": lambda v: scaled(v, v.N),
    "1/N is in twice": lambda v: scaled(v, 1 / v.N),
    "averaged over N·C": lambda v: scaled(v, 1 / v.P.shape[1]),
    "the sign is flipped": lambda v: scaled(v, -1),
    "an extra factor P(1 − P)": lambda v: after_G_Z(v, v.G_Z * v.P * (1 - v.P)),
    "Y is missing": lambda v: after_G_Z(v, v.P / v.N),
    "whole columns": whole_columns,
    "the labels are swapped": labels_swapped,
    "summed over everything": lambda v: {"G_b2": np.sum(v.G_Z), "G_b1": np.sum(v.G_A1)},
    "averaged": lambda v: {"G_b2": np.mean(v.G_Z, 0), "G_b1": np.mean(v.G_A1, 0)},
    "the mask is missing": lambda v: after_G_A1(v, v.G_H),
    "the mask is made from the gradient": lambda v: after_M(v, v.G_H > 0),
    "the mask is inverted": lambda v: after_M(v, ~v.M),
    "multiplied by H": lambda v: after_G_A1(v, v.G_H * v.H),
    "lr = 0.625": lambda v: updated(v, 0.625),
    "lr = 50": lambda v: updated(v, 50),
    "G_W2 in the place of W2": lambda v: after_G_H(v, v.G_Z @ v.G_W2),
    "A1 in the place of H": lambda v: {"Z": v.A1 @ v.W2.T + v.b2, "G_W2": v.G_Z.T @ v.A1},
    "only the last example counts": only_last,
    "example 1 for all": lambda v: broadcast(v, 1),
}


@pytest.mark.parametrize("size", SIZES[1::4], ids=str)
@pytest.mark.parametrize("name", BY_HAND)
def test_each_mistake_written_by_hand_is_told_in_every_tensor_that_it_changes(name, size):
    here, there = right_values(*size), right_values(size[0] + 1, *size[1:], seed=1)
    net, others = make_net(*size), make_net(size[0] + 1, *size[1:], seed=1)
    for (symbol, wrong), elsewhere in zip(BY_HAND[name](here).items(), BY_HAND[name](there).values(), strict=True):
        if not same(wrong, getattr(here, symbol)):
            kept = np.array(wrong)
            assert is_told(check_answer(symbol, wrong, *net), symbol, wrong, net, elsewhere, others), symbol
            assert np.array_equal(wrong, kept)


# ---------------------------------------------------------------- which edit is told


def test_a_mistake_in_what_a_function_was_given_is_not_told():
    net = make_net()
    given = check_answer("G_W2", lambda G_Z, H: -G_Z.T @ H, *net)
    assert told(given) == [{"G_W2": "-(G_Z.T @ H)"}] and "G_Z =" not in given.diagnosis
    assert told(check_answer("G_W2", lambda P, H, N: P.T @ H / N, *net)) == [{"G_Z": "P / N"}]


def test_the_learners_own_line_comes_before_the_same_effect_earlier():
    v, net = right_values(5, 2, 16, 2), make_net()
    answer = check_answer("G_W2", -v.G_W2, *net)
    assert told(answer) == [{"G_W2": "-(G_Z.T @ H)"}]
    assert "The same would come of G_Z = (Y - P) / N, earlier." in answer.diagnosis
    assert told(check_answer("G_W2", (v.G_Z * v.P).T @ v.H, *net)) == [{"G_Z": "(P - Y) / N * P"}]


def test_what_is_the_same_at_one_size_only_is_told_as_two():
    v, net = right_values(2, 2, 16, 2), make_net(2)
    found = told(check_answer("G_Z", v.G_Z / 2, *net))
    assert {"G_Z": "(P - Y) / N / N"} in found and {"G_Z": "(P - Y) / P.size"} in found
    assert told(check_answer("G_Z", lambda P, Y, N: (P - Y) / N**2, *net)) == [{"G_Z": "(P - Y) / N / N"}]


def test_an_edit_that_gives_zeros_or_no_numbers_explains_nothing():
    v, net = right_values(5, 2, 16, 2), make_net()
    for wrong in (0 * v.G_Z, np.nan * v.G_Z, np.full((5, 2), np.inf)):
        assert told(check_answer("G_Z", wrong, *net)) == []


def test_labels_in_the_place_of_Y_are_told_where_they_do_not_even_fit():
    for function in (lambda P, y, N: (P - y) / N, lambda P, y, N: (P - y[:, None]) / N):
        assert "y in the place of Y" in check_answer("G_Z", function, *make_net()).diagnosis


@pytest.mark.parametrize(
    ("symbol", "line", "too_many"),
    [
        ("G_H", "G_Z @ W2.T", True),
        ("G_W2", "G_Z @ H", False),
        ("G_X", "G_A1 @ W1.T", True),
        ("G_W1", "G_A1 @ X", False),
    ],
)
def test_a_transpose_too_many_is_told_from_one_too_few(symbol, line, too_many):
    answer = check_answer(symbol, function_of(line), *make_net())
    assert answer.diagnosis.startswith("Your function raised ValueError: matmul: ") and told(answer) == [{symbol: line}]
    assert ("too many" in answer.diagnosis, "missing" in answer.diagnosis) == (too_many, not too_many)


def test_an_update_uphill_is_no_learning_rate():
    assert told(check_answer("G_H", lambda G_Z, W2, G_W2: G_Z @ (W2 + 0.3 * G_W2), *make_net())) == []


def test_a_loss_for_each_example_is_told():
    net = make_net()
    answer = check_answer("loss", lambda P, Y, N: -(Y * np.log(P)).sum(axis=1), *net)
    assert answer.diagnosis.startswith("loss has shape (5,), expected ().") and told(answer)


def test_a_mistake_beyond_the_batch_is_a_clear_error():
    X, y, params = make_net()
    mistake = next(mistake for mistake in checker.edits_of("G_H") if "[e" in mistake.line)
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
    for size in SIZES[:2]:
        answer = check_answer(name, function, *make_net(*size))
        assert answer == Answer(True, "Correct, on 4 different batches."), answer


@pytest.mark.parametrize("name", SYMBOLS)
@pytest.mark.parametrize("size", SIZES[1::2], ids=str)
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


@pytest.mark.parametrize("symbol", m.Backward._fields)
def test_the_whole_backward_pass(symbol):
    net = make_net(12)
    assert check_answer("backward", m.backward, *net) == Answer(True, "Correct, on 4 different batches.")
    for edit in checker.edits_of(symbol)[::15]:
        broken = checker.backward_with(edit, e=0, lr=0.5)
        try:
            wrong = broken(*net)
        except ValueError:
            continue
        first = next((n for n, (a, b) in enumerate(zip(wrong, m.backward(*net), strict=True)) if not same(a, b)), None)
        if first is not None and np.isfinite(wrong[first]).all() and np.any(wrong[first]):
            name, answer = m.Backward._fields[first], check_answer("backward", broken, *net)
            assert f"{', '.join(m.Backward._fields[:first])}: right. " in answer.diagnosis or not first
            assert is_told(answer, name, wrong[first], net, wrong[first], net), (edit, answer)


def test_labels_may_be_kept_as_a_list_or_as_floats():
    X, y, params = make_net(5)
    for labels in (y.tolist(), y.astype(float), y.astype(bool), y.astype(np.int8)):
        assert check_answer("G_Z", index_G_Z, X, labels, params).correct is True
        assert check_answer("G_Z", right_values(5, 2, 16, 2).G_Z, X.tolist(), labels, list(params)).correct is True


# ---------------------------------------------------------------- not attempted


# ---------------------------------------------------------------- not attempted


@pytest.mark.parametrize("answer", [..., None, lambda: ..., lambda: None, lambda X, y: ...])
def test_not_attempted(answer):
    for name in (*SYMBOLS, "backward"):
        found = check_answer(name, answer, *make_net())
        assert found == NOT_ATTEMPTED and found.correct is None and not found
    assert check_slopes(answer, squares, AT) == NOT_ATTEMPTED or callable(answer)


def test_a_backward_pass_in_the_making():
    half = check_answer("backward", lambda X, y, params: m.backward(X, y, params)._replace(G_b2=...), *make_net())
    assert half == Answer(None, "G_Z, G_W2: right. G_b2: not attempted yet.")


# ---------------------------------------------------------------- wrong, and no small edit


@pytest.mark.parametrize(
    ("name", "shape"),
    [(name, shape) for name in ("G_W2", "G_b2", "loss") for shape in ((16, 2), (2, 1), (1, 2), (4,), (0,), (), (5, 9))],
)
def test_a_wrong_shape_says_both_shapes(name, shape):
    right = np.shape(getattr(right_values(5, 2, 16, 2), name))
    if shape != right:
        text = check_answer(name, asks(name, np.full(shape, 0.37)), *make_net()).diagnosis
        assert text.startswith(f"{name} has shape {m._shape(shape)}, expected {m._shape(right)}.")
        assert ("swapped" in text) == (shape == right[::-1])


def with_entry(array, place, value):
    array = np.array(array, float)
    array[place] = value
    return array


def test_a_number_that_is_not_finite_is_named_with_its_place():
    v, net = right_values(5, 2, 16, 2), make_net()
    for value in (np.nan, np.inf, -np.inf):
        for name, place in [("G_W1", (3, 1)), ("G_b1", (7,)), ("P", (4, 0)), ("M", (0, 0))]:
            text = check_answer(name, with_entry(getattr(v, name), place, value), *net).diagnosis
            assert text.startswith(f"{name} has {value} at {list(place)}.")
        assert check_answer("loss", value, *net).diagnosis.startswith(f"loss has {value}.")


@pytest.mark.parametrize(("factor", "said"), [(3, "3"), (-7, "7"), (1.01, "1.01"), (1e-9, "1e-09"), (-1e9, "1e+09")])
def test_a_constant_factor_is_said(factor, said):
    for name in ("A1", "G_W2", "G_b1"):
        text = check_answer(name, function_of(f"{factor} * ({checker.LINES[name]})"), *make_net()).diagnosis
        flipped = "with its sign flipped, and " if factor < 0 else ""
        assert text.startswith(f"{name} is the right one {flipped}times {said}")
        assert ("the direction is right" in text) == (factor > 0)


def noise(name):
    return np.random.default_rng(0).normal(size=np.shape(getattr(right_values(5, 2, 16, 2), name)))


def test_right_in_some_rows_columns_or_entries():
    v, net = right_values(5, 2, 16, 2), make_net()
    shift = np.random.default_rng(0).uniform(1, 2, (5, 16))
    rows, columns = np.array([1, 0, 1, 1, 0]), np.arange(16) % 3 == 0
    assert "right in rows 1, 4, and wrong in rows 0, 2, 3." in repr(
        check_answer("G_H", asks("G_H", v.G_H + shift * rows[:, None]), *net)
    )
    text = "right in columns 1, 2, 4, 5, 7, 8, 10, 11, …, and wrong in columns 0, 3, 6, 9, 12, 15."
    assert text in repr(check_answer("G_H", asks("G_H", v.G_H + shift * columns), *net))
    assert "right in entry 1, and wrong in entry 0." in repr(
        check_answer("G_b2", asks("G_b2", v.G_b2 + np.eye(2)[0]), *net)
    )
    assert "is the mask applied?" in repr(
        check_answer("G_A1", asks("G_A1", v.G_A1 + np.where(v.M, 0, noise("G_A1"))), *net)
    )


def test_a_row_that_is_0_anyway_is_not_called_right():
    X, y, params = make_net()
    params = params._replace(b1=np.where(np.arange(16) < 4, -100, params.b1))  # four dead units: rows of G_W1 are 0
    right = m.backward(X, y, params).G_W1
    wrong = right + (np.arange(16) > 8)[:, None] * noise("G_W1")
    text = check_answer("G_W1", asks("G_W1", wrong), X, y, params).diagnosis
    rows = [int(row) for row in re.search(r"right in rows ([\d, ]+), and wrong", text)[1].split(", ")]
    assert rows == [row for row in range(9) if right[row].any()]


def test_where_the_difference_is_largest_and_what_is_0():
    v, net = right_values(5, 2, 16, 2), make_net()
    far = check_answer("G_H", asks("G_H", with_entry(v.G_H + 0.01, (2, 11), 7.0)), *net).diagnosis
    assert f"The largest difference is at [2, 11]: 7, where {v.G_H[2, 11]:.4g} is right." in far
    for name in ARRAYS:
        assert f"{name} is 0 everywhere" in check_answer(name, np.zeros(getattr(v, name).shape), *net).diagnosis
    text = check_answer("loss", asks("loss", 1.1 * v.loss), *net).diagnosis
    assert "direction" not in text and f"where {v.loss:.4g} is right" in text
    assert "rounded" in check_answer("G_H", asks("G_H", np.float16(v.G_H)), *net).diagnosis


def test_a_network_of_dead_units():
    X, y, params = make_net()
    params = params._replace(b1=params.b1 - 100)
    for name in ("G_A1", "G_W1", "G_b1", "G_X", "H", "M", "G_W2"):
        assert check_answer(name, 0 * noise(name), X, y, params)
        text = check_answer(name, asks(name, noise(name)), X, y, params).diagnosis
        assert f"{name} should be 0 everywhere" in text and "nan" not in text


@settings(max_examples=6)
@given(st.sampled_from(SYMBOLS), st.integers(0, 2**32 - 1), st.sampled_from([1e-6, 1, 1e6]))
def test_random_numbers_are_never_right_and_never_explained(name, seed, scale):
    value = scale * np.random.default_rng(seed).normal(size=np.shape(getattr(right_values(5, 2, 16, 2), name)))
    answer = check_answer(name, value, *make_net())
    assert told(answer) == [] and answer.diagnosis.startswith(f"{name} is not right yet. ")


# ---------------------------------------------------------------- whatever a learner may do


class Odd:
    """An object that fails whenever it is looked at."""

    __signature__ = "nonsense"

    def __array__(self, *args, **kwargs):
        raise RuntimeError("no array")

    def __repr__(self):
        raise RuntimeError("no repr")


class OddCall(Odd):
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


STRANGE = {
    "text": "G_Z",
    "bytes": b"12",
    "dict": {"G_Z": 1},
    "ragged": [[1, 2], [3]],
    "dots in a list": [...],
    "None in a list": [[None, 1.0]],
    "complex": 1j * np.ones((5, 2)),
    "objects": np.array([[1.0, None]], dtype=object),
    "a huge whole number": 10**400,
    "an odd object": Odd(),
    "an odd function": OddCall(),
    "nearly infinite": np.full((5, 16), 1e308),
    "both infinities": np.array([np.inf, -np.inf] * 40).reshape(5, 16),
    "tiny": np.full((5, 16), 5e-324),
    "empty": [],
    "empty rows": np.zeros((5, 0)),
    "masked": np.ma.masked_array(np.ones((5, 16)), mask=True),
    "dates": np.array(["2020-01-01"], dtype="datetime64"),
    "a record": np.zeros(3, dtype=[("a", float)]),
    "a range": range(80),
    "a module": np,
    "64 axes": np.zeros((1,) * 64),
    "params": make_net()[2],
    "wrong argument": lambda G_Q: G_Q,
    "stars": lambda *args, **kwargs: args,
    "keyword only": lambda *, wrong: wrong,
    "defaults": lambda X=1, G_Z=2: X,
    "np.matmul": np.matmul,
    "np.sum": np.sum,
    "max": max,
    "type": type,
    "a class": NeedsArguments,
    "an exception class": ValueError,
    "half": functools.partial(np.matmul),
    "a text comes back": lambda X: "done",
    "a dict comes back": lambda X: {"X": X},
    "a tuple comes back": lambda X, y: (X, y),
    "a function comes back": lambda X: lambda: X,
    "an odd object comes back": lambda X: Odd(),
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
    assert not re.search(r"\b0x[0-9a-f]{6,}|\bnan\)", answer.diagnosis)


@pytest.mark.parametrize("number", range(len(STRANGE)), ids=list(STRANGE))
def test_whatever_the_answer_is_it_is_judged(number):
    answer = list(STRANGE.values())[number]
    for name in ("G_H", ("loss", "M", "G_b2", "backward")[number % 4]):
        assert_well_said(check_answer(name, answer, *make_net()))
    assert_well_said(check_slopes(answer, squares, AT))


junk = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
arrays = hnp.arrays(hnp.scalar_dtypes(), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=16))
wrong_floats = hnp.arrays(np.float64, st.sampled_from([(5, 16), (5, 2), (2, 16), (2,), (16,), (16, 2), (5, 3), ()]))


@given(st.sampled_from([*SYMBOLS, "backward"]), junk | arrays | wrong_floats)
def test_no_value_raises_or_is_changed(name, value):
    right = checker.run_lines(*make_net()).get(name)
    kept = value.tobytes() if isinstance(value, np.ndarray) else None
    answer = check_answer(name, lambda X, H, G_Z, G_H, G_A1, W1, W2: value, *make_net())
    assert_well_said(answer, attempted=False)
    assert answer.correct is False or np.allclose(np.asarray(value, float), right, atol=1e-5)
    assert_well_said(check_slopes(value, squares, AT))
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
    def triples(G_Z, W2):
        G_Z *= 3
        return G_Z @ W2

    assert "the right one times 3" in check_answer("G_H", triples, *make_net()).diagnosis


def test_stopping_the_kernel_still_works():
    with pytest.raises(KeyboardInterrupt):
        check_answer("G_H", raises(KeyboardInterrupt()), *make_net())


def test_a_function_that_uses_the_notebooks_values_is_told_so():
    G_Z = right_values(5, 2, 16, 2).G_Z
    answer = check_answer("G_H", lambda W2: G_Z @ W2, *make_net())
    assert answer.correct is False
    assert "fresh" in answer.diagnosis and "not among its arguments" in answer.diagnosis
    assert told(check_answer("G_H", lambda W2: -G_Z @ W2, *make_net()))


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
        "checker.check_answer('G_H', lambda G_Z, W2: 1 / 0, X, y, params)",
    ]
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    execute(nb, tmp_path)
    first, second = (cell.outputs[0].data["text/plain"] for cell in nb.cells[2:])
    assert first.startswith("Your function raised ValueError: ")
    assert first.endswith("\nin line 4: return np.einsum(letters, G_Z, W2)")
    assert second.endswith("\nin line 1: checker.check_answer('G_H', lambda G_Z, W2: 1 / 0, X, y, params)")


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


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (SLOPES.T, "The gradient has shape (3, 5), expected (5, 3). The two axes look swapped"),
        (SLOPES.sum(axis=0), "The gradient has shape (3,), expected (5, 3)."),
        (3 * SLOPES, "The gradient is the right one times 3:"),
        (-SLOPES, "The gradient is minus the right one"),
        (0 * SLOPES, "The gradient is 0 everywhere."),
        (with_entry(SLOPES, (2, 1), np.nan), "The gradient has nan at [2, 1]."),
        (with_entry(SLOPES, 2, 50.0), "It is right in rows 0, 1, 3, 4, and wrong in row 2."),
        (with_entry(SLOPES, (..., 2), 50.0), "It is right in columns 0, 1, and wrong in column 2."),
        (np.round(SLOPES, 3), "rounded"),
        (SLOPES * AT, "The gradient is not right yet."),
    ],
)
def test_slopes_that_are_wrong(answer, said):
    found = check_slopes(answer, squares, AT)
    assert_well_said(found)
    assert said in found.diagnosis


W = np.random.default_rng(1).normal(size=(4, 3))
SUM = [np.cos(W), 0.4 * W]  # the gradient of Σ sin w + 0.2 Σ w², term by term


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (SUM[0] + SUM[1] / 2, "minus 0.2 times the array"),
        (SUM[0] + W, "plus 0.6 times the array"),
        (3 * SUM[0] + SUM[1], "3 times the right one minus 0.8 times the array"),
        (-SUM[0] - SUM[1], "the sign is flipped"),
    ],
)
def test_a_term_of_a_sum_that_is_off_by_a_factor_is_named(answer, says):
    assert says in check_slopes(answer, lambda a: (np.sin(a) + 0.2 * a**2).sum(), W).diagnosis


def test_the_part_of_a_gradient_that_is_off_by_a_factor_is_named():
    def squared_error(a):
        return ((a - 1) ** 2).sum()

    def leaky(a):
        return np.where(a > 0, a, 0.2 * a).sum()

    assert (
        "does not depend on the array, which is taken times 0.5" in check_slopes(2 * W - 1, squared_error, W).diagnosis
    )
    assert "depends on the array, which is taken times 0.5" in check_slopes(W - 2, squared_error, W).diagnosis
    assert "elsewhere the right one times 0." in check_slopes(1.0 * (W > 0), leaky, W).diagnosis


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

"""Every single edit of the lines, and what people type, is told: the edit, or one that means the same.

What a diagnosis claims is tested on another batch: there, the line that it shows must give what the learner's
function gives, or what the same mistake gives when it is written by hand, from forward and backward alone.
"""

import re

import numpy as np
import pytest
from test_check_answer import SIZES, SYMBOLS, function_of, make_net, right_values, same, told
from wrong_answers import WRONG_ANSWERS

import checker
import mlp_helpers as m
from checker import Answer, check_answer
from checker.lines import PLACES, TOOLS


@np.errstate(all="ignore")
def value_with(lines, name, net):
    """What a symbol is, on a batch, with these lines in the place of the right ones; None where they do not fit."""
    names = TOOLS | checker.run_lines(*net)
    first = min(map(SYMBOLS.index, lines))
    for symbol, line in [*(checker.LINES | lines).items()][first:]:
        try:
            names[symbol] = eval(line, names)
        except (NameError, ValueError, TypeError, IndexError, AttributeError):
            names.pop(symbol, None)
        if symbol == name:
            return names.get(name)


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
    for symbol, line in re.findall(r"right: (\w+) = (.*)", answer.diagnosis):
        assert same(value_with({symbol: line}, symbol, other_net), checker.run_lines(*other_net)[symbol])
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
                no_number = elsewhere is None or not np.isfinite(np.asarray(elsewhere, float)).all()
                if no_number or "round" in edit.line:  # axes of one length by chance, or digits that are 0
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


LISTED = [  # some of each kind, written by hand
    ("A1", ["X @ W1.T", "X @ W1 + b1", "X @ W1.reshape(W1.T.shape) + b1", "X @ W1.T - b1", "X @ (W1.T + b1)"]),
    ("H", ["A1", "np.minimum(A1, 0)", "np.abs(A1)", "np.maximum(A1, 1)", "1 / (1 + np.exp(-A1))"]),
    (
        "P",
        ["Z", "np.exp(Z)", "softmax(Z.T).T", "np.exp(Z) / np.exp(Z).sum()", "1 / (1 + np.exp(-Z))", "log_softmax(Z)"],
    ),
    ("loss", ["-cross_entropy(Z, y)", "cross_entropy(Z, y) * N", "-(Y * P).sum() / N", "-(Y * np.log2(P)).sum() / N"]),
    ("G_Z", ["P - Y", "(Y - P) / N", "(P + Y) / N", "P / N", "(Z - Y) / N", "(P - Y) * N", "P - Y / N", "(P - y) / N"]),
    ("G_Z", ["(P - Y[:, ::-1]) / N", "(P - Y) / N / N", "(P - Y) / N * 2", "(P - Y) / N / 2", "((P - Y) / N).T"]),
    ("G_Z", ["(P - Y) / P.shape[1]", "(np.round(P, 0) - Y) / N", "np.round((P - Y) / N, 3)", "((P - Y) / N)[::-1]"]),
    ("G_W2", ["G_Z.T @ A1", "G_Z @ H", "G_Z.T * H", "H @ G_Z.T", "(G_Z.T @ H).T", "-(G_Z.T @ H)", "G_Z.T @ M"]),
    ("G_b2", ["G_Z.sum(axis=1)", "G_Z.sum()", "G_Z.mean(axis=0)", "G_Z[-1]", "G_Z", "G_Z.sum(axis=0, keepdims=True)"]),
    ("G_H", ["G_Z @ W2.T", "G_Z * W2", "G_Z @ G_W2", "W2 @ G_Z", "G_Z @ W2 * M", "np.maximum(G_Z @ W2, 0)"]),
    ("M", ["A1 >= 0", "A1 <= 0", "A1 < 0", "A1 > 1", "H > 0.5", "G_H > 0", "H >= 0"]),
    ("G_A1", ["G_H", "G_H * H", "G_H * ~M", "G_H + M", "G_H @ M", "G_H @ M.T", "M"]),
    ("G_W1", ["G_H.T @ X", "G_A1.reshape(G_A1.T.shape) @ X", "(G_A1.T @ X).T.reshape((G_A1.T @ X).shape)"]),
]


@pytest.mark.parametrize(("symbol", "lines"), LISTED)
def test_every_kind_of_edit_is_made(symbol, lines):
    made = [edit.line for edit in checker.edits_of(symbol)]
    assert [line for line in lines if line not in made] == []


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


# ---------------------------------------------------------------- lines that cannot be


def test_a_mistake_beyond_the_batch_is_a_clear_error():
    X, y, params = make_net()
    mistake = next(mistake for mistake in checker.edits_of("G_H") if "[e" in mistake.line)
    with pytest.raises(ValueError, match="does not fit this batch"):
        checker.backward_with(mistake, e=len(X))(X, y, params)


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

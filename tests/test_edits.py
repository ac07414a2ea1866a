"""Every single edit of the lines, and what people type, is told: the edit, or one that means the same.

What a diagnosis claims is tested on another batch: there, the line that it shows must give what the learner's
function gives, or what the same mistake gives there.
"""

import re

import numpy as np
import pytest
from nets import NOTEBOOKS_NET, make_net, values_of
from test_check_answer import NET, RIGHT, SYMBOLS, TYPED, defined, function_of, told

import checker
import mlp_helpers as m
from checker import Answer, check_answer
from checker.lines import PLACES, TOOLS

# N, inputs, hidden units, classes. In the last two axes have the same length, and shapes tell nothing.
SIZES = [(5, 2, 16, 2), (12, 2, 5, 4), (16, 2, 16, 2), (16, 16, 16, 16)]
ERRORS = (NameError, ValueError, TypeError, IndexError, AttributeError)


def same(a, b, right=0.0):
    a, b = np.asarray(a, float), np.asarray(b, float)
    return a.shape == b.shape and bool(np.abs(a - b).max() <= 1e-6 * max(np.abs(b).max(), np.abs(right).max()))


@np.errstate(all="ignore")
def value_with(lines, name, net):
    """What a symbol is, on a batch, with these lines in the place of the right ones; None where they do not fit."""
    names = TOOLS | checker.run_lines(*net)
    first = min(map(SYMBOLS.index, lines))
    for symbol, line in [*(checker.LINES | lines).items()][first:]:
        try:
            names[symbol] = eval(line, names)
        except ERRORS:
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


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_lines_are_the_network(size):
    found, right = checker.run_lines(*make_net(*size)), values_of(*make_net(*size))
    assert list(found) == ["X", "y", "N", "Y", *m.Params._fields, *SYMBOLS]
    for name, value in found.items():
        assert np.array_equal(value, right[name]), name


@pytest.mark.parametrize("symbol", SYMBOLS)
@pytest.mark.parametrize("size", SIZES[1:3], ids=str)
def test_every_single_edit_is_told(symbol, size):
    net, right = make_net(*size), values_of(*make_net(*size))[symbol]
    seen = 0
    for edit in checker.edits_of(symbol):
        line = edit.line.replace("[e]", "[1]").replace("lr *", "0.625 *")
        if (wrong := value_with({symbol: line}, symbol, net)) is not None:
            wrong = np.asarray(wrong, float)
            if np.abs(wrong).max() > 1e-12 and np.isfinite(wrong).all() and not same(wrong, right, right):
                others = other(size)
                elsewhere = value_with({symbol: line}, symbol, others)
                found = check_answer(symbol, function_of(line), *net)
                by_chance = elsewhere is None or not np.isfinite(np.asarray(elsewhere, float)).all()
                if by_chance or "round" in line:  # axes of one length, or digits that are 0
                    elsewhere, others = wrong, net
                assert is_told(found, symbol, wrong, net, elsewhere, others), (edit, found)
                seen += 1
    assert seen > 30


def test_edits_of_each_kind_are_made_with_words_and_a_place_and_each_line_once():
    assert set(PLACES) == set(SYMBOLS)
    for symbol in SYMBOLS:
        edits = checker.edits_of(symbol)
        made = {edit.line for edit in edits}
        assert len(made) == len(edits) and made >= set(TYPED["lines"].get(symbol, []))
        for edit in edits:
            assert edit.symbol == symbol and edit.name and edit.line != checker.LINES[symbol]
            assert ("lr *" in edit.line) == ("{lr}" in edit.name) and ("[e]" in edit.line) == ("{e}" in edit.name)


def test_nearly_every_answer_typed_by_hand_is_told():
    square, missed = (5, 5, 5, 5), []  # where no product fails by its shape
    for symbol, function in [(wrong["symbol"], defined(wrong["code"])) for wrong in TYPED["wrong"]]:
        net, others = NET, other(SIZES[0])
        found = check_answer(symbol, function, *net)
        try:
            wrong = call(function, net)
        except ValueError:
            assert found.diagnosis.startswith("Your function raised ValueError: ")
            net, others = make_net(*square), make_net(*square, seed=1)
            wrong = call(function, net)
        elsewhere = call(function, others)
        if found.diagnosis.startswith("Right on your batch"):  # ReLU at exactly 0, or logits in the millions
            assert same(wrong, getattr(RIGHT, symbol))
        elif not is_told(found, symbol, wrong, net, elsewhere, others):
            missed.append(function.__name__)
    assert len(missed) <= 0.05 * len(TYPED["wrong"]), missed


@pytest.mark.parametrize("two", TYPED["two"], ids=str)
def test_two_edits_at_once_are_told(two):
    name, lines, others = two["seen"], two["lines"], other(SIZES[0])
    wrong, elsewhere = value_with(lines, name, NET), value_with(lines, name, others)
    assert is_told(check_answer(name, wrong, *NET), name, wrong, NET, elsewhere, others)


@pytest.mark.parametrize("size", SIZES[1::2], ids=str)
@pytest.mark.parametrize(
    ("symbol", "line"), [(symbol, line) for symbol, lines in TYPED["mistakes"].items() for line in lines]
)
def test_a_mistake_is_told_in_every_tensor_that_it_changes(symbol, line, size):
    net, others = make_net(*size), make_net(size[0] + 1, *size[1:], seed=1)
    right = values_of(*net)
    for name in SYMBOLS[SYMBOLS.index(symbol) :]:
        wrong, elsewhere = (value_with({symbol: line}, name, batch) for batch in (net, others))
        if not same(wrong, right[name]):
            kept = np.array(wrong)
            assert is_told(check_answer(name, wrong, *net), name, wrong, net, elsewhere, others), name
            assert np.array_equal(wrong, kept)


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


@pytest.mark.parametrize(
    ("symbol", "answer", "lines"),
    [
        ("G_W2", lambda G_Z, H: -G_Z.T @ H, [{"G_W2": "-(G_Z.T @ H)"}]),  # G_Z was given, and is right
        ("G_W2", lambda P, H, N: P.T @ H / N, [{"G_Z": "P / N"}]),
        ("G_W2", -RIGHT.G_W2, [{"G_W2": "-(G_Z.T @ H)"}]),  # the learner's own line before an earlier one
        ("G_W2", (RIGHT.G_Z * RIGHT.P).T @ RIGHT.H, [{"G_Z": "(P - Y) / N * P"}]),
        ("G_H", lambda G_Z, W2, G_W2: G_Z @ (W2 + 0.3 * G_W2), []),  # an update uphill is no learning rate
    ],
)
def test_the_line_that_is_told_is_the_one_that_the_learner_wrote(symbol, answer, lines):
    assert told(check_answer(symbol, answer, *NET)) == lines


def test_the_same_effect_earlier_is_told_too():
    assert "The same would come of G_Z = (Y - P) / N, earlier." in check_answer("G_W2", -RIGHT.G_W2, *NET).diagnosis


def test_what_is_the_same_at_one_size_only_is_told_as_two():
    net = make_net(2)
    found = told(check_answer("G_Z", values_of(*net)["G_Z"] / 2, *net))
    assert {"G_Z": "(P - Y) / N / N"} in found and {"G_Z": "(P - Y) / P.size"} in found
    assert told(check_answer("G_Z", lambda P, Y, N: (P - Y) / N**2, *net)) == [{"G_Z": "(P - Y) / N / N"}]


@pytest.mark.parametrize(
    ("symbol", "line", "says"),
    [
        ("G_H", "G_Z @ W2.T", "too many"),
        ("G_W2", "G_Z @ H", "missing"),
        ("G_X", "G_A1 @ W1.T", "too many"),
        ("G_Z", "(P - y) / N", "y in the place of Y"),
    ],
)
def test_what_does_not_fit_is_told_with_the_edit_that_it_is(symbol, line, says):
    answer = check_answer(symbol, function_of(line), *NET)
    assert answer.diagnosis.startswith("Your function raised ValueError: ") and told(answer) == [{symbol: line}]
    assert [word for word in ("too many", "missing", "y in the place of Y") if word in answer.diagnosis] == [says]


def test_a_mistake_beyond_the_batch_is_a_clear_error():
    mistake = next(mistake for mistake in checker.edits_of("G_H") if "[e" in mistake.line)
    with pytest.raises(ValueError, match="does not fit this batch"):
        checker.backward_with(mistake, e=len(NET[0]))(*NET)


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
    line = "sum(np.outer(G_Z[i], H[i]) for i in range(N))"
    found = checker.backward_with(checker.Mistake("", "G_W2", line))(*NET)
    assert np.allclose(found.G_W2, RIGHT.G_W2, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "line", "words"),
    [
        ("A1", "np.outer(X[:, 0], W1[:, 0]) + b1", "only the first input counts."),
        ("H", "np.where(A1 > 0, A1, 0.1 * A1)", "a slope of 0.1 below 0 instead of 0."),
        ("Z", "H @ W2.T + H.shape[1] * b2", "the bias is added in each term of the sum."),
        ("loss", "-np.log(P[:, 0]).mean()", "the first class's probability is taken for every example."),
        ("loss", "np.trunc(-np.log(P[np.arange(N), y])).mean()", "the terms are cut to whole numbers"),
        ("G_H", "np.array([G_Z[i, k] * W2[k] for i, k in enumerate(y)])", "only the true label"),
        ("G_H", "np.cumsum(G_Z @ W2, axis=0)", "the running sum is not set back to 0 for each row."),
        ("M", "H >= 0", "H is nowhere below 0, so the mask is always on: >= in the place of >."),
        ("M", "A1.astype(bool)", "!= in the place of >."),
        ("G_A1", "G_H * M.any(axis=0)", "a unit that is on for one example counts as on for all."),
        ("G_A1", "G_H * np.roll(M, 1, axis=0)", "the rows of M are shifted by one."),
        ("G_W1", "G_A1.T @ np.ones_like(X)", "1 in the place of each entry of X."),
        ("G_X", "np.repeat(G_A1 @ W1[:, :1], 2, axis=1)", "column 0 of W1 in the place of every column."),
    ],
)
def test_a_kind_of_mistake_is_told_in_words(name, line, words):
    found = check_answer(name, function_of(line), *NOTEBOOKS_NET)
    assert found.correct is False and found.diagnosis.startswith(f"Look here: {words}"), found


def test_an_axis_in_the_place_of_a_number_is_told_after_the_shapes():
    found = check_answer("H", lambda A1: np.max(A1, 0), *NET)
    shapes = "H has shape (16,), expected (5, 16).\n"
    assert found.correct is False and found.diagnosis.startswith(f"{shapes}Look here: np.max, which takes 0"), found


def test_what_the_function_does_not_do_elsewhere_is_not_told():
    """The labels alternate here, so these look like the labels swapped; on another batch they are not."""
    found = check_answer("G_Z", lambda P, N: (P - np.eye(2)[(np.arange(N) + 1) % 2]) / N, *NOTEBOOKS_NET)
    assert found.correct is False and "Look here" not in found.diagnosis, found


def test_a_backward_pass_that_also_trains_is_told_so():
    def backward(X, y, params):
        grads = m.backward(X, y, params)
        params.W2[:] -= 0.5 * grads.G_W2
        return grads

    found = check_answer("backward", backward, *NET)
    assert not found and found.diagnosis.startswith("The gradients are right, but your function changes W2,")


def test_two_mistakes_on_a_large_batch_are_told_of_a_function():
    found = check_answer("loss", lambda P, Y: -2 * (Y * np.log2(P)).sum() / len(P), *make_net(300))
    assert found.diagnosis.startswith("Look here: np.log2 in the place of np.log; and a factor 2.")

"""Two in five of the single edits of the lines are told: the edit, or one that means the same.

What a diagnosis claims is tested on another batch: there, the line that it shows must give what the learner's
function gives, or what the same mistake gives there.
"""

import re

import numpy as np
import pytest
from nets import make_net, values_of
from test_check_answer import NET, RIGHT, SYMBOLS, TYPED

import checker
import mlp_helpers as m
from checker import check_answer
from checker.lines import TOOLS, symbols_in

# N, inputs, hidden units, classes. In the last two axes have the same length, and shapes tell nothing.
SIZES = [(5, 2, 16, 2), (12, 2, 5, 4), (16, 2, 16, 2), (16, 16, 16, 16)]


def same(a, b, right=0.0):
    a, b = np.asarray(a, float), np.asarray(b, float)
    return a.shape == b.shape and bool(np.abs(a - b).max() <= 1e-6 * max(np.abs(b).max(), np.abs(right).max()))


@np.errstate(all="ignore")
def value_with(lines, name, net):
    """What a symbol is, on a batch, with these lines in the place of the right ones; None where they do not fit."""
    names = TOOLS | checker.run_lines(*net)
    for symbol in SYMBOLS[min(map(SYMBOLS.index, lines)) :]:
        try:
            names[symbol] = eval((checker.LINES | lines)[symbol], names)
        except (NameError, ValueError, TypeError, IndexError, AttributeError):
            names.pop(symbol, None)
    return np.asarray(names[name], float) if name in names else None


def function_of(line):
    """The function that returns what a line says; its arguments are the symbols in it."""
    return eval(f"lambda {', '.join(sorted(symbols_in(line)))}: {line}", dict(TOOLS))


def told(answer):
    """The explanations that a diagnosis gives, each as the wrong lines of one or two symbols."""
    parts = answer.diagnosis.split("Or: ")
    return [dict(found) for part in parts if (found := re.findall(r"numbers like these come of: (\w+) = (.*)", part))]


def other(size):
    """A batch for the same widths with another number of examples, which is no width."""
    return make_net(11, *size[1:], seed=1)


def is_told(answer, name, wrong, net, elsewhere, other_net):
    """Whether each explanation gives the wrong numbers, and one of them those of the same mistake elsewhere."""
    found = told(answer)
    for symbol, line in re.findall(r"what is asked: (\w+) = (.*)", answer.diagnosis):
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
def test_two_in_five_single_edits_are_told_of_a_line_and_of_a_whole_backward_pass(symbol, size):
    net, right = make_net(*size), values_of(*make_net(*size))[symbol]
    seen, before = 0, m.Backward._fields[: [*m.Backward._fields, symbol].index(symbol)]
    for edit in checker.edits_of(symbol)[size[0] % 5 :: 5]:
        wrong, elsewhere = (value_with({symbol: edit.line}, symbol, batch) for batch in (net, other(size)))
        if wrong is None or not np.isfinite(wrong).all() or np.abs(wrong).max() < 1e-12 or same(wrong, right, right):
            continue
        others = other(size)
        if elsewhere is None or not np.isfinite(elsewhere).all():
            elsewhere, others = wrong, net  # it fits by axes of one length
        found = check_answer(symbol, function_of(edit.line), *net)
        assert is_told(found, symbol, wrong, net, elsewhere, others), (edit, found)
        seen += 1
        if symbol in m.Backward._fields and seen % 3 == 0 and wrong.shape == right.shape:
            found = check_answer("backward", checker.backward_with(edit), *net)
            assert f"{', '.join(before)}: right. " in found.diagnosis or not before
            assert is_told(found, symbol, wrong, net, wrong, net), (edit, found)
    assert seen > 7


def test_edits_of_each_kind_are_made_with_words_and_a_place_and_each_line_once():
    for symbol in SYMBOLS:
        edits = checker.edits_of(symbol)
        made = {edit.line for edit in edits}
        assert len(made) == len(edits) and made >= set(TYPED["lines"].get(symbol, []))
        for edit in edits:
            assert edit.symbol == symbol and edit.name and edit.line != checker.LINES[symbol]


@pytest.mark.parametrize("size", SIZES[1::2], ids=str)
@pytest.mark.parametrize(
    ("symbol", "line"), [(symbol, line) for symbol, lines in TYPED["mistakes"].items() for line in lines]
)
def test_a_mistake_is_told_in_every_tensor_that_it_changes(symbol, line, size):
    net, others = make_net(*size), other(size)
    right = values_of(*net)
    for name in SYMBOLS[SYMBOLS.index(symbol) :]:
        wrong, elsewhere = (value_with({symbol: line}, name, batch) for batch in (net, others))
        if not same(wrong, right[name]):
            assert is_told(check_answer(name, wrong, *net), name, wrong, net, elsewhere, others), name


def test_what_is_the_same_at_one_size_only_is_told_as_two():
    net = make_net(2)
    found = told(check_answer("G_Z", values_of(*net)["G_Z"] / 2, *net))
    assert {"G_Z": "(P - Y) / N / N"} in found and {"G_Z": "(P - Y) / N / 2"} in found
    assert "1/N is in twice" in check_answer("G_Z", function_of("(P - Y) / N**2"), *net).diagnosis


@pytest.mark.parametrize("line", ["np.foo(A1)", "G_Z[99] @ W2", "1 // 0", "{}['a']", "'text'", "next(iter([]))"])
def test_a_line_that_computes_nothing_is_a_clear_error(line):
    with pytest.raises(ValueError, match="does not fit this batch"):
        checker.backward_with(checker.Mistake("", "G_H", line))(*NET)


@pytest.mark.parametrize("typed", TYPED["impossible"], ids=lambda typed: typed["line"])
def test_a_mistake_that_cannot_be_made_is_a_clear_error(typed):
    with pytest.raises(ValueError, match=typed["said"]):
        checker.backward_with(checker.Mistake("", typed["symbol"], typed["line"]))


def test_a_line_may_count_with_a_comprehension():
    line = "sum(np.outer(G_Z[i], H[i]) for i in range(N))"
    found = checker.backward_with(checker.Mistake("", "G_W2", line))(*NET)
    assert np.allclose(found.G_W2, RIGHT.G_W2, rtol=1e-12)

"""check_answer and check_slopes: right answers are right however written, and no learner meets an exception."""

import copy
import functools
import linecache
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from nets import NOTEBOOKS_NET as NET
from nets import make_net, values_of
from refresh_notebooks import execute

import checker
import mlp_helpers as m
from checker import Answer, check_answer, check_slopes
from checker.answers import NOT_ATTEMPTED

SYMBOLS = list(checker.LINES)
TYPED = tomllib.loads(Path(__file__).with_name("typed_answers.toml").read_text(encoding="utf-8"))
RIGHT = SimpleNamespace(**values_of(*NET))


def defined(code, **more):
    """What the code defines last, in a cell whose source Python can find."""
    cell = f"<cell {hash(code)}>"
    helpers = ("forward", "one_hot", "softmax", "log_softmax", "cross_entropy", "Backward")
    names = {"np": np, "m": m, "functools": functools, "__name__": "cell"} | more
    names |= {name: getattr(m, name) for name in helpers}
    linecache.cache[cell] = (len(code), None, code.splitlines(keepends=True), cell)
    exec(compile(code, cell, "exec"), names)
    return names.popitem()[1]


@pytest.mark.parametrize("typed", TYPED["right"], ids=lambda typed: typed["symbol"])
def test_a_right_answer_written_another_way_is_right(typed):
    for net in (NET, make_net(12, 2, 5, 4)):
        found = check_answer(typed["symbol"], defined(typed["code"]), *net)
        assert found == Answer(True, "Correct, on 4 different batches.")


@pytest.mark.parametrize("name", SYMBOLS)
def test_a_right_array_is_right_however_it_is_kept(name):
    right = np.asarray(getattr(RIGHT, name))
    locked, every_other = np.array(right), np.repeat(right[..., None], 2, axis=-1)[..., 0]
    locked.setflags(write=False)
    kinds = [right.astype(kind) for kind in (float, np.float32, np.longdouble)]
    for answer in (*kinds, right.tolist(), np.array(right, order="F"), right * (1 + 1e-9), locked, every_other):
        assert check_answer(name, answer, *NET) == Answer(True, "Correct.")


def test_labels_may_be_kept_as_a_list_or_as_floats():
    X, y, params = NET
    for labels in (y.tolist(), y.astype(float), y.astype(bool), y.astype(np.int8)):
        assert check_answer("G_Z", lambda P, y, N: (P - np.eye(2)[y]) / N, X, labels, params).correct is True
        assert check_answer("G_Z", RIGHT.G_Z, X.tolist(), labels, list(params)).correct is True


@pytest.mark.parametrize("answer", [..., None, lambda: ..., lambda: None, lambda X, y: ...])
def test_not_attempted(answer):
    for name in (*SYMBOLS, "backward"):
        found = check_answer(name, answer, *NET)
        assert found == NOT_ATTEMPTED and found.correct is None and not found


@pytest.mark.parametrize("answer", [..., None, lambda array: ...])
def test_slopes_not_attempted(answer):
    assert check_slopes(answer, squares, AT) == NOT_ATTEMPTED


def test_a_backward_pass_in_the_making():
    half = check_answer("backward", lambda X, y, params: m.backward(X, y, params)._replace(G_b2=...), *NET)
    assert half == Answer(None, "G_Z, G_W2: right. G_b2: not attempted yet.")


def test_the_same_sum_in_another_order_is_right_where_it_is_all_rounding():
    zero = m.Params(np.zeros((16, 2)), np.zeros(16), np.zeros((5, 16)), np.zeros(5))
    net = np.random.default_rng(0).normal(size=(5, 2)), np.arange(5), zero
    G_Z = m.backward(*net).G_Z
    assert check_answer("G_b2", sum(G_Z[i] for i in (4, 2, 0, 1, 3)), *net)
    assert check_answer("G_b2", lambda G_Z: G_Z[::-1].sum(axis=0), *net)
    assert not check_answer("G_b2", G_Z.sum(axis=0) + 1e-9, *net)

    def in_reverse(X, y, params):
        found = m.backward(X, y, params)
        return found._replace(G_b2=found.G_Z[::-1].sum(axis=0))

    assert check_answer("backward", in_reverse, *net)


def test_rows_and_tensors_that_are_0_anyway_are_not_called_right():
    X, y, params = NET
    four_dead = params._replace(b1=np.where(np.arange(16) < 4, -100, params.b1))  # four rows of G_W1 are 0
    right = m.backward(X, y, four_dead).G_W1
    wrong = right + 0.37 * (np.arange(16) > 8)[:, None]
    text = check_answer("G_W1", wrong, X, y, four_dead).diagnosis
    rows = [int(row) for row in re.search(r"right in rows ([\d, ]+)\.", text)[1].split(", ")]
    assert rows == [row for row in range(9) if right[row].any()]

    all_dead = params._replace(b1=params.b1 - 100)
    for name in ("H", "G_W2", "G_X"):
        zeros = 0.0 * getattr(RIGHT, name)
        assert check_answer(name, zeros, X, y, all_dead)
        text = check_answer(name, zeros + 0.37, X, y, all_dead).diagnosis
        assert f"{name} should be 0 everywhere" in text and "nan" not in text


def assert_well_said(answer, attempted=True):
    assert isinstance(answer, Answer) and (answer.correct is False or not attempted)
    assert repr(answer) == answer.diagnosis and len(answer.diagnosis) > 10
    assert not re.search(r"</?(b|i|p|br|pre|code|div|span|table|tr|td)\b[^>]*>|&\w+;", answer.diagnosis)
    assert not re.search(r"\b0x[0-9a-f]{6,}|\bnan\)", answer.diagnosis)


@pytest.mark.parametrize("typed", TYPED["strange"], ids=lambda typed: typed["code"].split("\n")[0])
def test_whatever_the_answer_is_it_is_judged(typed):
    answer = defined(typed["code"])
    for name in ("G_H", "loss", "backward"):
        assert_well_said(check_answer(name, answer, *NET))
    assert_well_said(check_slopes(answer, squares, AT))


junk = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
arrays = hnp.arrays(hnp.scalar_dtypes(), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=16))
wrong_floats = hnp.arrays(np.float64, st.sampled_from([(5, 16), (5, 2), (2, 16), (2,), (16,), (16, 2), (5, 3), ()]))


@settings(max_examples=30)
@given(st.sampled_from([*SYMBOLS, "backward"]), junk | arrays | wrong_floats)
def test_no_value_raises_or_is_changed(name, value):
    kept = value.tobytes() if isinstance(value, np.ndarray) else None
    answer = check_answer(name, lambda X, H, G_Z, G_H, G_A1, W1, W2: value, *NET)
    assert_well_said(answer, attempted=False)
    assert answer.correct is False or np.allclose(np.asarray(value, float), getattr(RIGHT, name), atol=1e-5)
    assert_well_said(check_slopes(value, squares, AT))
    assert kept is None or value.tobytes() == kept


def test_nothing_that_is_given_is_changed():
    before = copy.deepcopy(NET)

    def modifies(X, y, params, W1, G_Z):
        for array in (X, y, *params, W1, G_Z):
            array[:] = 0

    assert "returns nothing" in check_answer("G_H", modifies, *NET).diagnosis
    assert "returns nothing" in check_answer("backward", modifies, *NET).diagnosis
    assert all(map(np.array_equal, (*NET[:2], *NET[2]), (*before[:2], *before[2])))


def test_stopping_the_kernel_still_works():
    def stops(X):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_answer("G_H", stops, *NET)


def test_the_line_that_raised_is_the_learners_own(tmp_path):
    begin = "import numpy as np, checker, mlp_helpers as m\nparams = m.init_params(np.random.default_rng(0))"
    check = "checker.check_answer('G_H', my_G_H, np.eye(2), [0, 1], params)"
    codes = [begin, *(typed["code"] + check for typed in TYPED["raises"])]
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in codes])
    execute(nb, tmp_path)
    for cell, typed in zip(nb.cells[1:], TYPED["raises"], strict=True):
        assert re.search(typed["said"], cell.outputs[0].data["text/plain"])


def test_a_bad_argument_is_the_authors_mistake_and_raises():
    X, _, params = NET
    with pytest.raises(ValueError, match=r"^name: expected one of A1, H, .*, backward, got 'G_Q'$"):
        check_answer("G_Q", ..., *NET)
    with pytest.raises(ValueError, match=r"^y: "):
        check_answer("G_H", ..., X, [0, 1, 2, 0, 1], params)
    with pytest.raises(ValueError, match=r"^array: "):
        check_slopes(..., squares, [])


def squares(array):
    return (np.arange(1, 16).reshape(5, 3) * array**2).sum()


AT = np.random.default_rng(0).normal(size=(5, 3))
SLOPES = 2 * np.arange(1, 16).reshape(5, 3) * AT


@pytest.mark.parametrize("typed", TYPED["slopes"], ids=lambda typed: typed["answer"])
def test_slopes_are_right_or_what_is_wrong_is_said(typed):
    f, at, answer = (eval(code) for code in (typed["f"], typed.get("at", "AT"), typed["answer"]))
    found = check_slopes(answer, f, at)
    assert_well_said(found, attempted=not found)
    assert typed["said"] in found.diagnosis and bool(found) is (typed["said"] == "Correct")

"""check_answer and check_slopes: right answers are right however written, and no learner meets an exception."""

import functools
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
from nets import make_net, values_of
from refresh_notebooks import execute

import checker
import mlp_helpers as m
from checker import Answer, check_answer, check_slopes
from checker.answers import NOT_ATTEMPTED
from checker.lines import GIVEN, TOOLS

SYMBOLS = list(checker.LINES)
TYPED = tomllib.loads(Path(__file__).with_name("typed_answers.toml").read_text(encoding="utf-8"))
NET = make_net()
RIGHT = SimpleNamespace(**values_of(*NET))


def told(answer):
    """The explanations that a diagnosis gives, each as the wrong lines of one or two symbols."""
    parts = answer.diagnosis.split("Or: ")
    return [dict(found) for part in parts if (found := re.findall(r"yours: (\w+) = (.*)", part))]


def defined(code):
    """What the code defines last."""
    names = {"np": np, "m": m, "functools": functools}
    exec(code, names)
    return names.popitem()[1]


def function_of(line, like=None, **more):
    """The function that returns what a line says; its arguments are the symbols in it, or in another line."""
    asked = [name for name in dict.fromkeys(re.findall(r"\w+", like or line)) if name in (*GIVEN, *SYMBOLS)]
    return eval(f"lambda {', '.join(asked)}: {line}", TOOLS | more)


def asks(name, value):
    """A function that asks for what the line of name is made from, and returns the value whatever they are."""
    return function_of("value", checker.LINES[name], value=value)


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
    assert check_slopes(answer, squares, AT) == NOT_ATTEMPTED or callable(answer)


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


def noise(name):
    return np.random.default_rng(0).uniform(1, 2, np.shape(getattr(RIGHT, name)))


@pytest.mark.parametrize("typed", TYPED["array"], ids=lambda typed: typed["answer"])
def test_what_no_edit_explains_is_said_by_its_shape_its_parts_and_its_direction(typed):
    name, wrong = typed["symbol"], eval(typed["answer"], {"np": np}, vars(RIGHT))
    found = check_answer(name, asks(name, wrong), *NET)
    assert_well_said(found)
    assert typed["said"] in found.diagnosis and told(found) == []
    assert name != "loss" or "direction" not in found.diagnosis


@pytest.mark.parametrize("name", SYMBOLS)
def test_an_answer_of_zeros_is_called_so(name):
    assert check_answer(name, 0 * noise(name), *NET).diagnosis.startswith(f"{name} is 0 everywhere")


@pytest.mark.parametrize("typed", TYPED["function"], ids=lambda typed: typed["said"])
def test_what_is_wrong_with_a_function_is_said(typed):
    found = check_answer(typed["symbol"], eval(typed["answer"], {"np": np}, vars(RIGHT)), *NET)
    assert found.correct is False and typed["said"] in found.diagnosis


def test_rows_and_tensors_that_are_0_anyway_are_not_called_right():
    X, y, params = NET
    four_dead = params._replace(b1=np.where(np.arange(16) < 4, -100, params.b1))  # four rows of G_W1 are 0
    right = m.backward(X, y, four_dead).G_W1
    wrong = right + (np.arange(16) > 8)[:, None] * noise("G_W1")
    text = check_answer("G_W1", asks("G_W1", wrong), X, y, four_dead).diagnosis
    rows = [int(row) for row in re.search(r"right in rows ([\d, ]+), and wrong", text)[1].split(", ")]
    assert rows == [row for row in range(9) if right[row].any()]

    all_dead = params._replace(b1=params.b1 - 100)
    for name in ("G_A1", "G_W1", "G_b1", "G_X", "H", "M", "G_W2"):
        assert check_answer(name, 0 * noise(name), X, y, all_dead)
        text = check_answer(name, asks(name, noise(name)), X, y, all_dead).diagnosis
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


def test_nothing_that_is_given_is_changed_or_shared():
    before, own = [np.array(array) for array in (*NET[:2], *NET[2])], []

    def modifies(X, y, params, W1, G_Z):
        own.extend((X, W1, G_Z, *params))
        for array in own:
            array[:] = 7.0
        y[:] = 0
        return G_Z

    check_answer("G_H", modifies, *NET)
    check_answer("backward", lambda X, y, params: modifies(X, y, params, params[0], X), *NET)
    assert all(np.array_equal(a, b) for a, b in zip(before, (*NET[:2], *NET[2]), strict=True))
    assert own and not any(np.shares_memory(given, array) for given in own for array in (NET[0], *NET[2]))


def test_stopping_the_kernel_still_works():
    def stops(X):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_answer("G_H", stops, *NET)


def test_the_line_that_raised_is_the_learners_own(tmp_path):
    cells = [
        "import numpy as np\nimport checker, mlp_helpers as m\n"
        "X, y, params = np.eye(2), [0, 1], m.init_params(np.random.default_rng(0))",
        "def my_G_H(G_Z, W2):\n    letters = 'ic->ij'\n\n    return np.einsum(letters, G_Z, W2)",
        "def helper(G_Z):\n    return G_Z.no_such_thing\n\n\n"
        "checker.check_answer('G_H', lambda G_Z, W2: helper(G_Z), X, y, params)",
        "checker.check_answer('G_H', my_G_H, X, y, params)",
        "checker.check_answer('G_H', lambda G_Z, W2: 1 / 0, X, y, params)",
    ]
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    execute(nb, tmp_path)
    inner, own, short = (cell.outputs[0].data["text/plain"] for cell in nb.cells[2:])
    assert re.match(r"Your function raised AttributeError: .*\nin line 2: return G_Z.no_such_thing$", inner)
    assert own.startswith("Your function raised ValueError: ")
    assert own.endswith("\nin line 4: return np.einsum(letters, G_Z, W2)")
    assert short.endswith("\nin line 1: checker.check_answer('G_H', lambda G_Z, W2: 1 / 0, X, y, params)")


def test_a_bad_argument_is_the_authors_mistake_and_raises():
    X, y, params = NET
    for answer in (..., np.ones((5, 16)), lambda X: X):
        with pytest.raises(ValueError, match=r"^name: expected one of A1, H, .*, backward, got 'G_Q'$"):
            check_answer("G_Q", answer, X, y, params)
        with pytest.raises(TypeError, match=r"^name: expected one of A1, .*, got list"):
            check_answer(["G_Z"], answer, X, y, params)
        with pytest.raises(ValueError, match=r"^y: "):
            check_answer("G_H", answer, X, [0, 1, 2, 0, 1], params)


def squares(array):
    return float((np.arange(1, array.size + 1).reshape(array.shape) * array**2).sum())


def waves(array):
    return (np.sin(array) + 0.2 * array**2).sum()


AT = np.random.default_rng(0).normal(size=(5, 3))
SLOPES = 2 * np.arange(1, 16).reshape(5, 3) * AT
COS = np.cos(AT)  # the gradient of waves is this, plus 0.4 AT


def test_slopes_that_are_right():
    for answer in (SLOPES, SLOPES.tolist(), SLOPES.astype(np.float32), np.asfortranarray(SLOPES), SLOPES * (1 + 1e-9)):
        assert check_slopes(answer, squares, AT) == Answer(True, "Correct: it agrees with the measured slopes.")
    assert check_slopes(6.0, lambda a: 3 * a**2, 1.0).correct is True
    assert check_slopes(np.zeros(3), lambda a: 5.0, np.ones(3)).correct is True


@pytest.mark.parametrize(
    ("f", "answer", "said"),
    [
        (squares, SLOPES.T, "The gradient has shape (3, 5), expected (5, 3). The two axes look swapped"),
        (squares, 3 * SLOPES, "The gradient is the right one times 3:"),
        (squares, -SLOPES, "The gradient is minus the right one"),
        (squares, SLOPES + np.nan, "The gradient has nan at [0, 0]."),
        (squares, SLOPES + np.array([0, 0, 50, 0, 0])[:, None], "It is right in rows 0, 1, 3, 4, and wrong in row 2."),
        (squares, SLOPES * AT, "The gradient is not right yet."),
        (waves, COS + 0.2 * AT, "minus 0.2 times the array"),
        (waves, COS + AT, "plus 0.6 times the array"),
        (waves, 3 * COS + 0.4 * AT, "3 times the right one minus 0.8 times the array"),
        (lambda a: ((a - 1) ** 2).sum(), 2 * AT - 1, "does not depend on the array, which is taken times 0.5"),
        (lambda a: ((a - 1) ** 2).sum(), AT - 2, "that depends on the array, which is taken times 0.5"),
        (lambda a: np.where(a > 0, a, 0.2 * a).sum(), 1.0 * (AT > 0), "elsewhere the right one times 0."),
    ],
)
def test_slopes_that_are_wrong(f, answer, said):
    found = check_slopes(answer, f, AT)
    assert_well_said(found)
    assert said in found.diagnosis


def test_slopes_of_a_bad_function_or_array_raise():
    for answer in (..., SLOPES):
        with pytest.raises(TypeError, match=r"^f: expected a function, got str"):
            check_slopes(answer, "text", AT)
        with pytest.raises(ValueError, match=r"^array: "):
            check_slopes(answer, squares, [])


@pytest.mark.parametrize(("slope", "right"), [(0, True), (0.5, True), (1, True), (-0.1, False), (1.1, False)])
def test_every_slope_between_those_of_a_corner_is_right(slope, right):
    found = check_slopes(np.array([0, slope, 1.0]), lambda a: np.maximum(a, 0).sum(), np.array([-1.0, 0, 2]))
    assert bool(found) is right


def test_slopes_below_what_can_be_measured_are_no_mistake():
    assert check_slopes(np.array([1e-17, 0]), lambda a: 1 + 1e-17 * a[0], np.ones(2))
    assert not check_slopes(np.array([1e-6, 0]), lambda a: 1.0, np.ones(2))

"""check_answer and check_slopes: right answers are right however written, and no learner meets an exception."""

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

import checker
import mlp_helpers as m
from checker import Answer, check_answer, check_slopes
from checker.answers import NOT_ATTEMPTED
from checker.lines import GIVEN, TOOLS

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


def inputs(line):
    return [name for name in dict.fromkeys(re.findall(r"\w+", line)) if name in (*GIVEN, *SYMBOLS)]


def function_of(line):
    """The function that returns what a line says, with the symbols in it as its arguments."""
    return eval(f"lambda {', '.join(inputs(line))}: {line}", dict(TOOLS))


def asks(name, value):
    """A function that asks for what the line of name is made from, and returns the value whatever they are."""
    return eval(f"lambda {', '.join(inputs(checker.LINES[name]))}: value", {"value": value})


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
def test_a_right_array_is_right_however_it_is_kept(name):
    right = np.asarray(getattr(right_values(*SIZES[1]), name))
    locked, every_other = np.array(right), np.repeat(right[..., None], 2, axis=-1)[..., 0]
    locked.setflags(write=False)
    kinds = [right.astype(kind) for kind in (float, np.float32, np.longdouble)]
    for answer in (*kinds, right.tolist(), np.array(right, order="F"), right * (1 + 1e-9), locked, every_other):
        assert check_answer(name, answer, *make_net(*SIZES[1])) == Answer(True, "Correct.")


def test_labels_may_be_kept_as_a_list_or_as_floats():
    X, y, params = make_net(5)
    for labels in (y.tolist(), y.astype(float), y.astype(bool), y.astype(np.int8)):
        assert check_answer("G_Z", index_G_Z, X, labels, params).correct is True
        assert check_answer("G_Z", right_values(5, 2, 16, 2).G_Z, X.tolist(), labels, list(params)).correct is True


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
    "masked": np.ma.masked_array(np.ones((5, 16)), mask=True),
    "dates": np.array(["2020-01-01"], dtype="datetime64"),
    "a record": np.zeros(3, dtype=[("a", float)]),
    "a module": np,
    "64 axes": np.zeros((1,) * 64),
    "params": make_net()[2],
    "wrong argument": lambda G_Q: G_Q,
    "keyword only": lambda *, wrong: wrong,
    "defaults": lambda X=1, G_Z=2: X,
    "np.matmul": np.matmul,
    "type": type,
    "a class": NeedsArguments,
    "half": functools.partial(np.matmul),
    "a text comes back": lambda X: "done",
    "a dict comes back": lambda X: {"X": X},
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
    "no text": raises(NoText()),
    "warns": raises(DeprecationWarning("old")),
    "unicode": raises(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad")),
    "several": raises(ExceptionGroup("several", [ValueError("one"), KeyError("two")])),
    "exits": raises(SystemExit(0)),
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


def fails_in_numpy(G_Z, W2):
    letters = "ic->ij"
    return np.einsum(letters, G_Z, W2)  # this line


def fails_in_a_helper(G_Z, W2):
    return helper(G_Z)


def helper(G_Z):
    return G_Z.no_such_thing  # this line


@pytest.mark.parametrize("function", [fails_in_numpy, fails_in_a_helper])
def test_the_line_that_raised_is_the_learners_own(function):
    text = check_answer("G_H", function, *make_net()).diagnosis
    number, code = re.search(r"^in line (\d+): (.*)$", text, flags=re.MULTILINE).groups()
    with open(__file__, encoding="utf-8") as file:
        assert file.read().splitlines()[int(number) - 1].strip() == code
    assert code.endswith("# this line")
    assert re.match(r"Your function raised (ValueError|AttributeError): .", text)


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
        ({"name": ["G_Z"]}, TypeError, "^name: expected one of A1, .*, got list"),
        ({"name": None}, TypeError, "^name: "),
        ({"X": np.ones((5, 3))}, ValueError, r"^X: expected shape \(N, 2\), got \(5, 3\)$"),
        ({"X": np.full((5, 2), np.nan)}, ValueError, "^X: "),
        ({"y": [0, 1]}, ValueError, "^y: "),
        ({"y": [0, 1, 2, 0, 1]}, ValueError, "^y: "),
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

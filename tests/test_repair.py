"""The one change of a learner's own code that makes it right: it is found, it is true, and it harms nothing."""

import linecache
import re
import tracemalloc

import numpy as np
import pytest
from nets import NOTEBOOKS_NET as NET

import checker.repair
import mlp_helpers as m
from checker import check_answer

LOOPS = """
def answer(G_Z, W2):
    N, n_hidden = len(G_Z), W2.shape[1]
    G_H = np.zeros((N, n_hidden))
    for i in range(N):
        for j in range(n_hidden):
            total = 0
            for k in range(len(W2)):
                total += G_Z[i, k] * W2[k, j]
            G_H[i, j] = total
    return G_H
"""
SET_BEFORE = "            total = 0\n            for k in range(len(W2)):\n"
SET_WITHIN = "            for k in range(len(W2)):\n                total = 0\n"
ROWS = """
def answer(Z):
    rows = []
    for z in Z:
        e = np.exp(z - z.max())
        rows.append(e / e.sum())
    return np.array(rows)
"""
LETTERS = """
answer = lambda G_A1, X: np.einsum("ij,id->jd", G_A1, X)
"""
LABELS = """
def answer(Z, y):
    log_P, total = log_softmax(Z), 0.0
    for i in range(len(y)):
        total -= log_P[i, y[i]]
    return total / len(y)
"""
WHOLE = """
def answer(X, y, params):
    W1, b1, W2, b2 = params
    A1 = X @ W1.T + b1
    H = np.maximum(A1, 0)
    P = softmax(H @ W2.T + b2)
    G_Z = (P - one_hot(y, len(b2))) / len(X)
    G_H = G_Z @ W2
    M = A1 > 0
    G_A1 = G_H * M
    by_W2 = G_Z.T @ H, G_Z.sum(axis=0)
    by_W1 = G_A1.T @ X, G_A1.sum(axis=0)
    return Backward(G_Z, *by_W2, G_H, M, G_A1, *by_W1, G_A1 @ W1)
"""


@pytest.fixture(autouse=True)
def time_enough(monkeypatch):
    """A machine may be slow, and a test is not to depend on that."""
    monkeypatch.setattr(checker.repair, "SECONDS", 60)


def function_of(code):
    """Return the function of a cell, whose source Python can find, as in a notebook."""
    file = f"<repair {hash(code)}>"
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    names = {"np": np, "Backward": m.Backward, "one_hot": m.one_hot}
    names |= {"softmax": m.softmax, "log_softmax": m.log_softmax}
    exec(compile(code, file, "exec"), names)
    return names["answer"]


@pytest.mark.parametrize(
    ("symbol", "code", "right", "wrong"),
    [
        ("G_H", LOOPS, "W2[k, j]", "W2[k, i]"),
        ("G_H", LOOPS, "G_Z[i, k]", "G_Z[k, i]"),
        ("G_H", LOOPS, "W2[k, j]", "W2[0, j]"),
        ("G_H", LOOPS, "range(n_hidden)", "range(N)"),
        ("G_H", LOOPS, "len(G_Z), W2.shape[1]", "W2.shape[1], len(G_Z)"),
        ("G_H", LOOPS, "G_H[i, j] = total", "G_H[i, k] = total"),
        ("G_H", LOOPS, "for k in range(len(W2))", "for m in range(len(W2))"),
        ("G_H", LOOPS, SET_BEFORE, SET_WITHIN),
        ("G_H", LOOPS, "    return G_H", "        return G_H"),
        ("P", ROWS, "e / e.sum()", "e / z.sum()"),
        ("P", ROWS, "np.exp(z - z.max())", "np.exp(z) - z.max()"),
        ("P", ROWS, "np.array(rows)", "np.array(e)"),
        ("G_W1", LETTERS, "ij,id->jd", "ij,jd->jd"),
        ("G_W1", LETTERS, "ij,id->jd", "ij,id->id"),
        ("loss", LABELS, "log_P[i, y[i]]", "log_P[i, i]"),
        ("loss", LABELS, "range(len(y))", "range(1, len(y) + 1)"),
        ("loss", LABELS, "total -=", "total *="),
        ("backward", WHOLE, "G_Z @ W2\n", "G_Z @ W2.T\n"),
        ("backward", WHOLE, "W1, b1, W2, b2 = params", "W1, b2, W2, b1 = params"),
        ("backward", WHOLE, "len(X)", "X.shape[1]"),
    ],
)
def test_a_wrong_token_is_found_and_what_is_told_makes_the_answer_right(symbol, code, right, wrong):
    assert code.count(right) == 1
    code = code.replace(right, wrong)
    told = check_answer(symbol, function_of(code), *NET).diagnosis
    assert "Look here" in told
    if found := re.search(r"one change in line (\d+) makes.*\n    yours: (.*)\n    right: (.*)", told):
        lines = code.splitlines(keepends=True)
        number = int(found[1]) - 1
        indent = re.match(" *", lines[number])[0]
        start = "answer = lambda G_A1, X: " if "lambda" in code else ""
        lines[number] = f"{indent}{start}{found[3]}\n"
        assert check_answer(symbol, function_of("".join(lines)), *NET)
    else:
        assert re.search(r"line \d+, .*, (belongs (before|after|at) |is one too many)|    right: ", told)


@pytest.mark.parametrize(("symbol", "code", "now", "right", "loop"), [("P", ROWS, 5, 6, 4), ("G_H", LOOPS, 8, 10, 6)])
def test_a_line_that_stands_in_the_wrong_place_is_told(symbol, code, now, right, loop):
    lines = code.splitlines(keepends=True)
    line = lines.pop(right - 1)
    lines.insert(now - 1, line)
    words = f"line {now}, {line.strip()}, belongs at the end of the loop in line {loop}"
    assert words in check_answer(symbol, function_of("".join(lines)), *NET).diagnosis


def test_a_symbol_that_a_function_does_not_ask_for_is_named():
    told = check_answer("G_b2", function_of("\ndef answer(P, Y):\n    return (P - Y).sum(axis=0) / N\n"), *NET)
    assert "does not ask for N. Put it among its arguments" in told.diagnosis


@pytest.mark.parametrize("symbol", ["P", "G_H"])
def test_the_right_answer_is_no_name_that_a_change_can_use(symbol):
    told = check_answer(symbol, function_of(f"\ndef answer(X):\n    {symbol} = np.cos(X)\n    return {symbol}\n"), *NET)
    assert "Look here" not in told.diagnosis


def test_code_that_could_do_more_than_compute_runs_no_more_often_than_before(monkeypatch, capsys):
    reaches_out, endless, loud = (
        f"\ndef answer(G_Z, W2):\n    {line}\n    return np.cos(G_Z @ W2)\n"
        for line in ("open()", "while len(W2) > 2: pass", "print('a line')")
    )
    for code in (reaches_out, endless):
        with monkeypatch.context() as patch:
            patch.setattr(checker.repair, "changes", lambda *_: pytest.fail("its code is changed"))
            assert not check_answer("G_H", function_of(code), *NET)
    assert not check_answer("G_H", function_of(loud), *NET)
    assert capsys.readouterr().out.count("a line") <= 2


def test_no_list_is_put_into_itself_and_no_loop_goes_on_for_ever(monkeypatch):
    monkeypatch.setattr(checker.repair, "LONGEST", 100)
    itself = ROWS.replace("e / e.sum()", "rows / e.sum()")
    ever = ROWS.replace("in Z", "in list(rows)").replace("[]", "[Z[0]]").replace("np.array", "np.cos")
    for code in (itself, ever):
        tracemalloc.start()
        assert not check_answer("P", function_of(code), *NET)
        assert tracemalloc.get_traced_memory()[1] < 1e8, "in bytes"
        tracemalloc.stop()


def test_the_search_ends_when_its_time_is_over(monkeypatch):
    tried = []
    monkeypatch.setattr(checker.repair, "SECONDS", 0)
    monkeypatch.setattr(checker.repair, "changes", lambda *_: map(tried.append, range(9)))
    assert not check_answer("G_H", function_of(LOOPS.replace("= total", "= i")), *NET)
    assert tried == [0]

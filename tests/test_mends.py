"""What is said of a learner's own code is true: each line shown stands there, and is right when it is put in.

All wrong answers are walked through mechanically, and the solutions with one and two changes at random.
"""

import functools
import random
import re
import sys
import time
import tracemalloc

import numpy as np
import pytest
from nets import make_net
from test_check_answer import NET, RIGHT, TYPED, defined

import checker.their_diagnosis
from checker import check_answer
from checker.texts import tidied
from checker.their_changes import Changes
from checker.their_code import Theirs

RIGHT_CODE = TYPED["own_code"]
MENDED = re.compile(r"^ *yours: (.*)\n *right: (.*)$", re.MULTILINE)


def judged(symbol, code, net=NET):
    return check_answer(symbol, defined(code, **vars(RIGHT)), *net)


def right_before(diagnosis):
    """How many gradients of a whole pass a diagnosis calls right."""
    found = re.search(r"(?:^|There: )((?:G_\w+|M)(?:, (?:G_\w+|M))*): right\. ", diagnosis)
    return len(found[1].split(", ")) if found else 0


def followed(code, diagnosis):
    """The code with each `right:` in the place of its `yours:`; every one must stand there, once."""
    lines = code.split("\n")
    for yours, right in MENDED.findall(diagnosis):
        (place,) = [place for place, line in enumerate(lines) if line.strip() == yours]
        lines[place] = lines[place].replace(yours, right)
    return "\n".join(lines)


def assert_true(symbol, code, found):
    """Nothing is called right that is not, and whoever does what is shown is told so, or taken past this mistake."""
    assert found.correct is False and "yours: " not in MENDED.sub("", found.diagnosis)
    if shown := MENDED.search(found.diagnosis):
        again = judged(symbol, followed(code, found.diagnosis))
        line = next(number for number, line in enumerate(code.split("\n"), 1) if line.strip() == shown[1])
        is_blamed = re.search(rf"line {line}\b", again.diagnosis)
        past = symbol == "backward" and right_before(again.diagnosis) > right_before(found.diagnosis) and not is_blamed
        assert again or past, again


@pytest.mark.parametrize("typed", TYPED["wrong"], ids=lambda typed: typed["code"].strip().split("\n")[0])
def test_what_is_shown_is_the_learners_own_and_right_when_followed(typed):
    found = judged(typed["symbol"], typed["code"])
    assert_true(typed["symbol"], typed["code"], found)
    assert typed.get("says", "") in found.diagnosis and typed.get("never", "\n\n") not in found.diagnosis


@pytest.mark.parametrize("slip", TYPED["slip"], ids=lambda slip: slip["wrong"])
def test_a_slip_is_found_and_what_is_told_makes_the_answer_right(slip, monkeypatch):
    monkeypatch.setattr(checker.their_diagnosis, "SECONDS", 3)  # a machine may be slow
    symbol, code = slip["symbol"], RIGHT_CODE[slip["symbol"]]
    assert code.count(slip["right"]) == 1
    code = code.replace(slip["right"], slip["wrong"])
    found = judged(symbol, code)
    assert_true(symbol, code, found)
    assert slip["said"] in found.diagnosis if "said" in slip else MENDED.search(found.diagnosis)


RIGHT_ONES = [*RIGHT_CODE.items(), *((each["symbol"], each["code"]) for each in TYPED["right"])]
SOLUTIONS = [(symbol, code) for symbol, code in RIGHT_ONES if Theirs(defined(code)).pieces]


def changed_at_random(rng, code):
    theirs = Theirs(defined(code))
    piece = theirs.pieces[0]
    changes = [change for group in Changes(theirs, piece, ["H", "W2", "Y"], 5).groups([]) for change in group]
    changed, lines = tidied(rng.choice(changes).text).split("\n"), code.split("\n")
    return "\n".join([*lines[: piece.above], *changed, *lines[piece.above + len(piece.code.text.split("\n")) :]])


@pytest.mark.parametrize("seed", range(30))
def test_solutions_with_changes_at_random_are_told_nothing_false(seed):
    rng, found = random.Random(seed), None
    while found is None or found.correct is not False:
        symbol, code = rng.choice(SOLUTIONS)
        try:
            for _ in range(1 + seed % 2):
                code = changed_at_random(rng, code)
            found = judged(symbol, code)
        except SyntaxError:
            continue
    assert_true(symbol, code, found)


class Shared(list):
    """A list that its copies are, so that what is done to a copy is seen."""

    def __deepcopy__(self, memo):
        return self


@pytest.mark.parametrize(
    "line",
    [
        *("np.savetxt('a', W2)", "old.unlink()", "open('b', 'w').close()", "W2.tofile('c')", "save('d', W2)"),
        *("opened('e', 'w').close()", "entry(W2)", "element(W2)", "randn(3)"),
    ],
)
def test_code_that_could_do_more_than_compute_is_run_once_a_batch(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    counts, old = Shared(), tmp_path / "old.txt"
    old.touch()
    more = {"counts": counts, "old": old, "save": np.save, "randn": np.random.randn, "opened": functools.partial(open)}
    more |= {"entry": np.vectorize(print), "element": np.frompyfunc(print, 1, 1)}
    counted = "counts.append(1)\n    return G_Z @ W2 * 2"
    code = f"def answer(G_Z, W2):\n    if len(counts) == 0:\n        {line}\n    {counted}"
    found = check_answer("G_H", defined(code, **more), *NET)
    assert "Look here: a factor 2." in found.diagnosis and "yours:" not in found.diagnosis
    assert len(counts) <= 3


@pytest.mark.parametrize("N", [200, 20_000])
def test_a_wrong_answer_takes_two_seconds_at_most_and_memory_in_the_order_of_the_answer(N):
    net = make_net(N)
    values = checker.run_lines(*net)
    wrong = {"G_W2": values["G_W2"] * 1.7, "loss": values["loss"] * 1.7, "G_Z": lambda P, y: (P - y[:, None]) / 3}
    for symbol, answer in wrong.items():
        start = time.process_time()
        assert check_answer(symbol, answer, *net).correct is False
        assert time.process_time() - start < 2.5
    tracemalloc.start()
    check_answer("loss", wrong["loss"], *net)
    assert tracemalloc.get_traced_memory()[1] < 40 * 8 * max(N, 5000) * 16, "in bytes"
    tracemalloc.stop()


def test_a_tracer_that_is_active_is_left_alone():
    def trace(*event):
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        found = check_answer("G_Z", defined(TYPED["wrong"][0]["code"]), *NET)
        assert sys.gettrace() is trace
    finally:
        sys.settrace(before)
    assert "1/N is missing" in found.diagnosis


def test_no_list_is_put_into_itself_no_loop_goes_on_for_ever_and_no_array_fills_the_memory():
    itself = RIGHT_CODE["P"].replace("e / e.sum()", "rows / e.sum()")
    ever = RIGHT_CODE["P"].replace("in Z", "in list(rows)").replace("[]", "[Z[0]]").replace("np.array", "np.cos")
    count = (
        "import itertools\ndef f(Z):\n    return np.array([z for _, z in list(zip(itertools.count(), Z))]) ** 2 * 1.7"
    )
    # A change of it divides the number of examples by eps.
    tiny = "def f(P, y):\n    eps = 1e-7\n    return -np.mean(np.log(P[np.arange(len(y)), y] + eps))"
    for symbol, code in (("P", itself), ("P", ever), ("P", count), ("loss", tiny)):
        tracemalloc.start()
        assert not judged(symbol, code)
        assert tracemalloc.get_traced_memory()[1] < 1e8, "in bytes"
        tracemalloc.stop()

"""The one change of a learner's own code that makes it right: it is found, it is true, and it harms nothing."""

import re
import tracemalloc

import pytest
from test_check_answer import NET, TYPED, defined

import checker.repair
from checker import check_answer

RIGHT_CODE = TYPED["own_code"]


@pytest.fixture(autouse=True)
def time_enough(monkeypatch):
    """A machine may be slow, and a test is not to depend on that."""
    monkeypatch.setattr(checker.repair, "SECONDS", 60)


@pytest.mark.parametrize("slip", TYPED["slip"], ids=lambda slip: slip["wrong"])
def test_a_slip_is_found_and_what_is_told_makes_the_answer_right(slip):
    symbol, code = slip["symbol"], RIGHT_CODE[slip["symbol"]]
    assert code.count(slip["right"]) == 1
    code = code.replace(slip["right"], slip["wrong"])
    told = check_answer(symbol, defined(code), *NET).diagnosis
    if "said" in slip:
        assert slip["said"] in told
    else:
        found = re.search(r"one change in line (\d+) makes.*\n    yours: .*\n    right: (.*)", told)
        lines, number = code.splitlines(), int(found[1]) - 1
        before = re.match(r" *(answer = lambda .*?: )?", lines[number])[0]
        lines[number] = before + found[2]
        assert check_answer(symbol, defined("\n".join(lines)), *NET)


def test_code_that_could_do_more_than_compute_runs_no_more_often_than_before(monkeypatch, capsys):
    codes = [
        f"def answer(G_Z, W2):\n    {line}\n    return np.cos(G_Z @ W2)"
        for line in ("open()", "while len(W2) > 2: pass", "print('a line')")
    ]
    for code in codes[:2]:
        with monkeypatch.context() as patch:
            patch.setattr(checker.repair, "changes", lambda *_: pytest.fail("its code is changed"))
            assert not check_answer("G_H", defined(code), *NET)
    assert not check_answer("G_H", defined(codes[2]), *NET)
    assert capsys.readouterr().out.count("a line") <= 2


def test_no_list_is_put_into_itself_and_no_loop_goes_on_for_ever(monkeypatch):
    monkeypatch.setattr(checker.repair, "LONGEST", 100)
    itself = RIGHT_CODE["P"].replace("e / e.sum()", "rows / e.sum()")
    ever = RIGHT_CODE["P"].replace("in Z", "in list(rows)").replace("[]", "[Z[0]]").replace("np.array", "np.cos")
    for code in (itself, ever):
        tracemalloc.start()
        assert not check_answer("P", defined(code), *NET)
        assert tracemalloc.get_traced_memory()[1] < 1e8, "in bytes"
        tracemalloc.stop()


def test_the_search_ends_when_its_time_is_over(monkeypatch):
    tried = []
    monkeypatch.setattr(checker.repair, "SECONDS", 0)
    monkeypatch.setattr(checker.repair, "changes", lambda *_: map(tried.append, range(9)))
    assert not check_answer("G_H", defined(RIGHT_CODE["G_H"].replace("= total", "= i")), *NET)
    assert tried == [0]

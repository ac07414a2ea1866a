"""What a hand does: touch(), choose() and explain() in Python, and the page, which sends the same words."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hands import assert_true_to_state, chosen, differences, every_network_explorer, make, own_net, screen, state, stir
from test_prose import PARAMS, TEXTS, X, y

import explorers
import mlp_helpers as m

ASKED = tomllib.loads(Path(__file__).with_name("touches.toml").read_text(encoding="utf-8"))


def values(explorer):
    return {name: control.value for name, control in explorer.controls.items() if hasattr(control, "value")}


@every_network_explorer
def test_a_touch_changes_its_numbers_and_no_other_and_waits_where_it_is_to_be_predicted(name):
    """From Python, from a page, and where a learner predicts first."""
    explorer, other, waiting = (chosen(name, *own_net()) for _ in range(3))
    waiting.controls["predict"].value = True
    expected, before = state(explorer), state(waiting)
    for n, (words, change, choices) in enumerate(ASKED["every"] + ASKED.get(name, [])):
        if words.split()[0] in ("hinge", "turn", "unit") and "unit" not in explorer.controls:
            continue
        known = {control: explorer.controls[control].value for control in {"example", "unit"} & {*explorer.controls}}
        known |= eval(f"dict({choices})")
        explorer.touch(*(word if word[0].isalpha() else eval(word) for word in words.split()))
        other.hand.value = f"{n}.5 {words}"
        exec(change, {}, expected)
        assert not differences(state(explorer), expected), words
        assert known.items() <= values(explorer).items(), words
        assert_true_to_state(explorer)
        assert not differences(state(other), expected) and screen(other) == screen(explorer), words

        seen = screen(waiting)
        waiting.hand.value = f"{n}.5 {words}"
        assert not change or choices or set(differences(screen(waiting), seen)) <= {"prediction"}, words
        assert not differences(state(waiting), before) and known.items() <= values(waiting).items(), words
        assert ("A change is waiting." in repr(waiting)) == (n > 0)
    waiting.controls["show"].click()
    assert "of 1 right." in repr(waiting) and not differences(state(waiting), expected)
    assert_true_to_state(waiting)


@pytest.mark.parametrize("k", [0, 1])
def test_the_dot_moves_one_logit_alone_which_is_said_and_gone_with_reset(k):
    explorer = chosen("softmax_explorer", *own_net())
    explorer.controls["class"].value = k
    for value, there in ((1.25, 1.25), (-99, -6), (0, 0)):
        expected = explorer.views["Z"].array
        expected[3, k] = there
        explorer.touch("dot", value)
        explorer.touch("dot")
        assert np.allclose(explorer.views["Z"].array, expected, rtol=0, atol=1e-14)
        assert "Rows of G_Z sum to 0: largest sum 0." in repr(explorer)
        assert f" to Z[3, {k}]" in explorer.words.lines[0]
        assert_true_to_state(explorer)
    explorer.controls["reset"].click()
    assert np.array_equal(explorer.views["Z"].array, m.forward(*own_net()[::2]).Z)
    assert "Added by hand" not in repr(explorer)


def test_where_no_example_is_chosen_a_point_and_the_line_in_the_curves_follow():
    for name in ("training_explorer", "bug_lab"):
        explorer, expected = make(name, *own_net()), own_net()[0]
        if name == "bug_lab":
            stir(explorer, 0.2, "guess", "check")
            assert explorer.verdict
        explorer.touch("point", np.int64(2), np.float64(0.5), 9)
        expected[2] = 0.5, 2
        assert np.array_equal(explorer.X, expected)
        assert_true_to_state(explorer)
        assert not getattr(explorer, "verdict", ""), "it was about other points"
    explorer = make("training_explorer", *own_net())
    for step, there in ((20.4, 20), (-7, 0), (1e6, 500)):
        explorer.touch("step", step)
        explorer.touch("step")
        params, _ = m.train(*own_net(), 0.5, there)
        assert explorer.controls["step"].value == there
        assert not differences(explorer.params._asdict(), params._asdict())


@every_network_explorer
def test_an_entry_goes_with_its_example_unit_and_class(name):
    explorer = chosen(name, *own_net())
    for control, value, chosen_before, entry in (
        ("example", 1, ("G_A1", 8, 2), ("G_A1", 1, 2)),
        ("unit", 0, ("G_W2", 1, 6), ("G_W2", 1, 0)),
        ("class", 0, ("G_W2", 1, 6), ("G_W2", 0, 6)),
        ("example", 9, ("X", 5, 1), ("X", 9, 1)),
    ):
        explorer.choose(*chosen_before)
        if control in explorer.controls:
            explorer.controls[control].value = value
            assert explorer.entry == entry
    explorer.controls["reset"].click()
    assert explorer.entry == make(name, *own_net()).entry


def test_a_walk_back_along_the_sums_goes_where_notebook_06_says():
    explorer = explorers.backprop_explorer(X, y, PARAMS)
    explorer.touch("entry", "G_W1", 2, 0)
    walk = [explorer.entry]
    while explorer.entry[0] != "P":
        explorer.touch("entry", *next(of for _, of in explorer.explain(*explorer.entry).factors if of))
        walk.append(explorer.entry)
    said = TEXTS["06-30b"].split("You know them.")[1].split(" There")[0]
    assert ["{}[{}, {}]".format(*entry) for entry in walk] == re.findall(r"\w+\[\d+, \d+\]", said)


@every_network_explorer
def test_nonsense_is_named_and_changes_nothing_neither_from_python_nor_from_the_page(name):
    X, y, params = own_net()
    params.W1[5] = 0
    explorer = make(name, X, y, params)
    before = state(explorer), screen(explorer), values(explorer)
    nonsense = [(eval(f"[{words}]"), says) for words, says in ASKED["nonsense"]]
    for words, says in nonsense:
        if "unit" not in explorer.controls and words[0] in ("unit", "hinge", "turn"):
            says = "touch: expected one of dot, entry, point, got"
        with pytest.raises((ValueError, TypeError), match=f"^{says}"):
            explorer.touch(*words)
    texts = [f"0 {' '.join(map(str, words))}" for words, _ in nonsense]
    for text in [*texts, *ASKED["from_a_page"], f"3 point {'9' * 5000}"]:
        explorer.hand.value = text
        (said,) = explorer.views["words"].lines
        assert said.startswith("This change failed. ")
        assert "<b>point" not in explorer.views["words"].html
        assert not differences(state(explorer), before[0]) and (screen(explorer), values(explorer)) == before[1:], text
    explorer.update()
    assert "failed" not in repr(explorer)

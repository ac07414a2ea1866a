"""What a hand does: touch(), choose() and explain() in Python, and the page, which sends the same words."""

import re

import numpy as np
import pytest
from hands import assert_true_to_state, chosen, differences, every_network_explorer, make, own_net, screen, state
from test_prose import PARAMS, TEXTS, X, y

import explorers
import mlp_helpers as m

W1 = own_net()[2].W1
AT = np.array([0.5, -0.25])  # a line is held where it was last taken: there the arrow starts, and it turns

# Touches one after the other, with what each changes, and chooses. The plane reaches to ±2.
TOUCHES = [
    (("point", 5), {}, {"example": 5}),
    (("point", 2, 0.123, -1.5), {("X", 2): (0.123, -1.5)}, {"example": 2}),
    (("point", 2, 9, -7.5), {("X", 2): (2, -2)}, {}),
    (("hinge", 4), {}, {"unit": 4}),
    (("hinge", 9, -3, 1), {("b1", 9): -W1[9] @ (-2, 1)}, {"unit": 9}),
    (("hinge", 9, 0.5, -0.25), {("b1", 9): -W1[9] @ AT}, {}),
    (("turn", 9, 1.5, 0.75), {("W1", 9): (3, 3), ("b1", 9): -AT @ (3, 3)}, {}),
    (("turn", 9, 0, -5), {("W1", 9): (-1.5, -5.25), ("b1", 9): AT @ (1.5, 5.25)}, {}),
    (("turn", 9, 0.501, -0.249), {}, {}),  # too short to have a direction: the line stays as it is
    (("turn", 4), {}, {"unit": 4}),
    (("unit", 15), {}, {"unit": 15}),
]
OF_ONE = {
    "output_layer_explorer": [(("bar", 10), {}, {"example": 10})],
    "backprop_explorer": [
        (("entry", "G_W2", 1, 5), {}, {"unit": 5, "along": ("W2", (1, 5))}),
        (("dot", 0.333), {("W2", (1, 5)): 0.333}, {}),
        (("entry", "b1", 0, 3), {}, {"unit": 3, "along": ("b1", (3,))}),
        (("dot", 1e9), {("b1", 3): 3}, {}),
        (("dot",), {}, {}),
        (("step", 7), {}, {"step": 7}),
        (("step", 99), {}, {"step": 9}),
        (("step", 0), {}, {"step": 1}),
    ],
}


def values(explorer):
    return {name: control.value for name, control in explorer.controls.items() if hasattr(control, "value")}


@every_network_explorer
def test_a_touch_changes_its_numbers_and_no_other_and_waits_where_it_is_to_be_predicted(name):
    """From Python, from a page, and where a learner predicts first."""
    explorer, other, waiting = (chosen(name, *own_net()) for _ in range(3))
    waiting.controls["predict"].value = True
    expected, before = state(explorer), state(waiting)
    for n, (words, changes, choices) in enumerate(TOUCHES + OF_ONE.get(name, [])):
        stays = changes and not choices
        if words[0] in ("hinge", "turn", "unit") and "unit" not in explorer.controls:
            continue
        choices = {
            control: explorer.controls[control].value for control in ("example", "unit") if control in explorer.controls
        } | choices
        explorer.touch(*words)
        other.hand.value = f"{n}.5 {' '.join(map(str, words))}"
        for (symbol, index), value in changes.items():
            expected[symbol][index] = value
        assert not differences(state(explorer), expected), words
        assert choices.items() <= values(explorer).items(), words
        assert_true_to_state(explorer)
        assert not differences(state(other), expected) and screen(other) == screen(explorer), words

        seen = screen(waiting)
        waiting.touch(*words)
        assert not stays or set(differences(screen(waiting), seen)) <= {"prediction"}, words
        assert not differences(state(waiting), before) and choices.items() <= values(waiting).items(), words
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
        explorer.touch("point", np.int64(2), np.float64(0.5), 9)
        expected[2] = 0.5, 2
        assert np.array_equal(explorer.X, expected)
        assert_true_to_state(explorer)
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


def test_a_walk_back_along_the_sums_goes_where_notebook_06_says():
    explorer = explorers.backprop_explorer(X, y, PARAMS)
    explorer.touch("entry", "G_W1", 2, 0)
    walk = [explorer.entry]
    while explorer.entry[0] != "P":
        explorer.touch("entry", *next(of for _, of in explorer.explain(*explorer.entry).factors if of))
        walk.append(explorer.entry)
    said = TEXTS["06-30b"].split("You know them.")[1].split(" There")[0]
    assert ["{}[{}, {}]".format(*entry) for entry in walk] == re.findall(r"\w+\[\d+, \d+\]", said)


# ---------------------------------------------------------------- what is no touch

NONSENSE = {  # what a hand does, and what is said of it; unit 5 has no hinge line
    ("paint",): "touch: expected one of .*point.*'paint'",
    (None,): "touch: expected one of .*None",
    ("point",): "touch: expected point with i, x1, x2.* 0 numbers",
    ("point", -1): "point: expected a number from 0 to 11, got -1",
    ("point", 1.5, 0, 0): "point: expected a whole number, got 1.5",
    ("point", "one"): "point: expected a whole number, got str",
    ("point", 1, np.nan, 0): "x1: expected a finite number, got nan",
    ("point", 1, 0): "x2: expected a number, got None",
    ("hinge", 16, 0, 0): "hinge: expected a number from 0 to 15, got 16",
    ("hinge", 5, 0, 0): "hinge: expected a unit that has a hinge line, got 5",
    ("turn", 5, 0, 0): "turn: expected a unit whose hinge line is in sight, got 5",
    ("unit", 99): "unit: expected a number from 0 to 15",
    ("entry", "Q", 0, 0): "symbol: expected one of .*'Q'",
    ("entry", 3, 0, 0): "symbol: expected a name, got int 3",
    ("entry", "H", -1, 0): "row: expected 0 to 11 in H, got -1",
    ("entry", "H", 0, 0.0): "column: expected a whole number",
}
FROM_A_PAGE = ["", "12", "1 point ² 0 0", f"3 point {'9' * 5000}", "4 <b>point</b> 1", "5 __class__"]


@every_network_explorer
def test_nonsense_is_named_and_changes_nothing_neither_from_python_nor_from_the_page(name):
    X, y, params = own_net()
    params.W1[5] = 0
    explorer = make(name, X, y, params)
    before = state(explorer), screen(explorer), values(explorer)
    for words, says in NONSENSE.items():
        with pytest.raises((ValueError, TypeError), match=f"^{says}"):
            explorer.touch(*words)
    for text in [f"0 {' '.join(map(str, words))}" for words in NONSENSE] + FROM_A_PAGE:
        explorer.hand.value = text
        (said,) = explorer.views["words"].lines
        assert said.startswith("This touch was not understood. ")
        assert "<b>point" not in explorer.views["words"].widget.value
        assert not differences(state(explorer), before[0]) and (screen(explorer), values(explorer)) == before[1:], text
    explorer.update()
    assert "not understood" not in repr(explorer)

"""What a hand does: touch(), choose() and explain() in Python, and the page, which sends the same words."""

import numpy as np
import pytest
from hands import (
    assert_true_to_state,
    chosen,
    differences,
    every_explorer,
    every_network_explorer,
    make,
    own_net,
    screen,
    state,
)
from seen import PIXEL, Seen, middle
from test_lessons import every_predicting_explorer

import mlp_helpers as m
from explorers.explain import LIGHTS

LIMIT = 2  # how far the plane of own_net reaches


def controls(explorer):
    return {name: control.value for name, control in explorer.controls.items() if hasattr(control, "value")}


def assert_becomes(explorer, expected, example, unit):
    assert not differences(state(explorer), expected)
    assert (explorer.controls["example"].value, explorer.controls["unit"].value) == (example, unit)
    assert_true_to_state(explorer)


# ---------------------------------------------------------------- every row of what a hand does


@every_network_explorer
def test_a_point_is_chosen_and_follows(name):
    explorer, expected = chosen(name, *own_net()), state(chosen(name, *own_net()))
    explorer.touch("point", 5)
    assert_becomes(explorer, expected, 5, 7)
    for where, there in (((0.123, -1.5), (0.123, -1.5)), ((9, -7.5), (LIMIT, -LIMIT)), ((np.float64(1), 0), (1, 0))):
        explorer.touch("point", np.int64(2), *where)
        expected["X"][2] = there
        assert_becomes(explorer, expected, 2, 7)


def test_a_point_follows_where_no_example_is_chosen():
    for name in ("training_explorer", "bug_lab"):
        explorer, expected = make(name, *own_net()), own_net()[0]
        explorer.touch("point", 2, 0.5, 9)
        expected[2] = 0.5, LIMIT
        assert np.array_equal(explorer.X, expected)
        assert_true_to_state(explorer)


@every_network_explorer
def test_a_hinge_line_is_chosen_moves_and_turns_about_the_start_of_its_arrow(name):
    explorer, expected = chosen(name, *own_net()), state(chosen(name, *own_net()))
    explorer.touch("hinge", 4)
    assert_becomes(explorer, expected, 3, 4)
    for where, there in (((0.5, -0.25), (0.5, -0.25)), ((-3, 1), (-LIMIT, 1))):
        explorer.touch("hinge", 9, *where)
        expected["b1"][9] = -expected["W1"][9] @ there
        assert_becomes(explorer, expected, 3, 9)

    start = np.array([0.5, -0.25])  # a line is held where it was last taken
    explorer.touch("hinge", 9, *start)
    for where, there in (((1.5, 0.75), (1.5, 0.75)), ((0, -5), (0, -LIMIT))):
        explorer.touch("turn", 9, *where)
        expected["W1"][9] = 3 * (np.array(there) - start)
        expected["b1"][9] = -expected["W1"][9] @ start
        assert_becomes(explorer, expected, 3, 9)
        if "hinge" in explorer.views["plane"].content:
            plane = Seen(explorer.views["plane"])
            assert np.abs(middle(plane.touches["turn 9"]) - plane.at([there])).max() <= PIXEL
    explorer.touch("turn", 9, *start + 0.001)  # too short to have a direction: the line stays as it is
    explorer.touch("turn", 4)
    assert_becomes(explorer, expected, 3, 4)


def test_nothing_jumps_when_an_arrow_is_taken():
    explorer = chosen("relu_explorer", *own_net())
    before = state(explorer)
    plane = Seen(explorer.views["plane"])
    explorer.touch("turn", 7, *plane.data([middle(plane.touches["turn 7"])])[0])
    for symbol, array in state(explorer).items():
        assert np.abs(array - before[symbol]).max() < 0.01, symbol


@every_network_explorer
def test_a_unit_is_chosen(name):
    explorer, expected = chosen(name, *own_net()), state(chosen(name, *own_net()))
    explorer.touch("unit", 15.0)
    assert_becomes(explorer, expected, 3, 15)


@pytest.mark.parametrize("k", [0, 1])
def test_the_dot_moves_a_logit(k):
    explorer = chosen("softmax_explorer", *own_net())
    explorer.controls["class"].value = k
    for value, there in ((1.25, 1.25), (-99, -6)):
        Z = explorer.views["Z"].array
        explorer.touch("dot", value)
        assert np.allclose(explorer.views["Z"].array[:, k] - Z[:, k], there - Z[3, k], rtol=0, atol=1e-14)
        assert np.array_equal(explorer.views["Z"].array[:, 1 - k], Z[:, 1 - k])
        assert_true_to_state(explorer)
    before = state(explorer)
    explorer.touch("dot")
    assert not differences(state(explorer), before)


def test_the_dot_moves_a_parameter():
    explorer, expected = chosen("backprop_explorer", *own_net()), state(chosen("backprop_explorer", *own_net()))
    for symbol, index in (("W2", (1, 5)), ("b1", (3,))):
        explorer.controls["along"].value = symbol, index
        for value, there in ((0.333, 0.333), (1e9, 3)):
            explorer.touch("dot", value)
            expected[symbol][index] = there
            explorer.touch("dot")
            assert_becomes(explorer, expected, 3, 7)


def test_a_bar_chooses_its_example():
    explorer, expected = chosen("output_layer_explorer", *own_net()), state(chosen("output_layer_explorer", *own_net()))
    explorer.touch("bar", 10)
    assert_becomes(explorer, expected, 10, 7)


def test_the_line_in_the_curves_goes_to_a_step():
    explorer = make("training_explorer", *own_net())
    for step, there in ((20.4, 20), (3, 3), (-7, 0), (1e6, 500)):
        explorer.touch("step", step)
        explorer.touch("step")
        params, _ = m.train(*own_net(), 0.5, there)
        assert explorer.controls["step"].value == there
        assert not differences(explorer.params._asdict(), params._asdict())


def test_the_strip_goes_to_one_of_the_nine_steps():
    explorer = make("backprop_explorer", *own_net())
    for step, there in ((7, 7), (0, 1), (99, 9)):
        explorer.touch("step", step)
        assert explorer.controls["step"].value == explorer.controls["play"].value == there


@every_explorer
def test_every_entry_is_chosen_and_explained(name):
    explorer = make(name, *own_net())
    before, rng = state(explorer), np.random.default_rng(0)
    for symbol in LIGHTS:
        array = np.atleast_2d(explorer.values[symbol])
        for _ in range(3):
            row, column = map(int, rng.integers(array.shape))
            (explorer.choose if column % 2 else lambda *entry: explorer.touch("entry", *entry))(symbol, row, column)
            assert explorer.entry == (symbol, row, column)
            assert explorer.explain(symbol, row, column).value == array[row, column]
            if "sum" in explorer.views:
                assert explorer.views["sum"].lines == [explorer.explain(symbol, row, column).text]
                assert f'data-entry="entry {symbol} {row} {column}"' in explorer.views["sum"].widget.value
            along = explorer.controls.get("along")
            if name == "backprop_explorer" and symbol.removeprefix("G_") in m.Params._fields:
                place = (row, column) if symbol[-2] == "W" else (column,)
                assert along.value == (symbol.removeprefix("G_"), place)
            assert_true_to_state(explorer)
    assert not differences(state(explorer), before)


@every_network_explorer
def test_an_entry_goes_with_its_example_unit_and_class(name):
    explorer = chosen(name, *own_net())
    explorer.choose("G_A1", 8, 2)
    assert (explorer.controls["example"].value, explorer.controls["unit"].value) == (8, 2)
    explorer.controls["example"].value = 1
    explorer.touch("unit", 4)
    assert explorer.entry == ("G_A1", 1, 4)
    explorer.choose("G_W2", 1, 6)
    explorer.controls["unit"].value = 0
    assert explorer.entry == ("G_W2", 1, 0)
    if "class" in explorer.controls:
        assert explorer.controls["class"].value == 1
        explorer.controls["class"].value = 0
        assert explorer.entry == ("G_W2", 0, 0)
    explorer.choose("X", 5, 1)
    explorer.touch("point", 9)
    assert explorer.entry == ("X", 9, 1)
    explorer.controls["reset"].click()
    assert_true_to_state(explorer)


@every_explorer
def test_one_touch_is_one_update_and_sends_each_widget_once(name, monkeypatch):
    explorer, calls = make(name), []
    update = explorer.update
    monkeypatch.setattr(explorer, "update", lambda *args, **kwargs: (calls.append(1), update(*args, **kwargs)))
    touches = [("point", 1, 0.5, 0.5), ("entry", "G_A1", 2, 3)]
    touches += [("hinge", 5, 0.5, 0.5), ("turn", 5, 1, 1), ("unit", 3)] if "unit" in explorer.controls else []
    for touch in touches:
        calls.clear()
        explorer.touch(*touch)
        assert len(calls) == 1, touch


# ---------------------------------------------------------------- what is no touch

NONSENSE = [
    ((), ValueError, "touch: expected one of .*point.*'paint'", "paint"),
    ((), ValueError, "touch: expected one of .*None", None),
    ((), ValueError, "touch: expected point with i, x1, x2.* 0 numbers", "point"),
    ((1, 2, 3, 4), ValueError, "touch: expected point with i, x1, x2.* 4 numbers", "point"),
    ((-1,), ValueError, "point: expected a number from 0 to .*-1", "point"),
    ((12,), ValueError, "point: expected a number from 0 to 11, got 12", "point"),
    ((1.5, 0, 0), ValueError, "point: expected a whole number, got 1.5", "point"),
    ((np.inf, 0, 0), ValueError, "point: expected a whole number, got inf", "point"),
    ((True, 0, 0), TypeError, "point: expected a whole number, got bool True", "point"),
    (("one",), TypeError, "point: expected a whole number, got str", "point"),
    ((1, np.nan, 0), ValueError, "x1: expected a finite number, got nan", "point"),
    ((1, 0, -np.inf), ValueError, "x2: expected a finite number, got -inf", "point"),
    ((1, 0, "here"), TypeError, "x2: expected a number, got str", "point"),
    ((1, 0), TypeError, "x2: expected a number, got None", "point"),
    (("Q", 0, 0), ValueError, "symbol: expected one of .*'Q'", "entry"),
    (("H", 12, 0), ValueError, "row: expected 0 to 11 in H, got 12", "entry"),
    (("H", 0, 0.0), TypeError, "column: expected a whole number", "entry"),
    (("H",), ValueError, "touch: expected entry with symbol, row, column, got entry with 1 numbers", "entry"),
]
OF_A_UNIT = [
    ((16, 0, 0), ValueError, "hinge: expected a number from 0 to 15, got 16", "hinge"),
    ((2, 0, np.nan), ValueError, "x2: expected a finite number", "hinge"),
    ((2, 0.5), TypeError, "x2: expected a number, got None", "turn"),
    ((5, 0, 0), ValueError, "hinge: expected a unit that has a hinge line, got 5", "hinge"),
    ((5, 0, 0), ValueError, "turn: expected a unit whose hinge line is in sight, got 5", "turn"),
    ((99,), ValueError, "unit: expected a number from 0 to 15", "unit"),
]


@every_explorer
def test_nonsense_is_named_and_changes_nothing_neither_from_python_nor_from_the_page(name):
    X, y, params = own_net()
    params.W1[5] = 0
    explorer = make(name, X, y, params)
    before, seen, were = state(explorer), screen(explorer), controls(explorer)
    bad = NONSENSE + (OF_A_UNIT if "unit" in explorer.controls else [])
    for n, (numbers, error, says, what) in enumerate(bad):
        with pytest.raises(error, match=f"^{says}"):
            explorer.touch(what, *numbers)
        explorer.hand.value = f"{n}.5 {what} {' '.join(map(str, numbers))}"
        said = explorer.views["words"].lines
        assert len(said) == 1 and said[0].startswith("This touch was not understood. "), said
        assert not differences(state(explorer), before) and controls(explorer) == were, numbers
        assert screen(explorer) == seen
    for text in (
        "",
        "12",
        "12.5 point 1 0x2 3",
        "12 point ² 0 0",
        f"3 point {'9' * 5000}",
        "4 <b>point</b> 1",
        "5 __class__",
    ):
        explorer.hand.value = text
        assert "not understood" in repr(explorer) and "<b>point" not in explorer.views["words"].widget.value
        assert not differences(state(explorer), before)
    explorer.update()
    assert "not understood" not in repr(explorer)


@every_network_explorer
def test_the_page_says_the_same_as_python(name):
    one, other = chosen(name, *own_net()), chosen(name, *own_net())
    for n, touch in enumerate(
        ["point 2 0.25 -1.5", "hinge 4 0.5 0.5", "turn 4 1.5 1", "unit 0", "entry G_W2 1 5", "point 2"]
    ):
        what, *numbers = touch.split()
        one.touch(
            what,
            *(number if number == "G_W2" else float(number) if "." in number else int(number) for number in numbers),
        )
        other.hand.value = f"{n} {touch}"
        assert not differences(state(one), state(other)) and screen(one) == screen(other) and one.entry == other.entry


# ---------------------------------------------------------------- predicted


@every_predicting_explorer
def test_a_touch_waits_for_a_prediction_and_a_choice_does_not(name):
    explorer, other = (chosen(name, *own_net()) for _ in range(2))
    explorer.controls["predict"].value = True
    seen, before = screen(explorer), state(explorer)
    touches = [("point", 3, 0.5, 1.5), ("hinge", 7, 1, 0.5), ("turn", 7, 1.5, -0.5)]
    touches += [("dot", 1.5)] if hasattr(explorer, "touch_dot") else []
    for touch in touches:
        explorer.touch(*touch)
        other.touch(*touch)
        assert differences(screen(explorer), seen) == ["prediction"], touch
        assert "A change is waiting." in repr(explorer) and not differences(state(explorer), before)
    for touch in (("unit", 2), ("entry", "G_A1", 8, 4), ("point", 1), ("hinge", 7), ("point", 3)):
        explorer.touch(*touch)
        assert "A change is waiting." in repr(explorer) and not differences(state(explorer), before)
        assert_true_to_state(explorer)
    with pytest.raises(ValueError, match="x2"):
        explorer.touch("point", 3, 0, np.nan)
    assert not differences(state(explorer), before)
    explorer.controls["show"].click()
    assert "of 1 right." in repr(explorer)
    assert not differences(state(explorer), state(other))
    assert_true_to_state(explorer)


def test_a_touch_of_the_training_run_waits_for_a_prediction():
    explorer = make("training_explorer", *own_net())
    explorer.controls["predict"].value = True
    seen = screen(explorer)
    explorer.touch("step", 30)
    assert differences(screen(explorer), seen) == ["prediction"]
    explorer.controls["show"].click()
    params, _ = m.train(*own_net(), 0.5, 30)
    assert not differences(explorer.params._asdict(), params._asdict())

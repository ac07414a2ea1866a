"""Every explorer moved by hand: whatever is on the screen is what PyTorch says for the state on the screen.

The tests run over explorers.__all__, so a new explorer is tested when it is named there. They use what a notebook
uses: the call, .controls, .views, .X, .y, .params, .update(), .array, and the text of a saved notebook. What pictures
show is tested in test_pictures.py.
"""

import re

import ipywidgets as widgets
import numpy as np
import pytest
from hands import (
    FIVE,
    NUMBERS,
    OTHERS,
    assert_true_to_state,
    chosen,
    differences,
    elsewhere,
    every_explorer,
    every_network_explorer,
    make,
    move,
    numbers,
    of_kind,
    own_net,
    places,
    screen,
    settle,
    state,
    stir,
)
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import explorers
import mlp_helpers as m

# ---------------------------------------------------------------- made


@every_explorer
def test_an_explorer_shows_copies_of_what_it_is_given(name):
    X, y, params = net = own_net()
    explorer = make(name, *net, scale=1.6)
    given_state = {"X": X, "y": y, **params._asdict()}
    before = {symbol: array.copy() for symbol, array in given_state.items()}
    assert isinstance(explorer, widgets.Box) and isinstance(explorer.params, m.Params)
    assert not differences(state(explorer), before)
    assert_true_to_state(explorer)

    stir(explorer, 0.9, "x1", "W1_0", "b1", "W2_1", "flip", "step")
    assert not differences(given_state, before)
    for array in given_state.values():
        array[:] = 0
    assert_true_to_state(explorer)
    explorer.controls["reset"].click()
    assert not differences(state(explorer), before)

    X, y, params = own_net()
    of_lists = make(name, X.tolist(), y.astype(bool), tuple(array.tolist() for array in params))
    assert not differences(state(of_lists), before)


BATCHES = {
    "N = 1": own_net(1),
    "N = 16": own_net(16),
    "1 hidden unit": own_net(12, 1),
    "all zero": (np.zeros((12, 2)), np.zeros(12, int), m.Params(*(0 * array for array in own_net()[2]))),
    "logits of 10,000": (*own_net()[:2], own_net()[2]._replace(b2=np.array([-1e4, 1e4]))),
}


@every_explorer
@pytest.mark.parametrize("net", BATCHES.values(), ids=BATCHES)
def test_odd_networks_and_batches_are_shown(name, net):
    if name == "bug_lab" and len(net[0]) < 12:  # it checks gradients at N = 12
        with pytest.raises(ValueError, match=r"^X: expected 12 examples or more"):
            make(name, *net)
        return
    explorer = make(name, *net)
    for control in ("x1", "b1", "W2_0", "flip", "step"):
        stir(explorer, 0.3, control)
        assert_true_to_state(explorer)


BAD = [
    (dict(X=np.zeros((5, 3))), ValueError, "X"),
    (dict(X=np.full((12, 2), np.nan)), ValueError, "X"),
    (dict(X=[["a", "b"]] * 12), TypeError, "X"),
    (dict(y=np.full(12, 2)), ValueError, "y"),
    (dict(y=np.zeros(11, int)), ValueError, "y"),
    (dict(y=None), TypeError, "y"),
    (dict(params=own_net()[2][:3]), TypeError, "params"),
    (dict(params=own_net()[2]._replace(b1=np.zeros(15))), ValueError, "params.b1"),
    (dict(params=own_net()[2]._replace(b2=np.array([0, np.inf]))), ValueError, "params.b2"),
    (dict(params=m.init_params(np.random.default_rng(0), n_out=3)), ValueError, "params.W2"),
    (dict(X=np.zeros((12, 3)), params=m.init_params(np.random.default_rng(0), n_in=3)), ValueError, "params.W1"),
    (dict(scale="large"), TypeError, "scale"),
    (dict(scale=0), ValueError, "scale"),
    (dict(scale=np.nan), ValueError, "scale"),
]


@every_explorer
def test_a_bad_argument_is_named(name):
    for bad, error, argument in BAD:
        arguments = dict(zip(("X", "y", "params"), own_net(), strict=True)) | bad
        with pytest.raises(error, match=rf"^{re.escape(argument)}: .*, got "):
            getattr(explorers, name)(**arguments)


def test_one_setting_scales_every_explorer_that_has_no_scale_of_its_own():
    for bad, error in (("large", TypeError), (None, TypeError), (9, ValueError)):
        with pytest.raises(error, match=r"^scale: expected a number.*, got "):
            explorers.set_scale(bad)
    assert explorers.relu_explorer().scale == 1.0
    explorers.set_scale(1.5)
    try:
        made = [getattr(explorers, name)(*own_net()).scale for name in explorers.__all__]
        own = [make(name, *own_net()).scale for name in explorers.__all__]
    finally:
        explorers.set_scale(1)
    assert {*made} == {1.5} and {*own} == {0.5}


# ---------------------------------------------------------------- moved


@pytest.mark.slow
@every_explorer
def test_every_control_everywhere_and_back(name):
    explorer = make(name, *own_net()) if name == "bug_lab" else make(name)  # the lab trains at each of its places
    start, text = state(explorer), repr(explorer)
    for control in explorer.controls.values():
        for part in places(control):
            move(control, part)
            if isinstance(control, widgets.FloatSlider):
                assert control.value == control.min + part * (control.max - control.min)
            assert_true_to_state(explorer)
    explorer.controls["reset"].click()
    assert not differences(state(explorer), start)
    assert repr(explorer) == text


@pytest.mark.slow
@every_explorer
@given(
    moves=st.lists(
        st.tuples(st.integers(0, 99), st.sampled_from([0, 0.5, 1]) | st.floats(0, 1)), min_size=4, max_size=10
    )
)
@settings(max_examples=5, phases=[Phase.generate])  # ten moves are few enough to read unshrunk
def test_random_moves(name, moves):
    """After any moves a screen is true to its state, and is that of a fresh explorer: nothing old stays."""
    explorer = make(name, *own_net())
    first, text = screen(explorer), repr(explorer)
    for which, part in moves:
        move(list(explorer.controls.values())[which % len(explorer.controls)], part)
    assert_true_to_state(explorer)
    settle(explorer)
    assert_true_to_state(explorer)

    if name not in OTHERS:  # what those show is more than X, y, params and the choices
        explorer.update(reframe=True)
        fresh = make(name, explorer.X, explorer.y, explorer.params)
        for control in ("example", "unit", "along", "class", "step"):  # what is chosen, but for the data: X says it
            if control in fresh.controls:
                fresh.controls[control].value = explorer.controls[control].value
        fresh.update(reframe=True)
        assert screen(explorer) == screen(fresh)

    explorer.controls["reset"].click()
    explorer.update()  # numbers that have just come fade in, once
    assert screen(explorer) == first and repr(explorer) == text


@every_explorer
def test_one_change_is_one_update(name, monkeypatch):
    explorer, calls = make(name), []
    update = explorer.update
    monkeypatch.setattr(explorer, "update", lambda *args, **kwargs: (calls.append(1), update(*args, **kwargs)))
    for control, widget in explorer.controls.items():
        calls.clear()
        move(widget, elsewhere(control))
        assert len(calls) == 1, control
        settle(explorer)


@every_network_explorer
def test_a_slider_writes_its_number_and_no_other(name):
    explorer = chosen(name)
    for control, (symbol, index) in NUMBERS.items():
        expected = state(explorer)
        expected[symbol][index] = 1.23
        explorer.controls[control].value = 1.23
        assert not differences(state(explorer), expected)
    expected["y"][3] = 1 - expected["y"][3]
    explorer.controls["flip"].click()
    assert not differences(state(explorer), expected)


@every_network_explorer
def test_a_choice_moves_nothing_but_what_the_sliders_show(name):
    explorer = make(name)
    before = state(explorer)
    for example, unit in ((3, 7), (1, 2), (3, 7)):
        explorer.controls["example"].value, explorer.controls["unit"].value = example, unit
    assert not differences(state(explorer), before)
    for control, (symbol, index) in NUMBERS.items():
        value = numbers(explorer)[symbol][index]
        assert explorer.controls[control].value == round(value, 2) != value


@every_network_explorer
def test_a_value_that_a_browser_sends_back_rounded_is_no_move(name):
    explorer = chosen(name)
    before = state(explorer)
    for control in {*NUMBERS, "z0", "z1", "value"} & set(explorer.controls):
        slider = explorer.controls[control]
        slider.set_state({"value": np.nextafter(round(slider.value, 2), 9)})
        assert not differences(state(explorer), before), control


@every_explorer
def test_a_move_is_sent_at_its_end_each_widget_once(name, monkeypatch):
    """What is sent while the kernel still draws makes the page lay itself out twice, and answer before it is whole."""
    explorer, sent, drawing = make(name), [], []
    monkeypatch.setattr(widgets.Widget, "_send", lambda widget, *message, **buffers: sent.append(widget))
    draw = explorer.draw

    def watched():
        drawing.append(sent.copy())
        draw()
        drawing.append(sent.copy())

    monkeypatch.setattr(explorer, "draw", watched)
    control = explorer.controls[{"training_explorer": "step", "bug_lab": "bug"}.get(name, "example")]
    control.value += 1
    assert drawing == [[control], [control]]
    assert len(sent) == len(set(sent)) > 2


@every_explorer
def test_a_state_that_code_changes_is_shown_by_update(name):
    explorer = make(name, *own_net()) if name in OTHERS else chosen(name, *own_net())
    before, text = state(explorer), repr(explorer)
    explorer.X[3] = (0.126, -0.5)
    explorer.y = 1 - explorer.y
    explorer.params = params = m.init_params(np.random.default_rng(9))
    explorer.update()
    assert not differences(explorer.params._asdict(), params._asdict())
    assert_true_to_state(explorer)
    loss = m.loss(explorer.X, explorer.y, params)
    assert (f"{loss:.4g} at the start" if name == "bug_lab" else f"{loss:.4f}") in repr(explorer) != text
    for control, (symbol, index) in NUMBERS.items() if name not in OTHERS else ():
        assert explorer.controls[control].value == round(numbers(explorer)[symbol][index], 2)
    explorer.X, explorer.y, explorer.params = own_net()
    explorer.update()
    assert repr(explorer) == text and not differences(state(explorer), before)


@every_explorer
def test_a_state_of_another_size_is_a_clear_error(name):
    explorer = make(name, *own_net())
    for attribute, value, argument, shapes in (
        ("params", own_net(n_hidden=8)[2], "params.W1", r"\(16, 2\).*\(8, 2\)"),
        ("X", own_net(15)[0], "X", r"\(12, 2\).*\(15, 2\)"),
    ):
        kept = getattr(explorer, attribute)
        setattr(explorer, attribute, value)
        if attribute == "X":
            explorer.y = own_net(15)[1]
        with pytest.raises(ValueError, match=rf"^{argument}: expected shape {shapes}"):
            explorer.update()
        setattr(explorer, attribute, kept)
    explorer.y = own_net()[1]
    explorer.update()
    assert_true_to_state(explorer)


@every_explorer
def test_a_data_set_is_chosen_and_left_again(name):
    explorer = make(name, *own_net())
    before, sets = state(explorer), explorer.controls["data"]
    assert set(sets.options) >= set(m.DATA_SETS)
    for data in m.DATA_SETS:
        sets.value = data
        X, y = m.toy_data(data, 12, np.random.default_rng(0))
        assert not differences(state(explorer), before | {"X": X, "y": y})
    sets.index = 0
    assert not differences(state(explorer), before)


@every_network_explorer
def test_a_sliders_range_grows_to_hold_what_is_given(name):
    X, y, params = own_net()
    X[3, 0], params.W1[7, 1], params.b1[7], params.W2[0, 7] = 40, 7.5, -7.5, 7.5
    explorer = chosen(name, X, y, params)
    explorer.controls["unit"].value = 2
    explorer.controls["unit"].value = 7
    assert not differences(state(explorer), {"X": X, "y": y, **params._asdict()})
    for control, value in {"x1": 40, "W1_1": 7.5, "b1": -7.5, "W2_0": 7.5}.items():
        slider = explorer.controls[control]
        assert slider.value == value and slider.min <= -abs(value) and abs(value) <= slider.max


@every_network_explorer
def test_reset_brings_every_sliders_range_back(name):
    explorer = make(name, *own_net())
    ranges = {
        control: (slider.min, slider.max)
        for control, slider in explorer.controls.items()
        if control != "play" and hasattr(slider, "max")
    }
    explorer.params.W1[0], explorer.params.b1[0], explorer.params.W2[:, 0], explorer.X[0] = 40, 40, 40, 40
    explorer.update()
    grown = [control for control in ranges if explorer.controls[control].max > 30]
    assert {"x1", "x2", *FIVE} <= set(grown)
    explorer.controls["reset"].click()
    assert {control: (explorer.controls[control].min, explorer.controls[control].max) for control in ranges} == ranges


@every_network_explorer
def test_scales_hold_while_a_slider_moves(name):
    """Moving example 0 leaves every other example's row with its colours."""

    def others(explorer):
        return {
            key: re.findall("<tr.*?(?=<tr|</table)", view.widget.value)[2:]
            for key, view in of_kind(explorer, "array").items()
            if len(view.array) == 12 and view.array.ndim == 2
        }

    explorer = make(name, *own_net())
    before = others(explorer)
    assert len(before) >= 1 and all(len(rows) == 11 for rows in before.values())
    for part in (0, 0.2, 0.9):
        move(explorer.controls["x1"], part)
        assert others(explorer) == before


@every_explorer
def test_two_explorers_leave_each_other_alone(name):
    net = own_net()
    one, other = make(name, *net), make(name, *net)
    before, seen, text = state(other), screen(other), repr(other)
    for control in one.controls.values():
        move(control, 0.8)
    assert not differences(state(other), before) and screen(other) == seen and repr(other) == text
    stir(other, 0.3, "x2", "step", "reset")
    assert_true_to_state(one)
    assert_true_to_state(other)

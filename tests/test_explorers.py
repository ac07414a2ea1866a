"""Every explorer moved by hand: whatever is on the screen is what PyTorch says for the state on the screen.

The tests run over explorers.__all__, so a new explorer is tested when it is named there.
"""

import builtins
import gc
import re
import tomllib
import types
from html import unescape
from itertools import chain
from pathlib import Path

import comm
import ipywidgets as widgets
import numpy as np
import pytest
from hands import (
    OTHERS,
    assert_true_to_state,
    chosen,
    differences,
    every_explorer,
    every_network_explorer,
    make,
    move,
    numbers_of,
    of_kind,
    own_net,
    screen,
    state,
    stir,
    stir_to,
)
from seen import assert_near, on_board, read, tables

import explorers
import mlp_helpers as m
from explorers.views.picture import Picture

# ---------------------------------------------------------------- made


@every_explorer
def test_an_explorer_shows_copies_of_what_it_is_given(name):
    X, y, params = net = own_net()
    given_state = {"X": X, "y": y, **params._asdict()}
    before = {symbol: array.copy() for symbol, array in given_state.items()}
    explorer = make(name, *net, scale=1.6)
    of_lists = make(name, X.tolist(), y.astype(bool), tuple(array.tolist() for array in params))
    assert isinstance(explorer, widgets.Box) and isinstance(explorer.params, m.Params)
    assert not differences(state(explorer), before) and not differences(state(of_lists), before)

    stir(explorer, 0.9, "x1", "W1_0", "b1", "W2_1", "flip", "step")
    assert not differences(given_state, before)
    for array in given_state.values():
        array[:] = 0
    assert_true_to_state(explorer)
    explorer.controls["reset"].click()
    assert not differences(state(explorer), before)


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
    assert_readable(explorer)


BAD = tomllib.loads(Path(__file__).with_name("bad_input.toml").read_text(encoding="utf-8"))["explorer"]


@every_explorer
def test_a_bad_argument_is_named(name):
    for bad, error, argument in BAD:
        arguments = dict(zip(("X", "y", "params"), own_net(), strict=True)) | eval(f"dict({bad})")
        with pytest.raises(getattr(builtins, error), match=rf"^{re.escape(argument)}: .*, got "):
            getattr(explorers, name)(**arguments)


# ---------------------------------------------------------------- moved


@pytest.mark.slow
@every_explorer
def test_every_control_everywhere_and_back(name):
    """A screen is true to its state after each move, and at last that of a fresh explorer: nothing old stays."""
    explorer, other = make(name, *own_net()), make(name, *own_net())
    start, first, text = state(explorer), screen(explorer), repr(explorer)
    rng, controls = np.random.default_rng(0), list(explorer.controls.values())
    moves = [(control, part) for control in controls for part in (1, 0.5, 0)]
    moves += [(controls[rng.integers(len(controls))], float(rng.random())) for _ in range(40)]
    for control, part in moves:
        move(control, part)
        if isinstance(control, widgets.FloatSlider):
            assert control.value == control.min + part * (control.max - control.min)
        if control is explorer.controls["data"] and control.value in m.DATA_SETS:
            X, y = m.toy_data(control.value, 12, np.random.default_rng(0))
            assert not differences({"X": explorer.X, "y": explorer.y}, {"X": X, "y": y})
        assert_true_to_state(explorer)
    stir(explorer, 0, "predict")  # a change that waits is seen
    assert_true_to_state(explorer)

    if name not in OTHERS:  # what those show is more than X, y, params and the choices
        explorer.update(rescale=True)
        fresh = make(name, *own_net())
        fresh.state = explorer.state.copy()
        for control in ("example", "unit", "along", "class", "step"):  # what is chosen, but for the data: X says it
            if control in fresh.controls:
                fresh.controls[control].value = explorer.controls[control].value
        fresh.update(rescale=True)
        assert screen(explorer) == screen(fresh)

    explorer.controls["reset"].click()
    explorer.update()  # numbers that have just come fade in, once
    for one in (explorer, other):
        assert not differences(state(one), start) and screen(one) == first and repr(one) == text


@every_explorer
def test_what_one_change_or_touch_draws_is_drawn_once_and_sent_at_its_end_each_widget_once(name, monkeypatch):
    """What is sent while the kernel still draws makes the page lay itself out twice, and answer before it is whole."""
    explorer, happened = make(name), []
    monkeypatch.setattr(widgets.Widget, "_send", lambda widget, *message, **buffers: happened.append(widget))
    drawn = [sheet for view in explorer.views.values() for sheet in getattr(view, "sheets", ())]
    drawn += [part.widget for part in (explorer.said, getattr(explorer, "board", None)) if part]
    draw, held = explorer.draw, {*explorer.controls.values(), *drawn}
    monkeypatch.setattr(explorer, "draw", lambda: (draw(), happened.append("drawn")))
    touches = [("point", 1, 0.5, 0.5), ("entry", "G_A1", 2, 3)]
    touches += [("hinge", 5, 0.5, 0.5), ("turn", 5, 1, 1), ("unit", 3)] if "unit" in explorer.controls else []
    changes = [(None, explorer.touch, touch) for touch in touches]
    changes += [(widget, move, (widget, 0.87)) for widget in explorer.controls.values()]
    for moved, change, arguments in changes:
        happened.clear()
        change(*arguments)
        assert happened.count("drawn") == 1 and len(happened) == len({*happened}), arguments
        assert held & {*happened[: happened.index("drawn")]} <= {moved}, arguments
        assert happened[-1] is explorer.said.widget, arguments


@every_network_explorer
def test_a_slider_shows_its_number_and_writes_it_and_no_other(name):
    explorer = make(name)
    expected = state(explorer)
    for example, unit in ((3, 7), (1, 2), (3, 7)):
        stir_to(explorer, example=example, unit=unit)
    assert not differences(state(explorer), expected)
    for control, (symbol, index) in numbers_of(explorer):
        slider = explorer.controls[control]
        assert slider.description == f"{symbol}{np.atleast_1d(index).tolist()}"
        assert slider.value == round(expected[symbol][index], 2) != expected[symbol][index]
        slider.set_state({"value": np.nextafter(slider.value, 9)})  # as a browser sends back what it is shown
        assert not differences(state(explorer), expected), control
        slider.value = expected[symbol][index] = 1.23
        assert not differences(state(explorer), expected), control
    expected["y"][3] = 1 - expected["y"][3]
    explorer.controls["flip"].click()
    assert explorer.controls["flip"].description == f"Flip label (now {expected['y'][3]})"
    assert not differences(state(explorer), expected)


@every_explorer
def test_a_state_that_code_changes_is_shown_by_update_until_reset_and_one_of_another_size_is_an_error(name):
    explorer = make(name, *own_net())
    for part in (1, 0):
        move(explorer.controls["data"], part)
    before, first, text, ranges = state(explorer), screen(explorer), repr(explorer), ranges_of(explorer)
    stir_to(explorer, example=3, unit=7)
    explorer.X[3] = (0.126, -40)
    explorer.y = 1 - explorer.y
    explorer.params = params = m.init_params(np.random.default_rng(9))
    params.b1[0] = 40
    explorer.update()
    assert not differences(explorer.params._asdict(), params._asdict())
    assert_true_to_state(explorer)
    loss = m.loss(explorer.X, explorer.y, params)
    assert (f"{loss:.4g} at the start" if name == "bug_lab" else f"{loss:.4f}") in repr(explorer) != text
    for control, (symbol, index) in numbers_of(explorer):
        assert explorer.controls[control].value == round(state(explorer)[symbol][index], 2)
    stir_to(explorer, example=0, unit=0)
    assert "b1" not in ranges or ranges_of(explorer)["b1"] == (-40, 40) != ranges["b1"]
    X, y, params = own_net()
    for (explorer.X, explorer.y, explorer.params), says in (
        ((X, y, own_net(n_hidden=8)[2]), r"params.W1: expected shape \(16, 2\).*\(8, 2\)"),
        ((*own_net(15)[:2], params), r"X: expected shape \(12, 2\).*\(15, 2\)"),
        ((X, y, m.init_params(np.random.default_rng(0), n_out=3)), r"params.W2: expected shape \(2, 16\).*\(3, 16\)"),
    ):
        with pytest.raises(ValueError, match=f"^{says}"):
            explorer.update()
    explorer.controls["reset"].click()
    assert not differences(state(explorer), before) and ranges_of(explorer) == ranges
    assert repr(explorer) == text and screen(explorer) == first


def ranges_of(explorer):
    return {name: (slider.min, slider.max) for name, slider in explorer.controls.items() if hasattr(slider, "max")}


@every_network_explorer
def test_the_chosen_row_and_column_have_a_frame_and_other_rows_keep_their_colours_while_a_slider_moves(name):
    explorer, before = chosen(name, *own_net()), {}
    for part in (0, 0.2, 0.9):
        move(explorer.controls["x1"], part)
        frames = {mark for mark in explorer.board.widget._dom_classes if mark.startswith(("bp-row-", "bp-column-"))}
        assert frames == ({"bp-row-3", "bp-column-7"} if "unit" in explorer.controls else {"bp-row-3"})
        for key, view in of_kind(explorer, "array").items():
            (table,) = tables(view.html)
            if view.rows is explorer.axes["example"]:
                assert "bp-rows" in on_board(explorer)[table.symbol]
                others = zip(table.rows, table.classes, strict=True)
                others = [(row, [{*c} - {"s"} for c in look]) for i, (row, look) in enumerate(others) if i != 3]
                assert others == before.setdefault(key, others), key
    assert before


@every_network_explorer
def test_what_did_not_move_steps_back_until_the_next_change(name):
    """As PyTorch says, a point moves its own row, and all of a sum over examples."""
    explorer = chosen(name, *own_net())
    for act, symbol in ((lambda: explorer.touch("point", 3, 0.4, 0.3), "X"), (explorer.controls["flip"].click, "Y")):
        before = {key: view.array for key, view in of_kind(explorer, "array").items()}
        act()
        back = stepped_back(explorer)
        for key, array in before.items():
            now = 1.0 * explorer.views[key].array
            same = np.abs(now - array) <= 1e-12 * np.abs(now).max()
            assert key == "outer" or np.array_equal(back[key], same), key
        assert re.search(f"row 3 of .*{symbol}", explorer.changed.lines[0]) or symbol not in before
        stir_to(explorer, example=0, unit=2)  # a choice is no change
        assert not differences(stepped_back(explorer), back) and "row 3" in explorer.changed.lines[0]
        stir_to(explorer, example=3, unit=7)
    explorer.controls["reset"].click()
    assert not explorer.changed.lines[0] and not any(back.any() for back in stepped_back(explorer).values())


def stepped_back(explorer):
    """For each table which of its entries step back, in the symbol's own shape."""
    found = {}
    for key, view in of_kind(explorer, "array").items():
        (table,) = tables(view.html)
        back = np.array([["s" in look for look in line] for line in table.classes])
        back |= "bp-still" in on_board(explorer)[table.symbol]
        found[key] = (back.T if "turned" in table.data else back).reshape(view.array.shape)
    return found


# ---------------------------------------------------------------- left behind, failed, and read


def alive():
    """Count the pictures and widgets in memory, the widgets that ipywidgets remembers, and the comms."""
    gc.collect()
    kinds = [type(thing) for thing in gc.get_objects()]
    pictures, boxes = (sum(issubclass(kind, wanted) for kind in kinds) for wanted in (Picture, widgets.Widget))
    return pictures, boxes, len(widgets.Widget.get_manager_state()["state"]), len(comm.get_comm_manager().comms)


def test_a_cell_that_runs_again_closes_what_it_made_before_and_nothing_of_it_is_left(monkeypatch):
    def run(cell, number, *parts):
        message = {"header": {"msg_id": f"run {number}"}, "metadata": {"cellId": cell} if cell else {}}
        shell = types.SimpleNamespace(get_parent=lambda: message)
        monkeypatch.setattr(explorers.closing, "get_ipython", lambda: shell)
        made = [make(name) for name in (explorers.__all__ if cell == "a" else ["relu_explorer"])]
        for control, part in ((control, part) for one in made for control in one.controls.values() for part in parts):
            move(control, part)
        return made

    others, first = run("b", 1) + run(None, 2), run("a", 3, 1)
    before, held = alive(), [one.views["plane"] for one in first if "plane" in one.views]
    assert all(one.comm for one in first)
    del first
    assert all(one.comm for one in run("a", 4, 1)) and not any(sheet.value for view in held for sheet in view.sheets)
    del held
    assert alive() == before and all(one.comm for one in others)
    script = others[0].children[0]  # all share it
    assert None not in (script.comm, script.layout.comm, script.style.comm)


@every_explorer
def test_a_failure_reaches_the_caller_and_the_screen(name, monkeypatch):
    def broken(*args):
        raise RuntimeError("<i>no</i> gradient & no mask")

    explorer = make(name)
    stir(explorer, 1, "predict")
    monkeypatch.setattr(m, "backward", broken)
    with pytest.raises(RuntimeError, match="no mask"):
        explorer.touch("point", 0, 0.5, 0.5)
    assert not hasattr(explorer, "predictor") or explorer.predictor.waiting is None, "what failed does not wait"
    for control in ("data", "reset"):
        with pytest.raises(RuntimeError, match="no mask"):
            move(explorer.controls[control], 0.9)
        words = explorer.views["words"].html
        assert "<i>" not in words and "RuntimeError: <i>no</i> gradient & no mask" in unescape(words)
    monkeypatch.undo()
    explorer.update()
    assert "RuntimeError" not in explorer.views["words"].html
    assert_true_to_state(explorer)

    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(m, "backward", interrupted)
    with pytest.raises(KeyboardInterrupt):
        explorer.touch("point", 0, -0.5, 0.5)
    monkeypatch.undo()
    assert_true_to_state(explorer)


def assert_readable(explorer):
    """Each table has its shape and headers, and each cell its number in five letters, with a sign where it is coloured.

    Of many examples, the twelve with the chosen one are shown.
    """
    for key, view in of_kind(explorer, "array").items():
        (table,) = tables(view.html)
        assert table.caption.endswith(str(view.array.shape)) and (key == "outer" or table.symbol == key)
        grid = np.atleast_2d(view.array)
        grid = (grid.T if "turned" in table.data else grid)[view.first : view.first + 12]
        assert len(table.columns) == 1 + grid.shape[1] and all(table.columns)
        assert len(table.labels) == len(grid) and all(table.labels)
        classes = chain.from_iterable(table.classes)
        for text, looks, number in zip(np.ravel(table.rows), classes, grid.ravel().tolist(), strict=True):
            assert_near(text, number)
            sign = {"on": text == "1", "p": read(text) > 0, "n": read(text) < 0, "s": True}
            assert len(text) <= 5 and all(sign[look.rstrip("12345678")] for look in looks)
            assert not re.fullmatch("−0?[.]?0*", text)


@pytest.mark.parametrize("size", [1e-3, 1e-6, 1e-9, 1.0, 1e3])
def test_a_coloured_number_shows_its_sign(size):
    X, y, params = own_net()
    assert_readable(make("relu_explorer", X, y, m.Params(*(size * array for array in params))))

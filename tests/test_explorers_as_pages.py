"""What an explorer leaves in memory, what it says when it fails, and how its tables and words are read."""

import gc
import re
import types
from html import unescape
from itertools import chain

import comm
import ipywidgets as widgets
import numpy as np
import pytest
from hands import (
    SYMBOLS,
    assert_true_to_state,
    chosen,
    elsewhere,
    every_explorer,
    every_network_explorer,
    make,
    move,
    of_kind,
    own_net,
    settle,
    stir,
)
from seen import assert_near, tables

import explorers
import mlp_helpers as m
from explorers.views.picture import Picture


def alive():
    """Count the pictures and widgets in memory, the widgets that ipywidgets remembers, and the comms."""
    gc.collect()
    kinds = [type(thing) for thing in gc.get_objects()]
    pictures, boxes = (sum(issubclass(kind, wanted) for kind in kinds) for wanted in (Picture, widgets.Widget))
    return pictures, boxes, len(widgets.Widget.get_manager_state()["state"]), len(comm.get_comm_manager().comms)


@every_explorer
def test_a_closed_explorer_leaves_nothing_behind(name):
    make(name).close()
    before = alive()
    explorer = make(name)
    for control in explorer.controls.values():
        move(control, 1)
    explorer.close()
    del explorer, control
    assert alive() == before


def test_a_cell_that_runs_again_closes_what_it_made_before(monkeypatch):
    def run(cell, number):
        message = {"header": {"msg_id": f"run {number}"}, "metadata": {"cellId": cell} if cell else {}}
        shell = types.SimpleNamespace(get_parent=lambda: message)
        monkeypatch.setattr(explorers.closing, "get_ipython", lambda: shell)
        return make("relu_explorer")

    first, second, other, outside = run("a", 1), run("a", 1), run("b", 2), run(None, 3)
    assert first.comm and second.comm
    third = run("a", 4)
    assert not first.comm and not second.comm
    assert third.comm and other.comm and outside.comm
    assert run("a", 5).comm and not third.comm
    assert not first.views["plane"].widget.value  # which is still held


@every_explorer
def test_a_failure_reaches_the_caller_and_the_screen(name, monkeypatch):
    def broken(*args):
        raise RuntimeError("<i>no</i> gradient & no mask")

    explorer = make(name)
    ways = [(move, widget, elsewhere(control)) for control, widget in explorer.controls.items()]
    if "x1" in explorer.controls:  # as a browser does
        ways.append((explorer.controls["x1"].set_state, {"value": 1.5}))
    for act, *arguments in ways:
        monkeypatch.setattr(m, "backward", broken)
        with pytest.raises(RuntimeError, match="no mask"):
            act(*arguments)
        words = explorer.views["words"].widget.value
        assert "<i>" not in words and "RuntimeError: <i>no</i> gradient & no mask" in unescape(words)

        monkeypatch.undo()
        settle(explorer)
        explorer.update()
        assert "RuntimeError" not in explorer.views["words"].widget.value
        assert_true_to_state(explorer)


def assert_readable(explorer):
    """Each table has its shape and headers, and each cell its number, with a sign where it has a colour."""
    shown = [([key], [view.array], view) for key, view in of_kind(explorer, "array").items()]
    shown += [(view.arrays, view.arrays.values(), view) for view in of_kind(explorer, "arrays").values()]
    for keys, arrays, view in shown:
        for key, array, table in zip(keys, arrays, tables(view.widget.value), strict=True):
            assert table.caption.endswith(str(array.shape)) and (key not in SYMBOLS or table.symbol == key)
            grid = np.atleast_2d(array)
            assert len(table.columns) == 1 + grid.shape[1] and all(table.columns[1:])  # the first is the corner
            assert len(table.labels) == len(grid) and (len(grid) == 1 or all(table.labels))
            classes = chain.from_iterable(table.classes)
            for text, colours, number in zip(np.ravel(table.rows), classes, grid.ravel().tolist(), strict=True):
                assert_near(text, number)
                sign = {"on": text == "1", "p": float(text) > 0, "n": float(text) < 0}
                assert all(sign[colour.rstrip("12345678")] for colour in colours) and not re.fullmatch("-0[.]?0*", text)


@every_explorer
def test_a_table_can_be_read_aloud_and_without_colour(name):
    explorer = make(name, *own_net())
    stir(explorer, 0.7, "x1", "W2_0", "flip")
    assert_readable(explorer)


@pytest.mark.parametrize("size", [1e-3, 1e-6, 1e-9, 1.0, 1e3])
def test_a_coloured_number_shows_its_sign(size):
    X, y, params = own_net()
    assert_readable(make("relu_explorer", X, y, m.Params(*(size * array for array in params))))


@every_network_explorer
def test_the_chosen_row_and_column_are_marked(name):
    explorer = chosen(name, *own_net())
    marked = set()
    for key, view in of_kind(explorer, "array").items():
        (table,), ways = tables(view.widget.value), (view.rows, view.columns)
        wanted = [[at for axis, at in (("example", 3), ("unit", 7)) if explorer.axes[axis] is way] for way in ways]
        assert [table.marked_rows, table.marked_columns] == wanted, key
        marked |= {way.name for way, at in zip(ways, wanted, strict=True) if at}
    assert "i" in marked


@every_explorer
def test_the_state_is_said_in_a_few_lines(name):
    explorer = make(name)
    said = [repr(explorer)]
    for control in ("x1", "flip", "x2", "example", "data", "lr", "step", "bug"):
        if control in explorer.controls:
            move(explorer.controls[control], 0.9)
            said.append(repr(explorer))
    assert len({*said}) == len(said) >= 3
    for text in said:
        assert 2 <= len(text.split("\n")) <= 12 and max(map(len, text.split("\n"))) <= 160
        assert not re.search(r" at 0x|object|array\(|float64", text)

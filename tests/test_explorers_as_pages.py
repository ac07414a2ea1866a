"""What an explorer leaves in memory, what it says when it fails, and how its tables and words are read."""

import gc
import re
import types
from html import unescape

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
    for control, widget in explorer.controls.items():
        monkeypatch.setattr(m, "backward", broken)
        with pytest.raises(RuntimeError, match="no mask"):
            move(widget, elsewhere(control))
        words = explorer.views["words"].widget.value
        assert "<i>" not in words and "RuntimeError: <i>no</i> gradient & no mask" in unescape(words)

        monkeypatch.undo()
        settle(explorer)
        explorer.update()
        assert "RuntimeError" not in explorer.views["words"].widget.value
        assert_true_to_state(explorer)


def test_a_failure_reaches_the_caller_when_the_browser_moves_a_slider(monkeypatch):
    explorer = make("relu_explorer")
    monkeypatch.delattr(m, "backward")
    with pytest.raises(AttributeError, match="backward"):
        explorer.controls["x1"].set_state({"value": 1.5})


@every_explorer
def test_a_table_can_be_read_aloud_and_without_colour(name):
    explorer = make(name, *own_net())
    stir(explorer, 0.7, "x1", "W2_0", "flip")
    tables = {key: (view.widget.value, view.array) for key, view in of_kind(explorer, "array").items()}
    for view in of_kind(explorer, "arrays").values():
        htmls = view.widget.value.split("<table")[1:]
        tables |= {key: (html, view.arrays[key]) for key, html in zip(view.arrays, htmls, strict=True)}
    for key, (html, array) in tables.items():
        caption = unescape(re.sub("<.*?>", "", re.search("<caption>(.*?)</caption>", html)[1]))
        assert caption.endswith(str(array.shape)) and (key not in SYMBOLS or caption.startswith(f"{key} "))
        grid = np.atleast_2d(array)
        columns, rows = (re.findall(f"<th scope={way}>([^<]*)", html) for way in ("col", "row"))
        assert len(columns) == 1 + grid.shape[1] and all(columns[1:])  # the first is the corner
        assert len(rows) == len(grid) and (len(rows) == 1 or all(rows))
        cells = re.findall(r"<td(?: class=([a-z]+)\d*)?>([^<]*)", html)
        for (colour, text), number in zip(cells, grid.ravel().tolist(), strict=True):
            decimals = len(text.partition(".")[2])
            assert abs(float(text) - number) <= 0.5001 * 10.0**-decimals and not re.fullmatch("-0[.]?0*", text)
            assert {"": True, "on": text == "1", "p": float(text) > 0, "n": float(text) < 0}[colour]


@every_network_explorer
def test_the_chosen_row_and_column_are_marked(name):
    explorer = chosen(name, *own_net())
    marked = set()
    for key, view in of_kind(explorer, "array").items():
        html, ways = view.widget.value, (view.rows, view.columns)
        rows = [index for index, line in enumerate(re.findall(r"<tr[^>]*>(?=<th scope=row)", html)) if "m" in line[3:]]
        columns = [int(before) - 1 for before in re.findall(r"<col span=(\d+)><col class=m>", html)]
        wanted = [[at for axis, at in (("example", 3), ("unit", 7)) if explorer.axes[axis] is way] for way in ways]
        assert [rows, columns] == wanted, key
        marked |= {way.name for way, at in zip(ways, wanted, strict=True) if at}
    assert "i" in marked


@pytest.mark.parametrize("size", [1e-3, 1e-6, 1e-9, 1.0, 1e3])
def test_a_coloured_number_shows_its_sign(size):
    X, y, params = own_net()
    explorer = make("relu_explorer", X, y, m.Params(*(size * array for array in params)))
    for view in of_kind(explorer, "array").values():
        for sign, text in re.findall(r"<td class=([pn])\d>([^<]*)", view.widget.value):
            assert float(text) > 0 if sign == "p" else float(text) < 0


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

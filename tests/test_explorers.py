"""Every explorer moved by hand: whatever is on the screen is what PyTorch says for the state on the screen.

The tests run over explorers.__all__, so a new explorer is tested when it is named there. They use what a notebook
uses: the call, .controls, .views, .X, .y, .params, .update(), .array, and the text of a saved notebook. What pictures
show is tested in test_pictures.py.
"""

import gc
import pickle
import re
import types
from functools import cache
from html import unescape

import comm
import ipywidgets as widgets
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import explorers
import mlp_helpers as m
from explorers.views.picture import Picture

try:
    from torch_net import torch_values
except ImportError:  # without PyTorch: what the parity test has compared with PyTorch's saved values

    def torch_values(X, y, params):
        return m.forward(X, params)._asdict() | m.backward(X, y, params)._asdict()


TOLERANCE = 1e-12
FIVE = {"W1_0": ("W1", (7, 0)), "W1_1": ("W1", (7, 1)), "b1": ("b1", 7), "W2_0": ("W2", (0, 7)), "W2_1": ("W2", (1, 7))}
NUMBERS = {"x1": ("X", (3, 0)), "x2": ("X", (3, 1)), **FIVE}  # of example 3 and unit 7

SYMBOLS = ["X", "Y", *m.Params._fields, *m.Forward._fields, *m.Backward._fields]

every_explorer = pytest.mark.parametrize("name", explorers.__all__)
OTHERS = {"training_explorer", "bug_lab"}  # without an example and a unit to move
every_network_explorer = pytest.mark.parametrize("name", [name for name in explorers.__all__ if name not in OTHERS])


def make(name, *net, scale=0.5):
    """Make an explorer, small so that it paints fast."""
    return getattr(explorers, name)(*net, scale=scale)


def own_net(N=12, n_hidden=16):
    X, y = m.toy_data("circles", N, np.random.default_rng(4))
    return X, y, m.init_params(np.random.default_rng(5), n_hidden=n_hidden)


def chosen(name, *net):
    """Make an explorer with example 3 and unit 7 chosen."""
    explorer = make(name, *net)
    explorer.controls["example"].value, explorer.controls["unit"].value = 3, 7
    return explorer


def move(control, part):
    """Press a button, or put another control at this part, 0 to 1, of its way."""
    if isinstance(control, widgets.Button):
        control.click()
    elif isinstance(control, widgets.Checkbox):
        control.value = part > 0.5
    elif hasattr(control, "options"):
        control.index = round(part * (len(control.options) - 1))
    else:
        control.value = type(control.value)(control.min + part * (control.max - control.min))


def stir(explorer, part, *controls):
    """Move those of the controls that the explorer has."""
    for control in controls:
        if control in explorer.controls:
            move(explorer.controls[control], part)


def places(control):
    """Every option of a dropdown; the least, the greatest and zero of a slider; one press of a button."""
    if isinstance(control, widgets.Button):
        return [0]
    if isinstance(control, widgets.Checkbox):
        return [1, 0]
    if hasattr(control, "options"):
        return np.linspace(0, 1, len(control.options))
    return [0, 1, -control.min / (control.max - control.min)] if control.min < 0 else [0, 1]


def elsewhere(control):
    """A part of the way where no control is at first, nor after another one has moved there."""
    return 0.3 if control == "play" else 0.87


def settle(explorer):
    """Let a change that waits for a prediction be seen."""
    stir(explorer, 0, "predict")


def of_kind(explorer, attribute):
    return {name: view for name, view in explorer.views.items() if hasattr(view, attribute)}


def state(explorer):
    return {name: array.copy() for name, array in numbers(explorer).items()}


def numbers(explorer):
    return {"X": explorer.X, "y": explorer.y, **explorer.params._asdict()}


def differences(one, other):
    """The names of what differs in two mappings of arrays."""
    return [name for name in one | other if not np.array_equal(one.get(name), other.get(name))]


def screen(explorer):
    """All that a person sees but the controls and words: tables, equations and pictures, as HTML."""
    return {name: view.widget.value for name, view in explorer.views.items() if name != "words"}


@cache
def reference(pickled):
    """What PyTorch says, computed once for each state."""
    return torch_values(*pickle.loads(pickled))


def assert_true_to_state(explorer):
    """Every matrix shown, under a symbol's name, is PyTorch's for this state."""
    expected = reference(pickle.dumps((explorer.X, explorer.y, explorer.params))) | state(explorer)
    expected |= {"Y": np.eye(2)[explorer.y], "M": expected["A1"] > 0}
    expected |= {f"{symbol}ᵀ": array.T for symbol, array in expected.items()}
    shown = [(symbol, view.array) for symbol, view in of_kind(explorer, "array").items()]
    for view in of_kind(explorer, "arrays").values():
        shown += view.arrays.items()
    for symbol, array in shown:
        if symbol in expected:
            want = expected[symbol]
            assert array.shape == want.shape and array.dtype == want.dtype, symbol
            assert np.abs(1.0 * array - want).max() <= TOLERANCE * np.abs(1.0 * want).max(), symbol


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


@every_explorer
def test_lists_and_other_kinds_of_labels_will_do(name):
    X, y, params = own_net()
    explorer = make(name, X.tolist(), y.astype(bool), tuple(array.tolist() for array in params))
    assert not differences(state(explorer), {"X": X, "y": y, **params._asdict()})
    stir(explorer, 0.4, "x1", "step")
    assert_true_to_state(explorer)


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
    (dict(X=np.zeros(5)), ValueError, "X"),
    (dict(X=np.full((12, 2), np.nan)), ValueError, "X"),
    (dict(X=[["a", "b"]] * 12), TypeError, "X"),
    (dict(y=np.full(12, 2)), ValueError, "y"),
    (dict(y=np.full(12, 0.5)), ValueError, "y"),
    (dict(y=np.zeros(11, int)), ValueError, "y"),
    (dict(y=None), TypeError, "y"),
    (dict(params=own_net()[2][:3]), TypeError, "params"),
    (dict(params=7), TypeError, "params"),
    (dict(params=own_net()[2]._replace(b1=np.zeros(15))), ValueError, "params.b1"),
    (dict(params=own_net()[2]._replace(b2=np.array([0, np.inf]))), ValueError, "params.b2"),
    (dict(params=m.init_params(np.random.default_rng(0), n_out=3)), ValueError, "params.W2"),
    (dict(X=np.zeros((12, 3)), params=m.init_params(np.random.default_rng(0), n_in=3)), ValueError, "params.W1"),
    (dict(scale="large"), TypeError, "scale"),
    (dict(scale=True), TypeError, "scale"),
    (dict(scale=0), ValueError, "scale"),
    (dict(scale=np.float32(9)), ValueError, "scale"),
    (dict(scale=-1.0), ValueError, "scale"),
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


def case_of(name):
    return next(case for case, bug in enumerate(explorers.bugs.CASES) if bug.name.startswith(name))


@pytest.mark.parametrize("size", [30, 1e3])
def test_the_bug_lab_says_at_which_step_the_numbers_overflow(size):
    X, y = m.toy_data("moons", 20, np.random.default_rng(0))
    lab = make("bug_lab", size * X, y)
    lab.controls["bug"].value = case_of("the sign")
    rows = lab.views["detectors"].rows
    steps = int(re.search(r"overflow at step (\d+)$", rows["Loss"])[1])
    assert rows["Accuracy"].endswith(f" after {steps - 1} steps")


@pytest.mark.parametrize("name", ["A1 in", "the mask is missing", "W2 is used after"])
def test_the_bug_lab_says_so_where_a_mistake_does_no_harm(name):
    X, y, params = own_net()
    lab = make("bug_lab", X, y, m.Params(*(0 * value for value in params)))
    lab.controls["bug"].value = case_of(name)
    assert lab.views["detectors"].rows["Gradient check, N = 12"] == "passes"
    for guess, says in (("nothing", "does no harm"), ("P", "does no harm"), (lab.bug.symbol, "Right!")):
        lab.controls["guess"].value = guess
        lab.controls["check"].click()
        assert says in repr(lab)


def test_the_bug_lab_marks_what_is_solved():
    lab = make("bug_lab", *own_net())
    number = lab.controls["bug"]
    number.value = 4
    for guess in lab.controls["guess"].options[1:]:
        lab.controls["guess"].value = guess[1]
        lab.controls["check"].click()
    assert [label for label, _ in number.options if "solved" in label] == ["number 5 (solved)"]
    assert number.value == 4 and "Solved: 5." in repr(lab)


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


# ---------------------------------------------------------------- failing


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


@every_network_explorer
def test_a_failure_reaches_the_caller_when_the_browser_moves_a_slider(name, monkeypatch):
    explorer = make(name)
    monkeypatch.delattr(m, "backward")
    with pytest.raises(AttributeError, match="backward"):
        explorer.controls["x1"].set_state({"value": 1.5})


# ---------------------------------------------------------------- read


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
        columns = [index for index, line in enumerate(re.findall(r"<col[^g>]*>", html)[1:]) if "m" in line]
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
    explorer.controls["reset"].click()
    assert repr(explorer) == said[0]
    for text in said:
        assert 2 <= len(text.split("\n")) <= 12 and max(map(len, text.split("\n"))) <= 160
        assert " at 0x" not in text and "object" not in text and "array(" not in text and "float64" not in text


# ---------------------------------------------------------------- predicted


def all_values(explorer):
    """What the network computes, and what it is given; and the entry along which backprop_explorer draws the loss."""
    net = explorer.X.copy(), explorer.y.copy(), m.Params(*(value.copy() for value in explorer.params))
    values = {"X": net[0], "loss": m.loss(*net), **m.forward(net[0], net[2])._asdict(), **m.backward(*net)._asdict()}
    if isinstance(explorer, explorers.backprop.BackpropExplorer):
        symbol, index = explorer.controls["along"].value
        values["along"] = values[f"G_{symbol}"][index]
    return values


def sign(value):
    return 1 + int(np.sign(np.round(float(value), 13)))


def sign_of(symbol, *index):
    return lambda before, now: sign(now[symbol][index])


def size_of(symbol, *index):
    return lambda before, now: sign(abs(now[symbol][index]) - abs(before[symbol][index]))


def rows_of(symbol):
    def which(before, now):
        changed = [i for i in range(len(now["X"])) if np.abs(now[symbol][i] - before[symbol][i]).max() > 1e-12]
        return 0 if not changed else 1 if changed == [3] else 2 if len(changed) == len(now["X"]) else 3

    return which


def on_or_off(before, now):
    return int(now["A1"][3, 7] > 0)


QUESTIONS = {  # explorer → question → the place of the true answer, for example 3, unit 7, class 0
    "forward_explorer": {
        "on or off": on_or_off,
        "how many are on": lambda before, now: sign((now["H"][3] > 0).sum() - (before["H"][3] > 0).sum()),
        "rows of A1": rows_of("A1"),
    },
    "softmax_explorer": {"sign of G_Z": sign_of("G_Z", 3, 0), "closer to 0": size_of("G_Z", 3, 0)},
    "output_layer_explorer": {
        "sign of G_W2": sign_of("G_W2", 0, 7),
        "closer to 0": size_of("G_W2", 0, 7),
        "rows of G_Z": rows_of("G_Z"),
    },
    "relu_explorer": {"on or off": on_or_off, "sign of G_A1": sign_of("G_A1", 3, 7), "rows of G_A1": rows_of("G_A1")},
    "hidden_layer_explorer": {
        "sign of G_W1": sign_of("G_W1", 7, 0),
        "length of its arrow": lambda before, now: sign(
            np.linalg.norm(now["G_X"][3]) - np.linalg.norm(before["G_X"][3])
        ),
        "rows of G_X": rows_of("G_X"),
    },
    "backprop_explorer": {
        "sign of a gradient": lambda before, now: sign(now["along"]),
        "closer to 0": lambda before, now: sign(abs(now["along"]) - abs(before["along"])),
        "on or off": on_or_off,
    },
}
every_predicting_explorer = pytest.mark.parametrize("name", QUESTIONS)


@every_predicting_explorer
def test_a_change_waits_for_a_prediction(name):
    explorer = chosen(name, *own_net())
    explorer.controls["predict"].value = True
    seen, before = screen(explorer), state(explorer)
    for control in ("x1", "b1", "flip"):
        move(explorer.controls[control], 0.9)
        assert differences(screen(explorer), seen) == ["prediction"]
        assert "A change is waiting." in repr(explorer)
        assert not differences(state(explorer), before)
        assert_true_to_state(explorer)
    explorer.controls["example"].value = 5
    explorer.controls["example"].value = 3  # a look at another example neither shows nor loses what waits
    assert not differences(state(explorer), before)
    changed = {control: explorer.controls[control].value for control in ("x1", "b1")}
    explorer.controls["show"].click()
    assert "of 1 right." in repr(explorer) and "A change is waiting." not in repr(explorer)
    assert (explorer.X[3, 0], explorer.params.b1[7]) == tuple(changed.values())
    assert explorer.y[3] != before["y"][3]
    assert_true_to_state(explorer)

    move(explorer.controls["x1"], 0.1)
    explorer.controls["predict"].value = False  # who has had enough sees the change, and no tally
    assert "right." not in repr(explorer)
    assert explorer.X[3, 0] == explorer.controls["x1"].value != changed["x1"]
    assert_true_to_state(explorer)


@every_predicting_explorer
def test_what_to_look_at_is_chosen_at_once_while_a_change_waits(name):
    explorer, other = chosen(name, *own_net()), chosen(name, *own_net())
    explorer.controls["predict"].value = True
    move(explorer.controls["x1"], 0.9)
    changed, before = explorer.controls["x1"].value, state(explorer)
    for control in ("step", "along", "class", "unit", "example", "next"):
        for one in (explorer, other):
            stir(one, 0.4, control)
        assert differences(screen(explorer), screen(other)) == ["prediction"], control
        assert not differences(state(explorer), before)
        assert "A change is waiting." in repr(explorer)
    explorer.controls["show"].click()
    assert explorer.X[3, 0] == changed
    assert_true_to_state(explorer)


def test_nothing_is_heard_while_a_change_is_at_work():
    class Restless(explorers.relu.ReluExplorer):
        def _flip(self):
            self.sync()
            self.controls["x1"].value = 1.23

    explorer = Restless(*own_net())
    before = state(explorer)
    explorer.controls["flip"].click()
    assert not differences(state(explorer), before)


@every_predicting_explorer
@pytest.mark.parametrize("afresh", ["data", "reset"])
def test_what_came_of_a_prediction_is_not_said_of_other_data(name, afresh):
    explorer = chosen(name, *own_net())
    explorer.controls["predict"].value = True
    move(explorer.controls["x1"], 0.9)
    explorer.controls["show"].click()
    said = explorer.views["prediction"].lines
    if afresh == "data":
        explorer.controls["data"].value = "blobs"
    else:
        explorer.controls["reset"].click()
    assert explorer.views["prediction"].lines == ["Change something. It will wait for your prediction.", said[-1]]


@every_predicting_explorer
@pytest.mark.parametrize("change", [{"b1": -3.0, "W1_0": 0.0, "W1_1": 0.0}, {"x1": 1.5, "b1": 3.0}])
def test_the_true_prediction_is_called_right_and_no_other(name, change):
    explorer, asked, right = chosen(name, *own_net()), 0, 0
    questions = QUESTIONS[name] | {"loss": lambda before, now: sign(now["loss"] - before["loss"])}
    assert set(explorer.controls["question"].options) == set(questions)
    explorer.controls["predict"].value = True
    for question, truth in questions.items():
        explorer.controls["question"].value = question
        for index, answer in enumerate(explorer.controls["answer"].options):
            explorer.controls["reset"].click()
            explorer.controls["example"].value, explorer.controls["unit"].value = 3, 7
            before = all_values(explorer)
            for control, value in change.items():
                explorer.controls[control].value = value
            explorer.controls["answer"].value = answer
            explorer.controls["show"].click()
            expected = truth(before, all_values(explorer))
            asked, right = asked + 1, right + (index == expected)
            words = repr(explorer)
            assert f"Predictions: {right} of {asked} right." in words
            assert (f"Right: {answer}." in words) == (index == expected)
    assert right == len(questions)


def test_a_step_of_training_waits_for_a_prediction():
    explorer = explorers.training_explorer()
    explorer.controls["predict"].value = True
    before = explorer.views["run"].content, explorer.views["plane"].content, explorer.params
    explorer.controls["step"].value = 20
    assert "A change is waiting." in repr(explorer) and repr(explorer).count("Step 0:") == 1
    assert (explorer.views["run"].content, explorer.views["plane"].content) == before[:2]
    assert not differences(explorer.params._asdict(), before[2]._asdict())
    trained, history = m.train(explorer.X, explorer.y, before[2], 0.5, 20)
    explorer.controls["question"].value, explorer.controls["answer"].value = "loss", "it falls"
    explorer.controls["show"].click()
    assert f"Right: it falls. The loss went from {history.loss[0]:.4f} to {history.loss[-1]:.4f}." in repr(explorer)
    assert np.allclose(explorer.params.W1, trained.W1, rtol=1e-12)


# ---------------------------------------------------------------- what each one teaches


@pytest.mark.parametrize("name", ["softmax_explorer", "backprop_explorer"])
def test_words_say_that_rows_of_G_Z_sum_to_zero(name):
    explorer = make(name, *own_net())
    for control in ("x1", "W2_1", "flip", "b1", "data"):
        move(explorer.controls[control], 0.95)
        assert "Rows of G_Z sum to 0: largest sum 0." in repr(explorer)
        assert np.abs(explorer.views["G_Z"].array.sum(axis=1)).max() < 1e-15
        assert name != "softmax_explorer" or "Its columns are opposite: largest difference 0." in repr(explorer)


def test_softmax_a_logit_slider_sets_that_logit():
    explorer = chosen("softmax_explorer")
    for k, value in ((0, 2.5), (1, -6.0), (0, 0.0)):
        other = explorer.views["Z"].array[3, 1 - k]
        explorer.controls[f"z{k}"].value = value
        Z = explorer.views["Z"].array
        assert abs(Z[3, k] - value) < 1e-14 and abs(Z[3, 1 - k] - other) < 1e-14


def test_softmax_a_constant_added_to_all_logits_moves_no_probability():
    explorer = make("softmax_explorer", *own_net())
    Z, P, G_Z = (explorer.views[symbol].array for symbol in ("Z", "P", "G_Z"))
    for s in (6.0, -3.21, 0.0):
        explorer.controls["s"].value = s
        assert np.abs(explorer.views["Z"].array - Z - s).max() < 1e-13
        assert np.abs(explorer.views["P"].array - P).max() < 1e-13
        assert np.abs(explorer.views["G_Z"].array - G_Z).max() < 1e-13
        assert f"s = {s:.2f} added to every logit moves P by at most 0." in repr(explorer)
    explorer.controls["s"].value = 2.0
    explorer.controls["reset"].click()
    assert "s = 0.00 added" in repr(explorer)
    explorer.controls["s"].value = 1.0  # counts from where it is reset to
    assert np.abs(explorer.views["Z"].array - Z - 1).max() < 1e-13


def test_forward_the_network_says_the_numbers_of_the_chosen_example():
    explorer = chosen("forward_explorer")
    move(explorer.controls["x2"], 0.9)
    Z, P = explorer.views["Z"].array[3], explorer.views["P"].array[3]
    assert f"x = ({explorer.X[3, 0]:z.2f}, {explorer.X[3, 1]:z.2f})" in repr(explorer)
    assert f"z = ({Z[0]:z.2f}, {Z[1]:z.2f}), p = ({P[0]:.3f}, {P[1]:.3f})." in repr(explorer)
    lit = (explorer.views["H"].array[3] > 0).sum()
    assert f"{lit} of 16 hidden units are lit for example 3." in repr(explorer)


def test_output_layer_outer_products_add_up_to_G_W2():
    explorer, total = make("output_layer_explorer", *own_net()), 0
    explorer.controls["unit"].value, explorer.controls["class"].value = 7, 1
    for i in range(12):
        explorer.controls["example"].value = i
        outer = explorer.views["outer"].array
        assert np.array_equal(outer, np.outer(explorer.views["G_Z"].array[i], explorer.views["H"].array[i]))
        total = total + outer
    assert np.abs(total - explorer.views["G_W2"].array).max() < 1e-15


def test_relu_a_unit_dies_for_the_whole_batch_and_wakes():
    explorer = chosen("relu_explorer", *own_net())
    for b1, dead in ((-3.0, True), (3.0, False)):
        for control, value in {"W1_0": 0.1, "W1_1": 0.1, "b1": b1}.items():
            explorer.controls[control].value = value
        A1, M, G_H, G_A1 = (explorer.views[symbol].array for symbol in ("A1", "M", "G_H", "G_A1"))
        assert np.array_equal(explorer.views["unit"].array, np.stack([a[:, 7] for a in (A1, M, G_H, G_A1)], axis=1))
        assert M[:, 7].any() != dead and G_A1[:, 7].any() != dead
        assert f"{M.sum()} of {M.size} entries are on." in repr(explorer)
        named = re.search("whole batch: (.*)[.]", repr(explorer))[1]
        assert re.findall(r"\d+", named) == [str(unit) for unit in range(16) if not M[:, unit].any()]


def test_training_walks_the_steps_of_train_and_back():
    X, y, params = own_net()
    explorer = make("training_explorer", X, y, params)
    for step, lr in ((20, 0.5), (0, 0.5), (7, 2)):
        explorer.controls["lr"].value, explorer.controls["step"].value = lr, step
        trained, history = m.train(X, y, params, lr, step)
        assert all(np.array_equal(now, then) for now, then in zip(explorer.params, trained, strict=True))
        assert f"Step {step}: loss {history.loss[-1]:.4f}, right on {history.accuracy[-1]:.1%}" in repr(explorer)


# what comes out of each step, and the matrices that go in
STEPS = [
    ("P", {"Z"}),
    ("G_Z", {"P", "Y"}),
    ("G_W2", {"G_Zᵀ", "H"}),
    ("G_b2", {"G_Z"}),
    ("G_H", {"G_Z", "W2"}),
    ("G_A1", {"G_H", "M"}),
    ("G_W1", {"G_A1ᵀ", "X"}),
    ("G_b1", {"G_A1"}),
    ("G_X", {"G_A1", "W1"}),
]


def test_backprop_steps_show_what_goes_in_and_comes_out():
    explorer = make("backprop_explorer", *own_net())
    step, play = explorer.controls["step"], explorer.controls["play"]
    explorer.controls["previous"].click()
    for number, (out, going_in) in enumerate(STEPS, 1):
        assert step.value == play.value == number
        arrays = explorer.views["step"].arrays
        assert set(arrays) == {out, *going_in}
        assert f"Step {number} of 9: {out} = " in repr(explorer)
        code = unescape(re.search("<code>(.*?)</code>", explorer.views["step"].widget.value)[1])
        names = {name.removesuffix("ᵀ"): array for name, array in arrays.items() if not name.endswith("ᵀ")}
        names |= {name.removesuffix("ᵀ"): array.T for name, array in arrays.items() if name.endswith("ᵀ")}
        result = eval(code.removeprefix(f"{out} = "), {"softmax": m.softmax, "N": 12}, names)
        assert np.allclose(result, arrays[out], rtol=0, atol=1e-15)
        assert_true_to_state(explorer)
        explorer.controls["next"].click()
    assert step.value == play.value == 9
    explorer.controls["previous"].click()
    assert step.value == play.value == 8
    play.value = 3
    assert step.value == 3
    step.value = 5
    assert play.value == 5

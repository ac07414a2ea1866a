"""Messages of the page in threads beside each other, as JupyterLab's subshells hand them over, and cells that read.

In whatever order they come: each change is whole before the next, none is lost, no thread waits for ever; in the end
the controls, the state, the screen and what the page was told agree, and are what PyTorch says of the state.
"""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import ipywidgets as widgets
import pytest
from hands import assert_true_to_state, differences, make, own_net, screen, state

import mlp_helpers as m
from explorers.base import Explorer
from explorers.closing import inside


@pytest.fixture(autouse=True)
def page(monkeypatch):
    """Let threads change in the middle of what must be whole; return what the page was told last of each widget."""
    page, send, interval = {}, widgets.Widget._send, sys.getswitchinterval()

    def told(widget, message, buffers=None):
        page.setdefault(widget, {}).update(message.get("state", {}))
        send(widget, message, buffers)

    def pausing(act):
        return lambda *args, **kwargs: (time.sleep(1e-4), act(*args, **kwargs), time.sleep(1e-4))[1]

    monkeypatch.setattr(widgets.Widget, "_send", told)
    for kind, name in ((widgets.Widget, "set_trait"), (Explorer, "compute"), (Explorer, "show")):
        monkeypatch.setattr(kind, name, pausing(getattr(kind, name)))
    sys.setswitchinterval(1e-6)
    yield page
    sys.setswitchinterval(interval)


def say(widget, **state):
    """Let the page say what a person did to a widget: a value, or a press."""
    said = {"method": "update", "state": state} if state else {"method": "custom", "content": {"event": "click"}}
    widget.comm.handle_msg({"content": {"data": said | {"buffer_paths": []}}, "buffers": []})


def touch(explorer, n, *words):
    say(explorer.hand.children[0], value=" ".join(map(str, (n, *words))))


def side_by_side(*acts, rounds=9):
    """Do these acts in threads of their own, each so often, with the number of the round."""
    start = threading.Barrier(len(acts))
    pool = ThreadPoolExecutor(len(acts))
    done = [pool.submit(lambda act=act: (start.wait(), *map(act, range(rounds)))) for act in acts]
    for one in done:
        one.result(timeout=20)  # or a thread waits for ever


def assert_agrees(explorer, page):
    def shown():
        still = screen(explorer) | {"network": None}  # in which a step that comes is seen to move, once
        return still, explorer.words.lines, [control.get_state() for control in explorer.controls.values()]

    before = shown()
    explorer.update()
    assert shown() == before
    assert_true_to_state(explorer)
    for widget in {*inside(explorer)} & page.keys():
        assert page[widget] == widget.get_state([*page[widget]]), widget


@pytest.mark.parametrize("trial", range(5))
def test_what_each_message_says_is_done(trial, page):
    explorer = make("backprop_explorer", *own_net(5, 4))
    c, expected, done, put = explorer.controls, state(explorer), set(), explorer.put_parameter
    c["example"].value, c["unit"].value, c["along"].value = 2, 3, ("b2", (0,))
    explorer.put_parameter = lambda symbol, place, value: (done.add(value), put(symbol, place, value))

    def drag(n):
        touch(explorer, n, "point", 2, n / 100, -1)
        assert explorer.X[2].tolist() == [n / 100, -1]

    def slide(n):
        say(c["value"], value=n / 100)
        assert explorer.params.b2[0] == c["value"].value == n / 100

    def go(n):
        say(c["step"], index=n)
        assert f"Step {n + 1} of 9" in repr(explorer)

    def flip(n):
        before = explorer.y[2]
        say(c["flip"])
        assert explorer.y[2] == 1 - before

    def write(n):
        c["W1_0"].value = 1 + n / 100

    def write_too(n):
        say(c["W1_0"], value=-1 - n / 100)

    side_by_side(drag, slide, go, flip, write, write_too)
    assert {way * (1 + n / 100) for n in range(9) for way in (1, -1)} <= done
    expected["X"][2], expected["b2"][0], expected["y"][2] = (0.08, -1), 0.08, 1 - expected["y"][2]
    expected["W1"][3, 0] = c["W1_0"].value
    assert not differences(state(explorer), expected)
    assert c["W1_0"].value in (1.08, -1.08)
    assert_agrees(explorer, page)


@pytest.mark.parametrize("trial", range(5))
def test_a_run_that_plays_is_moved_set_back_and_given_other_data(trial, page):
    explorer = make("training_explorer", *own_net(5, 4))
    c, seen = explorer.controls, []

    def tick(n):
        say(c["play"], value=True)
        touch(explorer, n, "tick", explorer._shown, explorer.step + 5)

    def read(n):
        seen.append((explorer.path, explorer.params))

    side_by_side(
        tick,
        lambda n: say(c["reset"] if n % 2 else c["begin"]),
        lambda n: say(c["data"], index=n % 3),
        lambda n: say(c["step"], value=3 * n),
        lambda n: say(c["lr"], index=6 + n % 4),
        read,
    )
    steps = explorer.path
    for before, after in pairwise(steps):
        trained = m.sgd_step(before.params, m.backward(explorer.X, explorer.y, before.params), after.settings[0])
        assert not differences(trained._asdict(), after.params._asdict())
    assert not differences(steps[explorer.step].params._asdict(), explorer.params._asdict())
    assert (c["step"].value, "failed" in repr(explorer)) == (explorer.step, False)
    assert_agrees(explorer, page)


@pytest.mark.parametrize("predict", [False, True])
def test_what_is_read_while_a_hand_drags_and_chooses_is_never_half_changed(predict):
    explorer, seen = make("backprop_explorer", *own_net(5, 4)), []
    explorer.controls["predict"].value = predict
    hand = [("point", 2, 1.5, 0.5), ("entry", "W2", 1, 3), ("point", 2, -1, 0.25), ("entry", "G_A1", 4, 0)]
    readings = [
        lambda: (explorer.X.tobytes(), explorer.params.W2.tobytes()),
        lambda: repr(explorer),
        lambda: str(explorer._repr_mimebundle_()),
        lambda: explorer.entry,
        lambda: str(explorer.explain("G_W1", 3, 0)),
    ]
    for n in range(5):
        touch(explorer, n, *hand[n % 4])
        seen.append([read() for read in readings])
    whole = [{*kind} for kind in zip(*seen, strict=True)]

    def reader(read, known):
        def act(n):
            assert read() in known

        return act

    side_by_side(lambda n: touch(explorer, n, *hand[n % 4]), *map(reader, readings, whole), rounds=20)

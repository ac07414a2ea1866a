"""What a page says reaches Python, whatever happens to the connection; and a page that is not heard says so."""

import os
import re
import signal
from threading import RLock
from types import SimpleNamespace

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from lab import Notebook
from playwright.sync_api import expect
from screens import Screen, eventually, lit, settled, write
from seen import assert_near

from explorers.page import Ear

CELL = "import explorers, os\nprint(os.getpid())\nexplorer = explorers.relu_explorer()\nexplorer"

# ---------------------------------------------------------------- Python's side


def test_an_ear_answers_what_it_heard_once_though_that_failed_and_after_a_knock_in_a_new_field():
    heard, before = [], len(_instances)

    def hear(change):
        heard.append(change["new"])
        raise ValueError("no")

    ear = Ear(RLock())
    ear.observe(hear, "value")
    made, (field,) = len(_instances), ear.children
    for words in ("1 point 2", "2 point 3"):
        comm = field.comm
        with pytest.raises(ValueError, match="no"):
            field.set_state({"value": words})
        assert field.placeholder == words
        field._handle_custom_msg({"event": "submit"}, [])
        assert ear.children == (field,) and field.comm is not comm, "a new one on the page"
    field.set_state({"value": "2 point 3"})
    assert heard == ["1 point 2", "2 point 3"] and len(_instances) == made > before


# ---------------------------------------------------------------- a connection that can be cut


# A setting of JupyterLab's: each widget has a subshell of its own in the kernel; in Voilà, all share one.
A_THREAD_EACH = "() => { jupyterapp.shell.currentWidget.sessionContext.session.kernel.commsOverSubshells = 'perComm'; }"


@pytest.fixture(scope="module", params=["JupyterLab", "Voilà"])
def line(request, lab, chromium):
    """An explorer on a page whose connection can lose messages and break."""
    page = chromium.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    lost, sockets = {"asked": False, "answered": False}, []

    def connect(socket):
        server = socket.connect_to_server()
        socket.on_message(lambda message: lost["asked"] or server.send(message))
        server.on_message(lambda message: lost["answered"] or socket.send(message))
        sockets.append(socket)

    def break_off():
        sockets[-1].close(code=4000)
        lost.update(asked=False, answered=False)

    page.route_web_socket(re.compile("/channels"), connect)
    name = write(lab, "line.ipynb", CELL)
    line = SimpleNamespace(lost=lost, break_off=break_off)
    if request.param == "JupyterLab":
        notebook = Notebook(page, f"{lab.url}/tree/{name}?reset")
        page.evaluate(A_THREAD_EACH)
        notebook.run_all()
        line.end, line.remedy = notebook.restart, "run this cell again"
    else:
        page.goto(f"{request.getfixturevalue('voila')}/voila/render/{name}")
        line.end, line.remedy = lambda: os.kill(line.pid, signal.SIGKILL), "reload this page"
    line.at = Screen(page)
    line.pid = int(page.locator(".jp-OutputArea-output pre").first.text_content())
    eventually(x1_everywhere, line.at)
    yield line
    page.context.close()


def is_at(at, words, place):
    return at.place(words) == pytest.approx(place, abs=1)


@pytest.mark.parametrize("direction", ["asked", "answered"])
def test_a_point_and_a_slider_move_on_when_their_connection_broke_in_the_middle(line, direction):
    at, mouse = line.at, line.at.page.mouse
    start, way = at.place("point 0"), np.array([12, 8])
    mouse.move(*start)
    mouse.down()
    mouse.move(*(start + way / 2), steps=3)
    at.page.wait_for_timeout(300)
    line.lost[direction] = True
    mouse.move(*(start + way), steps=3)
    at.page.wait_for_timeout(300)
    mouse.up()
    at.press("X[0, 0]", *["ArrowRight"] * 5)
    at.page.wait_for_timeout(300)
    line.break_off()
    eventually(is_at, at, "point 0", start + way)
    eventually(assert_slides, at)


def assert_slides(at):
    x1 = x1_everywhere(at)
    at.press("X[0, 0]", "ArrowRight")
    at.page.wait_for_timeout(500)
    assert x1_everywhere(at) == pytest.approx(x1 + 0.01)


def x1_everywhere(at):
    """The first number of X, on which the slider, the table and the picture agree."""
    now = at.read()
    sliders = [float(slider["shown"]) for slider in now.sliders if slider["label"] == "X[0, 0]"]
    assert sliders, "a new one is on its way"
    shown, (X,) = sliders[0], (table.rows for table in now.tables if table.symbol == "X")
    assert_near(X[0][0], shown)
    assert at.data("point 0", at.place("point 0"))[0] == pytest.approx(shown, abs=0.02)
    return shown


# ---------------------------------------------------------------- a sign


def assert_gone(at, says):
    assert at.box.locator(".bp-sign").text_content() == says
    parts = at.box.evaluate("box => [...box.children].map(part => part.inert)")
    assert parts.count(False) == (1 if says else len(parts)), "nothing can be taken, but the sign can be read"
    chains = "box => [box, ...box.querySelectorAll('*')].map(part => getComputedStyle(part, '::before').content)"
    assert not [chain for chain in at.box.evaluate(chains) if "\uf127" in chain]


def test_one_sign_while_python_does_not_answer(line):
    at, x1 = line.at, x1_everywhere(line.at)
    os.kill(line.pid, signal.SIGSTOP)
    try:
        at.press("X[0, 0]", "ArrowRight")
        at.page.wait_for_timeout(4000)
        assert_gone(at, "")
        eventually(assert_gone, at, f"Python does not answer. Unless it is busy, {line.remedy}.")
    finally:
        os.kill(line.pid, signal.SIGCONT)
    eventually(assert_gone, at, "")
    eventually(lambda: x1_everywhere(at) == pytest.approx(x1 + 0.01))


def test_one_sign_when_python_has_ended(line):
    line.end()
    eventually(assert_gone, line.at, f"Python no longer answers: {line.remedy}.")


# ---------------------------------------------------------------- what a page sends, and says

PAGE = """import explorers, time, numpy as np
from mlp_helpers import toy_data
explorer, other = explorers.relu_explorer(), explorers.training_explorer()
many = explorers.forward_explorer(*toy_data("moons", 20, np.random.default_rng(0)))
many.controls["example"].value = 13
display(explorer, other, many)"""


@pytest.fixture(scope="module")
def page(run):
    page = run("ear.ipynb", PAGE, width=1400, height=1000)
    yield page
    assert page.problems() == []


@pytest.fixture
def at(page):
    return Screen(page.page)


@pytest.fixture
def training(page):
    return Screen(page.page, 1)


def asked(at, code):
    return eval(at.look("ask", code))


def test_one_touch_is_one_however_often_the_explorer_finds_a_new_place(at):
    at.look("replaceThrice")
    at.page.wait_for_timeout(300)
    at.click("cell A1 0 3")
    expect(at.box.locator(".bp-sum")).to_have_attribute("data-entry", "entry A1 0 3")
    assert at.look("said") == ["entry A1 0 3"]


def test_a_row_below_the_twelfth_is_taken_and_lit_as_itself(page):
    at = Screen(page.page, 2)
    at.click("cell A1 2 3")
    assert settled(at) == "entry A1 14 3"
    assert lit(at, "bp-entry") == {("A1", 2, 3)}, "where it stands on the screen"


def test_a_drag_ends_where_the_hand_ended_though_no_move_has_told_it(at):
    start = at.place("point 0")
    at.page.mouse.move(*start)
    at.page.mouse.down()
    at.page.mouse.move(*(start + np.array([10, 10])))
    end = start + np.array([35, 20])
    up = "(box, place) => box.dispatchEvent(new PointerEvent('pointerup', { pointerId: 1, ...place }))"
    at.box.evaluate(up, {"clientX": end[0], "clientY": end[1]})
    at.page.mouse.up()
    eventually(is_at, at, "point 0", end)


def test_at_rest_a_page_says_once_where_keys_have_moved_a_mark_and_what_has_changed(at):
    at.page.wait_for_timeout(700)
    at.look("noteLive")
    at.press("point 2", *["ArrowUp"] * 4)
    at.page.wait_for_timeout(1500)
    x1, x2 = asked(at, "explorer.X[2].tolist()")
    (said,) = at.page.evaluate("() => window.live")
    where, _, changed = said.partition(". Changed: ")
    assert where == f"point 2 at x1 = {x1:.2f}, x2 = {x2:.2f}".replace("-", "−") and "row 2 of" in changed


def test_a_page_plays_step_by_step_at_its_pace_and_two_views_do_not_play_faster(page, training):
    page.command("notebook:create-output-view")
    page.page.locator(".jp-LinkedOutputView .bp-explorer").nth(1).wait_for()
    page.open("ear.ipynb")
    note = "lambda change: steps.append((change['new'], time.monotonic()))"
    asked(training, f"[globals().update(steps=[]), other.controls['step'].observe({note}, 'value')][0]")
    training.press("Play", "Enter")
    eventually(lambda: step(training) >= 50)
    training.press("Play", "Enter")
    page.page.wait_for_timeout(500)
    steps, times = zip(*asked(training, "steps"), strict=True)
    assert steps == tuple(range(5, 5 * len(steps) + 1, 5)) and times[-1] - times[0] > 0.15 * (len(steps) - 2)
    page.page.wait_for_timeout(500)
    assert len(asked(training, "steps")) == len(steps)


def step(at):
    return next(int(slider["shown"]) for slider in at.read().sliders if slider["label"] == "step")


@pytest.mark.parametrize("press", ["Reset", "Back to step 0", "other.controls['reset'].click()"])
def test_what_is_pressed_while_a_run_plays_is_done_and_stays(training, press):
    """JupyterLab has the kernel hear widgets in a thread beside the one that runs cells."""

    def stands_at_0():
        assert "failed" not in " ".join(training.read().words)
        return step(training) == 0 and training.box.locator("button.mod-active").count() == 0

    asked(training, "setattr(other, '_go_to', lambda step: (time.sleep(.2), type(other)._go_to(other, step)))")
    for n in range(2):
        training.press("Play", "Enter")
        eventually(lambda least=5 * n + 1: step(training) >= least)
        if "." in press:
            asked(training, press)
        else:
            training.press(press, "Enter")
        eventually(stands_at_0)
        training.page.wait_for_timeout(200)
        assert stands_at_0()
    asked(training, "delattr(other, '_go_to')")

"""What a page says reaches Python, whatever happens to the connection; and a page that is not heard says so."""

import os
import re
import signal
from threading import RLock
from types import SimpleNamespace

import ipywidgets as widgets
import numpy as np
import pytest
from hands import make
from ipywidgets.widgets.widget import _instances
from lab import Notebook
from screens import Screen, eventually, write

from explorers.page import Ear, shared

CELL = "import explorers, os\nprint(os.getpid())\nexplorer = explorers.relu_explorer()\nexplorer"

# ---------------------------------------------------------------- Python's side


def test_an_ear_answers_what_it_heard_and_after_a_knock_hears_in_a_new_field():
    heard, before = [], len(_instances)
    ear = Ear(RLock())
    ear.observe(lambda change: heard.append(change["new"]), "value")
    made = len(_instances)
    for words in ("1 point 2", "2 point 3"):
        (field,) = ear.children
        field.set_state({"value": words})
        assert field.placeholder == words
        field._handle_custom_msg({"event": "submit"}, [])
        assert ear.children != (field,) and ear.children[0].placeholder == words
    ear.children[0].set_state({"value": "2 point 3"})
    assert heard == ["1 point 2", "2 point 3"], "what was heard already counts once"
    assert len(_instances) == made > before

    def fail(change):
        raise ValueError("no")

    ear.observe(fail, "value")
    with pytest.raises(ValueError, match="no"):
        ear.children[0].set_state({"value": "3 point 1"})
    assert ear.children[0].placeholder == "3 point 1"


def test_the_script_is_one_for_all_explorers_and_stays_when_one_is_closed():
    one, other = make("relu_explorer"), make("softmax_explorer")
    scripts = [
        child for explorer in (one, other) for child in explorer.children if "onload" in getattr(child, "value", "")
    ]
    assert scripts == [shared(), shared()]
    one.close()
    assert shared() is scripts[0] and None not in (shared().comm, shared().layout.comm, shared().style.comm)
    widgets.Widget.close_all()
    assert make("relu_explorer").children[0].comm is not None


# ---------------------------------------------------------------- a connection that can be cut


@pytest.fixture
def line(lab, chromium):
    """An explorer in JupyterLab, over a connection that can lose messages and break."""
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
    notebook = Notebook(page, f"{lab.url}/tree/{write(lab, 'line.ipynb', CELL)}?reset")
    notebook.run_all()
    pid = int(page.locator(".jp-OutputArea-output pre").first.text_content())
    yield SimpleNamespace(
        at=Screen(page, page.locator(".bp-explorer")), notebook=notebook, pid=pid, lost=lost, break_off=break_off
    )
    assert notebook.problems() == []
    notebook.close()


def assert_is_at(at, words, place):
    assert at.place(words) == pytest.approx(place, abs=1)


@pytest.mark.parametrize("direction", ["asked", "answered"])
def test_a_drag_goes_on_after_its_connection_broke(line, direction):
    at, mouse = line.at, line.at.page.mouse
    start = at.place("point 2")
    half, way = start + np.array([20, 10]), start + np.array([30, 20])
    mouse.move(*start)
    mouse.down()
    mouse.move(*(start + half) / 2, steps=3)
    at.page.wait_for_timeout(300)
    line.lost[direction] = True
    mouse.move(*half, steps=3)
    at.page.wait_for_timeout(300)
    line.break_off()
    mouse.move(*way, steps=3)
    mouse.up()
    eventually(lambda: assert_is_at(at, "point 2", way))
    at.press(at.box.locator("[data-touch='point 2']"), "ArrowRight")
    eventually(lambda: assert_is_at(at, "point 2", way + at.pixels("point 2") * (0.04, 0)))


# ---------------------------------------------------------------- a sign


def assert_gone(at, says):
    assert at.box.locator(".bp-sign").text_content() == says
    parts = at.box.evaluate("box => [...box.children].map(part => part.inert)")
    assert parts.count(False) == (1 if says else len(parts)), "nothing can be taken, but the sign can be read"


def test_one_sign_while_python_does_not_answer(line):
    at = line.at
    os.kill(line.pid, signal.SIGSTOP)
    try:
        at.press(at.box.locator("[data-touch='point 2']"), "ArrowRight")
        at.page.wait_for_timeout(4000)
        assert_gone(at, "")
        eventually(lambda: assert_gone(at, "Python does not answer. Unless it is busy, run this cell again."))
    finally:
        os.kill(line.pid, signal.SIGCONT)
    eventually(lambda: assert_gone(at, ""))
    start = at.place("point 2")
    at.press(at.box.locator("[data-touch='point 2']"), "ArrowRight")
    eventually(lambda: assert_is_at(at, "point 2", start + at.pixels("point 2") * (0.04, 0)))

    line.notebook.restart()
    eventually(lambda: assert_gone(at, "Python no longer answers: run this cell again."))
    chains = "box => [box, ...box.querySelectorAll('*')].map(part => getComputedStyle(part, '::before').content)"
    assert not [chain for chain in at.box.evaluate(chains) if "\uf127" in chain]
    line.notebook.run_all()
    assert_gone(Screen(at.page, at.page.locator(".bp-explorer")), "")


# ---------------------------------------------------------------- what a page sends, and says


@pytest.fixture(scope="module")
def page(run):
    cell = "import explorers, time\nexplorer, other = explorers.relu_explorer(), explorers.training_explorer()\n"
    page = run("ear.ipynb", cell + "display(explorer, other, other)", width=1400, height=1000)
    yield page
    assert page.problems() == []


def first(page):
    return Screen(page.page, page.page.locator(".bp-explorer").first)


def asked(at, code):
    return eval(at.look("ask", code))


def test_one_touch_is_one_however_often_the_explorer_finds_a_new_place(page):
    at = first(page)
    at.box.evaluate("""box => {
        window.touches = 0;
        box.addEventListener('input', () => window.touches++);
        for (const _ of Array(3)) box.replaceWith(box.cloneNode(), box) || box.previousSibling.remove();
    }""")
    at.page.wait_for_timeout(300)
    at.box.locator("[data-symbol='A1'] td").nth(3).click()
    eventually(lambda: assert_says(at, "entry A1 0 3"))
    assert at.page.evaluate("() => window.touches") == 1


def assert_says(at, entry):
    assert at.box.locator(".bp-sum").get_attribute("data-entry") == entry


def test_what_a_hand_takes_next_does_not_push_out_where_a_drag_ended(page):
    at = first(page)
    at.look("ask", "setattr(explorer, 'compute', lambda: (time.sleep(.3), type(explorer).compute(explorer)))")
    start = at.place("point 2")
    at.carry(start, *(start + part * np.array([40.0, 25.0]) for part in np.linspace(0.1, 1, 10)))
    at.box.locator("[data-symbol='A1'] td").nth(20).click()
    eventually(lambda: assert_says(at, "entry A1 1 4"))
    eventually(lambda: assert_is_at(at, "point 2", start + np.array([40, 25])))
    at.look("ask", "delattr(explorer, 'compute')")


def test_a_drag_ends_where_the_hand_ended_though_no_move_has_told_it(page):
    at = first(page)
    start = at.place("point 0")
    at.page.mouse.move(*start)
    at.page.mouse.down()
    at.page.mouse.move(*(start + np.array([10, 10])))
    end = start + np.array([35, 20])
    up = "(box, place) => box.dispatchEvent(new PointerEvent('pointerup', { pointerId: 1, ...place }))"
    at.box.evaluate(up, {"clientX": end[0], "clientY": end[1]})
    at.page.mouse.up()
    eventually(lambda: assert_is_at(at, "point 0", end))


def test_a_slider_says_the_number_that_it_shows(page):
    at = Screen(page.page, page.page.locator(".bp-explorer").nth(1))
    for text in ("0.5", "1"):
        eventually(lambda text=text: assert_value(at, text))
        at.press(at.slider("learning rate"), "ArrowRight")
    both = """slider => [slider.querySelector('.noUi-handle').getAttribute('aria-valuetext'),
        slider.querySelector('.widget-readout').textContent]"""
    sliders = page.page.locator(".bp-explorer .widget-slider").all()
    assert len(sliders) > 9 and all(said == shown for said, shown in (slider.evaluate(both) for slider in sliders))


def assert_value(at, text):
    assert at.slider("learning rate").get_attribute("aria-valuetext") == text


def test_at_rest_a_page_says_once_where_keys_have_moved_a_mark_and_what_has_changed(page):
    at = first(page)
    at.page.wait_for_timeout(700)
    at.box.evaluate("""box => {
        const live = box.querySelector('.bp-live');
        window.said = [];
        new MutationObserver(() => window.said.push(live.textContent)).observe(live, { childList: true });
    }""")
    at.press(at.box.locator("[data-touch='point 2']"), *["ArrowUp"] * 4)
    at.page.wait_for_timeout(1500)
    x1, x2 = asked(at, "list(explorer.X[2])")
    (said,) = at.page.evaluate("() => window.said")
    where, _, changed = said.partition(". Changed: ")
    assert where == f"point 2 at x1 = {x1:.2f}, x2 = {x2:.2f}".replace("-", "−") and "row 2 of" in changed


def test_a_page_plays_step_by_step_at_its_pace_and_two_views_do_not_play_faster(page):
    at = Screen(page.page, page.page.locator(".bp-explorer").nth(1))
    note = "lambda change: steps.append((change['new'], time.monotonic()))"
    asked(at, f"[globals().update(steps=[]), other.controls['step'].observe({note}, 'value')][0]")
    at.button("Play").click()
    eventually(lambda: assert_has_played(at, 12))
    at.button("Play").click()
    at.page.wait_for_timeout(500)
    steps, times = zip(*asked(at, "steps"), strict=True)
    assert steps == tuple(range(5, 5 * len(steps) + 1, 5)) and times[-1] - times[0] > 0.15 * (len(steps) - 2)
    at.page.wait_for_timeout(500)
    assert len(asked(at, "steps")) == len(steps)


def assert_has_played(at, count):
    assert len(asked(at, "steps")) >= count

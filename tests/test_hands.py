"""A real pointer and finger on the marks of every explorer, in JupyterLab: what the page says of them."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect
from screens import MARKS, OF_A_NETWORK, assert_lit, entry_of, eventually, sent, settled

import explorers

# ---------------------------------------------------------------- clicks and drags

ASKED = tomllib.loads(Path(__file__).with_name("touches.toml").read_text(encoding="utf-8"))
DRAGS = ASKED["drags"]


@pytest.mark.parametrize("name", ASKED["hands"])
def test_a_mark_is_chosen_with_a_click_and_follows_a_drag_with_its_offset(hand, name):
    at = hand(name)
    for words in ASKED["hands"][name]["click"]:
        at.click(words)
        assert settled(at) == words
    for words in ASKED["hands"][name]["drag"]:
        assert_follows(at, words)


def assert_follows(at, words):
    """On the page, to the tenth of a pixel at which a mark stands, and to the digits of what is sent."""
    by, off, digits = DRAGS[words]
    there = at.data(words, at.place(words)) + at.drag(words, by, off)
    there = there[:1] if words == "dot" else there
    settled(at)
    assert sent(at, words) == pytest.approx(there, abs=digits), words
    if words != "hinge 3":
        eventually(stands, at, words, there)


def stands(at, words, there):
    return at.data(words, at.place(words))[: len(there)] == pytest.approx(there, abs=0.02)


def test_the_line_in_the_training_curves_goes_to_a_step(hand):
    at = hand("training_explorer")
    at.box.locator(".area").scroll_into_view_if_needed()
    left, top, width, height, *_ = at.look("panel", "step")
    at.page.mouse.click(left + 0.1 * width, top + height / 2)
    settled(at)
    assert sent(at, "step") == pytest.approx([50], abs=1)
    at.carry((left + 0.1 * width, top + 20), (left + 0.04 * width, top + 50))
    settled(at)
    assert sent(at, "step") == pytest.approx([20], abs=1)


@pytest.mark.parametrize("name", OF_A_NETWORK)
def test_a_cell_of_any_table_is_chosen(hand, name):
    at, twin = hand(name), getattr(explorers, name)()
    for n, table in enumerate(table for table in at.read().tables if table.data):
        row, column = (int(0.6 * size) for size in np.shape(table.rows))
        cells = at.box.locator("[data-symbol], [data-of]").nth(n).locator("td")
        cells.nth(row * len(table.rows[0]) + column).click()
        twin.choose(*entry_of(table, row, column))
        assert settled(at) == "entry " + " ".join(map(str, twin.entry))
        eventually(assert_lit, at, twin)
    factor = at.box.locator(".bp-sum b").first
    if factor.count():
        words = factor.get_attribute("data-touch")
        factor.click()
        assert settled(at) == words, "a learner walks back along the line"


# ---------------------------------------------------------------- how a hand is followed


def test_a_drag_goes_on_outside_the_picture_and_ends_where_it_is_released(hand):
    at = hand("relu_explorer")
    start = at.place("point 1")
    at.carry(start, start + np.array([60, 0]), (1395, 3))
    last = settled(at)
    assert (sent(at, "point 1") > 2).all()
    at.page.mouse.move(*start, steps=5)
    assert settled(at) == last
    live = at.box.locator(".bp-live")
    expect(live).to_contain_text("Changed: row 1 of X")


def test_a_drag_a_key_that_goes_on_from_there_and_a_click_while_the_kernel_is_busy_are_all_done(hand):
    at = hand("relu_explorer")
    at.slow(1)
    start, way = at.place("point 0"), np.array([40, 30])
    there = at.data("point 0", start) + way / at.pixels("point 0") + (0, 0.04)
    at.carry(start, *(start + part * way for part in np.linspace(0.1, 1, 10)))
    at.page.keyboard.press("ArrowUp")
    at.click("cell A1 1 4")
    assert settled(at) == "entry A1 1 4"
    eventually(stands, at, "point 0", there)


def test_a_drag_keeps_its_way_where_the_page_moves_the_picture(hand):
    at, way = hand("relu_explorer"), np.array([40, -30])
    start = at.place("point 2")
    there = at.data("point 2", start) + way / at.pixels("point 2")
    at.page.mouse.move(*start)
    at.page.mouse.down()
    at.page.mouse.move(*(start + way / 2))
    at.box.evaluate("box => { box.style.paddingTop = '50px'; }")
    at.page.mouse.move(*(start + way))
    at.page.mouse.up()
    settled(at)
    assert sent(at, "point 2") == pytest.approx(there, abs=6e-3)
    at.box.evaluate("box => { box.style.paddingTop = ''; }")


def test_a_finger_drags_a_mark_and_scrolls_the_page_beside_it_while_a_second_takes_nothing(hand):
    at, X, way = hand("forward_explorer"), explorers.forward_explorer().X, np.array([33, 44])

    def scrolled():
        return at.page.evaluate("() => document.querySelector('.jp-WindowedPanel-outer').scrollTop")

    start, top = at.place("point 0"), scrolled()
    other, there = start + at.pixels("point 0") * (X[3] - X[0]), at.data("point 0", start + way)
    at.fingers("Start", start)
    at.fingers("Move", start + way / 2)
    at.fingers("Start", start + way / 2, other)
    at.fingers("Move", start + way, other + np.array([90, 90]))
    at.fingers("End")
    last = settled(at)
    assert sent(at, "point 0") == pytest.approx(there, abs=1.5e-3) and scrolled() == top

    beside = at.box.locator(".bp-sum").bounding_box()
    middle = np.array([beside["x"] + 300, beside["y"] + 3])
    at.fingers("Start", middle)
    for part in range(1, 16):
        at.fingers("Move", middle - (0, 12 * part))
    at.fingers("End")
    eventually(lambda: scrolled() > top + 80)
    assert settled(at) == last


# ---------------------------------------------------------------- what fits

# the width and the height that JupyterLab leaves to an explorer: a laptop's with the file browser open, and closed
ROOMS = [(420, None), (760, None), (934, 640), (1230, 640)]


def test_an_explorer_stands_whole_on_one_screen_and_can_be_read_in_any_room(hand):
    assert_whole([hand(name) for name in explorers.__all__], 1, *ROOMS)


@pytest.mark.parametrize("notebook", [(1.5, 2)], indirect=True)
def test_for_a_projector_an_explorer_stands_whole_and_a_mark_follows_a_hand(hand):
    hands = [hand(name) for name in explorers.__all__]
    assert_whole(hands, 1.5, (1488, 952))
    for words in DRAGS:
        assert_follows(hands[explorers.__all__.index("backprop_explorer")], words)


def assert_whole(hands, scale, *rooms):
    def assert_is_whole(at, width, height):
        box = at.box.bounding_box()
        assert box["width"] == pytest.approx(width, abs=1) and (height is None or box["height"] <= height), at.name
        assert at.look("misfits", scale) == [], (at.name, width)

    for width, height in rooms:
        for at in hands:
            at.look("give", width)
            eventually(assert_is_whole, at, width, height)
    for at in hands:
        at.look("give", None)


# ---------------------------------------------------------------- wild hands


@pytest.mark.slow
def test_wild_use_leaves_no_error_and_nothing_behind(hand):
    rng, hands = np.random.default_rng(0), [hand(name) for name in ("backprop_explorer", "training_explorer")]
    page, line = hands[0].page, hands[0].line
    line.send("Performance.enable")
    keys = "ArrowLeft ArrowRight ArrowUp ArrowDown PageDown PageUp Enter Space Tab Shift+Tab Home".split()

    def use(at, presses):
        """Make random gestures: keys held for a while, clicks and drags, choices."""
        at.box.scroll_into_view_if_needed()
        area = at.box.bounding_box()
        while presses > 0:
            kind, held, key = rng.integers(10), rng.integers(1, 31), keys[rng.integers(len(keys))]
            where = area["x"] + rng.uniform(0, area["width"]), max(area["y"], 60) + rng.uniform(0, 800)
            presses -= 1
            if kind < 6 and at.box.evaluate("box => box.contains(document.activeElement)"):  # else it is JupyterLab's
                for _ in range(held * ("Tab" not in key)):
                    page.keyboard.down(key)
                    presses -= 1
                page.keyboard.press(key)
            elif kind < 8:  # or where the focus has left
                at.look("focusOne", MARKS, rng.random())
            elif kind == 8:
                at.carry(where, where + rng.uniform(-300, 300, 2))
            else:
                at.look("chooseOne", rng.random(), rng.random())

    def after(presses):
        """The nodes of the page, and the bytes of its heap, after all that is garbage has gone."""
        for at in hands:
            use(at, presses)
        for at in hands:
            at.begin()
            at.explorer("explorer.update()")
            settled(at)
        page.evaluate("() => document.activeElement.blur()")
        for _ in range(3):
            line.send("HeapProfiler.collectGarbage")
            page.wait_for_timeout(200)
        found = {metric["name"]: metric["value"] for metric in line.send("Performance.getMetrics")["metrics"]}
        return np.array([found["Nodes"], found["JSHeapUsedSize"]])

    before = after(40)
    assert (after(120) <= before * (1.02, 1.1)).all(), "nodes, and the heap"

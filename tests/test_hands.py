"""A real pointer and finger on the marks of every explorer, in JupyterLab: what the page says of them.

A notebook at a desk and one for a projector hold all explorers. What the page's words do, test_touch.py knows.
"""

import numpy as np
import pytest
from playwright.sync_api import expect
from screens import OF_A_NETWORK, SIZES, eventually, sent, settled
from seen import tables

import explorers

desk_only = pytest.mark.parametrize("notebook", ["desk"], indirect=True)

# ---------------------------------------------------------------- clicks and drags

CLICKS = {
    "forward_explorer": ["unit 9", "entry X 0 1", "entry Z 0 1"],
    "output_layer_explorer": ["bar 3"],
    "backprop_explorer": ["unit 9", "entry W1 4 1", "entry W2 1 6", "step 4"],
}
DRAGS = {  # by how many pixels, and how far off its middle a mark is taken
    "point 4": ((31, -23), (4, -5)),
    "hinge 3": ((14, 25), (0, 0)),
    "turn 3": ((-22, 17), (2, 3)),
    "dot": ((-37, 90), (3, 2)),
}
NEAR = {"hinge 3": 0.012, "dot": 0.012}  # a line is held at its place nearest to the hand


@pytest.mark.parametrize("name", OF_A_NETWORK)
def test_a_mark_is_chosen_with_a_click(hand, name):
    at = hand(name)
    for words in [*CLICKS.get(name, []), "point 2", "dot" if name == "softmax_explorer" else "hinge 1"]:
        at.click(words)
        assert settled(at) == words


def assert_stands(at, words, there):
    """On the page, to the tenth of a pixel at which a mark stands, and to the digits of what is sent."""
    assert at.data(words, at.place(words))[: len(there)] == pytest.approx(there, abs=0.02)


@pytest.mark.parametrize("name", OF_A_NETWORK)
def test_a_mark_that_is_dragged_follows_with_its_offset(hand, name):
    at = hand(name)
    marks = ["point 4"] + ["hinge 3", "turn 3"] * (name != "softmax_explorer")
    for words in marks + ["dot"] * (name in ("softmax_explorer", "backprop_explorer")):
        there = at.data(words, at.place(words)) + at.drag(words, *DRAGS[words])
        there = there[:1] if words == "dot" else there
        settled(at)
        assert sent(at, words) == pytest.approx(there, abs=NEAR.get(words, 1.5e-3)), words
        if words != "hinge 3":
            eventually(lambda words=words, there=there: assert_stands(at, words, there))


def test_the_line_in_the_training_curves_goes_to_a_step(hand):
    at = hand("training_explorer")
    at.box.locator(".area").scroll_into_view_if_needed()
    left, top, width, height, *_ = at.look("frame", "step")
    at.page.mouse.click(left + 0.1 * width, top + height / 2)
    settled(at)
    assert sent(at, "step") == pytest.approx([50], abs=1)
    at.carry((left + 0.1 * width, top + 20), (left + 0.04 * width, top + 50))
    settled(at)
    assert sent(at, "step") == pytest.approx([20], abs=1)


def entry_of(table, row, column):
    """Which entry a cell of a table is: of a matrix, of its transpose, or of columns of several."""
    place = [column, row] if "turned" in table.data else [row, column]
    symbols = (table.data.get("symbol") or table.data["of"]).split()
    return (symbols[0], *place) if len(symbols) == 1 else (symbols[column], row, int(table.data["column"]))


def shown(at):
    """The tables whose cells can be taken."""
    return [table for table in tables(at.box.inner_html()) if table.data]


def lit(at, mark):
    """The entries of the tables of symbols that have a mark."""
    return {
        entry_of(table, row, column)
        for table in shown(at)
        for row, line in enumerate(table.classes)
        for column, classes in enumerate(line)
        if "symbol" in table.data and mark in classes
    }


def assert_lit(at, twin):
    """The line on the screen is of the twin's entry, which is framed, and lit are the entries that it came from."""
    entry, found = twin.entry, twin.explain(*twin.entry)
    assert at.box.locator(".bp-sum").text_content() == found.text
    assert at.box.locator(".bp-sum").get_attribute("data-entry") == "entry " + " ".join(map(str, entry))
    on_screen = {table.data.get("symbol") for table in shown(at)}
    assert lit(at, "bp-from") == {source for source in found.sources if source[0] in on_screen}
    assert lit(at, "bp-entry") == {entry} & {(symbol, *entry[1:]) for symbol in on_screen}


@pytest.mark.parametrize("name", OF_A_NETWORK)
def test_a_cell_of_any_table_is_chosen(hand, name):
    at, twin = hand(name), getattr(explorers, name)()
    for n, table in enumerate(shown(at)):
        row, column = (int(0.6 * size) for size in np.shape(table.rows))
        cells = at.box.locator("[data-symbol], [data-of]").nth(n).locator("td")
        cells.nth(row * len(table.rows[0]) + column).click()
        twin.choose(*entry_of(table, row, column))
        assert settled(at) == "entry " + " ".join(map(str, twin.entry))
        eventually(lambda: assert_lit(at, twin))
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


CURSORS = "all => all.map(mark => [mark.matches('[data-drag]'), getComputedStyle(mark).cursor])"


@desk_only
def test_every_mark_looks_takeable(hand):
    for name in explorers.__all__:
        for drag, cursor in hand(name).box.locator("[data-touch]").evaluate_all(CURSORS):
            assert cursor in ("grab" if drag else "pointer", "ew-resize")


@desk_only
def test_a_drag_while_the_kernel_is_busy_ends_where_the_hand_ended_and_a_key_goes_on_from_there(hand):
    at = hand("softmax_explorer")
    at.slow(0.25)
    start, way = at.place("point 0"), np.array([40, 30])
    there = at.data("point 0", start) + way / at.pixels("point 0")
    at.carry(start, *(start + part * way for part in np.linspace(0.1, 1, 10)))
    at.page.keyboard.press("ArrowUp")
    there[1] += 0.04
    settled(at)
    assert sent(at, "point 0") == pytest.approx(there, abs=1.5e-3)
    eventually(lambda: assert_stands(at, "point 0", there))


@desk_only
def test_a_drag_keeps_its_way_where_the_page_moves_the_picture(hand):
    at, way = hand("relu_explorer"), np.array([40, -30])
    at.page.set_viewport_size({"width": 700, "height": 1000})
    at.explorer("setattr(explorer.controls['predict'], 'value', True)")
    start = at.place("point 2")
    there = at.data("point 2", start) + way / at.pixels("point 2")
    at.page.mouse.move(*start)
    at.page.mouse.down()
    at.page.mouse.move(*(start + way / 2))
    at.box.get_by_text("A change is waiting").wait_for()
    at.page.mouse.move(*(start + way))
    at.page.mouse.up()
    settled(at)
    assert sent(at, "point 2") == pytest.approx(there, abs=6e-3)
    at.page.set_viewport_size({"width": 1400, "height": 1000})


@desk_only
def test_what_a_number_came_from_is_lit_before_the_kernel_answers(hand):
    at = hand("hidden_layer_explorer")
    cell = at.box.locator("[data-symbol='G_W1'] tbody tr").first.locator("td").nth(11)
    cell.scroll_into_view_if_needed()
    place, said = cell.bounding_box(), at.box.locator(".bp-sum").text_content()
    at.slow(2)
    at.page.mouse.click(place["x"] + 10, place["y"] + 8)
    at.page.evaluate("() => new Promise(requestAnimationFrame)")
    found = lit(at, "bp-from")
    assert at.box.locator(".bp-sum").text_content() == said, "the kernel has not answered"
    assert found == {(symbol, i, j) for symbol, j in (("G_A1", 11), ("X", 0)) for i in range(5)}
    assert settled(at) == "entry G_W1 11 0"


@desk_only
def test_fingers_drag_marks_and_scroll_the_page_beside_them(hand):
    at = hand("forward_explorer")
    line = at.page.context.new_cdp_session(at.page)

    def touch(kind, *places):
        points = [{"x": float(x), "y": float(y), "id": n} for n, (x, y) in enumerate(places)]
        line.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
        at.page.wait_for_timeout(20)

    def scrolled():
        return at.page.evaluate("() => document.querySelector('.jp-WindowedPanel-outer').scrollTop")

    other, top = at.place("point 3"), scrolled()
    start = at.place("point 0")
    other += (0, top - scrolled())
    top, there = scrolled(), at.data("point 0", start) + (33, 44) / at.pixels("point 0")
    touch("Start", start)
    for part in range(1, 11):
        touch("Move", np.add(start, (3 * part, 4 * part)))
    touch("Start", np.add(start, (30, 40)), other)
    touch("Move", np.add(start, (33, 44)), np.add(other, (50, 50)))
    touch("Move", np.add(start, (33, 44)), np.add(other, (90, 90)))
    touch("End")
    last = settled(at)
    assert sent(at, "point 0") == pytest.approx(there, abs=1.5e-3) and scrolled() == top

    beside = at.box.locator(".bp-sum").bounding_box()
    middle = np.array([beside["x"] + 300, beside["y"] + 3])
    touch("Start", middle)
    for part in range(1, 16):
        touch("Move", middle - (0, 12 * part))
    touch("End")
    at.page.wait_for_timeout(300)
    assert scrolled() > top + 80 and settled(at) == last


# ---------------------------------------------------------------- what fits

# the width and the height that JupyterLab leaves to an explorer: a laptop's with the file browser open, and closed
ROOMS = {"desk": [(420, None), (760, None), (934, 640), (1230, 640)], "projector": [(1488, 952)]}


def test_an_explorer_stands_whole_on_one_screen_and_can_be_read_in_any_room(hand, request):
    size = request.node.callspec.params["notebook"]
    hands = [hand(name) for name in explorers.__all__]
    for width, height in ROOMS[size]:
        for _ in range(2):  # a narrow page gives its cells other margins
            more = width - hands[0].box.bounding_box()["width"]
            now = hands[0].page.viewport_size["width"]
            hands[0].page.set_viewport_size({"width": round(now + more), "height": 1000})
            hands[0].page.wait_for_timeout(500)
        for at in hands:
            box = at.box.bounding_box()
            assert box["width"] == pytest.approx(width, abs=1) and (height is None or box["height"] <= height), at.name
            assert at.look("misfits", SIZES[size][0]) == [], (at.name, width)
    hands[0].page.set_viewport_size({"width": 1400, "height": 1000})

"""A real pointer and finger on the marks of every explorer, in JupyterLab: what the kernel has then.

A notebook at a desk and one for a projector hold all explorers; what a hand did is read from the kernel.
"""

import numpy as np
import pytest
from screens import CONTROLS, FRAME, OF_A_NETWORK, SIZES, eventually, settled
from seen import tables

import explorers
import mlp_helpers as mlp

WITH_HINGES = [name for name in OF_A_NETWORK if name != "softmax_explorer"]


desk_only = pytest.mark.parametrize("notebook", ["desk"], indirect=True)


def assert_only(now, before, **changed):
    """These arrays have become so, to the tenth of a pixel at which a mark stands, and no other array has changed."""
    for key, array in before[0].items():
        assert now[0][key] == pytest.approx(changed.get(key, array), abs=1.5e-3 if key in changed else 0), key


# ---------------------------------------------------------------- the rows of the table

CLICKS = {  # explorer → marks that are chosen with a click: the value of a control, or the entry
    "forward_explorer": {"unit 9": 9, "entry X 0 1": ["X", 0, 1], "entry Z 0 1": ["Z", 0, 1]},
    "output_layer_explorer": {"bar 3": 3},
    "backprop_explorer": {"unit 9": 9, "entry W1 4 1": ["W1", 4, 1], "entry W2 1 6": ["W2", 1, 6], "step 4": 4},
}
CHOOSES = {"point": "example", "hinge": "unit", "bar": "example"}  # a mark → its control, if that has another name


@pytest.mark.parametrize("name", OF_A_NETWORK)
def test_a_mark_is_chosen_with_a_click(hand, name):
    at = hand(name)
    before = at.state()
    also = {"point 2": 2} | ({"hinge 1": 1} if name in WITH_HINGES else {"dot": None})
    for words, chosen in (CLICKS.get(name, {}) | also).items():
        at.click(words)
        now, kind = settled(at), words.split()[0]
        if kind == "entry":
            assert now[2] == chosen
            assert chosen[0] not in ("W1", "W2") or now[1]["unit"] == chosen[1 if chosen[0] == "W1" else 2]
            assert "along" not in now[1] or now[1]["along"] == [chosen[0], chosen[1:]]
        elif kind != "dot":
            assert now[1][CHOOSES.get(kind, kind)] == chosen
    assert_only(now, before)


@pytest.mark.parametrize("name", OF_A_NETWORK)
def test_a_point_and_a_hinge_line_follow_with_their_offset_and_an_arrow_turns_its_line(hand, name):
    at = hand(name)
    before = at.state()
    X, b1, W1 = (before[0][symbol].copy() for symbol in ("X", "b1", "W1"))
    X[4] += at.drag("point 4", (31, -23), off=(4, -5))
    now = settled(at)
    assert now[1]["example"] == 4
    assert_only(now, before, X=X)
    assert at.data("point 4", at.place("point 4")) == pytest.approx(X[4], abs=0.02), "it stands there on the page"
    if name not in WITH_HINGES:
        return
    b1[3] -= W1[3] @ at.drag("hinge 3", (14, 25))
    before, now = now, settled(at)
    assert now[1]["unit"] == 3
    assert_only(now, before, b1=b1)

    start = at.data("turn 3", at.box.locator("line.arrow").evaluate(START))
    W1[3] += 3 * at.drag("turn 3", (-22, 17), off=(2, 3))
    before, now = now, settled(at)
    assert now[0]["W1"][3] == pytest.approx(W1[3], abs=0.03), "to the tenth of a pixel at which the tip stood"
    assert abs(now[0]["W1"][3] @ start + now[0]["b1"][3]) < 0.02, "the line turns about the start of its arrow"
    W1[3], b1[3] = now[0]["W1"][3], now[0]["b1"][3]
    assert_only(now, before, W1=W1, b1=b1)


START = """line => {
  const {x, y} = new DOMPoint(line.x1.baseVal.value, line.y1.baseVal.value).matrixTransform(line.getScreenCTM());
  return [x, y];
}"""


@pytest.mark.parametrize("name", ["softmax_explorer", "backprop_explorer"])
def test_the_dot_on_a_curve_moves_a_logit_or_a_parameter(hand, name):
    at = hand(name)
    before = at.state()
    across, _ = at.drag("dot", (-37, 90), off=(3, 2))
    now = settled(at)
    symbol, place = before[1]["along"] if name == "backprop_explorer" else ("b2", [0])
    array = before[0][symbol].copy()
    array[tuple(place)] += across
    assert now[0][symbol] == pytest.approx(array, abs=0.01)
    assert_only(now, before, **{symbol: now[0][symbol]})


def test_the_line_in_the_training_curves_goes_to_a_step(hand):
    at = hand("training_explorer")
    at.box.locator(".area").scroll_into_view_if_needed()
    left, top, width, height, *_ = at.box.evaluate(FRAME, "step")
    at.page.mouse.click(left + 0.1 * width, top + height / 2)
    assert abs(settled(at)[1]["step"] - 50) <= 1
    at.carry((left + 0.1 * width, top + 20), (left + 0.04 * width, top + 50))
    now = settled(at)
    assert abs(now[1]["step"] - 20) <= 1
    X, y = mlp.toy_data("moons", 200, np.random.default_rng(0))
    params, _ = mlp.train(X, y, mlp.init_params(np.random.default_rng(18)), 0.5, now[1]["step"])
    assert all(np.array_equal(now[0][key], value) for key, value in params._asdict().items())


def entry_of(table, row, column):
    """Which entry a cell of a table is: of a matrix, of its transpose, or of columns of several."""
    place = [column, row] if "turned" in table.data else [row, column]
    symbols = (table.data.get("symbol") or table.data["of"]).split()
    return [symbols[0], *place] if len(symbols) == 1 else [symbols[column], row, int(table.data["column"])]


def shown(at):
    """The tables whose cells can be taken."""
    return [table for table in tables(at.box.inner_html()) if table.data]


def lit(at, mark):
    """The entries of the tables of symbols that have a mark."""
    return {
        tuple(entry_of(table, row, column))
        for table in shown(at)
        for row, line in enumerate(table.classes)
        for column, classes in enumerate(line)
        if "symbol" in table.data and mark in classes
    }


def assert_lit(at, entry, sources):
    """The line on the screen is of this entry, which is framed, and lit are the entries that it came from."""
    assert at.box.locator(".bp-sum").get_attribute("data-entry") == "entry " + " ".join(map(str, entry))
    on_screen = {table.data.get("symbol") for table in shown(at)}
    assert lit(at, "bp-from") == {tuple(source) for source in sources if source[0] in on_screen}
    assert lit(at, "bp-entry") == {tuple(entry)} if entry[0] in on_screen else not lit(at, "bp-entry")


@pytest.mark.parametrize("name", OF_A_NETWORK)
def test_a_cell_of_any_table_is_chosen(hand, name):
    at = hand(name)
    before = at.state()
    for n, table in enumerate(shown(at)):
        row, column = (int(0.6 * size) for size in np.shape(table.rows))
        entry = entry_of(table, row, column)
        cells = at.box.locator("[data-symbol], [data-of]").nth(n).locator("td")
        cells.nth(row * len(table.rows[0]) + column).click()
        now = settled(at)
        assert now[2] == entry
        symbol = entry[0].removeprefix("G_")
        if name == "backprop_explorer" and symbol in mlp.Params._fields:
            assert now[1]["along"] == [symbol, entry[1 if symbol[0] == "W" else 2 :]]
        sources, text = at.heard(f"explained('{name}')")
        eventually(lambda entry=entry, sources=sources: assert_lit(at, entry, sources))
        assert at.box.locator(".bp-sum").text_content() == text
        assert_only(now, before)
    factor = at.box.locator(".bp-sum b").first
    if factor.count():
        words = factor.get_attribute("data-touch")
        factor.click()
        assert "entry " + " ".join(map(str, settled(at)[2])) == words, "a learner walks back along the line"


# ---------------------------------------------------------------- how a hand is followed


def test_leaving_the_picture_clamps_and_releasing_outside_ends_it(hand):
    at = hand("relu_explorer")
    before = at.state()
    start, X = at.place("point 1"), before[0]["X"].copy()
    at.carry(start, start + np.array([60, 0]), (1395, 3))
    X[1] = 2, 2
    assert_only(settled(at), before, X=X)
    at.page.mouse.move(*start, steps=5)
    assert_only(settled(at), before, X=X)
    assert at.box.locator(".bp-live").text_content() == "point 1"


CURSORS = "all => all.map(mark => [mark.matches('[data-drag]'), getComputedStyle(mark).cursor])"


@desk_only
def test_every_mark_looks_takeable(hand):
    for name in explorers.__all__:
        for drag, cursor in hand(name).box.locator("[data-touch]").evaluate_all(CURSORS):
            assert cursor in ("grab" if drag else "pointer", "ew-resize")


SLOW = "setattr(explorer, 'compute', lambda real=explorer.compute: (time.sleep({}), real())[1])"


@desk_only
def test_a_drag_while_the_kernel_is_busy_ends_where_the_hand_ended(hand):
    at = hand("softmax_explorer")
    before = at.state()
    at.explorer(SLOW.format(0.25))
    X, start, way = before[0]["X"].copy(), at.place("point 0"), np.array([40, 30])
    X[0] += way / at.pixels("point 0")
    at.carry(start, *(start + part * way for part in np.linspace(0.1, 1, 10)))
    assert_only(settled(at), before, X=X)
    at.explorer("delattr(explorer, 'compute')")


@desk_only
def test_a_drag_keeps_its_way_where_the_page_moves_the_picture(hand):
    at, way = hand("relu_explorer"), np.array([40, -30])
    at.page.set_viewport_size({"width": 700, "height": 1000})
    at.explorer("setattr(explorer.controls['predict'], 'value', True)")
    start, X = at.place("point 2"), at.state()[0]["X"]
    at.page.mouse.move(*start)
    at.page.mouse.down()
    at.page.mouse.move(*(start + way / 2))
    at.box.get_by_text("A change is waiting").wait_for()
    at.page.mouse.move(*(start + way))
    at.page.mouse.up()
    now = settled(at)[1]
    assert [now["x1"], now["x2"]] == pytest.approx(X[2] + way / at.pixels("point 2"), abs=6e-3)
    at.page.set_viewport_size({"width": 1400, "height": 1000})


@desk_only
def test_what_a_number_came_from_is_lit_before_the_kernel_answers(hand):
    at = hand("hidden_layer_explorer")
    cell = at.box.locator("[data-symbol='G_W1'] tbody tr").nth(11).locator("td").first
    cell.scroll_into_view_if_needed()
    place, said = cell.bounding_box(), at.box.locator(".bp-sum").text_content()
    at.explorer(SLOW.format(2))
    at.page.mouse.click(place["x"] + 10, place["y"] + 8)
    at.page.evaluate("() => new Promise(requestAnimationFrame)")
    found = lit(at, "bp-from")
    assert at.box.locator(".bp-sum").text_content() == said, "the kernel has not answered"
    assert found == {(symbol, i, j) for symbol, j in (("G_A1", 11), ("X", 0)) for i in range(5)}
    assert settled(at)[2] == ["G_W1", 11, 0]
    at.explorer("delattr(explorer, 'compute')")


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

    before, other, top = at.state(), at.place("point 3"), scrolled()
    start = at.place("point 0")
    other += (0, top - scrolled())
    top = scrolled()
    touch("Start", start)
    for part in range(1, 11):
        touch("Move", np.add(start, (3 * part, 4 * part)))
    touch("Start", np.add(start, (30, 40)), other)
    touch("Move", np.add(start, (33, 44)), np.add(other, (50, 50)))
    touch("Move", np.add(start, (33, 44)), np.add(other, (90, 90)))
    touch("End")
    now, X = settled(at), before[0]["X"].copy()
    X[0] += (33, 44) / at.pixels("point 0")
    assert_only(now, before, X=X)
    assert now[1]["example"] == 0 and scrolled() == top

    beside = at.box.locator(".bp-sum").bounding_box()
    middle = np.array([beside["x"] + 300, beside["y"] + 3])
    touch("Start", middle)
    for part in range(1, 16):
        touch("Move", middle - (0, 12 * part))
    touch("End")
    at.page.wait_for_timeout(300)
    assert scrolled() > top + 80
    assert_only(settled(at), before, X=X)


# ---------------------------------------------------------------- what fits

VIEWS = {"desk": [(900, 1000), (1280, 1000), (1440, 1000), (1920, 1000)], "projector": [(1280, 720)]}

# Everything of an explorer that is cut, or stands out of the output area, or scrolls sideways, or is squashed; and the
# text in a picture that is smaller than 11 pixels.
MISFITS = """(box, scale) => {
  const area = box.closest('.jp-OutputArea-output'), edge = area.getBoundingClientRect();
  const hidden = '.slider-container, select, style, .bp-live';
  const parts = [area, box, ...box.querySelectorAll('*')].filter(part =>
    part.checkVisibility() && (part.matches('.noUi-target') || !part.closest(hidden)));
  const isSmall = text => {
    const picture = text.closest('.bp-picture'), width = picture.getBoundingClientRect().width;
    const zoom = width / picture.viewBox.baseVal.width;
    return zoom * parseFloat(getComputedStyle(text).fontSize) < 11 * scale - 0.0005;
  };
  return parts.flatMap(part => {
    const place = part.getBoundingClientRect();
    const problems = {
      cut: part.clientWidth && part.scrollWidth > part.clientWidth + 1 && !part.matches('.noUi-target, tr, svg *'),
      outside: place.right > edge.right + 1 || place.left < edge.left - 1,
      squashed: part.matches('.noUi-target') && place.width < 60 * scale,
      small: part.matches('.bp-picture text') && isSmall(part),
    };
    return Object.keys(problems).filter(what => problems[what])
      .map(what => `${what}: ${part.tagName} ${part.className} "${part.textContent.slice(0, 20)}"`);
  });
}"""

# The controls that cannot be seen together with a whole picture, however the page is scrolled.
ALONE = """(box, controls) => {
  const view = box.closest('.jp-WindowedPanel-outer').getBoundingClientRect();
  const whole = part => {
    const place = part.getBoundingClientRect();
    return place.top >= view.top - 1 && place.bottom <= view.bottom + 1;
  };
  const pictures = [...box.querySelectorAll('.bp-picture')];
  const together = control => [control, ...pictures].some(part => ['start', 'center', 'end'].some(block => {
    part.scrollIntoView({block});
    return whole(control) && pictures.some(whole);
  }));
  return [...box.querySelectorAll(controls)].filter(control => control.checkVisibility() && !together(control))
    .map(control => control.ariaLabel ?? control.closest('.widget-inline-hbox, button').textContent);
}"""


def test_an_explorer_fits_the_screens_readable_and_at_a_projector_each_control_beside_a_picture(hand, request):
    size = request.node.callspec.params["notebook"]
    hands = [hand(name) for name in explorers.__all__]
    for at in hands:
        for label in ("example i", "hidden unit j"):  # the last one's label is the longest
            if at.slider(label).count():
                at.press(at.slider(label), "End")
    for width, height in VIEWS[size]:
        at.page.set_viewport_size({"width": width, "height": height})
        at.page.wait_for_timeout(500)
        for at in hands:
            assert at.box.evaluate(MISFITS, SIZES[size][0]) == [], (at.name, width)
            assert size == "desk" or at.box.evaluate(ALONE, CONTROLS) == [], at.name
    at.page.set_viewport_size({"width": 1400, "height": 1000})

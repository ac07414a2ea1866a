"""What a person sees and does with keys and controls: every explorer in JupyterLab, in a real browser."""

import re

import numpy as np
import pytest
from screens import CONTROLS, DRAWN, MARKS, OF_A_NETWORK, assert_shows, eventually, sent, settled, use

import explorers

# ---------------------------------------------------------------- controls


@pytest.mark.parametrize("name", explorers.__all__)
def test_each_control_does_on_the_screen_what_it_does_here(hand, name):
    screen, twin = hand(name), getattr(explorers, name)()
    before = eventually(assert_shows, screen, twin)
    for control in [*twin.controls, "question", "answer", "flip", "next", "show"]:  # these again, while changes wait
        widget = twin.controls.get(control)
        waits = twin.predictor.widget.layout.display == "none" if hasattr(twin, "predictor") else False
        if widget is None or control in ("play", "place") or widget.layout.display == "none":
            continue
        if waits and control in ("question", "answer", "show"):
            continue
        use(screen, widget)
        screen.look("quiet")  # while a change waits, the next may show nothing: what comes after it would overtake it
        now = eventually(assert_shows, screen, twin)
        assert all(slider["said"] == slider["shown"] for slider in now.sliders), (
            "a screen reader hears what stands there"
        )
        for old, new in zip(before.pictures, now.pictures, strict=True):
            is_slider = name in OF_A_NETWORK and hasattr(widget, "readout")
            assert not is_slider or old["drawn"] == new["drawn"] or old["alt"] != new["alt"], f"{control}: {new['alt']}"
        before = now


def test_a_slider_that_moves_while_the_kernel_is_busy_never_jumps_back_and_ends_at_the_last_value(hand):
    screen, twin = hand("backprop_explorer"), explorers.backprop_explorer()
    screen.press("X[0, 0]", "Home")
    twin.controls["x1"].value = -2
    eventually(assert_shows, screen, twin)
    screen.look("notePlaces", "X[0, 0]")
    screen.slow(0.05)
    screen.press("X[0, 0]", *["ArrowRight"] * 60)
    twin.controls["x1"].value = -1.4
    eventually(assert_shows, screen, twin)
    places = screen.page.evaluate("() => window.places")
    assert places == sorted(places) and len(places) >= 60


@pytest.mark.parametrize("name", explorers.__all__)
def test_tab_reaches_every_control_in_order_and_every_mark_with_a_visible_focus_and_a_name(hand, name):
    screen = hand(name)
    screen.box.locator(CONTROLS).first.focus()
    count, names = screen.look("focused", CONTROLS)["count"], []
    assert count > 4
    for place in range(count):
        focused = screen.look("focused", CONTROLS)
        assert focused == {"place": place, "count": count, "outlined": True}
        names.append(screen.page.locator(":focus").aria_snapshot().partition(":")[0])
        for _ in range(20):  # past the marks of the pictures and tables, of which one a kind is in the way
            screen.page.keyboard.press("Tab")
            if screen.look("focused", CONTROLS)["place"] >= 0 or place == count - 1:
                break
    assert all(re.fullmatch(r"- (combobox|slider|textbox|button|checkbox) \"\w.+\"", name) for name in names), names
    assert len({*names}) == len(names), names
    assert screen.look("focused", CONTROLS)["place"] == -1
    for marks in screen.look("groups", MARKS):
        assert all(is_named for _, is_named in marks) and 0 in [index for index, _ in marks]


@pytest.mark.parametrize(
    ("name", "kind"), [("relu", "point"), ("relu", "hinge"), ("forward", "unit"), ("output_layer", "bar")]
)
def test_page_keys_go_through_all_marks_of_a_kind(hand, name, kind):
    at = hand(f"{name}_explorer")
    marks = at.box.locator(f".bp-picture [data-touch^='{kind} ']")
    words = marks.evaluate_all("all => all.map(mark => mark.dataset.touch)")
    at.press(words[0])
    seen = [at.focused(), *(at.page.keyboard.press("PageDown") or at.focused() for _ in words[1:])]
    settled(at)
    assert seen == words and at.focused() == words[-1], "the focus is kept when the picture is drawn anew"


def test_arrow_keys_move_what_has_the_focus(hand):
    at, net = hand("backprop_explorer"), explorers.backprop_explorer()
    for words, keys, way in (
        ("point 2", ["ArrowRight"] * 3, (0.12, 0)),
        ("point 2", ["ArrowUp"], (0, 0.04)),
        ("point 2", ["Shift+ArrowLeft"], (-0.4, 0)),
        ("hinge 5", ["Enter", "ArrowUp"], (0, 0.04)),
        ("turn 5", ["Enter", "ArrowRight"], (0.04, 0)),
        ("dot", ["Enter", "ArrowRight"], (0.06, 0)),
    ):
        at.press(words)
        start = at.data(words, at.place(words))
        for key in keys:
            at.page.keyboard.press(key)
            assert settled(at) == words or key != "Enter"
            assert at.focused() == words
        there = sent(at, words)
        if words == "hinge 5":  # which is taken somewhere on its line
            assert abs(net.params.W1[5] @ (there - way) + net.params.b1[5]) < 0.02
        else:
            assert there == pytest.approx(np.add(start, way)[: len(there)], abs=0.012)

    at.press("cell G_W2 0 0", *["ArrowRight"] * 3, "ArrowDown", "ArrowLeft", "Enter")
    assert settled(at) == "entry G_W2 1 2"
    assert at.page.evaluate("() => [document.activeElement.tagName, document.activeElement.cellIndex]") == ["TD", 3]

    run = hand("training_explorer")
    run.press("mark step")
    for key, step in (("Shift+ArrowRight", 50), ("ArrowLeft", 45)):
        run.page.keyboard.press(key)
        settled(run)
        assert sent(run, "step") == pytest.approx([step], abs=0.4) and run.focused() == "step"


@pytest.mark.parametrize("name", ["point 2", "cell G_W2 0 0", "X[0, 0]"])
def test_a_letter_typed_on_a_mark_a_cell_or_a_slider_is_no_command_of_jupyterlab(hand, name):
    at, cells = hand("backprop_explorer"), "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
    at.press(name, "a")  # which makes a cell above
    at.page.evaluate(DRAWN)
    assert at.page.evaluate(cells) == 1


def test_what_a_reader_has_selected_stays_so_while_numbers_move(hand):
    at = hand("backprop_explorer")
    at.box.locator("[data-symbol='G_W2']").evaluate("table => getSelection().selectAllChildren(table)")
    before = at.page.evaluate("() => String(getSelection())")
    at.press("point 2", "Shift+ArrowLeft")
    settled(at)
    now = at.page.evaluate("() => String(getSelection())")
    assert now != before and len(now.split()) == len(before.split()) > 32


def test_a_change_is_drawn_at_once(hand):
    """And not each part when its message comes: the page would lay itself out for each, and show halves of changes."""
    at = hand("backprop_explorer")
    at.box.evaluate("""box => {
      window.changes = 0;
      const views = [...box.querySelectorAll('.widget-html-content')];
      const observer = new MutationObserver(() => { window.changes += 1; });
      for (const view of views) observer.observe(view, {subtree: true, childList: true, characterData: true});
    }""")
    for count in (1, 2):
        at.press("point 2", "Shift+ArrowLeft")
        settled(at)
        assert at.page.evaluate("() => window.changes") == count
    at.explorer("setattr(explorer.plane.sheets[1], 'value', '<svg class=alone></svg>')")  # and no words come
    at.box.locator(".alone").wait_for(state="attached")


def test_words_in_one_line_or_in_two_move_nothing_below(hand):
    at, seen = hand("forward_explorer"), []
    for count in (5, 30):
        at.explorer(f"explorer.words.show(['word ' * {count}])")
        at.box.get_by_text("word " * count).wait_for()
        seen.append((at.box.bounding_box()["height"], at.box.locator(".bp-sum").bounding_box()["y"]))
    (one, high), (two, low) = seen
    assert one == two and high < low


def test_axe_finds_nothing(notebook):
    from axe_playwright_python.sync_playwright import Axe

    for checkbox in notebook.page.locator(".bp-explorer input[type=checkbox]").all():
        checkbox.check()
    options = {"resultTypes": ["violations"]}  # of what passes, one each
    found = Axe().run(notebook.page, context=".bp-explorer", options=options)
    passed = {rule["id"] for rule in found.response["passes"]}
    assert {"color-contrast", "button-name", "aria-input-field-name"} <= passed
    assert found.response["violations"] == [], found.generate_report()

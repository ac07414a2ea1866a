"""What a person sees and does with keys and controls: every explorer in JupyterLab, in a real browser."""

import re

import numpy as np
import pytest
from lab import THEMES
from screens import (
    CONTROLS,
    MARKS,
    OF_A_NETWORK,
    Net,
    assert_shows,
    eventually,
    find,
    kernels_part,
    settled,
)
from seen import assert_near

import explorers
import mlp_helpers as mlp
from checker import backward_with
from explorers.bugs import CASES

pytestmark = pytest.mark.parametrize("notebook", ["desk"], indirect=True)
every_network_explorer = pytest.mark.parametrize("name", OF_A_NETWORK)

# ---------------------------------------------------------------- sliders


@every_network_explorer
def test_each_slider_moves_every_number_on_the_screen(hand, name):
    screen, net = hand(name), Net()
    before = eventually(lambda: assert_shows(screen, net))
    for index in range(len(before.sliders)):
        label = before.sliders[index]["label"]
        steps, keys = (3, ["ArrowRight"] * 3) if label in ("example i", "hidden unit j", "step") else (20, ["PageUp"] * 4)
        screen.press(screen.slider(label), *keys)
        net.move(label, steps)

        def moved(before=before):
            now = assert_shows(screen, net)
            assert kernels_part(now) != kernels_part(before)
            return now

        now = eventually(moved)
        for old, new in zip(before.pictures, now.pictures, strict=True):
            assert old["drawn"] == new["drawn"] or old["alt"] != new["alt"], f"{label}: {new['alt']}"
        before = now


# Presses a key 200 times in a second; notes each text of the words and each place of the handle.
DRAG = """async ([box, handle]) => {
  const seen = {words: [], places: []};
  let changed = performance.now();
  const note = () => {
    const words = [...box.querySelectorAll('p')].map(line => line.textContent).find(line => line.startsWith('Example'));
    if (words && words !== seen.words.at(-1)) { seen.words.push(words); changed = performance.now(); }
    seen.places.push(Number(handle.getAttribute('aria-valuenow')));
  };
  const observer = new MutationObserver(note);
  observer.observe(box, {subtree: true, childList: true, attributes: true, characterData: true});
  for (const start = performance.now(), count = {n: 0}; count.n < 200; ) {
    for (; count.n < Math.min(200, (performance.now() - start) / 5); count.n++)
      handle.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
    await new Promise(done => setTimeout(done, 1));
  }
  changed = performance.now();
  while (performance.now() - changed < 1500) await new Promise(done => setTimeout(done, 50));
  observer.disconnect();
  return seen;
}"""


def test_a_slider_dragged_fast_ends_at_the_last_value_and_shows_nothing_wrong(hand):
    screen, net = hand("backprop_explorer"), Net()
    handle = screen.slider("x1 of i = 0")
    screen.press(handle, "Home")
    net.X[0, 0] = -2
    eventually(lambda: assert_shows(screen, net))
    seen = screen.page.evaluate(DRAG, [screen.box.element_handle(), handle.element_handle()])
    assert seen["places"] == sorted(seen["places"])
    places = []
    for words in seen["words"]:
        place, loss = re.search(r"x = \(([-\d.]+), .*Loss of the batch: ([\d.]+)\.", words).groups()
        places.append(float(place))
        net.X[0, 0] = float(place)
        assert_near(loss, mlp.loss(net.X, net.y, net.params))
    assert places == sorted(places)
    net.X[0, 0] = 0
    assert_shows(screen, net)


# ---------------------------------------------------------------- buttons, dropdowns, checkboxes


@every_network_explorer
def test_flip_reset_and_predict(hand, name):
    screen, net = hand(name), Net()
    screen.press(screen.button("Flip label of i = 0 (now 0)"), "Space")
    net.y[0] = 1
    eventually(lambda: assert_shows(screen, net))
    assert screen.button("Flip label of i = 0 (now 1)").count() == 1

    screen.choose("data set", "circles")
    net.X, net.y = mlp.toy_data("circles", 5, np.random.default_rng(0))
    eventually(lambda: assert_shows(screen, net))
    screen.button("Reset").click()
    net = Net()
    eventually(lambda: assert_shows(screen, net))

    screen.press(screen.box.get_by_role("checkbox", name="Predict before I see"), "Space")
    screen.button("Show me").wait_for()
    screen.choose("predict", "loss")
    screen.choose("answer", "it rises")
    seen = screen.read()
    screen.press(screen.button("Flip label"), "Enter")
    eventually(lambda: find(r"A change is waiting. After it: what does the loss do\?", screen.read()))
    assert screen.read().tables == seen.tables and screen.read().pictures == seen.pictures
    before = mlp.loss(net.X, net.y, net.params)
    net.y[0] = 1
    rises = mlp.loss(net.X, net.y, net.params) > before
    screen.press(screen.button("Show me"), "Enter")
    eventually(lambda: assert_shows(screen, net))
    find("Right: it rises" if rises else "Not this time: it falls", screen.read())


def test_choices_and_buttons_of_single_explorers(hand):
    gradients = Net().values()
    for name, dropdown, option, pattern, number in (
        ("output_layer_explorer", "class k", "1", r"G_W2\[1, 0\] = .* = ([-+\d.]+)\.", gradients["G_W2"][1, 0]),
        ("softmax_explorer", "curve along", "z1", r"G_Z\[0, 1\] = .* = ([-+\d.]+)\.", gradients["G_Z"][0, 1]),
        ("backprop_explorer", "loss along", "W1[3, 1]", r"G_W1\[3, 1\] = ([-+\d.]+)\.", gradients["G_W1"][3, 1]),
    ):
        screen = hand(name)
        alts = [picture["alt"] for picture in screen.read().pictures]
        screen.choose(dropdown, option)
        eventually(lambda: assert_near(*find(pattern, screen.read()), number))  # noqa: B023
        assert [picture["alt"] for picture in screen.read().pictures] != alts
    net = Net()
    steps = (("Next step", 2), ("Next step", 3), ("Previous step", 2), ("Play or pause", 3), ("Stop", 1))
    for button, net.step in steps:
        screen.press(screen.button(button), "Enter" if "step" in button else "Space")
        eventually(lambda: find(f"Step {net.step} of 9", screen.read()))
        eventually(lambda: assert_shows(screen, net))


def assert_at_step(screen, step, X, y, params):
    """The words of the training explorer are those of these parameters."""
    now = screen.read()
    number, loss, right = find(r"Step (\d+): loss ([\d.]+), right on ([\d.]+)%", now)
    assert int(number) == step
    assert_near(loss, mlp.loss(X, y, params))
    assert_near(right, 100 * mlp.accuracy(X, y, params))
    gradients = mlp.backward(X, y, params)
    for name in params._fields:
        assert_near(*find(rf"G_{name} ([\d.]+\d)", now), np.linalg.norm(getattr(gradients, f"G_{name}")))


def test_the_controls_of_training(hand):
    screen, data = hand("training_explorer"), mlp.toy_data("moons", 200, np.random.default_rng(0))
    start = mlp.init_params(np.random.default_rng(18))

    def steps(n, params, lr=0.5):
        return mlp.train(*data, params, lr, n)[0]

    def shows(step, params):
        eventually(lambda: assert_at_step(screen, step, *data, params))

    shows(0, start)
    screen.press(screen.slider("step"), *["ArrowRight"] * 3)
    shows(3, steps(3, start))
    screen.press(screen.slider("learning rate"), "ArrowRight", "ArrowRight")
    eventually(lambda: find("Learning rate 2, batch size all", screen.read()))
    screen.press(screen.button("One step"), "Enter", "Enter")
    shows(5, steps(2, steps(3, start), lr=2))
    screen.press(screen.button("Back to step 0"), "Space")
    shows(0, start)
    screen.press(screen.button("Play or pause"), "Enter")
    eventually(lambda: find(r"Step \d\d:", screen.read()))
    screen.press(screen.button("Play or pause"), "Enter")
    screen.page.wait_for_timeout(500)
    paused = int(*find(r"Step (\d+)", screen.read()))
    screen.page.wait_for_timeout(500)
    assert_at_step(screen, paused, *data, steps(paused, start, lr=2))
    screen.press(screen.button("Stop"), "Enter")
    shows(0, start)

    screen.choose("start from", "random")
    screen.press(screen.slider("seed"), "ArrowRight", "ArrowRight")
    shows(0, mlp.init_params(np.random.default_rng(2)))
    screen.choose("start from", "all zeros")
    shows(0, mlp.Params(*(0 * value for value in start)))
    screen.choose("batch size", "16")
    eventually(lambda: find("batch size 16", screen.read()))
    screen.button("Reset").click()
    shows(0, start)
    find("Learning rate 0.5, batch size all", screen.read())


def test_the_bug_lab(hand):
    screen = hand("bug_lab")
    X, y = mlp.toy_data("moons", 200, np.random.default_rng(0))
    params = mlp.init_params(np.random.default_rng(18))

    def assert_found(case):
        backward = backward_with(CASES[case])
        facts = dict(screen.read().facts)
        for n in (1, 12):
            report = mlp.check_gradients(X[:n], y[:n], params, backward=backward)
            wrong = ", ".join(name for name, check in report.items() if not check.ok)
            assert facts[f"Gradient check, N = {n}"] == (f"wrong: {wrong}" if wrong else "passes")

    eventually(lambda: assert_found(0))
    screen.choose("backward pass", "number 3")
    eventually(lambda: assert_found(2))
    assert CASES[2].name == "nothing"
    for guess, says in ((None, "Choose a step first"), ("2: G_Z", "No"), ("nothing is broken", "Right!")):
        if guess:
            screen.choose("broken step", guess)
        screen.press(screen.button("Check my answer"), "Enter")
        eventually(lambda: find(says, screen.read()))  # noqa: B023
    screen.press(screen.button("Reset"), "Enter")
    eventually(lambda: find(f"Backward pass 1 of {len(CASES)}. Solved: none yet.", screen.read()))
    assert_found(0)


# ---------------------------------------------------------------- keys


# The focused control: its place in the tab order of its explorer, and whether its focus can be seen.
FOCUSED = """(box, controls) => {
  const focused = document.activeElement, style = getComputedStyle(focused);
  const all = [...box.querySelectorAll(controls)].filter(control => control.checkVisibility());
  return {place: all.indexOf(focused), count: all.length,
          outlined: focused.matches(':focus-visible') && style.outlineStyle !== 'none'
                    && parseFloat(style.outlineWidth) >= 1};
}"""

# Each group of marks in a view, and whether one can be reached with Tab: in a picture by kind, else by table.
GROUPS = """(box, marks) => {
  const groups = new Map(), views = [...box.querySelectorAll('.widget-html-content')];
  for (const mark of box.querySelectorAll(marks)) {
    const table = mark.closest('table'), view = views.indexOf(mark.closest('.widget-html-content'));
    const key = table ?? `${view} ${mark.dataset.touch.split(' ', 1)}`;
    const isNamed = table !== null || (mark.role === 'button' && Boolean(mark.ariaLabel));
    groups.set(key, [...(groups.get(key) ?? []), [mark.tabIndex, isNamed && mark.hasAttribute('tabindex')]]);
  }
  return [...groups.values()];
}"""


@pytest.mark.parametrize("name", explorers.__all__)
def test_tab_reaches_every_control_in_order_and_every_mark_with_a_visible_focus_and_a_name(hand, name):
    screen = hand(name)
    screen.box.locator(CONTROLS).first.focus()
    count, names = screen.box.evaluate(FOCUSED, CONTROLS)["count"], []
    assert count > 4
    for place in range(count):
        focused = screen.box.evaluate(FOCUSED, CONTROLS)
        assert focused == {"place": place, "count": count, "outlined": True}
        names.append(screen.page.locator(":focus").aria_snapshot().partition(":")[0])
        for _ in range(20):  # past the marks of the pictures and tables, of which one a kind is in the way
            screen.page.keyboard.press("Tab")
            if screen.box.evaluate(FOCUSED, CONTROLS)["place"] >= 0 or place == count - 1:
                break
    assert all(re.fullmatch(r"- (combobox|slider|textbox|button|checkbox) \"\w.+\"", name) for name in names), names
    assert len({*names}) == len(names), names
    assert screen.box.evaluate(FOCUSED, CONTROLS)["place"] == -1
    for marks in screen.box.evaluate(GROUPS, MARKS):
        assert all(is_named for _, is_named in marks) and 0 in [index for index, _ in marks]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("relu", "point"), ("relu", "hinge"), ("forward", "unit"), ("forward", "entry"), ("output_layer", "bar")],
)
def test_page_keys_go_through_all_marks_of_a_kind(hand, name, kind):
    at = hand(f"{name}_explorer")
    marks = at.box.locator(f".bp-picture [data-touch^='{kind} ']")
    all_words = marks.evaluate_all("all => all.map(mark => mark.dataset.touch)")
    at.focus(all_words[0])
    seen = [all_words[0]]
    for _ in all_words[1:]:
        at.page.keyboard.press("PageDown")
        seen.append(at.focused())
    settled(at)
    assert at.focused() == seen[-1], "the focus is kept when the picture is drawn anew"
    # edges of units that are off come and go with the chosen unit
    assert seen == all_words if kind != "entry" else len({*seen}) >= len(all_words) - 4 and None not in seen


def test_arrow_keys_move_what_has_the_focus(hand):
    at = hand("backprop_explorer")
    at.focus("point 2")
    for keys, way in ((["ArrowRight"] * 3, (0.12, 0)), (["ArrowUp"], (0, 0.04)), (["Shift+ArrowLeft"], (-0.4, 0))):
        start = settled(at)[0]["X"][2]
        for key in keys:
            at.page.keyboard.press(key)
            settled(at)
        assert settled(at)[0]["X"][2] == pytest.approx(start + way, abs=0.004 * len(keys))
        assert at.focused() == "point 2"
    assert settled(at)[1]["example"] == 2

    along = settled(at)[1]["along"][0]
    for words, key, moved in (
        ("hinge 5", "ArrowUp", {"b1"}),
        ("turn 5", "ArrowRight", {"W1", "b1"}),
        ("dot", "ArrowRight", {along}),
    ):
        at.focus(words)
        before = settled(at)[0]
        for press, changed in (("Enter", set()), (key, moved)):
            at.page.keyboard.press(press)
            now = settled(at)
            assert {symbol for symbol in before if not np.array_equal(now[0][symbol], before[symbol])} == changed
            assert at.focused() == words
        assert now[1]["unit"] == 5

    cell = at.box.locator("[data-symbol='G_W2'] td").nth(2)
    at.press(cell, "ArrowRight", "ArrowDown", "ArrowLeft", "Enter")
    assert settled(at)[2] == ["G_W2", 1, 2]
    assert at.page.evaluate("() => [document.activeElement.tagName, document.activeElement.cellIndex]") == ["TD", 3]

    run = hand("training_explorer")
    run.focus("step")
    for key, step in (("Shift+ArrowRight", 50), ("Enter", 50), ("ArrowLeft", 45)):
        run.page.keyboard.press(key)
        assert settled(run)[1]["step"] == step and run.focused() == "step"


# ---------------------------------------------------------------- for everyone


SAY = """(input, words) => {
  input.value = words;
  input.dispatchEvent(new Event('input', {bubbles: true}));
}"""


def test_nonsense_from_the_page_is_said_and_changes_nothing(hand):
    at = hand("relu_explorer")
    before = at.state()
    for words in ("1 paint 3", "3 point 1 nowhere 0", "", "4 entry G_W2 7 7", "5 <img src=x> 1"):
        at.box.locator(".bp-hand input").evaluate(SAY, words)
        now = settled(at)
        at.box.get_by_text("This touch was not understood.").wait_for()
        assert all(np.array_equal(now[0][symbol], array) for symbol, array in before[0].items())
        assert now[1:3] == before[1:3]
    assert at.box.locator("p img").count() == 0
    at.click("point 3")
    assert settled(at)[1]["example"] == 3
    at.box.get_by_text("not understood").wait_for(state="detached")


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing(notebook, theme):
    from axe_playwright_python.sync_playwright import Axe

    notebook.command("apputils:change-theme", theme=THEMES[theme])
    body = notebook.page.locator(f"body[data-jp-theme-name='{THEMES[theme]}']")
    body.wait_for(state="attached")
    notebook.page.wait_for_timeout(500)
    for checkbox in notebook.page.locator(".bp-explorer input[type=checkbox]").all():
        checkbox.check()
    found = Axe().run(notebook.page, context=".bp-explorer", options={"resultTypes": ["violations", "passes"]})
    passed = {rule["id"] for rule in found.response["passes"]}
    assert {"color-contrast", "button-name", "aria-input-field-name"} <= passed
    assert found.response["violations"] == [], found.generate_report()
    notebook.command("apputils:change-theme", theme=THEMES["light"])

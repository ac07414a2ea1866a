"""What a person sees and does: every explorer in JupyterLab, in a real browser."""

import re

import numpy as np
import pytest
from lab import THEMES
from screens import Net, Screen, assert_near, assert_shows, eventually, find, kernels_part, options

import explorers
import mlp_helpers as mlp
from checker import backward_with
from explorers.bugs import CASES

OF_A_NETWORK = [name for name in explorers.__all__ if name not in ("training_explorer", "bug_lab")]
every_explorer = pytest.mark.parametrize("name", explorers.__all__)
every_network_explorer = pytest.mark.parametrize("name", OF_A_NETWORK)

HANDLE = ".noUi-handle"
CONTROLS = f"select, input, button, {HANDLE}, .widget-readout[contenteditable]"


@pytest.fixture(scope="module")
def everything(run):
    """A notebook with each explorer in a cell of its own."""
    return run("everything.ipynb", *(f"from explorers import {name}; {name}()" for name in explorers.__all__))


@pytest.fixture
def fresh(everything):
    """Run an explorer's cell again, and return the Screen with the new explorer."""

    def fresh(name):
        cell = everything.page.locator(".jp-CodeCell").nth(explorers.__all__.index(name))
        cell.locator(".jp-InputPrompt").click()
        everything.command("notebook:run-cell")
        everything.page.wait_for_timeout(300)
        return Screen(everything.page, cell.locator(".bp-explorer"))

    yield fresh
    assert everything.problems() == []


# ---------------------------------------------------------------- sliders


@every_network_explorer
def test_each_slider_moves_every_number_on_the_screen(fresh, name):
    screen, net = fresh(name), Net()
    before = eventually(lambda: assert_shows(screen, net))
    for index in range(len(before.sliders)):
        label = before.sliders[index]["label"]
        steps = 3 if label in ("example i", "hidden unit j", "step") else 20
        screen.press(screen.slider(label), *["ArrowRight"] * steps)
        net.move(label, steps)

        def moved(before=before):
            now = assert_shows(screen, net)
            assert kernels_part(now) != kernels_part(before)
            return now

        now = eventually(moved)
        for old, new in zip(before.pictures, now.pictures, strict=True):
            assert old["drawn"] == new["drawn"] or old["alt"] != new["alt"], f"{label}: {new['alt']}"
        before = now


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


def test_each_slider_of_the_training_explorer(fresh):
    screen = fresh("training_explorer")
    X, y = mlp.toy_data("moons", 200, np.random.default_rng(0))
    params = mlp.init_params(np.random.default_rng(18))
    assert_at_step(screen, 0, X, y, params)
    screen.press(screen.slider("step"), *["ArrowRight"] * 3)
    params, _ = mlp.train(X, y, params, 0.5, 3)
    eventually(lambda: assert_at_step(screen, 3, X, y, params))
    screen.press(screen.slider("learning rate"), "ArrowRight", "ArrowRight")
    eventually(lambda: find("Learning rate 2, batch size all", screen.read()))
    screen.press(screen.slider("step"), "ArrowRight")
    params, _ = mlp.train(X, y, params, 2, 1)
    eventually(lambda: assert_at_step(screen, 4, X, y, params))
    screen.choose("start from", "random")
    screen.press(screen.slider("seed"), *["ArrowRight"] * 2)
    params = mlp.init_params(np.random.default_rng(2))
    eventually(lambda: assert_at_step(screen, 0, X, y, params))


# Presses a key 200 times in a second; notes each text of the words and each place of the handle.
DRAG = """async ([box, handle]) => {
  const seen = {words: [], places: []};
  const note = () => {
    const said = [...box.querySelectorAll('p')].map(line => line.textContent).find(line => line.startsWith('Example'));
    const words = said ?? seen.words.at(-1), place = Number(handle.getAttribute('aria-valuenow'));
    if (words !== seen.words.at(-1)) { seen.words.push(words); seen.changed = performance.now(); }
    if (place !== seen.places.at(-1)) seen.places.push(place);
  };
  const observer = new MutationObserver(note);
  observer.observe(box, {subtree: true, childList: true, attributes: true, characterData: true});
  for (const start = performance.now(), count = {n: 0}; count.n < 200; ) {
    for (; count.n < Math.min(200, (performance.now() - start) / 5); count.n++)
      handle.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
    await new Promise(done => setTimeout(done, 1));
  }
  const last = performance.now();
  while (performance.now() - (seen.changed ?? last) < 1500) await new Promise(done => setTimeout(done, 50));
  observer.disconnect();
  return seen;
}"""


def test_a_slider_dragged_fast_ends_at_the_last_value_and_shows_nothing_wrong(fresh):
    screen, net = fresh("backprop_explorer"), Net()
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


def buttons(screen):
    return sorted(button.aria_snapshot().split('"')[1] for button in screen.box.locator("button:visible").all())


@every_network_explorer
def test_flip_reset_and_predict(fresh, name):
    screen, net = fresh(name), Net()
    extra = {"Previous step", "Next step", "Play or pause", "Stop, back to the start"}
    assert {*buttons(screen)} - extra == {"Flip label of i = 0 (now 0)", "Reset"}

    screen.press(screen.button("Flip label"), "Space")
    net.y[0] = 1
    eventually(lambda: assert_shows(screen, net))
    assert "Flip label of i = 0 (now 1)" in buttons(screen)

    screen.choose("data set", "circles")
    net.X, net.y = mlp.toy_data("circles", 5, np.random.default_rng(0))
    eventually(lambda: assert_shows(screen, net))

    screen.button("Reset").click()
    net = Net()
    eventually(lambda: assert_shows(screen, net))

    checkbox = screen.box.get_by_role("checkbox", name="Predict before I see")
    screen.press(checkbox, "Space")
    screen.button("Show me").wait_for()
    screen.choose("predict", "loss")
    screen.choose("answer", "it rises")
    seen = screen.read()
    screen.press(screen.button("Flip label"), "Enter")
    eventually(lambda: find(r"A change is waiting. After it: what does the loss do\?", screen.read()))
    assert screen.read().tables == seen.tables
    assert screen.read().pictures == seen.pictures
    before = mlp.loss(net.X, net.y, net.params)
    net.y[0] = 1
    rises = mlp.loss(net.X, net.y, net.params) > before
    screen.press(screen.button("Show me"), "Enter")
    eventually(lambda: assert_shows(screen, net))
    find("Right: it rises" if rises else "Not this time: it falls", screen.read())


def test_choices_of_single_explorers(fresh):
    gradients = Net().values()
    for name, dropdown, option, pattern, number in (
        ("output_layer_explorer", "class k", "1", r"G_W2\[1, 0\] = .* = ([-+\d.]+)\.", gradients["G_W2"][1, 0]),
        ("softmax_explorer", "curve along", "z1", r"G_Z\[0, 1\] = .* = ([-+\d.]+)\.", gradients["G_Z"][0, 1]),
        ("backprop_explorer", "loss along", "W1[3, 1]", r"G_W1\[3, 1\] = ([-+\d.]+)\.", gradients["G_W1"][3, 1]),
    ):
        screen = fresh(name)
        alts = [picture["alt"] for picture in screen.read().pictures]
        screen.choose(dropdown, option)
        eventually(lambda: assert_near(*find(pattern, screen.read()), number))  # noqa: B023
        assert [picture["alt"] for picture in screen.read().pictures] != alts
    assert_shows(screen, Net())


def test_the_steps_of_backprop(fresh):
    screen, net = fresh("backprop_explorer"), Net()
    for button, step in (("Next step", 2), ("Next step", 3), ("Previous step", 2)):
        screen.press(screen.button(button), "Enter")
        net.step = step
        eventually(lambda step=step: find(f"Step {step} of 9", screen.read()))
        eventually(lambda: assert_shows(screen, net))
    screen.press(screen.button("Play or pause"), "Space")
    net.step = 3
    eventually(lambda: assert_shows(screen, net))
    screen.press(screen.button("Stop"), "Space")
    net.step = 1
    eventually(lambda: assert_shows(screen, net))


def test_the_buttons_of_training(fresh):
    screen = fresh("training_explorer")
    X, y = mlp.toy_data("moons", 200, np.random.default_rng(0))
    start = mlp.init_params(np.random.default_rng(18))
    names = ["Back to step 0", "One step", "Play or pause", "Reset", "Stop, back to the start"]
    assert buttons(screen) == names

    screen.press(screen.button("One step"), "Enter", "Enter")
    two, _ = mlp.train(X, y, start, 0.5, 2)
    eventually(lambda: assert_at_step(screen, 2, X, y, two))
    screen.press(screen.button("Back to step 0"), "Space")
    eventually(lambda: assert_at_step(screen, 0, X, y, start))

    def assert_past(step):
        now = int(*find(r"Step (\d+)", screen.read()))
        assert now >= step
        return now

    screen.press(screen.button("Play or pause"), "Enter")
    eventually(lambda: assert_past(15))
    screen.press(screen.button("Play or pause"), "Enter")
    screen.page.wait_for_timeout(500)
    paused = assert_past(15)
    there, _ = mlp.train(X, y, start, 0.5, paused)
    screen.page.wait_for_timeout(500)
    assert_at_step(screen, paused, X, y, there)
    screen.press(screen.button("Stop"), "Enter")
    eventually(lambda: assert_at_step(screen, 0, X, y, start))

    screen.choose("start from", "all zeros")
    zeros = mlp.Params(*(0 * value for value in start))
    eventually(lambda: assert_at_step(screen, 0, X, y, zeros))
    screen.choose("batch size", "16")
    eventually(lambda: find("batch size 16", screen.read()))
    screen.choose("data set", "blobs")
    blobs = mlp.toy_data("blobs", 200, np.random.default_rng(0))
    eventually(lambda: assert_at_step(screen, 0, *blobs, zeros))
    screen.button("Reset").click()
    eventually(lambda: assert_at_step(screen, 0, X, y, start))
    find("Learning rate 0.5, batch size all", screen.read())


def test_the_bug_lab(fresh):
    screen = fresh("bug_lab")
    X, y = mlp.toy_data("moons", 200, np.random.default_rng(0))
    params = mlp.init_params(np.random.default_rng(18))
    assert buttons(screen) == ["Check my answer", "Reset"]

    def assert_found(case):
        backward = backward_with(CASES[case])
        facts = dict(screen.read().facts)
        for n in (1, 12):
            report = mlp.check_gradients(X[:n], y[:n], params, backward=backward)
            wrong = ", ".join(name for name, check in report.items() if not check.ok)
            assert facts[f"Gradient check, N = {n}"] == (f"wrong: {wrong}" if wrong else "passes")

    assert_found(0)
    screen.choose("backward pass", "number 3")
    eventually(lambda: assert_found(2))
    find(f"Backward pass 3 of {len(CASES)}", screen.read())
    screen.press(screen.button("Check my answer"), "Enter")
    eventually(lambda: find("Choose a step first", screen.read()))

    steps = options(screen.box.get_by_role("combobox", name="broken step"))
    truth = CASES[2].symbol if CASES[2].name != "nothing" else "nothing is broken"
    right = next(step for step in steps if truth in step)
    screen.choose("broken step", next(step for step in steps if re.match(r"\d", step) and step != right))
    screen.press(screen.button("Check my answer"), "Space")
    eventually(lambda: find("No", screen.read()))
    screen.choose("broken step", right)
    screen.button("Check my answer").click()
    eventually(lambda: find("Right!", screen.read()))
    screen.press(screen.button("Reset"), "Enter")
    eventually(lambda: find(f"Backward pass 1 of {len(CASES)}. Solved: none yet.", screen.read()))
    assert_found(0)


# ---------------------------------------------------------------- for everyone


# The focused control: its place in the tab order of its explorer, and whether its focus can be seen.
FOCUSED = """(box, controls) => {
  const focused = document.activeElement, style = getComputedStyle(focused);
  const all = [...box.querySelectorAll(controls)].filter(control => control.checkVisibility());
  return {place: all.indexOf(focused), count: all.length,
          outlined: focused.matches(':focus-visible') && style.outlineStyle !== 'none'
                    && parseFloat(style.outlineWidth) >= 1};
}"""


@every_explorer
def test_tab_reaches_every_control_in_order_with_a_visible_focus_and_a_name_of_its_own(fresh, name):
    screen = fresh(name)
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


def test_tables_have_captions_and_headers(everything):
    tables = everything.page.locator(".bp-explorer table").evaluate_all("""all => all.map(table => ({
      caption: table.caption?.textContent,
      scopes: [...table.querySelectorAll('th')].map(header => header.scope),
      bare: [...table.rows].filter(row => row.querySelectorAll('th[scope]').length === 0).length}))""")
    assert len(tables) > 30
    for table in tables:
        assert table["caption"]
        assert {*table["scopes"]} <= {"row", "col"}
        assert table["bare"] == 0


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing(everything, theme):
    from axe_playwright_python.sync_playwright import Axe

    everything.command("apputils:change-theme", theme=THEMES[theme])
    body = everything.page.locator(f"body[data-jp-theme-name='{THEMES[theme]}']")
    body.wait_for(state="attached")
    everything.page.wait_for_timeout(500)
    for checkbox in everything.page.locator(".bp-explorer input[type=checkbox]").all():
        checkbox.check()
    found = Axe().run(everything.page, context=".bp-explorer", options={"resultTypes": ["violations", "passes"]})
    assert {"color-contrast", "button-name", "aria-input-field-name"} <= {
        rule["id"] for rule in found.response["passes"]
    }
    assert found.response["violations"] == [], found.generate_report()
    everything.command("apputils:change-theme", theme=THEMES["light"])


# Everything of an explorer that is cut, or stands out of the output area, or scrolls sideways, or is squashed.
MISFITS = """box => {
  const area = box.closest('.jp-OutputArea-output'), edge = area.getBoundingClientRect();
  const parts = [area, box, ...box.querySelectorAll('*')].filter(part =>
    part.checkVisibility() && (part.matches('.noUi-target') || !part.closest('.slider-container, select, style')));
  const say = (what, part) => `${what}: ${part.tagName} ${part.className} "${part.textContent.slice(0, 20)}"`;
  return parts.flatMap(part => {
    const place = part.getBoundingClientRect();
    return [
      ...(part.clientWidth && part.scrollWidth > part.clientWidth + 1 && !part.matches('.noUi-target, svg *')
          ? [say('cut', part)] : []),
      ...(place.right > edge.right + 1 || place.left < edge.left - 1 ? [say('outside', part)] : []),
      ...(part.matches('.noUi-target') && place.width < 60 * BP ? [say('squashed', part)] : []),
    ];
  });
}"""


# The size on the screen of the smallest text in a picture.
SMALLEST = """box => Math.min(...[...box.querySelectorAll('.bp-picture')].flatMap(picture => {
  const zoom = picture.getBoundingClientRect().width / picture.viewBox.baseVal.width;
  return [...picture.querySelectorAll('text')].map(text => zoom * parseFloat(getComputedStyle(text).fontSize));
}))"""


def smallest_text(box):
    return round(box.evaluate(SMALLEST), 3)


def misfits(box, scale=1):
    return box.evaluate(MISFITS.replace("BP", str(scale)))


def choose_the_widest(screen):
    """Choose the last example and unit: their labels are the longest."""
    for label in ("example i", "hidden unit j"):
        if screen.slider(label).count():
            screen.press(screen.slider(label), "End")
    screen.page.wait_for_timeout(200)


def test_an_explorer_fits_the_page(everything):
    for box in everything.page.locator(".bp-explorer").all():
        choose_the_widest(Screen(everything.page, box))
    for width in (900, 1280, 1440, 1920):
        everything.page.set_viewport_size({"width": width, "height": 1000})
        everything.page.wait_for_timeout(500)
        for box in everything.page.locator(".bp-explorer").all():
            assert misfits(box) == [], width
            assert smallest_text(box) >= 11, width


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


@pytest.fixture(scope="module")
def projector(run):
    """Every explorer at the size for a projector, on a screen with two pixels a CSS pixel."""
    cells = (f"from explorers import {name}; {name}(scale=1.6)" for name in explorers.__all__)
    return run("projector.ipynb", *cells, width=1280, height=720, device_scale_factor=2)


@every_explorer
def test_an_explorer_fits_a_projector_with_each_control_beside_a_picture_and_readable(projector, name):
    box = projector.page.locator(".bp-explorer").nth(explorers.__all__.index(name))
    choose_the_widest(Screen(projector.page, box))
    assert misfits(box, scale=1.6) == []
    assert box.evaluate(ALONE, CONTROLS) == []
    assert smallest_text(box) >= 11 * 1.6

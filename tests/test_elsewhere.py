"""The explorers in Notebook 7, in Voilà, which shows a notebook as a page without code, and in an executed HTML page;
in Firefox and in Safari's engine: the ways to move a number, each once."""

import pytest
from lab import BAD_CELLS, PATIENCE, ROOT, WIDGETS_STAND, lab_server, open_notebook
from pages import export
from screens import DRAWN, Screen, assert_shows, eventually, sent
from static_site import KERNEL_IS_THERE
from test_hands import assert_lit, lit

import explorers

pytestmark = pytest.mark.slow

CHOSEN = {"forward_explorer": ("A1", 3, 7), "backprop_explorer": ("G_H", 2, 5)}
NOTEBOOK_IS_THERE = "() => window.jupyterapp?.shell.currentWidget?.context?.isReady"


class Visit:
    """A notebook on a page of JupyterLab, or of the site."""

    def __init__(self, page, url, path):
        self.page, self.url = page, url
        self.open(path)

    def open(self, path):
        self.page.goto(self.url + path)
        self.page.wait_for_function(NOTEBOOK_IS_THERE)

    def run_all(self):
        self.page.wait_for_function(KERNEL_IS_THERE)
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.page.wait_for_function(WIDGETS_STAND)
        assert self.page.evaluate(BAD_CELLS) == []

    def close(self):
        self.page.close()


def assert_can_be_moved(screen, name):
    """By a slider, a point by hand and by key; and a cell says its sum."""
    twin, (symbol, row, column) = getattr(explorers, name)(), CHOSEN[name]
    screen.press(screen.button("Reset"), "Enter")
    eventually(assert_shows, screen, twin)
    screen.press(screen.slider(twin.controls["x1"].description), *["ArrowRight"] * 3)
    twin.controls["x1"].value += 0.03
    eventually(lambda: assert_shows(screen, twin))

    assert_dragged(screen, twin, twin.X[2] + screen.drag("point 2", (31, -23), steps=60))

    screen.box.locator(f"[data-symbol='{symbol}'] tbody tr").nth(row).locator("td").nth(column).click()
    twin.touch("entry", symbol, row, column)
    eventually(lambda: assert_shows(screen, twin))
    eventually(lambda: assert_lit(screen, twin))


def assert_dragged(screen, twin, there):
    """Point 2 has been dragged there; from there a key moves it, after which all that is shown is compared."""

    def assert_sent(there):
        assert sent(screen, "point 2") == pytest.approx(there, abs=1.5e-3)

    eventually(lambda: assert_sent(there))
    twin.touch("point", 2, *sent(screen, "point 2"))
    screen.press(screen.box.locator("[data-touch='point 2']"), "ArrowUp")
    eventually(lambda: assert_sent(twin.X[2] + (0, 0.04)))
    twin.touch("point", 2, *sent(screen, "point 2"))
    eventually(lambda: assert_shows(screen, twin))


def assert_is_at_hand(screen):
    """On a phone and two tablets, letters have 11 pixels, all can be scrolled to, and a finger drags."""
    page, line = screen.page, screen.page.context.new_cdp_session(screen.page)
    for width, height in ((390, 844), (820, 1180), (1024, 768)):
        twin = explorers.backprop_explorer()
        screen.press(screen.button("Reset"), "Enter")
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(DRAWN)
        eventually(assert_shows, screen, twin)
        eventually(assert_is_readable, screen)
        x, y = screen.place("point 2").tolist()
        there = screen.data("point 2", (x + 24, y - 24))
        for kind, points in (("Start", [0]), ("Move", [8]), ("Move", [16]), ("Move", [24]), ("End", [])):
            points = [{"x": x + moved, "y": y - moved} for moved in points]
            line.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
        assert_dragged(screen, twin, there)


def assert_is_readable(screen):
    assert screen.look("letters", 11) == screen.look("unreachable") == []


def test_in_notebook_7(chromium):
    with lab_server() as seven:  # one that has served fonts to Notebook 7 refuses them to JupyterLab
        notebook = open_notebook(chromium, seven._replace(url=seven.url.removesuffix("/lab")), "01_forward_pass.ipynb")
        assert notebook.page.url.endswith("/notebooks/01_forward_pass.ipynb"), "its own page, and not JupyterLab's"
        notebook.run_all()
        assert notebook.page.evaluate(BAD_CELLS) == []
        assert_can_be_moved(Screen(notebook.page, notebook.page.locator(".bp-explorer")), "forward_explorer")
        notebook.close()


def test_in_voila_on_a_phone_and_tablets_and_by_mouse(voila, chromium):
    view = {"viewport": {"width": 390, "height": 844}}
    start = chromium.new_context(has_touch=True, is_mobile=True, **view).new_page()
    start.goto(voila)
    with start.expect_popup() as opened:
        start.get_by_text("06_end_to_end.ipynb", exact=True).click(timeout=1000 * PATIENCE)
    page = opened.value
    page.locator(".bp-explorer").wait_for(timeout=1000 * PATIENCE)
    page.locator("mjx-container").first.wait_for()
    assert "import " not in page.inner_text("body"), "a page without code"
    screen = Screen(page, page.locator(".bp-explorer"))
    assert_is_at_hand(screen)
    assert_can_be_moved(screen, "backprop_explorer")
    page.context.close()


def test_in_jupyterlab_in_firefox(lab, firefox):
    Visit(firefox, lab.url, "/tree/06_end_to_end.ipynb?reset").run_all()
    assert_can_be_moved(Screen(firefox, firefox.locator(".bp-explorer")), "backprop_explorer")
    assert firefox.errors() == []


def test_in_voila_in_safaris_engine(voila, webkit):
    webkit.goto(f"{voila}/voila/render/06_end_to_end.ipynb")
    assert_can_be_moved(Screen(webkit, webkit.locator(".bp-explorer")), "backprop_explorer")
    assert [error for error in webkit.errors() if "@jupyterlab/docregistry" not in error] == [], "but for Voilà's own"


def test_a_page_without_a_kernel_lights_where_a_number_comes_from(chromium, cdn, tmp_path):
    export("html", tmp_path, [ROOT / "notebooks/03_output_layer.ipynb"], "--execute")
    page = chromium.new_page()
    cdn(page)
    page.goto((tmp_path / "03_output_layer.html").as_uri(), wait_until="domcontentloaded")
    screen = Screen(page, page.locator(".bp-explorer"))
    screen.box.locator("[data-symbol='G_W2'] tbody tr").first.locator("td").nth(5).click()
    assert lit(screen, "bp-from") == {
        (symbol, i, column) for i in range(5) for symbol, column in (("G_Z", 0), ("H", 5))
    }
    assert screen.box.locator("button:visible, select:visible, [role=slider]:visible, .bp-sum:visible").count() == 0
    page.close()

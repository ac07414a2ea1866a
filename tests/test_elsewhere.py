"""The explorers in Notebook 7, in Voilà, which shows a notebook as a page without code, and in an executed HTML page;
in Firefox and in Safari's engine: the ways to move a number, each once."""

import numpy as np
import pytest
from lab import BAD_CELLS, PATIENCE, ROOT, WIDGETS_STAND, lab_server, open_notebook
from pages import export
from screens import DRAWN, Screen, assert_lit, assert_shows, eventually, lit, sent
from static_site import KERNEL_IS_THERE

import explorers

pytestmark = pytest.mark.slow

CHOSEN = {"forward_explorer": ("A1", 3, 7), "backprop_explorer": ("G_H", 2, 5)}
PHONE = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 844}}
NOTEBOOK_IS_THERE = "() => window.jupyterapp?.shell.currentWidget?.context?.isReady"


def open_there(page, address):
    """Open a notebook of the site."""
    page.goto(address)
    page.wait_for_function(NOTEBOOK_IS_THERE)


def run_all(page):
    page.wait_for_function(KERNEL_IS_THERE)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(WIDGETS_STAND)
    assert page.evaluate(BAD_CELLS) == []


def assert_can_be_moved(page, name):
    """By a slider, a point by hand and by key; and a cell says its sum."""
    screen, twin, (symbol, row, column) = Screen(page), getattr(explorers, name)(), CHOSEN[name]
    eventually(assert_shows, screen, twin)
    screen.press(twin.controls["x1"].description, *["ArrowRight"] * 3)
    twin.controls["x1"].value += 0.03
    eventually(assert_shows, screen, twin)

    assert_dragged(screen, twin, twin.X[2] + screen.drag("point 2", (31, -23), steps=60))

    screen.click(f"cell {symbol} {row} {column}")
    twin.touch("entry", symbol, row, column)
    eventually(assert_shows, screen, twin)
    eventually(assert_lit, screen, twin)


def assert_dragged(screen, twin, there):
    """Point 2 has been dragged there; from there a key moves it, after which all that is shown is compared."""
    eventually(lambda: sent(screen, "point 2") == pytest.approx(there, abs=1.5e-3))
    twin.touch("point", 2, *sent(screen, "point 2"))
    screen.press("point 2", "ArrowUp")
    eventually(lambda: sent(screen, "point 2") == pytest.approx(twin.X[2] + (0, 0.04), abs=1.5e-3))
    twin.touch("point", 2, *sent(screen, "point 2"))
    eventually(assert_shows, screen, twin)


def assert_is_at_hand(page):
    """On a phone and two tablets, letters have 11 pixels, all can be scrolled to, and a finger drags."""
    screen = Screen(page)
    for width, height in ((390, 844), (820, 1180), (1024, 768)):
        twin = explorers.backprop_explorer()
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(DRAWN)
        eventually(assert_shows, screen, twin)
        eventually(lambda: screen.look("letters", 11) == screen.look("unreachable") == [])
        start, way = screen.place("point 2"), np.array([8, -8])
        there = screen.data("point 2", start + 3 * way)
        screen.fingers("Start", start)
        for n in (1, 2, 3):
            screen.fingers("Move", start + n * way)
        screen.fingers("End")
        assert_dragged(screen, twin, there)
        screen.press("Reset", "Enter")
        eventually(assert_shows, screen, explorers.backprop_explorer())


def test_in_notebook_7(chromium):
    with lab_server() as seven:  # one that has served fonts to Notebook 7 refuses them to JupyterLab
        notebook = open_notebook(chromium, seven._replace(url=seven.url.removesuffix("/lab")), "01_forward_pass.ipynb")
        assert notebook.page.url.endswith("/notebooks/01_forward_pass.ipynb"), "its own page, and not JupyterLab's"
        notebook.run_all()
        assert notebook.page.evaluate(BAD_CELLS) == []
        assert_can_be_moved(notebook.page, "forward_explorer")
        notebook.close()


def test_in_jupyterlab_in_firefox(lab, firefox):
    notebook = open_notebook(firefox, lab, "06_end_to_end.ipynb")
    notebook.run_all()
    assert_can_be_moved(notebook.page, "backprop_explorer")
    assert notebook.problems() == []
    notebook.close()


def test_in_voila_on_a_phone_and_tablets_and_by_mouse(voila, chromium):
    page = chromium.new_context(**PHONE).new_page()
    page.goto(f"{voila}/voila/render/06_end_to_end.ipynb")
    page.locator(".bp-explorer").wait_for(timeout=1000 * PATIENCE)
    page.locator("mjx-container").first.wait_for()
    assert "import " not in page.inner_text("body"), "a page without code"
    assert_is_at_hand(page)
    assert_can_be_moved(page, "backprop_explorer")
    page.context.close()


def test_in_voila_in_safaris_engine(voila, webkit):
    webkit.goto(f"{voila}/voila/render/06_end_to_end.ipynb")
    assert_can_be_moved(webkit, "backprop_explorer")
    assert [error for error in webkit.errors() if "@jupyterlab/docregistry" not in error] == [], "but for Voilà's own"


def test_a_page_without_a_kernel_lights_where_a_number_comes_from(chromium, cdn, tmp_path):
    export("html", tmp_path, [ROOT / "notebooks/03_output_layer.ipynb"], "--execute")
    page = chromium.new_page()
    cdn(page)
    page.goto((tmp_path / "03_output_layer.html").as_uri(), wait_until="domcontentloaded")
    screen = Screen(page)
    screen.click("cell G_W2 0 5")
    assert lit(screen, "bp-from") == {
        (symbol, i, column) for i in range(5) for symbol, column in (("G_Z", 0), ("H", 5))
    }
    assert screen.box.locator("button:visible, select:visible, [role=slider]:visible, .bp-sum:visible").count() == 0
    page.close()

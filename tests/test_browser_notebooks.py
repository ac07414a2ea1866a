"""The notebooks in JupyterLab, in a real browser: read before they have run, run, and run again."""

from lab import ROOT, open_notebook
from playwright.sync_api import expect
from screens import Screen, assert_shows, eventually, use, write
from test_reading import BROKEN, count_answers, formulas, markdown

import explorers


def test_a_notebook_reads_as_a_chapter_and_runs_and_runs_again_after_a_reload_and_after_a_restart(lab, chromium):
    path = ROOT / "notebooks/01_forward_pass.ipynb"
    notebook = open_notebook(chromium, lab, path.name)
    counts = {"mjx-container": sum(len(list(formulas(source))) for _, source in markdown(path))}
    counts |= {"mjx-merror, [data-mjx-error]": 0, "details": count_answers(path), "details[open]": 0}
    for parts, count in counts.items():
        expect(notebook.page.locator(".jp-Notebook").locator(parts)).to_have_count(count)
    assert not [broken for broken in BROKEN if broken in notebook.page.inner_text(".jp-Notebook")]
    for again in (lambda: None, notebook.reload, notebook.restart):
        again()
        notebook.run_all()
        assert notebook.problems() == []
        box = notebook.page.locator(".bp-explorer")
        pictures = box.locator(".bp-picture[role=group]:visible")
        assert pictures.count() and all(len(picture.get_attribute("aria-label")) > 20 for picture in pictures.all())
        Screen(notebook.page).look("quiet")  # JupyterLab's debugger asks, too
    notebook.close()


def test_two_notebooks_at_once_and_an_explorer_shown_twice_do_not_disturb_each_other(lab, run):
    cell = "from explorers import backprop_explorer; both = backprop_explorer()"
    notebook = run("one.ipynb", cell, "both", "both", width=1900)
    write(lab, "two.ipynb", "from explorers import backprop_explorer; backprop_explorer(scale=1.25)")
    notebook.open("two.ipynb", mode="split-right")
    notebook.run_all()
    screens = [Screen(notebook.page, n) for n in range(3)]
    twins = [explorers.backprop_explorer()] * 2 + [explorers.backprop_explorer()]
    for moved, control in ((0, "x1"), (2, "b1"), (1, "W2_0")):
        use(screens[moved], twins[moved].controls[control])
        for screen, twin in zip(screens, twins, strict=True):
            eventually(assert_shows, screen, twin)
    assert notebook.problems() == []


BLOCK = """() => document.head.insertAdjacentHTML('beforeend',
  `<meta http-equiv="Content-Security-Policy" content="script-src-attr 'none'">`)"""


def test_where_a_page_blocks_scripts_each_slider_still_moves_every_number(lab, chromium):
    cell = "from explorers import relu_explorer; relu_explorer()"
    notebook = open_notebook(chromium, lab, write(lab, "blocked.ipynb", cell))
    notebook.page.evaluate(BLOCK)
    notebook.run_all()
    screen, twin = Screen(notebook.page), explorers.relu_explorer()
    assert screen.box.locator("[data-touch]").count() > 20
    assert screen.box.locator("[data-touch][tabindex]").count() == 0, "the page's script has not run"
    moves = {control.description: control for control in twin.controls.values() if hasattr(control, "readout_format")}
    for slider in eventually(assert_shows, screen, twin).sliders:
        screen.press(slider["label"], *["ArrowRight"] * 3)
        moves[slider["label"]].value += 3 * moves[slider["label"]].step
        eventually(assert_shows, screen, twin)
    notebook.close()

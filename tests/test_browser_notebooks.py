"""The notebooks in JupyterLab, in a real browser: read before they have run, run, and run again."""

import pytest
from lab import open_notebook
from pages import PATHS
from screens import Net, Screen, assert_shows, eventually, write
from test_reading import BROKEN, count_answers, formulas, load, markdown

READ = """() => {
  const page = document.querySelector('.jp-Notebook');
  return {
    text: page.innerText,
    pictures: [...page.querySelectorAll('.jp-OutputArea img')].map(img => img.naturalWidth),
    formulas: page.querySelectorAll('mjx-container').length,
    bad: page.querySelectorAll('mjx-merror, [data-mjx-error]').length,
    answers: page.querySelectorAll('details').length,
    open: page.querySelectorAll('details[open]').length,
  };
}"""


def assert_reads_as_a_chapter(notebook, path):
    outputs = [output for cell in load(path).cells for output in cell.get("outputs", [])]
    wanted = sum(len(list(formulas(source))) for _, source in markdown(path))
    notebook.page.wait_for_function(
        "wanted => document.querySelectorAll('.jp-Notebook mjx-container').length >= wanted", arg=wanted
    )
    shown = notebook.page.evaluate(READ)
    assert not [broken for broken in BROKEN if broken in shown["text"]]
    data = [output.get("data", {}) for output in outputs]
    assert len(shown["pictures"]) == sum("image/png" in kinds for kinds in data)
    said = [kinds["text/plain"].splitlines()[0] for kinds in data if "image/svg+xml" in kinds]
    assert all(line in shown["text"] for line in said), "JupyterLab shows SVG once a notebook is trusted or run"
    assert all(shown["pictures"])
    assert (shown["formulas"], shown["bad"]) == (wanted, 0)
    assert (shown["answers"], shown["open"]) == (count_answers(path), 0)


def assert_runs(notebook):
    notebook.run_all()
    assert notebook.problems() == []
    box = notebook.page.locator(".bp-explorer")
    assert box.count() == 1
    pictures = Screen(notebook.page, box).box.locator(".bp-picture")
    assert pictures.count() > 0
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        assert picture.is_visible()
        assert len(picture.get_attribute("aria-label")) > 20


@pytest.fixture(scope="module")
def jupyterlab(lab, chromium):
    """A page in which one notebook after the other is opened."""
    notebook = open_notebook(chromium, lab, PATHS[0].name)
    yield notebook
    notebook.page.context.close()


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_notebook_reads_as_a_chapter_and_runs_and_runs_again(jupyterlab, path):
    """The first one again after a reload of the page, and after a restart."""
    jupyterlab.open(path.name)
    assert_reads_as_a_chapter(jupyterlab, path)
    assert_runs(jupyterlab)
    for again in (jupyterlab.reload, jupyterlab.restart) if path == PATHS[0] else ():
        again()
        assert_runs(jupyterlab)
    jupyterlab.leave()


def test_problems_are_seen(lab, chromium):
    cells = ("print('fine')", "import sys; print('careful', file=sys.stderr)", "1 / 0")
    notebook = open_notebook(chromium, lab, write(lab, "bad.ipynb", *cells))
    notebook.run_all()
    notebook.page.evaluate("() => console.error('this page is broken')")
    assert notebook.problems() == [
        "cell 1: stderr: careful\n",
        "cell 2: ZeroDivisionError: division by zero",
        "this page is broken",
    ]
    notebook.close()


def move_and_look(screens, nets, *moves):
    """Move sliders by key, three steps each, and see what every screen shows; return it."""
    for index, label in moves:
        screens[index].press(screens[index].slider(label), *["ArrowRight"] * 3)
        nets[index].move(label, 3)
        shown = [
            eventually(lambda screen=screen, net=net: assert_shows(screen, net))
            for screen, net in zip(screens, nets, strict=True)
        ]
    return shown


def test_two_notebooks_at_once_do_not_disturb_each_other(lab, run):
    notebook = run("one.ipynb", "from explorers import relu_explorer; relu_explorer()", width=1900)
    write(lab, "two.ipynb", "from explorers import relu_explorer; relu_explorer(scale=1.25)")
    notebook.open("two.ipynb", mode="split-right")
    notebook.run_all()
    screens = [Screen(notebook.page, notebook.page.locator(".bp-explorer").nth(index)) for index in range(2)]
    move_and_look(screens, [Net(), Net()], (0, "x1 of i = 0"), (1, "b1[0]"), (0, "W2[0, 0]"))
    sizes = [screen.box.locator("p").first.evaluate("words => getComputedStyle(words).fontSize") for screen in screens]
    assert sizes == ["13px", "16.25px"]
    assert notebook.problems() == []


def test_an_explorer_shown_twice_stays_in_step(run):
    notebook = run("twice.ipynb", "from explorers import backprop_explorer; both = backprop_explorer()", "both", "both")
    screens = [Screen(notebook.page, notebook.page.locator(".bp-explorer").nth(index)) for index in range(2)]
    net = Net()
    for move in (0, "x1 of i = 0"), (1, "W2[0, 0]"):
        first, second = move_and_look(screens, [net, net], move)
        assert first == second


BLOCK = """() => document.head.insertAdjacentHTML('beforeend',
  `<meta http-equiv="Content-Security-Policy" content="script-src-attr 'none'">`)"""


def test_where_a_page_blocks_scripts_each_slider_still_moves_every_number(lab, chromium):
    cell = "from explorers import relu_explorer; relu_explorer()"
    notebook = open_notebook(chromium, lab, write(lab, "blocked.ipynb", cell))
    notebook.page.evaluate(BLOCK)
    notebook.run_all()
    screen, net = Screen(notebook.page, notebook.page.locator(".bp-explorer")), Net()
    assert screen.box.locator("[data-touch]").count() > 20
    assert screen.box.locator("[data-touch][tabindex]").count() == 0, "the page's script has not run"
    for n, slider in enumerate(eventually(lambda: assert_shows(screen, net)).sliders):
        if slider["label"] not in ("example i", "hidden unit j"):
            screen.press(screen.box.locator(".noUi-handle").nth(n), *["ArrowRight"] * 3)
            net.move(slider["label"], 3)
            eventually(lambda: assert_shows(screen, net))
    notebook.close()

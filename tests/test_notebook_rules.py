"""Each rule for notebooks, and another run, passes a good notebook and notices a bad one; and how one is refreshed."""

import nbformat
import pytest
import test_notebooks as rules
import test_runs as runs
from refresh_notebooks import WIDGET_VIEW, as_text, main, refresh

PAGE = """# Add two numbers

![a plane](picture.png) and `[not](a_link)` and $G[i](j)$
"""
SET_UP = """import numpy as np
from checker import check_answer, check_slopes
from mlp_helpers import backward, init_params

X, y, params = np.eye(2), [0, 1], init_params(np.random.default_rng(0))"""
FIRST = """def my_G_H(G_Z, W2):
    return ...


check_answer("G_H", my_G_H, X, y, params)"""
SECOND = """A = np.ones((2, 3))
my_gradient = ...

check_slopes(my_gradient, lambda A: (A**2).sum(), A)"""
FIRST_SOLUTION = "def my_G_H(G_Z, W2):\n    return G_Z @ W2"
DETAILS = "<details>\n<summary>Solution</summary>\n\n```python\n{}\n```\n\nBecause.\n\n</details>"
CELLS = {  # those with "text" in their id are Markdown
    "text-page": PAGE,
    "print": "a = 1\nprint('a =', a)",
    "show": "a + 2",
    "set-up": SET_UP,
    "first": FIRST,
    "text-first": DETAILS.format(FIRST_SOLUTION),
    "second": SECOND,
    "text-second": DETAILS.format("my_gradient = 2 * A"),
    "after": "backward(X, y, params).G_b2.shape",
    "text-end": "Next: [the second](02_second.ipynb)",
}
CODE = [name for name in CELLS if "text" not in name]


def cell(nb, name):
    return nb.cells[list(CELLS).index(name)]


def append(name, text):
    def change(nb):
        cell(nb, name).source += text

    return change


def swap(name, old, new):
    def change(nb):
        assert old in cell(nb, name).source
        cell(nb, name).source = cell(nb, name).source.replace(old, new)

    return change


def update(name, **changes):
    return lambda nb: cell(nb, name).update(changes)


def output(**changes):
    return lambda nb: cell(nb, "print").outputs[0].update(changes)


def metadata(name, **changes):
    return lambda nb: cell(nb, name).metadata.update(nbformat.from_dict(changes))


BROKEN = [
    (rules.run_in_order, update("show", execution_count=5)),
    (rules.run_in_order, update("print", execution_count=None)),
    (rules.has_outputs, lambda nb: [cell(nb, name).update(outputs=[]) for name in CODE]),
    (rules.no_errors, output(name="stderr", text="a warning")),
    (rules.no_errors, output(output_type="error", ename="ValueError")),
    (rules.small, output(text="7" * 300_000)),
    (rules.clean_file, lambda nb: nb.metadata.update(widgets={})),
    (rules.clean_file, metadata("text-page", collapsed=True)),
    (rules.clean_file, lambda nb: cell(nb, "show").outputs[0].data.update({WIDGET_VIEW: {"model_id": "1"}})),
    (rules.stable_ids, lambda nb: nb.update(nbformat_minor=4)),
    (rules.stable_ids, lambda nb: cell(nb, "print").pop("id")),
    (rules.stable_ids, update("print", id="not valid")),
    (rules.stable_ids, update("print", id="show")),
    (rules.short_cells, append("print", "\n1" * 20)),
    (rules.short_cells, lambda nb: [cell(nb, name).update(source="1\n2\n3\n4\n5") for name in CODE]),
    (rules.allowed_code, append("print", "\nimport sys; sys.path.append('..')")),
    (rules.allowed_code, append("print", "\nfrom numpy import *")),
    (rules.allowed_code, append("print", "\n%matplotlib inline")),
    (rules.allowed_code, append("print", "\n!pip install numpy")),
    (rules.allowed_code, append("print", "\nimport urllib.request")),
    (rules.allowed_code, append("print", "\nfrom IPython.display import Javascript")),
    (rules.allowed_code, append("print", "\n# NBVAL_IGNORE_OUTPUT")),
    (rules.allowed_code, append("print", "\ninteract(print, x=1)")),
    (rules.allowed_code, metadata("print", tags=["nbval-skip"])),
    (rules.portable_outputs, output(text="/root/notebooks")),
    (rules.portable_outputs, output(text="saved in C:\\Users")),
    (rules.portable_outputs, output(text="<Line2D object at 0x7f3a2b1c>")),
    (rules.slides, metadata("text-page", slideshow={"slide_type": "page"})),
    (rules.slides, lambda nb: cell(nb, "print").metadata.pop("slideshow")),
    (rules.alt_texts, append("text-page", "![](picture.png)")),
    (rules.alt_texts, append("text-page", '<img src="picture.png">')),
    (rules.leads_on, update("text-end", source="The end")),
    (rules.outputs_say_not_attempted, update("first", outputs=[])),
    (rules.outputs_say_not_attempted, lambda nb: cell(nb, "second").outputs[0].data.update({"text/plain": "Correct."})),
    (rules.solutions_below, swap("text-first", "```python", "```")),
    (rules.solutions_below, swap("text-first", "<details>", "")),
    (rules.solutions_below, swap("text-first", "<details>", "<details open>")),
    (rules.solutions_below, update("text-second", source="The end")),
    (rules.solutions_below, swap("second", "(A**2).sum(), A)", "[(A**2).sum(), ...][0], A)")),
    (rules.nothing_depends_on_an_exercise, swap("after", "X, y", "X, my_gradient")),
    (rules.nothing_depends_on_an_exercise, swap("after", "backward(X, y, params)", "my_G_H(X, params.W2)")),
    (rules.nothing_depends_on_an_exercise, swap("after", "X, y", "A, y")),
    (rules.two_to_four, swap("second", "...", "2 * A")),
    (rules.two_to_four, lambda nb: nb.cells.extend(nb.cells[4:8] * 2)),
]


@pytest.fixture(scope="module")
def good_text(tmp_path_factory):
    path = tmp_path_factory.mktemp("good") / "01_first.ipynb"
    v4 = nbformat.v4
    makers = [v4.new_markdown_cell if "text" in name else v4.new_code_cell for name in CELLS]
    cells = [make(source, id=name) for make, (name, source) in zip(makers, CELLS.items(), strict=True)]
    for made in cells:
        made.metadata["slideshow"] = {"slide_type": "slide"}
    path.write_text(as_text(v4.new_notebook(cells=cells)), encoding="utf-8")
    refresh(path)
    return path.read_text(encoding="utf-8")


@pytest.fixture
def path(tmp_path, good_text):
    """A small good notebook, executed, with the notebook that it leads on to."""
    (tmp_path / "02_second.ipynb").touch()
    (tmp_path / "01_first.ipynb").write_text(good_text, encoding="utf-8", newline="\n")
    return tmp_path / "01_first.ipynb"


def change(path, *spoil):
    nb = rules.load(path)
    for one in spoil:
        one(nb)
    path.write_text(as_text(nb), encoding="utf-8")


@pytest.mark.slow
def test_a_good_notebook_passes_and_refreshing_it_changes_nothing(path):
    assert [problem for rule in rules.RULES for problem in rule(rules.load(path), path)] == []
    assert list(runs.problems(path)) == []
    before = path.read_bytes()
    refresh(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(("rule", "spoil"), BROKEN, ids=lambda f: getattr(f, "__name__", None))
def test_each_rule_notices(path, rule, spoil):
    change(path, spoil)
    assert list(rule(rules.load(path), path))


def test_every_rule_is_tried():
    assert {rule for rule, _ in BROKEN} == set(rules.RULES)


@pytest.mark.slow
def test_what_another_run_shows_otherwise_is_noticed(path):
    """A cell that counts its runs, one that counts those of the kernel, one that was edited, and wrong solutions."""
    spoil = [update("print", source="a = 1"), update("show", source="a += 1\na")]
    spoil += [append("set-up", "\nb = globals().get('b', 0) + 1\nb")]
    spoil += [swap("text-first", "G_Z @ W2", "2 * G_Z @ W2"), swap("text-second", "2 * A", "...")]
    change(path, *spoil)
    refresh(path)
    change(path, lambda nb: cell(nb, "after").outputs[0].data.update({"text/plain": "(3,)"}))
    where = {problem.split(":")[0] for problem in runs.problems(path)}
    assert where == {f"cell {list(CELLS).index(name)}" for name in ("show", "set-up", "first", "second", "after")}


@pytest.mark.slow
def test_a_notebook_that_raises_is_reported_and_left_as_it_was(path, capsys):
    change(path, update("show", source="1 / 0"))
    before = path.read_bytes()
    assert main([str(path)]) == "Not saved: 01_first.ipynb"
    assert "ZeroDivisionError" in capsys.readouterr().out
    assert path.read_bytes() == before
    assert "ZeroDivisionError" in next(runs.problems(path))


@pytest.mark.slow
def test_a_widget_is_saved_as_its_picture_and_text(path):
    change(path, update("show", source="import ipywidgets\nipywidgets.IntSlider(description='w')"))
    refresh(path)
    (saved,) = cell(rules.load(path), "show").outputs
    assert set(saved.data) == {"text/plain"}
    assert "description='w'" in saved.data["text/plain"]

"""How notebooks are refreshed. breaks.py sees that each rule for notebooks, in test_notebooks.py, notices a bad one."""

import nbformat
import pytest
from refresh_notebooks import as_text, main, refresh
from test_notebooks import RULES, load
from test_runs import problems

CELLS = ["a = 1\nprint('a =', a)", "a + 2"]


@pytest.fixture
def path(tmp_path):
    """A small good notebook, executed."""
    path = tmp_path / "09_good.ipynb"
    makers = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell, nbformat.v4.new_code_cell
    slide = {"slideshow": {"slide_type": "slide"}, "collapsed": True}
    texts = enumerate(["# Add two numbers", *CELLS])
    cells = [make(text, id=f"cell-{n}", metadata=slide) for make, (n, text) in zip(makers, texts, strict=True)]
    path.write_text(as_text(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    refresh(path)
    return path


def exchange(path, old, new):
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8", newline="\n")


@pytest.mark.slow
def test_a_refreshed_notebook_keeps_every_rule_and_refreshing_it_again_changes_nothing(path):
    assert [problem for rule in RULES for problem in rule(load(path), path)] == []
    assert list(problems(path)) == []
    before = path.read_bytes()
    refresh(path)
    assert path.read_bytes() == before


@pytest.mark.slow
def test_a_notebook_that_raises_is_reported_and_left_as_it_was(path, capsys):
    exchange(path, "a + 2", "1 / 0")
    before = path.read_bytes()
    assert main([str(path)]) == "Not saved: 09_good.ipynb"
    assert "ZeroDivisionError" in capsys.readouterr().out
    assert path.read_bytes() == before
    assert "ZeroDivisionError" in next(problems(path))


@pytest.mark.slow
def test_a_widget_is_saved_as_its_picture_and_text(path):
    exchange(path, "a + 2", "import ipywidgets\\nipywidgets.IntSlider(description='w')")
    refresh(path)
    (saved,) = load(path).cells[-1].outputs
    assert set(saved.data) == {"text/plain"} and "description='w'" in saved.data["text/plain"]

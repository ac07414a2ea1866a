"""Each rule for notebooks, and another run, passes a good notebook and notices a bad one; and how one is refreshed."""

import nbformat
import pytest
import test_notebooks as rules
import test_runs as runs
from refresh_notebooks import WIDGET_VIEW, as_text, main, refresh

SET_UP = """import numpy as np
from checker import check_answer, check_slopes
from mlp_helpers import backward, init_params

X, y, params = np.eye(2), [0, 1], init_params(np.random.default_rng(0))"""
DETAILS = "<details>\n<summary>Solution</summary>\n\n```python\n{}\n```\n\nBecause.\n\n</details>"
CELLS = {  # those with "text" in their id are Markdown
    "text-page": "# Add two numbers\n\n![a plane](picture.png)",
    "print": "a = 1\nprint('a is', a)",
    "show": "a + 2",
    "set-up": SET_UP,
    "first": "def my_G_H(G_Z, W2):\n    return ...\n\n\ncheck_answer('G_H', my_G_H, X, y, params)",
    "text-first": DETAILS.format("def my_G_H(G_Z, W2):\n    return G_Z @ W2"),
    "second": "my_gradient = ...\n\ncheck_slopes(my_gradient, lambda A: (A**2).sum(), np.ones(3))",
    "text-second": DETAILS.format("my_gradient = 2 * np.ones(3)"),
    "after": "backward(X, y, params).G_b2.shape",
    "text-end": "Next: [the second](02_second.ipynb)",
}

BROKEN = [  # the rule, and what to exchange in the notebook's file
    (rules.run_in_order, '"execution_count": 2', '"execution_count": 5'),
    (rules.run_in_order, '"execution_count": 1', '"execution_count": null'),
    (rules.no_errors, '"stdout"', '"stderr"'),
    (rules.no_errors, '"stream"', '"error", "ename": "ValueError"'),
    (rules.small, "a = 1", "7" * 300_000),
    (rules.clean_file, '"nbformat": 4', '"nbformat":  4'),
    (rules.clean_file, '"kernelspec"', '"widgets": {}, "kernelspec"'),
    (rules.clean_file, '"slideshow"', '"collapsed": true, "slideshow"'),
    (rules.clean_file, '"text/plain"', f'"{WIDGET_VIEW}": {{}}, "text/plain"'),
    (rules.stable_ids, '"nbformat_minor": 5', '"nbformat_minor": 4'),
    (rules.stable_ids, '"id": "print",', ""),
    (rules.stable_ids, '"id": "print"', '"id": "not valid"'),
    (rules.stable_ids, '"id": "print"', '"id": "show"'),
    (rules.short_cells, "a + 2", "a + 2" + "\\n1" * 20),
    (rules.short_cells, '"source": [', '"source": ["1\\n", "2\\n", "3\\n", "4\\n",'),
    *[
        (rules.allowed_code, "a + 2", code)
        for code in (
            "import sys; sys.path.append('..')",
            "from numpy import *",
            "%matplotlib inline",
            "!pip install numpy",
            "import urllib.request",
            "from IPython.display import Javascript",
            "# NBVAL_IGNORE_OUTPUT",
            "interact(print, x=1)",
        )
    ],
    (rules.allowed_code, '"slideshow"', '"tags": ["nbval-skip"], "slideshow"'),
    (rules.portable_outputs, '"a is 1\\n"', '"/root/notebooks"'),
    (rules.portable_outputs, '"a is 1\\n"', '"saved in C:\\\\Users"'),
    (rules.portable_outputs, '"a is 1\\n"', '"<Line2D object at 0x7f3a2b1c>"'),
    (rules.slides, '"slide_type": "slide"', '"slide_type": "page"'),
    (rules.slides, '"slideshow"', '"slides"'),
    (rules.alt_texts, "![a plane]", "![]"),
    (rules.alt_texts, "![a plane](picture.png)", "<img src='picture.png'>"),
    (rules.leads_on, "02_second", "03_third"),
    (rules.outputs_say_not_attempted, rules.NOT_ATTEMPTED.diagnosis, "Correct."),
    (rules.solutions_below, "```python", "```"),
    (rules.solutions_below, "<details>", ""),
    (rules.solutions_below, "<details>", "<details open>"),
    (rules.solutions_below, "(A**2).sum()", "[(A**2).sum(), ...][0]"),
    (rules.two_to_four, "my_gradient = ...", "my_gradient = 2"),
]


def exchange(path, *pairs):
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8", newline="\n")


@pytest.fixture(scope="module")
def good_text(tmp_path_factory):
    path = tmp_path_factory.mktemp("good") / "01_first.ipynb"
    v4 = nbformat.v4
    makers = [v4.new_markdown_cell if "text" in name else v4.new_code_cell for name in CELLS]
    slide = {"slideshow": {"slide_type": "slide"}}
    cells = [make(CELLS[name], id=name, metadata=slide) for make, name in zip(makers, CELLS, strict=True)]
    path.write_text(as_text(v4.new_notebook(cells=cells)), encoding="utf-8")
    refresh(path)
    return path.read_text(encoding="utf-8")


@pytest.fixture
def path(tmp_path, good_text):
    """A small good notebook, executed, with the notebook that it leads on to."""
    (tmp_path / "02_second.ipynb").touch()
    (tmp_path / "01_first.ipynb").write_text(good_text, encoding="utf-8", newline="\n")
    return tmp_path / "01_first.ipynb"


@pytest.mark.slow
def test_a_good_notebook_passes_and_refreshing_it_changes_nothing(path):
    assert [problem for rule in rules.RULES for problem in rule(rules.load(path), path)] == []
    assert list(runs.problems(path)) == []
    before = path.read_bytes()
    refresh(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(("rule", "old", "new"), BROKEN, ids=lambda value: getattr(value, "__name__", ""))
def test_each_rule_notices(path, rule, old, new):
    exchange(path, (old, new))
    assert list(rule(rules.load(path), path))


def test_every_rule_is_tried():
    assert {rule for rule, *_ in BROKEN} == set(rules.RULES)


@pytest.mark.slow
def test_what_another_run_shows_otherwise_is_noticed(path):
    """A cell that counts its runs, wrong solutions, a cell that needs an exercise, and an output that was edited."""
    exchange(
        path,
        ("a + 2", "a += 1\\na"),
        ("return G_Z @ W2", "return 2 * G_Z @ W2"),
        ("2 * np.ones(3)", "..."),
        ("backward(X, y, params).G_b2.shape", "my_G_H(X, params.W2)"),
    )
    refresh(path)
    exchange(path, ('"a is 1\\n"', '"a is 3\\n"'))
    where = {problem.split(":")[0] for problem in runs.problems(path)}
    assert where == {f"cell {list(CELLS).index(name)}" for name in ("print", "show", "first", "second", "after")}


@pytest.mark.slow
def test_a_notebook_that_raises_is_reported_and_left_as_it_was(path, capsys):
    exchange(path, ("a + 2", "1 / 0"))
    before = path.read_bytes()
    assert main([str(path)]) == "Not saved: 01_first.ipynb"
    assert "ZeroDivisionError" in capsys.readouterr().out
    assert path.read_bytes() == before
    assert "ZeroDivisionError" in next(runs.problems(path))


@pytest.mark.slow
def test_a_widget_is_saved_as_its_picture_and_text(path):
    exchange(path, ("a + 2", "import ipywidgets\\nipywidgets.IntSlider(description='w')"))
    refresh(path)
    (saved,) = rules.load(path).cells[list(CELLS).index("show")].outputs
    assert set(saved.data) == {"text/plain"}
    assert "description='w'" in saved.data["text/plain"]

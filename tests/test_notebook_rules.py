"""Each rule for notebooks passes a good notebook and notices a bad one."""

import nbformat
import pytest
import test_notebooks as rules
from refresh_notebooks import WIDGET_VIEW, as_text, main, refresh

PAGE = """# Add two numbers

![a plane](picture.png) and `[not](a_link)` and $G[i](j)$

<details>
<summary>Answer</summary>

3
</details>

Next: [the second](02_second.ipynb)
"""


def edit(number, text):
    def change(nb):
        nb.cells[number].source = text

    return change


def append(number, text):
    def change(nb):
        nb.cells[number].source += text

    return change


def output(**changes):
    def change(nb):
        nb.cells[1].outputs[0].update(changes)

    return change


def metadata(number, **changes):
    def change(nb):
        nb.cells[number].metadata.update(nbformat.from_dict(changes))

    return change


def widget_view(nb):
    nb.cells[2].outputs[0].data[WIDGET_VIEW] = {"model_id": "1"}


BROKEN = [
    (rules.run_in_order, lambda nb: nb.cells[2].update(execution_count=5)),
    (rules.run_in_order, lambda nb: nb.cells[1].update(execution_count=None)),
    (rules.has_outputs, lambda nb: [cell.update(outputs=[]) for cell in nb.cells[1:]]),
    (rules.no_errors, output(name="stderr", text="a warning")),
    (rules.no_errors, output(output_type="error", ename="ValueError")),
    (rules.small, output(text="7" * 300_000)),
    (rules.clean_file, lambda nb: nb.metadata.update(widgets={})),
    (rules.clean_file, metadata(0, collapsed=True)),
    (rules.clean_file, widget_view),
    (rules.stable_ids, lambda nb: nb.update(nbformat_minor=4)),
    (rules.stable_ids, lambda nb: nb.cells[1].pop("id")),
    (rules.stable_ids, lambda nb: nb.cells[1].update(id="not valid")),
    (rules.stable_ids, lambda nb: nb.cells[1].update(id=nb.cells[2].id)),
    (rules.short_cells, append(1, "\n1" * 20)),
    (rules.short_cells, lambda nb: [cell.update(source="1\n2\n3\n4\n5") for cell in nb.cells[1:]]),
    (rules.allowed_code, append(1, "\nimport sys; sys.path.append('..')")),
    (rules.allowed_code, append(1, "\nfrom numpy import *")),
    (rules.allowed_code, append(1, "\n%matplotlib inline")),
    (rules.allowed_code, append(1, "\n!pip install numpy")),
    (rules.allowed_code, append(1, "\nimport urllib.request")),
    (rules.allowed_code, append(1, "\nfrom IPython.display import Javascript")),
    (rules.allowed_code, append(1, "\n# NBVAL_IGNORE_OUTPUT")),
    (rules.allowed_code, append(1, "\ninteract(print, x=1)")),
    (rules.allowed_code, metadata(1, tags=["nbval-skip"])),
    (rules.portable_outputs, output(text="/root/notebooks")),
    (rules.portable_outputs, output(text="saved in C:\\Users")),
    (rules.portable_outputs, output(text="<Line2D object at 0x7f3a2b1c>")),
    (rules.slides, metadata(0, slideshow={"slide_type": "page"})),
    (rules.slides, lambda nb: nb.cells[1].metadata.pop("slideshow")),
    (rules.alt_texts, append(0, "![](picture.png)")),
    (rules.alt_texts, append(0, '<img src="picture.png">')),
    (rules.links_lead_somewhere, append(0, "[x](nowhere.ipynb#heading)")),
    (rules.links_lead_somewhere, append(0, '<img src="nowhere.png" alt="x">')),
    (rules.details_closed, append(0, "<details><summary>x</summary>")),
    (rules.details_closed, append(0, "<details>x</details>")),
    (rules.leads_on, edit(0, "# The end")),
]


@pytest.fixture(scope="module")
def good_text(tmp_path_factory):
    path = tmp_path_factory.mktemp("good") / "01_first.ipynb"
    cells = [
        nbformat.v4.new_markdown_cell(PAGE, id="page"),
        nbformat.v4.new_code_cell("a = 1\nprint('a =', a)", id="print"),
        nbformat.v4.new_code_cell("a + 2", id="show"),
    ]
    for cell in cells:
        cell.metadata["slideshow"] = {"slide_type": "slide"}
    path.write_text(as_text(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    refresh(path)
    return path.read_text(encoding="utf-8")


@pytest.fixture
def path(tmp_path, good_text):
    """A small good notebook, executed, with the picture and the notebook that it links to."""
    (tmp_path / "picture.png").touch()
    (tmp_path / "02_second.ipynb").touch()
    (tmp_path / "01_first.ipynb").write_text(good_text, encoding="utf-8", newline="\n")
    return tmp_path / "01_first.ipynb"


def test_a_good_notebook_passes_every_rule(path):
    nb = rules.load(path)
    assert [problem for rule in rules.RULES for problem in rule(nb, path)] == []
    assert list(rules.rerun_problems(path)) == []


@pytest.mark.parametrize(("rule", "spoil"), BROKEN, ids=lambda f: getattr(f, "__name__", None))
def test_each_rule_notices(path, rule, spoil):
    nb = rules.load(path)
    spoil(nb)
    path.write_text(as_text(nb), encoding="utf-8")
    assert list(rule(rules.load(path), path))


def test_every_rule_is_tried():
    assert {rule for rule, _ in BROKEN} == set(rules.RULES)


@pytest.mark.parametrize("source", ["a += 1\na", "b = globals().get('b', 0) + 1\nprint(b)"])
def test_a_cell_that_shows_something_else_the_second_time_is_noticed(path, source):
    nb = rules.load(path)
    nb.cells[2].source = source
    path.write_text(as_text(nb), encoding="utf-8")
    refresh(path)
    assert list(rules.rerun_problems(path))


def test_refreshing_twice_changes_nothing(path):
    before = path.read_bytes()
    refresh(path)
    assert path.read_bytes() == before


def test_a_notebook_that_raises_is_reported_and_left_as_it_was(path, capsys):
    nb = rules.load(path)
    nb.cells[2].source = "1 / 0"
    path.write_text(as_text(nb), encoding="utf-8")
    before = path.read_bytes()
    assert main([str(path)]) == "Not saved: 01_first.ipynb"
    assert "ZeroDivisionError" in capsys.readouterr().out
    assert path.read_bytes() == before


def test_a_widget_is_saved_as_its_picture_and_text(path):
    nb = rules.load(path)
    nb.cells[2].source = "import ipywidgets\nipywidgets.IntSlider(description='w')"
    path.write_text(as_text(nb), encoding="utf-8")
    refresh(path)
    (saved,) = rules.load(path).cells[2].outputs
    assert set(saved.data) == {"text/plain"}
    assert "description='w'" in saved.data["text/plain"]

"""The page for teachers is complete, its students' edition is whole; its examples, and those for contributors, run."""

import re
import textwrap

import nbformat
import numpy as np
import pytest
import test_notebooks as rules
from pages import export
from refresh_notebooks import NOTEBOOKS, as_text, refresh

import explorers
import mlp_helpers as m

PAGE = (NOTEBOOKS / "for_teachers.md").read_text(encoding="utf-8")
CONTRIBUTING = (NOTEBOOKS.parent / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")


def section(title, page=PAGE):
    """The text under a heading, up to the next of its kind."""
    return re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", page, flags=re.DOTALL | re.MULTILINE)[1]


def blocks(title, language, page=PAGE):
    """The code blocks of a section."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", section(title, page), flags=re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(code) for _, code in found]


def test_every_notebook_has_its_notes_and_their_exercises_are_there():
    for path in rules.PATHS:
        heading = re.search(rf"^## (\d\d \[[^]]+\]\({path.name}\))$", PAGE, flags=re.MULTILINE)
        source = "".join(cell.source for cell in rules.load(path).cells)
        for exercise in re.findall(r"Exercise \d", section(heading[1])):
            assert f"### {exercise}" in source, path.name


def test_only_the_solutions_are_gone_from_the_students_edition(tmp_path):
    students = export("notebook", tmp_path, page="notebooks/for_teachers.md")
    solutions = 0
    for path in rules.PATHS:
        full, handed_out = rules.load(path), rules.load(students / path.name)
        assert handed_out.cells == [cell for cell in full.cells if "<summary>Solution</summary>" not in cell.source]
        assert handed_out.metadata == full.metadata
        links = re.findall(r"\]\(([\w./]+\.(?:ipynb|md|py))", "".join(cell.source for cell in full.cells))
        assert links and all((students / link).exists() for link in links), links
        solutions += len(full.cells) - len(handed_out.cells)
    assert solutions > 20


def test_the_setting_for_a_lecture_scales_every_explorer_that_has_no_scale_of_its_own():
    (code,) = blocks("Lecture", "python")
    for bad, error in (("large", TypeError), (None, TypeError), (9, ValueError)):
        with pytest.raises(error, match=r"^scale: expected a number.*, got "):
            explorers.set_scale(bad)
    try:
        exec(code, {})
        for name in explorers.__all__:
            assert [getattr(explorers, name)(**own).scale for own in ({}, {"scale": 0.5})] == [1.5, 0.5]
    finally:
        explorers.set_scale(1)


def test_the_example_of_an_explorer_shows_and_updates():
    (code,) = blocks("Add an explorer", "python", CONTRIBUTING)
    namespace = {}
    exec(code, namespace)
    explorer = namespace["ConfidenceExplorer"]()
    plane = explorer.views["plane"]
    text, picture = repr(explorer), plane.content
    explorer.controls["x1"].value = 1.5
    P = m.forward(explorer.X, explorer.params).P
    assert explorer.X[0, 0] == 1.5 and np.array_equal(explorer.views["P"].array, P)
    assert f"Surest about example {P.max(axis=1).argmax()}: {P.max():.3f}." in repr(explorer) != text
    assert plane.content != picture and "how sure the network is" in plane.alt


def test_the_example_of_a_notebook_passes_every_rule(tmp_path):
    (title,) = blocks("Add a notebook", "markdown", CONTRIBUTING)
    cells = [nbformat.v4.new_markdown_cell(title.strip(), id="title")]
    for n, text in enumerate(blocks("Add a notebook", "python", CONTRIBUTING)):
        cells.append(nbformat.v4.new_code_cell(text.strip(), id=f"code-{n}"))
    for cell, kind in zip(cells, ("slide", "skip", "fragment"), strict=True):
        cell.metadata["slideshow"] = {"slide_type": kind}
    (tmp_path / "01_forward_pass.ipynb").touch()
    path = tmp_path / "10_confidence.ipynb"
    path.write_text(as_text(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    refresh(path)
    assert [problem for rule in rules.RULES for problem in rule(rules.load(path), path)] == []
    assert "right [" in rules.load(path).cells[-1].outputs[0].text

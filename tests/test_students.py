"""The students' edition, exported as the page for teachers says: no solution is left, and nothing else is lost."""

import re
import shlex
import subprocess
import sys

import nbformat
import pytest
from refresh_notebooks import NOTEBOOKS

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
SOLUTION = "<summary>Solution</summary>"


def load(path):
    return nbformat.read(path, as_version=4)


@pytest.fixture(scope="module")
def students(tmp_path_factory):
    """The folder that the command writes, in a place of its own."""
    folder = tmp_path_factory.mktemp("students")
    page = (NOTEBOOKS / "for_teachers.md").read_text(encoding="utf-8")
    command = re.search(r"^ *\.venv/bin/(jupyter nbconvert --to notebook .*)$", page, flags=re.MULTILINE)[1]
    command = command.replace("--output-dir students", f"--output-dir {shlex.quote(str(folder))}")
    command = command.replace("notebooks/*.ipynb", shlex.join(f"notebooks/{path.name}" for path in PATHS))
    subprocess.run([sys.executable, "-m", *shlex.split(command)], cwd=NOTEBOOKS.parent, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_only_the_solutions_are_gone(path, students):
    full, handed_out = load(path), load(students / path.name)
    assert handed_out.cells == [cell for cell in full.cells if SOLUTION not in cell.source]
    assert handed_out.metadata == full.metadata


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_page_that_is_linked_to_is_there(path, students):
    links = re.findall(r"\]\(([\w./]+\.(?:ipynb|md))", "".join(cell.source for cell in load(path).cells))
    assert links and all((students / link).exists() for link in links), links


def test_there_are_solutions_to_leave_out():
    assert sum(SOLUTION in cell.source for path in PATHS for cell in load(path).cells) > 20

"""Each notebook in one kernel without PyTorch: each cell twice, each exercise with its answers, then all of it again.

nbval runs each cell once, with PyTorch where it is installed.
"""

import os
import tomllib
from pathlib import Path

import nbformat
import pytest
from refresh_notebooks import WIDGET_VIEW, execute
from test_notebooks import PATHS, code_cells, is_exercise, load, solved

pytestmark = pytest.mark.slow
ANSWERS = tomllib.loads(Path(__file__).with_name("other_answers.toml").read_text(encoding="utf-8"))


def comparable(cell):
    """What a cell shows: its text, and for a picture only that there is one."""
    for output in cell.outputs:
        data = {kind: kind.startswith("image/") or text for kind, text in output.get("data", {}).items()}
        data.pop(WIDGET_VIEW, None)
        yield output.output_type, output.get("name"), output.get("text"), data


def steps(nb):
    """What to run, in order: the number of the cell, its source, and of an answer whether it is right."""
    once = [(n, cell.source, None) for n, cell in code_cells(nb)]
    for n, source, _ in once:
        yield from [(n, source, None)] * 2
        if is_exercise(nb.cells[n]):
            yield from [(n, solved(nb, n), True)] * 2
            for verdict, answers in ANSWERS.get(nb.cells[n].id, {}).items():
                yield from ((n, source.replace("...", answer, 1), verdict == "right") for answer in answers)
    yield from once


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_notebook_shows_the_same_again_and_judges_answers(path, tmp_path, monkeypatch):
    (tmp_path / "torch.py").write_text("raise ImportError('torch is hidden')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    saved, run = load(path), load(path)
    order = list(steps(saved))
    run.cells = [nbformat.v4.new_code_cell(source) for _, source, _ in order]
    execute(run, path.parent)
    for (n, source, is_right), cell in zip(order, run.cells, strict=True):
        if is_right is None:
            assert [*comparable(cell)] == [*comparable(saved.cells[n])], source
        else:
            assert cell.outputs[-1].data["text/plain"].startswith("Correct") == is_right, source


def test_other_answers_are_those_of_exercises():
    assert ANSWERS.keys() <= {cell.id for path in PATHS for cell in load(path).cells if is_exercise(cell)}

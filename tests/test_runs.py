"""Each notebook in one kernel without PyTorch: each cell twice, each exercise with its solution, then all of it again.

nbval runs each cell once, with PyTorch where it is installed.
"""

import os

import nbformat
import pytest
from refresh_notebooks import WIDGET_VIEW, execute
from test_notebooks import PATHS, code_cells, is_exercise, load, solved

pytestmark = pytest.mark.slow


def comparable(cell):
    """What a cell shows: its text, and for a picture only that there is one."""
    for output in cell.outputs:
        data = {kind: kind.startswith("image/") or text for kind, text in output.get("data", {}).items()}
        data.pop(WIDGET_VIEW, None)
        yield output.output_type, output.get("name"), output.get("text"), data


def steps(nb):
    """What to run, in order: the number of the cell, its source, and whether that is the solution of an exercise."""
    once = [(n, cell.source, False) for n, cell in code_cells(nb)]
    for n, source, _ in once:
        yield from [(n, source, False)] * 2
        if is_exercise(nb.cells[n]):
            yield n, solved(nb, n), True
    yield from once


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_notebook_shows_the_same_again_and_its_solutions_are_right(path, tmp_path, monkeypatch):
    (tmp_path / "torch.py").write_text("raise ImportError('torch is hidden')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    saved, run = load(path), load(path)
    order = list(steps(saved))
    run.cells = [nbformat.v4.new_code_cell(source) for _, source, _ in order]
    execute(run, path.parent)
    for (n, source, is_solution), cell in zip(order, run.cells, strict=True):
        if is_solution:
            assert cell.outputs[-1].data["text/plain"].startswith("Correct"), source
        else:
            assert [*comparable(cell)] == [*comparable(saved.cells[n])], source

"""Each notebook in one kernel without PyTorch: each cell twice, each exercise with its solution, then all of it again.

nbval runs each cell once, with PyTorch where it is installed. And how a notebook is refreshed.
"""

import copy
import os
from itertools import zip_longest

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from refresh_notebooks import WIDGET_VIEW, as_text, execute, main, merge_streams, refresh
from test_notebooks import PATHS, advice, code_cells, is_exercise, load, solved

pytestmark = pytest.mark.slow


def comparable(cell):
    """What a cell shows: its text, and for a picture only that there is one."""
    for output in merge_streams(copy.deepcopy(cell.outputs)):
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


def problems(path):
    """What is not as the file says, in a kernel that runs these steps."""
    saved = load(path)
    order = list(steps(saved))
    run = copy.deepcopy(saved)
    run.cells = [nbformat.v4.new_code_cell(source) for _, source, _ in order]
    try:
        execute(run, path.parent)
    except CellExecutionError as error:
        yield f"a cell, or a solution, raises: {error}"
        return
    for (n, _, is_solution), cell in zip(order, run.cells, strict=True):
        if is_solution:
            said = cell.outputs[-1].get("data", {}).get("text/plain", "nothing") if cell.outputs else "nothing"
            if not said.startswith("Correct"):
                yield f"cell {n}: with the solution the check says: {said}"
            continue
        for then, now in zip_longest(comparable(saved.cells[n]), comparable(cell)):
            if then != now:
                yield f"cell {n}: another run shows {str(now)[:500]}, the file {str(then)[:500]}"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_notebook_shows_the_same_again_and_its_solutions_are_right(path, tmp_path, monkeypatch):
    (tmp_path / "torch.py").write_text("raise ImportError('torch is hidden')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    found = list(problems(path))
    assert not found, advice(path, found)


def notebook_of(source, folder):
    """The path of a notebook with one cell."""
    path = folder / "09_one_cell.ipynb"
    path.write_text(as_text(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])), encoding="utf-8")
    return path


def test_a_notebook_that_raises_is_reported_and_left_as_it_was(tmp_path, capsys):
    path = notebook_of("1 / 0", tmp_path)
    before = path.read_bytes()
    assert main([str(path)]) == "Not saved: 09_one_cell.ipynb"
    assert "ZeroDivisionError" in capsys.readouterr().out
    assert path.read_bytes() == before
    assert "ZeroDivisionError" in next(problems(path))


def test_a_widget_is_saved_as_its_picture_and_text(tmp_path):
    path = notebook_of("import ipywidgets\nipywidgets.IntSlider(description='w')", tmp_path)
    refresh(path)
    (saved,) = load(path).cells[-1].outputs
    assert set(saved.data) == {"text/plain"} and "description='w'" in saved.data["text/plain"]

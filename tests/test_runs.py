"""Each notebook in an odd place, in one kernel: each cell twice, each exercise with its answers, then all of it again.

nbval runs each cell once. Here, as on Colab, pip has installed the project and a notebook has nothing beside it; both
are in folders with spaces and letters beyond ASCII; a notebook writes nothing into its own, calls nobody, and finds no
PyTorch.
"""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import uv
from refresh_notebooks import WIDGET_VIEW, execute
from test_notebooks import PATHS, code_cells, is_exercise, load, solved

pytestmark = [pytest.mark.slow, pytest.mark.network]
ROOT = Path(__file__).resolve().parents[1]
ANSWERS = tomllib.loads(Path(__file__).with_name("other_answers.toml").read_text(encoding="utf-8"))

# Python reads this module in every process that is started with its folder in PYTHONPATH.
GUARD = """
import socket, sys
HERE = ("127.0.0.1", "localhost", "::1", "", None, socket.gethostname())
def guard(event, args):
    if event == "socket.getaddrinfo" and args[0] not in HERE:
        with open(CALLS, "a") as calls:
            print(*args, file=calls)
        raise OSError(f"no network: {args[0]}")
sys.addaudithook(guard)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with the project installed by pip, from what it packs without what an earlier build has left."""
    home = tmp_path_factory.mktemp("place") / "Übung 1 – 反向传播 (copy)"
    source, installed = home / "source", home / "installed"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".*", "build", "*.egg-info"))
    install = ["pip", "install", "--quiet", "--python", sys.executable, "--no-deps", "--target", installed, source]
    subprocess.run([uv.find_uv_bin(), *install], check=True)
    (installed / "torch.py").write_text("raise ImportError('torch is hidden')", encoding="utf-8")
    (installed / "sitecustomize.py").write_text(GUARD.replace("CALLS", repr(str(home / "calls"))), encoding="utf-8")
    return home


def shown(cell):
    """What a cell shows, as nbval compares it: its text, and of a PNG that there is one."""
    for output in cell.get("outputs", []):
        data = {kind: kind == "image/png" or "".join(text) for kind, text in output.get("data", {}).items()}
        data.pop(WIDGET_VIEW, None)
        yield output.output_type, output.get("name"), output.get("ename"), "".join(output.get("text", "")), data


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
def test_a_notebook_shows_the_same_again_and_judges_answers(path, home, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(home / "installed"))
    saved, run = load(path), load(path)
    order, folder = list(steps(saved)), home / path.stem
    run.cells = [nbformat.v4.new_code_cell(source) for _, source, _ in order]
    folder.mkdir()
    execute(run, folder)
    for (n, source, is_right), cell in zip(order, run.cells, strict=True):
        if is_right is None:
            assert [*shown(cell)] == [*shown(saved.cells[n])], source
        else:
            assert cell.outputs[-1].data["text/plain"].startswith("Correct") == is_right, source
    assert [*folder.iterdir()] == [] and not (home / "calls").exists()


def test_other_answers_are_those_of_exercises():
    assert ANSWERS.keys() <= {cell.id for path in PATHS for cell in load(path).cells if is_exercise(cell)}

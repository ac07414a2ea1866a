"""The notebooks show what is saved wherever they are put, and call nobody: nbval runs them in an odd place.

As on Colab, pip has installed the project and a notebook has nothing beside it; both are in folders with spaces and
letters beyond ASCII, and a notebook writes nothing into its own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import uv

pytestmark = [pytest.mark.slow, pytest.mark.network]

ROOT = Path(__file__).resolve().parents[1]
PYTEST = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=."]
NBVAL = [*PYTEST, "--nbval", "--nbval-current-env", "--nbval-cell-timeout=120"]

# Python reads this module in every process that is started with its folder in PYTHONPATH.
GUARD = """
import socket
import sys

HERE = ("127.0.0.1", "localhost", "::1", "", None, socket.gethostname())

def guard(event, args):
    if event == "socket.getaddrinfo" and args[0] not in HERE:
        with open(CALLS, "a") as calls:
            print(*args, file=calls)
        raise OSError(f"no network: {args[0]}")

sys.addaudithook(guard)
"""


def test_in_an_odd_folder_where_nothing_is_written_and_with_the_project_installed_elsewhere(tmp_path):
    home = tmp_path / "Übung 1 – 反向传播 (copy)"
    notebooks, installed, calls = home / "notebooks", home / "installed", home / "calls.txt"
    notebooks.mkdir(parents=True)
    source = home / "source"  # without what an earlier build has left
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".*", "build", "*.egg-info"))
    install = ["pip", "install", "--quiet", "--python", sys.executable, "--no-deps", "--target", installed, source]
    subprocess.run([uv.find_uv_bin(), *install], check=True)
    (installed / "sitecustomize.py").write_text(GUARD.replace("CALLS", repr(str(calls))), encoding="utf-8")
    calls.touch()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(path, notebooks)
    before = {path: path.read_bytes() for path in notebooks.iterdir()}
    env = os.environ | {"PYTHONPATH": str(installed)}
    done = subprocess.run([*NBVAL, "."], cwd=notebooks, env=env, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    assert {path: path.read_bytes() for path in notebooks.iterdir()} == before
    assert calls.read_text() == ""

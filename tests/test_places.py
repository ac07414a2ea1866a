"""The notebooks show what is saved wherever they are put, and call nobody: nbval runs them in an odd place.

As on Colab, pip has installed the project and a notebook has nothing beside it; both are in folders with spaces and
letters beyond ASCII, and the notebooks' one cannot be written to.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import uv

pytestmark = [pytest.mark.slow, pytest.mark.network]

ROOT = Path(__file__).resolve().parents[1]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NBVAL = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env"]
ODD_NAME = "Übung 1 – 反向传播 (copy)"
ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0

# Python reads this module in every process that is started with its folder in PYTHONPATH.
GUARD = """
import socket
import sys

HERE = ("127.0.0.1", "localhost", "::1", "", None, socket.gethostname())

def guard(event, args):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.connect", "socket.sendto"):
        host = args[1] if event.startswith("socket.c") or event.endswith("sendto") else args[0]
        host = host[0] if isinstance(host, tuple) else host
        if host not in HERE and not str(host).startswith("/"):
            with open(CALLS, "a") as calls:
                print(event, host, file=calls)
            raise OSError(f"no network: {host}")

sys.addaudithook(guard)
"""
BAD_CELLS = {
    "write.ipynb": "open('answers.txt', 'w')",
    "call.ipynb": "import socket\nsocket.create_connection(('192.0.2.1', 80))",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A function that runs notebooks there, and the file that names whom they called."""
    home = tmp_path_factory.mktemp("home") / ODD_NAME
    notebooks, installed, calls = home / "notebooks", home / "installed", home / "calls.txt"
    notebooks.mkdir(parents=True)
    install = ["pip", "install", "--quiet", "--python", sys.executable, "--no-deps", "--target", installed, ROOT]
    subprocess.run([uv.find_uv_bin(), *install], check=True)
    (installed / "sitecustomize.py").write_text(GUARD.replace("CALLS", repr(str(calls))), encoding="utf-8")
    calls.touch()
    for path in PATHS:
        shutil.copy(path, notebooks)
    for name, source in BAD_CELLS.items():
        cell = nbformat.v4.new_code_cell(source, execution_count=1)
        (notebooks / name).write_text(nbformat.v4.writes(nbformat.v4.new_notebook(cells=[cell])), encoding="utf-8")

    prefix = []
    if ROOT_USER and sys.platform == "linux":  # root may write anywhere: the folder is mounted read-only
        mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$0" && exec "$@"'
        prefix = ["unshare", "--mount", "sh", "-c", mount, str(notebooks)]
    for path in [*notebooks.iterdir(), notebooks]:
        path.chmod(path.stat().st_mode & ~0o222)

    def run(*names):
        command = [*prefix, *NBVAL, "--rootdir=.", "--nbval-cell-timeout=120", *names]
        env = os.environ | {"PYTHONPATH": str(installed)}
        done = subprocess.run(command, cwd=notebooks, env=env, capture_output=True, check=False)
        return done.returncode, (done.stdout + done.stderr).decode()

    yield run, calls
    for path in [notebooks, *notebooks.iterdir()]:
        path.chmod(path.stat().st_mode | 0o200)


def test_in_a_read_only_folder_and_with_the_project_installed_elsewhere(place):
    run, calls = place
    status, said = run(*[path.name for path in PATHS])
    assert status == 0, said
    assert calls.read_text() == ""


@pytest.mark.skipif(os.name == "nt", reason="on Windows a folder has no read-only mode")
def test_that_place_notices_a_cell_that_writes_and_one_that_calls(place):
    run, calls = place
    status, said = run(*BAD_CELLS)
    assert status == 1
    assert "Read-only file system" in said or "Permission denied" in said
    assert "no network" in said and "192.0.2.1" in calls.read_text()

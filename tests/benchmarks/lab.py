"""JupyterLab in a real browser: a private server on a copy of the notebooks, and pages that run them.

with lab_server() as lab, browser() as chromium:
    page = open_notebook(chromium, lab, "04_relu.ipynb")
    page.run_all()
    assert not page.problems()
"""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Error, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
ARGUMENTS += ("--disable-features=AutofillServerCommunication",)
PATIENCE = 180  # seconds, of which a machine that has much else to do needs the most
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
SETTINGS = {
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/themes": {"theme": THEMES["light"]},
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


class Lab(NamedTuple):
    """A running server, and the folder that it serves."""

    url: str
    folder: Path


@contextmanager
def lab_server():
    """Serve a private copy of notebooks/, with private settings; Notebook 7 is there too, where it is installed."""
    # On Windows, a kernel that has just ended may still hold a file.
    with tempfile.TemporaryDirectory(prefix="lab_", ignore_cleanup_errors=True) as temporary:
        home = Path(temporary)
        notebooks, settings = home / "notebooks", home / "config/lab/user-settings"
        shutil.copytree(ROOT / "notebooks", notebooks, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_*"))
        for name, values in SETTINGS.items():
            file = settings / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))
        options = ("--allow-root", "--ip=127.0.0.1", "--expose-app-in-browser")
        options += ("--JupyterNotebookApp.expose_app_in_browser=True", f"--ServerApp.root_dir={notebooks}")
        options += ("--IdentityProvider.token=", "--ServerApp.password=")
        with served("jupyterlab", *options, home=home) as address:
            yield Lab(f"{address}/lab", notebooks)


@contextmanager
def served(module, *options, home):
    """Run a server of Jupyter's in this folder, which keeps its settings and its log too; give its address."""
    port = free_port()
    private = {f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", module, *options, "--no-browser", f"--port={port}"]
    with (home / f"{module}.log").open("w") as log:
        server = subprocess.Popen(command, cwd=home, stdout=log, stderr=log, env={**os.environ, **private})
    try:
        wait_for(port, server, home / f"{module}.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def free_port():
    """Give a port below those that a system gives away: before a server has taken one of these, a kernel may."""
    while True:
        port = random.randrange(10_000, 30_000)
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port


def wait_for(port, server, log):
    """Wait until a server that has been started listens; where it has ended, say its log."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.2)
    raise RuntimeError(f"{log.stem} did not start:\n{log.read_text()}")


@contextmanager
def browser():
    """Start Chromium; without one, a LookupError says so."""
    with sync_playwright() as playwright:
        chromium = launch(playwright.chromium)
        yield chromium
        chromium.close()


def launch(chromium):
    """Start $CHROMIUM, or one of the usual names on the PATH, or else Chrome or Edge, which Playwright finds."""
    names = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    if path := os.environ.get("CHROMIUM") or next(names, None):
        return chromium.launch(executable_path=path, args=ARGUMENTS)
    for channel in ("chrome", "msedge"):
        with suppress(Error):
            return chromium.launch(channel=channel, args=ARGUMENTS)
    raise LookupError("needs Chromium, Chrome or Edge, as installed by: apt-get install chromium")


class Notebook:
    """A notebook in a browser page of its own; `.page` is Playwright's page."""

    def __init__(self, page, url):
        self.page, self.console = page, []
        page.on("console", lambda message: self.console.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.goto(url)
        self._wait_for_lab()

    def reload(self):
        """Reload the page, as a person does; the kernel lives on."""
        self.page.reload()
        self._wait_for_lab()

    def open(self, name, **options):
        """Open another notebook in this page, and wait for its kernel."""
        self.command("docmanager:open", path=name, options=options)
        self.page.wait_for_function("name => window.jupyterapp.shell.currentWidget.context?.path === name", arg=name)
        self.wait_for_kernel()

    def close(self):
        """End the kernel and close the page, as far as there is something to end."""
        with suppress(Error):
            self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.page.context.close()

    def command(self, name, **arguments):
        """Run one of JupyterLab's commands, and wait until it is done, for five minutes."""
        self.page.evaluate(COMMAND, [name, arguments])

    def run_all(self):
        """Run every cell, and wait until each has run and its widgets stand."""
        self.command("notebook:run-all-cells")
        self.wait_for_kernel()
        self.page.wait_for_function(WIDGETS_STAND, timeout=1000 * PATIENCE)

    def restart(self):
        """Restart the kernel: nothing of the old one is left."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
        self.wait_for_kernel()

    def problems(self):
        """Each cell that ended in an error or wrote to stderr, and each error of the browser's console."""
        return self.page.evaluate(BAD_CELLS) + self.console

    def _wait_for_lab(self):
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=1000 * PATIENCE)
        self.wait_for_kernel()
        self.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")

    def wait_for_kernel(self):
        """Wait until the kernel has nothing to do."""
        self.page.wait_for_function(KERNEL_IS_IDLE, timeout=1000 * PATIENCE)


COMMAND = """([name, args]) => Promise.race([
  window.jupyterapp.commands.execute(name, args).then(() => null),
  new Promise((_, fail) => setTimeout(() => fail(Error(name + ' does not end')), 300_000))])"""
KERNEL_IS_IDLE = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
# Each output with a widget has its box in the page.
WIDGETS_STAND = """() => [...window.jupyterapp.shell.currentWidget.content.widgets].every(cell =>
  cell.model.type !== 'code' || [...Array(cell.model.outputs.length).keys()].every(k =>
    !cell.model.outputs.get(k).data['application/vnd.jupyter.widget-view+json']
    || cell.outputArea.node.querySelector('.jupyter-widgets')))"""
BAD_CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets.flatMap((cell, index) =>
  cell.model.type !== 'code' ? [] : cell.model.outputs.toJSON()
    .filter(o => o.output_type === 'error' || o.name === 'stderr')
    .map(o => `cell ${index}: ${o.ename ?? 'stderr'}: ${o.evalue ?? o.text}`))"""


def open_notebook(chromium, lab, name, width=1280, height=1000, device_scale_factor=1):
    """Open a notebook of lab.folder in a new page, and wait for its kernel."""
    view = {"viewport": {"width": width, "height": height}, "device_scale_factor": device_scale_factor}
    return Notebook(chromium.new_context(**view).new_page(), f"{lab.url}/tree/{name}?reset")

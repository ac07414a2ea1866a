"""Safari's engine, WebKitGTK, driven over the W3C's WebDriver.

A page here has those methods of Playwright's page that the tests use, under the same names, so that what a hand does
is written once for every browser.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from lab import free_port, wait_for
from screens import LOOK

KEYS = ["PageUp", "PageDown", "End", "Home", "ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"]
KEYS = {key: chr(0xE00E + n) for n, key in enumerate(KEYS)} | {"Enter": "\ue007", "Space": " "}
CALL = """const [code, arg, done] = arguments;
Promise.resolve().then(() => (0, eval)(code)).then((value) => typeof value === 'function' ? value(arg) : value).then(
  (value) => done({ value }), (error) => done({ error: `${error}\\n${error.stack}` }));"""


@contextmanager
def webkit():
    """Give a page of WebKitGTK, on a screen of its own."""
    browser = next(Path("/usr/lib").glob("*/webkit*gtk-*/MiniBrowser"), None)
    if not all([browser, shutil.which("WebKitWebDriver"), shutil.which("Xvfb")]):
        raise LookupError("needs what is installed by: apt-get install webkit2gtk-driver xvfb")
    port, size = free_port(), "1600x1400x24"
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home,
        Path(home, "driver").open("w") as log,
        running(["Xvfb", "-displayfd", "1", "-screen", "0", size], stdout=subprocess.PIPE, stderr=log) as screen,
    ):
        display = f":{screen.stdout.readline().decode().strip()}"
        # Without the first, it draws a frame in 200 ms.
        env = os.environ | {"WEBKIT_DISABLE_DMABUF_RENDERER": "1", "DISPLAY": display, "HOME": home}
        with running(["WebKitWebDriver", f"--port={port}"], stdout=log, stderr=log, env=env) as driver:
            wait_for(port, driver, Path(log.name))
            yield Page(f"http://127.0.0.1:{port}/session", browser)


@contextmanager
def running(command, **settings):
    with subprocess.Popen(command, **settings) as program:
        try:
            yield program
        finally:
            program.terminate()


class Page:
    """The one page of the browser; what code returns, and its argument, are JSON."""

    def __init__(self, address, browser):
        self.address = address
        options = {"binary": str(browser), "args": ["--automation"]}
        wanted = {"webkitgtk:browserOptions": options, "pageLoadStrategy": "none"}
        self.address += "/" + self.send(capabilities={"alwaysMatch": wanted})["sessionId"]
        self.send("/timeouts", script=300_000)
        self.send("/window/rect", x=0, y=0, width=1280, height=1000)
        self.mouse, self.keyboard = Mouse(self), SimpleNamespace(press=self._press)

    def send(self, path="", **params):
        request = urllib.request.Request(self.address + path, json.dumps(params).encode())
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {json.load(error)['value']['message']}") from None

    def goto(self, url):
        self.send("/url", url=url)
        while self.evaluate("location.href") != url:
            time.sleep(0.05)
        self.evaluate(LOOK)

    def evaluate(self, code, arg=None):
        said = self.send("/execute/async", script=CALL, args=[code, arg])
        if "error" in said:
            raise RuntimeError(said["error"])
        return said.get("value")

    def errors(self):
        """What stands on the console since the page was opened, of which WebDriver does not tell."""
        return self.evaluate("heard")

    def wait_for_function(self, code, timeout=120_000):
        end = time.monotonic() + timeout / 1000
        while not self.evaluate(f"async () => Boolean(await ({code})())"):
            if time.monotonic() > end:
                raise AssertionError(f"after {timeout / 1000:.0f} s, not yet: {code}")
            time.sleep(0.1)

    def _press(self, key):
        actions = [{"type": kind, "value": KEYS[key]} for kind in ("keyDown", "keyUp")]
        self.send("/actions", actions=[{"type": "key", "id": "keys", "actions": actions}])


class Mouse:
    """A pointer that moves 60 times a second, between whole pixels, as a hand's does."""

    def __init__(self, page):
        self.page, self.at = page, (0, 0)

    def move(self, x, y, steps=1):
        way = [
            [int(a + (b - a) * n / steps) for a, b in zip(self.at, (x, y), strict=True)] for n in range(1, steps + 1)
        ]
        self._do(*({"type": "pointerMove", "x": x, "y": y, "duration": 16} for x, y in way))
        self.at = x, y

    def down(self):
        self._do({"type": "pointerDown", "button": 0})

    def up(self):
        self._do({"type": "pointerUp", "button": 0})

    def _do(self, *actions):
        kind = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
        self.page.send("/actions", actions=[kind | {"actions": actions}])

"""Firefox, over WebDriver BiDi, and Safari's engine, WebKitGTK, over WebDriver: each is driven by what the W3C says.

A page here has those methods of Playwright's page that the tests use, under the same names, so that what a hand does
is written once for every browser.
"""

import itertools
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import websocket  # comes with JupyterLab's server
from lab import free_port, wait_for

KEYS = ["PageUp", "PageDown", "End", "Home", "ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"]
KEYS = {key: chr(0xE00E + n) for n, key in enumerate(KEYS)} | {"Enter": "\ue007", "Space": " "}
CALL = """Promise.resolve((0, eval)(code)).then(async (value) =>
  JSON.stringify(await (typeof value === 'function' ? value(JSON.parse(arg)) : value)) ?? 'null')"""
# WebDriver tells of no console; what a worker throws and does not catch comes to its page as an error, too.
HEAR = """() => {
  window.heard = [];
  const { error } = console;
  console.error = (...said) => { heard.push(said.join(' ')); error(...said); };
  addEventListener('error', (event) => heard.push(`${event.message}`));
  addEventListener('unhandledrejection', (event) => heard.push(`${event.reason} ${event.reason?.stack}`));
}"""
MIDDLE = """(element) => {
  element.scrollIntoView({ block: 'center' });
  const { x, y, width, height } = element.getBoundingClientRect();
  return [x + width / 2, y + height / 2];
}"""


def need(packages, *programs):
    if not all(programs):
        raise LookupError(f"needs what is installed by: apt-get install {packages}")


class Page:
    """The one page of a browser: run(code, arg) calls code with arg, both ways as JSON; act() takes W3C's actions, and
    errors() gives what stands on the console since the page was opened."""

    def __init__(self, run, act, goto, errors):
        self.run, self.act, self.goto, self.errors = run, act, goto, errors
        self.mouse, self.keyboard = Mouse(act), SimpleNamespace(press=self._press)

    def evaluate(self, code, arg=None):
        return json.loads(self.run(code, json.dumps(arg)))

    def locator(self, css):
        return Locator(self, "[document]").locator(css)

    def wait_for_function(self, code, arg=None, timeout=120_000):
        end = time.monotonic() + timeout / 1000
        while not self.evaluate(f"async (arg) => Boolean(await ({code})(arg))", arg):
            if time.monotonic() > end:
                raise AssertionError(f"after {timeout / 1000:.0f} s, not yet: {code}")
            time.sleep(0.1)

    def _press(self, key):
        actions = [{"type": kind, "value": KEYS[key]} for kind in ("keyDown", "keyUp")]
        self.act({"type": "key", "id": "keys", "actions": actions})


class Mouse:
    """A pointer that moves 60 times a second, between whole pixels, as a hand's does."""

    def __init__(self, act):
        self.act, self.at = act, (0, 0)

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

    def click(self, x, y):
        self.move(x, y)
        self.down()
        self.up()

    def _do(self, *actions):
        self.act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [*actions]})


class Locator:
    """Elements of a page, by code that finds them anew each time."""

    def __init__(self, page, code):
        self.page, self.code = page, code

    def locator(self, css):
        return Locator(self.page, f"{self.code}.flatMap(e => [...e.querySelectorAll({json.dumps(css)})])")

    def get_by_role(self, role, name, exact=True):
        labelled = "document.getElementById(e.getAttribute('aria-labelledby'))"
        named = f"({labelled}?.textContent ?? e.ariaLabel ?? e.textContent).trim() === {json.dumps(name)}"
        return Locator(self.page, f"{self.locator(f'[role={role}], {role}').code}.filter(e => {named})")

    def nth(self, n):
        return Locator(self.page, f"{self.code}.slice({n}, {n + 1})")

    first = property(lambda self: self.nth(0))

    def wait_for(self, timeout=120_000):
        self.page.wait_for_function(f"() => {self.code}.length", timeout=timeout)

    def evaluate(self, code, arg=None):
        self.wait_for()
        return self.page.evaluate(f"arg => ({code})({self.code}[0], arg)", arg)

    def focus(self):
        self.evaluate("e => e.focus()")

    def click(self):
        self.page.mouse.click(*self.evaluate(MIDDLE))


# ---------------------------------------------------------------- Firefox


@contextmanager
def firefox(width=1280, height=1000):
    """Give a page of Firefox, which writes into its profile where it listens."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    need("firefox-esr", program)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile]
        with running(command, Path(profile) / "log"):
            port = eventually_read(Path(profile) / "WebDriverBiDiServer.json", r'"ws_port": ?([0-9]+)')
            line = websocket.create_connection(f"ws://127.0.0.1:{port}/session", timeout=300, suppress_origin=True)
            yield bidi_page(line, width, height)
            line.close()


def bidi_page(line, width, height):
    numbers, console = itertools.count(1), []

    def send(method, **params):
        number = next(numbers)
        line.send(json.dumps({"id": number, "method": method, "params": params}))
        while (said := json.loads(line.recv())).get("id") != number:
            if said.get("method") == "log.entryAdded" and said["params"]["level"] == "error":
                console.append(said["params"]["text"])
        if "error" in said:
            raise RuntimeError(f"{method}: {said['message']}")
        return said["result"]

    send("session.new", capabilities={})
    send("session.subscribe", events=["log.entryAdded"])
    page = {"context": send("browsingContext.create", type="tab")["context"]}
    send("browsingContext.setViewport", **page, viewport={"width": width, "height": height})

    def run(*texts):
        arguments = [{"type": "string", "value": text} for text in texts]
        function = {"functionDeclaration": f"(code, arg) => {CALL}", "arguments": arguments}
        said = send("script.callFunction", **function, target=page, awaitPromise=True)
        if said["type"] == "exception":
            raise RuntimeError(said["exceptionDetails"]["text"])
        return said["result"]["value"]

    def goto(url):
        console.clear()
        send("browsingContext.navigate", **page, url=url, wait="interactive")

    return Page(run, lambda source: send("input.performActions", **page, actions=[source]), goto, lambda: [*console])


# ---------------------------------------------------------------- WebKit


@contextmanager
def webkit(width=1280, height=1000):
    """Give a page of WebKitGTK, on a screen of its own; the errors of its console stand in its log."""
    browser = next(Path("/usr/lib").glob("*/webkit*gtk-*/MiniBrowser"), None)
    need("webkit2gtk-driver xvfb", browser, shutil.which("WebKitWebDriver"), shutil.which("Xvfb"))
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        screen = Path(home) / "screen"
        with running(["Xvfb", "-displayfd", "1", "-screen", "0", "1600x1400x24"], screen):
            display = f":{eventually_read(screen, r'^([0-9]+)$')}"
            # Without the first, it draws a frame in 200 ms.
            settings = {"WEBKIT_DISABLE_DMABUF_RENDERER": "1", "DISPLAY": display, "HOME": home}
            log = Path(home) / "driver"
            with running(["WebKitWebDriver", f"--port={port}"], log, **settings) as driver:
                wait_for(port, driver, log)
                yield webdriver_page(f"http://127.0.0.1:{port}/session", browser, width, height)


def webdriver_page(address, browser, width, height):
    def send(path="", **params):
        request = urllib.request.Request(address + path, json.dumps(params).encode())
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {json.load(error)['value']['message']}") from None

    options = {"binary": str(browser), "args": ["--automation"]}
    wanted = {"webkitgtk:browserOptions": options, "pageLoadStrategy": "none"}
    address += "/" + send(capabilities={"alwaysMatch": wanted})["sessionId"]
    send("/timeouts", script=300_000)
    send("/window/rect", x=0, y=0, width=width, height=height)

    def run(*texts):
        done = "then((text) => done({text}), (error) => done({error: `${error}\\n${error.stack}`}))"
        said = send("/execute/async", script=f"const [code, arg, done] = arguments; {CALL}.{done}", args=texts)
        if "error" in said:
            raise RuntimeError(said["error"])
        return said["text"]

    def goto(url):
        send("/url", url=url)
        while json.loads(run("location.href", "null")) != url:
            time.sleep(0.05)
        run(HEAR, "null")

    return Page(run, lambda source: send("/actions", actions=[source]), goto, lambda: json.loads(run("heard", "null")))


@contextmanager
def running(command, log, **settings):
    """Run a program beside the tests, its words in a log."""
    with log.open("w") as words:
        program = subprocess.Popen(command, stdout=words, stderr=words, env=os.environ | settings)
    try:
        yield program
    finally:
        program.terminate()
        program.wait(30)


def eventually_read(file, pattern):
    """What a program writes into a file when it has started."""
    for _ in range(600):
        if file.exists() and (found := re.search(pattern, file.read_text(), flags=re.MULTILINE)):
            return found[1]
        time.sleep(0.1)
    raise RuntimeError(f"{file} does not say {pattern}: {file.exists() and file.read_text()}")

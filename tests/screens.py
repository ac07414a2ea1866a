"""Explorers on a page: hands at them, what they show, and what they must show.

What the screen must show is what the same explorer shows here, in the test's own process, when it is moved in the same
way.
"""

import re
import time
from functools import cached_property
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import ipywidgets as widgets
import nbformat
import numpy as np
import pytest
from hands import OTHERS
from lab import open_notebook
from seen import assert_near, tables

import explorers
from explorers.closing import inside

OF_A_NETWORK = [name for name in explorers.__all__ if name not in OTHERS]
CONTROLS = "select, input, button, .noUi-handle, .widget-readout[contenteditable]"
MARKS = "[data-touch], :is([data-symbol], [data-of]) td"
LOOK = Path(__file__).with_name("screens.js").read_text(encoding="utf-8")

DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def write(lab, name, *cells):
    """Write a notebook with these cells beside the others."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, lab.folder / name)
    return name


@pytest.fixture(scope="module")
def run(lab, chromium):
    """Write a notebook of these cells, open it, run it."""
    opened = []

    def run(name, *cells, **view):
        notebook = open_notebook(chromium, lab, write(lab, name, *cells), **view)
        opened.append(notebook)
        notebook.run_all()
        assert notebook.problems() == []
        return notebook

    yield run
    for notebook in opened:
        notebook.close()


def eventually(check, *of):
    """Check until it holds, for half a minute: it gives what is true, or asserts."""
    end = time.monotonic() + 30
    while True:
        try:
            found = check(*of)
            assert found is None or found
            return found
        except AssertionError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


class Screen:
    """The first explorer on a page, or another."""

    def __init__(self, page, number=0):
        self.page, self.number, self.code = page, number, f"document.querySelectorAll('.bp-explorer')[{number}]"
        page.wait_for_function(f"() => {self.code}?.querySelector('.bp-picture')?.checkVisibility()")
        page.evaluate(LOOK)

    @cached_property
    def box(self):
        return self.page.locator(".bp-explorer").nth(self.number)

    def look(self, what, *details):
        """Ask one of the functions of screens.js about the explorer."""
        return self.page.evaluate(f"([what, details]) => look[what]({self.code}, ...details)", [what, details])

    def read(self):
        now = self.look("shown")
        return SimpleNamespace(**now | {"tables": tables(now["tables"])})

    def press(self, name, *keys):
        """Press keys with the focus on a control, a cell or a mark."""
        self.look("focus", name)
        for key in keys:
            self.page.keyboard.press(key)

    def click(self, name):
        self.carry(self.place(name))

    def place(self, name):
        return np.array(self.look("place", name), float)

    def pixels(self, words):
        """How many pixels of the page a unit of data is, across and down, in the picture of a mark."""
        _, _, width, height, x0, x1, y0, y1 = self.look("panel", words)
        return np.array([width / (x1 - x0), -height / (y1 - y0)])

    def data(self, words, place):
        """A place on the page as data, in the picture of a mark."""
        left, top, _, _, x0, _, _, y1 = self.look("panel", words)
        return (np.array(place) - [left, top]) / self.pixels(words) + [x0, y1]

    def carry(self, start, *places, steps=5):
        """Hold a mark at its place and move over others; the last is where it is let go."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        for place in places:
            self.page.mouse.move(*place, steps=steps)
        self.page.mouse.up()

    @cached_property
    def line(self):
        """What Chromium's own tools say to the page."""
        return self.page.context.new_cdp_session(self.page)

    def fingers(self, kind, *places):
        """Let fingers Start, Move or End at these places of the page."""
        points = [{"x": float(x), "y": float(y), "id": n} for n, (x, y) in enumerate(places)]
        self.line.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    def drag(self, words, by, off=(0, 0), steps=5):
        """Take a mark a little off its middle, and move by so many pixels of the page; return that way in data."""
        start = self.place(words) + off
        self.carry(start, start + by, steps=steps)
        return np.array(by) / self.pixels(words)


def use(screen, control):
    """Move a control of the screen by its keys, and the explorer's here in the same way."""
    name = control.description
    if isinstance(control, widgets.Button):
        screen.press(control.tooltip or name, "Enter")
        control.click()
    elif isinstance(control, widgets.Checkbox):
        screen.press(name, "Space")
        control.value = not control.value
    elif isinstance(control, widgets.Dropdown):
        screen.press(name, "ArrowDown")
        control.index += 1
    elif isinstance(control, widgets.FloatSlider):
        screen.press(name, *["PageUp"] * 4)
        control.value = round(control.value + 0.2, 2)
    else:
        screen.press(name, *["ArrowRight"] * 3)
        setattr(control, *(("index", control.index + 3) if hasattr(control, "index") else ("value", control.value + 3)))


# ---------------------------------------------------------------- a notebook with every explorer

SETUP = """import time
import explorers
shown = {{name: getattr(explorers, name)(scale={scale}) for name in explorers.__all__}}
def begin(name):
    explorer = shown[name]
    for kept in ("_picked", "compute"):
        vars(explorer).pop(kept, None)
    if "predict" in explorer.controls:
        explorer.controls["predict"].value, explorer.predictor.tally = False, [0, 0]
        explorer.controls["question"].index = explorer.controls["answer"].index = 0
    explorer.controls["reset"].click()"""


class Hand(Screen):
    """A hand at an explorer of the notebook with all of them."""

    def __init__(self, notebook, name):
        super().__init__(notebook.page, explorers.__all__.index(name))
        self.name = name

    def begin(self):
        self.look("ask", f"begin('{self.name}')")
        self.page.evaluate(DRAWN)

    def explorer(self, code):
        """Do something in the kernel, with the explorer."""
        self.look("ask", f"(lambda explorer: {code})(shown['{self.name}'])")

    def slow(self, seconds):
        """Let each change take so much longer in the kernel, until the explorer begins again."""
        longer = f"lambda: (time.sleep({seconds}), type(explorer).compute(explorer))[1]"
        self.explorer(f"setattr(explorer, 'compute', {longer})")

    def focused(self):
        return self.page.evaluate("() => document.activeElement?.dataset?.touch ?? null")


def settled(screen):
    """The last words of the page about a hand, when the kernel has done what they say, and so answered."""
    screen.page.evaluate(DRAWN)
    eventually(screen.look, "answered")
    return ["", *screen.look("said")][-1]


@pytest.fixture(scope="module")
def notebook(run, request):
    """At a desk; with the explorers' scale and the device's in the place of 1 and 1, for a projector, say."""
    scale, device = getattr(request, "param", (1, 1))
    cell = SETUP.format(scale=scale) + "\ndisplay(*shown.values())"  # one: JupyterLab forgets no toolbar of a cell left
    return run(f"all_{scale}.ipynb", cell, width=1400, height=1000, device_scale_factor=device)


@pytest.fixture
def hand(notebook):
    """Hands at explorers that are as they began."""

    def hand(name):
        at = Hand(notebook, name)
        at.begin()
        return at

    yield hand
    assert notebook.problems() == []


def sent(screen, words):
    """Where the page has last sent this mark, in data."""
    said = [said.removeprefix(f"{words} ") for said in screen.look("said") if said.startswith(f"{words} ")]
    assert said, f"{words} was not sent"
    return np.array(said[-1].split(), float)


# ---------------------------------------------------------------- what the screen must show


def shown_by(explorer):
    """What an explorer here shows, in the order of its page: words, descriptions, choices, tables; and its sliders."""
    parts = [*inside(explorer)]
    html = "".join(part.value for part in parts if isinstance(part, widgets.HTML))

    def texts(pattern):
        return [unescape(re.sub("<.*?>", "", text)) for text in re.findall(pattern, html)]

    words, alts = texts(r"<p\b[^>]*>(.*?)</p>"), texts('role="group" aria-label="(.*?)"')
    choices = [part.label for part in parts if isinstance(part, widgets.Dropdown)]
    sliders = {part.description: part.value for part in parts if hasattr(part, "readout")}
    return (words, alts, choices, [(table.caption, table.rows) for table in tables(html)]), sliders


def assert_shows(screen, explorer):
    """All words, numbers and descriptions on the screen are those of the explorer here."""
    now = screen.read()
    alts, numbers = [picture["alt"] for picture in now.pictures], [(table.caption, table.rows) for table in now.tables]
    wanted, sliders = shown_by(explorer)
    for shown, right in zip((now.words, alts, now.choices, numbers), wanted, strict=True):
        assert shown == right, f"shown is {shown}, and not {right}"
    assert dict(now.facts) == getattr(explorer.views.get("detectors"), "rows", {})
    assert [slider["label"] for slider in now.sliders] == [*sliders]
    for slider in now.sliders:
        assert_near(slider["shown"], sliders[slider["label"]])
    return now


def entry_of(table, row, column):
    """Which entry a cell of a table is: of a matrix, or of its transpose."""
    place = [column, row] if "turned" in table.data else [row, column]
    return table.data.get("symbol") or table.data["of"], *place


def lit(screen, mark):
    """The entries of the tables of symbols that have a mark."""
    return {
        entry_of(table, row, column)
        for table in screen.read().tables
        for row, line in enumerate(table.classes)
        for column, classes in enumerate(line)
        if "symbol" in table.data and mark in classes
    }


def assert_lit(screen, twin):
    """The line on the screen is of the twin's entry, which is framed, and lit are the entries that it came from."""
    now, entry, found = screen.read(), twin.entry, twin.explain(*twin.entry)
    assert now.sum == [[found.text, "entry " + " ".join(map(str, entry))]]
    on_screen = {table.data.get("symbol") for table in now.tables}
    assert lit(screen, "bp-from") == {source for source in found.sources if source[0] in on_screen}
    assert lit(screen, "bp-entry") == {entry} & {(symbol, *entry[1:]) for symbol in on_screen}

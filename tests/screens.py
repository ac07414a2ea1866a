"""Explorers on a page: hands at them, what they show, and what they must show.

Numbers on the screen are compared with those that a test computes itself, from the default network and its own moves.
"""

import json
import re
import time
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from lab import open_notebook
from seen import assert_near, tables

import explorers
import mlp_helpers as mlp

OF_A_NETWORK = [name for name in explorers.__all__ if name not in ("training_explorer", "bug_lab")]
CONTROLS = "select, input, button, .noUi-handle, .widget-readout[contenteditable]"
MARKS = "[data-touch], :is([data-symbol], [data-of]) td"

# What an explorer shows: words, tables, sliders, and pictures, without what the page adds to their marks.
READ = """box => ({
  words: [...box.querySelectorAll('p')].map(p => p.textContent),
  tables: [...box.querySelectorAll('table')].map(table => table.outerHTML).join(''),
  facts: [...box.querySelectorAll('.bp-facts tr')].map(row => [...row.cells].map(cell => cell.textContent)),
  sliders: [...box.querySelectorAll('.widget-slider')].map(slider => ({
    label: slider.querySelector('label').textContent, shown: slider.querySelector('.widget-readout').textContent})),
  pictures: [...box.querySelectorAll('svg.bp-picture')].map(picture =>
    ({alt: picture.ariaLabel, drawn: picture.innerHTML.replaceAll(/ (tabindex|role|aria-label)="[^"]*"/g, '')})),
})"""

KERNEL_IS_QUIET = """async () => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  let last = performance.now();
  const hear = () => { last = performance.now(); };
  kernel.iopubMessage.connect(hear);
  while (kernel.status !== 'idle' || performance.now() - last < 200) await new Promise(done => setTimeout(done, 50));
  kernel.iopubMessage.disconnect(hear);
}"""

ASK = """async code => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const content = {code: '', silent: true, user_expressions: {value: code}};
  const reply = (await kernel.requestExecute(content).done).content.user_expressions.value;
  if (reply.status !== 'ok') throw new Error(reply.evalue);
  return reply.data['text/plain'];
}"""


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


def eventually(check):
    """Check until it holds, for half a minute."""
    end = time.monotonic() + 30
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


class Screen:
    """An explorer on the screen."""

    def __init__(self, page, box):
        self.page, self.box = page, box
        box.locator(".bp-picture").first.wait_for()

    def read(self):
        now = self.box.evaluate(READ)
        return SimpleNamespace(**now | {"tables": tables(now["tables"])})

    def slider(self, label):
        """The handle of the slider with this label."""
        return self.box.get_by_role("slider", name=label, exact=True)

    def button(self, label):
        return self.box.get_by_role("button", name=label)

    def press(self, control, *keys):
        """Press keys with the focus on a control."""
        control.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def choose(self, label, option):
        """Choose an option of a dropdown with the arrow keys, and wait: a button would overtake what is on the way."""
        select = self.box.get_by_role("combobox", name=label, exact=True)
        select.locator(f'option[value="{option}"]').wait_for(state="attached")
        self.press(select, "Home", *["ArrowDown"] * options(select).index(option))
        self.page.evaluate(KERNEL_IS_QUIET)


def options(select):
    return select.locator("option").evaluate_all("all => all.map(option => option.value)")


# ---------------------------------------------------------------- a notebook with every explorer

SIZES = {"desk": (1.0, 1), "projector": (1.6, 2)}  # the explorers' scale, and the device's

# JupyterLab's widgets have a thread of their own in the kernel: a touch is done when its words are among those `done`.
SETUP = """import json, time
import explorers
shown = {{name: getattr(explorers, name)(scale={scale}) for name in explorers.__all__}}
done = dict.fromkeys(shown, "")
for name, explorer in shown.items():
    explorer.hand.observe(lambda change, name=name: done.update({{name: change["new"]}}), "value")
def begin(name):
    if "predict" in shown[name].controls:
        shown[name].controls["predict"].value = False
    shown[name].controls["reset"].click()
def explained(name):
    said = shown[name].explain(*shown[name].entry)
    return json.dumps([said.sources, said.text])
def state(name):
    explorer = shown[name]
    numbers = dict(X=explorer.X, **explorer.params._asdict())
    values = {{key: control.value for key, control in explorer.controls.items() if hasattr(control, "value")}}
    numbers = {{key: array.tolist() for key, array in numbers.items()}}
    return json.dumps([numbers, values, explorer.entry, done[name]])"""

# Where a mark can be taken: its middle, or of a line the place nearest to it where nothing else can be taken.
PLACE = """(box, [words, marks]) => {
  const mark = [...box.querySelectorAll(marks)].find(mark => mark.dataset.touch === words);
  mark.scrollIntoView({block: 'center'});
  const {x, y, width, height} = mark.getBoundingClientRect();
  if (mark.tagName !== 'path') return [x + width / 2, y + height / 2];
  const at = part => mark.getPointAtLength(part * mark.getTotalLength()).matrixTransform(mark.getScreenCTM());
  const isFree = ({x, y}) => document.elementsFromPoint(x, y).every(part => part === mark || !part.dataset.touch);
  const parts = [...Array(93).keys()].map(n => (n % 2 ? 50 + (n + 1) / 2 : 50 - n / 2) / 100);
  const free = at(parts.find(part => isFree(at(part))) ?? 0.5);
  return [free.x, free.y];
}"""

# Of a picture: its frame on the page, in CSS pixels, and the ranges of its data.
FRAME = """(box, words) => {
  const svg = box.querySelector(`[data-touch="${words}"]`).closest('svg.bp-picture');
  const rect = svg.getBoundingClientRect();
  const [left, top, width, height, ...ranges] = svg.dataset.frame.split(' ').map(Number);
  const zoom = rect.width / svg.viewBox.baseVal.width;
  return [rect.left + zoom * left, rect.top + zoom * top, zoom * width, zoom * height, ...ranges];
}"""


class Hand(Screen):
    """A hand at an explorer of the notebook with all of them."""

    def __init__(self, notebook, name):
        super().__init__(notebook.page, notebook.page.locator(".bp-explorer").nth(explorers.__all__.index(name)))
        self.name = name

    def ask(self, code):
        return self.page.evaluate(ASK, code)

    def heard(self, code):
        """What the kernel says in JSON."""
        return json.loads(eval(self.ask(code)))

    def explorer(self, code):
        """Do something in the kernel, with the explorer."""
        self.ask(f"(lambda explorer: {code})(shown['{self.name}'])")

    def state(self):
        """The numbers, the values of the controls, the chosen entry, and the last words of a page that were done."""
        numbers, controls, entry, heard = self.heard(f"state('{self.name}')")
        return {key: np.array(value) for key, value in numbers.items()}, controls, entry, heard

    def place(self, words):
        return np.array(self.box.evaluate(PLACE, [words, MARKS]), float)

    def pixels(self, words):
        """How many pixels of the page a unit of data is, across and down, in the picture of a mark."""
        _, _, width, height, x0, x1, y0, y1 = self.box.evaluate(FRAME, words)
        return np.array([width / (x1 - x0), -height / (y1 - y0)])

    def data(self, words, place):
        """A place on the page as data, in the picture of a mark."""
        left, top, _, _, x0, _, _, y1 = self.box.evaluate(FRAME, words)
        return (np.array(place) - [left, top]) / self.pixels(words) + [x0, y1]

    def carry(self, start, *places):
        """Hold a mark at its place and move over others; the last is where it is let go."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        for place in places:
            self.page.mouse.move(*place, steps=5)
        self.page.mouse.up()

    def drag(self, words, by, off=(0, 0)):
        """Take a mark a little off its middle, and move by so many pixels of the page; return that way in data."""
        start = self.place(words) + off
        self.carry(start, start + by)
        return np.array(by) / self.pixels(words)

    def click(self, words):
        self.page.mouse.click(*self.place(words))

    def focus(self, words):
        self.box.locator(f"[data-touch='{words}']").first.focus()

    def focused(self):
        return self.page.evaluate("() => document.activeElement?.dataset?.touch ?? null")

    def words(self):
        return self.box.locator("p").all_text_contents()


def settled(hand):
    """What the kernel has when it has heard the last that the page has to say."""

    def heard():
        now = hand.state()
        assert now[3] == hand.box.locator(".bp-hand input").input_value()
        return now

    hand.page.evaluate("() => new Promise(requestAnimationFrame)")
    return eventually(heard)


@pytest.fixture(scope="module", params=SIZES)
def notebook(run, request):
    scale, device = SIZES[request.param]
    cell = SETUP.format(scale=scale) + "\ndisplay(*shown.values())"  # one: JupyterLab forgets no toolbar of a cell left
    return run(f"all_{request.param}.ipynb", cell, width=1400, height=1000, device_scale_factor=device)


@pytest.fixture
def hand(notebook):
    """Hands at explorers that are as they began."""

    def hand(name):
        at = Hand(notebook, name)
        at.ask(f"begin('{name}')")
        return at

    yield hand
    assert notebook.problems() == []


def sent(screen, words):
    """Where the page has last sent this mark, in data."""
    said = screen.box.locator(".bp-hand input").input_value()
    return np.array(re.fullmatch(rf"[\d.]+ {words} (\S+) (\S+)", said).groups(), dtype=float)


# ---------------------------------------------------------------- what the screen must show


class Net:
    """The network and the batch that the screen must show: the defaults, then moved by the test."""

    def __init__(self):
        self.X, self.y = mlp.toy_data("moons", 5, np.random.default_rng(2))
        self.params = mlp.init_params(np.random.default_rng(18))
        self.example, self.unit, self.step, self.added = 0, 0, 1, 0.0

    def values(self):
        values = {"X": self.X, "Y": mlp.one_hot(self.y, 2), **self.params._asdict()}
        values |= mlp.forward(self.X, self.params)._asdict() | mlp.backward(self.X, self.y, self.params)._asdict()
        of_unit = [values[symbol][:, self.unit] for symbol in ("A1", "M", "G_H", "G_A1")]
        outer = np.outer(values["G_Z"][self.example], values["H"][self.example])
        return values | {f"Unit {self.unit}": np.stack(of_unit, 1), f"outer product of example {self.example}": outer}

    def place(self, label):
        """The number that a slider with this label moves: an array and an index."""
        if found := re.fullmatch(r"x([12]) of i = (\d+)", label):
            return self.X, (int(found[2]), int(found[1]) - 1)
        if found := re.fullmatch(r"z([01]) of i = (\d+)", label):
            return mlp.forward(self.X, self.params).Z, (int(found[2]), int(found[1]))
        if found := re.fullmatch(r"(?:move )?([Wb][12])\[([\d, ]+)\]", label):
            return getattr(self.params, found[1]), tuple(map(int, found[2].split(",")))
        counts = {"example i": "example", "hidden unit j": "unit", "step": "step", "add s to both": "added"}
        return vars(self), counts[label]

    def move(self, label, steps):
        """Move a number as its slider does: from the value that the slider shows, by its steps."""
        array, index = self.place(label)
        if isinstance(array, dict):
            size = 0.01 if index == "added" else 1
            array[index] += size * steps
            self.params.b2[:] += size * steps * (index == "added")
            return
        change = round(float(array[index]), 2) + steps / 100 - array[index]
        array[index] += change
        if label.startswith("z"):
            self.params.b2[index[1]] += change


def find(pattern, now):
    """What the pattern's groups are in the words on the screen."""
    found = [match for match in (re.search(pattern, line) for line in now.words) if match]
    assert found, f"{pattern} is not in {now.words}"
    return found[0].groups()


def assert_shows(screen, net):
    """Every table, every slider and the loss on the screen are those of the network."""
    now, values = screen.read(), net.values()
    assert now.tables
    for table in now.tables:
        assert table.symbol.removesuffix("ᵀ") in values
        array = np.atleast_2d(values[table.symbol.removesuffix("ᵀ")])
        array = array.T if table.symbol.endswith("ᵀ") else array
        assert np.shape(table.rows) == array.shape
        for shown, number in zip(np.ravel(table.rows), array.ravel(), strict=True):
            assert_near(shown, number)
    labels = {slider["label"] for slider in now.sliders}
    assert {f"x1 of i = {net.example}", f"W1[{net.unit}, 0]"} <= labels
    for slider in now.sliders:
        array, index = net.place(slider["label"])
        assert_near(slider["shown"], array[index])
    i = net.example
    said = find(r"Example (\d+): x = \((.*), (.*)\), label (\d)\. Loss of the batch: ([\d.]+)\.", now)
    assert (int(said[0]), int(said[3])) == (i, net.y[i])
    for shown, number in zip((*said[1:3], said[4]), [*net.X[i], mlp.loss(net.X, net.y, net.params)], strict=True):
        assert_near(shown, number)
    return now


def kernels_part(now):
    """What the kernel writes on the screen, and not the browser by itself."""
    return now.words, [(table.symbol, table.rows) for table in now.tables], now.facts, [s["label"] for s in now.sliders]

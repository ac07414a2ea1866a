"""Explorers on a page: what they show, and what they must show.

Numbers on the screen are compared with those that a test computes itself, from the default network and its own moves.
"""

import re
import time
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from lab import open_notebook

import mlp_helpers as mlp

# What an explorer shows: words, tables, sliders, and pictures, without what the page adds to their marks.
READ = """box => ({
  words: [...box.querySelectorAll('p')].map(p => p.textContent),
  tables: [...box.querySelectorAll('table:not(.bp-facts)')].map(table => ({
    symbol: table.caption.querySelector('b').textContent,
    rows: [...table.tBodies[0].rows].map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent))})),
  facts: [...box.querySelectorAll('.bp-facts tr')].map(row => [...row.cells].map(cell => cell.textContent)),
  sliders: [...box.querySelectorAll('.widget-slider')].map(slider => ({
    label: slider.querySelector('label').textContent, shown: slider.querySelector('.widget-readout').textContent})),
  pictures: [...box.querySelectorAll('svg.bp-picture')].map(picture =>
    ({alt: picture.ariaLabel, drawn: picture.innerHTML.replaceAll(/ (tabindex|role|aria-label)="[^"]*"/g, '')})),
})"""


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


KERNEL_IS_QUIET = """async () => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  let last = performance.now();
  const hear = () => { last = performance.now(); };
  kernel.iopubMessage.connect(hear);
  while (kernel.status !== 'idle' || performance.now() - last < 200) await new Promise(done => setTimeout(done, 50));
  kernel.iopubMessage.disconnect(hear);
}"""


class Screen:
    """An explorer on the screen."""

    def __init__(self, page, box):
        self.page, self.box = page, box
        box.locator(".bp-picture").first.wait_for()

    def read(self):
        return SimpleNamespace(**self.box.evaluate(READ))

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
        index = options(select).index(option)
        self.press(select, "Home", *["ArrowDown"] * index)
        self.page.evaluate(KERNEL_IS_QUIET)


def options(select):
    return select.locator("option").evaluate_all("all => all.map(option => option.value)")


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


def assert_near(shown, number):
    """The number is what is shown, rounded to as many digits as are shown."""
    text = shown.replace("−", "-")
    mantissa, _, power = text.partition("e")
    digits = len(mantissa.partition(".")[2]) - int(power or 0)
    assert abs(float(text) - number) <= 0.5 * 10.0**-digits + 1e-9, f"{shown} is not {number}"


def assert_shows(screen, net):
    """Every table, every slider and the loss on the screen are those of the network."""
    now, values = screen.read(), net.values()
    assert now.tables
    for table in now.tables:
        symbol = table["symbol"]
        assert symbol.removesuffix("ᵀ") in values
        array = np.atleast_2d(values[symbol.removesuffix("ᵀ")])
        array = array.T if symbol.endswith("ᵀ") else array
        assert np.shape(table["rows"]) == array.shape
        for shown, number in zip(np.ravel(table["rows"]), array.ravel(), strict=True):
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
    return now.words, now.tables, now.facts, [slider["label"] for slider in now.sliders]

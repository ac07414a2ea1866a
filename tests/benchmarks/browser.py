"""From a key to the painted change, in JupyterLab in Chromium: every slider of every explorer.

In one run: the floor, which is an empty slider whose number goes through the kernel into a label; and each explorer.
"""

import sys
from itertools import count
from pathlib import Path
from statistics import median

import lab as jupyter
import nbformat
from subjects import make, sliders

import explorers

SCRIPT = Path(__file__).with_name("browser.js").read_text(encoding="utf-8")
PRESSES = "([name, count]) => presses(name, count)"
FLOOR = """import ipywidgets as widgets
slider, label = widgets.IntSlider(50), widgets.Label("50")
slider.add_class("slider-floor")
slider.observe(lambda change: setattr(label, "value", str(change["new"])), "value")
widgets.VBox([slider, label])"""
EXPLORER = "from subjects import marked\nexplorer = marked({!r})\nexplorer"
DRAGGED = {"training_explorer": "step"}  # and x1 elsewhere
KEYS = ["explorer", "slider", "median, ms", "worst, ms", "median / floor", "worst / floor"]
KEYS += ["messages", "kB"]
DRAGS = ["explorer", "slider", "last event to last change, ms", "moves sent", "most in flight", "true"]
LAST_IS_SHOWN = """async ([name, value]) => {
  const [here, lines] = JSON.parse(await ask(`[explorer.controls["${name}"].value, explorer.views["words"].lines]`));
  const text = document.querySelector('.bp-explorer').innerText.replace(/\\s+/g, ' ');
  return Math.abs(here - value) < 0.006 && lines.every(line => text.includes(line.replace(/\\s+/g, ' ')));
}"""


def run(show, quick):
    """Print a row for each slider, then the drags, then how notebook 00 opens."""
    with jupyter.lab_server() as lab, jupyter.browser() as chromium:
        moves, drags, floor = [], [], []
        with Page(chromium, lab, FLOOR) as empty:
            for name in explorers.__all__:
                names = _sliders_of(name)
                if not names:
                    continue
                with Page(chromium, lab, EXPLORER.format(name)) as page:
                    for slider in names:
                        moves.append((name, slider, page.presses(slider, 10 if quick else 50), *page.hears(slider)))
                        floor += empty.presses("floor", 5)
                    drags.append([name, *page.drag(DRAGGED.get(name, "x1"))])
                print(f"{name} is measured", file=sys.stderr)
        show(
            f"From a key to its painted change; the floor is {median(floor):.1f} ms, worst {max(floor):.1f} "
            f"of {len(floor)} keys in between",
            KEYS,
            [_row(move, median(floor)) for move in moves],
        )
        show("200 events in a second", DRAGS, drags)
        show("Notebook 00, from Run All to its first explorer on the screen", ["seconds"], [[_first(chromium, lab)]])


def _sliders_of(name):
    explorer = make(name)
    names = [*sliders(explorer)]
    explorer.close()
    return names


def _row(move, floor):
    name, slider, times, messages, size = move
    if not times:
        return [name, slider, *["nothing changes"] * (len(KEYS) - 2)]
    middle, worst = median(times), max(times)
    row = [f"{middle:.1f}", f"{worst:.1f}", f"{middle / floor:.2f}", f"{worst / floor:.2f}"]
    return [name, slider, *row, f"{messages:.1f}", f"{size / 1e3:.1f}"]


def _first(chromium, lab):
    notebook = jupyter.open_notebook(chromium, lab, "00_start_here.ipynb")
    notebook.page.add_script_tag(content=SCRIPT)
    seconds = notebook.page.evaluate("() => firstExplorer()")
    notebook.close()
    return f"{seconds:.1f}"


class Page:
    """A notebook of one cell in a page of its own; `.heard` counts the messages and bytes of the last hears()."""

    numbers = count(1)

    def __init__(self, chromium, lab, code):
        scratch = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
        scratch.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
        name = f"benchmark_{next(self.numbers)}.ipynb"  # pages with the same file would share a kernel
        nbformat.write(scratch, lab.folder / name)
        self.notebook = jupyter.open_notebook(chromium, lab, name, width=1400)
        page = self.notebook.page
        self.listener = page.context.new_cdp_session(page)
        self.listener.on("Network.webSocketFrameReceived", self._hear)
        page.add_script_tag(content=SCRIPT)
        self.notebook.run_all()
        page.wait_for_selector(".noUi-handle")
        page.wait_for_timeout(1500)
        if problems := self.notebook.problems():
            raise RuntimeError("\n".join(problems))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.notebook.close()

    def _hear(self, event):
        frame = event["response"]
        data = frame["payloadData"]
        self.heard[0] += 1
        self.heard[1] += len(data) * 3 // 4 if frame["opcode"] == 2 else len(data.encode())  # binary data is in base64

    def presses(self, slider, count, warm=2):
        """Milliseconds of each key that changes something, after some that warm up."""
        times = self.notebook.page.evaluate(PRESSES, [slider, warm + count])[warm:]
        return [time for time in times if time]

    def hears(self, slider, count=4):
        """The messages and the bytes of a key; listening takes time, so these keys are not timed."""
        page, self.heard = self.notebook.page, [0, 0]
        self.listener.send("Network.enable")
        page.evaluate(PRESSES, [slider, count])
        page.wait_for_timeout(100)  # until all that has come is counted
        self.listener.send("Network.disable")
        return [heard / count for heard in self.heard]

    def drag(self, slider):
        """The rest of a row: 200 events in a second."""
        found = self.notebook.page.evaluate("name => drag(name, 200, 1)", slider)
        true = self.notebook.page.evaluate(LAST_IS_SHOWN, [slider, found["value"]])
        row = f"{found['lag']:.0f}", found["sent"], found["most"], "yes" if true else "NO"
        return [slider, *row]

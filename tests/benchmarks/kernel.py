"""What a change costs in the kernel, without a browser: time, where it goes, and what is sent.

Widgets talk to a comm that counts (comm.create_comm is made to be replaced), and a slider is moved by the message
that a browser sends. The comm turns each message into JSON, as a kernel does; that time is in every figure here.
"""

import functools
import inspect
import json
import time
from collections import defaultdict
from statistics import median

import comm
import ipywidgets as widgets
import numpy as np
from subjects import make, sliders

import explorers
import mlp_helpers as mlp
from explorers.closing import inside
from explorers.views.picture import Picture

PARTS = ("maths", "tables and words", "pictures", "messages", "rest")


class CountingComm(comm.base_comm.BaseComm):
    """Keeps what is sent, as (the comm's id, the data, bytes), in `.sent`."""

    sent: list = []  # noqa: RUF012

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        text = json.dumps(data, ensure_ascii=False)
        self.sent.append((self.comm_id, data or {}, len(text.encode()) + sum(map(len, buffers or []))))


comm.create_comm = CountingComm


def move(slider, times):
    """Move a slider a step and back, as a browser would; yield after each move."""
    name, top = ("index", len(slider.options) - 1) if hasattr(slider, "options") else ("value", slider.max)
    step, here = getattr(slider, "step", 1), getattr(slider, name)
    there = here + step if here + step <= top else here - step
    for number in range(times):
        state = {name: (there, here)[number % 2]}
        content = {"data": {"method": "update", "state": state, "buffer_paths": []}}
        slider.comm.handle_msg({"content": content, "buffers": []})
        yield


def run(show, quick):
    """Print the time of update(), where it goes, and what each slider sends."""
    repeats = 16 if quick else 60
    rows = []
    for name in explorers.__all__:
        usual, most = (_update_times(make(name, most), repeats) for most in (False, True))
        rows.append([name, *(f"{1e3 * part:.1f}" for times in (usual, most) for part in (median(times), max(times)))])
    head = ["explorer", "median, ms", "worst, ms", "most on screen: median, ms", "worst, ms"]
    show(f"One update() after every parameter has changed, {repeats} times", head, rows)

    rows = [[name, *_ratio(name, repeats), *_dragged(name, repeats)] for name in explorers.__all__]
    head = ["explorer", "update(), ms of CPU", "times forward and backward", "changed views of a drag, kB", "worst, kB"]
    show(
        "One update() against forward and backward on the same batch, and what a dragged point or step sends",
        head,
        rows,
    )

    rows = [[name, *_parts(name, repeats)] for name in explorers.__all__]
    show(
        "Where the time of that update() goes, means in ms, with the most on the screen",
        ["explorer", *PARTS, "sum"],
        rows,
    )

    rows = [row for name in explorers.__all__ for row in _messages(name, repeats)]
    head = [
        "explorer",
        "slider",
        "median, ms",
        "messages",
        "kB",
        "pictures, board and words sent, of all",
        "sent again unchanged",
    ]
    show("What one step of each slider sends, with the most on the screen", head, rows)


def _update_times(explorer, repeats):
    """Seconds of each update(), after one that warms up."""
    times = []
    for number in range(repeats + 1):
        _change(explorer, number)
        CountingComm.sent.clear()
        start = time.perf_counter()
        explorer.update()
        times.append(time.perf_counter() - start)
    explorer.close()
    return times[1:]


def _ratio(name, repeats):
    """CPU time of an update() with the most on the screen, in ms, and in forward and backward passes of N = 5."""
    explorer = make(name)
    small = mlp.toy_data("moons", 5, np.random.default_rng(2))
    passes, updates = [], []
    for number in range(repeats):  # in turns: both feel what else the machine does
        _change(explorer, number)
        CountingComm.sent.clear()
        updates.append(_cpu(explorer.update, 1))
        passes.append(_cpu(lambda: mlp.backward(*small, explorer.params, mlp.forward(small[0], explorer.params)), 20))
    explorer.close()
    return f"{1e3 * median(updates):.1f}", f"{median(updates) / median(passes):.0f}"


def _cpu(function, times):
    start = time.process_time()
    for _ in range(times):
        function()
    return (time.process_time() - start) / times


def _dragged(name, repeats):
    """The kB of the views that a hand's move changes: the median and the largest."""
    explorer = make(name)
    owners = shown_in(explorer)
    sizes = []
    for number in range(repeats):
        CountingComm.sent.clear()
        if hasattr(explorer, "touch_step") and not hasattr(explorer, "touch_dot"):
            explorer.touch("step", 400 + number)
        else:
            explorer.touch("point", 0, 0.3 + 0.02 * number, 0.4 - 0.01 * number)
        sizes.append(sum(size for id, _, size in CountingComm.sent if id in owners) / 1e3)
    explorer.close()
    return f"{median(sizes):.1f}", f"{max(sizes):.1f}"


def _change(explorer, number):
    """Change every parameter a little, to and fro."""
    for value in explorer.params:
        value += 0.03 if number % 2 else -0.03


class Clock:
    """Splits time into parts that add up: what runs inside a part counts for the innermost part only."""

    def __init__(self):
        self.seconds = defaultdict(float)
        self._part, self._since = None, 0.0

    def of(self, part, function):
        """Return the function, its time counted for part."""

        @functools.wraps(function)
        def timed(*args, **kwargs):
            before = self._enter(part)
            try:
                return function(*args, **kwargs)
            finally:
                self._enter(before)

        return timed

    def _enter(self, part):
        now, before = time.perf_counter(), self._part
        if before:
            self.seconds[before] += now - self._since
        self._part, self._since = part, now
        return before


def _parts(name, repeats):
    """Milliseconds that an update() spends in each of PARTS, and their sum."""
    explorer, clock = make(name), Clock()
    undo = []

    def count(part, owner, attribute):
        original = inspect.getattr_static(owner, attribute)
        setattr(owner, attribute, clock.of(part, getattr(owner, attribute)))
        undo.append((owner, attribute, original))

    for view in explorer.views.values():
        view.show = clock.of("pictures" if isinstance(view, Picture) else "tables and words", view.show)
    for attribute, function in [*vars(mlp).items()]:
        if inspect.isfunction(function) and not attribute.startswith("_"):
            count("maths", mlp, attribute)
    count("messages", widgets.Widget, "send_state")
    update = clock.of("rest", explorer.update)
    try:
        for number in range(repeats + 1):
            _change(explorer, number)
            CountingComm.sent.clear()
            if number == 1:
                clock.seconds.clear()
            update()
    finally:
        for owner, attribute, original in undo:
            setattr(owner, attribute, original)
        explorer.close()
    means = [1e3 * clock.seconds[part] / repeats for part in PARTS]
    return [f"{ms:.1f}" for ms in (*means, sum(means))]


def _messages(name, repeats):
    """A row for each slider: its name, the time of a move, and what it sends."""
    explorer = make(name)
    owners = shown_in(explorer)
    for slider_name, slider in sliders(explorer).items():
        for _ in move(slider, 2):
            pass
        times, messages, size, shown, again, last = [], 0, 0, set(), 0, {}
        moves = move(slider, repeats)
        for _ in range(repeats):
            CountingComm.sent.clear()
            start = time.perf_counter()
            next(moves)
            times.append(time.perf_counter() - start)
            messages += len(CountingComm.sent)
            size += sum(number for _, _, number in CountingComm.sent)
            for id, data, _ in CountingComm.sent:
                if data["method"] == "update" and id in owners:
                    shown.add(id)
                    again += last.get(id) == data["state"]
                    last[id] = data["state"]
        yield [
            name,
            slider_name,
            f"{1e3 * median(times):.1f}",
            f"{messages / repeats:.1f}",
            f"{size / repeats / 1e3:.1f}",
            f"{len(shown)} of {len(owners)}",
            again,
        ]
    explorer.close()


def shown_in(explorer):
    """The comms of what shows pictures, tables and words."""
    return {widget.comm.comm_id for widget in inside(explorer) if isinstance(widget, widgets.HTML)}

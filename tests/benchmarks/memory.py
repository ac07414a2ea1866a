"""What a long lesson costs in memory, in a kernel that hears the messages a browser would send."""

import json
from ast import literal_eval
from contextlib import contextmanager
from subprocess import DEVNULL

from jupyter_client.manager import start_new_kernel

import explorers

SETUP = """
import gc, json
import comm, ipywidgets, psutil
from matplotlib.figure import Figure
import explorers

def resident():
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6

def kept():
    gc.collect()
    kinds = [type(thing) for thing in gc.get_objects()]
    return [
        sum(issubclass(kind, Figure) for kind in kinds),
        sum(issubclass(kind, ipywidgets.Widget) for kind in kinds),
        len(ipywidgets.Widget.get_manager_state()["state"]),
        len(comm.get_comm_manager().comms),
        resident(),
    ]
"""
KEPT = ("figures", "widgets", "registered widgets", "comms", "memory, MB")
ENDS = {
    "close() and del": "explorer = explorers.{name}()\nexplorer.close()\ndel explorer\ngc.collect();",
    "the cell run again": "explorers.{name}()",
}


def run(show, quick):
    """Print what moves cost, and what explorers leave behind."""
    names = ["backprop_explorer"] if quick else explorers.__all__
    rows = [row for name in names for row in _moves(name, 1_000 if quick else 10_000 // len(names))]
    head = ["explorer", "moves", "before, MB", "growth, MB"]
    show("Resident memory of the kernel (psutil, after gc.collect()), moved by a browser's messages", head, rows)

    names = ["backprop_explorer"] if quick else explorers.__all__
    rows = [[name, end, *_left_behind(name, code, 10 if quick else 50)] for name in names for end, code in ENDS.items()]
    show("Left by making and discarding an explorer, more than after the second", ["explorer", "by", *KEPT], rows)


class Kernel:
    """A kernel, and a client that sends it what a browser sends."""

    def __init__(self, client):
        self.client = client

    def run(self, code, cell="a cell"):
        """Run a cell; running it again has the same id, as in JupyterLab."""
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        self._send("execute_request", content, {"cellId": cell})

    def ask(self, expression):
        """The value of an expression, by way of JSON."""
        reply = self.client.execute(
            "", silent=True, user_expressions={"value": f"json.dumps({expression})"}, reply=True, timeout=120
        )
        value = reply["content"]["user_expressions"]["value"]
        if value["status"] != "ok":
            raise RuntimeError(value["evalue"])
        return json.loads(literal_eval(value["data"]["text/plain"]))

    def move(self, model, state):
        """Move a slider, and wait until all that it changes is sent."""
        data = {"method": "update", "state": state, "buffer_paths": []}
        self._send("comm_msg", {"comm_id": model, "data": data})

    def _send(self, kind, content, metadata=None):
        message = self.client.session.msg(kind, content, metadata=metadata)
        self.client.shell_channel.send(message)
        while True:
            heard = self.client.get_iopub_msg(timeout=120)
            if heard["msg_type"] == "error":
                raise RuntimeError("\n".join(heard["content"]["traceback"]))
            idle = heard["msg_type"] == "status" and heard["content"]["execution_state"] == "idle"
            if idle and heard["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return


@contextmanager
def kernel():
    manager, client = start_new_kernel(stderr=DEVNULL)
    try:
        running = Kernel(client)
        running.run(SETUP)
        yield running
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _moves(name, count):
    """Growth over moves that go around the explorer's sliders, each through the whole of its range."""
    with kernel() as running:
        running.run(f"explorer = explorers.{name}()")
        sliders = running.ask(
            "[(c.model_id, c.min, c.max) for c in explorer.controls.values()"
            " if isinstance(c, (ipywidgets.IntSlider, ipywidgets.FloatSlider))]"
        )
        if not sliders:
            return

        def move(number):
            model, least, most = sliders[number % len(sliders)]
            part = (number // len(sliders) * 7 % 101) / 100
            value = least + part * (most - least)
            running.move(model, {"value": round(value) if isinstance(least, int) else round(value, 2)})

        for number in range(300):
            move(number)
        before = running.ask("resident()")
        for number in range(count):
            move(number)
        yield [name, f"{count:,}", f"{before:.1f}", f"{running.ask('resident()') - before:+.1f}"]


def _left_behind(name, code, times):
    """How much more there is after running code so many times than after the second."""
    with kernel() as running:
        for _ in range(2):
            running.run(code.format(name=name))
        before = running.ask("kept()")
        for _ in range(times):
            running.run(code.format(name=name))
        return [f"{now - then:+.0f}" for then, now in zip(before, running.ask("kept()"), strict=True)]

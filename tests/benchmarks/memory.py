"""What a long lesson costs in memory, in a kernel that hears the messages a browser would send.

Memory is the resident set that psutil reports, after gc.collect().
"""

import json
from ast import literal_eval
from contextlib import contextmanager
from subprocess import DEVNULL

from jupyter_client.manager import start_new_kernel

SETUP = """
import gc, json
import comm, ipywidgets, psutil
import explorers, subjects
from explorers.views.picture import Picture

def resident():
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6

def kept():
    gc.collect()
    kinds = [type(thing) for thing in gc.get_objects()]
    return [
        sum(issubclass(kind, Picture) for kind in kinds),
        sum(issubclass(kind, ipywidgets.Widget) for kind in kinds),
        len(ipywidgets.Widget.get_manager_state()["state"]),
        len(comm.get_comm_manager().comms),
        resident(),
    ]
"""
KEPT = ["pictures", "widget objects", "registered widgets", "comms", "memory, MB"]
ENDS = {
    "close(), del and gc.collect()": """
for name in explorers.__all__:
    explorer = getattr(explorers, name)()
    explorer.close()
    del explorer
    gc.collect()
""",
    "the cell run again": "[getattr(explorers, name)() for name in explorers.__all__]",
}


def run(show, quick):
    """Print what moves cost, and what explorers leave behind."""
    head = ["moves", "sliders", "before, MB", "growth, MB"]
    show("Resident memory of one kernel with every explorer", head, [_moves(1_000 if quick else 10_000)])

    times = 5 if quick else 50
    show(
        f"Left in one kernel by {times} more of each explorer than 2; Out holds the objects of a cell that runs again",
        ["ended by", *KEPT],
        [[end, *_left_behind(code, times)] for end, code in ENDS.items()],
    )


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


def _moves(count):
    """Move the sliders in turn, each through the whole of its range; measured after 10 moves of each."""
    with kernel() as running:
        running.run("shown = [subjects.make(name) for name in explorers.__all__]")
        sliders = running.ask(
            "[(c.model_id, c.min, c.max) for e in shown for c in subjects.sliders(e).values() if hasattr(c, 'max')]"
        )

        def move(number):
            model, least, most = sliders[number % len(sliders)]
            part = (number // len(sliders) * 7 % 101) / 100
            value = least + part * (most - least)
            running.move(model, {"value": round(value) if isinstance(least, int) else round(value, 2)})

        for number in range(10 * len(sliders)):
            move(number)
        before = running.ask("resident()")
        for number in range(count):
            move(number)
        return [f"{count:,}", len(sliders), f"{before:.1f}", f"{running.ask('resident()') - before:+.1f}"]


def _left_behind(code, times):
    """How much more there is after running code so many times than after the second."""
    with kernel() as running:
        for _ in range(2):
            running.run(code)
        before = running.ask("kept()")
        for _ in range(times):
            running.run(code)
        return [f"{now - then:+.0f}" for then, now in zip(before, running.ask("kept()"), strict=True)]

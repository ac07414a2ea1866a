"""Hundreds of random keys, presses, choices and drags on explorers in JupyterLab."""

import numpy as np
import pytest
from screens import MARKS, settled


def in_the_page(page, line):
    """The nodes of the page, and the bytes of its heap, after all that is garbage has gone."""
    for _ in range(3):
        line.send("HeapProfiler.collectGarbage")
        page.wait_for_timeout(200)
    found = {metric["name"]: metric["value"] for metric in line.send("Performance.getMetrics")["metrics"]}
    return found["Nodes"], found["JSHeapUsedSize"]


@pytest.mark.slow
def test_wild_use_leaves_no_error_and_nothing_behind(hand):
    rng = np.random.default_rng(0)
    names = ["backprop_explorer", "training_explorer"]
    hands = [hand(name) for name in names]
    page = hands[0].page
    line = page.context.new_cdp_session(page)
    line.send("Performance.enable")
    keys = "ArrowLeft ArrowRight ArrowUp ArrowDown PageDown PageUp Enter Space Tab Shift+Tab Home".split()

    def use(at, presses):
        """Make random gestures: keys held for a while, clicks and drags, choices."""
        at.box.scroll_into_view_if_needed()
        area = at.box.bounding_box()
        while presses > 0:
            kind, held, key = rng.integers(10), rng.integers(1, 31), keys[rng.integers(len(keys))]
            where = area["x"] + rng.uniform(0, area["width"]), max(area["y"], 60) + rng.uniform(0, 800)
            presses -= 1
            if kind < 6 and at.box.evaluate("box => box.contains(document.activeElement)"):  # else it is JupyterLab's
                for _ in range(held * ("Tab" not in key)):
                    page.keyboard.down(key)
                    presses -= 1
                page.keyboard.press(key)
            elif kind < 8:  # or where the focus has left
                at.look("focusOne", MARKS, rng.random())
            elif kind == 8:
                at.carry(where, where + rng.uniform(-300, 300, 2), steps=3)
            else:
                at.look("chooseOne", rng.random(), rng.random())

    def everywhere(presses):
        for at in hands:
            use(at, presses)
        for at in hands:
            at.look("ask", f"begin('{at.name}')")
            at.explorer("explorer.update()")
            settled(at)
        page.evaluate("() => document.activeElement.blur()")
        return np.array(in_the_page(page, line))

    before = everywhere(40)
    assert (everywhere(120) <= before * (1.02, 1.1)).all(), "nodes, and the heap"

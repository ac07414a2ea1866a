"""A thousand random keys, presses, choices and drags on explorers in JupyterLab."""

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
@pytest.mark.parametrize("notebook", ["desk"], indirect=True)
def test_wild_use_leaves_no_error_and_nothing_behind(hand):
    rng = np.random.default_rng(0)
    names = ["backprop_explorer", "relu_explorer", "output_layer_explorer", "training_explorer"]
    hands = [hand(name) for name in names]
    page = hands[0].page
    line = page.context.new_cdp_session(page)
    line.send("Performance.enable")
    keys = "ArrowLeft ArrowRight ArrowUp ArrowDown PageDown PageUp Enter Space Tab Shift+Tab Home".split()

    def use(at, count):
        """Make so many random moves, each a key held for a while or another gesture; count each press."""
        box, done = at.box, 0
        box.scroll_into_view_if_needed()
        area = box.bounding_box()
        high = min(area["height"], 900)
        while done < count:
            where = area["x"] + rng.uniform(0, area["width"]), max(area["y"], 60) + rng.uniform(0, high)
            kind = rng.integers(10)
            done += 1
            if kind < 6 and box.evaluate("box => box.contains(document.activeElement)"):  # else it is JupyterLab's key
                key = keys[rng.integers(len(keys))]
                if "Tab" in key:
                    page.keyboard.press(key)
                    continue
                held = rng.integers(1, 31)
                done += held - 1
                for _ in range(held):
                    page.keyboard.down(key)
                page.keyboard.up(key)
            elif kind < 8:  # or where the focus has left
                at.look("focusOne", MARKS, rng.random())
            elif kind == 8:
                page.mouse.move(*where)
                page.mouse.down()
                page.mouse.move(where[0] + rng.uniform(-300, 300), where[1] + rng.uniform(-300, 300), steps=3)
                page.mouse.up()
            else:
                at.look("chooseOne", rng.random(), rng.random())

    def everywhere(count):
        for at in hands:
            use(at, count)
        for at in hands:
            at.look("ask", f"begin('{at.name}')")
            at.explorer("explorer.update()")
            settled(at)
        page.evaluate("() => document.activeElement.blur()")
        return in_the_page(page, line)

    nodes, heap = everywhere(60)
    more_nodes, more_heap = everywhere(200)
    assert more_nodes <= 1.02 * nodes, (nodes, more_nodes)
    assert more_heap <= 1.1 * heap, (heap, more_heap)

"""Ten learners at once: each drags a point of the largest explorer in a kernel of its own, all at the same time."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from statistics import median, quantiles
from threading import Barrier

from memory import kernel

LEARNERS = 10
PAUSE = 1 / 30  # seconds between two moves of a hand; ipywidgets sends the next when the last is answered


def run(show, quick):
    """Print how long a move waits for its last change, alone and with nine others."""
    moves = 60 if quick else 300
    rows = [[learners, *_drag(learners, moves)] for learners in (1, LEARNERS)]
    head = ["kernels", "median, ms", "slowest of twenty, ms", "worst, ms", "moves a second, each"]
    show("A point of backprop_explorer dragged in several kernels at once: a move until the kernel is idle", head, rows)


def _drag(learners, moves):
    with ExitStack() as stack:
        running = [stack.enter_context(kernel()) for _ in range(learners)]
        for one in running:
            one.run("shown = subjects.make('backprop_explorer')")
        start = Barrier(learners)

        def drag(one):
            hand, times = one.ask("shown.hand.children[0].model_id"), []
            start.wait()
            for number in range(moves):
                began = time.perf_counter()
                one.move(hand, {"value": f"{number} point 0 {0.01 * (number % 100):.2f} 0.3"})
                times.append(time.perf_counter() - began)
                time.sleep(max(0, PAUSE - times[-1]))
            return times

        began = time.perf_counter()
        with ThreadPoolExecutor(learners) as pool:
            times = [1e3 * t for each in pool.map(drag, running) for t in each]
        took = time.perf_counter() - began
    slow = quantiles(times, n=20)[-1]
    return f"{median(times):.0f}", f"{slow:.0f}", f"{max(times):.0f}", f"{moves / took:.0f}"

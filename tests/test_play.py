"""Play: the page asks for one step after another; what was asked before something changed counts no more."""

import re

import pytest
from hands import make, move, own_net

ENDS_IT = ["reset", "begin", "data", "start", "seed"]
DOES_NOT = ["next", "previous", "step", "lr", "batch", "along", "example"]


def asked(explorer):
    """The tick that the page sends next, while it plays."""
    seen, now, last, by, _ = map(int, re.search('data-play="(.*?)"', explorer._tick.value)[1].split())
    return "tick", seen, min(now + by, last)


@pytest.mark.parametrize("name", ["training_explorer", "backprop_explorer"])
def test_a_tick_counts_once_and_only_for_what_the_page_saw(name):
    explorer = make(name, *own_net())
    c, first = explorer.controls, explorer.step
    for change in ENDS_IT + DOES_NOT:
        if change not in c:
            continue
        c["play"].value = True
        for _ in range(2):
            before, words = explorer.step, asked(explorer)
            explorer.touch(*words)
            there = explorer.step
            explorer.touch(*words)  # of the page's other view
            assert explorer.step == there > before
        late = asked(explorer)
        move(c[change], 0.9)
        there = explorer.step
        explorer.touch(*late)
        assert explorer.step == there
        assert c["play"].value == (change in DOES_NOT) == ("data-play" in explorer._tick.value), change
        c["reset"].click()
        assert (explorer.step, c["play"].value) == (first, False)


@pytest.mark.parametrize("name", ["training_explorer", "backprop_explorer"])
def test_play_ends_at_the_last_step_and_begins_there_anew(name):
    explorer = make(name, *own_net())
    play, first, last = explorer.controls["play"], explorer.step, {"training_explorer": 500}.get(name, 9)
    for _ in range(2):
        play.value = True
        assert explorer.step == first
        while play.value:
            explorer.touch(*asked(explorer))
        assert explorer.step == last


def test_play_ends_where_numbers_overflow_and_where_a_prediction_is_due():
    X, y, params = own_net()
    explorer = make("training_explorer", 1e3 * X, y, params)
    c = explorer.controls
    c["lr"].value, c["play"].value = 100, True
    while c["play"].value:
        explorer.touch(*asked(explorer))
    assert explorer.step < 500 and "At the next step the numbers overflow" in repr(explorer)
    c["reset"].click()
    c["step"].value, c["predict"].value, c["play"].value = 20, True, True
    explorer.touch(*asked(explorer))
    assert (explorer.step, c["step"].value, c["play"].value) == (20, 25, False)
    explorer.touch("point", 2, 0.5, 0.5)  # begins a new run, at step 0, when it may be seen
    assert explorer.step == 20 and "A change is waiting." in repr(explorer)
    c["show"].click()
    assert (explorer.step, explorer.X[2].tolist()) == (0, [0.5, 0.5])

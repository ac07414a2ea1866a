"""The questions before the explorers, answered as the text says: with the hand."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from test_prose import PARAMS, TEXTS, X200, X, says, y, y200

import explorers

NETS = {
    "forward": (X, y, PARAMS),
    "softmax": (X, y, PARAMS),
    "output_layer": (X, y, PARAMS),
    "relu": (X, y, PARAMS),
    "hidden_layer": (X, y, PARAMS),
    "backprop": (X, y, PARAMS),
    "training": (X200, y200, PARAMS),
}


@pytest.fixture
def explorer(request):
    return getattr(explorers, f"{request.param}_explorer")(*NETS[request.param])


def using(name):
    return pytest.mark.parametrize("explorer", [name], indirect=True)


def array(explorer, symbol):
    return explorer.views[symbol].array


def loss(explorer):
    return float(re.search(r"Loss of the batch: ([\d.]+)\.", repr(explorer))[1])


def lit(explorer, symbol, row, column):
    """Where the entry came from: symbol → the rows and the columns."""
    sources = explorer.explain(symbol, row, column).sources
    return {
        of: [sorted({entry[axis] for entry in sources if entry[0] == of}) for axis in (1, 2)]
        for of in {entry[0] for entry in sources}
    }


def on(explorer):
    return np.flatnonzero(array(explorer, "H")[explorer.example] > 0).tolist()


@using("forward")
def test_00_a_point_crosses_hinge_lines(explorer):
    assert 0 not in on(explorer)
    explorer.touch("point", 0, X[0, 0], -0.3)
    assert 0 in on(explorer)
    counts = []
    for up in np.arange(X[0, 1], 2, 0.01):
        explorer.touch("point", 0, X[0, 0], up)
        counts += [str(len(on(explorer)))] * (counts[-1:] != [str(len(on(explorer)))])
    says(TEXTS["00-21"], *counts)
    assert counts == re.findall(r"\d+", TEXTS["00-21"].split(". ")[0])
    explorer.controls["reset"].click()
    explorer.touch("unit", 2)
    out = float(re.search(r"x2 = (−[\d.]+)", TEXTS["00-21"])[1].replace("−", "-"))
    for down, still in ((out + 0.01, True), (out - 0.01, False)):
        explorer.touch("point", 0, X[0, 0], down)
        assert (2 in on(explorer)) is still


@using("forward")
def test_01_a_hinge_line_moves_and_turns(explorer):
    explorer.touch("unit", 2)
    before, w = array(explorer, "A1").copy(), explorer.params.W1[2].copy()
    for n in range(1, 10):
        bias, place = explorer.params.b1[2], -0.1 * n * w / np.linalg.norm(w)  # against the arrow: off the green side
        explorer.touch("hinge", 2, *place)
        assert explorer.params.b1[2] > bias
    moved = array(explorer, "A1") - before
    assert np.ptp(moved[:, 2]) < 1e-12 < moved[0, 2] and not np.delete(moved, 2, axis=1).any()
    alive = float(re.search(r"example 1 from b1\[2\] ≈ ([\d.]+)", TEXTS["01-36"])[1])
    for bias, passed in ((alive - 0.01, False), (alive + 0.01, True)):
        explorer.touch("hinge", 2, *(-bias * w / (w @ w)))
        assert np.isclose(explorer.params.b1[2], bias)
        assert (array(explorer, "H")[1, 2] > 0) is np.bool_(passed)
    explorer.controls["reset"].click()
    explorer.touch("unit", 2)
    start = -PARAMS.b1[2] * w / (w @ w)
    explorer.touch("turn", 2, *(start - w / 3))
    assert np.allclose(array(explorer, "A1")[:, 2], -before[:, 2])
    assert np.flatnonzero(array(explorer, "H")[:, 2]).tolist() == [1, 2, 3, 4]


@using("softmax")
def test_02_the_dot_flattens_the_slope(explorer):
    explorer.touch("entry", "G_Z", 2, 0)
    assert explorer.example == 2
    says(TEXTS["02-46"], f"{array(explorer, 'Z')[2, 0]:.2f}")
    slopes, losses = [array(explorer, "G_Z")[2, 0]], [loss(explorer)]
    for z0 in np.append(np.arange(-2.34, 6, 0.05), 6.0):
        explorer.touch("dot", z0)
        slopes.append(array(explorer, "G_Z")[2, 0])
        losses.append(loss(explorer))
    assert (np.diff(slopes) > 0).all() and slopes[-1] < 0
    says(TEXTS["02-48"], f"{slopes[0]:.3f}", f"{slopes[-1]:.4f}")
    says(TEXTS["02-48"], f"{losses[0]:.3f}", f"{min(losses):.3f}", f"{losses[-1]:.3f}")


@using("softmax")
def test_02_one_weight_moves_one_logit(explorer):
    alone = []
    for unit in range(16):
        explorer.controls["reset"].click()
        explorer.touch("unit", unit)
        Z, before, share = array(explorer, "Z"), loss(explorer), explorer.share()
        explorer.controls["W2_0"].value += 1
        if np.argwhere(array(explorer, "Z") != Z).tolist() == [[0, 0]]:
            assert np.isclose(loss(explorer) - before, explorer.share() - share, atol=1e-4)  # said with four digits
            alone.append(unit)
    assert [int(unit) for unit in re.findall(r"`W2\[0, (\d+)\]`", TEXTS["02-72"])] == alone


@using("output_layer")
def test_03_one_bar_changes_and_a_row_is_no_column(explorer):
    explorer.touch("entry", "G_W2", 0, 4)
    explorer.touch("bar", 0)
    before, total = explorer.terms(), array(explorer, "G_W2")[0, 4]
    explorer.controls["flip"].click()
    after = explorer.terms()
    assert np.flatnonzero(after != before).tolist() == [0]
    says(TEXTS["03-40"], f"{before[0]:.3f}", f"+{after[0]:.3f}")
    says(TEXTS["03-40"], f"{total:.3f}", f"+{array(explorer, 'G_W2')[0, 4]:.3f}")
    dead = int(re.search(r"Unit (\d+) has no bar", TEXTS["03-40"])[1])
    H = array(explorer, "H")
    assert [(j, *H[:, j].nonzero()[0]) for j in range(16) if (H[:, j] > 0).sum() == 1] == [(1, 1), (2, 0), (7, 0)]
    explorer.touch("entry", "G_W2", 0, dead)
    assert explorer.explain(*explorer.entry).terms == [0] * 5 and not array(explorer, "H")[:, dead].any()
    assert lit(explorer, "G_W2", 0, 4) == {"G_Z": [[0, 1, 2, 3, 4], [0]], "H": [[0, 1, 2, 3, 4], [4]]}
    assert lit(explorer, "G_H", 0, 4) == {"G_Z": [[0], [0, 1]], "W2": [[0, 1], [4]]}


@using("relu")
def test_04_a_dead_unit_wakes_row_by_row(explorer):
    explorer.touch("entry", "M", 0, 12)
    assert explorer.unit == 12 and not array(explorer, "M")[:, 12].any()
    w, before, woken = PARAMS.W1[12], array(explorer, "G_H").copy(), []
    assert w[0] > 0  # the green side is on the right
    for bias in np.arange(PARAMS.b1[12], 0.3, 0.001):
        explorer.touch("hinge", 12, *(-bias * w / (w @ w)))
        awake = set(np.flatnonzero(array(explorer, "G_A1")[:, 12])) - {i for i, _ in woken}
        woken += [(i, bias) for i in awake]
        assert woken or np.array_equal(array(explorer, "G_H"), before)
    assert sorted(i for i, _ in woken[:2]) == [0, 1] and all(-0.03 < bias < -0.02 for _, bias in woken[:2])
    assert [i for i, _ in woken[2:]] == [3, 4, 2]
    for i, bias in woken[2:]:
        said = float(re.search(rf"point {i} \(([\d.]+)\)", TEXTS["04-35"])[1])
        assert abs(said - bias) < 0.007
    assert 0.0005 < np.abs(array(explorer, "G_H") - before)[:, 12].max() < 0.01
    explorer.controls["reset"].click()
    explorer.touch("unit", 12)
    explorer.controls["W2_0"].value += 0.5
    changed = array(explorer, "G_H")[:, 12] - before[:, 12]
    assert changed.all() and not array(explorer, "G_A1")[:, 12].any()


@using("hidden_layer")
def test_05_arrows_and_a_row_that_dies(explorer):
    explorer.touch("point", 2)
    before = array(explorer, "G_X").copy()
    explorer.controls["flip"].click()
    after = array(explorer, "G_X")
    assert np.array_equal(np.delete(after, 2, axis=0), np.delete(before, 2, axis=0))
    assert np.isclose(after[2] @ before[2], -np.linalg.norm(after[2]) * np.linalg.norm(before[2]))
    assert np.linalg.norm(after[2]) < 0.15 * np.linalg.norm(before[2])
    explorer.controls["reset"].click()
    explorer.touch("entry", "G_W1", 2, 0)
    explorer.touch("point", 0, X[0, 0], -0.9)
    assert explorer.unit == 2 and not array(explorer, "G_W1")[2].any()
    assert not any(array(explorer, of)[row, column] for of, row, column in explorer.explain("G_W1", 2, 0).sources[:5])
    explorer.controls["reset"].click()
    start, way = loss(explorer), 0.1 * before[4] / np.linalg.norm(before[4])
    explorer.touch("point", 4, *(X[4] + way))
    assert loss(explorer) > start
    explorer.touch("point", 4, *(X[4] - way))
    assert loss(explorer) < start


@using("backprop")
def test_06_a_lowest_point_and_a_walk_back(explorer):
    explorer.touch("entry", "G_W2", 0, 5)
    assert explorer.controls["along"].label == "W2[0, 5]"
    says(TEXTS["06-30"], f"{array(explorer, 'G_W2')[0, 5]:.2f}")
    places = np.arange(PARAMS.W2[0, 5], 3, 0.04)
    losses = []
    for place in places:
        explorer.touch("dot", place)
        losses.append(loss(explorer))
    lowest = float(re.search(r"lowest point near ([\d.]+)", TEXTS["06-30"])[1])
    assert abs(places[np.argmin(losses)] - lowest) < 0.04
    explorer.touch("dot", lowest)
    assert abs(array(explorer, "G_W2")[0, 5]) < 1e-3
    explorer.controls["reset"].click()
    explorer.touch("entry", "G_b1", 0, 11)
    assert explorer.controls["along"].label == "b1[11]"
    corner = -float(re.search(r"Near −([\d.]+) the unit", TEXTS["06-30"])[1])
    for bias, dead in ((corner - 0.01, True), (corner + 0.01, False)):
        explorer.touch("dot", bias)
        assert array(explorer, "M")[:, 11].any() != dead
    explorer.controls["reset"].click()
    explorer.touch("entry", "G_W1", 11, 0)
    walk = [explorer.entry]
    while explorer.entry[0] != "P":
        said = explorer.explain(*explorer.entry)
        largest = int(np.abs(said.terms).argmax()) if said.terms else 0
        factors = [of for _, of in said.factors if of]
        explorer.touch("entry", *factors[largest * (len(factors) // max(len(said.terms), 1))])
        walk.append(explorer.entry)
    names = ["{}[{}, {}]".format(*entry) for entry in walk]
    said = TEXTS["06-30"].split("Where do you arrive?")[1].split(". There")[0]
    assert [names[-1], *names[:-1]] == re.findall(r"\w+\[\d+, \d+\]", said)


@using("training")
def test_07_back_to_step_100(explorer):
    explorer.touch("step", 100)
    explorer.controls["lr"].value = 100
    losses = [explorer.path[100].loss]
    for _ in range(3):
        explorer.controls["next"].click()
        losses.append(explorer.path[explorer.shown].loss)
    says(TEXTS["07-46"], *(f"{value:.2f}" for value in losses[:2]), f"{losses[2]:.0f}")
    assert losses[3] > 300_000
    explorer.touch("step", 100)
    explorer.controls["lr"].value = 0.5
    explorer.controls["next"].click()
    assert explorer.path[explorer.shown].loss < losses[0] == explorer.path[100].loss


def marked(svg):
    """The names in the boxes of a strip that are marked, and all of them."""
    elements = list(ElementTree.fromstring(svg).iter())
    boxes = [
        (box.get("class"), name.text)
        for box, name in pairwise(elements)
        if box.tag.endswith("rect") and "box" in box.get("class").split()
    ]
    return [name for kind, name in boxes if "here" in kind.split()], [name for _, name in boxes]


def test_the_strip_marks_where_a_notebook_is():
    still = explorers.where_we_are("G_W2", "G_b2", "G_H")
    here, all_names = marked(still._repr_svg_())
    assert sorted(here) == ["G_H", "G_W2", "G_b2"]
    assert all(name in repr(still) and name in still._repr_svg_().split("<title>")[1] for name in here)
    values = {**NETS["forward"][2]._asdict(), **dict.fromkeys("X A1 H Z P L".split())}
    assert {name.removeprefix("G_") for name in all_names} == set(values)
    explorer = explorers.backprop_explorer(X, y, PARAMS)
    for step in range(1, 10):
        explorer.touch("step", step)
        (name,), _ = marked(f"<svg>{explorer.strip.content}</svg>")
        assert f"Step {step} of 9: {name} = " in repr(explorer)
    with pytest.raises(ValueError, match=r"expected some of X, .*, got 'G_Q'"):
        explorers.where_we_are("G_Z", "G_Q")

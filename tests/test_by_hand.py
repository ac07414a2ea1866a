"""The questions before the explorers that only a hand answers; the numbers in the answers are test_prose.py's."""

import re

import numpy as np
import pytest
from seen import Seen
from test_prose import PARAMS, TEXTS, X, y

import explorers


def array(explorer, symbol):
    return explorer.views[symbol].array


def loss(explorer):
    return float(re.search(r"Loss of the batch: ([\d.]+)\.", repr(explorer))[1])


def test_01_a_hinge_line_moves_and_turns():
    explorer, w = explorers.forward_explorer(X, y, PARAMS), PARAMS.W1[2]
    before = array(explorer, "A1").copy()
    explorer.touch("hinge", 2, *(-0.5 * w / np.linalg.norm(w)))  # against the arrow: off the green side
    moved = array(explorer, "A1") - before
    assert np.ptp(moved[:, 2]) < 1e-12 < moved[0, 2] and not np.delete(moved, 2, axis=1).any()
    explorer.controls["reset"].click()
    explorer.touch("unit", 2)
    explorer.touch("turn", 2, *(-PARAMS.b1[2] * w / (w @ w) - w / 3))
    assert np.allclose(array(explorer, "A1")[:, 2], -before[:, 2])
    assert np.flatnonzero(array(explorer, "H")[:, 2]).tolist() == [1, 2, 3, 4]


def test_04_a_move_changes_a_column_of_G_H_but_not_of_G_A1():
    explorer = explorers.relu_explorer(X, y, PARAMS)
    explorer.touch("unit", 12)
    before = array(explorer, "G_H").copy()
    explorer.controls["W2_0"].value += 0.5
    assert (array(explorer, "G_H") != before)[:, 12].all() and not array(explorer, "G_A1")[:, 12].any()


def test_05_arrows_and_a_row_that_dies():
    explorer = explorers.hidden_layer_explorer(X, y, PARAMS)
    before, start = array(explorer, "G_X").copy(), loss(explorer)
    for sign in (1, -1):
        explorer.touch("point", 4, *(X[4] + sign * 0.1 * before[4] / np.linalg.norm(before[4])))
        assert (loss(explorer) > start) == (sign > 0), "along its arrow a point makes the loss grow"
    explorer.controls["reset"].click()
    explorer.touch("point", 2)
    explorer.controls["flip"].click()
    after = array(explorer, "G_X")
    assert np.array_equal(np.delete(after, 2, axis=0), np.delete(before, 2, axis=0))
    assert np.isclose(after[2] @ before[2], -np.linalg.norm(after[2]) * np.linalg.norm(before[2]))
    assert np.linalg.norm(after[2]) < 0.15 * np.linalg.norm(before[2])
    explorer.controls["reset"].click()
    explorer.touch("point", 0, X[0, 0], -0.9)
    assert not array(explorer, "G_W1")[2].any()


def test_06_a_walk_back():
    explorer = explorers.backprop_explorer(X, y, PARAMS)
    explorer.touch("entry", "G_W1", 11, 0)
    walk = []
    while explorer.entry[0] != "P":
        walk.append("{}[{}, {}]".format(*explorer.entry))
        said = explorer.explain(*explorer.entry)
        largest = int(np.abs(said.terms).argmax()) if said.terms else 0
        factors = [of for _, of in said.factors if of]
        explorer.touch("entry", *factors[largest * (len(factors) // max(len(said.terms), 1))])
    said = TEXTS["06-30"].split("Where do you arrive?")[1].split(". There")[0]
    assert ["{}[{}, {}]".format(*explorer.entry), *walk] == re.findall(r"\w+\[\d+, \d+\]", said)


def test_the_strip_marks_where_a_notebook_is():
    still = explorers.where_we_are("G_W2", "G_b2", "G_H")
    strip = Seen(still._repr_svg_())
    here = [strip.label(box) for box in strip.all("box here")]
    assert sorted(here) == ["G_H", "G_W2", "G_b2"]
    assert all(name in repr(still) and name in strip.alt for name in here)
    names = {strip.label(box).removeprefix("G_") for box in strip.all("box")}
    assert names == {*PARAMS._fields, "X", "A1", "H", "Z", "P", "L"}
    with pytest.raises(ValueError, match=r"expected some of X, .*, got 'G_Q'"):
        explorers.where_we_are("G_Z", "G_Q")

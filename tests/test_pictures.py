"""What pictures say, read back from their SVG: points, lines, bars, curves and arrows where the state has them."""

import re

import numpy as np
import pytest
from hands import chosen, every_explorer, every_network_explorer, make, move, own_net, stir
from seen import PIXEL, Seen, ends, inside, middle, near, picture, ways

import mlp_helpers as m
from checker.symbols import STEPS
from explorers.views.runs import Losses
from explorers.views.tables import shades

# ---------------------------------------------------------------- every picture


@every_explorer
def test_a_saved_notebook_has_words_and_one_small_picture(name):
    explorer, larger = (make(name, *own_net(), scale=scale) for scale in (0.5, 1.0))
    for one in (explorer, larger):
        stir(one, 0.7, "x1", "step")
    kept, words = explorer._repr_mimebundle_(), repr(explorer)
    document = kept["image/svg+xml"]
    assert document == larger._repr_mimebundle_()["image/svg+xml"]
    assert kept["text/plain"] == words
    assert kept["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
    assert document.startswith('<svg xmlns="http://www.w3.org/2000/svg"') and len(document) < 75_000
    assert "var(--bp-ink)" in document and "--bp-ink:#" in document  # a reader needs no other style
    root = Seen(document).root
    assert root.find("title").text == words
    assert "".join("".join(line.text for line in root.findall("text")).split()) == "".join(words.split())
    parts = root.findall("svg") + Seen(make(name)._repr_mimebundle_()["image/svg+xml"]).root.findall("svg")
    for part in parts:
        for line in part.findall("text[@class='start']"):
            assert float(line.get("x")) + 5.5 * len("".join(line.itertext())) <= float(part.get("width"))


# ---------------------------------------------------------------- the plane


@every_network_explorer
def test_the_plane_shows_the_points_and_rings_the_chosen_one(name):
    explorer = chosen(name, *own_net())
    before = picture(explorer, "plane").panel
    for control in ("x1", "flip", "x2", "data"):
        move(explorer.controls[control], 0.8)
        plane = picture(explorer, "plane")
        places, marks = plane.at(explorer.X), [f"point {i}" for i in range(len(explorer.X))]
        for i, label in enumerate(explorer.y):
            mark = plane.touches[marks[i]]
            assert near(middle(mark), places[i], 1.01 * PIXEL)
            assert mark.get("class") == f"point c{label}" and mark.tag == ("circle", "rect")[label]
        assert near(middle(plane.one("ring")), places[3])
        left, top, width, height = plane.panel[:4]
        assert ((places >= (left, top)) & (places <= (left + width, top + height))).all()
        reach = np.array([8 + float(mark.get("stroke-width")) / 2 for mark in map(plane.touches.get, marks)])
        apart = np.linalg.norm(places[:, None] - places, axis=2) + 99 * np.eye(len(places))
        assert near(reach, np.clip(apart.min(axis=1) / 2, 9, 22))  # a thumb takes what is nearest, up to 44 pixels wide
        assert control == "data" or plane.panel == before, "the scale holds while a slider moves"


def assert_hinges(explorer, unit):
    """Each hinge line in sight is where w · x + b = 0, from edge to edge; the unit's on side and arrow are its own."""
    plane, (W1, b1, *_), limit = picture(explorer, "plane"), explorer.params, explorer.views["plane"].edge
    pixel = 0.1 * 2 * limit / plane.panel[2]
    corners = limit * np.array([(-1, -1), (-1, 1), (1, -1), (1, 1)])
    marks = {words: ways(mark)[0] for words, mark in plane.touches.items() if words.startswith("hinge")}
    assert near(ways(plane.one("hinges")), [*marks.values()])
    for j, (w, b) in enumerate(zip(W1, b1, strict=True)):
        if f"hinge {j}" in marks:
            line = plane.data(marks[f"hinge {j}"])
            assert np.abs(line @ w + b).max() <= 2 * pixel * np.linalg.norm(w)
            assert np.abs(np.abs(line).max(axis=1) - limit).max() <= pixel
        else:
            height = corners @ w + b
            assert (height >= -1e-9).all() or (height <= 1e-9).all(), f"unit {j} is in sight"

    w, b = W1[unit], b1[unit]
    points = np.random.default_rng(0).uniform(-limit, limit, (300, 2))
    clear = np.abs(points @ w + b) > 2 * pixel * np.linalg.norm(w)
    shaded = inside(plane.at(points), [way for part in plane.all("on-side") for way in ways(part)])
    assert np.array_equal(shaded[clear], (points @ w + b > 0)[clear])
    if f"turn {unit}" in plane.touches:
        start, tip = plane.data(ends(plane.one("arrow")))
        assert near(tip - start, w / 3, 2 * pixel) and abs(start @ w + b) <= 2 * pixel * np.linalg.norm(w)
        assert near(middle(plane.touches[f"turn {unit}"]), ends(plane.one("arrow"))[1])


@pytest.mark.parametrize("name", ["forward_explorer", "relu_explorer", "hidden_layer_explorer", "backprop_explorer"])
def test_hinge_lines_the_on_side_and_the_arrow_are_the_units(name):
    explorer = chosen(name, *own_net())
    assert_hinges(explorer, 7)
    moves = [("b1", 1.1), ("W1_0", 0.0), ("b1", -0.4), ("W1_1", 0.0), ("b1", 0.5), ("W1_0", -2.5)]
    for control, value in [*moves, ("b1", 3.0), ("W1_0", 0.01)]:
        explorer.controls[control].value = value
        assert_hinges(explorer, 7)
    assert "hinge 7" not in picture(explorer, "plane").touches  # out of sight, and the unit on everywhere
    explorer.touch("hinge", 7, 0.5, 0.5)
    assert_hinges(explorer, 7)


@pytest.mark.parametrize("name", ["training_explorer", "backprop_explorer", "softmax_explorer"])
def test_class_regions_are_a_shade_deeper_where_the_network_is_surer(name):
    X, y, params = own_net()
    explorer = make(name, X, y, params._replace(W2=3 * params.W2))
    plane, limit = picture(explorer, "plane"), explorer.views["plane"].edge
    points = np.random.default_rng(1).uniform(-limit, limit, (500, 2))
    P = m.forward(points, explorer.params).P
    clear = np.abs(np.abs(P[:, :1] - 0.5) - (0, 0.2, 0.4)).min(axis=1) > 0.04
    assert clear.sum() > 200
    for label in (0, 1):
        shades = sum(inside(plane.at(points), ways(part)).astype(int) for part in plane.all(f"region c{label}"))
        assert np.array_equal(shades[clear], (P[:, label, None] > (0.5, 0.7, 0.9)).sum(axis=1)[clear])
    pieces, (W1, _, W2, _) = np.array(ways(plane.one("boundary"))), explorer.params
    along = pieces[:, :1] + (pieces[:, 1:] - pieces[:, :1]) * np.linspace(0, 1, 9)[:, None]
    margins = m.forward(plane.data(along.reshape(-1, 2)), explorer.params).Z @ (-1, 1)
    steepest = np.linalg.norm(W2[1] - W2[0]) * np.linalg.norm(W1)
    assert np.abs(margins).max() < steepest * 2 * limit / plane.panel[2] / 5


def test_hidden_layer_arrows_are_rows_of_G_X():
    explorer, scales = chosen("hidden_layer_explorer", *own_net()), set()
    for part in (0.2, 0.7):
        move(explorer.controls["x1"], part)
        plane, G_X = picture(explorer, "plane"), explorer.views["G_X"].array
        shafts = np.array(ways(plane.one("arrows"))[::2])
        assert near(shafts[:, 0], plane.at(explorer.X))
        stretch = float(re.search(r"([\d.]+) times as long", repr(explorer))[1])
        assert near(plane.at(explorer.X + stretch * G_X), shafts[:, 1], 3 * PIXEL)
        scales.add(stretch)
    assert len(scales) == 1, "it holds while a slider moves"


# ---------------------------------------------------------------- curves, bars, runs


def assert_curve(explorer, function, here):
    """The curve, its dot and its tangent are the function's; each end of the tangent is as exact as a pixel."""
    curve = picture(explorer, "curve")
    (line,), (tangent,) = ways(curve.one("curve")), ways(curve.one("tangent"))
    at = curve.data(line)[:, 0]
    assert near(line, curve.at(np.stack([at, [function(x) for x in at]], axis=1)), 3 * PIXEL)
    assert near(middle(curve.touches["dot"]), curve.at([(here, function(here))])[0])
    slope = (function(here + 1e-6) - function(here - 1e-6)) / 2e-6
    ends_x = curve.data(tangent)[:, 0]
    expected = curve.at(np.stack([ends_x, function(here) + slope * (ends_x - here)], axis=1))
    assert near(tangent, expected, 2 * PIXEL + 3e-4 * np.abs(expected).max())
    return slope


@pytest.mark.parametrize("k", [0, 1])
def test_softmax_the_tangents_slope_is_G_Z(k):
    explorer = chosen("softmax_explorer", *own_net())
    explorer.controls["class"].value, explorer.controls[f"z{k}"].value = k, 0.75
    Z = explorer.views["Z"].array
    assert explorer.controls[f"z{k}"].description == f"Z[3, {k}]"

    def share(z):
        moved = np.where(np.arange(2) == k, z, Z[3])
        return (np.logaddexp(*moved) - moved[explorer.y[3]]) / 12

    assert assert_curve(explorer, share, Z[3, k]) == pytest.approx(explorer.values["G_Z"][3, k], abs=1e-8)


@pytest.mark.parametrize("along", [("W1", (7, 0)), ("W1", (2, 1)), ("b1", (4,)), ("W2", (1, 7)), ("b2", (0,))])
def test_backprop_the_tangents_slope_is_the_gradient(along):
    explorer, (symbol, index) = make("backprop_explorer", *own_net()), along
    explorer.controls["along"].value, explorer.controls["value"].value = along, 0.4
    array, label = getattr(explorer.params, symbol).copy(), explorer.controls["along"].label
    assert array[index] == 0.4 and explorer.controls["value"].description == f"move {label}"

    def loss_at(number):
        array[index] = number
        return m.loss(explorer.X, explorer.y, explorer.params._replace(**{symbol: array}))

    slope = assert_curve(explorer, loss_at, 0.4)
    assert abs(slope) > 1e-4
    assert f"the slope of the loss is G_{label} = {slope:+.4f}." in repr(explorer)
    assert f">{label}<" in explorer.views["curve"].widget.value


def test_output_layer_a_bar_for_each_term_and_one_for_the_sum():
    explorer = chosen("output_layer_explorer", *own_net())
    explorer.controls["class"].value = 1
    terms = explorer.views["G_Z"].array[:, 1] * explorer.views["H"].array[:, 7]
    bars = picture(explorer, "bars")
    drawn = bars.all("bar")
    assert bars.all("chosen") == [drawn[3]]
    for x, (bar, term) in enumerate(zip(drawn, [*terms, terms.sum()], strict=True)):
        top, high = float(bar.get("y")), float(bar.get("height"))
        (_, zero), (across, tip) = bars.at([(0, 0), (x + (x == 12), term)])
        assert abs(middle(bar)[0] - across) <= 2 * PIXEL and ("positive" in bar.get("class")) == (term > 0)
        assert near(sorted([top, top + high]), sorted([zero, tip]), 2 * PIXEL)
        assert x == 12 or abs(middle(bars.touches[f"bar {x}"])[0] - across) <= 2 * PIXEL


def assert_line(seen, line, values):
    """The line goes through the values at 0, 1, …, no further off than a fifth of a pixel."""
    (way,), places = ways(line), seen.at(np.stack([np.arange(len(values)), values], axis=1))
    start, along = way[:-1], np.diff(way, axis=0)
    share = ((places[:, None] - start) * along).sum(axis=2) / np.maximum((along**2).sum(axis=1), 1e-9)
    away = np.linalg.norm(places[:, None] - start - np.clip(share, 0, 1)[..., None] * along, axis=2).min(axis=1)
    assert away.max() <= 0.2 and near(way[[0, -1]], places[[0, -1]])


def test_training_the_curves_are_those_of_the_steps():
    explorer = make("training_explorer", *own_net())
    explorer.controls["step"].value = 40
    run = picture(explorer, "run")
    _, history = m.train(*own_net(), 0.5, 40)
    loss, accuracy = run.all("run")[:2]
    assert_line(run, loss, history.loss)
    assert "accuracy" in accuracy.get("class")
    assert_line(run, accuracy, np.multiply(history.accuracy, run.panel[-1]))  # 100 % is at the top
    for step in (40, 15):
        explorer.controls["step"].value = step
        assert near(ends(picture(explorer, "run").one("now"))[:, 0], run.at([(step, 0)] * 2)[:, 0])


def test_the_bug_labs_curves_begin_together_and_are_those_of_training():
    losses = picture(make("bug_lab", *own_net()), "losses")
    _, history = m.train(*own_net(), 0.5, 200)
    right, this = (part for part in losses.all("run") if part.tag == "path")
    assert_line(losses, right, history.loss)
    assert near(ways(this)[0][0], losses.at([(0, m.loss(*own_net()))])[0])
    explosive = Losses(200, ("one", "other"), 1.0)
    explosive.show("", ([1.0, 0.5], [1.0, 1e40, 1e300]), 2)
    for part in Seen(explosive.widget.value).all("run"):
        assert part.tag == "line" or np.abs(ways(part)[0]).max() < 1e6, "a browser reads no number beyond 1e38"


# ---------------------------------------------------------------- the graph and the way

TITLES = {"x": "X", "h = ReLU(a1)": "H", "z → p": "P"}


def assert_graph(explorer, step, example, unit):
    """Nodes are shaded as what stands above them in a table; an edge has a sign, and a wider one a larger number."""
    graph, values, on = picture(explorer, "network"), explorer.values, explorer.values["M"][example]
    touches = [(f"entry X {example}", 2), ("unit", 16), (f"entry Z {example}", 2)]
    nodes = [[graph.touches[f"{words} {n}"] for n in range(size)] for words, size in touches]
    layers = [TITLES.get(title, title) for title, _ in graph.texts[:3]]
    assert step in [*layers, "G_W1", "G_W2"]
    for name, marks in zip(layers, nodes, strict=True):
        numbers = values[name] if values[name].ndim == 1 else values[name][example]
        found = ["".join(re.findall(r"\b[pn]\d", mark.get("class"))) for mark in marks]
        assert found == shades(numbers, explorer.limits[name]) or (name in TITLES.values() and not any(found))
    assert [("shut" in mark.get("class")) for mark in nodes[1]] == [*~on]

    edges = {str(way): part.get("class").split() for part in graph.all("edge") for way in ways(part)}
    for layer, symbol in enumerate(("W1", "W2")):
        whole, drawn = step == f"G_{symbol}" or (step, symbol) == ("G_H", "W2"), []
        for index, number in np.ndenumerate(values[f"G_{symbol}" if step == f"G_{symbol}" else symbol]):
            (to, source), hidden = index, index[layer]
            mark = graph.touches.get(f"entry {symbol} {to} {source}")
            assert (mark is not None) == (whole or on[hidden] or hidden == unit)
            if mark is not None:
                (way,) = ways(mark)
                assert near(way, [middle(nodes[layer][source]), middle(nodes[layer + 1][to])])
                _, sign, width, *more = edges.pop(str(way))
                assert sign == ("n" if number < 0 else "p") and ("chosen" in more) == (hidden == unit)
                drawn.append((abs(number), width))
        widths = [width for _, width in sorted(drawn)]
        assert widths == sorted(widths)
    assert not edges


def test_forward_the_graph_is_the_network():
    explorer = chosen("forward_explorer", *own_net())
    assert_graph(explorer, "P", 3, 7)
    for control, value in (("x1", -1.4), ("b1", -2.0), ("W2_0", -2.2), ("unit", 2)):
        explorer.controls[control].value = value
        assert_graph(explorer, "P", 3, explorer.unit)
    said = {text for text, _ in picture(explorer, "network").texts}
    assert {f"x1 = {explorer.X[3, 0]:z.2f}", f"p1 = {explorer.values['P'][3, 1]:.3f}"} <= said


def test_backprop_the_graph_is_lit_by_the_gradients_and_the_way_says_where():
    explorer = chosen("backprop_explorer", *own_net())
    for number, out in enumerate(STEPS, start=1):
        explorer.controls["step"].value = number
        assert_graph(explorer, out, 3, 7)
        way = picture(explorer, "way")
        assert way.one("here").get("data-touch") == f"step {number}" and way.label(way.one("here")) == out
        assert {f"step {n}" for n in range(1, 10)} == {*way.touches}
    move(explorer.controls["x1"], 0.3)
    assert_graph(explorer, "G_X", 3, 7)


def test_what_has_just_come_runs_along_the_edges_as_far_as_open_units_and_then_stands_still():
    explorer = chosen("backprop_explorer", *own_net())
    on = explorer.values["M"][3].sum()
    for step, counts in (
        (5, {"backward e1": 32}),
        (9, {"backward e0": 2 * on}),
        (1, {"forward e0": 2 * on + 2, "forward e1": 2 * on}),  # and those to the chosen unit, which is shut
    ):
        explorer.touch("step", step)
        pulses = picture(explorer, "network").all("pulse")
        assert {part.get("class").removeprefix("pulse "): len(ways(part)) for part in pulses} == counts
    move(explorer.controls["x1"], 0.3)
    assert not picture(explorer, "network").all("pulse")

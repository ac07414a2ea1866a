"""What pictures say, read back from their SVG: points, lines, bars, curves, nodes where the state says, in data."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from test_explorers import STEPS, chosen, every_explorer, every_network_explorer, make, move, of_kind, own_net, stir

import explorers
import mlp_helpers as m

NUMBER = r"-?[\d.]+"
PLACES = {"x", "y", "cx", "cy", "x1", "y1", "x2", "y2", "width", "height", "d"}


class Drawn:
    """A picture as it is shown; places are in data, where the picture says how."""

    def __init__(self, view):
        self.svg = ElementTree.fromstring(view.widget.value)
        if "data-frame" in self.svg.attrib:
            self.left, self.top, self.width, self.height, *self.range = map(float, self.svg.get("data-frame").split())
            x0, x1, y0, y1 = self.range
            self.off = 0.051 * np.array([(x1 - x0) / self.width, (y1 - y0) / self.height])  # half of a last digit

    def all(self, *classes):
        """The elements that have every one of these classes."""
        return [mark for mark in self.svg.iter() if {*classes} <= {*mark.get("class", "").split()}]

    def touched(self, kind):
        """The marks that a hand takes, of a kind: their other words → the element."""
        marks = [(mark.get("data-touch", "").partition(" "), mark) for mark in self.svg.iter()]
        return {words: mark for (found, _, words), mark in marks if found == kind}

    def data(self, places):
        x0, x1, y0, y1 = self.range
        x, y = np.reshape(places, (-1, 2)).T
        return np.stack(
            [x0 + (x - self.left) / self.width * (x1 - x0), y1 - (y - self.top) / self.height * (y1 - y0)], 1
        )

    def way(self, mark):
        return self.data(way(mark))

    def at(self, mark):
        return self.data(middle(mark))[0]


def way(mark):
    """The places along a line, or a path of one piece."""
    if mark.tag == "line":
        return np.array([float(mark.get(key)) for key in ("x1", "y1", "x2", "y2")]).reshape(-1, 2)
    return np.array(re.findall(NUMBER, mark.get("d")), float).reshape(-1, 2)


def pieces(mark):
    return [np.array(re.findall(NUMBER, piece), float).reshape(-1, 2) for piece in mark.get("d").split("M")[1:]]


def middle(mark):
    if mark.tag == "circle":
        return float(mark.get("cx")), float(mark.get("cy"))
    x, y, width, height = (float(mark.get(key)) for key in ("x", "y", "width", "height"))
    return x + width / 2, y + height / 2


def is_inside(mark, points):
    """Whether points are inside a path, by the even-odd rule."""
    inside = np.zeros(len(points), bool)
    for ring in pieces(mark):
        for (x1, y1), (x2, y2) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            if y1 != y2:
                crossing = x1 + (points[:, 1] - y1) / (y2 - y1) * (x2 - x1)
                inside ^= ((points[:, 1] < y1) != (points[:, 1] < y2)) & (points[:, 0] < crossing)
    return inside


def pixels(drawn, points):
    x0, x1, y0, y1 = drawn.range
    x, y = np.transpose(points)
    return np.stack(
        [drawn.left + (x - x0) / (x1 - x0) * drawn.width, drawn.top + (y1 - y) / (y1 - y0) * drawn.height], 1
    )


def assert_on_line(drawn, mark, xs, ys):
    """A line goes through these points (n,) and (n,), and has no others; it leaves out what cannot be seen."""
    points = pixels(drawn, np.stack([xs, ys], 1))
    places = way(mark)
    assert np.abs(points[:, None] - places).max(axis=2).min(axis=0).max() <= 0.051, "each of its points is one of these"
    assert np.abs(places[[0, -1]] - points[[0, -1]]).max() <= 0.051
    assert (
        np.abs(np.interp(points[:, 0], *places.T) - points[:, 1]).max()
        <= 0.3 + 0.1 * np.abs(np.gradient(points[:, 1])).max()
    )


# ---------------------------------------------------------------- every picture


@every_explorer
def test_a_picture_is_valid_small_and_said_in_words(name):
    explorer, seen = make(name, *own_net(), scale=1.6), {}
    for part in (0, 0.8):
        stir(explorer, part, "example", "unit", "along", "step", "bug")
        for key, view in of_kind(explorer, "content").items():
            svg, alt = Drawn(view).svg, view.alt
            assert svg.get("aria-label") == alt and re.search(r"\d|= ", alt)
            assert [float(svg.get(side)) for side in ("width", "height")] == pytest.approx(
                [1.6 * float(size) for size in svg.get("viewBox").split()[2:]]
            )
            assert alt != seen.get(key) or (name, key) == ("bug_lab", "plane")
            seen[key] = alt
            assert len(view.widget.value) < 12_000
            assert not [mark.attrib for mark in svg.iter() if {"id", "style", "href", "onload"} & mark.attrib.keys()]
            svg.attrib.clear()
            for mark in svg.iter():
                for place in PLACES & mark.attrib.keys():
                    assert not re.search(r"\.\d\d|e|n", mark.get(place)), mark.attrib


@every_explorer
def test_a_saved_notebook_has_words_and_one_small_picture_that_is_always_the_same(name):
    def saved():
        explorer = make(name, *own_net())
        stir(explorer, 0.7, "x1", "step")
        return explorer, explorer._repr_mimebundle_()

    (explorer, data), (_, again) = saved(), saved()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
    assert data["text/plain"] == again["text/plain"] == repr(explorer)
    picture = data["image/svg+xml"]
    assert picture == again["image/svg+xml"] and len(picture) < 40_000
    svg = ElementTree.fromstring(picture)
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    assert svg.get("aria-label").split() == repr(explorer).split()
    assert svg[0].tag.endswith("title") and svg[0].text == repr(explorer)
    _, _, width, height = map(float, svg.get("viewBox").split())
    assert (width, height) == (float(svg.get("width")), float(svg.get("height")))
    inner = [part for part in svg if part.tag.endswith("svg")]
    assert len(inner) == len(of_kind(explorer, "content"))
    for part in inner:
        assert float(part.get("x")) + float(part.get("width")) <= width and float(part.get("height")) < height
    words = [part.text for part in svg if part.tag.endswith("text")]
    assert " ".join(words).split() == repr(explorer).split()
    assert max(map(len, words)) * 6.4 <= width
    defined = {*re.findall(r"--bp-(\w+):", picture)} | {"share"}  # share has a value of its own where it is used
    assert {*re.findall(r"var\(--bp-(\w+)", picture)} <= defined


def test_many_points_are_small():
    X, y = m.toy_data("moons", 200, np.random.default_rng(0))
    explorer = make("backprop_explorer", X, y)
    drawn = Drawn(explorer.views["plane"])
    for label in (0, 1):
        (dots,) = drawn.all("dots", f"d{label}")
        places = drawn.data(np.array(re.findall(rf"M({NUMBER}) ({NUMBER})h0", dots.get("d")), float))
        assert (np.abs(places - X[y == label]) <= drawn.off).all()
    assert not drawn.touched("point") and len(explorer.views["plane"].widget.value) < 9_000


# ---------------------------------------------------------------- the plane


@every_network_explorer
def test_the_plane_shows_the_points_and_rings_the_chosen_one(name):
    explorer = chosen(name, *own_net())
    ranges = Drawn(explorer.views["plane"]).range
    for control in ("x1", "flip", "x2", "data"):
        move(explorer.controls[control], 0.8)
        drawn = Drawn(explorer.views["plane"])
        points = drawn.touched("point")
        assert list(points) == [str(i) for i in range(12)]
        assert (np.abs([drawn.at(point) for point in points.values()] - explorer.X) <= drawn.off).all()
        for point, label in zip(points.values(), explorer.y, strict=True):
            assert point.tag == ("circle", "rect")[label] and f"c{label}" in point.get("class")
            assert point.get("data-drag") == "xy"
        assert [text.text for text in drawn.all("on-point")] == [*points]
        (ring,) = drawn.all("ring")
        assert (np.abs(drawn.at(ring) - explorer.X[3]) <= drawn.off).all()
        assert (np.abs(explorer.X) <= drawn.range[1]).all()
        assert control == "data" or drawn.range == ranges, "the scale holds while a slider moves"


def on_border(places, limit):
    return np.abs(np.abs(places).max(axis=-1) - limit)


@every_network_explorer
def test_hinge_lines_end_at_the_edge_with_the_on_side_and_the_arrow_of_the_chosen_unit(name):
    explorer = chosen(name, *own_net())
    for part in (0.25, 0.6):
        stir(explorer, part, "W1_0", "b1")
        W1, b1 = explorer.params.W1, explorer.params.b1
        drawn, limit = Drawn(explorer.views["plane"]), explorer.limit
        marks = drawn.touched("hinge")
        if name == "softmax_explorer":  # which has no hidden unit to look at
            assert not marks and not drawn.all("on-side")
            continue
        corners = limit * np.array([(-1, -1), (-1, 1), (1, -1), (1, 1)]) @ W1.T + b1
        assert [*marks] == [str(j) for j in range(16) if (corners[:, j] > 0).any() and (corners[:, j] < 0).any()]
        (lines,), seen = drawn.all("hinges"), [*map(int, marks)]
        for j, mark, line in zip(seen, marks.values(), pieces(lines), strict=True):
            ends = drawn.way(mark)
            assert np.array_equal(line, way(mark))
            assert (np.abs(ends @ W1[j] + b1[j]) <= np.abs(W1[j]) @ drawn.off).all()
            assert (on_border(ends, limit) <= drawn.off.max()).all()
        (hinge,), (side,), (arrow,) = drawn.all("hinge"), drawn.all("on-side"), drawn.all("arrow")
        assert np.array_equal(way(hinge), way(marks["7"]))
        points = np.random.default_rng(0).uniform(-limit, limit, (300, 2))
        A1 = points @ W1[7] + b1[7]
        clear = np.abs(A1) > 2 * np.abs(W1[7]) @ drawn.off
        assert clear.sum() > 200
        assert np.array_equal(is_inside(side, pixels(drawn, points))[clear], A1[clear] > 0)
        start, end = drawn.way(arrow)
        assert abs(start @ W1[7] + b1[7]) <= np.abs(W1[7]) @ drawn.off
        assert (np.abs(end - start - W1[7] / 3) <= 2 * drawn.off).all()
        assert (np.abs(drawn.at(drawn.touched("turn")["7"]) - end) <= drawn.off).all()


def test_no_hinge_line_where_there_is_none():
    X, y, params = own_net()
    params.W1[7], params.W1[2], params.b1[2] = 0, 0, -1
    explorer = chosen("relu_explorer", X, y, params)
    drawn = Drawn(explorer.views["plane"])
    assert not {"7", "2"} & {*drawn.touched("hinge")} and not drawn.touched("turn")


def test_the_regions_are_as_sure_as_the_network_and_the_boundary_parts_them():
    """At the points of the grid a picture's own lines between them play no part."""
    explorer = make("training_explorer", *own_net())
    explorer.controls["step"].value = 40
    drawn = Drawn(explorer.views["plane"])
    points = explorer.views["plane"].grid()
    P = m.forward(points, explorer.params).P
    steep = np.abs(np.subtract.outer(P[:, 1], [0.1, 0.3, 0.5, 0.7, 0.9])).min(axis=1) < 0.02
    points, P = points[~steep], P[~steep]
    for label in (0, 1):
        depth = sum(is_inside(region, pixels(drawn, 0.9999 * points)) for region in drawn.all("region", f"c{label}"))
        assert {*depth} == {0, 1, 2, 3}
        assert np.array_equal(depth, sum(P[:, label] > sure for sure in (0.5, 0.7, 0.9)))
    (boundary,) = drawn.all("boundary")
    for places in pieces(boundary):
        assert m.forward(drawn.data(places), explorer.params).P == pytest.approx(0.5, abs=0.05)


def test_the_boundary_is_where_both_classes_are_as_probable():
    """With one unit that is on everywhere, the margin z1 - z0 is a plane: 2 h = 2 (x1 + 2 x2 + 9) - 17.4."""
    params = m.Params(*(np.zeros_like(value) for value in own_net()[2]))
    params.W1[0], params.b1[0], params.W2[1, 0], params.b2[0] = (1, 2), 9, 2, 17.4
    drawn = Drawn(explorers.training_explorer(params=params).views["plane"])
    (boundary,) = drawn.all("boundary")
    line = drawn.way(boundary)
    assert (np.abs(line @ [1, 2] + 0.3) <= [1, 2] @ drawn.off).all()
    length = np.linalg.norm(np.diff(line, axis=0), axis=1).sum()
    assert length == pytest.approx(4 * np.sqrt(1.25), rel=1e-3), "the line crosses the square |x1|, |x2| <= 2 once"


def test_hidden_layer_arrows_are_rows_of_G_X():
    explorer = chosen("hidden_layer_explorer", *own_net())
    before = None
    for part in (0.2, 0.7):
        move(explorer.controls["x1"], part)
        drawn, G_X = Drawn(explorer.views["plane"]), explorer.views["G_X"].array
        (arrows,) = drawn.all("arrows")
        shafts = [drawn.data(piece) for piece in pieces(arrows)[::2]]
        heads = [drawn.data(piece) for piece in pieces(arrows)[1::2]]
        starts, ends = np.array(shafts).swapaxes(0, 1)
        assert (np.abs(starts - explorer.X) <= drawn.off).all()
        assert (np.abs(np.array(heads)[:, 1] - ends) <= drawn.off / 100).all()
        stretch = float(re.search(r"drawn ([\d.]+) times", repr(explorer))[1])
        assert (np.abs(ends - starts - stretch * G_X) <= 2 * drawn.off + 0.006 * stretch * np.abs(G_X)).all()
        assert before is None or stretch == before, "one scale while a slider moves"
        before = stretch


# ---------------------------------------------------------------- curves, bars, runs


def assert_curve(curve, f, at, low, high):
    """The curve is f, the dot is at (at, f(at)), and the tangent has f's slope there, by central differences."""
    drawn = Drawn(curve)
    assert drawn.range[:2] == [low, high]
    (line,), (tangent,), dot = drawn.all("curve"), drawn.all("tangent"), drawn.touched("dot")[""]
    places = drawn.way(line)
    assert places[[0, -1], 0] == pytest.approx([low, high]) and len(places) > 5
    slope = (f(at + 1e-5) - f(at - 1e-5)) / 2e-5
    for x, y in places:
        steep = abs(f(x + 1e-4) - f(x - 1e-4)) / 2e-4
        assert abs(y - f(x)) <= drawn.off @ [steep, 1] + 1e-9
    assert (np.abs(drawn.at(dot) - [at, f(at)]) <= drawn.off).all() and dot.get("data-drag") == "x"
    for x, y in drawn.way(tangent):
        assert abs(y - (f(at) + slope * (x - at))) <= drawn.off @ [abs(slope), 1] + 1e-6


@pytest.mark.parametrize("k", [0, 1])
def test_softmax_the_tangents_slope_is_G_Z(k):
    explorer = chosen("softmax_explorer", *own_net())
    explorer.controls["along"].value = k
    explorer.controls[f"z{k}"].value = 0.75
    Z = explorer.views["Z"].array

    def share(z):
        moved = Z[3].copy()
        moved[k] = z
        return (np.logaddexp(*moved) - moved[explorer.y[3]]) / 12

    assert_curve(explorer.views["curve"], share, Z[3, k], -8, 8)


@pytest.mark.parametrize(
    ("symbol", "index"), [("W1", (7, 0)), ("W1", (2, 1)), ("b1", (4,)), ("W2", (1, 7)), ("b2", (0,))]
)
def test_backprop_the_tangents_slope_is_the_gradient(symbol, index):
    explorer = make("backprop_explorer", *own_net())
    along, value = explorer.controls["along"], explorer.controls["value"]
    along.value = (symbol, index)
    value.value = 0.4
    array = getattr(explorer.params, symbol)
    assert array[index] == 0.4

    def loss_at(number):
        moved = array.copy()
        moved[index] = number
        return m.loss(explorer.X, explorer.y, explorer.params._replace(**{symbol: moved}))

    assert_curve(explorer.views["curve"], loss_at, 0.4, -3, 3)
    slope = (loss_at(0.4 + 1e-6) - loss_at(0.4 - 1e-6)) / 2e-6
    assert abs(slope) > 1e-4
    assert f"the slope of the loss is G_{along.label} = {slope:+.4f}." in repr(explorer)


def test_reset_brings_the_range_of_the_curve_back():
    explorer = make("backprop_explorer", *own_net())
    curve = explorer.views["curve"]
    explorer.controls["along"].value = ("W2", (0, 0))
    explorer.controls["along"].value = explorer.controls["along"].options[0][1]
    before = Drawn(curve).range[:2]
    symbol, index = explorer.controls["along"].value
    getattr(explorer.params, symbol)[index] = 40
    explorer.update()
    assert Drawn(curve).range[1] >= 40
    explorer.controls["reset"].click()
    assert Drawn(curve).range[:2] == before


def test_output_layer_a_bar_for_each_term_and_one_for_the_sum():
    explorer = chosen("output_layer_explorer", *own_net())
    explorer.controls["class"].value = 1
    terms = explorer.views["G_Z"].array[:, 1] * explorer.views["H"].array[:, 7]
    heights = np.array([*terms, terms.sum()])
    drawn = Drawn(explorer.views["bars"])
    bars, areas = drawn.all("bar"), drawn.touched("bar")
    (zero,) = drawn.all("zero")
    for bar, height in zip(bars, heights, strict=True):
        x, y, wide, high = (float(bar.get(key)) for key in ("x", "y", "width", "height"))
        top, bottom = drawn.data([(x, y), (x + wide, y + high)])[:, 1]
        assert abs(top - max(height, 0)) <= 2 * drawn.off[1] and abs(bottom - min(height, 0)) <= 2 * drawn.off[1]
        assert height == 0 or ("positive" if height > 0 else "negative") in bar.get("class")
    assert np.abs(drawn.way(zero)[:, 1]).max() <= drawn.off[1]
    assert bars.index(*drawn.all("bar", "chosen")) == 3
    assert [*areas] == [str(i) for i in range(12)]
    assert np.allclose([middle(area)[0] for area in areas.values()], [middle(bar)[0] for bar in bars[:12]], atol=0.06)


def test_training_the_curves_are_those_of_the_steps():
    explorer = make("training_explorer", *own_net())
    explorer.controls["step"].value = 20
    explorer.controls["step"].value = 12
    drawn = Drawn(explorer.views["run"])
    _, history = m.train(*own_net(), 0.5, 20)
    loss, accuracy, *norms = drawn.all("run")
    assert_on_line(drawn, loss, np.arange(21), history.loss)
    (now,) = drawn.all("now")
    assert (np.abs(drawn.way(now)[:, 0] - 12) <= drawn.off[0]).all()
    assert drawn.touched("step")[""].get("data-drag") == "x" and len(norms) == 4
    drawn.range[2:] = 0, 1
    assert_on_line(drawn, accuracy, np.arange(21), history.accuracy)
    paths = [m.train(*own_net(), 0.5, step)[0] for step in range(21)]
    gradients = [m.backward(*own_net()[:2], params) for params in paths]
    for line, name in zip(norms, m.Params._fields, strict=True):
        logs = [np.log10(np.linalg.norm(getattr(gradient, f"G_{name}"))) for gradient in gradients]
        grid = np.array(re.findall(rf"M{NUMBER} ({NUMBER})H", drawn.all("grid")[1].get("d")), float)
        drawn.top, drawn.height, drawn.range[2:] = grid.min(), np.ptp(grid), (-5, 1)
        assert_on_line(drawn, line, np.arange(21), logs)


def test_the_bug_labs_curves_begin_together_and_the_right_one_learns():
    lab = make("bug_lab", *own_net())
    drawn = Drawn(lab.views["losses"])
    right, found = (mark for mark in drawn.all("run") if mark.tag == "path")
    assert "right" in right.get("class").split()
    _, history = m.train(*own_net(), 0.5, int(drawn.range[1]))
    assert_on_line(drawn, right, np.arange(len(history.loss)), history.loss)
    assert np.array_equal(way(right)[0], way(found)[0])


# ---------------------------------------------------------------- the network

# at each step: what the three layers of nodes show, and the two layers of edges
LIGHT = {
    "P": ("X", "H", "P", "W1", "W2"),
    "G_Z": (None, "H", "G_Z", "W1", "W2"),
    "G_W2": (None, "H", "G_Z", "W1", "G_W2"),
    "G_b2": (None, "H", "G_b2", "W1", "W2"),
    "G_H": (None, "G_H", "G_Z", "W1", "W2"),
    "G_A1": (None, "G_A1", None, "W1", "W2"),
    "G_W1": ("X", "G_A1", None, "G_W1", "W2"),
    "G_b1": (None, "G_b1", None, "W1", "W2"),
    "G_X": ("G_X", "G_A1", None, "W1", "W2"),
}


def assert_lit(node, number, limit):
    """A node's shade has the number's sign, and is deeper for a larger one."""
    shade = re.search(r"\b([pn])(\d)\b", node.get("class"))
    level = 0 if shade is None else int(shade[2]) * (1 if shade[1] == "p" else -1)
    assert abs(level - np.clip(8 * number / limit, -8, 8)) <= 0.5 + 1e-9


def assert_network(drawn, values, limits, out, example, unit):
    inputs, hidden, outputs, *edges = LIGHT[out]
    nodes = drawn.all("node")
    assert [node.get("data-touch") for node in nodes] == [
        *(f"entry X {example} {d}" for d in range(2)),
        *(f"unit {j}" for j in range(16)),
        *(f"entry Z {example} {k}" for k in range(2)),
    ]
    for layer, name in ((nodes[:2], inputs), (nodes[2:18], None if hidden == "H" else hidden), (nodes[18:], outputs)):
        numbers = np.zeros(len(layer)) if name is None else values[name]
        numbers = numbers[example] if numbers.ndim == 2 else numbers
        for node, number in zip(layer, numbers, strict=True):
            assert_lit(node, number, limits[name] if name else 1)
    on = values["M"][example]
    assert ["shut" not in node.get("class").split() for node in nodes[2:18]] == on.tolist()
    assert ["lit" in node.get("class").split() for node in nodes[2:18]] == (on & (hidden == "H")).tolist()
    assert [nodes[2 + unit]] == drawn.all("node", "chosen")

    ways = {}
    for mark in drawn.all("edge"):
        kind = mark.get("class").split()
        for piece in pieces(mark):
            ways[tuple(piece.ravel())] = kind
    marks = drawn.touched("entry")
    for layer, name in enumerate(edges):
        before, after = (nodes[:2], nodes[2:18]) if layer == 0 else (nodes[2:18], nodes[18:])
        for (to, source), number in np.ndenumerate(values[name]):
            j = source if layer else to
            key = (*middle(before[source]), *middle(after[to]))
            drawn_one, hand = key in ways, marks.get(f"W{layer + 1} {to} {source}")
            assert drawn_one == (hand is not None) == bool(on[j] or j == unit or name.startswith("G_"))
            if drawn_one:
                assert ways[key][1] == ("n" if number < 0 else "p") and tuple(way(hand).ravel()) == key
                width, limit = int(ways[key][2][1:]), limits[name] if name.startswith("G_") else 3.0
                assert width == np.clip(np.ceil(4 * abs(number) / limit), 0, 4)
                assert ("chosen" in ways[key]) == (j == unit)


def test_backprop_the_network_is_lit_by_values_and_then_by_gradients():
    explorer = chosen("backprop_explorer", *own_net())
    assert [*LIGHT] == [out for out, _ in STEPS]
    for number, out in enumerate(LIGHT, 1):
        explorer.controls["step"].value = number
        for part in (0.3, 0.8):
            move(explorer.controls["b1"], part)
            values = m.forward(explorer.X, explorer.params)._asdict() | explorer.params._asdict()
            values |= m.backward(explorer.X, explorer.y, explorer.params)._asdict() | {"X": explorer.X}
            drawn = Drawn(explorer.views["network"])
            assert_network(drawn, values, explorer.limits, out, 3, 7)
            said = [text.text for text in drawn.svg.iter("text")]
            for name in {LIGHT[out][0], LIGHT[out][2]} & {"G_Z", "G_b2", "G_X"}:
                numbers = values[name] if name == "G_b2" else values[name][3]
                assert {f"{name} {number:+z.3f}" for number in numbers} <= {*said}
        strip = Drawn(explorer.views["strip"])
        (here,) = strip.all("here")
        assert here.get("data-touch") == f"step {number}"
        boxes = strip.all("box")
        assert [text.text for text in strip.all("on-node")][boxes.index(here)] == out


def test_forward_the_network_is_lit_by_the_chosen_example():
    explorer = chosen("forward_explorer", *own_net())
    move(explorer.controls["x2"], 0.9)
    values = {"X": explorer.X, "M": m.backward(explorer.X, explorer.y, explorer.params).M, **explorer.params._asdict()}
    values |= m.forward(explorer.X, explorer.params)._asdict()
    assert_network(Drawn(explorer.views["network"]), values, explorer.limits, "P", 3, 7)

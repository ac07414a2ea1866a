"""What pictures show: points, lines, bars, curves and arrows where the state says, crisp, small, and said in words."""

import base64
import io
import re

import numpy as np
import pytest
from hands import chosen, every_explorer, every_network_explorer, make, move, of_kind, own_net, stir
from matplotlib.image import imread

import explorers
import mlp_helpers as m


def slope_of(tangent):
    (x0, x1), (y0, y1) = tangent.get_data()
    return (y1 - y0) / (x1 - x0)


@every_explorer
def test_a_picture_is_crisp_and_said_in_words(name):
    explorer, seen = make(name, *own_net(), scale=1.6), {}
    for part in (0, 0.8):
        stir(explorer, part, "example", "unit", "along", "step", "bug")
        for key, view in of_kind(explorer, "figure").items():
            alt, width, height, data = re.fullmatch(
                '<img alt="([^"<>]+)" width="(\\d+)" height="(\\d+)" [^>]*base64,([^"]+)">', view.widget.value
            ).groups()
            pixels = imread(io.BytesIO(base64.b64decode(data)))
            assert pixels.shape[:2] == (2 * int(height), 2 * int(width))
            assert np.abs(255 * pixels[..., :3] - view.pixels()[..., :3]).mean() < 3  # colours are rounded
            assert re.search(r"\d", alt) and (alt != seen.get(key) or (name, key) == ("bug_lab", "plane"))
            seen[key] = alt


@every_explorer
def test_a_saved_notebook_has_words_and_a_small_picture(name):
    """The words under the pictures end before the right edge, with a margin."""
    explorer = make(name, *own_net(), scale=1.0)
    stir(explorer, 0.7, "x1", "step")
    data, metadata = explorer._repr_mimebundle_()
    assert data["text/plain"] == repr(explorer)
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
    pixels = imread(io.BytesIO(data["image/png"]))
    about = metadata["image/png"]
    assert (about["height"], about["width"]) == pixels.shape[:2] and about["alt"] == repr(explorer)
    assert len(data["image/png"]) < 120_000
    words = pixels[max(view.size[1] for view in of_kind(explorer, "figure").values()) :]
    assert (words[:, :20] < 0.5).any()
    assert (words[:, -3:] > 0.9).all()


@every_network_explorer
def test_the_plane_shows_the_points_and_rings_the_chosen_one(name):
    explorer = chosen(name, *own_net())
    plane = explorer.views["plane"]
    limits = plane.axes.axis()
    for control in ("x1", "flip", "x2", "data"):
        move(explorer.controls[control], 0.8)
        for label, points in enumerate(plane.points):
            assert np.array_equal(points.get_xydata(), explorer.X[explorer.y == label])
        assert np.array_equal(plane.ring.get_xydata(), explorer.X[[3]])
        assert (np.abs(explorer.X) <= plane.axes.get_xlim()[1]).all()
        assert control == "data" or plane.axes.axis() == limits, "the scale holds while a slider moves"


def test_the_boundary_is_where_both_classes_are_as_probable():
    """With one unit that is on everywhere, the margin z1 - z0 is a plane: 2 h = 2 (x1 + 2 x2 + 9) - 17.4."""
    params = m.Params(*(np.zeros_like(value) for value in own_net()[2]))
    params.W1[0], params.b1[0], params.W2[1, 0], params.b2[0] = (1, 2), 9, 2, 17.4
    explorer = explorers.training_explorer(params=params)
    points = explorer.views["plane"].boundary.get_xydata()
    line = points[np.isfinite(points).all(axis=1)]
    assert line @ [1, 2] == pytest.approx(-0.3, abs=0.005), "less than a tenth of a cell"
    length = np.linalg.norm(np.diff(line, axis=0), axis=1).sum()
    assert length == pytest.approx(4 * np.sqrt(1.25), rel=1e-4), "the line crosses the square |x1|, |x2| <= 2 once"


@pytest.mark.parametrize("k", [0, 1])
def test_softmax_the_tangents_slope_is_G_Z(k):
    explorer = chosen("softmax_explorer", *own_net())
    explorer.controls["along"].value = k
    explorer.controls[f"z{k}"].value = 0.75
    curve, Z = explorer.views["curve"], explorer.views["Z"].array

    def share(z):
        moved = Z[3].copy()
        moved[k] = z
        return (np.logaddexp(*moved) - moved[explorer.y[3]]) / 12

    slope = (share(Z[3, k] + 1e-5) - share(Z[3, k] - 1e-5)) / 2e-5
    assert slope_of(curve.tangent) == pytest.approx(slope, abs=1e-9)
    assert curve.dot.get_xydata()[0] == pytest.approx([Z[3, k], share(Z[3, k])], rel=1e-12)
    assert curve.line.get_ydata() == pytest.approx([share(z) for z in curve.line.get_xdata()], rel=1e-9)


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

    slope = (loss_at(0.4 + 1e-6) - loss_at(0.4 - 1e-6)) / 2e-6
    curve = explorer.views["curve"]
    assert abs(slope) > 1e-4 and slope_of(curve.tangent) == pytest.approx(slope, abs=1e-8)
    assert f"the slope of the loss is G_{along.label} = {slope:+.4f}." in repr(explorer)
    assert curve.dot.get_xydata()[0] == pytest.approx([0.4, loss_at(0.4)], rel=1e-12)
    assert curve.line.get_ydata() == pytest.approx([loss_at(x) for x in curve.line.get_xdata()], rel=1e-9)


def test_reset_brings_the_range_of_the_curve_back():
    explorer = make("backprop_explorer", *own_net())
    curve = explorer.views["curve"]
    explorer.controls["along"].value = ("W2", (0, 0))
    explorer.controls["along"].value = explorer.controls["along"].options[0][1]
    range_before = curve.axes.get_xlim()
    symbol, index = explorer.controls["along"].value
    getattr(explorer.params, symbol)[index] = 40
    explorer.update()
    assert curve.axes.get_xlim()[1] >= 40
    explorer.controls["reset"].click()
    assert curve.axes.get_xlim() == range_before


def test_output_layer_a_bar_for_each_term_and_one_for_the_sum():
    explorer = make("output_layer_explorer", *own_net())
    explorer.controls["unit"].value, explorer.controls["class"].value = 7, 1
    terms = explorer.views["G_Z"].array[:, 1] * explorer.views["H"].array[:, 7]
    heights = [bar.get_height() for bar in explorer.views["bars"].bars]
    assert heights == pytest.approx([*terms, terms.sum()], rel=1e-12)


def test_hidden_layer_arrows_are_rows_of_G_X():
    explorer = chosen("hidden_layer_explorer", *own_net())
    before = None
    for part in (0.2, 0.7):
        move(explorer.controls["x1"], part)
        arrows, G_X = explorer.views["plane"].arrows, explorer.views["G_X"].array
        assert np.array_equal(arrows.get_offsets(), explorer.X)
        stretch = arrows.U / G_X[:, 0]
        assert np.allclose(arrows.V, stretch * G_X[:, 1], rtol=1e-12) and np.ptp(stretch) < 1e-9 * stretch[0]
        assert before is None or stretch[0] == pytest.approx(before)  # one scale while a slider moves
        before = stretch[0]


def test_training_the_curves_are_those_of_the_steps():
    explorer = make("training_explorer", *own_net())
    explorer.controls["step"].value = 20
    run = explorer.views["run"]
    _, history = m.train(*own_net(), 0.5, 20)
    assert run.loss.get_ydata() == pytest.approx(history.loss)
    assert run.accuracy.get_ydata() == pytest.approx(history.accuracy)


def test_the_bug_labs_curves_begin_together_and_are_finite():
    lab = make("bug_lab", *own_net())
    for line in lab.views["losses"].lines:
        losses = line.get_ydata()
        assert np.isfinite(losses).all() and losses[0] == m.loss(lab.X, lab.y, lab.params)

"""Views that are given numbers of any kind: level lines, boxes and arrows, bars and gaps, matrices, short numbers."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from seen import PIXEL, Seen, inside, middle, near, ways

import mlp_helpers as m
from checker.symbols import made_from
from explorers.saved import grid_svg, snapshot
from explorers.views.folds import Folds
from explorers.views.gaps import Gaps
from explorers.views.numbers import compact
from explorers.views.svg import nice_limit, nice_range, thinned
from explorers.way import PLACES, way

# ---------------------------------------------------------------- numbers and scales

sizes = st.floats(-1e300, 1e300) | st.floats(-2, 2) | st.decimals(-99, 99, places=3).map(float)


@given(sizes, st.integers(0, 6))
def test_a_short_number_is_the_number_rounded(value, decimals):
    said = compact(value, decimals)
    assert len(said) <= 5 or said in ("−tiny", "−huge")
    if said.strip("−") in ("tiny", "huge"):
        assert (abs(value) < 1e-9, abs(value) > 1e99)[said.endswith("huge")]
    else:
        shown = float(said.replace("−", "-"))
        digits = len(said.partition(".")[2]) if "e" not in said else -int(said.partition("e")[2].replace("−", "-"))
        assert abs(shown - value) <= 0.5 * 10.0**-digits * (1 + 1e-9)
        assert shown or value == 0 or abs(value) < 10.0**-decimals, "zeros alone are of nothing that has a digit"
    assert said.startswith("−") == (value < 0 and any(digit in said for digit in "123456789th"))
    assert value or said == "0"


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [
        *[(0.0, 3, "0"), (1.0, 3, "1"), (-0.18234, 3, "−.182"), (-0.0004, 3, ".000"), (-1.386, 3, "−1.39")],
        *[(0.9996, 3, "1.000"), (-0.9996, 3, "−1.00"), (9999.0, 3, "9999"), (12.5, 3, "12.50"), (-123.44, 2, "−123")],
        *[
            (0.00012, 5, ".0001"),
            (3e-6, 6, "3e−6"),
            (-2e5, 2, "−2e5"),
            (-3e-12, 20, "−tiny"),
            (-1e120, 2, "−huge"),
            (7e-120, 200, "tiny"),
        ],
        *[(0.0125, 3, ".013"), (np.nextafter(0.0125, 0), 3, ".013"), (-0.5, 0, "−1"), (10000.0, 2, "1e4")],
    ],
)
def test_short_numbers(value, decimals, said):
    assert compact(value, decimals) == said


@example(5e-324, 1.0, 0.0)
@given(st.floats(0, 1e300), st.floats(-1e100, 1e100), st.floats(0, 1e100))
def test_a_nice_scale_is_a_little_wider_than_what_it_shows(largest, low, more):
    limit = nice_limit([-largest])
    assert limit >= largest * (1 - 1e-9) and (limit <= 2.51 * largest or (largest < 1e-300 and limit == 1))
    start, end = nice_range(low, low + more)
    slack = 1e-8 * max(abs(low), more, 1e-300)
    assert start < end and start <= low + slack and end >= low + more - slack


def test_a_thinned_line_looks_the_same():
    x = np.linspace(0, 250, 501)
    line = np.stack([x, 80 * np.exp(-x / 40) + np.where(x > 100, 20, 0)], axis=1)
    thin = thinned(line)
    assert len(thin) < 60 and near(thin[[0, -1]], line[[0, -1]], 1e-9)
    assert np.abs(np.interp(x, *thin.T) - line[:, 1])[(x < 100) | (x > 101)].max() < 0.2


# ---------------------------------------------------------------- level lines

RANDOM = m.init_params(np.random.default_rng(0))
NETS = {
    "random": RANDOM,
    "one unit": m.init_params(np.random.default_rng(1), n_hidden=1),
    "many": m.init_params(np.random.default_rng(2), n_hidden=48),
    "all through one point": RANDOM._replace(b1=np.zeros(16)),
    "equal, opposite, none": RANDOM._replace(
        W1=RANDOM.W1[[0, 0, 1, 1, 2, 2] * 2 + [3] * 4] * np.c_[[1, -1] * 6 + [0] * 4],
        b1=RANDOM.b1[[0, 0, 1, 1, 2, 2] * 2 + [3] * 4] * ([1, -1] * 6 + [1] * 4),
    ),
    "huge and tiny": RANDOM._replace(
        W1=RANDOM.W1 * np.c_[[1e150, 1e-150] * 8],
        b1=RANDOM.b1 * ([1e150, 1e-150] * 8),
        W2=RANDOM.W2 * ([1e-150, 1e150] * 8),
    ),
}


@pytest.mark.parametrize("name", NETS)
def test_level_lines_are_those_of_the_function_wherever_its_lines_are(name):
    params, limit = NETS[name], 2.0

    def margin(points):
        return m.forward(points, params).Z @ (-1, 1)

    folds, points = (
        Folds(params.W1, params.b1, limit, margin),
        np.random.default_rng(7).uniform(-limit, limit, (400, 2)),
    )
    values = margin(points)
    for level in np.quantile(values, (0.1, 0.4, 0.9)):
        clear = np.abs(values - level) > 1e-4 * np.ptp(values)
        for sign in (1, -1):
            (rings,) = folds.above([(sign, sign * level)])
            assert np.array_equal(inside(points, rings)[clear], (sign * (values - level) > 0)[clear])
        assert np.abs(margin(folds.level(level).reshape(-1, 2)) - level).max() < 1e-4 * np.ptp(values)
    too_high = values.max() + 9 * np.ptp(values)
    none, (square,) = folds.above([(1, too_high), (1, -too_high)])
    assert none == [] and sorted(map(tuple, np.sign(square))) == [(-1, -1), (-1, 1), (1, -1), (1, 1)]
    assert not len(folds.level(too_high))


# ---------------------------------------------------------------- boxes and arrows, bars and gaps


@pytest.mark.parametrize("size", [{}, {"width": 300, "height": 170}])
def test_arrows_run_from_what_a_symbol_is_made_from_to_its_box_and_through_no_other(size):
    drawn = way(1.0, **size)
    for symbol in PLACES:
        drawn.show("", [symbol], {})
        seen = Seen(drawn.widget.value)
        boxes = {seen.label(box): middle(box) for box in seen.all("box")}
        sources = []
        lines, heads = ([one for part in seen.all(f"{of} into") for one in ways(part)] for of in ("way", "head"))
        for line, (_, tip, _) in zip(lines, heads, strict=True):
            line = np.append(line, [tip], axis=0)
            along = np.concatenate([a + (b - a) * np.linspace(0, 1, 50)[:, None] for a, b in pairwise(line)])
            away = {name: np.abs(along - place) / (19, 9) for name, place in boxes.items()}
            start, end = (min(away, key=lambda name: away[name][n].max()) for n in (0, -1))
            assert end == symbol and away[end][-1].max() < 2
            assert all(ratio.max(axis=1).min() > 1 for ratio in away.values()), (symbol, start)
            sources.append(start)
        expected = made_from("loss" if symbol == "L" else symbol) + ["Y"] * (symbol == "L")
        assert sorted(sources) == sorted([] if symbol == "Y" else expected)


def test_a_gap_runs_from_the_second_bar_to_the_first_and_is_numbered():
    gaps = Gaps(("P", "Y"), 1.0)
    for P, said in (([0.796, 0.204], ["−.204", "+.204"]), ([0.0, 1.0], ["−1", "+1"]), ([1.0, 0.0], ["0", "0"])):
        gaps.show("", np.array(P), np.array([1.0, 0.0]))
        seen = Seen(gaps.widget.value)
        assert [text for text, part in seen.texts if "of-" in part.get("class", "")] == said
        for label, (p, y, bars) in enumerate(
            zip(P, (1, 0), zip(seen.all("one"), seen.all("other"), strict=True), strict=True)
        ):
            for bar, number in zip(bars, (p, y), strict=True):
                top, high = float(bar.get("y")), float(bar.get("height"))
                assert near([top, top + high], seen.at([(0, number), (0, 0)])[:, 1])
                assert f"c{label}" in bar.get("class")
            arrow = ways(seen.all("gap")[label])[0]
            assert near(arrow[:, 1], seen.at([(0, y), (0, p)])[:, 1], 2 * PIXEL)


# ---------------------------------------------------------------- what is saved, and contrast themes


def test_a_saved_matrix_has_its_numbers_shades_and_frames_in_few_bytes():
    texts = [[f"−.{row}{column:02}" for column in range(16)] for row in range(28)]
    shades = [["p3" if (row + column) % 3 else "" for column in range(16)] for row in range(28)]
    content = grid_svg(10, 20, "G_H = G_Z W2", texts, shades, range(28), range(16), 2, 5)
    assert len(content.encode()) < 25_000
    seen = Seen(snapshot([(0, 0, 600, 500, content)], "words"))
    title, head, *lines = [["".join(part.itertext()), *part.iter("tspan")] for part in seen.root.iter("text")][:-1]
    assert title[0] == "G_H = G_Z W2" and [cell.text for cell in head[1:]] == [str(n) for n in range(16)]
    cells = {}
    for row, (_, label, *line) in enumerate(lines):
        assert (label.text, [cell.text for cell in line]) == (str(row), texts[row])
        cells |= {(row, column): float(cell.get("x")) for column, cell in enumerate(line)}
    ups = [float(part.get("y")) for part in seen.root.iter("text")][2:-1]
    part, shaded = seen.one("cell p3"), set()
    for start, y, end in np.array(re.findall(r"M(\S+) (\S+)H([^M]+)", part.get("d")), float):
        shaded |= {(r, c) for (r, c), right in cells.items() if start < right < end and abs(ups[r] - 4 - y) < 7.5}
    assert part.get("stroke-width") == "15"
    assert shaded == {(r, c) for r, line in enumerate(shades) for c, shade in enumerate(line) if shade}
    row, column = (part.get("d") for part in seen.all("frame"))
    top, left = float(re.fullmatch(r"M10 (\S+)h546v15H10z", row)[1]), float(re.match(r"M(\S+) \S+h33V", column)[1])
    assert top < ups[2] < top + 15 and left < cells[2, 5] < left + 33

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
from explorers.views.folds import Folds
from explorers.views.gaps import Gaps
from explorers.views.numbers import compact
from explorers.views.svg import nice_limit, nice_range
from explorers.way import PLACES, way

# ---------------------------------------------------------------- numbers and scales

sizes = st.floats(-1e300, 1e300) | st.floats(-2, 2) | st.decimals(-99, 99, places=3).map(float)


@example(-0.18234, 3)
@example(-3e-12, 20)
@example(7e-120, 200)
@given(sizes, st.integers(0, 6))
def test_a_short_number_is_the_number_rounded_with_as_many_decimals_as_fit(value, decimals):
    said = compact(value, decimals)
    assert (len(said) <= 5 or said in ("−tiny", "−huge")) and not re.match("−?0[.]", said)
    if said.strip("−") in ("tiny", "huge"):
        assert (abs(value) < 1e-9, abs(value) > 1e99)[said.endswith("huge")]
    else:
        shown = float(said.replace("−", "-"))
        digits = len(said.partition(".")[2]) if "e" not in said else -int(said.partition("e")[2].replace("−", "-"))
        assert abs(shown - value) <= 0.5 * 10.0**-digits * (1 + 1e-9)
        assert shown or value == 0 or abs(value) < 10.0**-decimals, "zeros alone are of nothing that has a digit"
        assert not shown or "e" in said or digits == decimals or value == int(value) or len(said) >= 5 - (digits == 0)
    assert said.startswith("−") == (value < 0 and any(digit in said for digit in "123456789th"))
    assert value or said == "0"


def test_a_short_number_ends_in_the_same_digit_whatever_its_last_bit():
    assert {compact(number, 3) for number in (0.0125, np.nextafter(0.0125, 0), np.nextafter(0.0125, 1))} == {".013"}


@example(5e-324, 1.0, 0.0)
@given(st.floats(0, 1e300), st.floats(-1e100, 1e100), st.floats(0, 1e100))
def test_a_nice_scale_is_a_little_wider_than_what_it_shows(largest, low, more):
    limit = nice_limit([-largest])
    assert limit >= largest * (1 - 1e-9) and (limit <= 2.51 * largest or (largest < 1e-300 and limit == 1))
    start, end = nice_range(low, low + more)
    slack = 1e-8 * max(abs(low), more, 1e-300)
    assert start < end and start <= low + slack and end >= low + more - slack


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

    folds = Folds(params.W1, params.b1, limit, margin)
    points = np.random.default_rng(7).uniform(-limit, limit, (400, 2))
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

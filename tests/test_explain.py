"""Every number is explained: its terms, its sources and its written line each give it back."""

import re
from itertools import groupby
from math import exp, fsum, log, prod

import numpy as np
import pytest
from nets import make_net, values_of

import mlp_helpers as mlp
from explorers.explain import LIGHTS, explain

GIVEN = {"X", "y", *mlp.Params._fields}
NO_SUM = {"Y", "H", "P", "G_Z", "M", "G_A1"}


def values_at_a_hinge(*sizes, shift=0.0):
    """What an explorer has; example 0 stands exactly on the hinge of unit 0."""
    X, y, params = make_net(*sizes)
    X[0], params.b1[0] = 0, 0
    params.b2[0] += shift
    return values_of(X, y, params)


def each(values, symbols):
    for symbol in symbols:
        for row, column in np.ndindex(np.atleast_2d(values[symbol]).shape):
            yield symbol, row, column, explain(values, symbol, row, column)


def exact(values, entry):
    return float(np.atleast_2d(values[entry[0]])[entry[1:]])


def off(written):
    """How far a number may be from how it is written: half of the last digit, where two digits count."""
    digits, _, power = written.partition("e")
    return min(0.5000001 * 10.0 ** (int(power or 0) - len(digits.partition(".")[2])), 0.06 * abs(float(written)))


def computed(line):
    """What a calculator makes of a line's last right-hand side, and the result that is written there."""
    *_, line, result = re.split(r" = (?![^\[]*\])", line)
    line = re.sub(r" from \d+ more", "", re.sub(r"log ([^ )]+)", r"log(\1)", line))
    for sign, code in {")(": ")*(", "·": "*", "−": "-", "1[": "float(", "]": ")", " = ": " == "}.items():
        line = line.replace(sign, code)
    return eval(line, {"exp": exp, "log": log}), result


@pytest.mark.parametrize("sizes", [(1, 2, 3, 2), (5, 2, 16, 2), (12, 2, 16, 3), (20, 3, 4, 18)], ids=str)
def test_the_terms_the_sources_and_the_line_make_the_value(sizes):
    values, N = values_at_a_hinge(*sizes), sizes[0]
    for symbol, row, column, found in each(values, LIGHTS):
        assert found.value == exact(values, (symbol, row, column))
        assert bool(found.terms) == (symbol not in GIVEN | NO_SUM) and bool(found.sources) == (symbol not in GIVEN)
        assert "".join(text for text, _ in found.factors) == found.text
        if symbol in GIVEN:
            written = re.search(r" = (\S+), ", found.text)[1]
            assert abs(float(written) - found.value) <= off(written)
            continue
        if found.terms:
            by_symbol = [list(group) for _, group in groupby(found.sources, key=lambda entry: entry[0])]
            bias = [by_symbol.pop()] if symbol in ("A1", "Z") else []
            addends = [*zip(*by_symbol, strict=True), *zip(*bias, strict=True)]
            products = [prod(exact(values, entry) for entry in addend) for addend in addends]
            assert np.allclose(found.terms, -np.log(products) / N if symbol == "loss" else products, rtol=1e-12, atol=0)
            assert abs(fsum(found.terms) - found.value) <= 1e-12 * fsum(map(abs, found.terms))

        takeable = {entry: text for text, entry in found.factors if entry}
        assert all(abs(float(text) - exact(values, entry)) <= off(text) for entry, text in takeable.items())
        by_value, result = computed("".join(repr(exact(values, e)) if e else text for text, e in found.factors))
        assert abs(float(result) - found.value) <= off(result)
        terms = sorted(np.exp(values["Z"][row]) if symbol == "P" else found.terms, key=abs)
        rounded = 0
        if len(terms) > 17:
            rest = re.search(r"([^() ]+)\)* from (\d+) more", found.text)
            rounded, unsaid = off(rest[1]), fsum(terms[:-6]) * (-N if symbol == "loss" else 1)
            unsaid = log(unsaid) if symbol == "P" else unsaid
            assert int(rest[2]) == len(terms) - 6 and abs(float(rest[1]) - unsaid) <= rounded
        else:
            assert set(takeable) == set(found.sources)
        assert abs(by_value - found.value) <= rounded + 1e-12 * max(1, fsum(map(abs, found.terms)))


def test_the_names_in_the_line_mean_the_sources():
    values = values_at_a_hinge(5, 2, 3, 3)
    for _, _, _, found in each(values, set(LIGHTS) - {"loss"}):
        assert set(re.findall(r"Σ_(\w)", found.text)) == set(re.findall(r"[\[ ]([a-z])[\],]", found.text))
        meant = set()
        for name, at in re.findall(r"([a-zA-Z]\w*)\[([^\]\[]+)\]", found.text)[1:]:
            place = ["0", *at.split(", ")][-2:]  # a vector is its one row, and a letter means all
            for cell in np.ndindex(np.atleast_2d(values[name]).shape):
                if all(index == str(n) or not index.isdigit() for index, n in zip(place, cell, strict=True)):
                    meant.add((name, *cell))
        assert meant == set(found.sources)


def test_a_probability_that_rounds_to_0_is_still_said():
    values = values_at_a_hinge(shift=1e4)
    assert (values["P"][:, 1] == 0).all() and (values["y"] == 1).any()
    by_value, _ = computed(re.sub(r"log exp\(([^)]+)\)", r"\1", explain(values, "loss", 0, 0).text))
    assert np.isclose(by_value, values["loss"], rtol=1e-5)

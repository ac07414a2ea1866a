"""Every number is explained: its terms, its sources and its written line each give it back, and it is PyTorch's."""

import json
import re
from itertools import product
from math import exp, fsum, log, prod

import numpy as np
import pytest
from torch_net import torch_values

import mlp_helpers as mlp
from explorers.explain import LIGHTS, explain

STEPS = {
    "Y": lambda column, N, y: y == column,
    "H": lambda column, N, a: max(a, 0),
    "P": lambda column, N, *z: exp(z[column]) / fsum(map(exp, z)),
    "G_Z": lambda column, N, p, y: (p - y) / N,
    "M": lambda column, N, a: a > 0,
    "G_A1": lambda column, N, g, m: g * m,
}
SUMS = {
    **{"A1": ["X", "W1", "b1"], "Z": ["H", "W2", "b2"], "loss": ["P"], "G_W2": ["G_Z", "H"], "G_b2": ["G_Z"]},
    **{"G_H": ["G_Z", "W2"], "G_W1": ["G_A1", "X"], "G_b1": ["G_A1"], "G_X": ["G_A1", "W1"]},
}
every_net = pytest.mark.parametrize("sizes", [*product([1, 5, 12], [3, 16], [2, 3]), (20, 4, 18, 3)], ids=str)


def values_of(N, n_hidden=16, n_out=2, n_in=2, shift=0.0):
    """What an explorer has; example 0 stands exactly on the hinge of unit 0."""
    rng = np.random.default_rng([N, n_hidden, n_out])
    X, y = rng.normal(size=(N, n_in)), rng.integers(n_out, size=N)
    params = mlp.init_params(rng, n_in, n_hidden, n_out)
    X[0], params.b1[0] = 0, 0
    params.b2[0] += shift
    forward, backward = mlp.forward(X, params), mlp.backward(X, y, params)
    given = {"X": X, "y": y, "Y": mlp.one_hot(y, n_out), "loss": mlp.cross_entropy(forward.Z, y)}
    return given | params._asdict() | forward._asdict() | backward._asdict()


def each(values, symbols):
    for symbol in symbols:
        for row, column in np.ndindex(np.atleast_2d(values[symbol]).shape):
            yield symbol, row, column, explain(values, symbol, row, column)


def exact(values, entry):
    return float(np.atleast_2d(values[entry[0]])[entry[1:]])


def half_a_digit(number):
    """How far a number may be from how it is written."""
    digits, _, power = number.partition("e")
    return 0.5000001 * 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))


def computed(line):
    """What a calculator makes of the last right-hand side of a line, and how its result is written there."""
    *_, line, result = re.split(r" = (?![^\[]*\])", line)
    line = re.sub(r" from \d+ more", "", re.sub(r"log ([^ )]+)", r"log(\1)", line))
    for sign, code in {")(": ")*(", "·": "*", "−": "-", "1[": "float(", "]": ")", " = ": " == "}.items():
        line = line.replace(sign, code)
    return eval(line, {"exp": exp, "log": log}), result


@every_net
def test_the_terms_add_up_to_the_value_which_is_pytorchs(sizes):
    values = values_of(*sizes)
    torch = torch_values(values["X"], values["y"], [values[name] for name in mlp.Params._fields])
    for symbol, row, column, found in each(values, LIGHTS):
        assert found.value == exact(values, (symbol, row, column))
        if symbol in torch:
            scale = max(np.abs(torch[symbol]).max(), 1e-3)
            assert abs(found.value - np.atleast_2d(torch[symbol])[row, column]) <= 1e-12 * scale
        assert bool(found.terms) == (symbol in SUMS)
        if found.terms:
            assert abs(fsum(found.terms) - found.value) <= 1e-12 * fsum(map(abs, found.terms))


@every_net
def test_the_sources_make_the_value(sizes):
    values = values_of(*sizes)
    N = len(values["X"])
    for symbol, _, column, found in each(values, LIGHTS):
        numbers = [exact(values, entry) for entry in found.sources]
        assert len(set(found.sources)) == len(numbers) and bool(numbers) == (symbol in {**STEPS, **SUMS})
        if symbol in STEPS:
            assert np.isclose(STEPS[symbol](column, N, *numbers), found.value, rtol=1e-12, atol=0)
        elif symbol == "loss":
            assert np.allclose([-log(p) / N for p in numbers], found.terms, rtol=1e-12)
        elif symbol in SUMS:
            by_symbol = [[exact(values, e) for e in found.sources if e[0] == source] for source in SUMS[symbol]]
            bias = by_symbol.pop() if SUMS[symbol][-1] in ("b1", "b2") else []
            assert [*map(prod, zip(*by_symbol, strict=True)), *bias] == found.terms


@every_net
def test_the_line_says_the_numbers_that_it_was_made_from(sizes):
    values = values_of(*sizes)
    for symbol, row, _, found in each(values, LIGHTS):
        assert "".join(text for text, _ in found.factors) == found.text
        takeable = [(text, entry) for text, entry in found.factors if entry]
        for text, entry in takeable:
            assert abs(float(text) - exact(values, entry)) <= half_a_digit(text)
        if given := re.search("= (.+), given", found.text):
            assert abs(float(given[1]) - found.value) <= half_a_digit(given[1])
            continue
        line = "".join(repr(exact(values, entry)) if entry else text for text, entry in found.factors)
        by_value, result = computed(line)
        assert abs(float(result) - found.value) <= half_a_digit(result)

        terms = sorted(np.exp(values["Z"][row]) if symbol == "P" else found.terms, key=abs)
        rest, rounded = re.search(r"([^() ]+)\)* from (\d+) more", found.text), 0
        assert bool(rest) == (len(terms) > 16)
        if rest:
            rounded, unsaid = half_a_digit(rest[1]), fsum(terms[:-6])
            unsaid = log(unsaid) if symbol == "P" else -len(values["y"]) * unsaid if symbol == "loss" else unsaid
            assert int(rest[2]) == len(terms) - 6 and abs(float(rest[1]) - unsaid) <= rounded
        else:
            assert {entry for _, entry in takeable} == set(found.sources)
        assert abs(by_value - found.value) <= rounded + 1e-12 * max(1, fsum(map(abs, found.terms)))


def test_a_learner_walks_from_a_gradient_back_to_all_that_is_given():
    values, seen, ahead = values_of(5), set(), {("G_W1", 11, 0)}
    while ahead:
        seen |= ahead
        ahead = {entry for at in ahead for _, entry in explain(values, *at).factors if entry} - seen
    assert {symbol for symbol, _, _ in seen} == set(LIGHTS) - {"loss", "G_W2", "G_b2", "G_b1", "G_X"}


def test_the_table_of_lights_and_the_names_in_the_line_mean_the_sources():
    values, table = values_of(5, 3, 3), json.loads(json.dumps(LIGHTS))

    def meant(symbol, *at):
        """The entries in a row and a column, where these are numbers; else in all."""
        fixed = [(axis, int(index)) for axis, index in enumerate(at) if str(index).isdigit()]
        cells = np.ndindex(np.atleast_2d(values[symbol]).shape)
        return {(symbol, *cell) for cell in cells if all(cell[axis] == index for axis, index in fixed)}

    for symbol, row, column, found in each(values, set(LIGHTS) - {"loss"}):
        own = {"row": row, "column": column}
        lit = [meant(source, *(own.get(rule, rule) for rule in rules)) for source, *rules in table[symbol]]
        _, equation = found.text.split(" = ", 1)
        named = [
            meant(name, *["0", *at.split(", ")][-2:]) for name, at in re.findall(r"([a-zA-Z]\w*)\[([^][]+)\]", equation)
        ]
        assert set().union(*lit) == set().union(*named) == set(found.sources)


def test_a_probability_that_rounds_to_0_is_still_said():
    values = values_of(5, shift=1e4)
    assert (values["P"][:, 1] == 0).all() and (values["y"] == 1).any()
    found = explain(values, "loss", 0, 0)
    assert np.isclose(fsum(found.terms), values["loss"], rtol=1e-12)
    by_value, _ = computed(re.sub(r"log exp\(([^)]+)\)", r"\1", found.text))
    assert np.isclose(by_value, values["loss"], rtol=1e-5)


def test_bad_input_is_named():
    for error, entry, says in [
        (ValueError, ("Q", 0, 0), "symbol: .*G_X.*'Q'"),
        (TypeError, (3, 0, 0), "symbol: .*int 3"),
        (ValueError, ("H", 5, 0), "row: .*0 to 4.*5"),
        (ValueError, ("H", -1, 0), "row: .*0 to 4.*-1"),
        (ValueError, ("b1", 1, 0), "row: .*0.*1"),
        (ValueError, ("W2", 0, 16), "column: .*0 to 15.*16"),
        (TypeError, ("H", 1.0, 0), "row: .*float 1.0"),
        (TypeError, ("H", 0, True), "column: .*bool True"),
    ]:
        with pytest.raises(error, match=f"^{says}$"):
            explain(values_of(5), *entry)

"""The networks that tape_explorer records: their steps, and what the tape finds on the way back."""

from typing import NamedTuple

import numpy as np

import tape

LAYER, RELU, SUM, LOSS = "linear", "relu", "add", "cross_entropy"
OURS = "our network"
HEAD, TAIL = [("A1", LAYER, ["X", "W1", "b1"])], [("L", LOSS, ["Z"])]
GRAPHS = {  # name → the steps in order, each with what it makes and what it takes
    OURS: [*HEAD, ("H", RELU, ["A1"]), ("Z", LAYER, ["H", "W2", "b2"]), *TAIL],
    "three hidden layers": [
        *HEAD,
        ("H1", RELU, ["A1"]),
        ("A2", LAYER, ["H1", "V", "c"]),
        ("H2", RELU, ["A2"]),
        ("A3", LAYER, ["H2", "U", "d"]),
        ("H3", RELU, ["A3"]),
        ("Z", LAYER, ["H3", "W2", "b2"]),
        *TAIL,
    ],
    "a residual sum": [
        *HEAD,
        ("H", RELU, ["A1"]),
        ("B", LAYER, ["H", "V", "c"]),
        ("F", RELU, ["B"]),
        ("R", SUM, ["H", "F"]),
        ("Z", LAYER, ["R", "W2", "b2"]),
        *TAIL,
    ],
    "a shared weight": [
        *HEAD,
        ("H1", RELU, ["A1"]),
        ("A2", LAYER, ["H1", "V", "c"]),
        ("H2", RELU, ["A2"]),
        ("A3", LAYER, ["H2", "V", "c"]),
        ("H3", RELU, ["A3"]),
        ("Z", LAYER, ["H3", "W2", "b2"]),
        *TAIL,
    ],
}
# What a step's rules send to each value that it took, by their places; G is the gradient of what it made.
RULES = {
    LAYER: ("{G} {1}", "{G}ᵀ {0}", "Σᵢ {G}"),
    RELU: ("{G} ⊙ {mask}",),
    SUM: ("{G}", "{G}"),
    LOSS: ("{G} (P − Y) / N",),
}
AXES = {
    "L": ("row", "row"),
    "X": ("example", "input"),
    "Z": ("example", "class"),
    "W1": ("unit", "input"),
    "W2": ("class", "unit"),
    "b2": ("sum", "class"),
    **dict.fromkeys(("U", "V"), ("unit", "unit")),
    **dict.fromkeys(("b1", "c", "d"), ("sum", "unit")),
}


class Use(NamedTuple):
    """One use of a value: by which step's result, at which place among what that step took, and what comes back."""

    by: str
    place: int
    share: np.ndarray


class Recorded(NamedTuple):
    """A network that ran on the tape, and was walked back.

    steps are those of GRAPHS; values, by name, are tape Values with their gradients; walk has their names in the order
    in which the tape takes them; uses, by name, are the Uses of each value, none of L.
    """

    steps: list
    values: dict
    walk: list
    uses: dict


def record(graph, X, y, params):
    """Run a network of GRAPHS on the tape, and walk back; its further weights are always the same draw.

    X (N, 2), y (N,), params → Recorded.
    """
    n, rng = len(params[1]), np.random.default_rng(3)
    further = {"V": (n, n), "c": (n,), "U": (n, n), "d": (n,)}
    drawn = {name: rng.normal(0, np.sqrt(2 / n) if len(shape) == 2 else 0.1, shape) for name, shape in further.items()}
    arrays = {"X": X, **dict(zip(("W1", "b1", "W2", "b2"), params, strict=True)), **drawn}
    steps, values = GRAPHS[graph], {}
    for makes, kind, takes in steps:
        for name in takes:
            if name not in values:
                values[name] = tape.Value(arrays[name])
        labels = [y] if kind == LOSS else []
        values[makes] = getattr(tape, kind)(*(values[name] for name in takes), *labels)
    tape.backward(values["L"])
    names = {value: name for name, value in values.items()}
    walk = [names[value] for value in tape.order(values["L"])]
    uses = {name: [] for name in walk}
    for by in walk:
        for place, (source, rule) in enumerate(values[by].made_from):
            uses[names[source]].append(Use(by, place, np.asarray(rule(values[by].grad))))
    return Recorded(steps, values, walk, uses)


def axes_of(name):
    """What the rows and the columns of a value count."""
    return AXES.get(name, ("example", "unit"))


def rule(recorded, use, G, mask):
    """Write what a use sends back; G and mask are how the gradient at what used the value, and its mask, are called."""
    _, kind, takes = next(step for step in recorded.steps if step[0] == use.by)
    return RULES[kind][use.place].format(*takes, G=G, mask=mask)

"""How the graph is lit at each of the nine steps: values from left to right, gradients from right to left."""

import numpy as np

from checker.symbols import SYMBOLS
from explorers.views.graph import Look

# the step's symbol → what the three layers of nodes show, and the two layers of edges
SHOWN = {
    "P": (("X", "H", "P"), ("W1", "W2")),
    "G_Z": ((None, "H", "G_Z"), ("W1", "W2")),
    "G_W2": ((None, "H", "G_Z"), ("W1", "G_W2")),
    "G_b2": ((None, "H", "G_b2"), ("W1", "W2")),
    "G_H": ((None, "G_H", "G_Z"), ("W1", "W2")),
    "G_A1": ((None, "G_A1", "G_Z"), ("W1", "W2")),
    "G_W1": (("X", "G_A1", "G_Z"), ("G_W1", "W2")),
    "G_b1": ((None, "G_b1", "G_Z"), ("W1", "W2")),
    "G_X": (("G_X", "G_A1", "G_Z"), ("W1", "W2")),
}
RUNS = {"P": (True, True), "G_H": (False, True), "G_X": (True, False)}  # along which layers of edges it comes
WIDEST = 3.0  # the weight that is as wide as an edge can be


def look_at(step, values, limits, example):
    """Return the Look of the network at a step, for one example."""
    layers, edges = SHOWN[step]
    numbers = [None if name in (None, "H") else _of(values[name], example) for name in layers]
    return Look(
        nodes=tuple(numbers),
        node_limits=tuple(1.0 if name is None else limits[name] for name in layers),
        edges=tuple(values[name] for name in edges),
        edge_limits=tuple(limits[name] if name.startswith("G_") else WIDEST for name in edges),
        whole=tuple(name.startswith("G_") or (step == "G_H" and name == "W2") for name in edges),
        on=values["M"][example],
        lit=layers[1] == "H",
        runs=RUNS.get(step, (False, False)),
    )


def equation(step):
    """Return the equation of a step."""
    return f"{step} = {SYMBOLS[step].equation}"


def titles(step):
    """Return what stands above the three layers at a step."""
    forward = ("x", "h = ReLU(a1)", "z → p")
    return [name if name and name.startswith("G_") else own for name, own in zip(SHOWN[step][0], forward, strict=True)]


def said(step, values, example):
    """Return the lines beside the inputs and the outputs: their values, and their gradients once they are known."""
    layers, _ = SHOWN[step]
    x, z, p = (values[name][example] for name in ("X", "Z", "P"))
    lines = [[f"x{d + 1} = {x[d]:z.2f}"] for d in range(2)]
    lines += [[f"z{k} = {z[k]:z.2f}", f"p{k} = {p[k]:.3f}"] for k in range(2)]
    for first, name in ((0, layers[0]), (2, layers[2])):
        if name and name.startswith("G_"):
            for n, number in enumerate(_of(values[name], example)):
                lines[first + n] = [lines[first + n][-1], f"{name} {number:+z.3f}"]
    return lines


def touches(example):
    """Return the words of a hand that takes a node of each layer."""
    return f"entry X {example} {{}}", "unit {}", f"entry Z {example} {{}}"


def _of(array, example):
    return array if np.ndim(array) == 1 else array[example]

"""The largest explorer's content as one writes it first: interact, and everything drawn afresh at each move."""

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML, display
from subjects import make, sliders

import mlp_helpers as mlp

LINE = np.linspace(-3, 3, 81)
OF_UNIT = {"W1_0": ("W1", 0, 0), "W1_1": ("W1", 0, 1), "W2_0": ("W2", 0, 0), "W2_1": ("W2", 1, 0), "b1": ("b1", 0)}


def show(name):
    """Show sliders with the explorer's names, ranges and values, and draw by interact."""
    explorer = make(name)
    tables = [symbol for symbol, view in explorer.views.items() if hasattr(view, "array")]
    X, y, params, (along, place) = explorer.X, explorer.y, explorer.params, explorer.controls["along"].value
    own = {}
    for slider, control in sliders(explorer).items():
        keys = ("value", "min", "max", "step")
        own[slider] = type(control)(description=slider, **{key: getattr(control, key) for key in keys})
        own[slider].add_class(f"slider-{slider}")
    explorer.close()

    def draw(x1, x2, value, **of_unit):
        X[0] = x1, x2
        getattr(params, along)[place] = value
        for slider, number in of_unit.items():
            array, *index = OF_UNIT[slider]
            getattr(params, array)[tuple(index)] = number
        cache = mlp.forward(X, params)
        symbols = {"X": X, "Y": mlp.one_hot(y, 2), **params._asdict(), **cache._asdict()}
        symbols |= mlp.backward(X, y, params, cache)._asdict()
        plane, curve = plt.subplots(1, 2, figsize=(7, 3.5))[1]
        _plane(plane, X, y, params)
        _curve(curve, X, y, params, along, place)
        plt.show()
        display(HTML("".join(_table(symbol, symbols[symbol]) for symbol in tables)))

    widgets.interact(draw, **own)


def _plane(axes, X, y, params):
    grid = np.stack(np.meshgrid(LINE, LINE), axis=-1).reshape(-1, 2)
    p1 = mlp.forward(grid, params).P[:, 1].reshape(81, 81)
    axes.contourf(LINE, LINE, p1, levels=np.linspace(0, 1, 11), cmap="PuOr_r", alpha=0.4)
    axes.contour(LINE, LINE, p1, levels=[0.5], colors="k")
    for w, b in zip(params.W1, params.b1, strict=True):
        axes.plot(*(np.outer([-9, 9], [-w[1], w[0]]) / np.linalg.norm(w) - b * w / (w @ w)).T, color="gray")
    for label, marker in ((0, "o"), (1, "s")):
        axes.plot(*X[y == label].T, marker, label=f"label {label}")
    axes.set(xlim=(-3, 3), ylim=(-3, 3), xlabel="x1", ylabel="x2")
    axes.legend()


def _curve(axes, X, y, params, along, place):
    array, losses = getattr(params, along).copy(), []
    for value in LINE:
        array[place] = value
        losses.append(mlp.loss(X, y, params._replace(**{along: array})))
    axes.plot(LINE, losses)
    axes.plot(getattr(params, along)[place], mlp.loss(X, y, params), "o")
    axes.set(xlabel=f"{along}{place}", ylabel="loss L")


def _table(symbol, array):
    grid = np.atleast_2d(array).astype(float)
    most = np.abs(grid).max() or 1
    rows = "".join(f"<tr>{''.join(_cell(value, value / most) for value in row)}" for row in grid)
    return f"<table><caption>{symbol} {array.shape}</caption>{rows}</table>"


def _cell(value, part):
    color = "213, 94, 0" if value > 0 else "0, 114, 178"
    return f"<td style='background: rgba({color}, {0.6 * abs(part):.2f})'>{value:.3f}"

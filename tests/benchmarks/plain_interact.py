"""The same content as an explorer's, as one writes it first: interact, and everything drawn afresh at each move."""

from functools import cache

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML, display
from subjects import make, sliders

import mlp_helpers as mlp

REGIONS = {
    "softmax_explorer",
    "output_layer_explorer",
    "hidden_layer_explorer",
    "backprop_explorer",
    "training_explorer",
}
SECOND = {"forward_explorer": "network", "softmax_explorer": "share", "output_layer_explorer": "bars"}
SECOND |= {"backprop_explorer": "curve", "training_explorer": "run"}


def show(name, heatmaps=False):
    """Show sliders with the explorer's names, ranges and values, and draw by interact.

    Matrices are HTML tables, or heatmaps with numbers in a figure.
    """
    explorer = make(name)
    tables = [symbol for symbol, view in explorer.views.items() if hasattr(view, "array") and symbol in explorer.values]
    if name == "backprop_explorer":
        tables = ["G_H", "M", "G_A1", *tables]  # its step 6
    X, y, params, along = explorer.X, explorer.y, explorer.params, ("W1", (0, 0))
    if name == "backprop_explorer":
        along = explorer.controls["along"].value
    own = {}
    for slider, control in sliders(explorer).items():
        if isinstance(control, widgets.SelectionSlider):
            own[slider] = widgets.SelectionSlider(options=control.options, value=control.value, description=slider)
        else:
            options = {key: getattr(control, key) for key in ("value", "min", "max", "step")}
            own[slider] = type(control)(description=slider, **options)
        own[slider].add_class(f"slider-{slider}")
    explorer.close()

    def draw(**values):
        state = _state(values, X, y, params, along)
        count = 2 if name in SECOND else 1
        axes = plt.subplots(1, count, squeeze=False, figsize=(3.5 * count, 3.5))[1]
        _plane(axes[0, 0], state, name)
        if name in SECOND:
            globals()[f"_{SECOND[name]}"](axes[0, 1], state)
        if heatmaps and tables:
            _heatmaps({symbol: state[symbol] for symbol in tables})
        plt.show()
        if not heatmaps:
            display(HTML("".join(_table(symbol, state[symbol]) for symbol in tables)))

    widgets.interact(draw, **own)


def _state(values, X, y, params, along):
    """All numbers of the network for the sliders' values."""
    X, params = X.copy(), mlp.Params(*(value.copy() for value in params))
    i, j = values.get("example", 0), values.get("unit", 0)
    places = {"x1": (X, (i, 0)), "x2": (X, (i, 1)), "b1": (params.b1, j)}
    places |= {"W1_0": (params.W1, (j, 0)), "W1_1": (params.W1, (j, 1))}
    places |= {"W2_0": (params.W2, (0, j)), "W2_1": (params.W2, (1, j)), "z0": (params.b2, 0), "z1": (params.b2, 1)}
    places["value"] = getattr(params, along[0]), along[1]
    path = None
    if "lr" in values:
        path = _path(X.tobytes(), len(X), y.tobytes(), values["lr"], values["seed"])
        params = path[0][values["step"]]
    for name in values.keys() & places.keys():
        array, place = places[name]
        array[place] = values[name]
    forward = mlp.forward(X, params)
    backward = mlp.backward(X, y, params, forward)
    state = {"i": i, "j": j, "along": along, "params": params, "path": path, "step": values.get("step")}
    state |= {"X": X, "y": y, "Y": mlp.one_hot(y, 2)} | params._asdict() | forward._asdict() | backward._asdict()
    state["outer"] = np.outer(state["G_Z"][i], state["H"][i])
    state["unit"] = np.stack([state[symbol][:, j] for symbol in ("A1", "M", "G_H", "G_A1")], axis=1)
    return state


@cache
def _path(X, N, y, lr, seed):
    """500 steps of training: the parameters, the losses, the accuracies, the gradients' lengths."""
    X, y = np.frombuffer(X).reshape(N, 2), np.frombuffer(y, int)
    params, path = mlp.init_params(np.random.default_rng(seed)), ([], [], [], [])
    for _ in range(501):
        grads = mlp.backward(X, y, params)
        norms = [np.linalg.norm(getattr(grads, f"G_{name}")) for name in params._fields]
        for part, value in zip(path, (params, mlp.loss(X, y, params), mlp.accuracy(X, y, params), norms), strict=True):
            part.append(value)
        params = mlp.sgd_step(params, grads, lr)
    return path


def _plane(axes, state, name):
    X, y, params, limit = state["X"], state["y"], state["params"], 3
    line = np.linspace(-limit, limit, 81)
    if name in REGIONS:
        grid = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
        p1 = mlp.forward(grid, params).P[:, 1].reshape(81, 81)
        axes.contourf(line, line, p1, levels=np.linspace(0, 1, 11), cmap="PuOr_r", alpha=0.4)
        axes.contour(line, line, p1, levels=[0.5], colors="k")
    for w, b in zip(params.W1, params.b1, strict=True):
        if w.any() and name != "softmax_explorer":
            along = np.array([-w[1], w[0]]) / np.linalg.norm(w)
            axes.plot(*(np.outer([-9, 9], along) - b * w / (w @ w)).T, color="gray", linewidth=0.8)
    for label, marker in ((0, "o"), (1, "s")):
        axes.plot(*X[y == label].T, marker, label=f"label {label}")
    if name == "hidden_layer_explorer":
        axes.quiver(*X.T, *state["G_X"].T)
    axes.plot(*X[state["i"]], "o", markersize=14, markerfacecolor="none", color="k")
    axes.set(xlim=(-limit, limit), ylim=(-limit, limit), xlabel="x1", ylabel="x2")
    axes.grid()
    axes.legend()


def _curve(axes, state):
    symbol, place = state["along"]
    here, line = state[symbol][place], np.linspace(-3, 3, 61)
    losses = []
    for value in line:
        moved = state[symbol].copy()
        moved[place] = value
        losses.append(mlp.loss(state["X"], state["y"], state["params"]._replace(**{symbol: moved})))
    loss, slope = mlp.loss(state["X"], state["y"], state["params"]), state[f"G_{symbol}"][place]
    axes.plot(line, losses)
    axes.plot(line, loss + slope * (line - here), "--")
    axes.plot(here, loss, "o")
    axes.set(xlabel=f"{symbol}{place}", ylabel="loss L", ylim=(min(losses) - 0.1, max(losses) + 0.1))
    axes.grid()


def _share(axes, state):
    z, line = state["Z"][state["i"]], np.linspace(-8, 8, 161)
    logits = np.tile(z, (161, 1))
    logits[:, 0] = line
    axes.plot(line, -mlp.log_softmax(logits)[:, state["y"][state["i"]]] / len(state["X"]))
    axes.axvline(z[0])
    axes.set(xlabel="z0", ylabel="share of the loss")
    axes.grid()


def _bars(axes, state):
    terms = state["G_Z"][:, 0] * state["H"][:, state["j"]]
    axes.bar([*map(str, range(len(terms))), "sum"], [*terms, terms.sum()])
    axes.grid()


def _network(axes, state):
    n = len(state["b1"])
    for j, (w, v) in enumerate(zip(state["W1"], state["W2"].T, strict=True)):
        for k in range(2):
            axes.plot([0, 1], [n / 3 * (k + 1), j], color="C1" if w[k] > 0 else "C0", linewidth=abs(w[k]))
            axes.plot([1, 2], [j, n / 3 * (k + 1)], color="C1" if v[k] > 0 else "C0", linewidth=abs(v[k]))
    axes.scatter([1] * n, range(n), s=130, c=state["H"][state["i"]] > 0, zorder=2)
    for j in range(n):
        axes.text(1, j, j, ha="center", va="center")
    for k in range(2):
        axes.text(0, n / 3 * (k + 1), f"{state['X'][state['i'], k]:.2f}")
        axes.text(2, n / 3 * (k + 1), f"{state['P'][state['i'], k]:.2f}")
    axes.axis("off")


def _run(axes, state):
    _, losses, rights, norms = state["path"]
    axes.plot(losses, label="loss")
    axes.plot(rights, label="accuracy")
    for name, norm in zip(mlp.Params._fields, np.transpose(norms), strict=True):
        axes.plot(norm, label=f"G_{name}")
    axes.axvline(state["step"])
    axes.set(yscale="log", xlabel="step")
    axes.grid()
    axes.legend()


def _heatmaps(arrays):
    grids = {symbol: np.atleast_2d(array).astype(float) for symbol, array in arrays.items()}
    heights = [len(grid) + 1 for grid in grids.values()]
    size = 0.6 * max(grid.shape[1] for grid in grids.values()), 0.25 * sum(heights)
    every = plt.subplots(len(grids), 1, squeeze=False, figsize=size, height_ratios=heights)[1][:, 0]
    for axes, (symbol, grid) in zip(every, grids.items(), strict=True):
        most = np.abs(grid).max() or 1
        axes.imshow(grid, cmap="RdBu_r", vmin=-most, vmax=most, aspect="auto")
        axes.set_title(symbol)
        for place, value in np.ndenumerate(grid):
            axes.text(*place[::-1], f"{value:.3f}", ha="center", va="center", fontsize=8)


def _table(symbol, array):
    grid = np.atleast_2d(array).astype(float)
    most = np.abs(grid).max() or 1
    head = "".join(f"<th>{column}" for column in range(grid.shape[1]))
    rows = "".join(
        f"<tr><th>{number}{''.join(_cell(value, value / most) for value in row)}" for number, row in enumerate(grid)
    )
    return f"<table><caption>{symbol} {array.shape}</caption><tr><th>{head}{rows}</table>"


def _cell(value, part):
    color = "213, 94, 0" if value > 0 else "0, 114, 178"
    return f"<td style='background: rgba({color}, {0.6 * abs(part):.2f})'>{value:.3f}"

"""What each detector says of a backward pass with wrong lines, or of a training loop."""

from typing import NamedTuple

import numpy as np

import mlp_helpers as mlp
from checker import backward_with, run_lines

RUN_LENGTH, RATE = 200, 0.5
MOVABLE = ("G_W1", "G_b1", "G_W2", "G_b2", "G_X")  # what can be moved from outside, and so be checked in any program
LOOKED_AT = (1, 2, 3, 10)  # steps of a training loop


class Findings(NamedTuple):
    """What the detectors find of a backward pass: wrong_at_1 and wrong_at_12 name the gradients that a check of
    MOVABLE with so many examples calls wrong; beside has (cosine, ratio of lengths) of each with the measured one at
    12, or None where every entry is on a kink; values are those of its lines there.
    """

    shapes_fit: bool
    losses: list
    accuracy: float
    wrong_at_1: list
    wrong_at_12: list
    beside: dict
    values: dict


def examine(bugs, X, y, params):
    """Run every detector on a backward pass with these wrong lines; it learns from all of X, y."""
    backward = backward_with(*bugs, lr=RATE)
    small = X[:12], y[:12], params
    right = mlp.backward(*small)
    shapes_fit = all(np.shape(a) == np.shape(b) for a, b in zip(backward(*small), right, strict=True))
    losses, trained = train_with(lambda now: mlp.sgd_step(now, backward(X, y, now), RATE), X, y, params)
    at_1, at_12 = (mlp.check_gradients(X[:n], y[:n], params, backward=backward) for n in (1, 12))
    return Findings(
        shapes_fit,
        losses,
        mlp.accuracy(X, y, trained),
        _wrong(at_1),
        _wrong(at_12),
        {name: _slopes(at_12[name]) for name in MOVABLE},
        run_lines(*small, *bugs, lr=RATE),
    )


def _slopes(check):
    return None if check.ok is None else compared(check.analytic, check.numeric)


def _wrong(report):
    return [name for name in MOVABLE if report[name].ok is False]


@np.errstate(over="ignore", invalid="ignore")
def train_with(step, X, y, params):
    """Take step(params) until the end, or until the numbers overflow; return the losses, and the last parameters."""
    losses, reached = [mlp.loss(X, y, params)], params
    try:
        for _ in range(RUN_LENGTH):
            params = step(reached)
            loss = mlp.loss(X, y, params)
            if loss == np.inf:
                break
            losses.append(loss)
            reached = params
    except ValueError:
        pass
    return losses, reached


def compared(one, other):
    """Return the cosine of the angle between two arrays, each as a vector, and the ratio of their lengths."""
    length, other_length = np.linalg.norm(one), np.linalg.norm(other)
    if not length or not other_length:
        return 0.0, 0.0
    return float(np.vdot(one, other) / (length * other_length)), float(length / other_length)


def facts_of(found):
    """Say what each detector found of a backward pass: its name → its words."""
    facts = {
        "Shapes": "all fit" if found.shapes_fit else "some do not fit",
        "Training": _say_training(found),
        "Check, N = 1": f"wrong: {', '.join(found.wrong_at_1)}" if found.wrong_at_1 else "passes",
    }
    for name, beside in found.beside.items():
        right = "right" if beside else "not judged: on a kink"
        facts[f"{name}, N = 12"] = f"wrong: {_beside(beside)}" if name in found.wrong_at_12 else right
    P, G_Z, y, N = (found.values[name] for name in ("P", "G_Z", "y", "N"))
    below = (G_Z[np.arange(N), y] < 0).sum()
    facts["P"] = f"rows sum to {_range(P.sum(axis=1))}, columns to {_range(P.sum(axis=0))}"
    facts["G_Z"] = f"rows sum to {_range(G_Z.sum(axis=1))}; below 0 at the true label in {below} of {N}"
    on, G_H, G_A1 = found.values["A1"] > 0, found.values["G_H"], found.values["G_A1"]
    passed, stopped = (G_A1 == G_H)[on].sum(), (G_A1 == 0)[~on].sum()
    facts["The gate"] = (
        f"where A1 > 0, G_A1 is G_H in {passed} of {on.sum()}; elsewhere it is 0 in {stopped} of {(~on).sum()}"
    )
    return facts


def _say_training(found):
    ending = "" if len(found.losses) > RUN_LENGTH else ", then the numbers overflow"
    run = f"{found.losses[0]:.4g} at the start, {found.losses[-1]:.4g} after {len(found.losses) - 1} steps{ending}"
    return f"loss {run}; right on {found.accuracy:.1%}"


def _beside(compared):
    cosine, ratio = compared
    return f"cosine {cosine:z.3f}, length × {ratio:.3g}" if ratio else "of length 0"


def _range(numbers):
    low, high = (f"{number:z.3f}" for number in (numbers.min(), numbers.max()))
    return low if low == high else f"{low} … {high}"


class LoopFindings(NamedTuple):
    """What the detectors find of a training loop: places are the vectors of all parameters, from the start on."""

    losses: list
    accuracy: float
    places: list
    slopes: list


def examine_loop(loop, X, y, params):
    """Run a training loop, and keep the first places and the gradients there."""

    def gradient(theta, X, y):
        return vector(mlp.backward(X, y, params_at(theta, params)), "G_")

    theta = vector(params)
    names = {"theta": theta, "start": theta, "g": 0 * theta, "gradient": gradient, "X": X, "y": y, "lr": RATE}
    names |= {"rng": np.random.default_rng(0), "W1": params.W1, "b1": params.b1}
    code, places = compile("\n".join(loop.lines), "loop", "exec"), [theta]

    def step(_):
        exec(code, names)
        places.append(names["theta"])
        return params_at(names["theta"], params)

    losses, trained = train_with(step, X, y, params)
    places = places[: min(max(LOOKED_AT) + 1, len(losses))]
    return LoopFindings(losses, mlp.accuracy(X, y, trained), places, [gradient(place, X, y) for place in places])


def vector(of, prefix=""):
    """Return the four parameters, or their gradients, as one vector."""
    return np.concatenate([getattr(of, prefix + name).ravel() for name in mlp.Params._fields])


def params_at(theta, like):
    """Return a vector's numbers as Params of the same shapes as like."""
    parts = np.split(theta, np.cumsum([value.size for value in like])[:-1])
    return mlp.Params(*(part.reshape(value.shape) for part, value in zip(parts, like, strict=True)))


def facts_of_loop(found, params):
    """Say what each detector found of a training loop: its name → its words."""
    steps = dict(enumerate(np.diff(found.places, axis=0), start=1))
    facts = {"Gradient check": "passes", "Training": _say_training(found)}
    for n in LOOKED_AT:
        words = (
            _beside(compared(steps[n], -RATE * found.slopes[n - 1])) if n in steps else "the numbers overflow before"
        )
        facts[f"Step {n}, by −lr · gradient"] = words
    for n in (2, 3):
        words = _beside(compared(steps[n], steps[n - 1])) if n in steps else "the numbers overflow before"
        facts[f"Step {n}, by step {n - 1}"] = words
    first, last = (params_at(found.places[n], params) for n in (0, -1))
    moved = [name for name in params._fields if (getattr(first, name) != getattr(last, name)).any()]
    facts["What moves in ten steps"] = ", ".join(moved) or "nothing"
    return facts

"""What there is to find in the bug lab, and what each detector says of a backward pass."""

from typing import NamedTuple

import numpy as np

import mlp_helpers as mlp
from checker import LINES, Mistake, backward_with, edits_of, run_lines

RUN_LENGTH, RATE = 200, 0.5
KINDS = {  # the kinds of mistakes, and the wrong lines of each that the lab shows, of all edits of a line
    "a factor of N or C": ["G_Z = P - Y", "G_Z = (P - Y) / N / N", "G_Z = (P - Y) / P.size"],
    "turned round: a sign, the labels, the mask": [
        "G_Z = (Y - P) / N",
        "G_Z = (P - Y[:, ::-1]) / N",
        "M = A1 <= 0",
    ],
    "another array in a name's place": [
        "G_W2 = G_Z.T @ A1",
        "G_H = G_Z @ (W2 - lr * G_W2)",
        "G_H = G_Z @ G_W2",
        "M = G_H > 0",
        "G_A1 = G_H * H",
        "G_X = G_A1 @ G_W1",
    ],
    "a reshape in place of a transpose": [
        "G_W2 = G_Z.reshape(G_Z.T.shape) @ H",
        "G_W1 = G_A1.reshape(G_A1.T.shape) @ X",
    ],
    "a sum: its axis, a mean, only some examples": [
        "P = softmax(Z.T).T",
        "G_Z = (P - Y) / N * (np.arange(N) == N - 1)[:, None]",
        "G_b2 = G_Z.mean(axis=0)",
        "G_b1 = G_A1.mean(axis=0)",
    ],
    "something left out or put in": ["G_Z = (P - Y) * P * (1 - P) / N", "G_Z = P / N", "G_A1 = G_H"],
}
KIND_OF = {line: kind for kind, lines in KINDS.items() for line in lines}


def _bug(text):
    symbol, line = text.split(" = ", 1)
    return next(bug for bug in edits_of(symbol) if bug.line == line)


BUGS = sorted(map(_bug, KIND_OF), key=lambda bug: [*LINES].index(bug.symbol))
DECOYS = [
    Mistake("nothing", "G_Z", "P / N - Y / N"),
    Mistake("nothing", "G_W2", "np.einsum('ik,ij->kj', G_Z, H)"),
    Mistake("nothing", "G_A1", "np.where(H > 0, G_H, 0)"),
]
CASES = [(BUGS + DECOYS)[index] for index in np.random.default_rng(8).permutation(len(BUGS) + len(DECOYS))]


DETECTORS = (
    "Shapes",
    "Loss",
    "Accuracy",
    "Gradient check, N = 1",
    "Gradient check, N = 12",
    "Direction",
    "Length",
    "What must always hold",
)
AT_12 = {f"Check of {name}, N = 12": name for name in mlp.Backward._fields if name != "M"}
QUESTIONS = (*(name for name in DETECTORS if name != "Gradient check, N = 12"), *AT_12)


def kind_of(bug):
    """Return what kind of mistake a bug is; None for a right line."""
    return KIND_OF.get(f"{bug.symbol} = {bug.line}")


class Findings(NamedTuple):
    """What the detectors say of a backward pass; wrong_at lists the gradients that a check calls wrong."""

    shapes_fit: bool
    losses: list
    accuracy: float
    wrong_at_1: list
    wrong_at_12: list
    cosine: float
    ratio: float
    broken: list


def examine(bug, X, y, params):
    """Run every detector on a backward pass in which one line is the bug's; it learns from all of X, y."""
    backward = backward_with(bug, lr=RATE)
    small = X[:12], y[:12], params
    found, right = backward(*small), mlp.backward(*small)
    shapes_fit = all(np.shape(a) == np.shape(b) for a, b in zip(found, right, strict=True))
    losses, trained = train_with(backward, X, y, params)
    at_1, at_12 = (_wrong(mlp.check_gradients(X[:n], y[:n], params, backward=backward)) for n in (1, 12))
    ours, true = (
        np.concatenate([getattr(b, f"G_{name}").ravel() for name in mlp.Params._fields]) for b in (found, right)
    )
    length, right_length = np.linalg.norm(ours), np.linalg.norm(true)
    return Findings(
        shapes_fit,
        losses,
        mlp.accuracy(X, y, trained),
        at_1,
        at_12,
        float(ours @ true / (length * right_length)) if length and right_length else 0.0,
        float(length / right_length) if right_length else 0.0,
        _broken(bug, *small),
    )


@np.errstate(over="ignore", invalid="ignore")
def train_with(backward, X, y, params):
    """Train until the end, or until the numbers overflow; return the losses, and the last finite parameters."""
    losses, reached = [mlp.loss(X, y, params)], params
    try:
        for _ in range(RUN_LENGTH):
            params = mlp.sgd_step(reached, backward(X, y, reached), RATE)
            loss = mlp.loss(X, y, params)
            if loss == np.inf:
                break
            losses.append(loss)
            reached = params
    except ValueError:
        pass
    return losses, reached


def _wrong(report):
    return [name for name, check in report.items() if check.ok is False]


def _broken(bug, X, y, params):
    """Say what is wrong of the things that must always hold."""
    values = run_lines(X, y, params, bug, e=0, lr=RATE)
    off = values["G_A1"][values["A1"] <= 0]
    broken = {
        "the rows of P do not sum to 1": not np.allclose(values["P"].sum(axis=1), 1),
        "the rows of G_Z do not sum to 0": not np.allclose(values["G_Z"].sum(axis=1), 0),
        "an entry of G_Z is beyond ±1/N": np.abs(values["G_Z"]).max() > 1 / len(X) + 1e-12,
        "G_Z is not below 0 at the true label": bool((values["G_Z"][np.arange(len(X)), y] >= 0).any()),
        "G_A1 is not 0 where A1 ≤ 0": bool(off.any()),
    }
    return [what for what, true in broken.items() if true]


def facts_of(found):
    """Say what each detector found: its name → its words."""
    ending = "" if len(found.losses) > RUN_LENGTH else f", then the numbers overflow at step {len(found.losses)}"
    said = (
        "all fit" if found.shapes_fit else "some do not fit",
        f"{found.losses[0]:.4g} at the start, {found.losses[-1]:.4g} at the end{ending}",
        f"{found.accuracy:.1%} after {len(found.losses) - 1} steps",
        _say_check(found.wrong_at_1),
        _say_check(found.wrong_at_12),
        f"cosine {found.cosine:.3f} with the right gradient of the parameters, N = 12",
        f"{found.ratio:.3f} times the right one, N = 12",
        "holds" if not found.broken else "; ".join(found.broken),
    )
    return dict(zip(DETECTORS, said, strict=True))


def answers_of(found):
    """Say what each question gets for an answer: its name → its words. The checks do not say where it goes wrong."""
    facts = facts_of(found) | {"Gradient check, N = 1": "wrong" if found.wrong_at_1 else "passes"}
    facts |= {question: "wrong" if name in found.wrong_at_12 else "right" for question, name in AT_12.items()}
    return {question: facts[question] for question in QUESTIONS}


def _say_check(wrong):
    return f"wrong: {', '.join(wrong)}" if wrong else "passes"

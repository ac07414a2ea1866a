"""What there is to find in the bug lab: wrong lines of a backward pass, one or two at once; and training loops."""

from typing import NamedTuple

import numpy as np

from checker import Mistake

SAME_STEP = {"M": "G_A1"}  # the mask belongs to the step that uses it

BUGS = [
    Mistake("softmax over the examples instead of the classes", "P", "softmax(Z.T).T"),
    Mistake("1/N is missing", "G_Z", "P - Y"),
    Mistake("1/N is in twice", "G_Z", "(P - Y) / N / N"),
    Mistake("averaged over N·C entries instead of N examples", "G_Z", "(P - Y) / P.size"),
    Mistake("the sign is flipped", "G_Z", "(Y - P) / N"),
    Mistake("the labels are swapped", "G_Z", "(P - Y[:, ::-1]) / N"),
    Mistake("only the last example counts", "G_Z", "(P - Y) / N * (np.arange(N) == N - 1)[:, None]"),
    Mistake("an extra factor P(1 − P)", "G_Z", "(P - Y) * P * (1 - P) / N"),
    Mistake("Y is missing", "G_Z", "P / N"),
    Mistake("A1 in the place of H", "G_W2", "G_Z.T @ A1"),
    Mistake("reshape in place of a transpose", "G_W2", "G_Z.reshape(G_Z.T.shape) @ H"),
    Mistake("averaged instead of summed: 1/N is in G_Z already", "G_b2", "G_Z.mean(axis=0)"),
    Mistake("W2 is used after its update", "G_H", "G_Z @ (W2 - lr * G_W2)"),
    Mistake("G_W2 in the place of W2", "G_H", "G_Z @ G_W2"),
    Mistake("the mask is inverted", "M", "A1 <= 0"),
    Mistake("G_H in the place of A1", "M", "G_H > 0"),
    Mistake("the mask is missing", "G_A1", "G_H"),
    Mistake("H in the place of the mask", "G_A1", "G_H * H"),
    Mistake("reshape in place of a transpose", "G_W1", "G_A1.reshape(G_A1.T.shape) @ X"),
    Mistake("averaged instead of summed: 1/N is in G_Z already", "G_b1", "G_A1.mean(axis=0)"),
    Mistake("G_W1 in the place of W1", "G_X", "G_A1 @ G_W1"),
]
OTHERS = [  # wrong lines to choose from, and to go with another
    Mistake("softmax is missing", "P", "Z"),
    Mistake("the sigmoid of each logit instead of softmax", "P", "1 / (1 + np.exp(-Z))"),
    Mistake("1/N is in twice: once here, and once in G_Z", "G_W2", "G_Z.T @ H / N"),
    Mistake("the sign is flipped", "G_W2", "-G_Z.T @ H"),
    Mistake("the sign is flipped", "G_b2", "-G_Z.sum(axis=0)"),
    Mistake("only the last example counts", "G_b2", "G_Z[-1]"),
    Mistake("1/N is in twice: once here, and once in G_Z", "G_H", "G_Z @ W2 / N"),
    Mistake("1/N is in twice: once here, and once in G_Z", "G_W1", "G_A1.T @ X / N"),
    Mistake("G_H in the place of G_A1", "G_W1", "G_H.T @ X"),
    Mistake("only the last example counts", "G_b1", "G_A1[-1]"),
    Mistake("G_H in the place of G_A1", "G_b1", "G_H.sum(axis=0)"),
    Mistake("1/N is in twice: once here, and once in G_Z", "G_X", "G_A1 @ W1 / N"),
    Mistake("G_H in the place of G_A1", "G_X", "G_H @ W1"),
]
DECOYS = [
    Mistake("nothing", "G_Z", "P / N - Y / N"),
    Mistake("nothing", "G_W2", "np.einsum('ik,ij->kj', G_Z, H)"),
    Mistake("nothing", "G_A1", "np.where(H > 0, G_H, 0)"),
]
PAIRS = [
    ("G_Z = P - Y", "G_b1 = G_A1.mean(axis=0)"),
    ("M = A1 <= 0", "G_b2 = -G_Z.sum(axis=0)"),
    ("G_Z = (Y - P) / N", "G_W2 = -G_Z.T @ H"),
    ("G_W2 = G_Z.T @ A1", "G_H = G_Z @ W2 / N"),
    ("G_Z = (P - Y) / P.size", "G_W1 = G_A1.reshape(G_A1.T.shape) @ X"),
    ("G_W1 = G_A1.T @ X / N",),
    ("P = softmax(Z.T).T", "G_A1 = G_H * H"),
    ("G_H = G_Z @ W2 / N", "G_X = G_A1 @ W1 / N"),
    ("G_Z = P / N", "M = G_H > 0"),
    ("G_Z = (P - Y) / N / N", "G_b2 = G_Z[-1]"),
]


class Loop(NamedTuple):
    """A training loop: what is wrong with it, and the lines of one step, in terms of theta, all numbers in a vector."""

    name: str
    lines: tuple


SET_BACK, ADD, STEP = "g = 0 * g", "g = g + gradient(theta, X, y)", "theta = theta - lr * g"
RIGHT_LOOP = Loop("nothing", (SET_BACK, ADD, STEP))
LOOPS = [
    Loop("the gradients are not set back to 0", (ADD, STEP)),
    Loop("nothing", (SET_BACK, "g = g + gradient(theta, X[::-1], y[::-1])", STEP)),
    Loop("each step takes the gradient of the place before", ("new = theta - lr * g", SET_BACK, ADD, "theta = new")),
    Loop("the learning rate is in twice", (SET_BACK, ADD, "theta = theta - lr * (lr * g)")),
    Loop("the labels are shuffled, and the points are not", (SET_BACK, ADD.replace("y)", "rng.permutation(y))"), STEP)),
    Loop("the step goes up the gradient", (SET_BACK, ADD, STEP.replace("-", "+"))),
    Loop("each step begins at the start again", (SET_BACK, ADD.replace("theta", "start"), "theta = start - lr * g")),
    Loop("W1 and b1 are left out", (SET_BACK, ADD, "g[: W1.size + b1.size] = 0", STEP)),
    Loop("each step takes the gradient of the start", (SET_BACK, ADD.replace("theta", "start"), STEP)),
    RIGHT_LOOP,
]


def text_of(bug):
    """Return a wrong line as it stands in the code."""
    return f"{bug.symbol} = {bug.line}"


def step_of(bug):
    """Return the step that a wrong line breaks; None for a right one."""
    return None if bug in DECOYS else SAME_STEP.get(bug.symbol, bug.symbol)


def lines_of(step):
    """Return all wrong lines of a step, in an order that tells nothing."""
    return sorted(text_of(bug) for bug in (*BUGS, *OTHERS) if step_of(bug) == step)


_named = {text_of(bug): bug for bug in (*BUGS, *OTHERS)}
SINGLE = [((*BUGS, *DECOYS)[i],) for i in np.random.default_rng(8).permutation(len(BUGS) + len(DECOYS))]
DOUBLE = [tuple(_named[line] for line in pair) for pair in PAIRS]

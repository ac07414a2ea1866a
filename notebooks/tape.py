"""A tape: every value remembers what it was made from, and one walk back fills in every gradient.

    X, W1, b1, W2, b2 = (Value(array) for array in (X, *params))
    L = cross_entropy(linear(relu(linear(X, W1, b1)), W2, b2), y)
    backward(L)                              W1.grad is ∂L/∂W1, and so on

A step takes Values and gives a Value. Its rules back turn G, the gradient of the loss at what the step made, into what
the step adds to the gradient at each Value that it took. They are the derivation's nine steps, for any depth; section
numbers are the derivation's. A wrong argument raises ValueError (TypeError for a wrong kind) and is never modified.
"""

from collections import Counter

import numpy as np

import mlp_helpers
from mlp_helpers import _array, describe, one_hot, softmax


class Value:
    """An array that remembers the Values it was made from, each with its rule back.

    data of any shape, made_from pairs (Value, rule back), none for what is given → .data (float64), .grad (0.0 until a
    backward, then of data's shape) and .made_from. Raises ValueError, TypeError for bad data or pairs.
    """

    def __init__(self, data, made_from=()):
        self.data = _array("data", data)
        self.grad = 0.0
        self.made_from = tuple(made_from) if isinstance(made_from, tuple | list) else (made_from,)
        for pair in self.made_from:
            if not (isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], Value) and callable(pair[1])):
                raise TypeError(f"made_from: expected pairs (Value, rule back), got {describe(pair)}")

    def __repr__(self):
        return f"Value of shape {self.data.shape}, made from {len(self.made_from)}"


@np.errstate(over="ignore", invalid="ignore")  # Value reports numbers that are too large
def linear(X, W, b):
    """Weigh and add up, X Wᵀ + b; back go G W to X, Gᵀ X to W, and Σ_i G[i, :] to b.

    Values X (N, n_in), W (n_out, n_in), b (n_out,) → a Value (N, n_out).
    Raises ValueError, TypeError for anything else. Derivation, sections 2 and 4.
    """
    x = _data("X", X, ("N", "n_in"))
    w = _data("W", W, ("n_out", x.shape[1]))
    back = (X, lambda G: G @ w), (W, lambda G: G.T @ x), (b, lambda G: G.sum(axis=0))
    return Value(x @ w.T + _data("b", b, (len(w),)), back)


def relu(A):
    """Keep what is above 0, max(A, 0); back goes G ⊙ 1[A > 0].

    A Value → a Value of its shape. Raises TypeError for anything else. Derivation, section 3.
    """
    a = _data("A", A)
    return Value(np.maximum(a, 0), [(A, lambda G: G * (a > 0))])


def add(U, V):
    """Add entry by entry, U + V; back goes G, to both.

    Values of one shape → a Value of it. Raises ValueError, TypeError for anything else. Source: the chain rule.
    """
    u = _data("U", U)
    return Value(u + _data("V", V, u.shape), [(U, lambda G: G), (V, lambda G: G)])


def cross_entropy(Z, y):
    """Average the surprise at the labels, L = −(1/N) Σ_i log P[i, y_i]; back goes G (P − Y) / N.

    A Value Z (N, C), labels y (N,) → a Value of one number, in nats.
    Raises ValueError, TypeError for a bad Z or y. Derivation, section 1.
    """
    z = _data("Z", Z, ("N", "C"))
    L, Y = mlp_helpers.cross_entropy(z, y), one_hot(y, z.shape[1])
    return Value(L, [(Z, lambda G: G * ((softmax(z) - Y) / len(z)))])


def order(L):
    """List the Values that L was made from, from L back, each after all that use it.

    A Value → a list of Values, L first. Raises TypeError for anything else. Source: Kahn 1962, sorting by counting.
    """
    _data("L", L)
    found, uses, walk = [L], Counter(), [L]
    for value in found:  # grows while it is read
        for source, _ in value.made_from:
            if not uses[source]:
                found.append(source)
            uses[source] += 1
    for value in walk:  # grows, too: by what has no use left to wait for
        for source, _ in value.made_from:
            uses[source] -= 1
            if not uses[source]:
                walk.append(source)
    return walk


def backward(L):
    """Add ∂L/∂value to the .grad of every Value that L was made from: the sum of what all uses of it send back.

    L is a Value of one number. Raises ValueError, TypeError for another L, or a rule back that gives another shape.
    """
    if _data("L", L).size != 1:
        raise ValueError(f"L: expected a Value of one number, got shape {L.data.shape}")
    arrived = {L: np.ones_like(L.data)}
    for value in order(L):
        G = arrived.pop(value)
        value.grad = value.grad + G
        for source, rule in value.made_from:
            arrived[source] = arrived.get(source, 0.0) + _array("rule back", rule(G), source.data.shape)


def _data(name, value, shape=None):
    if not isinstance(value, Value):
        raise TypeError(f"{name}: expected a Value, got {describe(value)}")
    return _array(name, value.data, shape)

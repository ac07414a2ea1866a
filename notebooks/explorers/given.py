"""What an explorer is given: a batch, a network and a size; and what it takes where nothing is."""

from numbers import Real

import numpy as np

import mlp_helpers as mlp

_default_scale = 1.0


def checked(X, y, params):
    """Return copies of a batch and a network that an explorer can show; moons and a fresh network by default."""
    if X is None and y is None:
        X, y = mlp.toy_data("moons", 5, np.random.default_rng(2))
    if params is None:
        params = mlp.init_params(np.random.default_rng(18))
    mlp.loss(X, y, params)
    params = mlp.Params(*(np.array(value, float) for value in params))
    for name, size in (("params.W1", params.W1.shape[1]), ("params.W2", params.W2.shape[0])):
        if size != 2:
            raise ValueError(f"{name}: an explorer shows networks with 2 inputs and 2 outputs, got {size}")
    return np.array(X, float), np.array(y, int), params


def checked_sizes(X, y, params, given):
    """Raise ValueError where what an explorer is to show has other sizes than what it was given."""
    mlp.loss(X, y, params)
    shown, made = mlp.Params(*params), given.params
    for name, now, then in (("X", X, given.X), ("params.W1", shown.W1, made.W1), ("params.W2", shown.W2, made.W2)):
        if np.shape(now) != then.shape:
            raise ValueError(f"{name}: expected shape {then.shape}, as this explorer was made for, got {np.shape(now)}")


def set_scale(scale):
    """Set the size of every explorer made from now on: 1.0 for a desk, about 1.5 for a projector.

    An explorer's own scale comes before it. Raises ValueError for a scale outside 0.5 to 4, TypeError for no number.
    """
    global _default_scale
    _default_scale = _checked_scale(scale)


def scale_or_default(scale):
    """Return the size of an explorer, which is that of set_scale where none is given."""
    return _default_scale if scale is None else _checked_scale(scale)


def _checked_scale(scale):
    if not isinstance(scale, Real) or isinstance(scale, bool):
        raise TypeError(f"scale: expected a number, got {mlp.describe(scale)}")
    if not 0.5 <= scale <= 4:
        raise ValueError(f"scale: expected a number from 0.5 to 4, got {scale}")
    return float(scale)

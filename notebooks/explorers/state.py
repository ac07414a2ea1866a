"""What an explorer's screen is computed from, and what is computed from it."""

from dataclasses import dataclass, fields

import numpy as np

import mlp_helpers as mlp


@dataclass
class State:
    """All that can be moved.

    X (N, 2), y (N,) and params are the batch and the network. added (N, 2) and shift are what is put on top of the
    logits: numbers of their own, and one for all. held (n_hidden, 2) is where a hand holds each hinge line: its arrow
    starts nearest to there. path is a training run, and step is where on it the parameters are.
    """

    X: np.ndarray
    y: np.ndarray
    params: mlp.Params
    added: np.ndarray
    held: np.ndarray
    shift: float = 0.0
    step: int = 0
    path: tuple | None = None

    @classmethod
    def of(cls, X, y, params):
        """The state of a batch and a network, with nothing added and no line held."""
        held = np.zeros((len(params.b1), 2))
        return cls(X, y, params, added=np.zeros((len(X), len(params.b2))), held=held).copy()

    def copy(self):
        """A state of its own, so that a change of one is none of the other."""
        return State(**{field.name: _copied(getattr(self, field.name)) for field in fields(self)})

    def same(self, other):
        """Whether both give the same numbers."""
        return all(np.array_equal(one, its) for one, its in zip(self._numbers(), other._numbers(), strict=True))

    def _numbers(self):
        return (self.X, self.y, *self.params, self.added, self.shift)

    def forward(self):
        """Run the network, and put on top of its logits what is added."""
        cache = mlp.forward(self.X, self.params)
        if not (self.shift or self.added.any()):
            return cache
        Z = cache.Z + self.added + self.shift
        return cache._replace(Z=Z, P=mlp.softmax(Z))

    def values(self):
        """Every value of the network by its symbol, forward and backward; and what is added, and the loss."""
        cache = self.forward()
        return {
            "X": self.X.copy(),
            "y": self.y.copy(),
            "Y": mlp.one_hot(self.y, len(self.params.b2)),
            **{name: value.copy() for name, value in self.params._asdict().items()},
            **cache._asdict(),
            **mlp.backward(self.X, self.y, self.params, cache)._asdict(),
            "added": self.added + self.shift,
            "loss": mlp.cross_entropy(cache.Z, self.y),
        }


def _copied(value):
    if isinstance(value, mlp.Params):
        return mlp.Params(*map(np.copy, value))
    return value.copy() if isinstance(value, np.ndarray) else value

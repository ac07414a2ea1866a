"""The search for the edits of our lines that give what an answer gives: the words for the kind of a mistake."""

import functools
import time
from itertools import count

import numpy as np

from checker.lines import FAILS, LINES, TOOLS, Mistake, before, compiled, run_lines, symbols_in
from checker.our_edits import edits_of
from checker.words import same
from mlp_helpers import Params

MOST = 500  # examples: an edit can take all examples by all examples


class Search:
    """The edits that give an answer to name, on the batch X, y, params.

    given are the symbols known to be right, and so is what they are made from; of equal edits, those in these words
    come first. The search ends after seconds of the processor's time.
    """

    def __init__(self, name, answer, batch, given=(), seconds=1.0):
        self.name, self.answer, self.given = name, answer, given
        self.names, self.elsewhere = (TOOLS | run_lines(*each) for each in (batch, another_batch(batch[0], batch[2])))
        self.right = np.asarray(self.names[name], float)
        possible = before([name]) - before(given) | {name}
        self.suspects = [symbol for symbol in reversed(LINES) if symbol in possible]  # the nearest first
        self.place = int(np.abs(answer).argmax()) if answer.size else 0
        self.end = time.process_time() + seconds

    def single(self):
        """Return the edits that give the answer, those that mean the same in one list; the nearest first.

        Two edits mean the same if they give the same on another batch.
        """
        meant = []
        if not np.isfinite(self.answer).all() or not self.answer.any() or self.names["N"] > MOST:
            return []  # many edits give zeros
        for symbol in self.suspects:
            for mistake in (bound for free in edits_of(symbol) for bound in self._bound(free)):
                if time.process_time() > self.end:
                    break
                if self.holds(mistake):
                    value = self._follow(symbol, compiled(mistake.line), self.elsewhere)
                    equal = next((mistakes for other, mistakes in meant if _equal(value, other)), None)
                    if equal is None:
                        meant.append((value, [mistake]))
                    else:
                        equal.append(mistake)
        return [sorted(mistakes, key=self._far) for _, mistakes in meant]

    def holds(self, mistake):
        """Whether a mistake gives the answer."""
        return self._fits(self._follow(mistake.symbol, compiled(mistake.line), self.names))

    def _far(self, mistake):
        """How far a mistake is from the learner's line: whether earlier, and in how many words that are not given."""
        return mistake.symbol != self.name, len(symbols_in(mistake.line) - set(self.given)) if self.given else 0

    def _follow(self, symbol, code, names):
        """Return what name is if its symbol's line is the code, as floats, or None where it does not fit."""
        names = dict(names)
        try:
            names[symbol] = eval(code, names)
            for later in _path(symbol, self.name):
                names[later] = eval(compiled(LINES[later]), names)
            return np.asarray(names[self.name], float)
        except FAILS:
            return None

    def _fits(self, value):
        """Whether a value is finite, fits the answer, and is not the right one. One entry tells most values apart."""
        if value is None or value.shape != self.answer.shape:
            return False
        target = self.answer.item(self.place)
        if not abs(value.item(self.place) - target) <= 2e-6 * abs(target):
            return False
        if not np.isfinite(value).all() or same(value, self.right, self.right):
            return False
        return same(self.answer, value, self.right)

    def _bound(self, mistake):
        """Yield a mistake with each example for e, or with the lr that fits, if it has one."""
        if "{e}" in mistake.name:
            for e in range(min(self.names["N"], 100)):
                yield Mistake(mistake.name.format(e=e), mistake.symbol, mistake.line.replace("[e]", f"[{e}]"))
        elif "{lr}" in mistake.name:
            code = compiled(mistake.line)
            at_0, at_1 = (self._follow(mistake.symbol, code, self.names | {"lr": lr}) for lr in (0.0, 1.0))
            if at_1 is not None and at_1.shape == self.answer.shape and (change := at_1 - at_0).any():
                lr = float((change * (self.answer - at_0)).sum() / (change**2).sum())
                if 0 < lr < 1e4 and abs(lr - 1) > 1e-6:  # beyond, it is a factor; and a slope of 1 is no mask
                    number = f"{lr:.6g}"
                    yield Mistake(mistake.name.format(lr=number), mistake.symbol, mistake.line.replace("lr", number))
        else:
            yield mistake


def another_batch(X, params, N=None, seed=3):
    """Draw a batch and a network of the same widths, X (N, n_in), y (N,), params; by itself N is no width."""
    widths = {len(X), *(width for value in params for width in np.shape(value))}
    N = N or next(size for size in count(5) if size not in widths)
    rng = np.random.default_rng(seed)
    fresh = Params(*(rng.normal(size=np.shape(value)) for value in params))
    return rng.normal(size=(N, fresh.W1.shape[1])), rng.integers(len(fresh.b2), size=N), fresh


def wide_batch(n_in=3, hidden=6, classes=4, N=7):
    """Draw a batch and a network all of whose widths differ: there, a wrong width or axis cannot pass for another."""
    params = Params(*(np.zeros(shape) for shape in ((hidden, n_in), hidden, (classes, hidden), classes)))
    return another_batch(np.zeros((N, n_in)), params, N, seed=4)


@functools.cache
def _path(symbol, name):
    """Return the lines after a symbol's that it goes through on the way to name."""
    order = list(LINES)
    after = order[order.index(symbol) + 1 : order.index(name) + 1]
    return [later for later in after if symbol in before([later]) and later in before([name])]


def _equal(one, other):
    if one is None or other is None:
        return one is other
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-6, atol=1e-9, equal_nan=True)

"""The smallest edits of the lines that yield an answer: one, or else two at once."""

import ast
import functools
from itertools import count

import numpy as np

from checker.edits import edited, edits_of
from checker.lines import LINES, TOOLS, Mistake, before, compiled, run_lines, symbols_in
from checker.words import same
from mlp_helpers import Params

FAILS = (ArithmeticError, AttributeError, LookupError, NameError, TypeError, ValueError)
LARGE = 100  # examples


class Search:
    """The edits that yield an answer to name, on the batch X, y, params.

    answer is an array, and noise how far rounding may move it. given are the symbols known to be right, and so is
    what they are made from; of equal edits, those in these words come first. again is what the learner's function
    gives on another_batch, if it is a function and does not fail there.
    """

    def __init__(self, name, answer, X, y, params, noise, given, again=None):
        self.name, self.answer, self.noise, self.given, self.again = name, answer, noise, given, again
        self.names = TOOLS | run_lines(X, y, params)
        self.elsewhere = TOOLS | run_lines(*another_batch(X, params))
        self.right = np.asarray(self.names[name], float)
        possible = before([name]) - before(given) | {name}
        self.suspects = [symbol for symbol in reversed(LINES) if symbol in possible]  # the nearest first
        self.place = int(np.abs(answer).argmax())

    def single(self):
        """Return the single edits that yield the answer, those that mean the same in one tuple, the nearest first.

        Two edits mean the same if they give the same on another batch.
        """
        meant = []
        for symbol in self.suspects:
            for mistake in (bound for free in edits_of(symbol) for bound in self._bound(free)):
                if self._fits(self._follow(symbol, compiled(mistake.line), self.names)):
                    value = self._follow(symbol, compiled(mistake.line), self.elsewhere)
                    equal = next((mistakes for other, mistakes in meant if _equal(value, other)), None)
                    if equal is None:
                        meant.append((value, [mistake]))
                    else:
                        equal.append(mistake)
        if self.again is not None:
            there = np.shape(self.elsewhere[self.name])
            its_own = self.again.shape == there and not _equal(self.again, self.answer)  # not the notebook's arrays
            meant = [found for found in meant if _equal(found[0], self.again)] or ([] if its_own else meant)
        return [tuple(sorted(mistakes, key=self._far)) for _, mistakes in meant]

    def double(self):
        """Return two edits in the line of name, as one Mistake, or in two lines, that yield the answer; or none.

        In two lines before that of name, only edits are tried that do not make a line longer, by more than a letter
        or two; and of a large batch, which would take long, only two edits in one line, with no matrix product more.
        """
        tried, large = {symbol: self._distinct(symbol) for symbol in self.suspects}, self.names["N"] > LARGE
        for first, _ in tried[self.name]:
            if large and first.line.count("@") > LINES[self.name].count("@"):  # all examples by all examples
                continue
            for words, tree in edited(self.name, first.line):
                code = compile(tree, "line", "eval")
                if self._fits(self._follow(self.name, code, self.names)) and self._holds({self.name: code}):
                    both = f"{words}, twice" if words == first.name else f"{first.name}; and {words}"
                    return (Mistake(both, self.name, ast.unparse(tree)),)
        for place, symbol in enumerate([] if large else self.suspects):
            codes = {second: compiled(second.line) for second, _ in tried[symbol] if not place or _short(second)}
            for earlier in self.suspects[place + 1 :]:
                for first, names in tried[earlier]:
                    for second, code in codes.items() if not place or _short(first) else ():
                        if self._fits(self._follow(symbol, code, names)):
                            if self._holds({earlier: compiled(first.line), symbol: code}):
                                return first, second
        return ()

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
        if not abs(value.item(self.place) - target) <= 2e-6 * abs(target) + self.noise:
            return False
        if not np.isfinite(value).all() or same(value, self.right, self.right, self.noise):
            return False
        return same(self.answer, value, self.right, self.noise)

    def _holds(self, codes):
        """Whether two edits give what the learner's function gives on another batch too; of an array, a closer fit."""
        if self.again is None:
            value = self._after(codes, self.names).get(self.name)
            return np.allclose(value, self.answer, rtol=1e-9, atol=max(self.noise, 1e-9 * np.abs(self.right).max()))
        return _equal(np.asarray(self._after(codes, self.elsewhere).get(self.name), float), self.again)

    def _after(self, codes, names):
        """Return the names and values with these codes for some symbols' lines, and the lines after as they follow."""
        names = dict(names)
        follows = {later for symbol in codes for later in _path(symbol, self.name)}
        for symbol in LINES:
            if symbol in codes or symbol in follows:
                try:
                    names[symbol] = eval(codes.get(symbol) or compiled(LINES[symbol]), names)
                except FAILS:
                    names.pop(symbol, None)
        return names

    def _distinct(self, symbol):
        """Return the edits of a symbol's line that give finite and different values, with all values after each."""
        found = {}
        for mistake in edits_of(symbol):
            if "{" not in mistake.name:
                names = self._after({symbol: compiled(mistake.line)}, self.names)
                value = np.asarray(names.get(symbol, np.nan), float)
                if np.isfinite(value).all():
                    found.setdefault((value.shape, value.tobytes()), (mistake, names))
        return list(found.values())

    def _bound(self, mistake):
        """Yield a mistake with a number in the place of a letter that stands for any: each e, or the lr that fits."""
        if "[e]" in mistake.line:
            for e in range(self.names["N"]):
                yield Mistake(mistake.name.format(e=e), mistake.symbol, mistake.line.replace("[e]", f"[{e}]"))
        elif "lr *" in mistake.line:
            code = compiled(mistake.line)
            at_0, at_1 = (self._follow(mistake.symbol, code, self.names | {"lr": lr}) for lr in (0.0, 1.0))
            if at_1 is not None and at_1.shape == self.answer.shape and (change := at_1 - at_0).any():
                lr = float((change * (self.answer - at_0)).sum() / (change**2).sum())
                if 0 < lr < 1e4:  # beyond, it is a factor
                    number = f"{lr:.6g}"
                    yield Mistake(mistake.name.format(lr=number), mistake.symbol, mistake.line.replace("lr", number))
        else:
            yield mistake


def another_batch(X, params):
    """Draw a batch and a network of the same widths, X (N, n_in), y (N,), params, where N is no width."""
    widths = {len(X), *(width for value in params for width in np.shape(value))}
    N = next(size for size in count(5) if size not in widths)
    return drawn(np.random.default_rng(3), N, params)


def drawn(rng, N, params):
    """Draw a batch of N examples, and a network of the widths of params: X (N, n_in), y (N,), params."""
    fresh = Params(*(rng.normal(size=np.shape(value)) for value in params))
    return rng.normal(size=(N, fresh.W1.shape[1])), rng.integers(len(fresh.b2), size=N), fresh


def square_batch():
    """Draw a batch and a network all of whose widths are N = 5: there, no product fails by its shape."""
    rng = np.random.default_rng(4)
    params = Params(*(rng.normal(size=shape) for shape in ((5, 5), 5, (5, 5), 5)))
    return rng.normal(size=(5, 5)), np.array([3, 0, 4, 1, 2]), params


def _short(mistake):
    return len(mistake.line) <= len(LINES[mistake.symbol]) + 2


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

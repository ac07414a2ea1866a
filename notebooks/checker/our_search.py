"""The search for the edits of our lines that give what an answer gives, and how they are said."""

import functools
import time

import numpy as np

from checker.judging import another_batch
from checker.lines import FAILS, LINES, PLACES, TOOLS, Mistake, before, compiled, run_lines, symbols_in
from checker.our_edits import edits_of, right_line
from checker.words import both_shapes, same, what_is_true

SECONDS = 1.4  # of the processor's time, for all that is tried
MOST = 500  # examples: an edit can take all examples by all examples


class Search:
    """The edits that give an answer to name, on the batch X, y, params.

    given are the symbols known to be right, and so is what they are made from; of equal edits, those in these words
    come first. The search ends after seconds of the processor's time.
    """

    def __init__(self, name, answer, batch, given=(), seconds=1.0):
        self.name, self.answer, self.given = name, answer, given
        self.names, self.elsewhere = (TOOLS | run_lines(*each) for each in (batch, another_batch(*batch)))
        self.right = np.asarray(self.names[name], float)
        possible = before([name]) - before(given) | {name}
        self.suspects = [symbol for symbol in reversed(LINES) if symbol in possible]  # the nearest first
        self.place = int(np.abs(answer).argmax()) if answer.size else 0
        self.end = time.process_time() + seconds

    def single(self):
        """Return the edits that give the answer, those that give the same elsewhere in one list; the nearest first."""
        if not np.isfinite(self.answer).all() or not self.answer.any() or self.names["N"] > MOST:
            return []  # many edits give zeros
        meant = {}
        for mistake in (bound for symbol in self.suspects for free in edits_of(symbol) for bound in self._bound(free)):
            if time.process_time() > self.end:
                break
            if self.holds(mistake):
                value = self._follow(mistake, self.elsewhere)
                meant.setdefault(str(value if value is None else value.round(6) + 0.0), []).append(mistake)
        return [sorted(mistakes, key=self._far) for mistakes in meant.values()]

    def holds(self, mistake):
        """Whether a mistake gives the answer, and not the right one."""
        value = self._follow(mistake, self.names)
        if value is None or value.shape != self.answer.shape or not np.isfinite(value).all():
            return False
        target = self.answer.item(self.place)  # one entry tells most values apart
        if not abs(value.item(self.place) - target) <= 2e-6 * abs(target):
            return False
        return same(self.answer, value, self.right) and not same(value, self.right, self.right)

    def _far(self, mistake):
        """How far a mistake is from the learner's line: whether earlier, and in how many words that are not given."""
        return mistake.symbol != self.name, len(symbols_in(mistake.line) - set(self.given)) if self.given else 0

    def _follow(self, mistake, names):
        """Return what name is with a mistake, as floats, or None where it does not fit."""
        names = dict(names)
        try:
            names[mistake.symbol] = eval(compiled(mistake.line), names)
            for later in _path(mistake.symbol, self.name):
                names[later] = eval(compiled(LINES[later]), names)
            return np.asarray(names[self.name], float)
        except FAILS:
            return None

    def _bound(self, mistake):
        """Yield a mistake with each example for e, or with the lr that fits, if it has one."""
        if "{e}" in mistake.name:
            for e in range(min(self.names["N"], 100)):
                yield Mistake(mistake.name.format(e=e), mistake.symbol, mistake.line.replace("[e]", f"[{e}]"))
        elif "{lr}" in mistake.name:
            at_0, at_1 = (self._follow(mistake, self.names | {"lr": lr}) for lr in (0.0, 1.0))
            if at_1 is not None and at_1.shape == self.answer.shape and (change := at_1 - at_0).any():
                lr = float((change * (self.answer - at_0)).sum() / (change**2).sum())
                if 0 < lr < 1e4 and abs(lr - 1) > 1e-6:  # beyond, it is a factor; and a slope of 1 is no mask
                    number = f"{lr:.6g}"
                    yield Mistake(mistake.name.format(lr=number), mistake.symbol, mistake.line.replace("lr", number))
        else:
            yield mistake


def said_of_array(fault, batch):
    """Say what numbers like these come of, and what is asked; or what is true of them."""
    if fault.kind != "wrong":
        return fault.text
    name, numbers, values = fault.name, fault.numbers, run_lines(*batch)
    right = np.asarray(values[name], float)
    found = [equal[0] for equal in Search(name, numbers, batch, seconds=SECONDS).single()[:3]]
    told = [f"Look here: {mistake.name}.\n{come_of(mistake)}\n{reread(mistake.symbol)}" for mistake in found]
    others = [other for other in LINES if same(numbers, np.asarray(values.get(other, np.nan), float), right)]
    told = told or [f"This is {other}, not {name}." for other in others[:1] if numbers.any()]
    shapes = f"{both_shapes(name, numbers, right)}\n" * (numbers.shape != right.shape)
    return shapes + "\nOr: ".join(told) if told else what_is_true(name, numbers, right)


def come_of(mistake):
    """Say a mistake as two lines."""
    symbol, line = mistake.symbol, mistake.line
    return f"    numbers like these come of: {symbol} = {line}\n    what is asked: {symbol} = {right_line(mistake)}"


def reread(symbol):
    """Say where a symbol is derived."""
    section, notebook = PLACES[symbol]
    return f"Reread section {section} of the derivation (notebook {notebook})."


@functools.cache
def _path(symbol, name):
    """Return the lines after a symbol's that it goes through on the way to name."""
    order = list(LINES)
    after = order[order.index(symbol) + 1 : order.index(name) + 1]
    return [later for later in after if symbol in before([later]) and later in before([name])]

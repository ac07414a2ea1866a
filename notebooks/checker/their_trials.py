"""How right a learner's function is when its code is made anew: tried on small batches, and by its local names."""

import numpy as np

from checker.judging import SYMBOLS_OF, called_with, fault_in, right_count, values_of
from checker.lines import FAILS, GIVEN, LINES, before
from checker.our_search import wide_batch
from checker.their_run import called, watched
from checker.words import as_numbers, same


class Trials:
    """The trials of a function that is asked for name, on batches of X, y, params that a wrong one cannot pass."""

    def __init__(self, theirs, name, asked, batches):
        self.theirs, self.name, self.asked = theirs, name, asked
        self.symbols = SYMBOLS_OF[name]
        self.values, self.wide = [values_of(*batch) for batch in batches], values_of(*wide_batch())
        self.begun = [self._right(theirs.made, values) for values in self.values]
        self.lent = self._changed(theirs.made)
        self.is_far = not self.left()

    def left(self, *changed):
        """Say what is still wrong with this text of one piece, if that is one thing on all batches, or nothing."""
        try:
            results = [called_with(self.theirs.made(*changed), values)[0] for values in self.values]
        except FAILS:
            return ""
        kinds = [_still_wrong(result, values, self.name) for result, values in zip(results, self.values, strict=True)]
        return kinds[0] if len({*kinds}) == 1 else ""

    def level(self, *changed):
        """How right it is with this text of one piece: 0 not, 1 in part, 2 wholly.

        0.5 says that no line can make it right, as for a loss that is taken from P; 0.25 that one more thing is wrong.
        """

        def make():
            return self.theirs.made(*changed)

        counts, lost_in_P = [], 0
        for values, begun in zip(self.values, self.begun, strict=True):
            try:
                result, _ = called_with(make(), values)
            except FAILS:
                return 0
            counts.append(right_count(self.name, result, values))
            if counts[-1] <= begun and counts[-1] < len(self.symbols):
                if self.name != "loss" or len(counts) != 3 or self.begun[0]:
                    still = self.is_far and len(counts) == 1 and _still_wrong(result, values, self.name)
                    return 0.25 if still and self.left(*changed) else 0
                lost_in_P = counts.pop() + 1
        if self._is_wrong_elsewhere(make, min(counts)) or len(self._changed(make)) > len(self.lent):
            return 0
        level = 0.5 if lost_in_P else 2 if min(counts) == len(self.symbols) else 1
        return min(level, self._names(make(), counts[0]))

    def _right(self, make, values):
        try:
            return right_count(self.name, called_with(make(), values)[0], values)
        except FAILS:
            return 0

    def _is_wrong_elsewhere(self, make, count):
        """Whether it is wrong where all widths differ; but who wrote 16 for a width is not asked to mend that."""
        try:
            fault = fault_in(self.name, called_with(make(), self.wide)[0], self.wide, 0.0)
        except FAILS:
            return False
        if fault is None or fault.kind != "wrong" or len(fault.before) >= count:
            return False
        return fault.numbers.shape == np.shape(self.wide[fault.name])

    def _changed(self, make):
        """Return the arguments that a function changes."""
        try:
            _, given = called_with(make(), self.values[0])
        except FAILS:
            return set(self.values[0])
        return {name for name, value in given.items() if not _equal(value, self.values[0][name])}

    def _names(self, function, count):
        """How right the local names are that symbols have: 2 all, or turned round, 1 but for a factor, 0 not."""
        run = watched(lambda: called_with(function, self.values[0]), function.__globals__)
        locals_of = [step.after for step in run.steps if step.code is function.__code__]
        known, level = before(self.symbols[:count]), 2
        for symbol in {*GIVEN, *LINES} & {*(locals_of[-1] if locals_of else ())} - {*self.asked}:
            value = locals_of[-1][symbol]
            if symbol not in LINES or symbol in known:
                how = called(value, symbol, self.values[0])
                if how is None and not (np.ndim(value) == 0 < np.ndim(self.values[0][symbol])):
                    return 0
                level = min(level, 2 if how in ("", "T") else 1)
        return level


def _still_wrong(result, values, name):
    """Say how a result differs from the right one, if by one thing."""
    numbers = as_numbers(result)
    if numbers is None or name == "backward":
        return ""
    right, N = np.asarray(values[name], float), values["N"]
    kinds = {
        "minus the right one": -right,
        "the right one times N": right * N,
        "the right one over N": right / N,
        "the right one, transposed": right.T,
    }
    return next((words for words, other in kinds.items() if same(numbers, other, other)), "")


def _equal(one, other):
    if isinstance(one, tuple):
        return all(map(np.array_equal, one, other))
    return np.array_equal(one, other)

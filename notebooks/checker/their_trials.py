"""How right a learner's function is when its code is made anew: tried on small batches, and by its local names."""

import numpy as np

from checker.judging import SYMBOLS_OF, WIDE, called_with, fault_in, right_count, values_of
from checker.lines import FAILS, GIVEN, LINES, before
from checker.their_run import called, mark, watched


class Trials:
    """The trials of a function that is asked for name, on batches of X, y, params that a wrong one cannot pass."""

    def __init__(self, theirs, name, asked, batches):
        self.theirs, self.name, self.asked = theirs, name, asked
        self.all_right = len(SYMBOLS_OF[name])
        self.values, self.wide = [values_of(*batch) for batch in batches], values_of(*WIDE)
        self.begun = [max(0, self._tried(values)[0]) for values in self.values]
        self.lent = self._changed()
        self.is_far = not self.left()

    def level(self, *changed):
        """How right it is with this text of one piece: 0 not, 1 in part, 2 wholly.

        0.5 says that no line can make it right, as for a loss that is taken from P; 0.25 that one more thing is wrong.
        """
        counts, level = [], 2
        for values, begun in zip(self.values, self.begun, strict=True):
            count, _ = self._tried(values, *changed)
            if count > begun or count == self.all_right:
                counts.append(count)
            elif count == 0 and self.name == "loss" and len(counts) == 2 and not self.begun[0]:
                level = 0.5
            else:
                return 0.25 * (count == 0 == len(counts) and self.is_far and self.left(*changed) != "")
        if self._is_wrong_elsewhere(min(counts), *changed):
            return 0
        if len(self._changed(*changed)) > len(self.lent):
            return 0
        return min(level, 2 if min(counts) == self.all_right else 1, self._names(counts[0], *changed))

    def left(self, *changed):
        """Say what is still wrong with this text of one piece, if that is one thing on all batches, or nothing."""
        kinds = set()
        for values in self.values:
            kinds.add(called(self._tried(values, *changed)[1], self.name, values))
            if None in kinds or len(kinds) > 1:
                return ""
        return kinds.pop()

    def _tried(self, values, *changed):
        """Return how many results are right with this text of one piece, −1 where it fails, and what it gives."""
        try:
            result, _ = called_with(self.theirs.made(*changed), values)
            return right_count(self.name, result, values), result
        except FAILS:
            return -1, None

    def _is_wrong_elsewhere(self, count, *changed):
        """Whether it is wrong where all widths differ; but who wrote 16 for a width is not asked to mend that."""
        fault = fault_in(self.name, self._tried(self.wide, *changed)[1], self.wide)
        if fault is None or fault.kind != "wrong" or len(fault.before) >= count:
            return False
        return fault.numbers.shape == np.shape(self.wide[fault.name])

    def _changed(self, *changed):
        """Return the arguments that it changes with this text of one piece."""
        try:
            _, given = called_with(self.theirs.made(*changed), self.values[0])
        except FAILS:
            return set(self.values[0])
        return {name for name, value in given.items() if mark(value) != mark(self.values[0][name])}

    def _names(self, count, *changed):
        """How right the local names are that symbols have: 2 all, or turned round, 1 but for a factor, 0 not."""
        function, values, level = self.theirs.made(*changed), self.values[0], 2
        run = watched(lambda: called_with(function, values)[0], function.__globals__)
        after = [step.after for step in run.steps if step.code is function.__code__][-1:]
        known = before(SYMBOLS_OF[self.name][:count])
        for symbol in {*GIVEN, *LINES} & {*(after[0] if after else ())} - {*self.asked}:
            value = after[0][symbol]
            how = called(value, symbol, values)
            if how not in ("", "transposed") and (symbol not in LINES or symbol in known):
                if how != "times N" and not np.ndim(value) == 0 < np.ndim(values[symbol]):
                    return 0
                level = 1
        return level

"""The search for the one change of a learner's own code that makes it right, tried on small batches."""

import ast
import itertools
import linecache
import re
import time
from collections import Counter
from typing import NamedTuple

from checker.judging import SYMBOLS_OF, Fault, called_with, fault_in, values_of
from checker.lines import FAILS, GIVEN, before
from checker.texts import Change, tidied
from checker.their_changes import Changes
from checker.their_code import own_names
from checker.their_run import called, not_asked, watched


class Mend(NamedTuple):
    """What is wrong in words, the line's number, and the lines as they stand and as they should read, if told so."""

    words: str
    line: int
    pairs: list
    level: float  # as Trials says it


def mended(theirs, trials, blamed, more, N, formulas, seconds):
    """Return the Mend of the one change that makes a function right, or None.

    The lines blamed, pairs of a file and a number, are changed first; more are the symbols that a change can ask for
    too, N is the number of examples of the learner's batch, and formulas are what is asked for, which no line is to
    tell. The search ends after seconds of the processor's time.
    """
    end, best, tried = time.process_time() + seconds, None, set()
    own, missing = own_names(theirs.nodes), theirs.outside if more else []
    for piece, group in _groups(theirs, blamed, more, N):
        for change in group:
            if time.process_time() > end:
                return best
            if change.text in tried:
                continue
            tried.add(change.text)
            used = re.findall(r"\w+", change.text if missing else change.right)
            needed = [name for name in dict.fromkeys((*missing, *more)) if name in used and name not in own]
            if needed and not (piece is theirs.pieces[0] and {*needed} <= {*more}):
                continue
            text = _asking(piece, change.text, needed) if needed else change.text
            level = trials.level(piece, text)
            if level > (best.level if best else 0):
                pairs = _pairs(piece, tidied(text), change.line) if level >= 1 else []
                if pairs and _tells_all(*pairs[0], formulas):
                    pairs = []
                best = Mend(change.words, piece.above + change.line, pairs, level)
                if level == 2:
                    return best
        if best and best.level >= 1:
            return best
    return best


def _groups(theirs, blamed, more, N):
    """Yield the changes of each piece of the code, the likely ones first."""
    first = theirs.pieces[0]
    if more and theirs.outside:
        line = first.definition(first.code.tree).lineno
        yield first, [Change(line, first.code.line(line), not_asked(theirs.outside), first.code.text)]
    groups = []
    for piece in theirs.pieces:
        lines = [line - piece.above for file, line in blamed if file == piece.file]
        groups.append([(piece, group) for group in Changes(theirs, piece, more, N).groups(lines)])
    yield from itertools.chain(*zip(*groups, strict=True))


def _asking(piece, text, symbols):
    """Return a piece's text, changed after its arguments' names, with these symbols before them."""
    definition = piece.definition(piece.code.tree)
    start = re.compile(rb"lambda ?|def\s+\w+\s*\(").match(piece.code.bytes, piece.code.span(definition)[0]).end()
    is_first = not any(ast.iter_child_nodes(definition.args))
    new = " " * (is_first and isinstance(definition, ast.Lambda)) + ", ".join(symbols) + ", " * (not is_first)
    return (text.encode()[:start] + new.encode() + text.encode()[start:]).decode()


def _pairs(piece, text, line):
    """Return the lines that a text changes, as they stand and as they should read; none if one stands there twice."""
    both = zip(piece.code.text.split("\n"), text.split("\n"), strict=True)
    changed = [(number != line, *map(str.strip, pair)) for number, pair in enumerate(both, 1) if pair[0] != pair[1]]
    lines = [each.strip() for each in linecache.getlines(piece.file)]
    is_told = all(lines.count(yours) == 1 and yours != right for _, yours, right in changed)
    return [pair for _, *pair in sorted(changed)] if is_told else []


def _tells_all(yours, right, formulas):
    """Whether what a change puts in is most of what is asked for: then it is told in words."""
    old, new, *asked = (Counter(re.findall(r"\w+|[-+*/@<>=~]+", text)) for text in (yours, right, *formulas))
    return any(((new - old) & formula).total() > 0.67 * formula.total() for formula in asked)


class Trials:
    """The trials of a function that is asked for name, on batches of X, y, params that a wrong one cannot pass.

    asked are the symbols among its arguments, and lent those that it changes.
    """

    def __init__(self, theirs, name, asked, lent, batches):
        self.theirs, self.name, self.asked, self.lent = theirs, name, asked, lent
        self.values = [values_of(*batch) for batch in batches]
        self.begun = [self._count(self._fault(values)) for values in self.values]

    def level(self, *changed):
        """How right it is with this text of one piece: 0 not, 1 in part, 2 wholly.

        0.5 says that no line can make it right, as for a loss that is taken from P.
        """
        counts, level, every = [], 2, len(SYMBOLS_OF[self.name])
        for values, begun in zip(self.values, self.begun, strict=True):
            count = self._count(self._fault(values, *changed))
            if count > begun or count == every:
                counts.append(count)
            elif self.name == "loss" and len(counts) == 2 and not self.begun[0]:
                level = 0.5
            else:
                return 0
        run = watched(self.theirs.made(*changed), self.values[0])
        if len(run.lent) > len(self.lent) or not self._is_named_rightly(run, counts[0]):
            return 0
        return min(level, 2 if min(counts) == every else 1)

    def _fault(self, values, *changed):
        """Return what is wrong with this text of one piece, or None."""
        try:
            return fault_in(self.name, called_with(self.theirs.made(*changed), values)[0], values)
        except FAILS:
            return Fault("raised", self.name)

    def _count(self, fault):
        """How many results are right before a fault."""
        return len(fault.before if fault else SYMBOLS_OF[self.name])

    def _is_named_rightly(self, run, count):
        """Whether the local names that symbols have are right, or turned."""
        values, known = self.values[0], {*GIVEN, *before(SYMBOLS_OF[self.name][:count])} - {*self.asked}
        after = run.own[-1].after if run.own else {}
        return all(called(after[name], name, values) in ("right", "turned") for name in known & {*after})

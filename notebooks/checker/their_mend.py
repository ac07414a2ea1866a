"""The search for the one change of a learner's own code that makes it right, tried on small batches."""

import ast
import itertools
import linecache
import re
import time
from collections import Counter

from checker.judging import SYMBOLS_OF, called_with, fault_in, small, values_of
from checker.lines import FAILS, GIVEN, LINES, before
from checker.our_edits import WRITINGS, reread
from checker.texts import Change, tidied
from checker.their_changes import Changes
from checker.their_code import own_names
from checker.their_run import called, is_among, not_asked, watched

FROM_Z = "And take it from Z, not from P: where logits are in the millions, a probability rounds to 0."


def mended(facts, name, fault, batches, seconds):
    """Return what is said of the one change that makes a function right, as lines, or None.

    facts are of the function, which is asked for name and has this fault on one of the batches: the learner's own and
    the fresh ones. The search ends after seconds of the processor's time.
    """
    end, best, told, tried = time.process_time() + seconds, 0, None, set()
    theirs, symbols = facts.theirs, SYMBOLS_OF[name]
    if not theirs.pieces:
        return None
    earlier = [symbol for symbol in LINES if symbol in before(symbols) and symbol not in symbols]
    more = [] if "params" in facts.asked else [*GIVEN, *earlier]  # what a change can ask for
    own, missing = own_names(theirs.nodes), theirs.outside if more else []
    trials = Trials(facts, name, [*batches[1:], small(*batches[0])])
    if min(trials.begun) == len(symbols):  # made anew, it is right
        return None
    for piece, group in _groups(facts, more, len(batches[0][0])):
        for change in group:
            if time.process_time() > end:
                return told
            is_other = "np.log(" in change.text and name != "loss" and "log" not in piece.code.text
            if change.text in tried or is_other:
                continue
            tried.add(change.text)
            used = re.findall(r"\w+", change.text if missing else change.right)
            needed = [name for name in dict.fromkeys((*missing, *more)) if name in used and name not in own]
            if needed and not (piece is theirs.pieces[0] and {*needed} <= {*more}):
                continue
            text = _asking(piece, change.text, needed) if needed else change.text
            level = trials.level(piece, text)
            if level > best:
                pairs = _pairs(piece, tidied(text), change.line, symbols) if level >= 1 else []
                best, told = level, _told(facts, fault, change.words, piece.above + change.line, pairs)
                if level == 0.5:
                    told.insert(1, FROM_Z)
            if best == 2:
                return told
        if best >= 1:
            return told
    return told


def _told(facts, fault, words, line, pairs):
    """Say a change: its words, its lines as they stand and as they should read, and what to read."""
    where = f"in line {line}, " * (not words.startswith("line "))
    lines = [line for yours, right in pairs for line in (f"    yours: {yours}", f"    right: {right}")]
    outside = facts.outside() * (" among the arguments" not in words)
    assigned = [right.split(" =")[0] for _, right in pairs[:1]]
    about = [reread(name) for name in (*assigned, fault.name) if name in LINES][:1]
    return [f"Look here: {where}{words}.", *lines, *outside, *about]


def _groups(facts, more, N):
    """Yield the changes of each piece of the code, the likely ones first."""
    theirs, blamed = facts.theirs, facts.blamed()
    first = theirs.pieces[0]
    if more and theirs.outside:
        line = first.definition(first.code.tree).lineno
        yield first, [Change(line, first.code.line(line), not_asked(theirs.outside), first.code.text)]
    groups = []
    for piece in theirs.pieces:
        lines = [line - piece.above for line in blamed if piece.file == first.file]
        groups.append([(piece, group) for group in Changes(theirs, piece, more, N).groups(lines)])
    yield from itertools.chain(*zip(*groups, strict=True))


def _asking(piece, text, symbols):
    """Return a piece's text, changed after its arguments' names, with these symbols before them."""
    definition = piece.definition(piece.code.tree)
    start = re.compile(rb"lambda ?|def\s+\w+\s*\(").match(piece.code.bytes, piece.code.span(definition)[0]).end()
    is_first = not any(ast.iter_child_nodes(definition.args))
    new = " " * (is_first and isinstance(definition, ast.Lambda)) + ", ".join(symbols) + ", " * (not is_first)
    return (text.encode()[:start] + new.encode() + text.encode()[start:]).decode()


def _pairs(piece, text, line, symbols):
    """Return the lines that a text changes, as they stand and as they should read.

    None if one stands there twice, or if what is put in is most of what is asked for: then it is told in words.
    """
    both = zip(piece.code.text.split("\n"), text.split("\n"), strict=True)
    changed = [(number != line, *map(str.strip, pair)) for number, pair in enumerate(both, 1) if pair[0] != pair[1]]
    lines = [each.strip() for each in linecache.getlines(piece.file)]
    pairs = [pair for _, *pair in sorted(changed)]
    if not pairs or any(lines.count(yours) != 1 or yours == right for yours, right in pairs):
        return []
    texts = (*pairs[0], *(text for symbol in symbols for text in WRITINGS[symbol]))
    old, new, *asked = (Counter(re.findall(r"\w+|[-+*/@<>=~]+", each)) for each in texts)
    return [] if any(((new - old) & formula).total() > 0.67 * formula.total() for formula in asked) else pairs


class Trials:
    """The trials of a function that is asked for name, on batches of X, y, params that a wrong one cannot pass."""

    def __init__(self, facts, name, batches):
        self.facts, self.name = facts, name
        self.values = [values_of(*batch) for batch in batches]
        self.begun = [self._begun(values) for values in self.values]

    def level(self, *changed):
        """How right it is with this text of one piece: 0 not, 1 in part, 2 wholly.

        0.5 says that no line can make it right, as for a loss that is taken from P.
        """
        counts, every = [], len(SYMBOLS_OF[self.name])
        for values, begun in zip(self.values, self.begun, strict=True):
            counts.append(self._count(values, *changed))
            is_far = self.name == "loss" and len(counts) == 3 and not self.begun[0]
            if begun >= counts[-1] < every and not is_far:
                return 0
        run = watched(self.facts.theirs.made(*changed), self.values[0])
        after = run.steps[-1].after if run.steps else {}
        known = {*GIVEN, *before(SYMBOLS_OF[self.name][: counts[0]])} - {*self.facts.asked}
        known -= {"P"} if is_among(self.values[0]["G_Z"], [after.get("P")]) else set()  # it became G_Z in place
        named = [called(after[name], name, self.values[0]) for name in known & {*after}]
        if len(run.lent) > len(self.facts.run.lent) or {*named} - {"right", "turned"}:
            return 0
        return 2 if min(counts) == every else 0.5 if self.name == "loss" else 1

    def _begun(self, values):
        """How many results are right before the first that is not; of a run that raises, of those that it has then."""
        try:
            run = watched(self.facts.theirs.made(), values)
        except FAILS:
            return 0
        if run.error is None:
            return self._count(values)
        held = run.steps[-1].after.values() if run.steps else ()
        return len([*itertools.takewhile(lambda symbol: is_among(values[symbol], held), SYMBOLS_OF[self.name])])

    def _count(self, values, *changed):
        """How many results are right with this text of one piece."""
        try:
            fault = fault_in(self.name, called_with(self.facts.theirs.made(*changed), values)[0], values)
        except FAILS:
            return 0
        return len(fault.before if fault else SYMBOLS_OF[self.name])

"""What is said of a learner's function that is wrong: what running it showed, and what mends it."""

import ast
import contextlib
import io
import time
import warnings

import numpy as np

from checker.judging import SYMBOLS_OF, WIDE, another_batch, small
from checker.lines import GIVEN, LINES, PLACES, before, run_lines
from checker.our_edits import MOST, SECONDS, come_of, edits_giving, reread, writings
from checker.their_mend import Trials, mended
from checker.their_run import Facts
from checker.words import both_shapes, said, what_is_true

FROM_Z = "And take it from Z, not from P: where logits are in the millions, a probability rounds to 0."


def explained(function, name, fault, batches, number):
    """Say what is wrong with a function, whose fault on the batch of this number is known; None: it was not begun."""
    if fault.kind in ("call", "lent"):
        return fault.text
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Explanation(function, name, fault, batches, number).text()


class Explanation:
    """What running a learner's function on a small batch shows, what mends it, and how that is said."""

    def __init__(self, function, name, fault, batches, number):
        self.function, self.name, self.fault, self.batches, self.number = function, name, fault, batches, number
        self.end = time.process_time() + SECONDS
        self.right = np.asarray(run_lines(*batches[number]).get(fault.name, np.nan), float)
        for batch in (WIDE, small(*batches[number], most=100)):
            self.facts = Facts(function, name, batch)
            if _kind(self.facts.fault, self.facts.values.get(fault.name)) == _kind(fault, self.right):
                break  # it can tell of this one

    def text(self):
        """Say it."""
        fault, facts, first = self.fault, self.facts, []
        if fault.kind == "nothing":
            nothing = facts.returns_nothing(fault.name)
            return nothing and "\n".join([nothing, *facts.outside()])
        if lost := self.lost_in_P():
            return lost
        mend = self.mend()
        headline = self.headline() if mend is None else None
        seen = facts.first_wrong(self.name if fault.kind == "wrong" else "")
        if fault.kind == "raised":
            frames = facts.frames(fault.error)[-1:]
            first += [f"Your function raised {said(fault.error)}"]
            first += [f"in line {frame.lineno}: {frame.line}" for frame in frames]
        elif fault.kind == "type":
            first.append(fault.text)
        elif mend is None and headline is None:
            seen.append(what_is_true(fault.name, fault.numbers, self.right))
        elif fault.numbers.shape != self.right.shape:
            first.append(both_shapes(fault.name, fault.numbers, self.right))
        if mend is not None:
            told = self.told(mend)
        elif headline is None:
            told = [*seen, *facts.outside()]
        else:
            unread = not facts.theirs.pieces
            come = [come_of(headline)] * (headline.symbol != fault.name or unread)
            told = [*seen * unread, f"Look here: {headline.name}.", *come, *facts.outside(), reread(headline.symbol)]
        return "\n".join([*first, *told])

    def told(self, mend):
        """Say a mend: its words, its lines, and what to read."""
        where = f"in line {mend.line}, " * (not mend.words.startswith("line "))
        pairs = [line for yours, right in mend.pairs for line in (f"    yours: {yours}", f"    right: {right}")]
        outside = self.facts.outside() * (" among the arguments" not in mend.words)
        assigned = [right.split(" =")[0] for _, right in mend.pairs[:1]]
        about = [reread(name) for name in (*assigned, self.fault.name) if name in PLACES][:1]
        return [f"Look here: {where}{mend.words}.", *pairs, *[FROM_Z] * (mend.level == 0.5), *outside, *about]

    def headline(self):
        """Return the wrong line of ours that gives the same on each of these batches, or None."""
        fault, batch = self.facts.fault, self.batches[self.number]
        if fault is None or fault.kind != "wrong" or len(batch[0]) > MOST:
            return None
        another, cases = another_batch(*batch), [(self.facts.batch, fault.numbers)]
        for where, there in ((batch, self.fault), (another, Facts(self.function, self.name, another).fault)):
            if there is not None and there[:2] == fault[:2]:
                cases.append((where, there.numbers))
        seconds = max(self.end - time.process_time(), SECONDS / 4)
        return next(iter(edits_giving(fault.name, cases, fault.before or self.facts.asked, seconds)), None)

    def mend(self):
        """Return the one change of the learner's code that makes it right, or None."""
        facts, symbols, batches = self.facts, SYMBOLS_OF[self.name], self.batches
        if not facts.theirs.pieces:
            return None
        formulas = [text for symbol in symbols for text in writings(symbol)]
        earlier = [symbol for symbol in LINES if symbol in before(symbols) and symbol not in symbols]
        more = [] if "params" in facts.asked else [*GIVEN, *earlier]
        trials = Trials(facts.theirs, self.name, facts.asked, facts.run.lent, [*batches[1:], small(*batches[0])])
        seconds = self.end - SECONDS / 4 - time.process_time()
        return mended(facts.theirs, trials, facts.blamed(), more, len(batches[0][0]), formulas, seconds)

    def lost_in_P(self):
        """Say why a loss taken from P is wrong where logits are in the millions, if that is all that is wrong."""
        if self.name != "loss" or self.number != 3 or self.fault.kind != "wrong":
            return ""
        used = {node.attr for node in self.facts.theirs.nodes if isinstance(node, ast.Attribute)}
        if "P" not in self.facts.asked and ("Z" in self.facts.asked or ("exp" in used and "max" not in used)):
            why = "np.exp overflows, or rounds to 0: subtract each row's own largest logit, and add it after the log."
            return f"{why}\n{reread('loss')}"
        numbers = [node.value for node in self.facts.theirs.nodes if isinstance(node, ast.Constant)]
        clips = [value for value in numbers if isinstance(value, float) and 0 < value < 1e-3]
        ends = [f", and clipped at {clip:g}, no example's loss can be above {-np.log(clip):.3g}" for clip in clips[:1]]
        advice = "Take it from Z: log P = Z minus log-sum-exp, with each row's largest logit subtracted first."
        return f"a probability rounds to 0{''.join(ends)}.\n{advice}\n{reread('loss')}"


def _kind(fault, right):
    """What two faults have in common that are alike."""
    if fault is None or fault.kind != "wrong":
        return fault and fault[:2]
    return *fault[:2], fault.numbers.shape == np.shape(right), fault.numbers.any()

"""What is said of a learner's function that is wrong: what running it showed, and what mends it."""

import ast
import contextlib
import io
import re
import time
import warnings

import numpy as np

from checker.judging import SYMBOLS_OF, WIDE, Fault, another_batch, asked_of, called_with, fault_in, small, values_of
from checker.lines import FAILS, GIVEN, LINES, PLACES, before, run_lines
from checker.our_edits import writings
from checker.our_search import SECONDS, Search, come_of, reread
from checker.their_facts import Facts
from checker.their_mend import mended
from checker.their_trials import Trials
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
        self.function, self.name, self.fault, self.number = function, name, fault, number
        self.end = time.process_time() + SECONDS
        self.whole, self.batch, self.N = batches[number], small(*batches[number]), len(batches[0][0])
        self.right = np.asarray(run_lines(*self.whole).get(fault.name, np.nan), float)
        self.trials = [*batches[1:], small(*batches[0])]
        for seen in (WIDE, another_batch(*self.batch), small(*self.whole, most=100)):
            self.seen, self.facts = seen, Facts(function, values_of(*seen))
            error, result, values = self.facts.run.error, self.facts.run.result, self.facts.values
            self.seen_fault = Fault("raised", name) if error is not None else fault_in(name, result, values)
            if _kind(self.seen_fault, values.get(fault.name)) == _kind(fault, self.right):
                break  # it can tell of this one

    def text(self):
        """Say it."""
        fault, facts, first = self.fault, self.facts, []
        if fault.kind == "nothing":
            nothing = facts.returns_nothing(fault.name)
            return nothing and "\n".join([nothing, *facts.outside()])
        if lost := self.lost_in_P():
            return lost
        if fault.kind == "wrong" and fault.numbers.shape != self.right.shape and self.number == 0:
            first.append(both_shapes(fault.name, fault.numbers, self.right))
        elif fault.kind == "raised":
            frames = facts.frames(fault.error)[-1:]
            first += [f"Your function raised {said(fault.error)}"]
            first += [f"in line {frame.lineno}: {frame.line}" for frame in frames]
        elif fault.kind == "type":
            first.append(fault.text)
        mend = self.mend()
        headline = self.headline() if mend is None or mend.level < 0.5 else None
        seen = facts.first_wrong(self.name if fault.kind == "wrong" else "")
        if headline is not None:
            unread = not facts.theirs.pieces
            come = [come_of(headline)] if headline.symbol != fault.name or unread else []
            said_of_kind = [f"Look here: {headline.name}.", *come, *facts.outside(), reread(headline.symbol)]
            return "\n".join([*first, *seen * unread, *said_of_kind])
        if mend is not None:
            return "\n".join([*first, *self.told(mend)])
        if fault.kind == "wrong":
            first = [*seen, what_is_true(fault.name, fault.numbers, self.right)]
        return "\n".join([*first, *seen * (fault.kind != "wrong"), *facts.outside()])

    def told(self, mend):
        """Say a mend: its words, its lines, and what to read."""
        where = f"in line {mend.line}, " * (not mend.words.startswith("line "))
        pairs = [line for yours, right in mend.pairs for line in (f"    yours: {yours}", f"    right: {right}")]
        outside = self.facts.outside() * (" among the arguments" not in mend.words)
        assigned = re.match(r"(\w+) *=", mend.pairs[0][1]) if mend.pairs else None
        about = [name for name in (assigned and assigned[1], self.fault.name) if name in PLACES][:1]
        from_Z = [FROM_Z] * (mend.level == 0.5)
        return [f"Look here: {where}{mend.words}.", *pairs, *from_Z, *outside, *map(reread, about)]

    def headline(self):
        """Return the edit of our lines that gives the same on each of one to three batches."""
        fault, more, whole = self.seen_fault, another_batch(*self.batch, N=17, seed=6), self.whole
        if fault is None or fault.kind != "wrong":
            return None
        seconds, given = max(self.end - time.process_time(), SECONDS / 4), fault.before or asked_of(self.function)
        found = Search(fault.name, fault.numbers, self.seen, given=given, seconds=seconds).single()
        places = [Search(fault.name, self.fault.numbers, whole)] if len(whole[0]) <= 100 else []
        with contextlib.suppress(*FAILS):
            values = values_of(*more)
            there = fault_in(self.name, called_with(self.function, values)[0], values)
            if there is not None and (there.name, there.kind) == (fault.name, "wrong"):
                places.append(Search(fault.name, there.numbers, more))
        mistakes = (mistake for equal in found for mistake in equal)
        return next((mistake for mistake in mistakes if all(place.holds(mistake) for place in places)), None)

    def mend(self):
        """Return the one change of the learner's code that makes it right, or None."""
        facts, symbols = self.facts, SYMBOLS_OF[self.name]
        if not facts.theirs.pieces:
            return None
        formulas = [text for symbol in symbols for text in writings(symbol)]
        earlier = [symbol for symbol in LINES if symbol in before(symbols) and symbol not in symbols]
        more = [] if "params" in facts.asked else [*GIVEN, *earlier]
        blamed = facts.blamed(getattr(self.seen_fault, "numbers", None))
        trials = Trials(facts.theirs, self.name, facts.asked, self.trials)
        seconds = self.end - SECONDS / 4 - time.process_time()
        return mended(facts.theirs, trials, blamed, more, self.N, formulas, seconds)

    def lost_in_P(self):
        """Say why a loss taken from P is wrong where logits are in the millions, if that is all that is wrong."""
        if self.name != "loss" or self.number != 3 or self.fault.kind != "wrong":
            return ""
        came = f"{self.fault.numbers:.4g}" if np.isfinite(self.fault.numbers) else "inf or nan"
        used = {node.attr for node in self.facts.nodes if isinstance(node, ast.Attribute)}
        if "P" not in self.facts.asked and ("Z" in self.facts.asked or ("exp" in used and "max" not in used)):
            why = "np.exp overflows, or rounds to 0: subtract each row's own largest logit, and add it after the log"
            return f"the loss comes out as {came}. {why}.\n{reread('loss')}"
        numbers = [node.value for node in self.facts.nodes if isinstance(node, ast.Constant)]
        clips = [value for value in numbers if isinstance(value, float) and 0 < value < 1e-3]
        ends = "" if np.isfinite(self.fault.numbers) else ", and its logarithm is not finite"
        if clips:
            ends = f", and clipped at {clips[0]:g}, no example's loss can be above {-np.log(clips[0]):.3g}"
        advice = "Take it from Z: log P = Z minus log-sum-exp, with each row's largest logit subtracted first."
        return f"a probability rounds to 0{ends}: the loss comes out as {came}.\n{advice}\n{reread('loss')}"


def _kind(fault, right):
    """What two faults have in common that are alike."""
    if fault is None or fault.kind != "wrong":
        return fault and fault[:2]
    return *fault[:2], fault.numbers.shape == np.shape(right), fault.numbers.any()

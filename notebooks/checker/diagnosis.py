"""What is said of a wrong answer: of a function what running it showed, and of an array what fits its numbers."""

import ast
import contextlib
import io
import re
import time
import warnings
from collections import Counter

import numpy as np

from checker.judging import SYMBOLS_OF, Fault, called_with, fault_in, small, values_of
from checker.lines import FAILS, GIVEN, LINES, PLACES, before, run_lines
from checker.our_edits import WRITINGS, right_line
from checker.our_search import Search, another_batch, wide_batch
from checker.their_facts import Facts
from checker.their_mend import mended, tokens
from checker.their_trials import Trials
from checker.words import both_shapes, said, same, what_is_true

SECONDS = 1.4  # of the processor's time, for all that is tried
FROM_Z = "And take it from Z, not from P: where logits are in the millions, a probability rounds to 0."


def said_of_array(fault, batch):
    """Say what numbers like these come of, and what is asked; or what is true of them."""
    if fault.kind != "wrong":
        return fault.text
    name, numbers, values = fault.name, fault.numbers, run_lines(*batch)
    right = np.asarray(values[name], float)
    found = [equal[0] for equal in Search(name, numbers, batch, seconds=SECONDS).single()[:3]]
    told = [f"Look here: {mistake.name}.\n{_come_of(mistake)}\n{_reread(mistake.symbol)}" for mistake in found]
    others = [other for other in LINES if same(numbers, np.asarray(values.get(other, np.nan), float), right)]
    told = told or [f"This is {other}, not {name}." for other in others[:1] if numbers.any()]
    shapes = f"{both_shapes(name, numbers, right)}\n" * (numbers.shape != right.shape)
    return shapes + "\nOr: ".join(told) if told else what_is_true(name, numbers, right)


def _come_of(mistake):
    asked = f"{mistake.symbol} = {right_line(mistake.symbol, mistake.line)}"
    return f"    numbers like these come of: {mistake.symbol} = {mistake.line}\n    what is asked: {asked}"


def _reread(symbol):
    section, notebook = PLACES[symbol]
    return f"Reread section {section} of the derivation (notebook {notebook})."


def explained(function, name, fault, batches, number):
    """Say what is wrong with a function, whose fault on the batch of this number is known; None: it was not begun."""
    if fault.kind == "call":
        return fault.text
    if fault.kind == "lent":
        lent = f"The gradients are right, but your function changes {fault.text}, which belongs to whoever calls it."
        return f"{lent} Look for -= or +=, and compute a new array instead."
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
        for seen in (wide_batch(), another_batch(self.batch[0], self.batch[2]), small(*self.whole, most=100)):
            self.seen, self.facts = seen, Facts(function, values_of(*seen))
            self.seen_fault = self._fault_there()
            if self.seen_fault is not None and self._is_alike():
                break

    def _fault_there(self):
        """Return what is wrong where the function was watched."""
        if self.facts.run.error is not None:
            return Fault("raised", self.name)
        return fault_in(self.name, self.facts.run.result, self.facts.values, 0.0)

    def _is_alike(self):
        """Whether the fault on another batch is of the same kind, so that it can tell of this one."""
        there, here = self.seen_fault, self.fault
        if (there.name, there.kind) != (here.name, here.kind):
            return False
        kinds = [
            (fault.numbers.shape == np.shape(right), np.isfinite(fault.numbers).all(), fault.numbers.any())
            for fault, right in ((there, self.facts.values.get(there.name)), (here, self.right))
            if fault.kind == "wrong"
        ]
        return len({*kinds}) < 2

    def text(self):
        fault, facts, mend, first = self.fault, self.facts, None, []
        if fault.kind == "nothing":
            nothing = facts.returns_nothing(fault.name)
            return nothing and "\n".join([nothing, *facts.outside()])
        if fault.kind == "wrong" and fault.numbers.shape != self.right.shape and self.number == 0:
            first.append(both_shapes(fault.name, fault.numbers, self.right))
        elif fault.kind == "raised":
            first += [f"Your function raised {said(fault.error)}", *self.raised_at()]
        elif fault.kind == "type":
            first.append(fault.text)
        if lost := self.lost_in_P():
            return lost
        mend = self.mend()
        headline = self.headline() if mend is None or mend.asks or mend.level < 0.5 else None
        if headline and mend and (mend.level < 0.5 or not _agrees(mend, headline)):
            mend = None  # what they have is mended by its kind, and not by asking for what is right
        if mend is not None:
            return "\n".join([*first, *self.told(mend)])
        if headline is None:
            return "\n".join([*first * (fault.kind != "wrong"), *self.what_is_seen()])
        told = f"Look here: {headline.name}."
        if not facts.theirs.pieces:
            told += f"\n{_come_of(headline)}"
        elif headline.symbol != fault.name:
            told += f" Numbers like these come of {headline.symbol} = {headline.line}."
        return "\n".join([*first, told, *facts.overwritten(), *facts.outside(), _reread(headline.symbol)])

    def told(self, mend):
        """Say a mend: its words, its lines, and what to read."""
        where = f"in line {mend.line}, " * (not mend.words.startswith("line "))
        pairs = [line for yours, right in mend.pairs for line in (f"    yours: {yours}", f"    right: {right}")]
        outside = self.facts.outside() * (" among the arguments" not in mend.words)
        assigned = re.match(r"(\w+) *=", mend.pairs[0][1]) if mend.pairs else None
        about = [name for name in (assigned and assigned[1], self.fault.name) if name in PLACES][:1]
        return [
            f"Look here: {where}{mend.words}.",
            *pairs,
            *[FROM_Z] * (mend.level == 0.5),
            *outside,
            *map(_reread, about),
        ]

    def what_is_seen(self):
        """Say what is true of the first wrong value, and of names from outside."""
        name, numbers = self.fault.name, self.fault.numbers
        seen = [*self.facts.first_wrong(name if self.fault.kind == "wrong" else ""), *self.facts.overwritten()]
        if self.fault.kind == "wrong":
            seen.append(what_is_true(name, numbers, self.right))
        return [*seen, *self.facts.outside()]

    def headline(self):
        """Return the edit of our lines that gives the same on three batches, also where all widths differ; or none."""
        fault, asked = self.seen_fault, self.facts.asked
        if fault is None or fault.kind != "wrong":
            return None
        seconds = max(self.end - time.process_time(), SECONDS / 4)
        found = Search(fault.name, fault.numbers, self.seen, given=fault.before or asked, seconds=seconds).single()
        places = [Search(fault.name, self.fault.numbers, self.whole)] if len(self.whole[0]) <= 100 else []
        more = another_batch(self.batch[0], self.batch[2], N=17, seed=6)
        values = values_of(*more)
        with contextlib.suppress(*FAILS):
            there = fault_in(self.name, called_with(self.function, values)[0], values, 0.0)
            if there is not None and (there.name, there.kind) == (fault.name, "wrong"):
                places.append(Search(fault.name, there.numbers, more))
        mistakes = (mistake for equal in found for mistake in equal)
        return next((mistake for mistake in mistakes if all(place.holds(mistake) for place in places)), None)

    def mend(self):
        """Return the one change of the learner's code that makes it right, or None."""
        facts, symbols = self.facts, SYMBOLS_OF[self.name]
        if not facts.theirs.pieces:
            return None
        formulas = [text for symbol in symbols for text in (LINES[symbol], *WRITINGS.get(symbol, ()))]
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
        if "P" not in self.facts.asked and "Z" in self.facts.asked:
            why = "np.exp overflows, or rounds to 0: subtract each row's own largest logit, and add it after the log"
            return f"the loss comes out as {came}. {why}.\n{_reread('loss')}"
        numbers = [node.value for node in self.facts.nodes if isinstance(node, ast.Constant)]
        clips = [value for value in numbers if isinstance(value, float) and 0 < value < 1e-3]
        ends = "its logarithm is not finite"
        if clips:
            ends = f"clipped at {clips[0]:g}, no example's loss can be above {-np.log(clips[0]):.3g}"
        why = f"a probability rounds to 0, and {ends}: the loss comes out as {came}"
        advice = "Take it from Z: log P = Z minus log-sum-exp, with each row's largest logit subtracted first."
        return f"{why}.\n{advice}\n{_reread('loss')}"

    def raised_at(self):
        """Return the learner's own line in which an error came."""
        frames = self.facts.frames(self.fault.error)
        return [f"in line {frames[-1].lineno}: {frames[-1].line}"] if frames else []


def _agrees(mend, mistake):
    """Whether undoing our edit puts in or takes out what mending their line does."""
    if mend.words.partition(":")[0] == mistake.name.partition(":")[0]:
        return True
    if not mend.pairs:
        return False
    pairs = [mend.pairs[0], (mistake.line, right_line(mistake.symbol, mistake.line))]
    theirs, ours = ([Counter(tokens(text)) for text in pair] for pair in pairs)
    return bool((theirs[1] - theirs[0]) & (ours[1] - ours[0]) or (theirs[0] - theirs[1]) & (ours[0] - ours[1]))

"""What is said of a wrong answer: of a function what running it showed, and of an array what fits its numbers."""

import ast
import contextlib
import inspect
import io
import linecache
import re
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

import numpy as np

from checker.judging import SYMBOLS_OF, Fault, called_with, fault_in, right_count, small, values_of
from checker.lines import FAILS, GIVEN, LINES, PLACES, before, run_lines
from checker.our_edits import WRITINGS, right_line
from checker.our_search import Search, another_batch, wide_batch
from checker.their_code import SYMBOLS, Theirs
from checker.their_mend import mended
from checker.their_run import called, first_wrong, watched
from checker.words import as_numbers, both_shapes, said, same, what_is_true
from mlp_helpers import Backward

SECONDS = 1.4  # of the processor's time, for all that is tried
FROM_Z = "And take it from Z, not from P: where logits are in the millions, a probability rounds to 0."
NOTHING = "Your function returns nothing: end it with `return {}`."


def said_of_array(fault, batch, given=()):
    """Say what numbers like these come of, and what is asked; or what is true of them."""
    if fault.kind != "wrong":
        return fault.text
    name, numbers, values = fault.name, fault.numbers, run_lines(*batch)
    right, told = np.asarray(values[name], float), []
    if numbers.any() and np.isfinite(numbers).all():
        for mistake, *_ in Search(name, numbers, batch, given=given, seconds=SECONDS).single()[:3]:
            told.append(f"Look here: {mistake.name}.\n{_come_of(mistake)}\n{reread(mistake.symbol)}")
        others = [other for other in LINES if same(numbers, np.asarray(values.get(other, np.nan), float), right)]
        told = told or [f"This is {other}, not {name}." for other in others[:1]]
    shapes = "" if numbers.shape == right.shape else f"{both_shapes(name, numbers, right)}\n"
    return shapes + "\nOr: ".join(told) if told else what_is_true(name, numbers, right)


def _come_of(mistake):
    asked = f"{mistake.symbol} = {right_line(mistake.symbol, mistake.line)}"
    return f"    numbers like these come of: {mistake.symbol} = {mistake.line}\n    what is asked: {asked}"


def reread(*symbols):
    places = dict.fromkeys(PLACES[symbol] for symbol in symbols if symbol in PLACES)
    read = " and ".join(f"section {section} of the derivation (notebook {notebook})" for section, notebook in places)
    return f"Reread {read}." if read else ""


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
        self.theirs, self.end = Theirs(function), time.process_time() + SECONDS
        self.whole, self.batch, self.N = batches[number], small(*batches[number]), len(batches[0][0])
        self.right = np.asarray(run_lines(*batches[number]).get(fault.name, np.nan), float)
        self.trials = [*batches[1:], small(*batches[0])]
        self.code = getattr(self.theirs.inner, "__code__", None)
        self.watch()

    def watch(self):
        """Run once more, on a batch where no width passes for another; or on the learner's, if it is right there."""
        own = getattr(self.theirs.inner, "__globals__", None)
        params = self.batch[2]
        own_batch = self.whole if len(self.whole[0]) <= 100 else self.batch
        for batch in (wide_batch(), another_batch(self.batch[0], params), own_batch):
            self.watched_batch, self.values = batch, values_of(*batch)
            self.run = watched(lambda: called_with(self.function, self.values)[0], own)
            error = self.run.error and Fault("raised", self.name)
            fault = error or fault_in(self.name, self.run.result, self.values, 0.0)
            if fault is not None and self._is_alike(fault):
                break
        self.small_fault = fault
        self.wrong = first_wrong(self.run.steps, self.code, self.values, self.statement) if self.code else None

    def _is_alike(self, fault):
        """Whether a fault on another batch is of the same kind, so that it can tell of this one."""
        if (fault.name, fault.kind) != (self.fault.name, self.fault.kind):
            return False
        pairs = ((fault, self.values), (self.fault, {fault.name: self.right}))
        kinds = [
            (each.numbers.shape == np.shape(values[fault.name]), np.isfinite(each.numbers).all(), each.numbers.any())
            for each, values in pairs
            if each.kind == "wrong"
        ]
        return len({*kinds}) < 2

    def statement(self, line, file=None):
        """Return the text of the statement that a line of the learner's file belongs to."""
        lines = linecache.getlines(file or self.code.co_filename)
        try:
            nodes = [node for node in ast.walk(ast.parse("".join(lines))) if isinstance(node, ast.stmt)]
        except SyntaxError:
            nodes = []
        around = [node for node in nodes if node.lineno <= line <= node.end_lineno and not hasattr(node, "body")]
        if around:
            return "".join(lines[around[-1].lineno - 1 : around[-1].end_lineno]).strip()
        return lines[line - 1].strip() if 0 < line <= len(lines) else ""

    def text(self):
        first, mend = [], None
        if self.fault.kind == "nothing":
            if (nothing := self.returns_nothing()) is None:
                return None
            return "\n".join([nothing, *self.outside()])
        if self.fault.kind == "type":
            first.append(self.fault.text)
        if self.fault.kind == "raised":
            first.append(f"Your function raised {said(self.fault.error)}{self.raised_at()}")
        headline = self.headline()
        mend = self.mend()
        if headline and mend and mend.level >= 1 and mend.asks and not _agrees(mend, headline):
            mend = None  # what they have is mended by its kind, and not by asking for what is right
        if lost := self.lost_in_P():
            return lost
        if mend is None and not first and not headline:
            return "\n".join(filter(None, self.facts()))
        told = []
        if mend is not None:
            words = headline.name if headline and (_agrees(mend, headline) or mend.level < 1) else mend.words
            where = f"in line {mend.line}, " * (not words.startswith("line "))
            told.append(f"Look here: {where}{words}.")
            for yours, right in mend.pairs:
                told += [f"    yours: {yours}", f"    right: {right}"]
            told += [FROM_Z] * (mend.level < 1)
            told += [line for line in self.outside() if " among the arguments" not in mend.words]
            told.append(reread(self.about(mend)))
        elif headline:
            told.append(f"Look here: {headline.name}.")
            if not self.theirs.pieces:
                told.append(_come_of(headline))
            elif headline.symbol != self.fault.name:
                told[-1] += f" Numbers like these come of {headline.symbol} = {headline.line}."
            told += [*self.overwritten(), *self.outside(), reread(headline.symbol)]
        elif first:
            told += self.outside()
        shapes = []
        if self.fault.kind == "wrong":
            if self.fault.numbers.shape != self.right.shape and self.number == 0:
                shapes = [both_shapes(self.fault.name, self.fault.numbers, self.right)]
        return "\n".join(filter(None, [*first, *shapes, *told]))

    def about(self, mend):
        """Return the symbol that a mended line is about."""
        assigned = re.match(r"(\w+) *=", mend.pairs[0][1]) if mend.pairs else None
        return assigned[1] if assigned and assigned[1] in PLACES else self.fault.name

    def headline(self):
        """Return the edit of our lines that gives the same where all widths differ, or none."""
        fault = self.small_fault
        if fault is None or fault.kind != "wrong" or not fault.numbers.size or not np.isfinite(fault.numbers).all():
            return None
        if not fault.numbers.any():
            return None
        given = fault.before or self.arguments()
        found = Search(fault.name, fault.numbers, self.watched_batch, given=given, seconds=SECONDS / 3).single()
        places = [Search(fault.name, self.fault.numbers, self.whole)] if len(self.whole[0]) <= 100 else []
        places += self.once_more(fault.name)
        mistakes = (mistake for equal in found for mistake in equal)
        return next((mistake for mistake in mistakes if all(place.holds(mistake) for place in places)), None)

    def once_more(self, name):
        """Run on one more batch, where what was equal by chance is not, and return what tells the edits there."""
        batch = another_batch(self.batch[0], self.batch[2], N=17, seed=6)
        values = values_of(*batch)
        try:
            fault = fault_in(self.name, called_with(self.function, values)[0], values, 0.0)
        except FAILS:
            return []
        alike = fault is not None and (fault.name, fault.kind) == (name, "wrong") and np.isfinite(fault.numbers).all()
        return [Search(name, fault.numbers, batch)] if alike else []

    def arguments(self):
        return [name for name in inspect.signature(self.function).parameters if name in SYMBOLS]

    def mend(self):
        asked = self.arguments()
        symbols = SYMBOLS_OF[self.name]
        formulas = [text for symbol in symbols for text in (LINES[symbol], *WRITINGS.get(symbol, ()))]
        earlier = before(symbols) - {*symbols}
        more = [] if "params" in asked else [*GIVEN, *(symbol for symbol in LINES if symbol in earlier)]
        blamed = [(self.code.co_filename, line) for line in self.wrong.lines] if self.wrong else []
        if self.small_fault is not None and self.small_fault.kind == "wrong":
            for step in self.run.steps:
                values = [value for value in step.changed.values() if not isinstance(value, Backward)]
                values = [each for value in values for each in (value if isinstance(value, tuple) else [value])]
                if any(np.array_equal(as_numbers(value), self.small_fault.numbers) for value in values):
                    blamed.append((step.code.co_filename, step.line))
        if self.run.error is not None:
            blamed = [(frame.filename, frame.lineno) for frame in self.frames(self.run.error)[-1:]]
        return mended(self.theirs, self.judge(), blamed, more, self.N, formulas, self.end - time.process_time())

    def judge(self):
        """Return what judges a function made anew: 2 if it is right on all batches, 1 if taken past this fault."""
        trials = [values_of(*batch) for batch in self.trials]
        whole = len(Backward._fields) if self.name == "backward" else 1
        begun, wide = [], values_of(*wide_batch())
        for values in trials:
            try:
                begun.append(right_count(self.name, called_with(self.theirs.made(), values)[0], values))
            except FAILS:
                begun.append(0)
        lent = self.changed(self.theirs.made, trials[0])

        def judge(make):
            counts = []
            for place, values in enumerate(trials):
                result, _ = called_with(make(), values)
                counts.append(right_count(self.name, result, values))
                if counts[-1] < whole and counts[-1] <= begun[place]:
                    if self.name == "loss" and place == 2 and begun[0] < 1:
                        continue
                    return 0
            try:  # where all widths differ; but who wrote 16 for a width is not asked to mend that
                fault = fault_in(self.name, called_with(make(), wide)[0], wide, 0.0)
            except FAILS:
                fault = None
            if (
                fault
                and fault.kind == "wrong"
                and len(fault.before) < min(counts)
                and fault.numbers.shape == np.shape(wide[fault.name])
            ):
                return 0
            if len(self.changed(make, trials[0])) > len(lent):
                return 0
            kept = self.local_names(make, trials[0], counts[0])
            return min(kept, 2 if min(counts) == whole else 0.5 if self.name == "loss" else 1)

        return judge

    def changed(self, make, values):
        """Return the arguments that a function changes."""
        try:
            _, given = called_with(make(), values)
        except FAILS:
            return set(values)
        return {name for name, value in given.items() if not _equal(value, values[name])}

    def local_names(self, make, values, count):
        """How right the local names are that symbols have: 2 all, or turned round, 1 but for a factor, 0 not."""
        told = []
        called_with(make(told.append), values)
        fields = Backward._fields[:count] if self.name == "backward" else (self.name,)
        asked, level = {*self.arguments()}, 2
        for symbol in {*GIVEN, *LINES} & {*(told[-1] if told else ())} - asked:
            if symbol in LINES and symbol not in before(fields) | {*fields}:
                continue
            how = called(told[-1][symbol], symbol, values)
            if how is None and not (np.ndim(told[-1][symbol]) == 0 < np.ndim(values[symbol])):
                return 0
            level = min(level, 2 if how in ("", "T") else 1)
        return level

    def lost_in_P(self):
        """Say why a loss taken from P is wrong where logits are in the millions, if that is all that is wrong."""
        if self.name != "loss" or self.number != 3 or self.fault.kind != "wrong":
            return ""
        largest = f"{self.fault.numbers:.4g}" if np.isfinite(self.fault.numbers) else "inf or nan"
        clipped = [
            node.value
            for node in (ast.walk(self.theirs.tree) if self.theirs.pieces else ())
            if isinstance(node, ast.Constant)
        ]
        clipped = [value for value in clipped if isinstance(value, float) and 0 < value < 1e-3]
        ends = (
            f"clipped at {clipped[0]:g}, no example's loss can be above {-np.log(clipped[0]):.3g}"
            if clipped
            else "its logarithm is not finite"
        )
        if "P" not in self.arguments() and "Z" in self.arguments():
            why = "np.exp overflows: subtract each row's largest logit first, and add it after the log"
            return f"the loss comes out as {largest}. {why}.\n{reread('loss')}"
        advice = "Take it from Z: log P = Z minus log-sum-exp, with each row's largest logit subtracted first."
        why = f"a probability rounds to 0, and {ends}: the loss comes out as {largest}"
        return f"{why}.\n{advice}\n{reread('loss')}"

    def returns_nothing(self):
        """Say that a function computes and returns nothing; None where it was not begun."""
        names = {
            name: value for step in self.run.steps if step.code is self.code for name, value in step.changed.items()
        }
        if not names and self.theirs.pieces:  # beside another tracer
            nodes = [*ast.walk(self.theirs.tree)]
            names = {node.id: None for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        if not names:
            return None
        right = [name for name, value in names.items() if called(value, self.fault.name, self.values) == ""]
        return NOTHING.format([*names, *right][-1])

    def facts(self):
        """Say what is true of the first wrong value, and of names from outside."""
        name, numbers = self.fault.name, self.fault.numbers
        told = []
        if self.wrong and self.wrong.line:
            line = f"line {self.wrong.line}, {self.statement(self.wrong.line).splitlines()[0]},"
            if self.wrong.shared:
                told.append(
                    f"Look at {line} which changes {self.wrong.symbol} too: {self.wrong.shared} and "
                    f"{self.wrong.symbol} are two names of one array. Copy it first."
                )
            elif self.wrong.symbol != name or not isinstance(numbers, np.ndarray):
                told.append(f"Look at {line} after which {self.wrong.symbol} is not what its name says.")
        told += self.overwritten()
        if isinstance(numbers, np.ndarray):
            told.append(what_is_true(name, numbers, self.right))
        return [*told, *self.outside()]

    def overwritten(self):
        """Say that what is returned is written anew in each turn of a loop, so that only the last turn is left."""
        if not self.theirs.pieces or not isinstance(self.theirs.tree, ast.FunctionDef):
            return []
        above = self.theirs.pieces[0].above
        nodes = [*ast.walk(self.theirs.tree)]
        returned = {
            node.value.id for node in nodes if isinstance(node, ast.Return) and isinstance(node.value, ast.Name)
        }
        for loop in nodes:
            for node in loop.body if isinstance(loop, ast.For) else ():
                match node:
                    case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in returned:
                        if name not in {each.id for each in ast.walk(value) if isinstance(each, ast.Name)}:
                            turn = f"each turn of the loop in line {above + loop.lineno} writes {name} anew"
                            return [f"Look at line {above + node.lineno}: {turn}, and the last one is returned."]
        return []

    def outside(self):
        """Say which symbols a function takes from outside."""
        names = {name for name in getattr(self.code, "co_names", ()) if name in SYMBOLS}
        if not self.theirs.pieces:
            return []
        stored = {
            node.id
            for node in ast.walk(self.theirs.tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        names -= stored | {*self.arguments()}
        where = "it is the notebook's own" if len(names) == 1 else "they are the notebook's own"
        return [
            f"{' and '.join(sorted(names))} {'is' if len(names) == 1 else 'are'} not among the arguments: {where}."
        ] * bool(names)

    def frames(self, error):
        """Return where in the learner's own code an error came."""
        here = Path(__file__).parent
        frames = [each for each in traceback.extract_tb(error.__traceback__) if Path(each.filename).parent != here]
        first = frames[0].filename if frames else None  # for an object with __call__, or functools.partial
        own = getattr(self.code, "co_filename", first)
        return [frame for frame in frames if frame.filename == own and frame.line]

    def raised_at(self):
        frames = self.frames(self.fault.error)
        return f"\nin line {frames[-1].lineno}: {frames[-1].line}" if frames else ""


def _equal(one, other):
    if isinstance(one, tuple):
        return all(map(np.array_equal, one, other))
    return np.array_equal(one, other)


def _agrees(mend, mistake):
    """Whether undoing our edit puts in or takes out what mending their line does."""
    if not mend.pairs:
        return False

    def moved(wrong, right):
        wrong, right = (Counter(re.findall(r"\w+|[-+*/@<>=~]+", text)) for text in (wrong, right))
        return right - wrong, wrong - right

    theirs = moved(*mend.pairs[0])
    ours = moved(mistake.line, right_line(mistake.symbol, mistake.line))
    return any(a & b for a, b in zip(theirs, ours, strict=True))

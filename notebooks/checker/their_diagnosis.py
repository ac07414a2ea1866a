"""What is said of a learner's function that is wrong: what running it showed, and what mends it."""

import ast
import time

import numpy as np

from checker.judging import WIDE, another_batch, fault_of, small
from checker.lines import run_lines
from checker.our_edits import MOST, SECONDS, come_of, edits_giving, reread
from checker.their_mend import mended
from checker.their_run import Facts
from checker.words import both_shapes, said, what_is_true


def explained(function, name, fault, batches, number):
    """Say what is wrong with a function, whose fault on the batch of this number is known; None: it was not begun."""
    if fault.kind in ("call", "lent"):
        return fault.text
    end, first = time.process_time() + SECONDS, []
    right = np.asarray(run_lines(*batches[number]).get(fault.name, np.nan), float)
    for batch in (WIDE, small(*batches[number], most=100)):
        facts = Facts(function, name, batch)
        there, shape = facts.fault, np.shape(facts.values.get(fault.name))
        is_alike = there is not None and there[:2] == fault[:2]
        if is_alike and (np.shape(there.numbers) == shape) == (np.shape(fault.numbers) == right.shape):
            break  # it can tell of this one
    if fault.kind == "nothing":
        nothing = facts.returns_nothing(fault.name)
        return nothing and "\n".join([nothing, *facts.outside()])
    if (name, number, fault.kind) == ("loss", 3, "wrong"):
        return _lost_in_P(facts)
    told, headline = mended(facts, name, fault, batches, end - SECONDS / 4 - time.process_time()), None
    if not told:
        another = another_batch(*batches[number])
        faults = (facts.fault, fault, fault_of(name, function, another))
        headline = _headline(facts, zip((facts.batch, batches[number], another), faults, strict=True), end)
    seen = facts.first_wrong(name if fault.kind == "wrong" else "")
    if fault.kind == "raised":
        first.append(f"Your function raised {said(fault.error)}")
        first += [f"in line {frame.lineno}: {frame.line}" for frame in facts.frames(fault.error)]
    elif fault.kind == "type":
        first.append(fault.text)
    elif not told and not headline:
        seen.append(what_is_true(fault.name, fault.numbers, right))
    elif fault.numbers.shape != right.shape:
        first.append(both_shapes(fault.name, fault.numbers, right))
    if headline:
        unread = not facts.theirs.pieces
        come = [come_of(headline)] * (headline.symbol != fault.name or unread)
        told = [*seen * unread, f"Look here: {headline.name}.", *come, *facts.outside(), reread(headline.symbol)]
    return "\n".join([*first, *(told or [*seen, *facts.outside()])])


def _headline(facts, faults, end):
    """Return the wrong line of ours that gives the same on each of these batches, or None."""
    fault = facts.fault
    if fault is None or fault.kind != "wrong":
        return None
    alike = [(batch, there.numbers) for batch, there in faults if there and there[:2] == fault[:2]]
    cases = [(batch, numbers) for batch, numbers in alike if len(batch[0]) <= MOST and numbers.any()]
    seconds = max(end - time.process_time(), SECONDS / 4)
    return next(iter(edits_giving(fault.name, cases, fault.before or facts.asked, seconds)), None) if cases else None


def _lost_in_P(facts):
    """Say why a loss taken from P is wrong where logits are in the millions."""
    used = {node.attr for node in facts.theirs.nodes if isinstance(node, ast.Attribute)}
    if "P" not in facts.asked and ("Z" in facts.asked or ("exp" in used and "max" not in used)):
        why = "np.exp overflows, or rounds to 0: subtract each row's own largest logit, and add it after the log."
        return f"{why}\n{reread('loss')}"
    numbers = [node.value for node in facts.theirs.nodes if isinstance(node, ast.Constant)]
    clips = [value for value in numbers if isinstance(value, float) and 0 < value < 1e-3]
    ends = [f", and clipped at {clip:g}, no example's loss can be above {-np.log(clip):.3g}" for clip in clips[:1]]
    advice = "Take it from Z: log P = Z minus log-sum-exp, with each row's largest logit subtracted first."
    return f"a probability rounds to 0{''.join(ends)}.\n{advice}\n{reread('loss')}"

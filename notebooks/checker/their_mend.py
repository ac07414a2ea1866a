"""The search for the one change of a learner's own code that makes it right."""

import ast
import itertools
import linecache
import re
import time
from collections import Counter
from typing import NamedTuple

from checker.texts import Change, tidied
from checker.their_changes import Changes, Names


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
    first, names = theirs.pieces[0], Names(theirs, more)
    for piece, group in _groups(theirs, names, blamed, N):
        for change in group:
            if change.text in tried:
                continue
            tried.add(change.text)
            if time.process_time() > end:
                return best
            text, used = change.text, re.findall(r"\w+", change.text if names.missing else change.right)
            needed = [name for name in (*names.missing, *names.others) if name in used]
            if needed:
                text = _asking(piece, text, needed) if piece is first and {*needed} <= {*more} else None
            level = trials.level(piece, text) if text else 0
            if level > (best.level if best else 0):
                pairs, words = _pairs(piece, tidied(text), change.line), change.words
                if not change.right or level < 1 or (pairs and _tells_all(*pairs[0], formulas)):
                    pairs = []
                if level == 0.25:
                    words += f"; and then {trials.name} is still the right one {trials.left(piece, text)}"
                best = Mend(words, piece.above + change.line, pairs, level)
                if level == 2:
                    return best
        if best and best.level >= 1:
            return best
    return best


def _groups(theirs, names, blamed, N):
    """Yield the changes of each piece of the code, the likely ones first."""
    first = theirs.pieces[0]
    if names.missing:
        words = f"{' and '.join(names.missing)} {'is' if len(names.missing) == 1 else 'are'} not among the arguments"
        line = first.definition(first.code.tree).lineno
        yield first, [Change(line, first.code.line(line), words, first.code.text)]
    groups = []
    for piece in theirs.pieces:
        lines = [line - piece.above for file, line in blamed if file == piece.file]
        groups.append([(piece, group) for group in Changes(piece, names, N).phases(lines)])
    yield from itertools.chain(*zip(*groups, strict=True))


def _asking(piece, text, symbols):
    """Return a piece's text, changed after its arguments, with these symbols among them too; or None."""
    code, definition = piece.code, piece.definition(piece.code.tree)
    arguments = [*definition.args.posonlyargs, *definition.args.args]
    free = len(arguments) - len(definition.args.defaults)
    new = ", ".join(dict.fromkeys(symbols))
    if free > 0 and definition.args.args:
        at, new = code.span(arguments[free - 1])[1], f", {new}"
    elif arguments or definition.args.kwonlyargs or definition.args.vararg:
        return None
    else:
        at = re.compile(rb"lambda|def\s+\w+\s*\(").match(code.bytes, code.span(definition)[0]).end()
        new = " " * isinstance(definition, ast.Lambda) + new
    return (text.encode()[:at] + new.encode() + text.encode()[at:]).decode()


def _pairs(piece, text, line):
    """Return the lines that a text changes, as they stand and as they should read; none if one stands there twice."""
    both = zip(piece.code.text.split("\n"), text.split("\n"), strict=False)
    changed = [(number != line, *pair) for number, pair in enumerate(both, 1) if pair[0] != pair[1]]
    pairs = [(yours.strip(), right.strip()) for _, yours, right in sorted(changed)]
    lines = [each.strip() for each in linecache.getlines(piece.file)]
    return pairs if all(lines.count(yours) == 1 for yours, _ in pairs) else []


def _tells_all(yours, right, formulas):
    """Whether what a change puts in is most of what is asked for: then it is told in words."""
    old, new, *asked = (Counter(re.findall(r"\w+|[-+*/@<>=~]+", text)) for text in (yours, right, *formulas))
    return any(((new - old) & formula).total() > 0.67 * formula.total() for formula in asked)

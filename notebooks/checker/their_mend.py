"""The search for the one change of a learner's own code that makes it right."""

import ast
import builtins
import itertools
import linecache
import re
import time
from collections import Counter
from typing import NamedTuple

from checker.their_changes import Changes
from checker.their_code import SYMBOLS


class Mend(NamedTuple):
    """What is wrong in words, the line's number, and the lines as they stand and as they should read, if told so."""

    words: str
    line: int
    pairs: list
    level: float  # as Trials says it
    asks: bool  # whether it needs a symbol that the function does not name


def mended(theirs, trials, blamed, more, N, formulas, seconds):
    """Return the Mend of the one change that makes a function right, or None.

    The lines blamed, pairs of a file and a number, are changed first; more are the symbols that a change can ask for
    too, N is the number of examples of the learner's batch, and formulas are what is asked for, which no line is to
    tell. The search ends after seconds of the processor's time.
    """
    end, best = time.process_time() + seconds, None
    first, names = theirs.pieces[0], Names(theirs, more)
    if names.missing and {*names.missing} <= {*more}:
        text = _asking(first, first.code.text, names.missing)
        if text and (level := trials.level(first, text)) >= 1:
            words = (
                f"{' and '.join(names.missing)} {'is' if len(names.missing) == 1 else 'are'} not among the arguments"
            )
            line = first.definition(first.code.tree).lineno
            return Mend(words, first.above + line, _pairs(first, text, line), level, False)
    tried = set()
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
                tells = not change.right or level < 1 or _tells_all(change.yours, change.right, formulas)
                pairs = [] if tells else _pairs(piece, text, change.line)
                words = change.words
                if level == 0.25:
                    words += f"; and then {trials.name} is still {trials.left(piece, text)}"
                best = Mend(words, piece.above + change.line, pairs, level, not {*needed} <= {*names.missing})
                if level == 2:
                    return best
        if best and best.level >= 1:
            return best
    return best


class Names:
    """The names in a learner's code: their own, arguments first; those missing; and those that they could ask for."""

    def __init__(self, theirs, more):
        nodes = [node for piece in theirs.pieces for node in ast.walk(piece.code.tree)]
        every = theirs.tree.args
        self.arguments = [arg.arg for arg in (*every.posonlyargs, *every.args, *every.kwonlyargs)]
        stored = [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        inner = [node.arg for node in nodes if isinstance(node, ast.arg)]
        self.own = [*dict.fromkeys([*self.arguments, *stored, *inner])]
        self.others = [name for name in more if name not in self.own]
        read = [*dict.fromkeys(node.id for node in ast.walk(theirs.tree) if isinstance(node, ast.Name))]
        in_params = "params" in self.arguments
        self.missing = [name for name in read if name in SYMBOLS and name not in self.own and not in_params]
        calls = [piece.name for piece in theirs.pieces]
        known = {*self.own, *theirs.data, *theirs.fixed, *vars(builtins), *SYMBOLS, *calls} - {*self.missing}
        self.unknown = [name for name in read if name not in known]


def _groups(theirs, names, blamed, N):
    """Yield the changes of each piece of the code, the likely ones first."""
    groups = []
    for piece in theirs.pieces:
        lines = [line - piece.above for file, line in blamed if file == piece.file]
        changes = Changes(piece, names.own, names.arguments, names.others, N, names.unknown)
        groups.append([(piece, group) for group in changes.phases(lines)])
    return itertools.chain(*zip(*groups, strict=True))


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
    changed = [
        (number != line, yours.strip(), right.strip())
        for number, (yours, right) in enumerate(both, 1)
        if yours != right
    ]
    lines = [each.strip() for each in linecache.getlines(piece.file)]
    pairs = [pair for _, *pair in sorted(changed, key=lambda each: each[0])]
    return pairs if all(lines.count(yours) == 1 for yours, _ in pairs) else []


def _tells_all(yours, right, formulas):
    """Whether what a change puts in is most of what is asked for: then it is told in words."""
    put = Counter(tokens(right)) - Counter(tokens(yours))
    return any(sum((put & Counter(tokens(text))).values()) > 0.67 * len(tokens(text)) for text in formulas)


def tokens(text):
    """Return the names, numbers and signs of a line."""
    return re.findall(r"\w+|[-+*/@<>=~]+", text)

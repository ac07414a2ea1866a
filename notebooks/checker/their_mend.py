"""The search for the one change of a learner's own code that makes it right."""

import ast
import builtins
import itertools
import linecache
import re
import time
from collections import Counter
from typing import NamedTuple

from checker.lines import FAILS
from checker.their_changes import Changes
from checker.their_code import SYMBOLS


class Mend(NamedTuple):
    """What is wrong in words, the line's number, and the lines as they stand and as they should read, if told so."""

    words: str
    line: int
    pairs: list
    level: float = 2
    asks: bool = False


def mended(theirs, judge, blamed, more, N, formulas, seconds):
    """Return the Mend of the one change that makes a function right, or None.

    judge(make) says how right a function is: 0 not, 1 in part, 2 wholly, 0.5 if no line can tell it; make(tells) makes
    it anew. The lines blamed, pairs of a file and a number, are changed first; more are the symbols that a change can
    ask for too, N is the number of examples of the learner's batch, and formulas are what is asked for, which no line
    is to tell. The search ends after seconds of the processor's time.
    """
    if not theirs.pieces:
        return None
    end, best = time.process_time() + seconds, None
    nodes = [node for piece in theirs.pieces for node in ast.walk(piece.code.tree)]
    definition = theirs.tree
    arguments = [arg.arg for arg in (*definition.args.posonlyargs, *definition.args.args, *definition.args.kwonlyargs)]
    stored = [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    own = [*dict.fromkeys([*arguments, *stored, *(node.arg for node in nodes if isinstance(node, ast.arg))])]
    read = [*dict.fromkeys(node.id for node in ast.walk(definition) if isinstance(node, ast.Name))]
    missing = [name for name in read if name in SYMBOLS and name not in own and "params" not in arguments]
    if missing and {*missing} <= {*more}:
        text = _asking(theirs.pieces[0], theirs.pieces[0].code.text, missing)
        if text and (level := _judged(theirs, judge, theirs.pieces[0], text)):
            words = f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not among the arguments"
            best = (level, _told(theirs, theirs.pieces[0], words, text)._replace(level=level))
    others = [name for name in more if name not in own]
    known = {*own, *theirs.data, *theirs.fixed, *vars(builtins), *SYMBOLS, *(piece.name for piece in theirs.pieces)}
    unknown = [name for name in read if name not in known or name in missing]
    phases = []
    for piece in theirs.pieces if not best else ():
        lines = [line - piece.above for file, line in blamed if file == piece.file]
        changes = Changes(piece, own, arguments, others, N, unknown).phases(lines)
        phases.append([(piece, group) for group in changes])
    for piece, changes in itertools.chain(*zip(*phases, strict=True)):
        if best and best[0] >= 1:
            break
        for change in changes:
            if time.process_time() > end:
                return best and best[1]
            text, used = change.text, {*re.findall(r"\w+", change.text if missing else change.right)}
            needed = [name for name in (*missing, *others) if name in used]
            if needed:
                text = _asking(piece, text, needed) if piece is theirs.pieces[0] and {*needed} <= {*more} else None
            level = text and _judged(theirs, judge, piece, text)
            if level and (not best or level > best[0]):
                told = _told(theirs, piece, change.words, text, formulas, change)
                best = (
                    level,
                    told._replace(
                        level=level, asks=not {*needed} <= {*missing}, pairs=told.pairs if level >= 1 else []
                    ),
                )
                if level == 2:
                    return best[1]
    return best and best[1]


def _judged(theirs, judge, piece, text):
    try:
        return judge(lambda tells=None: theirs.made(piece, text, tells))
    except FAILS:
        return 0


def _place_for_more(piece):
    """Return where one more argument can stand in a piece's text, in bytes, and what comes before and after it."""
    code = piece.code
    definition = piece.definition(code.tree)
    arguments = [*definition.args.posonlyargs, *definition.args.args]
    free = len(arguments) - len(definition.args.defaults)
    if free > 0 and definition.args.args:
        return code._span(arguments[free - 1])[1], ", ", ""
    if arguments or definition.args.kwonlyargs or definition.args.vararg:
        return None
    start = code._span(definition)[0]
    opened = re.compile(rb"lambda|def\s+\w+\s*\(").match(code.bytes, start)
    return opened.end(), " " * isinstance(definition, ast.Lambda), ""


def _asking(piece, text, symbols):
    """Return a piece's text, changed after its arguments, with these symbols among them too; or None."""
    place = _place_for_more(piece)
    if place is None:
        return None
    at, before, after = place
    return (
        text.encode()[:at] + f"{before}{', '.join(dict.fromkeys(symbols))}{after}".encode() + text.encode()[at:]
    ).decode()


def _tells_all(yours, right, formulas):
    """Whether what a change puts in is most of what is asked for: then it is told in words."""
    put = Counter(_tokens(right)) - Counter(_tokens(yours))
    return any(sum((put & Counter(_tokens(text))).values()) > 0.67 * len(_tokens(text)) for text in formulas)


def _tokens(text):
    return re.findall(r"\w+|[-+*/@<>=~]+", text)


def _told(theirs, piece, words, text, formulas=(), change=None):
    """Return the Mend that a text is: the lines that changed, but for one that moved, or that tells all."""
    before, after = piece.code.text.split("\n"), text.split("\n")
    changed = [number for number, (a, b) in enumerate(zip(before, after, strict=False)) if a != b]
    line = change.line if change else changed[0] + 1
    pairs = [(before[number].strip(), after[number].strip()) for number in sorted(changed, key=lambda n: n + 1 != line)]
    lines = [each.strip() for each in linecache.getlines(piece.file)]
    if change and (not change.right or _tells_all(change.yours, change.right, formulas)):
        pairs = []
    return Mend(words, piece.above + line, pairs if all(lines.count(yours) == 1 for yours, _ in pairs) else [])

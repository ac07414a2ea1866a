"""The wrong lines of each symbol, in words, and the search for those that give what an answer gives."""

import ast
import functools
import re
import time

import numpy as np

from checker.judging import another_batch
from checker.lines import FAILS, GIVEN, LINES, TOOLS, Mistake, before, compiled, run_lines
from checker.rules import MORE, OVER, RULES, Rule, instead, rewritten, swapped
from checker.symbols import SYMBOLS
from checker.texts import BRACKETS, Code
from checker.words import both_shapes, same, what_is_true

SECONDS = 1.4  # of the processor's time, for all that is tried
MOST = 500  # examples: an edit can take all examples by all examples

WRITINGS = {  # the right ways to write a line, each of which can go wrong in its own ways
    **{symbol: (line,) for symbol, line in LINES.items()},
    "P": (LINES["P"], "np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)"),
    "loss": (LINES["loss"], "-(Y * np.log(P)).sum() / N", "-np.log((Y * P).sum(axis=1)).sum() / N"),
}
OURS = [  # what can be told from numbers, and no line of a learner's is mended by
    Rule("C, the number of classes, in the place of N", "P.shape[1]", "N"),
    Rule("softmax is missing", "a", "softmax(a)"),
    Rule("only the first example counts", "a[0]", "a.sum(axis=0)"),
    Rule("only the last example counts", "a[-1]", "a.sum(axis=0)"),
    Rule("y in the place of Y", "y[:, None]", "Y"),
    Rule("the columns of Y are in reverse order: the labels are swapped", "Y[:, ::-1]", "Y"),
    Rule("the slope of tanh in the place of ReLU's", "1 - H ** 2", "M"),
    *(Rule(f"summed over {over}", f"a.sum({axis})", "a") for axis, over in OVER.items()),
    *(Rule("{b} is missing", "a", f"b {sign} a") for sign in "*+@"),
    Rule("{b} is missing", "-a", "b - a"),
    Rule("the bias is added in each term of the sum", "a @ b + a.shape[1] * c", "a @ b + c"),
    Rule("the positive part of {a}", "np.maximum(a, 0)", "a"),
    Rule("only the true label's entry of {a} counts", "a * Y", "a"),
    Rule("column 0 of {a} in the place of every column", "a[:, [0] * a.shape[1]]", "a"),
    Rule("only the first of the terms that are summed in {a} @ {b}", "a[:, :1] @ b[:1]", "a @ b"),
    Rule("only the last of the terms that are summed in {a} @ {b}", "a[:, -1:] @ b[-1:]", "a @ b"),
]
WHOLE = [  # what can be done to the result
    Rule("an extra factor {b}", "a * b", "a"),
    Rule("averaged over N·C entries instead of N examples", "a / P.shape[1]", "a"),
    Rule("only the last example counts", "a * (np.arange(N) == N - 1)[:, None]", "a"),
]
MISTAKES = {  # what no rule makes
    "loss": {
        "((P - Y) ** 2).sum() / N": "the squared error instead of the cross-entropy",
        "((P - Y) ** 2).mean()": "the squared error instead of the cross-entropy",
        "-(Y * np.log(P) + (1 - Y) * np.log(1 - P)).sum() / N": "a two-sided loss, which counts the other classes too",
    },
    "G_Z": {
        "(P - Y) * P * (1 - P) / N": "an extra factor P(1 − P)",
        "-Y / P / N": "this is the slope at P, not at Z",
        "(-Y / P + (1 - Y) / (1 - P)) / N": "this is the slope of a two-sided loss at P, not brought through softmax",
        "(P - np.isin(np.arange(P.shape[1]), y)) / N": "1 is taken from whole columns of P instead of one entry a row",
    },
}


@functools.cache
def edits_of(symbol):
    """Return the wrong lines of a symbol as Mistakes: those of MISTAKES, then each single edit, the shortest first."""
    named, edits = MISTAKES.get(symbol, {}), {}
    for right in WRITINGS[symbol]:
        for words, line in _edited(symbol, Code(right)):
            edits.setdefault(line, words)
    for line in (*WRITINGS[symbol], *named):
        edits.pop(line, None)
    edits = dict(sorted(edits.items(), key=lambda edit: len(re.sub(r"[() ]", "", edit[0]))))
    return tuple(Mistake(words, symbol, line) for line, words in (named | edits).items())


def _edited(symbol, code):
    """Yield each edit of a symbol's line, in words and as text; but none of an index, or of what a call is told."""
    order, whole = list(LINES), code.tree.body[0].value
    earlier = order[: order.index(symbol)]
    names = [*GIVEN, *(other for other in earlier if other != "loss")]
    if "M" not in earlier and symbol not in before(["M"]):
        names.append("M")
    for node in code.expressions(code.tree.body[0], skipped=("slice", "keywords")):
        own = code.of(node)
        texts = [(instead(other, own), text) for own, other, text in swapped(code, node)]
        if own in (*GIVEN, *LINES):
            texts += [(instead(other, own), other) for other in names]
        if own not in (*TOOLS, "0"):
            rules = (*OURS, *RULES, *MORE, *WHOLE * (node is whole))
            rules = [rule for rule in rules if own != "N" or rule.right == "N"]
            texts += rewritten(code, node, rules, names, spoilt=True)
        for words, new in texts:
            if new != own:
                yield words, ast.unparse(ast.parse(code.with_text(node, new).text.translate(BRACKETS)))


def edits_giving(name, cases, given=(), seconds=SECONDS):
    """Return the wrong lines, as Mistakes, that give what came for name in each case, the nearest first.

    A case is a batch of X, y, params, and the array that came. given are the symbols known to be right, and so is what
    they are made from. Of lines that give the same on another batch, too, one is returned. The search ends after
    seconds of the processor's time.
    """
    (batch, answer), *_ = cases
    if not np.isfinite(answer).all() or not answer.any() or len(batch[0]) > MOST:
        return []  # many edits give zeros
    end, found = time.process_time() + seconds, {}
    elsewhere = TOOLS | run_lines(*another_batch(*batch))
    places = [(TOOLS | run_lines(*each), numbers) for each, numbers in cases]
    possible = before([name]) - before(given) | {name}
    suspects = [symbol for symbol in reversed(LINES) if symbol in possible]  # the nearest first
    for mistake in (edit for symbol in suspects for edit in edits_of(symbol)):
        if time.process_time() > end:
            break
        if all(same(numbers, _with(mistake, name, names)) for names, numbers in places):
            found.setdefault(str(_with(mistake, name, elsewhere).round(6) + 0.0), mistake)
    return [*found.values()]


def _with(mistake, name, names):
    """Return what name is with a mistake, as floats; not a number where its line does not fit."""
    names = dict(names)
    try:
        names[mistake.symbol] = eval(compiled(mistake.line), names)
        for later in _path(mistake.symbol, name):
            names[later] = eval(compiled(LINES[later]), names)
        return np.asarray(names[name], float)
    except FAILS:
        return np.array(np.nan)


@functools.cache
def _path(symbol, name):
    """Return the lines after a symbol's that it goes through on the way to name."""
    order = list(LINES)
    after = order[order.index(symbol) + 1 : order.index(name) + 1]
    return [later for later in after if symbol in before([later]) and later in before([name])]


def said_of_array(fault, batch):
    """Say what numbers like these come of, and what is asked; or what is true of them."""
    if fault.kind != "wrong":
        return fault.text
    name, numbers, values = fault.name, fault.numbers, run_lines(*batch)
    right = np.asarray(values[name], float)
    found = edits_giving(name, [(batch, numbers)])[:3]
    told = [f"Look here: {mistake.name}.\n{come_of(mistake)}\n{reread(mistake.symbol)}" for mistake in found]
    others = [other for other in LINES if same(numbers, np.asarray(values.get(other, np.nan), float), right)]
    told = told or [f"This is {other}, not {name}." for other in others[:1] if numbers.any()]
    shapes = f"{both_shapes(name, numbers, right)}\n" * (numbers.shape != right.shape)
    return shapes + "\nOr: ".join(told) if told else what_is_true(name, numbers, right)


def come_of(mistake):
    """Say a mistake as two lines."""
    symbol, line = mistake.symbol, mistake.line
    return f"    numbers like these come of: {symbol} = {line}\n    what is asked: {symbol} = {LINES[symbol]}"


def reread(symbol):
    """Say where a symbol is derived."""
    section = SYMBOLS[symbol].section
    return f"Reread section {section} of the derivation (notebook 0{section + 1})."

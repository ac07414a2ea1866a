"""The wrong lines of each symbol: what the rules make of our own lines, each with that thing in words."""

import ast
import functools
import re
from difflib import SequenceMatcher

from checker.changes import Code
from checker.lines import GIVEN, LINES, TOOLS, Mistake, before
from checker.our_mistakes import MISTAKES
from checker.rules import MORE, OVER, RULES, Rule, instead, rewritten, swapped

WRITINGS = {  # other right ways to write a line, which can go wrong in their own ways
    "H": ("A1 * (A1 > 0)",),
    "P": ("np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)",),
    "loss": ("-(Y * np.log(P)).sum() / N", "-np.log((Y * P).sum(axis=1)).sum() / N"),
    "M": ("H > 0",),
    "G_A1": ("np.where(A1 > 0, G_H, 0)",),
}
OURS = [  # what can be told from numbers, and no line of a learner's is mended by
    Rule("C, the number of classes, in the place of N", "P.shape[1]", "N"),
    Rule("softmax is missing", "a", "softmax(a)"),
    Rule("{a} is rounded to whole numbers", "np.round(a)", "a"),
    Rule("only the first example counts", "a[0]", "a.sum(axis=0)"),
    Rule("only the last example counts", "a[-1]", "a.sum(axis=0)"),
    Rule("y in the place of Y", "y[:, None]", "Y"),
    Rule("the columns of Y are in reverse order: the labels are swapped", "Y[:, ::-1]", "Y"),
    Rule("the columns of Y are shifted by one: the labels are off by one", "np.roll(Y, 1, axis=1)", "Y"),
    Rule("whole rows of Y are 1 instead of one entry a row", "np.isin(np.arange(N), y)[:, None]", "Y"),
    Rule("the slope of tanh in the place of ReLU's", "1 - H ** 2", "M"),
    *(Rule(f"summed over {over}", f"a.sum({axis})", "a") for axis, over in OVER.items()),
    *(Rule("{b} is missing", "a", f"b {sign} a") for sign in "*+@"),
    Rule("{b} is missing", "-a", "b - a"),
    Rule("1/N is in twice: once here, and once in G_Z", "a / N", "a @ b"),
    Rule("the bias is added in each term of the sum", "a @ b + a.shape[1] * c", "a @ b + c"),
    Rule("the sums are multiplied instead of the products summed", "np.outer(a.sum(axis=1), b.sum(axis=0))", "a @ b"),
    Rule("the positive part of {a}", "np.maximum(a, 0)", "a"),
    Rule("only the true label's entry of {a} counts", "a * Y", "a"),
    Rule("column 0 of {a} in the place of every column", "a[:, [0] * a.shape[1]]", "a"),
    Rule("{a} is reshaped in place of a transpose", "a.T.reshape(a.shape)", "a"),
    *(
        Rule(f"{words.format(what)}", f"{x}[:, {part}] @ a[{part}]", f"{x} @ a")
        for x, what in {"X": "input", "H": "hidden unit", "G_Z": "class", "G_A1": "hidden unit"}.items()
        for words, part in {
            "only the last {} counts": "-1:",
            "only the first {} counts": ":1",
            "the first {} is left out": "1:",
            "the last {} is left out": ":-1",
        }.items()
    ),
]
WHOLE = [  # what can be done to the result
    Rule("an extra term {b}", "a + b", "a"),
    Rule("an extra factor {b}", "a * b", "a"),
    Rule("averaged over N·C entries instead of N examples", "a / P.shape[1]", "a"),
    *(Rule(f"{{a}} is rounded to {n} digits", f"np.round(a, {n})", "a") for n in range(7)),
    *(
        Rule(words, f"a * (np.arange(N) {which})[:, None]", "a")
        for words, which in {
            "only the last example counts": "== N - 1",
            "only the first example counts": "== 0",
            "the first example is left out": "> 0",
            "the last example is left out": "< N - 1",
        }.items()
    ),
]


@functools.cache
def edits_of(symbol):
    """Return the wrong lines of a symbol as Mistakes: those of MISTAKES, then each single edit, the shortest first."""
    named = [mistake for mistake in MISTAKES if mistake.symbol == symbol]
    writings = LINES[symbol], *WRITINGS.get(symbol, ())
    found = dict.fromkeys([*writings, *(mistake.line for mistake in named)])
    for line in writings:
        for words, text in _edited(symbol, Code(line)):
            found.setdefault(ast.unparse(ast.parse(text, mode="eval")), Mistake(words, symbol, text))
    edits = [mistake._replace(line=line) for line, mistake in found.items() if mistake]
    return *named, *sorted(edits, key=lambda mistake: len(re.sub(r"[() ]", "", mistake.line)))


def _edited(symbol, code):
    """Yield each edit of a symbol's line, in words and as text; but none of an index, or of what a call is told."""
    names, whole = _others(symbol), code.tree.body[0].value
    for node in code.expressions(code.tree, skipped=("slice", "keywords")):
        own = code.of(node)
        texts = [(instead(other, own), text) for own, other, text in swapped(code, node)]
        if own in (*GIVEN, *LINES):
            texts += [(instead(other, own), other) for other in names]
        if own == "0":
            texts += [(instead(other, own), other) for other in ("0.5", "1")]
        elif own not in TOOLS:
            rules = (*OURS, *RULES, *MORE, *(WHOLE if node is whole else ()))
            rules = [rule for rule in rules if own != "N" or rule.right == "N"]
            texts += rewritten(code, node, rules, names, spoilt=True)
        for words, new in texts:
            if new != own:
                yield words, code.with_text(node, new).text


def _others(symbol):
    """Return the symbols that this one's line can use: the earlier ones, and M where it does not follow from this."""
    order = list(LINES)
    earlier = [other for other in order[: order.index(symbol)] if other != "loss"]
    return [*GIVEN, *earlier, *["M"] * (order.index(symbol) < order.index("M") and symbol not in before(["M"]))]


def right_line(symbol, line):
    """Return the right way to write a symbol's line that a wrong one is nearest to, in letters."""
    writings = LINES[symbol], *WRITINGS.get(symbol, ())
    return max(writings, key=lambda right: SequenceMatcher(None, right, line, autojunk=False).ratio())

"""The wrong lines of each symbol: what the rules make of our own lines, and what no rule makes, each in words.

In a name and a line, lr stands for any learning rate or slope, and e for any one example.
"""

import ast
import functools
import re
from difflib import SequenceMatcher

from checker.lines import GIVEN, LINES, TOOLS, Mistake, before
from checker.rules import MORE, OVER, RULES, Rule, instead, rewritten, swapped
from checker.texts import BRACKETS, Code
from mlp_helpers import Params

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
        Rule(f"{which} of the terms that are summed in {{a}} @ {{b}}", f"a[:, {part}] @ b[{part}]", "a @ b")
        for which, part in {
            "only the last": "-1:",
            "only the first": ":1",
            "all but the first": "1:",
            "all but the last": ":-1",
        }.items()
    ),
]
WHOLE = [  # what can be done to the result
    Rule("an extra term {b}", "a + b", "a"),
    Rule("an extra factor {b}", "a * b", "a"),
    Rule("averaged over N·C entries instead of N examples", "a / P.shape[1]", "a"),
    *(Rule(f"{{a}} is rounded to {n} digits", f"np.round(a, {n})", "a") for n in range(7)),
    Rule("only the first example counts", "a * (np.arange(N) == 0)[:, None]", "a"),
    Rule("only the last example counts", "a * (np.arange(N) == N - 1)[:, None]", "a"),
    *(
        Rule("example {{e}} is used for all", wrong, right)
        for wrong, right in {
            "N * np.outer(a[e], b[e])": "a.T @ b",
            "N * a[e]": "a.sum(axis=0)",
            "np.tile(a[e], (N, 1))": "a",
        }.items()
    ),
]

MISTAKES = {  # what no rule makes
    "H": {"np.maximum(A1, 0) + lr * np.minimum(A1, 0)": "a slope of {lr} below 0 instead of 0"},
    "loss": {
        "-(Y * np.log(P)).mean()": "averaged over N·C entries instead of N examples",
        "-np.log(P[-1, y[-1]]) / N": "only the last example counts",
        "-np.log(P[:, y]).sum() / N": "whole columns of P are taken instead of one entry a row",
        "-np.log(P[:, y]).mean()": "whole columns of P are taken instead of one entry a row",
        "-np.log(P[:, 0]).sum() / N": "the first class's probability is taken for every example",
        "-np.log(P[:, -1]).sum() / N": "the last class's probability is taken for every example",
        "-np.log((Y * P).sum() / N)": "the logarithm of the mean instead of the mean of the logarithms",
        "(P.argmax(axis=1) == y).mean()": "this is the accuracy",
        "((P - Y) ** 2).sum() / N": "the squared error instead of the cross-entropy",
        "((P - Y) ** 2).mean()": "the squared error instead of the cross-entropy",
        "-(Y * np.log(P) + (1 - Y) * np.log(1 - P)).sum() / N": "a two-sided loss, which counts the other classes too",
    },
    "G_Z": {
        "(P - Y) / P.size": "averaged over N·C entries instead of N examples",
        "(P - Y) * P * (1 - P) / N": "an extra factor P(1 − P)",
        "-Y / P / N": "this is the slope at P, not at Z",
        "(P - np.eye(P.shape[1])[0]) / N": "1 is taken from class 0 in every row, not from the label's",
        "(-Y / P + (1 - Y) / (1 - P)) / N": "this is the slope of a two-sided loss at P, not brought through softmax",
        "(P - Y) / N * Y": "only the label's entry of each row is there, as from softmax's diagonal alone, or a "
        "denominator not summed",
        "(P - np.isin(np.arange(P.shape[1]), y)) / N": "1 is taken from whole columns of P instead of one entry a row",
    },
    "G_H": {"G_Z @ (W2 - lr * G_W2)": "W2 is used after its update, with lr = {lr}"},
    "G_A1": {"G_H * M + lr * G_H * ~M": "a slope of {lr} below 0 instead of 0"},
    "G_X": {"G_A1 @ (W1 - lr * G_W1)": "W1 is used after its update, with lr = {lr}"},
}


@functools.cache
def edits_of(symbol):
    """Return the wrong lines of a symbol as Mistakes: those of MISTAKES, then each single edit, the shortest first."""
    named, edits, parameter = dict(MISTAKES.get(symbol, {})), {}, symbol.removeprefix("G_")
    if parameter in ("X", *Params._fields):
        named[f"{parameter} - lr * ({LINES[symbol]})"] = f"this is {parameter} after an update, with lr = {{lr}}"
    for right in writings(symbol):
        for words, line in _edited(symbol, Code(right)):
            edits.setdefault(line, words)
    for line in (*writings(symbol), *named):
        edits.pop(line, None)
    edits = dict(sorted(edits.items(), key=lambda edit: len(re.sub(r"[() ]", "", edit[0]))))
    return tuple(Mistake(words, symbol, line) for line, words in (named | edits).items())


def writings(symbol):
    """Return the right ways to write a symbol's line."""
    return LINES[symbol], *WRITINGS.get(symbol, ())


def _edited(symbol, code):
    """Yield each edit of a symbol's line, in words and as text; but none of an index, or of what a call is told."""
    names, whole = _others(symbol), code.tree.body[0].value
    for node in code.expressions(code.tree.body[0], skipped=("slice", "keywords")):
        own = code.of(node)
        texts = [(instead(other, own), text) for own, other, text in swapped(code, node)]
        if own in (*GIVEN, *LINES):
            texts += [(instead(other, own), other) for other in names]
        if own == "0":
            texts += [(instead(other, own), other) for other in ("0.5", "1")]
        elif own not in TOOLS:
            rules = (*OURS, *RULES, *MORE, *WHOLE * (node is whole))
            rules = [rule for rule in rules if own != "N" or rule.right == "N"]
            texts += rewritten(code, node, rules, names, spoilt=True)
        for words, new in texts:
            if new != own:
                yield words, ast.unparse(ast.parse(code.with_text(node, new).text.translate(BRACKETS)))


def _others(symbol):
    """Return the symbols that this one's line can use: the earlier ones, and M where it does not follow from this."""
    order = list(LINES)
    earlier = [other for other in order[: order.index(symbol)] if other != "loss"]
    return [*GIVEN, *earlier, *["M"] * (order.index(symbol) < order.index("M") and symbol not in before(["M"]))]


def right_line(mistake):
    """Return the right way to write a mistake's line that it is nearest to, in letters."""
    return max(
        writings(mistake.symbol),
        key=lambda right: SequenceMatcher(None, right, mistake.line, autojunk=False).ratio(),
    )

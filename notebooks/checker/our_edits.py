"""Every small edit of our own lines: one thing rewritten, and that thing in words."""

import ast
import functools
import re
from difflib import SequenceMatcher
from itertools import product

from checker.changes import COMPARED, SIGNS, Code
from checker.lines import GIVEN, LINES, Mistake, before
from checker.our_mistakes import MISTAKES

WRITINGS = {  # other right ways to write a line, which can go wrong in their own ways
    "H": ("A1 * (A1 > 0)",),
    "P": ("np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)",),
    "loss": ("-(Y * np.log(P)).sum() / N", "-np.log((Y * P).sum(axis=1)).sum() / N"),
    "M": ("H > 0",),
    "G_A1": ("np.where(A1 > 0, G_H, 0)",),
}
CALLED = {"b1": "the bias", "b2": "the bias", "M": "the mask", "A1 > 0": "the mask", "np.maximum": "ReLU"}
SIGMOID = "1 / (1 + np.exp(-{x}))"
INSTEAD = {  # of a function of x: what else people call
    "np.maximum": {
        "the negative part instead of the positive part": "np.minimum({x}, 0)",
        "the size instead of the positive part": "np.abs({x})",
        "tanh in the place of ReLU": "np.tanh({x})",
        "the sigmoid in the place of ReLU": SIGMOID,
        "softplus in the place of ReLU": "np.log1p(np.exp({x}))",
        "a slope of 0.01 below 0 instead of 0": "np.maximum({x}, 0.01 * {x})",
        "np.max, which takes 0 as an axis, in the place of np.maximum": "{x}.max(axis=0)",
    },
    "softmax": {
        "softmax over the examples instead of the classes": "softmax({x}.T).T",
        "the sigmoid in the place of softmax": SIGMOID,
        "the logarithm of P instead of P": "log_softmax({x})",
        "divided by the row's sum without exp": "{x} / {x}.sum(axis=1, keepdims=True)",
        "the largest logit alone instead of softmax": "one_hot({x}.argmax(axis=1), {x}.shape[1])",
    },
    "np.log": {"x − 1 in the place of np.log(x)": "({x} - 1)"}
    | {f"{log} in the place of np.log": f"{log}({{x}})" for log in ("np.log2", "np.log10", "np.log1p")},
    "np.exp": {f"{exp} in the place of np.exp": f"{exp}({{x}})" for exp in ("np.exp2", "np.expm1", "np.abs")},
}
PARTS = {  # of a sum: its words, and its terms
    "only the last {} counts": "-1:",
    "only the first {} counts": ":1",
    "the first {} is left out": "1:",
    "the last {} is left out": ":-1",
    "only the first N {}s count": ":N",
}
NOT_RESET = "the running sum is not set back to 0 for each"
CUT = "cut to whole numbers, as an array of whole numbers does"
SUMMED = {"X": "input", "H": "hidden unit", "G_Z": "class", "G_A1": "hidden unit"}  # over the columns of each


@functools.cache
def edits_of(symbol):
    """Return the wrong lines of a symbol as Mistakes: those of MISTAKES, then each single edit, the shortest first.

    What people seldom do comes last.
    """
    named = [mistake for mistake in MISTAKES if mistake.symbol == symbol]
    found = {}
    writings = LINES[symbol], *WRITINGS.get(symbol, ())
    for seldom, line in product((False, True), writings):
        for rule in (_seldom,) if seldom else (_inside, *[_around] * (line == LINES[symbol])):
            for words, text in _edited(symbol, line, rule):
                if text not in (*writings, *(mistake.line for mistake in named)):
                    length = len(re.sub(r"[() ]", "", text))
                    found.setdefault(text, (seldom, length, Mistake(words, symbol, text)))
    return *named, *(mistake for *_, mistake in sorted(found.values(), key=lambda item: item[:2]))


def _edited(symbol, line, rule):
    """Yield each edit that a rule makes of a symbol's line: in words, and the line; but none of an index."""
    code = Code(line)
    places = [*code.expressions(code.tree, skipped=("slice", "keywords"))]
    for node in places[:1] if rule is _around else places:
        for words, new in rule(symbol, code.of(node)):
            yield words, ast.unparse(ast.parse(code.with_text(node, f"({new})").text, mode="eval"))


def right_line(symbol, line):
    """Return the right way to write a symbol's line that a wrong one is nearest to, in letters."""
    writings = LINES[symbol], *WRITINGS.get(symbol, ())
    return max(writings, key=lambda right: SequenceMatcher(None, right, line, autojunk=False).ratio())


def _inside(symbol, text):
    """Yield what can stand in the place of one expression in a symbol's line."""
    node = ast.parse(text, mode="eval").body
    match node:
        case ast.Name() if text in (*GIVEN, *LINES):
            return _another_name(symbol, text)
        case ast.Constant(value=0):
            return [(f"{number} in the place of 0", str(number)) for number in (1, 0.5)]
        case ast.Attribute(attr="T"):
            return _no_transpose(symbol, ast.unparse(node.value))
        case ast.UnaryOp(op=ast.USub()):
            return [("the sign is flipped", ast.unparse(node.operand))]
        case ast.BinOp(op=op) if type(op) in SIGNS:
            return _another_operation(node)
        case ast.Compare(ops=[op]):
            return _another_comparison(ast.unparse(node.left), COMPARED[type(op)], ast.unparse(node.comparators[0]))
        case ast.Call(func=ast.Attribute(attr="sum")):
            return _another_sum(node)
        case ast.Call(args=[_, *_]):
            return _another_call(node)
    return ()


def _another_name(symbol, own):
    for other in _others(symbol):
        if other != own:
            mask = "the mask is missing: " * ((own, other) == ("G_A1", "G_H"))
            yield f"{mask}{other} in the place of {own}", other
    match own:
        case "N":
            yield "C, the number of classes, in the place of N", "P.shape[1]"
            yield "the square root of N in the place of N", "np.sqrt(N)"
            yield "N − 1 in the place of N", "(N - 1)"
            return
        case "Y":
            yield "y in the place of Y", "y[:, None]"
            yield "the columns of Y are in reverse order: the labels are swapped", "Y[:, ::-1]"
            yield "the columns of Y are shifted by one: the labels are off by one", "np.roll(Y, 1, axis=1)"
            yield "whole rows of Y are 1 instead of one entry a row", "np.isin(np.arange(N), y)[:, None]"
        case "M":
            yield "the mask is inverted", "~M"
            yield "a unit that is on for one example counts as on for all", "M.any(axis=0)"
            yield "the slope of tanh in the place of ReLU's", "(1 - H ** 2)"
            yield "the slope of the sigmoid in the place of ReLU's", "(H * (1 - H))"
    yield from ((f"{other}.T in the place of {own}", f"{other}.T") for other in _other_weights(symbol, own))
    yield f"1 in the place of each entry of {own}", f"np.ones_like({own})"
    yield f"one transpose too many, that of {own}", f"{own}.T"
    yield f"one transpose too many, that of {own}, and a reshape", f"{own}.T.reshape({own}.shape)"


def _others(symbol):
    """Return the symbols that this one's line can use: the earlier ones, and M where it does not follow from this."""
    order = list(LINES)
    earlier = [other for other in order[: order.index(symbol)] if other != "loss"]
    return [*GIVEN, *earlier, *["M"] * (order.index(symbol) < order.index("M") and symbol not in before(["M"]))]


def _no_transpose(symbol, x):
    yield f"the transpose of {x} is missing", x
    yield "reshape in place of a transpose", f"({x}).reshape(({x}).T.shape)"
    yield from ((f"{other} in the place of {x}.T", other) for other in _other_weights(symbol, x))


def _other_weights(symbol, own):
    """Return the weights that can be taken for a layer's own."""
    return [other for other in _others(symbol) if own != other and {own, other} == {"W1", "W2"}]


def _another_operation(node):
    a, b, own = f"({ast.unparse(node.left)})", f"({ast.unparse(node.right)})", SIGNS[type(node.op)]
    left, right = ast.unparse(node.left), ast.unparse(node.right)
    if own == "/":
        yield f"{f'1/{right}' if right.isidentifier() else f'the division by {right}'} is missing", a
        yield "// in the place of /: it cuts to whole numbers", f"{a} // {b}"
    else:
        yield f"{CALLED.get(right, right)} is missing", a
        yield f"{CALLED.get(left, left)} is missing", f"-{b}" if own == "-" else b
    if own == "-":
        yield f"the sign is flipped: {left} and {right} are swapped", f"{b} - {a}"
    elif own in "/@":
        yield f"the two sides of {own} are swapped", f"{b} {own} {a}"
    for sign in SIGNS.values():
        if sign != own:
            yield f"{sign} in the place of {own}", f"{a} {sign} {b}"
    if own == "*":
        yield "@ in the place of *", f"{a} @ {b}.T"
    if isinstance(node.left, ast.BinOp) and type(node.left.op) in SIGNS:
        first, middle, inner = ast.unparse(node.left.left), ast.unparse(node.left.right), SIGNS[type(node.left.op)]
        yield f"{own} comes before {inner}: look at the parentheses", f"({first}) {inner} (({middle}) {own} {b})"
    if own == "@":
        yield "the sums are multiplied instead of the products summed", f"np.outer({a}.sum(axis=1), {b}.sum(axis=0))"
        yield f"{NOT_RESET} row", f"({a} @ {b}).cumsum(axis=0)"
        yield f"{NOT_RESET} entry", f"({a} @ {b}).cumsum().reshape(({a} @ {b}).shape)"
        turned = isinstance(node.left, ast.Attribute)
        x = ast.unparse(node.left.value) if turned else left
        for words, part in PARTS.items():
            taken = f"{x}[{part}].T" if turned else f"({x})[:, {part}]"
            yield words.format("example" if turned else SUMMED.get(x, "term")), f"{taken} @ {b}[{part}]"
        if not turned:
            yield "averaged instead of summed", f"{a} @ {b} / {b}.shape[0]"
    if own == "+" and isinstance(node.left, ast.BinOp) and isinstance(node.left.op, ast.MatMult):
        x = ast.unparse(node.left.left)
        yield f"{CALLED.get(right, right)} is added in each term of the sum", f"{a} + {x}.shape[1] * {b}"


def _another_comparison(a, own, b):
    of_a_mask = {">=": "the mask is on at exactly 0: ", "<": "the mask is inverted: ", "<=": "the mask is inverted: "}
    for sign in COMPARED.values():
        if sign != own:
            words = of_a_mask.get(sign, "") if own == ">" else ""
            if (a, sign) == ("H", ">="):
                words = "H is nowhere below 0, so the mask is always on: "
            yield f"{words}{sign} in the place of {own}", f"{a} {sign} {b}"
    yield f"the sign of {a}, which is −1 below 0", f"np.sign({a})"


def _another_sum(node):
    x = f"({ast.unparse(node.func.value)})"
    options = {option.arg: ast.unparse(option.value) for option in node.keywords}
    axis = options.pop("axis", None)
    over = {"0": "axis 0, the examples", "1": "axis 1", None: "everything"}
    keep = "".join(f", {name}={value}" for name, value in options.items())
    own = f"axis={axis}{keep}" if axis else ""
    yield "averaged instead of summed" + ": 1/N is in G_Z already" * (axis == "0"), f"{x}.mean({own})"
    for other, words in over.items():
        if other != axis:
            yield (
                f"summed over {words} instead of {over[axis]}",
                f"{x}.sum(axis={other}{keep})" if other else f"{x}.sum()",
            )
    yield "only the last example counts", f"{x}[-1]"
    yield "only the first example counts", f"{x}[0]"
    yield "the first example is left out", f"{x}[1:].sum({own})"
    yield "the last example is left out", f"{x}[:-1].sum({own})"
    yield "the largest instead of the sum", f"{x}.max({own})"
    yield "the sum is missing", x
    yield f"the terms are {CUT}", f"np.trunc({x}).sum({own})"
    if axis == "1":
        yield f"{NOT_RESET} row", f"{x}.sum({own}).cumsum(axis=0)"
    if keep:
        yield "keepdims=True is missing", f"{x}.sum(axis={axis})"
    elif axis:
        yield "keepdims=True keeps an axis that should go", f"{x}.sum(axis={axis}, keepdims=True)"


def _another_call(node):
    function, x = ast.unparse(node.func), ast.unparse(node.args[0])
    for words, text in INSTEAD.get(function, {}).items():
        yield words, text.format(x=f"({x})")
    if function == "np.where":
        condition, one, other = map(ast.unparse, node.args)
        yield "the mask is inverted", f"np.where({condition}, {other}, {one})"
        yield "a slope of 0.01 below 0 instead of 0", f"np.where({condition}, {one}, 0.01 * ({one}))"
    else:
        yield f"{CALLED.get(function, function)} is missing", x


def _around(symbol, text):
    """Yield what can be done to the result of a symbol's whole line."""
    x, after = f"({text})", symbol.startswith("G_") and symbol != "G_Z"
    yield "the sign is flipped", f"-{x}"
    factors = {
        "1/N is in twice" + ": once here, and once in G_Z" * after: "/ N",
        "1/N is missing" + ": the product with N takes it out" * after: "* N",
        "a factor 2": "* 2",
        "a factor 1/2": "/ 2",
        "averaged over N·C entries instead of N examples": "/ P.shape[1]",
        "a factor C, the number of classes": "* P.shape[1]",
        "squared": "** 2",
    }
    yield from ((words, f"{x} {factor}") for words, factor in factors.items())
    yield "the result is transposed", f"{x}.T"
    yield "the product is reshaped in place of a transpose", f"{x}.T.reshape({x}.shape)"
    yield "the result is summed over the examples", f"{x}.sum(axis=0)"
    yield "the result is summed over axis 1", f"{x}.sum(axis=1)"
    yield "the result is summed over everything", f"{x}.sum()"
    yield "only the last example counts", f"{x} * (np.arange(N) == N - 1)[:, None]"
    yield "only the first example counts", f"{x} * (np.arange(N) == 0)[:, None]"
    yield "the first example is left out", f"{x} * (np.arange(N) > 0)[:, None]"
    yield "the last example is left out", f"{x} * (np.arange(N) < N - 1)[:, None]"
    yield f"the result is {CUT}", f"np.trunc({x})"


def _seldom(symbol, text):
    """Yield what people seldom do to a name in a symbol's line, or to its result."""
    if text == "N" or text not in (*GIVEN, *LINES, LINES[symbol]):
        return
    x, it = f"({text})", text if text != LINES[symbol] else "the result"
    yield f"the sign is flipped: −{it} in the place of {it}", f"(-{x})"
    yield f"the rows of {it} are in reverse order", f"{x}[::-1]"
    yield f"the columns of {it} are in reverse order", f"{x}[:, ::-1]"
    yield f"the rows of {it} are shifted by one", f"np.roll({x}, 1, axis=0)"
    yield f"the positive part of {it}", f"np.maximum({x}, 0)"
    yield f"the size of {it}", f"np.abs({x})"
    yield f"the sign of {it}", f"np.sign({x})"
    yield f"the logarithm of {it}", f"np.log({x})"
    yield f"1 − {it} in the place of {it}", f"(1 - {x})"
    if text in ("P", "G_Z"):
        yield f"only the true label's entry of {it} counts", f"({x} * Y)"
    if text in ("X", "W1", "W2"):
        yield f"column 0 of {it} in the place of every column", f"{x}[:, [0] * {x}.shape[1]]"
        yield f"row 0 of {it} in the place of every row", f"{x}[[0] * len({x})]"
    yield from ((f"{it} is taken times {number}", f"({number} * {x})") for number in ("2", "0.5", "N"))
    for other in _others(symbol) if it == "the result" else ():
        if other != "N":
            yield f"an extra factor {other}", f"{x} * {other}"
            yield f"an extra term {other}", f"{x} + {other}"
            yield f"{other} in the place of {symbol}", other
    digits = range(7) if it == "the result" else range(1)
    yield from ((f"{it} is rounded to {n} digits", f"np.round({x}, {n})") for n in digits)

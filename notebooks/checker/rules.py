"""What is taken for what, as rules over a syntax tree: from right to wrong for our lines, and back for theirs."""

import ast
import functools
import itertools
import re
from typing import NamedTuple

from checker.texts import bracketed

ROW_WISE = ("y", "Y", "P", "Z", "G_Z", "H", "A1", "M", "G_H", "G_A1", "X")
ROWS = "|".join(ROW_WISE)
LETTER = re.compile(r"\b([abcfN])\b")
ALIKE = (  # functions and methods that are taken for each other
    ("sum", "mean", "max", "cumsum"),
    ("maximum", "minimum", "max"),
    ("exp", "log", "expm1", "log1p", "log2", "log10"),
    ("dot", "outer", "multiply"),
)
OVER = {"": "everything", "axis=0": "axis 0, the examples", "axis=1": "axis 1"}
KEEPS = ", keepdims=True"
NAMED = {  # what is wrong and what is right, where that has a name
    ("G_H", "G_A1"): "the mask is missing: G_H in the place of G_A1",
    ("mean", "sum"): "averaged instead of summed",
    ("max", "sum"): "the largest instead of the sum",
    (">=", ">"): "the mask is on at exactly 0: >= in the place of >",
    ("<", ">"): "the mask is inverted: < in the place of >",
    ("<=", ">"): "the mask is inverted: <= in the place of >",
}


class Rule(NamedTuple):
    """A mistake in words, and an expression as it is wrong and as it is right.

    In both, a, b, c and f stand for any expression, and N for the number of examples. A letter that stands on one
    side alone stands there for each name that can be used.
    """

    words: str
    wrong: str
    right: str


def instead(wrong, right):
    """Say that one thing stands in the place of another."""
    if wrong.startswith("dim="):
        return "NumPy's word for dim is axis"
    axes = [each.removesuffix(KEEPS) for each in (wrong, right)]
    if axes[0] == axes[1]:
        return "keepdims=True is missing" if KEEPS in right else "keepdims=True keeps an axis that should go"
    if axes[0] in OVER or axes[1] in OVER:
        return "summed over {} instead of {}".format(*(OVER.get(each, each.replace("=", " ")) for each in axes))
    return NAMED.get((wrong, right), f"{wrong} in the place of {right}")


REGROUPED = [
    Rule("the brackets stand in the wrong place", *sides)
    for one, two in itertools.product("+-*/@", repeat=2)
    for sides in itertools.permutations((f"a {one} (b {two} c)", f"(a {one} b) {two} c"))
]
RULES = [  # the likely ones first
    Rule("the sign is flipped", "-a", "a"),
    Rule("the sign is flipped: {b} and {a} are swapped", "b - a", "a - b"),
    Rule("the sign is flipped", "a", "-a"),
    Rule("a transpose is missing, that of {a}", "a", "a.T"),
    Rule("one transpose too many, that of {a}", "a.T", "a"),
    Rule("reshape in place of a transpose", "a.reshape(a.T.shape)", "a.T"),
    Rule("averaged over N·C entries instead of N examples", "a.mean()", "a.sum() / N"),
    Rule("averaged instead of summed: 1/N is in G_Z already", "a.mean(axis=0)", "a.sum(axis=0)"),
    Rule("1/N is missing", "a", "a / N"),
    Rule("1/N is in twice", "a / N", "a"),
    Rule("the square root of N in the place of N", "np.sqrt(N)", "N"),
    Rule("a factor 2", "2 * a", "a"),
    Rule("a factor 2", "a * 2", "a"),
    Rule("a factor 1/2", "a / 2", "a"),
    Rule("{a} is squared", "a ** 2", "a"),
    Rule("the two sides of @ are in the wrong order", "b @ a", "a @ b"),
    Rule("@ in the place of *", "a @ b.T", "a * b"),
    Rule("* {b} comes before @ {c}, and belongs after", "a * b @ c", "a @ c * b"),
    Rule("{b} comes after sum, and belongs before", "a.sum(axis=0) * b", "(a * b).sum(axis=0)"),
    Rule("* comes before >: this is ({a} * {b}) > {c}", "a * b > c", "a * (b > c)"),
    *REGROUPED,
    *(
        Rule("{b} comes after {f}, and belongs inside", wrong.format(sign), right.format(sign))
        for sign in "+-*/"
        for wrong, right in (("f(a) {} b", "f(a {} b)"), ("f(a, c) {} b", "f(a {} b, c)"), ("b {} f(a)", "f(b {} a)"))
    ),
    Rule("ReLU is missing", "a", "np.maximum(a, 0)"),
    Rule("np.max, which takes 0 as an axis, in the place of np.maximum", "np.max(a, 0)", "np.maximum(a, 0)"),
    Rule("tanh in the place of ReLU", "np.tanh(a)", "np.maximum(a, 0)"),
    Rule("a slope of 0.01 below 0 instead of 0", "np.maximum(a, 0.01 * a)", "np.maximum(a, 0)"),
    Rule("a slope of 0.01 below 0 instead of 0", "np.where(b, a, 0.01 * a)", "np.where(b, a, 0)"),
    Rule("the sigmoid in the place of softmax", "1 / (1 + np.exp(-a))", "softmax(a)"),
    Rule("softmax over the examples instead of the classes", "softmax(a.T).T", "softmax(a)"),
    Rule("divided by the row's sum without exp", "a / a.sum(axis=1, keepdims=True)", "softmax(a)"),
    Rule("the largest logit alone instead of softmax", "one_hot(a.argmax(axis=1), a.shape[1])", "softmax(a)"),
    Rule("np.log is missing", "a", "np.log(a)"),
    Rule("the mask is inverted", "~a", "a"),
    Rule("the mask is inverted", "np.where(a, c, b)", "np.where(a, b, c)"),
    Rule("{a} > 0 is meant", "a", "a > 0"),
    Rule("the sign of {a}, which is −1 below 0", "np.sign(a)", "a > 0"),
    Rule("a unit that is on for one example counts as on for all", "a.any(axis=0)", "a"),
    Rule("1 in the place of each entry of {a}", "np.ones_like(a)", "a"),
    Rule("the rows of {a} are shifted by one", "np.roll(a, 1, axis=0)", "a"),
    *(Rule(f"a sum over {over} is missing", "a", f"a.sum({axis})") for axis, over in OVER.items()),
    Rule("a sum over axis 1 is missing", "a", "a.sum(axis=1, keepdims=True)"),
    Rule("the running sum is not set back to 0 for each row", "np.cumsum(a, axis=0)", "a"),
    *(
        Rule(instead(wrong, right), f"a {wrong} b", f"a {right} b")
        for group in ("+-", "+*", "-*", "*/", "*@", (">", ">=", "<", "<=", "==", "!="))
        for wrong, right in itertools.permutations(group, 2)
    ),
]
NO_MASK = "the mask is missing"
MORE = [  # a factor or a term is missing
    Rule(NO_MASK, "a", "a * M"),
    *(Rule(f"{sign} {{b}} is missing", "a", f"a {sign} b") for sign in "*+-/"),
]


def rewritten(code, node, rules, names=(), N="N", spoilt=False):
    """Yield what each rule makes of an expression, in words and as text; spoilt: from right to wrong."""
    for rule in rules:
        old, new = (rule.right, rule.wrong) if spoilt else (rule.wrong, rule.right)
        found = {}
        if not _like(_pattern(old), node, found):
            continue
        texts = {letter: code.of(each) for letter, each in found.items()}
        free = {*LETTER.findall(new)} - {*texts, "N"}
        for name in names if free else [""]:
            if name not in texts.values():
                given = {"N": N} | texts | dict.fromkeys(free, name)
                yield (
                    rule.words.format(**given),
                    LETTER.sub(lambda letter, given=given: bracketed(given[letter[0]]), new),
                )


@functools.cache
def _pattern(text):
    return ast.parse(text, mode="eval").body


def _like(pattern, node, found):
    """Whether an expression is like a pattern; found is given what the letters stand for."""
    match pattern:
        case ast.Name(id="a" | "b" | "c" | "f" as letter):
            return ast.dump(found.setdefault(letter, node)) == ast.dump(node)
        case ast.Name(id="N"):
            return re.fullmatch(rf"[Nnm]|len\(({ROWS})\)|({ROWS})\.shape\[0\]", ast.unparse(node)) is not None
        case ast.AST():
            return type(pattern) is type(node) and all(
                _like(value, getattr(node, field), found) for field, value in ast.iter_fields(pattern) if field != "ctx"
            )
        case list():
            return len(pattern) == len(node) and all(map(_like, pattern, node, [found] * len(node)))
    return type(pattern) is type(node) and pattern == node


def swapped(code, node):
    """Yield what is taken for a call: what stands there, the other, and the new text; a sum's axes, too."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute | ast.Name):
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
    start, args = code.of(node.func).removesuffix(name), code.of(node)[len(code.of(node.func)) :]
    for other in dict.fromkeys(other for group in ALIKE if name in group for other in group if other != name):
        yield name, other if start else f"np.{other}", f"{start or 'np.'}{other}{args}"
    is_method = start not in ("", "np.")
    if name not in ALIKE[0] or not (is_method or node.args):
        return  # no sum, or its array has a name
    first = "" if is_method else code.of(node.args[0])
    options = {option.arg: code.of(option.value) for option in node.keywords}
    axis = options.get("axis", next((code.of(axis) for axis in node.args[1 - is_method :][:1]), ""))
    own = f"axis={axis}" * bool(axis) + KEEPS * ("keepdims" in options)
    own = f"dim={options['dim']}" if "dim" in options else own
    for other in ("axis=0", "axis=1", "", f"axis=1{KEEPS}", f"axis=0{KEEPS}"):
        if other != own:
            yield own, other, f"{start or 'np.'}{name}({f'{first}, {other}'.strip(', ')})"

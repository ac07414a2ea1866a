"""The changes of a learner's own code, one at a time: what can stand in the place of a part of one of their lines."""

import ast
import builtins
import functools
import itertools
import re

from checker.rules import MORE, NO_MASK, REGROUPED, ROW_WISE, RULES, Rule, instead, rewritten, swapped
from checker.their_code import ASKABLE, own_names

LABEL = "the entry of each row's own label is meant"
COPIED = Rule("two names of one array: what changes one changes the other, so copy first", "a", "a.copy()")
THEIRS = [  # what goes wrong in ways of writing that our lines do not have
    Rule(".T does nothing on a row: np.outer is the product of two rows", "a.T @ b", "np.outer(a, b)"),
    Rule("[:, None] is missing, which makes a column of {a}", "a", "a[:, None]"),
    Rule("[{b}] is one too many", "a[b]", "a"),
    Rule("{b} is a mask, and stands as an index", "a[b]", "a * b"),
    *(Rule(LABEL, wrong, "a[np.arange(N), y]") for wrong in ("a[:, b]", "a[y]", "a")),
    Rule(LABEL, "a[b, c]", "a[b, y[b]]"),
    *(Rule(f"{{b}} {sign} is one too many", f"b {sign} a", "a") for sign in "+-*/@"),
    *(Rule(f"{sign} {{b}} is one too many", f"a {sign} b", "a") for sign in "+-*/@"),
    *(
        Rule("reshape deals the numbers out anew, row by row: a transpose is meant", f"a.reshape({to})", "a.T")
        for to in ("b", "b, c")
    ),
    Rule("{b} in the place of 0", "np.maximum(a, b)", "np.maximum(a, 0)"),
    Rule("{c} in the place of 0", "np.where(a, b, c)", "np.where(a, b, 0)"),
]
# Where a mask stands, it is not called missing: the mistake may be in it.
MASK = re.compile(r"\* ?M\b|\bM \*|\[[^]=]*([<>]=?|==) *0\b|\bif .*[<>]|\bwhere\b|\bmasked")
EINSUM = re.compile(r"(?=.*[,>])[\w. ]{1,5}(,[\w. ]{1,5})*(->[\w. ]{0,5})?")
PLAIN = [rule for rule in RULES if rule not in REGROUPED]
# Where a term is one too many, brackets around it can give the same: they are tried last.
WITHIN = [rule for rule in (*PLAIN, *THEIRS, *REGROUPED) if rule.wrong != "a"]
AROUND = [rule for rule in (COPIED, *RULES, *THEIRS) if rule.wrong == "a"]
# A name that is given itself, and a list that is put into itself, which no array can hold.
ITSELF = re.compile(r"\s*(\w+) = \1$|.*\b(\w+)(\.(append|extend|insert)\b| \+= \[).*\b\2\b")
INNER = (ast.stmt, ast.Lambda, ast.Call)  # in which a whole value stands


class Changes:
    """The changes of one piece of a learner's code, the likely ones first.

    more are the symbols that a change can ask for, too, and N is the number of examples of their batch.
    """

    def __init__(self, theirs, piece, more, N):
        self.code, self.above, self.batch = piece.code, piece.above, N
        nodes = [*ast.walk(piece.definition(self.code.tree))]
        self.own = own_names(nodes)
        self.others = [name for name in more if name not in self.own]
        read = dict.fromkeys(node.id for node in nodes if isinstance(node, ast.Name))
        known = {*theirs.data, *theirs.fixed, *vars(builtins), *(each.name for each in theirs.pieces), *self.own}
        self.unknown = [name for name in read if name not in known]
        rows = [name for name in self.own if name in ROW_WISE]
        self.has_mask = MASK.search(self.code.text) is not None
        self.N = "N" if "N" in self.own or not rows else f"len({rows[0]})"
        self.sizes = [f"len({node.arg})" for node in nodes if isinstance(node, ast.arg)]
        places = [node for node in nodes if isinstance(node, ast.stmt | ast.Lambda) and not hasattr(node, "returns")]
        self.places = sorted(places, key=lambda place: place.lineno)
        lists = [place for place in places if isinstance(getattr(place, "value", None), ast.List | ast.ListComp)]
        held = {ast.unparse(target) for place in lists for target in getattr(place, "targets", ())}
        self.arrays = [name for name in self.own if name not in held]  # a list, put elsewhere, might be put into itself

    def groups(self, lines):
        """Return the changes in groups: those in these lines first, then those of the others, kind by kind."""
        blamed = [place for place in self.places if place.lineno in lines]
        others = [place for place in self.places if place.lineno not in lines]
        others.sort(key=lambda place: not isinstance(place, ast.Return))
        columns = [f"{name}[:, 0]" for name in self.arrays if "keepdims" in self.code.text]
        own, asked = (functools.partial(self._more, names) for names in (columns + self.arrays, self.others))
        kinds = (self._by_rule, self._by_name, self._done_to, own)
        first = itertools.chain(self._stored(blamed), *(self._each(kind, blamed) for kind in kinds))
        later = [self._stored(others), *(self._each(kind, others) for kind in kinds)]
        groups = [first, *later, self._each(asked, blamed + others)]
        return [(change for change in group if change and not ITSELF.match(change.right)) for group in groups]

    def _each(self, kind, places):
        """Yield the changes of one kind, which yields words and texts, of each expression in these places."""
        for place in places:
            for node in self.code.expressions(place, ("slice",) if kind == self._done_to else ()):
                if not isinstance(node, ast.Lambda | ast.Starred | ast.GeneratorExp):
                    for words, new in kind(node):
                        yield self.code.with_text(node, new, words)

    def _by_rule(self, node):
        """Yield what can stand in the place of an expression, whatever its names are."""
        yield from rewritten(self.code, node, WITHIN, N=self.N)
        yield from ((instead(wrong, right), text) for wrong, right, text in swapped(self.code, node))
        if isinstance(node, ast.Constant):
            yield from self._number(node.value, self.code.of(node))
        elif isinstance(node, ast.Call):
            yield from self._called(node, self.code.of(node), [*map(self.code.of, node.args)])

    def _done_to(self, node):
        """Yield what can be done to an expression."""
        if self._is_value(node):
            yield from rewritten(self.code, node, AROUND, N=self.N)

    def _is_value(self, node):
        """Whether an expression is computed, and more than a number as it stands, a part of an index, or a module."""
        is_tool = isinstance(node, ast.Name) and node.id not in {*self.own, *ASKABLE}
        is_target = not isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        return not (is_tool or is_target or isinstance(node, ast.Slice | ast.Tuple | ast.Constant))

    def _number(self, value, own):
        """Yield what can stand in the place of a number, or of the letters of np.einsum."""
        if isinstance(value, str) and EINSUM.fullmatch(value):
            for (place, letter), other in itertools.product(enumerate(value), sorted({*filter(str.isalpha, value)})):
                if letter.isalpha() and letter != other:
                    yield instead(letter, other), f"{own[: place + 1]}{other}{own[place + 2 :]}"
        elif type(value) is int:
            is_N = f": {own} is the number of examples of one batch" if value == self.batch and value > 2 else ""
            yield from ((instead(own, size) + is_N, size) for size in self.sizes if value > 2)
            yield from ((instead(own, new), new) for new in ("0", "1", "2", "-1") if new != own)

    def _called(self, node, own, args):
        """Yield what can stand in the place of a call: another order of what it is given, or its array alone."""
        function, options = self.code.of(node.func), [self.code.of(option) for option in node.keywords]
        for words, swap in _swaps(args):
            yield words, f"{function}({', '.join([*swap, *options])})"
        if function == "range":
            yield from ((instead(own, f"range({n})"), f"range({n})") for n in (*args[-1:], *self.sizes))
        elif isinstance(node.func, ast.Attribute) and self._is_value(node.func.value):
            x = self.code.of(node.func.value)
            yield f"{own.partition(x)[2].lstrip(')')} is one too many", x
        elif args and not function.endswith(("zeros", "ones")):
            yield instead(own, args[0]) if len(args) > 1 or options else f"{function} is one too many", args[0]

    def _by_name(self, node):
        """Yield another name in the place of one, or for what is computed; and what is returned in another order."""
        own, parent = self.code.of(node), self.code.parent[node]
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                others = [other for other in (*self.own, *self.unknown) if other != name]
                yield from ((f"{name} is given what belongs to {other}", other) for other in others)
            case ast.Name(id=name) if name in self.own or name in self.unknown:
                others = self.own if isinstance(parent, ast.Return | ast.Call) else self.arrays
                yield from ((instead(own, other), other) for other in others if other != own)
            case ast.Constant(value=int()) if isinstance(parent, ast.Tuple | ast.Subscript):
                yield from ((instead(own, other), other) for other in self.arrays)
            case ast.Tuple(elts=[*elements]):
                texts, whole = [self.code.of(element) for element in elements], "({})" if own.startswith("(") else "{}"
                yield from ((words, whole.format(", ".join(swap))) for words, swap in _swaps(texts))
                if isinstance(parent, ast.Return):
                    yield from ((f"only {text} is asked for", text) for text in texts)

    def _more(self, names, node):
        """Yield one of these names in the place of another, and an expression with one as a factor or term more."""
        if self._is_value(node):
            index = f"[{self.code.of(node.slice)}]" if isinstance(node, ast.Subscript) else ""
            if isinstance(node, ast.Name):
                yield from ((instead(node.id, other), other) for other in names)
            if isinstance(node, ast.Name | ast.Subscript) or isinstance(self.code.parent[node], INNER):
                every = [*(f"{name}{index}" for name in names), *(names if index else ())]
                for words, new in rewritten(self.code, node, MORE, every):
                    yield (instead(self.code.of(node), new) if words == NO_MASK and self.has_mask else words), new

    def _stored(self, places):
        """Yield the changes of how a statement stores what it computes, and the code without it, or out of a loop."""
        for place in places:
            code, start, around = self.code, self.code.span(place)[0], self.code.parent[place]
            line = f"line {self.above + place.lineno}, {code.line(place.lineno)},"
            if isinstance(around, ast.For | ast.While) and place is around.body[-1] and len(around.body) > 1:
                loop = f"the loop in line {self.above + around.lineno}, {code.line(around.lineno)}"
                margin = start - place.col_offset + around.col_offset
                yield code.with_bytes(margin, start, "", f"{line} belongs after {loop}")
            if isinstance(place, ast.Assign | ast.AugAssign):
                target = place.targets[0] if hasattr(place, "targets") else place.target
                found = re.compile(rb"\s*([-+*/]?=)").match(code.bytes, code.span(target)[1])
                now = found[1].decode() if found and not isinstance(target, ast.Tuple) else ""
                for sign in ("=", "+=", "-=", "*=", "/="):
                    if now and sign != now:
                        is_turn = (now, sign) == ("=", "+=") and isinstance(around, ast.For | ast.While)
                        words = "each turn overwrites what was there: " * is_turn
                        yield code.with_bytes(*found.span(1), sign, words + instead(now, sign))
                yield code.with_bytes(start, start, "# ", f"{line} is one too many")


def _swaps(texts):
    """Yield a list with two of its texts swapped, in words and as a list."""
    for i, j in itertools.combinations(range(len(texts)), 2):
        swap = [*texts[:i], texts[j], *texts[i + 1 : j], texts[i], *texts[j + 1 :]]
        yield f"{texts[i]} and {texts[j]} are swapped", swap

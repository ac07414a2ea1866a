"""The changes of a learner's own code, one at a time: what can stand in the place of a part of one of their lines."""

import ast
import builtins
import functools
import itertools
import re

from checker.rules import MORE, ROW_WISE, RULES, Rule, instead, rewritten, swapped
from checker.texts import SIGNS, Change, bracketed
from checker.their_code import ASKABLE

LABEL = "the entry of each row's own label is meant"
OUTER = "np.outer is the product of two rows"
COPIED = Rule("two names of one array: what changes one changes the other, so copy first", "a", "a.copy()")
THEIRS = [  # what goes wrong in ways of writing that our lines do not have
    Rule(f".T does nothing on a row: {OUTER}", "a.T @ b", "np.outer(a, b)"),
    *(Rule(OUTER, wrong, "np.outer(a, b)") for wrong in ("np.dot(a.T, b)", "np.dot(a, b)", "a @ b", "a * b")),
    Rule("{a}.size counts all entries, not the examples", "a.size", "len(a)"),
    Rule("[:, None] is missing, which makes a column of {a}", "a", "a[:, None]"),
    Rule("[{b}] is one too many", "a[b]", "a"),
    Rule("a row stands where a column is meant", "a[b]", "a[:, b]"),
    Rule("a column stands where a row is meant", "a[:, b]", "a[b]"),
    Rule("{b} is a mask, and stands as an index", "a[b]", "a * b"),
    *(Rule(LABEL, wrong, "a[np.arange(N), y]") for wrong in ("a[:, y]", "a[:, b]", "a[y]", "a")),
    Rule(LABEL, "a[b, c]", "a[b, y[b]]"),
    Rule("the two cases are swapped", "a if b else c", "c if b else a"),
    *(Rule(f"{{b}} {sign} is one too many", f"b {sign} a", "a") for sign in SIGNS.values()),
    *(Rule(f"{sign} {{b}} is one too many", f"a {sign} b", "a") for sign in (*SIGNS.values(), "**")),
    *(
        Rule("reshape deals the numbers out anew, row by row: a transpose is meant", f"a.reshape({to})", "a.T")
        for to in ("b", "b, c")
    ),
    Rule("{b} in the place of 0", "np.maximum(a, b)", "np.maximum(a, 0)"),
    Rule("{c} in the place of 0", "np.where(a, b, c)", "np.where(a, b, 0)"),
    Rule("{a} is off by one", "a", "a + 1"),
    Rule("{a} is off by one", "a", "a - 1"),
]
EINSUM = re.compile(r"(?=.*[,>])[\w. ]{1,5}(,[\w. ]{1,5})*(->[\w. ]{0,5})?")
WITHIN = [rule for rule in (*RULES, *THEIRS) if rule.wrong != "a"]
AROUND = [rule for rule in (COPIED, *RULES, *THEIRS) if rule.wrong == "a"]
# A name that is given itself, and a list that is put into itself, which no array can hold.
ITSELF = re.compile(r"\s*(\w+) = \1$|.*\b(\w+)(\.(append|extend|insert)\b| \+= \[).*\b\2\b")


INNER = (ast.stmt, ast.Lambda, ast.Call)  # in which a whole value stands


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
        read = dict.fromkeys(node.id for node in ast.walk(theirs.tree) if isinstance(node, ast.Name))
        foreign = [name for name in read if name not in self.own]
        self.missing = [name for name in foreign if name in ASKABLE and "params" not in self.arguments]
        known = {*theirs.data, *theirs.fixed, *vars(builtins), *ASKABLE, *(piece.name for piece in theirs.pieces)}
        self.unknown = [name for name in foreign if name not in known or name in self.missing]


class Changes:
    """The changes of one statement with a function in it, the likely ones first.

    names are those in the learner's code, N the number of examples of their batch.
    """

    def __init__(self, piece, names, N):
        self.code, self.above, self.batch, self.names, self.own = piece.code, piece.above, N, names, names.own
        rows = [name for name in self.own if name in ROW_WISE]
        self.N = "N" if "N" in self.own or not rows else f"len({rows[0]})"
        self.sizes = [f"len({name})" for name in names.arguments] + [f"{name}.shape[1]" for name in names.arguments]
        nodes = [*ast.walk(piece.definition(self.code.tree))]
        places = [node for node in nodes if isinstance(node, ast.stmt | ast.Lambda) and not hasattr(node, "returns")]
        self.places = sorted(places, key=lambda place: place.lineno)
        lists = [place for place in places if isinstance(getattr(place, "value", None), ast.List | ast.ListComp)]
        held = {ast.unparse(target) for place in lists for target in getattr(place, "targets", ())}
        self.arrays = [name for name in self.own if name not in held]  # a list, put elsewhere, might be put into itself

    def phases(self, lines):
        """Return the changes of the code, in groups: those in these lines first, then those of the others."""
        blamed = [place for place in self.places if place.lineno in lines]
        others = [place for place in self.places if place.lineno not in lines]
        others.sort(key=lambda place: not isinstance(place, ast.Return))
        columns = [f"{name}[:, 0]" for name in self.arrays if "keepdims" in self.code.text]
        own, asked = (functools.partial(self._more, names) for names in ([*columns, *self.arrays], self.names.others))
        likely = (self._by_rule, self._stored, self._by_name)
        groups = [
            [(blamed, kind) for kind in (*likely, self._done_to, own)],
            *([(others, kind)] for kind in likely),
            [(self.places, self._moved), (blamed, asked)],
            *([(others, kind)] for kind in (self._done_to, own, asked)),
        ]
        return [self._of(group) for group in groups]

    def _of(self, group):
        for places, kind in group:
            of_lines = kind in (self._stored, self._moved)
            for change in itertools.chain(*(kind(place) if of_lines else self._each(kind, place) for place in places)):
                if change and not ITSELF.match(change.right):
                    yield change

    def _each(self, kind, place):
        """Yield the changes of one kind, which yields words and texts, of a statement's own expressions."""
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
        match value:
            case bool():
                yield instead(own, str(not value)), str(not value)
            case int():
                is_N = f": {own} is the number of examples of one batch" if value == self.batch and value > 2 else ""
                yield from ((instead(own, size) + is_N * ("len" in size), size) for size in self.sizes if value > 2)
                yield from ((instead(own, str(new)), str(new)) for new in (0, 1, 2, -1) if new != value)
            case float():
                yield from ((instead(own, new), new) for new in (f"-{own}", f"1 / {own}"))
            case str() if EINSUM.fullmatch(value):
                letters = sorted({*filter(str.isalpha, value)})
                for (place, letter), other in itertools.product(enumerate(value), letters):
                    if letter.isalpha() and letter != other:
                        yield instead(letter, other), f"{own[: place + 1]}{other}{own[place + 2 :]}"

    def _called(self, node, own, args):
        """Yield what can stand in the place of a call: another of its order, its array alone, one option less."""
        function, options = self.code.of(node.func), [self.code.of(option) for option in node.keywords]
        for words, swapped_args in _swaps(args):
            yield words, f"{function}({', '.join([*swapped_args, *options])})"
        for option in options:
            rest = [other for other in options if other != option]
            yield f"{option} is one too many", f"{function}({', '.join([*args, *rest])})"
        if function == "range":
            yield from ((instead(own, f"range({n})"), f"range({n})") for n in (*args[-1:], *self.sizes))
        elif isinstance(node.func, ast.Attribute) and self._is_value(node.func.value):
            x = self.code.of(node.func.value)
            yield f"{own[len(x) :]} is one too many", x
            if node.func.attr == "reshape":
                yield "reshape deals the numbers out anew, row by row: a transpose is meant", f"{bracketed(x)}.T"
        elif args and not function.endswith(("zeros", "ones")):
            yield instead(own, args[0]) if len(args) > 1 or options else f"{function} is one too many", args[0]

    def _by_name(self, node):
        """Yield another name in the place of one, or for what is computed; and what is returned in another order."""
        own, parent = self.code.of(node), self.code.parent[node]
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                others = [other for other in (*self.own, *self.names.unknown) if other != name]
                yield from ((f"{name} is given what belongs to {other}", other) for other in others)
            case ast.Name(id=name) if name in self.own or name in self.names.unknown:
                others = self.own if isinstance(parent, ast.Return | ast.Call) else self.arrays
                yield from ((instead(own, other), other) for other in others if other != own)
            case ast.Constant(value=int()) if isinstance(parent, ast.Tuple | ast.Subscript):
                yield from ((instead(own, other), other) for other in self.arrays)
            case ast.Tuple(elts=[*elements]):
                texts, whole = [self.code.of(element) for element in elements], "({})" if own.startswith("(") else "{}"
                yield from ((words, whole.format(", ".join(swap))) for words, swap in _swaps(texts))
                if isinstance(parent, ast.Return):
                    yield from ((f"only {text} is asked for", text) for text in texts)
                    yield "Backward is missing", f"Backward({', '.join(texts)})"

    def _more(self, names, node):
        """Yield one of these names in the place of another, and an expression with one as a factor or term more."""
        if self._is_value(node):
            index = f"[{self.code.of(node.slice)}]" if isinstance(node, ast.Subscript) else ""
            if isinstance(node, ast.Name):
                yield from ((instead(node.id, other), other) for other in names)
            if isinstance(node, ast.Name | ast.Subscript) or isinstance(self.code.parent[node], INNER):
                every = [*(f"{name}{index}" for name in names), *(names if index else ())]
                yield from rewritten(self.code, node, MORE, every)

    def _stored(self, place):
        """Yield the changes of how a statement stores what it computes, and the code without it."""
        code = self.code
        if not isinstance(place, ast.Assign | ast.AugAssign):
            return
        target = place.targets[0] if isinstance(place, ast.Assign) else place.target
        found = re.compile(rb"\s*([-+*/]?=)").match(code.bytes, code.span(target)[1])
        if found and not isinstance(target, ast.Tuple):
            now = found[1].decode()
            for sign in ("=", "+=", "-=", "*=", "/="):
                if sign != now:
                    words = "each turn overwrites what was there: " * ((now, sign) == ("=", "+="))
                    yield code.with_bytes(*found.span(1), sign, words + instead(now, sign))
        if place.end_lineno == place.lineno and len(self._block(place)) > 1:
            start = code.span(place)[0]
            words = f"line {self.above + place.lineno}, {code.line(place.lineno)}, is one too many"
            yield code.with_bytes(start, start, "# ", words)

    def _block(self, statement):
        around = vars(self.code.parent[statement]).values()
        return next(block for block in around if isinstance(block, list) and statement in block)

    def _moved(self, place):
        """Yield the code with one line elsewhere, told in words: out of a loop, into one, or past its neighbour."""
        if not isinstance(place, ast.stmt) or place.end_lineno != place.lineno or len(self._block(place)) < 2:
            return
        lines, line = self.code.text.split("\n"), self.code.line(place.lineno)
        for other in self.places:
            is_loop = isinstance(other, ast.For | ast.While)
            there = f"{'the loop in ' * is_loop}line {self.above + other.lineno}, {self.code.line(other.lineno)}"
            spots = [("before", other.lineno - 1, other), ("after", other.end_lineno, other)]
            if is_loop:
                spots += [("at the start of", other.lineno, other.body[0])]
                spots += [("at the end of", other.end_lineno, other.body[0])]
            for words, after, level in spots:
                if place not in (other, level):
                    new = [*lines[:after], f"{' ' * level.col_offset}{line}", *lines[after:]]
                    del new[place.lineno - (after >= place.lineno)]
                    told = f"line {self.above + place.lineno}, {line}, belongs {words} {there}"
                    yield Change(place.lineno, "", told, "\n".join(new))


def _swaps(texts):
    """Yield a list with two of its texts swapped, in words and as a list."""
    for i, j in itertools.combinations(range(len(texts)), 2):
        swap = [*texts[:i], texts[j], *texts[i + 1 : j], texts[i], *texts[j + 1 :]]
        yield f"{texts[i]} and {texts[j]} are swapped", swap

"""The changes of a learner's own code, one at a time: what can stand in the place of a part of one of their lines."""

import ast
import itertools
import re

from checker.changes import SIGNS, Change
from checker.rules import MORE, RULES, Rule, instead, rewritten, swapped
from checker.their_code import SYMBOLS

LABEL = "the entry of each row's own label is meant"
OUTER = "np.outer is the product of two rows"
ROW_WISE = ("y", "Y", "P", "Z", "G_Z", "H", "A1", "M", "G_H", "G_A1", "X")
LABELS = [
    *(Rule(LABEL, wrong, "a[np.arange(N), y]") for wrong in ("a[:, y]", "a[:, b]", "a[y]", "a")),
    Rule(LABEL, "a[b, c]", "a[b, y[b]]"),
]
THEIRS = [  # what goes wrong in ways of writing that our lines do not have
    Rule(f".T does nothing on a row: {OUTER}", "a.T @ b", "np.outer(a, b)"),
    *(Rule(OUTER, wrong, "np.outer(a, b)") for wrong in ("np.dot(a.T, b)", "np.dot(a, b)", "a @ b", "a * b")),
    Rule("{a}.size counts all entries, not the examples", "a.size", "len(a)"),
    Rule("[:, None] is missing, which makes a column of {a}", "a", "a[:, None]"),
    Rule("[{b}] is one too many", "a[b]", "a"),
    Rule("a row stands where a column is meant", "a[b]", "a[:, b]"),
    Rule("a column stands where a row is meant", "a[:, b]", "a[b]"),
    Rule("{b} is a mask, and stands as an index", "a[b]", "a * b"),
    *LABELS,
    Rule("the two cases are swapped", "a if b else c", "c if b else a"),
    *(Rule(f"{{b}} {sign} is one too many", f"b {sign} a", "a") for sign in SIGNS.values()),
    *(Rule(f"{sign} {{b}} is one too many", f"a {sign} b", "a") for sign in (*SIGNS.values(), "**")),
    Rule("{a} is off by one", "a", "a + 1"),
    Rule("{a} is off by one", "a", "a - 1"),
]
WITHIN = [rule for rule in (*RULES, *THEIRS) if rule.wrong != "a"]
AROUND = [rule for rule in (*RULES, *THEIRS) if rule.wrong == "a"]


class Changes:
    """The changes of one statement with a function in it, the likely ones first.

    own are the names in the function, arguments of the learner's first; more the symbols that it could ask for too;
    N the number of examples of the learner's batch; unknown the names that mean nothing.
    """

    def __init__(self, piece, own, arguments, more, N, unknown=()):
        self.code, self.above, self.batch = piece.code, piece.above, N
        self.own, self.more, self.unknown = own, more, unknown
        rows = [name for name in (*arguments, *own) if name in ROW_WISE]
        self.N = "N" if "N" in own or not rows else f"len({rows[0]})"
        self.sizes = [f"len({name})" for name in arguments] + [f"{name}.shape[1]" for name in arguments]
        nodes = [*ast.walk(self.code.tree)]
        whole = [node for node in nodes if isinstance(node, ast.FunctionDef)]
        inside = {child for node in whole for child in ast.walk(node) if isinstance(child, ast.stmt)} - {*whole}
        lambdas = [node.body for node in nodes if isinstance(node, ast.Lambda)]
        self.places = sorted(inside, key=lambda node: node.lineno) or lambdas
        lists = [node for node in self.places if isinstance(getattr(node, "value", None), ast.List | ast.ListComp)]
        held = {ast.unparse(target) for node in lists for target in getattr(node, "targets", ())}
        self.arrays = [name for name in own if name not in held]  # a list, put elsewhere, might be put into itself

    def phases(self, lines):
        """Return the changes of the code, in groups: those in these lines first, then those of the others."""
        blamed = [place for place in self.places if place.lineno in lines]
        others = [place for place in self.places if place.lineno not in lines]
        others.sort(key=lambda place: not isinstance(place, ast.Return))
        kinds = self._known, self._stored, self._named, self._around, self._with_own, self._with_asked
        groups = [[(blamed, kind) for kind in kinds], *([(others, kind)] for kind in kinds[:3])]
        groups += [[(self.places, self._moved)], *([(others, kind)] for kind in kinds[3:])]
        return [self._of(group) for group in groups]

    def _of(self, group):
        for places, kind in group:
            for change in itertools.chain(*map(kind, places)):
                if change and not re.fullmatch(r"(\w+) = \1", change.right):
                    yield change

    def _each(self, place, rule, skipped=()):
        """Yield the changes that a rule, which yields words and texts, makes of a statement's own expressions."""
        parts = [part for part in ast.iter_child_nodes(place) if not isinstance(part, ast.stmt | ast.ExceptHandler)]
        for part in [place] if isinstance(place, ast.expr) else parts:
            whole = isinstance(part, ast.expr) and isinstance(getattr(part, "ctx", ast.Load()), ast.Load)
            for node in (*[part] * whole, *self.code.expressions(part, skipped)):
                if hasattr(node, "lineno") and not isinstance(node, ast.Lambda | ast.Starred | ast.GeneratorExp):
                    for words, new in rule(node):
                        yield self.code.with_text(node, new, words)

    def _known(self, place):
        """Yield what the rules make of a statement, and a copy of what it gives another name."""
        yield from self._each(place, self._by_rule)
        match place:
            case ast.Assign(value=ast.Name() | ast.Subscript() | ast.Attribute() as value):
                words = "two names of one array: what changes one changes the other, so copy first"
                yield self.code.with_text(value, f"{self.code.of(value)}.copy()", words)

    def _by_rule(self, node):
        """Yield what can stand in the place of an expression, whatever its names are."""
        code, own = self.code, self.code.of(node)
        if isinstance(node, ast.Constant):
            yield from self._number(node, own)
        if self._is_no_value(node):
            return
        yield from rewritten(code, node, WITHIN, N=self.N)
        yield from ((instead(wrong, right), text) for wrong, right, text in swapped(code, node))
        if isinstance(node, ast.Call):
            yield from self._called(node, own, [code.of(argument) for argument in node.args])

    def _around(self, place):
        """Yield what can be done to the expressions of a statement."""
        yield from self._each(place, self._done_to, skipped=("slice",))

    def _done_to(self, node):
        if not self._is_no_value(node):
            yield from rewritten(self.code, node, AROUND, N=self.N)

    def _is_no_value(self, node):
        """Whether an expression is a number as it stands, a part of an index, or a module."""
        is_tool = isinstance(node, ast.Name) and node.id not in {*self.own, *SYMBOLS}
        return is_tool or isinstance(node, ast.Slice | ast.Tuple | ast.Constant)

    def _number(self, node, own):
        """Yield what can stand in the place of a number, or of the letters of np.einsum."""
        match node.value:
            case bool(value):
                yield instead(own, str(not value)), str(not value)
            case int(value):
                is_N = f": {own} is the number of examples of one batch" if value == self.batch and value > 2 else ""
                yield from ((instead(own, size) + is_N * ("len" in size), size) for size in self.sizes if value > 2)
                yield from ((instead(own, str(new)), str(new)) for new in (0, 1, 2, -1) if new != value)
            case float():
                yield from ((instead(own, new), new) for new in (f"-{own}", f"1 / {own}"))
            case str(value):
                letters = sorted({*filter(str.isalpha, value)}) if "," in value or "->" in value else ()
                for (place, letter), other in itertools.product(enumerate(value), letters):
                    if letter.isalpha() and letter != other:
                        yield instead(letter, other), f"{own[: place + 1]}{other}{own[place + 2 :]}"

    def _called(self, node, own, args):
        """Yield what can stand in the place of a call: another of its order, its argument alone, one option less."""
        function, options = self.code.of(node.func), [self.code.of(option) for option in node.keywords]
        for words, swapped_args in _swaps(args):
            yield words, f"{function}({', '.join([*swapped_args, *options])})"
        for option in options:
            rest = [other for other in options if other != option]
            yield f"{option} is one too many", f"{function}({', '.join([*args, *rest])})"
        if function == "range":
            yield from ((instead(own, f"range({n})"), f"range({n})") for n in (*args[-1:], *self.sizes))
        elif isinstance(node.func, ast.Attribute) and not self._is_no_value(node.func.value):
            x = self.code.of(node.func.value)
            yield f"{own[len(x) :]} is one too many", x
            if node.func.attr == "reshape":
                words = "reshape deals the numbers out anew, row by row: a transpose is meant"
                yield words, f"{self.code.atom(node.func.value)}.T"
        elif args and not function.endswith(("zeros", "ones")):
            yield instead(own, args[0]) if len(args) > 1 or options else f"{function} is one too many", args[0]
        if function in ("np.maximum", "np.where") and len(args) > 1:
            yield instead(args[-1], "0"), f"{function}({', '.join([*args[:-1], '0'])})"

    def _named(self, place):
        """Yield what a statement is with another name in the place of one."""
        yield from self._each(place, self._by_name)
        yield from self._given(place)

    def _by_name(self, node):
        code, own = self.code, self.code.of(node)
        match node:
            case ast.Name(id=name) if name in self.own or name in self.unknown:
                for other in self.own if isinstance(code.parent[node][0], ast.Return | ast.Call) else self.arrays:
                    if other != own:
                        yield instead(own, other), other
                for other in self.arrays:
                    yield f"{own} is an index, and stands where an entry of {other} belongs", f"{other}[{own}]"
            case ast.Constant(value=int()) if isinstance(code.parent[node][0], ast.Tuple | ast.Subscript):
                yield from ((instead(own, other), other) for other in self.arrays)
            case ast.Tuple(elts=[*elements]):
                texts = [code.of(element) for element in elements]
                yield from ((words, _tuple(own, swap)) for words, swap in _swaps(texts))
                if isinstance(code.parent[node][0], ast.Return):
                    yield from ((f"only {text} is asked for", text) for text in texts)
                    yield "Backward is missing", f"Backward({', '.join(texts)})"

    def _with_own(self, place):
        """Yield a value with one more factor or term of the function's own."""
        kept = [f"{name}[:, 0]" for name in self.arrays if "keepdims" in self.code.text]
        yield from self._with_more(place, [*kept, *self.arrays])

    def _with_asked(self, place):
        """Yield what is right where another symbol stands, or is added, that the function can ask for."""

        def others(node):
            if isinstance(node, ast.Name) and node.id in self.own:
                yield from ((instead(node.id, other), other) for other in self.more)

        yield from self._each(place, others)
        yield from self._with_more(place, self.more)

    def _with_more(self, place, names):
        def more(node):
            inner = isinstance(self.code.parent[node][0], ast.stmt | ast.Lambda | ast.Call)
            index = f"[{self.code.of(node.slice)}]" if isinstance(node, ast.Subscript) else ""
            if isinstance(node, ast.Name | ast.Subscript) or (inner and not isinstance(node, ast.Constant)):
                every = [*(f"{name}{index}" for name in names), *(names if index else ())]
                yield from rewritten(self.code, node, MORE, every)

        yield from self._each(place, more)

    def _stored(self, place):
        """Yield the changes of how a statement stores what it computes, and the code without it."""
        code, line = self.code, f"line {self.above + place.lineno}, {self.code.line(place.lineno)},"
        match place:
            case ast.Assign(targets=[target], value=value) | ast.AugAssign(target=target, value=value):
                begin, end = code.span(target)[1], code.span(value)[0]
                now, _, opened = code.bytes[begin:end].decode().partition("=")
                now = f"{now.strip()}="
                for sign in ("=", "+=", "-=", "*=", "/="):
                    if sign != now and not isinstance(target, ast.Tuple):
                        words = "each turn overwrites what was there: " * ((now, sign) == ("=", "+="))
                        yield code.with_bytes(begin, end, f" {sign} {opened.lstrip()}", words + instead(now, sign))
                if place.end_lineno == place.lineno and len(self._block(place)) > 1:
                    start = code.span(place)[0]
                    yield code.with_bytes(start, start, "# ", f"{line} is one too many")

    def _given(self, place):
        """Yield the statement with another name, or another entry, that is given its value."""
        code, targets = self.code, getattr(place, "targets", None) or [getattr(place, "target", None)]
        for node in [node for target in targets if target for node in ast.walk(target)]:
            match node:
                case ast.Name(id=name, ctx=ast.Store()):
                    others = [other for other in (*self.own, *self.unknown) if other != name]
                    found = [(f"{name} is given what belongs to {other}", other) for other in others]
                case ast.Subscript(ctx=ast.Store()):
                    found = rewritten(code, node, LABELS, N=self.N)
                case ast.Tuple(ctx=ast.Store()):
                    found = self._by_name(node)
                case _:
                    found = []
            yield from (code.with_text(node, new, words) for words, new in found)

    def _block(self, statement):
        parent, field = self.code.parent[statement]
        return getattr(parent, field)

    def _moved(self, place):
        """Yield the code with one line elsewhere, told in words: out of a loop, into one, or past its neighbour."""
        if not isinstance(place, ast.stmt) or place.end_lineno != place.lineno or len(self._block(place)) < 2:
            return
        lines, line = self.code.text.split("\n"), self.code.line(place.lineno)
        for other in self.places:
            spots = [("before", other.lineno - 1, other), ("after", other.end_lineno, other)]
            if isinstance(other, ast.For | ast.While):
                spots += [("at the start of", other.lineno, other.body[0])]
                spots += [("at the end of", other.end_lineno, other.body[0])]
            for words, after, level in spots:
                if place not in (other, level):
                    new = [*lines[:after], f"{' ' * level.col_offset}{line}", *lines[after:]]
                    del new[place.lineno - (after >= place.lineno)]
                    loop = "the loop in " * isinstance(other, ast.For | ast.While)
                    there = f"{words} {loop}line {self.above + other.lineno}, {self.code.line(other.lineno)}"
                    told = f"line {self.above + place.lineno}, {line}, belongs {there}"
                    yield Change(place.lineno, line, "", told, "\n".join(new))


def _swaps(texts):
    """Yield a list with two of its texts swapped, in words and as a list."""
    for i, j in itertools.combinations(range(len(texts)), 2):
        swap = [*texts[:i], texts[j], *texts[i + 1 : j], texts[i], *texts[j + 1 :]]
        yield f"{texts[i]} and {texts[j]} are swapped", swap


def _tuple(own, texts):
    return f"({', '.join(texts)})" if own.startswith("(") else ", ".join(texts)

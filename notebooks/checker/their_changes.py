"""The changes of a learner's own code, one at a time: what can stand in the place of a part of one of their lines."""

import ast
import itertools
import re

from checker.changes import COMPARED, SIGNS, Change

ALIKE = (  # functions and methods that are taken for each other
    ("sum", "mean", "max", "cumsum", "prod"),
    ("max", "maximum", "minimum"),
    ("exp", "log", "expm1", "log1p", "log2", "log10"),
    ("dot", "outer", "multiply"),
)
CONFUSED = {"+": "-*", "-": "+*", "*": "/@+", "/": "*", "@": "*"}
ROW_WISE = ("y", "Y", "P", "Z", "G_Z", "H", "A1", "M", "G_H", "G_A1", "X")
ONE_TOO_MANY = "{} is one too many"


class Changes:
    """The changes of one statement with a function in it, the nearest first.

    own are the names in the function, arguments of the learner's first; more the symbols that it could ask for too;
    N the number of examples of the learner's batch.
    """

    def __init__(self, piece, own, arguments, more, N, unknown=()):
        self.code, self.above, self.own, self.more, self.batch = piece.code, piece.above, own, more, N
        code, self.unknown = piece.code, unknown
        self.sizes = [size for name in arguments for size in (f"len({name})", f"{name}.shape[1]")]
        rows = [name for name in (*arguments, *own) if name in ROW_WISE]
        self.N = "N" if "N" in own or not rows else f"len({rows[0]})"
        whole = [node for node in ast.walk(code.tree) if isinstance(node, ast.FunctionDef)]
        lambdas = [node.body for node in ast.walk(code.tree) if isinstance(node, ast.Lambda)]
        inside = {child for node in whole for child in ast.walk(node) if isinstance(child, ast.stmt)} - {*whole}
        self.places = sorted(inside, key=lambda node: node.lineno) or lambdas
        kept = [self._lists(node) for node in self.places]
        self.arrays = [name for name in own if name not in {*itertools.chain(*kept)}]

    def phases(self, lines):
        """Return the changes of the code, in groups: those in these lines first, then the nearest of the others."""
        blamed = [place for place in self.places if place.lineno in lines]
        others = [place for place in self.places if place.lineno not in lines]
        others.sort(key=lambda place: not isinstance(place, ast.Return))
        near = self._near, self._stored, self._dropped, self._wrapped, self._with_own
        far = self._asked, self._with_asked
        groups = [[(blamed, rule) for rule in (*near, *far)]]
        groups += [[(others, rule)] for rule in near[:3]]
        groups += [[(self.places, self._moved)], *([(others, rule)] for rule in (*near[3:], *far))]
        return [self._of(group) for group in groups]

    def _of(self, group):
        for places, rule in group:
            for place in places:
                yield from filter(None, rule(place))

    def _each(self, place, rule):
        """Yield the changes that a rule, which yields words and texts, makes of a statement's own expressions."""
        fields = [place] if isinstance(place, ast.expr) else []
        for child in ast.iter_child_nodes(place) if not fields else ():
            if not isinstance(child, ast.stmt | ast.ExceptHandler):
                if isinstance(getattr(child, "ctx", ast.Load()), ast.Load) and isinstance(child, ast.expr):
                    fields.append(child)
                else:
                    fields += self.code.expressions(child)
        seen = set()
        for field in fields:
            for node in (field, *self.code.expressions(field)):
                if node not in seen and hasattr(node, "lineno"):
                    seen.add(node)
                    for words, new in rule(node):
                        yield self.code.with_text(node, new, words)

    def _near(self, place):
        yield from self._each(place, self._in_place_of)
        value = getattr(place, "value", None)
        if isinstance(place, ast.Assign) and isinstance(value, ast.Name | ast.Subscript | ast.Attribute):
            words = "two names of one array: what changes one changes the other, so copy first"
            yield self.code.with_text(value, f"{self.code.of(value)}.copy()", words)
        if isinstance(place, ast.Return) or isinstance(place, ast.expr):
            for node in (value, *getattr(value, "args", ())) if value is not None else ():
                if isinstance(node, ast.Name):
                    for other in self.own:
                        yield self.code.with_text(node, other, f"{node.id} is returned where {other} is asked for")

    def _in_place_of(self, node):
        """Yield what can stand in the place of an expression, in the function's own names."""
        code, own, N = self.code, self.code.of(node), self.N
        factor = isinstance(getattr(code.parent[node][0], "op", None), ast.Mult | ast.Div | ast.Pow)
        match node:
            case ast.Name(id=name) if name in self.arrays or name in self.unknown:
                yield from ((f"{own} stands where {other} belongs", other) for other in self.arrays if other != own)
                for other in self.arrays:
                    yield f"{own} is an index, and stands where an entry of {other} belongs", f"{other}[{own}]"
            case ast.Constant(value=bool(value)):
                yield f"{own} in the place of {not value}", str(not value)
            case ast.Constant(value=int(value)):
                is_N = f": {own} is the number of examples of one batch" if value == self.batch and value > 2 else ""
                sizes = [*self.sizes[::2], *self.sizes[1::2]] if value > 2 else []
                numbers = [] if factor else [*map(str, (0, 1, 2, -1, value + 1, value - 1, float(value))), *self.arrays]
                for other in dict.fromkeys([*sizes, *numbers]):
                    yield f"{own} in the place of {other}{is_N * ('len' in other or other == 'N')}", other
            case ast.Constant(value=float(value)):
                yield from ((f"{own} in the place of {new}", new) for new in (f"-{own}", f"1 / {own}"))
            case ast.Constant(value=str(value)) if "->" in value or "," in value:
                letters = sorted({*filter(str.isalpha, value)})
                for place, letter in enumerate(value):
                    for other in letters if letter.isalpha() else ():
                        yield f"{letter} in the place of {other}", f"{own[: place + 1]}{other}{own[place + 2 :]}"
            case ast.Attribute(attr="T", value=x):
                yield f"one transpose too many, that of {code.of(x)}", code.of(x)
            case ast.Attribute(attr="size", value=x):
                yield f"{own} counts all entries, not the examples", f"len({code.of(x)})"
            case ast.Attribute(attr=attr, value=x):
                for other in (other for group in ALIKE if attr in group for other in group if other != attr):
                    yield f"{attr} in the place of {other}", f"{code.atom(x)}.{other}"
            case ast.UnaryOp(operand=x, op=op):
                words = "the sign is flipped" if isinstance(op, ast.USub) else "the mask is inverted"
                yield words, code.of(x)
            case ast.BinOp(op=op) if type(op) in SIGNS:
                yield from self._operated(node)
            case ast.BinOp(op=ast.Pow(), left=left):
                yield ONE_TOO_MANY.format(own[len(code.of(left)) :].strip()), code.of(left)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARED:
                sign, a, b = COMPARED[type(op)], code.of(left), code.of(right)
                if isinstance(left, ast.BinOp) and type(left.op) in SIGNS:
                    x, inner = code.of(left.left), SIGNS[type(left.op)]
                    words = f"{inner} comes before {sign}: this is ({a}) {sign} {b}"
                    yield words, f"{x} {inner} ({code.of(left.right)} {sign} {b})"
                for other in COMPARED.values():
                    if other != sign:
                        words = {">=": "the mask is on at exactly 0: ", "<": "the mask is inverted: "}.get(sign, "")
                        yield f"{words * (other == '>')}{sign} in the place of {other}", f"{a} {other} {b}"
            case ast.Tuple(elts=[*elements]):
                texts = [code.of(element) for element in elements]
                for i, j in itertools.combinations(range(len(texts)), 2):
                    swapped = [*texts[:i], texts[j], *texts[i + 1 : j], texts[i], *texts[j + 1 :]]
                    yield f"{texts[i]} and {texts[j]} are swapped", self._tuple(own, swapped)
                if isinstance(code.parent[node][0], ast.Subscript) and len(texts) == 2:
                    words = "the entry of each row's own label is meant"
                    rows = f"np.arange({N})" if isinstance(elements[0], ast.Slice) else texts[0]
                    yield words, self._tuple(own, [rows, "y" if ":" in texts[0] else f"y[{texts[0]}]"])
                elif isinstance(code.parent[node][0], ast.Return):
                    yield from ((f"only {text} is asked for", text) for text in texts)
                    yield "Backward is missing", f"Backward({', '.join(texts)})"
            case ast.IfExp(test=test, body=one, orelse=other):
                yield "the two cases are swapped", f"{code.of(other)} if {code.of(test)} else {code.of(one)}"
            case ast.Subscript(value=x, slice=index):
                x, index = code.atom(x), code.of(index)
                yield ONE_TOO_MANY.format(f"[{index}]"), x
                if not re.search("[:,]", index):
                    yield f"{own} is a row, and a column is meant", f"{x}[:, {index}]"
                    yield f"{index} is a mask, and stands as an index", f"{x} * ({index})"
                elif index.startswith((":,", ": ,")):
                    yield f"{own} is a column, and a row is meant", f"{x}[{index.partition(',')[2].strip()}]"
                yield "the entry of each row's own label is meant", f"{x}[np.arange({N}), y]"
                yield "[:, None] is missing, which makes a column", f"{x}[:, None]"
            case ast.Call(args=[*args]):
                yield from self._called(node, code.of(node.func), [code.of(argument) for argument in args])

    @staticmethod
    def _tuple(own, texts):
        return f"({', '.join(texts)})" if own.startswith("(") else ", ".join(texts)

    def _operated(self, node):
        """Yield what can stand in the place of an operation."""
        code, own = self.code, SIGNS[type(node.op)]
        left, right, a, b = code.of(node.left), code.of(node.right), code.atom(node.left), code.atom(node.right)
        swapped = "the sign is flipped" if own == "-" else f"the two sides of {own} are in the wrong order"
        yield f"{swapped}: {left} and {right} are swapped", f"{b} {own} {a}"
        for sign in CONFUSED[own]:
            yield f"{own} in the place of {sign}", f"{code.left_of(sign, node.left)} {sign} {b}"
        words = "the brackets stand in the wrong place"
        for one, other, way in ((node.left, node.right, 0), (node.right, node.left, 1)):
            if isinstance(one, ast.BinOp) and type(one.op) in SIGNS:
                x, middle, inner = code.atom(one.left), code.atom(one.right), SIGNS[type(one.op)]
                a = code.left_of(own, node.left)
                yield words, f"({a} {own} {x}) {inner} {middle}" if way else f"{x} {inner} ({middle} {own} {b})"
                if not way:
                    yield (
                        f"{inner} {middle} comes before {own} {right}, and belongs after",
                        f"{x} {own} {b} {inner} {middle}"
                        if {own, inner} <= {*"*/@"}
                        else f"({x} {own} {b}) {inner} {middle}",
                    )
            if isinstance(one, ast.Call) and one.args:
                first, term = one.args[0], code.of(other)
                inside = f"{term} {own} {code.atom(first)}" if way else f"{code.of(first)} {own} {term}"
                whole, place = code.of(one), code.of(first)
                yield f"{term} comes after {code.of(one.func)}, and belongs inside", whole.replace(place, inside, 1)
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
                x, term = code.of(one.func.value), code.of(other)
                inside = f"({term} {own} {x})" if way else f"({x} {own} {term})"
                whole = inside + code.of(one)[len(code.of(one.func)) - len(one.func.attr) - 1 :]
                yield f"{term} comes after {one.func.attr}, and belongs before", whole
        if own in "@*":
            rows = [
                code.of(x.value) if isinstance(x, ast.Attribute) and x.attr == "T" else code.of(x)
                for x in (node.left, node.right)
            ]
            turned = ".T does nothing on a row: " * (".T" in left + right)
            yield f"{turned}np.outer is the product of two rows", f"np.outer({', '.join(rows)})"

    def _called(self, node, function, args):
        """Yield what can stand in the place of a call."""
        code, options = self.code, {option.arg: self.code.of(option.value) for option in node.keywords}
        x, method = (code.of(node.func.value), node.func.attr) if isinstance(node.func, ast.Attribute) else ("", "")
        module = method if x in ("np", "numpy") else ""

        def call(name, arguments, options):
            return f"{name}({', '.join([*arguments, *(f'{key}={value}' for key, value in options.items())])})"

        if None in options:
            return
        for other in (other for group in ALIKE if function in group for other in group if not method):
            for named in (other, f"np.{other}"):
                if named != function:
                    yield f"{function} in the place of {named}", call(named, args, options)
        if function == "range":
            yield from (
                (f"{code.of(node)} in the place of range({n})", f"range({n})") for n in (*args[-1:], *self.sizes)
            )
        for i, j in itertools.combinations(range(len(args)), 2):
            swapped = [*args[:i], args[j], *args[i + 1 : j], args[i], *args[j + 1 :]]
            yield f"{args[i]} and {args[j]} are swapped", call(function, swapped, options)
        if method in ("dot", "matmul", "inner") and len(args) == 2 and module:
            a, b = (
                code.of(each.value) if isinstance(each, ast.Attribute) and each.attr == "T" else code.of(each)
                for each in node.args
            )
            yield "np.outer is the product of two rows", f"np.outer({a}, {b})"
        if method and not module:
            yield ONE_TOO_MANY.format(code.of(node)[len(x) :]), x
        if args and method not in ("zeros", "ones"):
            whole = len(args) > 1 or options
            yield f"{code.of(node)} in the place of {args[0]}" if whole else ONE_TOO_MANY.format(function), args[0]
        if method == "reshape" or function == "reshape":
            whole = args[0] if module else x
            yield "reshape deals the numbers out anew, row by row: a transpose is meant", f"{whole}.T"
        if method in ALIKE[0] or function == "sum":
            yield from self._summed(function, args[:1] if module or not method else [], args, options, call)
        for key in options:
            rest = {other: value for other, value in options.items() if other != key}
            yield ONE_TOO_MANY.format(f"{key}={options[key]}"), call(function, args, rest)
        if method == "where" and len(args) == 3:
            yield "the mask is inverted", call(function, [args[0], args[2], args[1]], options)
        if function in ("np.maximum", "np.where") and len(args) > 1:
            yield f"{args[-1]} in the place of 0", call(function, [*args[:-1], "0"], options)

    @staticmethod
    def _summed(function, first, args, options, call):
        """Yield a sum over other axes."""
        had = options.get("axis", (args[len(first) :] or ["none"])[0])
        for axis, keep in itertools.product(("0", "1", "none"), (False, True)):
            new = {"axis": axis} if axis != "none" else {}
            new |= {"keepdims": "True"} if keep and new else {}
            if axis == had:
                words = "keepdims=True is missing" if keep else "keepdims=True keeps an axis that should go"
            else:
                words = f"summed over {_over(had)} instead of {_over(axis)}"
            yield words, call(function, first, new)

    def _dropped(self, place):
        """Yield operations with one side alone."""

        def sides(node):
            if isinstance(node, ast.BinOp) and type(node.op) in SIGNS:
                left, right, own = self.code.of(node.left), self.code.of(node.right), SIGNS[type(node.op)]
                yield ONE_TOO_MANY.format(f"{own} {right}"), left
                yield ONE_TOO_MANY.format(f"{left} {own}"), right

        yield from self._each(place, sides)

    def _wrapped(self, place):
        yield from self._each(place, self._with_around)

    def _with_around(self, node):
        """Yield what can be done to an expression."""
        if isinstance(node, ast.Slice | ast.Tuple | ast.Constant | ast.Lambda | ast.Starred | ast.GeneratorExp):
            return
        if isinstance(self.code.parent[node][0], ast.Call) and self.code.parent[node][1] == "func":
            return
        x, own, N = self.code.atom(node), self.code.of(node), self.N
        yield "the sign is flipped", f"-{x}"
        yield f"a transpose is missing, that of {own}", f"{x}.T"
        yield f"1/N is missing, in {own}", f"{self.code.left_of('/', node)} / {N}"
        yield f"[:, None] is missing, which makes a column of {own}", f"{x}[:, None]"
        for over in ("axis=0", "axis=1", "axis=1, keepdims=True", ""):
            yield f"a sum over {_over(over[5:6] or 'none')} is missing", f"{x}.sum({over})"
        yield f"1/N is in twice, or a mean stands in the place of a sum, in {own}", f"{x} * {N}"
        yield from ((f"np.{name} is missing", f"np.{name}({own})") for name in ("exp", "log"))
        yield "ReLU is missing", f"np.maximum({own}, 0)"
        yield "the entry of each row's own label is meant", f"{x}[np.arange({N}), y]"
        yield f"{own} is off by one", f"{x} + 1"
        yield f"{own} is off by one", f"{x} - 1"
        yield "the mask is inverted", f"~{x}"
        yield f"{own} > 0 is meant", f"{x} > 0"

    def _asked(self, place):
        """Yield what is right where another symbol stands, that the function can ask for."""

        def others(node):
            if isinstance(node, ast.Name) and node.id in self.own:
                yield from ((f"{node.id} stands where {other} belongs", other) for other in self.more)

        yield from self._each(place, others)

    def _with_own(self, place):
        kept = [f"{name}[:, 0]" for name in self.arrays if "keepdims" in self.code.text]
        yield from self._with_more(place, [*kept, *self.arrays])

    def _with_asked(self, place):
        yield from self._with_more(place, self.more)

    def _with_more(self, place, names):
        """Yield a value with one more factor or term."""
        code = self.code
        values = [node for node in (getattr(place, "value", None), place) if isinstance(node, ast.expr)][:1]
        for node in [node for value in values for node in code.expressions(value)]:
            if isinstance(node, ast.Name | ast.Subscript) or isinstance(code.parent[node][0], ast.Call):
                values.append(node)
        for node in dict.fromkeys(values):
            index = f"[{code.of(node.slice)}]" if isinstance(node, ast.Subscript) else ""
            for name, sign in itertools.product(
                [*(f"{name}{index}" for name in names), *(names if index else ())], "*+-/"
            ):
                if name != code.of(node):
                    words = "the mask is missing" if (name[:1], sign) == ("M", "*") else f"{sign} {name} is missing"
                    yield code.with_text(node, f"{code.left_of(sign, node)} {sign} {name}", words)

    def _stored(self, place):
        """Yield the changes of how a statement stores what it computes, and the code without it."""
        code, line = self.code, f"line {self.above + place.lineno}, {self.code.line(place.lineno)},"
        if not isinstance(place, ast.stmt):
            return
        start = code._span(place)[0]
        targets = getattr(place, "targets", None) or [getattr(place, "target", None)]
        if isinstance(place, ast.Assign | ast.AugAssign) and len(targets) == 1:
            begin, value = code._span(targets[0])[1], code._span(place.value)[0]
            now = code.bytes[begin:value].decode().strip(" (")
            opened = code.bytes[begin:value].decode().partition("=")[2].lstrip()
            for sign in ("=", "+=", "-=", "*=", "/="):
                if sign != now and not isinstance(targets[0], ast.Tuple):
                    words = "each turn overwrites what was there: " * ((now, sign) == ("=", "+="))
                    yield code.with_bytes(begin, value, f" {sign} {opened}", f"{words}{now} in the place of {sign}")
        last = place.end_lineno == place.lineno and len(self._block(place)) > 1
        if last and isinstance(place, ast.Assign | ast.AugAssign | ast.Expr):
            yield code.with_bytes(start, start, "# ", f"{line} is one too many")
        for node in [node for target in targets if target for node in ast.walk(target)]:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                for other in (*self.own, *self.unknown):
                    if other != node.id:
                        yield code.with_text(node, other, f"{node.id} is given what belongs to {other}")
            elif isinstance(node, ast.Tuple):
                yield from (code.with_text(node, new, words) for words, new in self._in_place_of(node))

    def _block(self, statement):
        parent, field = self.code.parent[statement]
        return getattr(parent, field)

    def _moved(self, place):
        """Yield the code with one line elsewhere, told in words: out of a loop, into one, or past its neighbour."""
        if not isinstance(place, ast.stmt) or place.end_lineno != place.lineno or len(self._block(place)) < 2:
            return
        lines, line = self.code.text.split("\n"), self.code.line(place.lineno)
        for other in self.places:
            if other is place:
                continue
            loop, spots = (
                isinstance(other, ast.For | ast.While),
                [("before", other.lineno - 1, other), ("after", other.end_lineno, other)],
            )
            if loop:
                spots += [
                    ("at the start of", other.lineno, other.body[0]),
                    ("at the end of", other.end_lineno, other.body[0]),
                ]
            for words, after, level in spots:
                if level is place:
                    continue
                moved = f"{' ' * level.col_offset}{line}"
                new = [*lines[:after], moved, *lines[after:]]
                del new[place.lineno - (after >= place.lineno)]
                there = (
                    f"{words} {'the loop in ' * loop}line {self.above + other.lineno}, {self.code.line(other.lineno)}"
                )
                told = f"line {self.above + place.lineno}, {line}, belongs {there}"
                yield Change(place.lineno, line, "", told, "\n".join(new))

    @staticmethod
    def _lists(statement):
        """Return the names that can hold a list after this: in another's place, it might be put into itself."""
        value = getattr(statement, "value", None)
        if not isinstance(statement, ast.Assign) or not isinstance(value, ast.List | ast.ListComp):
            return []
        return [node.id for target in statement.targets for node in ast.walk(target) if isinstance(node, ast.Name)]


def _over(axis):
    return {"0": "axis 0, the examples", "1": "axis 1", "none": "everything"}.get(axis, f"axis {axis}")

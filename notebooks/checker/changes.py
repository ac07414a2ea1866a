"""The changes of a learner's own code, one at a time: a name, an index, an axis, a line in or out of a loop."""

import ast
import builtins
import itertools
import re

from checker.edits import COMPARED, SIGNS

ALIKE = (  # functions and methods that are taken for each other
    ("sum", "mean", "max", "cumsum", "prod"),
    ("max", "maximum", "minimum"),
    ("exp", "log", "expm1", "log1p", "log2", "log10"),
    ("dot", "outer", "multiply"),
    ("argmax", "max"),
    ("softmax", "log_softmax"),
)


def changes(tree, symbols, outside):
    """Yield each change of a definition as a function that says it in words; the tree is changed back afterwards.

    The nearest come first: those in the function's own names, and what is seldom forgotten last. outside are the
    names that it finds outside itself.
    """
    nodes, own = [*ast.walk(tree)], [argument.arg for argument in tree.args.args]
    within = [name for name in names_in(tree) if name not in outside and not hasattr(builtins, name)]
    names = list(dict.fromkeys(own + within))
    lists = {name for node in nodes if isinstance(node, ast.Assign) for name in _names_of_lists(node)}
    arrays, more = [name for name in names if name not in lists], [name for name in symbols if name not in names]
    sizes = [size for name in own for size in (f"len({name})", f"{name}.shape[1]")] + [f"len({name})" for name in more]
    statements = [node for node in nodes if isinstance(node, ast.stmt) and node is not tree]
    places = [(statement, *place) for statement in statements for place in _places(statement)]
    returned = [place for place in places if isinstance(place[0], ast.Return)]
    values = [place for place in places if place[2] == "value" and isinstance(place[0], ast.Return | ast.Assign)]
    yield from _rewritten(places, lambda node: _near(node, arrays, sizes), more)
    yield from _rewritten(returned, lambda node: _in_place_of(node, names, names), more)
    yield from _renamed(statements, names)
    yield from _operations(tree)
    yield from _moves(tree)
    yield from _rewritten([place for place in places if place[2] != "func"], _wrapped, more)
    yield from _rewritten(places, lambda node: _in_place_of(node, names, more), more)
    yield from _rewritten(values, lambda node: _with_more(node, [*arrays, *more]), more)


def names_in(tree):
    """Return the names in a definition, but for its arguments."""
    own = {argument.arg for argument in ast.walk(tree) if isinstance(argument, ast.arg)}
    return list(dict.fromkeys(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id not in own))


def _in_place_of(node, names, others):
    """Return the others where a node is one of the names."""
    return others if isinstance(node, ast.Name) and node.id in names else ()


def _names_of_lists(assignment):
    """Return the names that can hold a list after this: in another's place, it might be put into itself."""
    value, targets = assignment.value, [node for target in assignment.targets for node in ast.walk(target)]
    is_list = isinstance(value, ast.Name) or (isinstance(value, ast.Call) and ast.unparse(value.func) == "list")
    if not isinstance(value, ast.Call):
        is_list = is_list or any(isinstance(node, ast.List | ast.ListComp) for node in ast.walk(value))
    return [node.id for node in targets if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)] * is_list


def _renamed(statements, names):
    """Yield the words of each change of the names that a statement gives to something."""
    for statement in statements:
        yours = _headline(statement)
        targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
        for node in [node for target in targets if target for node in ast.walk(target)]:
            if not isinstance(getattr(node, "ctx", None), ast.Store):
                continue
            if isinstance(node, ast.Name):
                own = node.id
                for other in names:
                    node.id = other
                    yield lambda: _in_words(statement, yours, statement)  # noqa: B023
                node.id = own
            elif isinstance(node, ast.Tuple):
                elements = node.elts
                for swapped in _swapped(elements):
                    node.elts = swapped
                    yield lambda: _in_words(statement, yours, statement)  # noqa: B023
                node.elts = elements


def _rewritten(places, rule, more):
    """Yield the words of each change that a rule makes of the expressions at these places."""
    for statement, holder, key, node in places:
        yours = _headline(statement)
        for text in rule(node):
            try:
                holder[key] = ast.parse(text, mode="eval").body
            except SyntaxError:
                continue
            yield lambda: _in_words(statement, yours, statement, more)  # noqa: B023
        holder[key] = node


def _in_words(statement, yours, changed, more=()):
    right = _headline(changed)
    told = [f"Look here: one change in line {statement.lineno} makes your function right."]
    told += [f"    yours: {yours}", f"    right: {right}"]
    needed = [symbol for symbol in more if symbol in re.findall(r"\w+", right)]
    return "\n".join([*told, *[f"It needs {' and '.join(needed)} among its arguments, too."] * bool(needed)])


def _headline(statement):
    """Return a statement's own line."""
    return ast.unparse(statement).partition("\n")[0]


def _places(parent):
    """Yield where each expression of a statement stands: what holds it, its key there, and itself."""
    for field, value in ast.iter_fields(parent):
        holder, keys = (value, range(len(value))) if isinstance(value, list) else (vars(parent), [field])
        for key in keys:
            child = holder[key]
            if isinstance(child, ast.expr):
                if isinstance(getattr(child, "ctx", ast.Load()), ast.Load):
                    yield holder, key, child
                yield from _places(child)
            elif isinstance(child, ast.keyword | ast.comprehension):
                yield from _places(child)


def _near(node, names, sizes):
    """Yield what can stand in the place of an expression, in the function's own names."""
    match node:
        case ast.Name(id=own) if own in names:
            yield from (other for other in names if other != own)
            yield from (f"{other}[{own}]" for other in names)
        case ast.Constant(value=bool(value)):
            yield str(not value)
        case ast.Constant(value=int(value)):
            yield from dict.fromkeys(map(str, (0, 1, 2, -1, value + 1, value - 1, float(value))))
            yield from names
        case ast.Constant(value=str(value)) if "->" in value:
            letters = sorted({*filter(str.isalpha, value)})
            for place, own in enumerate(value):
                if own.isalpha():
                    yield from (repr(value[:place] + other + value[place + 1 :]) for other in letters if other != own)
        case ast.Attribute(attr="T", value=x):
            yield ast.unparse(x)
        case ast.Attribute(attr=own, value=x):
            yield from (f"{ast.unparse(x)}.{other}" for group in ALIKE if own in group for other in group)
        case ast.UnaryOp(operand=x):
            yield ast.unparse(x)
        case ast.BinOp(left=left, right=right, op=op):
            a, b = f"({ast.unparse(left)})", f"({ast.unparse(right)})"
            yield from (a, b, *(f"{a} {sign} {b}" for sign in SIGNS.values()), f"{b} {SIGNS.get(type(op), '+')} {a}")
            if isinstance(left, ast.BinOp):
                inner = SIGNS.get(type(left.op), "+"), SIGNS.get(type(op), "+")
                yield f"({ast.unparse(left.left)}) {inner[0]} (({ast.unparse(left.right)}) {inner[1]} {b})"
        case ast.Compare(left=left, comparators=[right]):
            yield from (f"{ast.unparse(left)} {sign} {ast.unparse(right)}" for sign in COMPARED.values())
        case ast.Tuple(elts=[*elements]):
            texts = [ast.unparse(element) for element in elements]
            yield from (f"({', '.join(swapped)},)" for swapped in _swapped(texts))
        case ast.IfExp(test=test, body=one, orelse=other):
            yield f"{ast.unparse(other)} if {ast.unparse(test)} else {ast.unparse(one)}"
        case ast.Subscript(value=x, slice=index):
            x = ast.unparse(x)
            yield x
            if isinstance(index, ast.Tuple) and len(index.elts) == 2:
                yield f"{x}[{ast.unparse(index.elts[1])}, {ast.unparse(index.elts[0])}]"
            yield f"{x}[:, {ast.unparse(index)}]"
            yield from (f"{x}[np.arange(N), y]", f"{x}[:, None]", f"{x} * ({ast.unparse(index)})")
        case ast.Slice(lower=lower, upper=upper):
            yield from (ast.unparse(end) for end in (lower, upper) if end)
        case ast.Call(func=function, args=args):
            yield from _another_call(node, ast.unparse(function), [ast.unparse(argument) for argument in args], sizes)


def _swapped(items):
    """Yield a list with two of its items swapped, for each two."""
    for i, j in itertools.combinations(range(len(items)), 2):
        yield [*items[:i], items[j], *items[i + 1 : j], items[i], *items[j + 1 :]]


def _another_call(node, function, args, sizes):
    """Yield what can stand in the place of a call."""
    options = {option.arg: ast.unparse(option.value) for option in node.keywords}
    x, method = (ast.unparse(node.func.value), node.func.attr) if isinstance(node.func, ast.Attribute) else ("", "")

    def call(name, arguments, options):
        return f"{name}({', '.join([*arguments, *(f'{key}={value}' for key, value in options.items())])})"

    if not method:
        others = [other for group in ALIKE if function in group for other in group]
        yield from (call(f"{module}{other}", args, options) for other in others for module in ("", "np."))
    if function == "range":
        yield from (f"range({size})" for size in (*args[-1:], *sizes))
    if len(args) > 1:
        yield call(function, [*args[:-2], args[-1], args[-2]], options)
    if method and not args:
        yield x
    yield from args[:1]
    if method == "reshape":
        whole = args[0] if x == "np" else x
        yield from (whole, f"{whole}.T")
    for key in options:
        yield call(function, args, {other: value for other, value in options.items() if other != key})
    if method in ALIKE[0]:
        yield from (call(function, args[:1], options | {"axis": axis}) for axis in (0, 1))
        yield from (call(function, args[:1], options | {"axis": axis, "keepdims": True}) for axis in (0, 1))
        yield call(function, args, options | {"keepdims": True})
    if method == "where" and len(args) == 3:
        yield call(function, [args[0], args[2], args[1]], options)


def _wrapped(node):
    """Yield what can be done to an expression."""
    if isinstance(node, ast.expr) and not isinstance(node, ast.Slice | ast.Tuple | ast.Constant):
        x = f"({ast.unparse(node)})"
        yield from (f"-{x}", f"{x}.T", f"{x}[:, None]", f"{x} / N", f"{x} * N", f"{x} + 1", f"{x} - 1", f"~{x}")
        yield from (f"{x}.{method}" for method in ("sum(axis=0)", "sum(axis=1)", "sum(axis=1, keepdims=True)", "sum()"))
        yield from (f"np.{function}({x})" for function in ("exp", "log"))
        yield from (f"{x}.astype(float)", f"{x}[np.arange(N), y]", f"{x} > 0", f"np.maximum({x}, 0)")


def _with_more(node, symbols):
    """Yield an expression with one more factor or term."""
    x = f"({ast.unparse(node)})"
    yield from (f"{x} {sign} {symbol}" for symbol in symbols for sign in ("*", "-", "+", "/", "@"))


def _operations(tree):
    """Yield the words of each change of how a statement stores what it computes."""
    for body, place, statement in _blocks(tree):
        yours = _headline(statement)
        match statement:
            case ast.AugAssign(target=target, value=value, op=own):
                others = [ast.AugAssign(target, op(), value) for op in SIGNS if op is not type(own)]
                others.append(ast.Assign([target], value))
            case ast.Assign(targets=[target], value=value) if not isinstance(target, ast.Tuple):
                others = [ast.AugAssign(target, op(), value) for op in (ast.Add, ast.Sub)]
            case _:
                continue
        for other in others:
            body[place] = ast.copy_location(other, statement)
            yield lambda: _in_words(statement, yours, other)  # noqa: B023
        body[place] = statement


def _blocks(parent):
    """Yield each statement below a statement: the block that holds it, its place there, and itself."""
    for field in ("body", "orelse"):
        block = getattr(parent, field, [])
        for place, statement in enumerate([*block] if isinstance(block, list) else []):
            yield block, place, statement
            yield from _blocks(statement)


def _moves(tree):
    """Yield the words of each move of one line: out of a loop, into one, past its neighbour; or away."""
    everything = [*_blocks(tree)]
    for block, place, statement in everything:
        if len(block) > 1:
            del block[place]
            line = f"line {statement.lineno}, {_headline(statement)},"
            yield lambda: f"Look here: {line} is one too many."  # noqa: B023
            for other, spot, target, words in _spots(everything, statement):
                other.insert(spot, statement)
                yield lambda: f"Look here: {line} belongs {words}line {target.lineno}, {_headline(target)}"  # noqa: B023
                del other[spot]
            block.insert(place, statement)


def _spots(everything, statement):
    """Yield where else a statement can stand: a block, its place there, the line that it is told by, and the words."""
    inside = {id(node) for node in ast.walk(statement)}
    for block, _, other in everything:
        place = next((n for n, there in enumerate(block) if there is other), None)
        if id(other) in inside or place is None:
            continue
        loop = "the loop in " if isinstance(other, ast.For) else ""
        yield block, place, other, f"before {loop}"
        yield block, place + 1, other, f"after {loop}"
        if loop:
            yield other.body, 0, other, f"at the start of {loop}"
            yield other.body, len(other.body), other, f"at the end of {loop}"

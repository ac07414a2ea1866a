"""A text of code, ours or theirs, and the changes of it: an expression in it is given another text."""

import ast
import re
from typing import NamedTuple

SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@"}
COMPARED = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!="}
BINDS = {"+": 2, "-": 2, "*": 3, "/": 3, "@": 3}
ATOMS = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant, ast.List, ast.ListComp, ast.Dict, ast.Tuple)


class Change(NamedTuple):
    """A line of a text as it stands and as it should read, what that changes in words, and the whole text with it."""

    line: int
    yours: str
    right: str
    words: str
    text: str


class Code:
    """A text and its syntax tree: what stands where, and what the text is with something else there."""

    def __init__(self, text):
        self.text, self.bytes, self.tree = text, text.encode(), ast.parse(text)
        self.starts = [0, *(found.end() for found in re.finditer(rb"\n", self.bytes))]
        self.parent = {
            child: (node, field)
            for node in ast.walk(self.tree)
            for field, value in ast.iter_fields(node)
            for child in (value if isinstance(value, list) else [value])
            if isinstance(child, ast.AST)
        }

    def of(self, node):
        """Return the text of a node."""
        return self.bytes[slice(*self.span(node))].decode()

    def atom(self, node):
        """Return the text of a node so that .T, [i] or a sign can stand beside it."""
        return self.of(node) if isinstance(node, ATOMS) else f"({self.of(node)})"

    def left_of(self, sign, node):
        """Return the text of a node so that it can stand to the left of an operator."""
        return f"({self.of(node)})" if strength(node) < BINDS[sign] else self.of(node)

    def expressions(self, within, skipped=()):
        """Yield each expression computed within a node, the outer before the inner; not those in skipped fields."""
        for field, value in ast.iter_fields(within):
            for child in value if isinstance(value, list) else [value]:
                if field in skipped or not isinstance(child, ast.AST):
                    continue
                computed = isinstance(child, ast.expr) and isinstance(getattr(child, "ctx", ast.Load()), ast.Load)
                if computed and not isinstance(within, ast.Call) * (field == "func"):
                    yield child
                yield from self.expressions(child, skipped)

    def with_text(self, node, new, words=""):
        """Return the Change that puts a new text in the place of a node, in brackets where they are needed."""
        start, end = self.span(node)
        try:
            parsed = ast.parse(new, mode="eval").body if isinstance(node, ast.expr) else None
        except SyntaxError:
            parsed = None  # a part of an index, or no expression at all: what comes of it is parsed
        opened, closed = self.bytes[:start].rstrip(b" "), self.bytes[end:].lstrip(b" ")
        parent, field = self.parent[node]
        grouped = opened.endswith(b"(") and closed.startswith(b")") and not isinstance(parent, ast.Call | ast.arguments)
        grouped = grouped or (isinstance(parent, ast.Call) and field == "func" and opened.endswith(b"("))
        if grouped and isinstance(parsed, ATOMS) and not new.startswith("-"):
            start, end = len(opened) - 1, len(self.bytes) - len(closed) + 1
        elif parsed is not None and not grouped and binds_less(parsed, parent, field):
            new = f"({new})"
        return self.with_bytes(start, end, new, words)

    def with_bytes(self, start, end, new, words=""):
        """Return the Change that puts a text between two places; None where more than one line would change."""
        if b"\n" in self.bytes[start:end] or "\n" in new:
            return None
        text = (self.bytes[:start] + new.encode() + self.bytes[end:]).decode()
        line = self.bytes[:start].count(b"\n")
        return Change(line + 1, self.line(line + 1), text.split("\n")[line].strip(), words, text)

    def line(self, number):
        """Return a line of the text, from 1, as it stands but for its indent."""
        return self.text.split("\n")[number - 1].strip()

    def span(self, node):
        if isinstance(node, ast.Tuple | ast.Slice) and not hasattr(node, "lineno"):
            raise ValueError(node)
        return (
            self.starts[node.lineno - 1] + node.col_offset,
            self.starts[node.end_lineno - 1] + node.end_col_offset,
        )


def binds_less(node, parent, field):
    """Whether an expression needs brackets to stand there."""
    if isinstance(node, ATOMS) and not (isinstance(node, ast.Constant) and isinstance(parent, ast.Attribute)):
        return False
    if isinstance(parent, ast.BinOp):
        return strength(node) + (field == "left") * 0.5 <= strength(parent)
    if isinstance(parent, ast.Compare):
        return strength(node) <= 1
    return isinstance(parent, ast.UnaryOp | ast.Starred) or (
        isinstance(parent, ast.Attribute | ast.Subscript | ast.Call) and field in ("value", "func")
    )


def strength(node):
    """Return how strongly an expression's operator binds."""
    match node:
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            return 2
        case ast.BinOp(op=ast.Mult() | ast.Div() | ast.MatMult() | ast.FloorDiv() | ast.Mod()):
            return 3
        case ast.UnaryOp(op=ast.USub() | ast.Invert()):
            return 4
        case ast.BinOp(op=ast.Pow()):
            return 5
        case ast.BinOp():
            return 1.5
    return 6 if isinstance(node, ATOMS) else 1

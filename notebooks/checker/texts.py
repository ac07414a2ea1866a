"""A text of code, ours or theirs, and the changes of it: an expression in it is given another text."""

import ast
import re
from typing import NamedTuple

STATEMENTS = (ast.stmt, ast.excepthandler)
OPEN, CLOSE = "\ue000\ue001"  # brackets that a change puts in, needed or not
BRACKETS = str.maketrans(OPEN + CLOSE, "()")


class Change(NamedTuple):
    """A line of a text, how it should read, what that changes in words, and the whole text with it."""

    line: int
    right: str
    words: str
    text: str


class Code:
    """A text and its syntax tree: what stands where, and what the text is with something else there."""

    def __init__(self, text):
        self.text, self.bytes, self.tree = text, text.encode(), ast.parse(text)
        self.starts = [0, *(found.end() for found in re.finditer(rb"\n", self.bytes))]
        self.parent = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def of(self, node):
        """Return the text of a node."""
        return self.bytes[slice(*self.span(node))].decode()

    def expressions(self, within, skipped=()):
        """Yield each expression within a node, but for its statements and skipped fields, the outer first."""
        for field, value in ast.iter_fields(within):
            for child in value if isinstance(value, list) else [value]:
                if field in skipped or not isinstance(child, ast.AST) or isinstance(child, STATEMENTS):
                    continue
                if isinstance(child, ast.expr) and not isinstance(within, ast.Call) * (field == "func"):
                    yield child
                yield from self.expressions(child, skipped)

    def with_text(self, node, new, words=""):
        """Return the Change that puts a new text in the place of a node, and of the brackets around it."""
        start, end = self.span(node)
        if isinstance(node, ast.Tuple):
            return self.with_bytes(start, end, new, words)
        if self.bytes[start - 1 : start] + self.bytes[end : end + 1] == b"()":
            return self.with_bytes(start - 1, end + 1, OPEN + new + CLOSE, words)
        return self.with_bytes(start, end, bracketed(new), words)

    def with_bytes(self, start, end, new, words=""):
        """Return the Change that puts a text between two places; None where more than one line would change."""
        if b"\n" in self.bytes[start:end] or "\n" in new:
            return None
        text = (self.bytes[:start] + new.encode() + self.bytes[end:]).decode()
        line = self.bytes[:start].count(b"\n")
        return Change(line + 1, text.split("\n")[line].strip(), words, text)

    def line(self, number):
        """Return a line of the text, from 1, as it stands but for its indent."""
        return self.text.split("\n")[number - 1].strip()

    def span(self, node):
        """Return where the text of a node begins and ends, in bytes."""
        begin, end = self.starts[node.lineno - 1], self.starts[node.end_lineno - 1]
        return begin + node.col_offset, end + node.end_col_offset


def bracketed(text):
    """Return a text so that it can stand anywhere in an expression."""
    return text if text.isidentifier() else f"{OPEN}{text}{CLOSE}"


def tidied(text):
    """Return a text with only those of the brackets put in that it needs."""
    meaning = _meaning(text)
    while OPEN in text:
        start = text.rindex(OPEN)  # of the innermost
        end = text.index(CLOSE, start)
        before, inner, after = text[:start], text[start + 1 : end], text[end + 1 :]
        without = before + inner + after
        text = without if _meaning(without) == meaning else f"{before}({inner}){after}"
    return text


def _meaning(text):
    try:
        return ast.dump(ast.parse(text.translate(BRACKETS)))
    except SyntaxError:
        return None

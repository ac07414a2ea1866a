"""A few lines of text, facts in a table, and how a number is said."""

from html import escape

import ipywidgets as widgets


class Said:
    """All that is said in one place, in one widget: a page hears of it in one message."""

    def __init__(self):
        self.parts, self.widget = {}, widgets.HTML()

    def add(self, part, name=""):
        """Let a part be said here, with a class of the page; return the part."""
        self.parts[part], part.said_in = name, self
        return part

    def show(self):
        self.widget.value = "".join(f"<div class='{name}'>{part.html}</div>" for part, name in self.parts.items())


class Part:
    """What is said, as `.html`; it is shown where it was added."""

    html = ""

    def put(self, html):
        self.html = html
        self.said_in.show()


class Words(Part):
    """A few lines of text; `.lines` is what it says."""

    lines = ()

    def show(self, lines):
        self.lines = list(lines)
        self.put("".join(f"<p>{escape(line)}</p>" for line in self.lines))


class Count(Part):
    """How many changes have been shown: the page sees that one has come whole."""

    changes = 0

    def add(self):
        self.changes += 1
        self.put(f"<i data-changes={self.changes}></i>")


class Sum(Words):
    """One number's equation, in which each number that is an entry can be taken; `.entry` is whose it is."""

    def show(self, entry, factors):
        """entry is (symbol, row, column); factors are pieces of text, each with its entry, or None."""
        self.entry, self.lines = entry, ["".join(text for text, _ in factors)]
        parts = [
            escape(text) if of is None else f'<b data-touch="{escape(_words(of))}">{escape(text)}</b>'
            for text, of in factors
        ]
        self.put(f'<p class=bp-sum data-entry="{escape(_words(entry))}">{"".join(parts)}</p>')


def _words(entry):
    return "entry " + " ".join(map(str, entry))


class Facts(Part):
    """A table of names and what is true of them; `.rows` is what it says."""

    def __init__(self, caption):
        self.caption, self.rows = caption, {}

    def show(self, rows):
        self.rows = dict(rows)
        body = "".join(f"<tr><th scope=row>{escape(name)}<td>{escape(fact)}" for name, fact in self.rows.items())
        self.put(f"<table class=bp-facts><caption><b>{escape(self.caption)}</b></caption>{body}</table>")


def zero(size):
    """Say a size that should be 0, but for rounding."""
    return "0" if size < 1e-12 else f"{size:.1e}"


def spelled(terms):
    """Write a sum out, if it is short."""
    return " ".join(f"{term:+z.3f}" for term in terms) if len(terms) <= 6 else f"{len(terms)} terms"

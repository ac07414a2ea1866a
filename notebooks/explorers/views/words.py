"""A few lines of text, facts in a table, and how a number is said."""

from html import escape

import ipywidgets as widgets


class Words:
    """A few lines of text; `.lines` is what it says."""

    def __init__(self):
        self.lines = []
        self.widget = widgets.HTML()

    def classed(self, name):
        """Give the widget a class of the page."""
        self.widget.add_class(name)
        return self

    def show(self, lines):
        self.lines = list(lines)
        self.widget.value = "".join(f"<p>{escape(line)}</p>" for line in self.lines)


class Sum(Words):
    """One number's equation, in which each number that is an entry can be taken; `.entry` is whose it is."""

    def show(self, entry, factors):
        """entry is (symbol, row, column); factors are pieces of text, each with its entry, or None."""
        self.entry, self.lines = entry, ["".join(text for text, _ in factors)]
        parts = [
            escape(text) if of is None else f'<b data-touch="{escape(_words(of))}">{escape(text)}</b>'
            for text, of in factors
        ]
        self.widget.value = f'<p class=bp-sum data-entry="{escape(_words(entry))}">{"".join(parts)}</p>'


def _words(entry):
    return "entry " + " ".join(map(str, entry))


class Facts:
    """A table of names and what is true of them; `.rows` is what it says."""

    def __init__(self, caption):
        self.caption, self.rows = caption, {}
        self.widget = widgets.HTML()

    def show(self, rows):
        self.rows = dict(rows)
        body = "".join(f"<tr><th scope=row>{escape(name)}<td>{escape(fact)}" for name, fact in self.rows.items())
        self.widget.value = f"<table class=bp-facts><caption><b>{escape(self.caption)}</b></caption>{body}</table>"


def zero(size):
    """Say a size that should be 0, but for rounding."""
    return "0" if size < 1e-12 else f"{size:.1e}"


def spelled(terms):
    """Write a sum out, if it is short."""
    return " ".join(f"{term:+z.3f}" for term in terms) if len(terms) <= 6 else f"{len(terms)} terms"

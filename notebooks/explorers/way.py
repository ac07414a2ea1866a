"""The way from X to the loss and back: what stands on it, and a still picture of where you are."""

from checker.symbols import made_from
from explorers.saved import snapshot
from explorers.views.diagram import Diagram

# Each symbol's column and row. Parameters come in from above; below a value stands its gradient, and hang its leaves.
PLACES = {
    "W1": (0.58, 0),
    "b1": (1.42, 0),
    "W2": (2.58, 0),
    "b2": (3.42, 0),
    "X": (0, 1.1),
    "A1": (1, 1.1),
    "H": (2, 1.1),
    "Z": (3, 1.1),
    "P": (4, 1.1),
    "L": (5, 1.1),
    "M": (1.5, 1.9),
    "G_X": (0, 2.7),
    "G_A1": (1, 2.7),
    "G_H": (2, 2.7),
    "G_Z": (3, 2.7),
    "Y": (5, 2.7),
    "G_W1": (0.58, 3.8),
    "G_b1": (1.42, 3.8),
    "G_W2": (2.58, 3.8),
    "G_b2": (3.42, 3.8),
}
BENDS = {  # what would run through a box goes around it
    ("W2", "G_H"): [(2.5, 1.1)],
    ("H", "G_W2"): [(2.5, 2.7)],
    ("W1", "G_X"): [(0.5, 1.1)],
    ("X", "G_W1"): [(0.5, 2.7)],
}


def _kind(source, to):
    """A value is made of values, a gradient of a gradient; what else a gradient needs is used once more."""
    if not to.startswith("G_"):
        return "forward"
    return "back" if source.startswith("G_") or to == "G_Z" else "used"


def way(scale, **size):
    """Make the picture of what each symbol is made from."""
    sources = {symbol: made_from("loss" if symbol == "L" else symbol) for symbol in PLACES}
    sources |= {"Y": [], "L": [*sources["L"], "Y"]}
    pairs = [(source, symbol) for symbol, made in sources.items() for source in made]
    arrows = [(_kind(*pair), *pair, BENDS.get(pair, [])) for pair in pairs]
    return Diagram(PLACES, arrows, scale, **size)


class WhereWeAre:
    """The way there and back without a hand: a picture, and the same in words."""

    def __init__(self, symbols):
        for symbol in symbols:
            if symbol not in PLACES:
                raise ValueError(f"symbols: expected some of {', '.join(PLACES)}, got {symbol!r}")
        self.symbols = symbols

    def __repr__(self):
        return f"The way from X to the loss L, and the gradients on the way back. Here: {', '.join(self.symbols)}."

    def _repr_svg_(self):
        drawn = way(scale=1)
        drawn.show(repr(self), self.symbols, {})
        return snapshot([(0, 0, drawn.width, drawn.height, drawn.content)], repr(self))


def where_we_are(*symbols):
    """Show the way X → A1 → H → Z → P → L and the way back, with some of its symbols marked.

    Raises ValueError for a symbol that is not on it. Derivation, section 5.
    """
    return WhereWeAre(symbols)

"""The way from X to the loss and back: what stands on it, and a still picture of where you are."""

from explorers.saved import snapshot
from explorers.views.strip import Strip

WAY = [  # values, and below them their gradients
    (["X"], ["G_X"]),
    (["W1", "b1"], ["G_W1", "G_b1"]),
    (["A1"], ["G_A1"]),
    (["H"], ["G_H"]),
    (["W2", "b2"], ["G_W2", "G_b2"]),
    (["Z"], ["G_Z"]),
    (["P"], []),
    (["L"], []),
]


class WhereWeAre:
    """The strip of backprop_explorer without a hand: a picture, and the same in words."""

    def __init__(self, symbols):
        on_the_way = [symbol for above, below in WAY for symbol in above + below]
        for symbol in symbols:
            if symbol not in on_the_way:
                raise ValueError(f"symbols: expected some of {', '.join(on_the_way)}, got {symbol!r}")
        self.symbols = symbols

    def __repr__(self):
        return f"The way from X to the loss L, and the gradients on the way back. Here: {', '.join(self.symbols)}."

    def _repr_svg_(self):
        strip = Strip(WAY, scale=1)
        strip.show(repr(self), self.symbols, {})
        return snapshot([strip], repr(self))


def where_we_are(*symbols):
    """Show the way X → A1 → H → Z → P → L and the way back, with some of its symbols marked.

    Raises ValueError for a symbol that is not on it. Derivation, section 5.
    """
    return WhereWeAre(symbols)

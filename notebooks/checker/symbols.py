"""What is known of each symbol, once: its equation, its line of code, its axes, and the entries it is made from."""

import re
from typing import NamedTuple

from mlp_helpers import Backward


class Symbol(NamedTuple):
    """A symbol of the derivation.

    equation is its right-hand side as a person writes it, code the same in Python, both empty of what is given. rows
    and columns say what its axes count; a vector is its one row. made_of are the entries that an entry is made from:
    each a symbol, with the rows and the columns that are meant: "row" and "column" stand for the entry's own, 0 for a
    vector's one row, and any other letter for all: it is the index of a sum. form is how an entry is made of them where
    it is no sum, each # one of them in turn. section is the derivation's.
    """

    equation: str
    code: str
    rows: str
    columns: str
    made_of: str
    section: int
    form: str = ""

    @property
    def sources(self):
        """The entries in made_of, each a symbol, its rows and its columns."""
        entries = re.findall(r"(\w+)\[(\w+), (\w+)\]", self.made_of)
        return tuple(tuple(0 if part == "0" else part for part in entry) for entry in entries)


SYMBOLS = {
    "X": Symbol("", "", "example", "input", "", 0),
    "y": Symbol("", "", "row", "example", "", 0),
    "Y": Symbol("", "", "example", "class", "y[0, row]", 1, "1[# = {column}]"),
    "W1": Symbol("", "", "unit", "input", "", 0),
    "b1": Symbol("", "", "row", "unit", "", 0),
    "W2": Symbol("", "", "class", "unit", "", 0),
    "b2": Symbol("", "", "row", "class", "", 0),
    "A1": Symbol("X W1ᵀ + b1", "X @ W1.T + b1", "example", "unit", "X[row, d] W1[column, d] b1[0, column]", 0),
    "H": Symbol("ReLU(A1)", "np.maximum(A1, 0)", "example", "unit", "A1[row, column]", 0, "max(#, 0)"),
    "Z": Symbol("H W2ᵀ + b2", "H @ W2.T + b2", "example", "class", "H[row, j] W2[column, j] b2[0, column]", 0),
    "P": Symbol("softmax(Z)", "softmax(Z)", "example", "class", "Z[row, c]", 1),
    "loss": Symbol("−(1/N) Σᵢ log P[i, yᵢ]", "cross_entropy(Z, y)", "row", "row", "P[i, y_i]", 1),
    "G_Z": Symbol(
        "(P − Y) / N", "(P - Y) / N", "example", "class", "P[row, column] Y[row, column]", 1, "(# − #) / {N}"
    ),
    "G_W2": Symbol("G_Zᵀ H", "G_Z.T @ H", "class", "unit", "G_Z[i, row] H[i, column]", 2),
    "G_b2": Symbol("Σᵢ G_Z", "G_Z.sum(axis=0)", "sum", "class", "G_Z[i, column]", 2),
    "G_H": Symbol("G_Z W2", "G_Z @ W2", "example", "unit", "G_Z[row, k] W2[k, column]", 2),
    "M": Symbol("1[A1 > 0]", "A1 > 0", "example", "unit", "A1[row, column]", 3, "1[# > 0]"),
    "G_A1": Symbol("G_H ⊙ M", "G_H * M", "example", "unit", "G_H[row, column] M[row, column]", 3, "# · #"),
    "G_W1": Symbol("G_A1ᵀ X", "G_A1.T @ X", "unit", "input", "G_A1[i, row] X[i, column]", 4),
    "G_b1": Symbol("Σᵢ G_A1", "G_A1.sum(axis=0)", "sum", "unit", "G_A1[i, column]", 4),
    "G_X": Symbol("G_A1 W1", "G_A1 @ W1", "example", "input", "G_A1[row, j] W1[j, column]", 4),
}
STEPS = ("P", *(name for name in Backward._fields if name != "M"))  # the nine of the derivation's summary


def made_from(symbol):
    """Return the symbols that one is made from."""
    return [name for name, *_ in SYMBOLS[symbol].sources]

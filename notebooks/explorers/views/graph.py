"""The network as a graph of nodes and edges."""

from functools import cache

import numpy as np
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import text_to_path
from matplotlib.transforms import IdentityTransform

from explorers.views.colors import DIM, INK, LIT, NEGATIVE, POSITIVE
from explorers.views.picture import Picture


@cache
def _letter(letter, size):
    """The outline of a letter, as vertices and codes in points, and how far from its left end the next one begins."""
    font = FontProperties(size=size)
    vertices, codes = text_to_path.get_text_path(font, letter)
    width, _, _ = text_to_path.get_text_width_height_descent(letter, font, ismath=False)
    return np.reshape(vertices, (-1, 2)) * size / text_to_path.FONT_SCALE, codes, width


def _outline(text, size, anchor=0.5, up=0.0):
    """A line of text as one path in points: its left end at 0 for anchor 0, its right end for 1, its middle at up."""
    vertices, codes, widths = zip(*(_letter(letter, size) for letter in text), strict=True)
    starts = np.cumsum((0, *widths[:-1])) - anchor * sum(widths)
    moved = [outline + np.array([start, up - 0.36 * size]) for outline, start in zip(vertices, starts, strict=True)]
    return Path(np.concatenate(moved), np.concatenate(codes))


def _writing(outlines, places, axes):
    """Lines of text at places (n, 2) as one artist: Matplotlib's texts would take longer to draw than all the rest."""
    return axes.add_collection(
        PathCollection(
            outlines,
            sizes=[1],
            offsets=places,
            offset_transform=axes.transData,
            transform=IdentityTransform(),
            facecolors=INK,
            linewidths=0,
            zorder=3,
        )
    )


class Network(Picture):
    """The network as a graph: edges by sign and size of their weight, hidden nodes lit or dim, numbers at the nodes."""

    def __init__(self, n_hidden, scale, width=400, height=350):
        super().__init__(width, height, scale)
        axes = self.axes = self.figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(-0.7, 2.75)
        axes.set_ylim(-0.6, n_hidden + 0.3)
        middle = (n_hidden - 1) / 2
        pair = [middle + n_hidden / 5, middle - n_hidden / 5]
        self._inputs, self._outputs = [(0, up) for up in pair], [(2, up) for up in pair]
        self._hidden = [(1, n_hidden - 1 - unit) for unit in range(n_hidden)]
        self._edges = np.array(
            [(a, h) for h in self._hidden for a in self._inputs] + [(h, z) for z in self._outputs for h in self._hidden]
        )
        self.edges = self.move(axes.add_collection(LineCollection([])))
        x, up = np.array(self._inputs + self._hidden + self._outputs).T
        self.nodes = self.move(axes.scatter(x, up, s=130, edgecolors=INK, linewidths=1, zorder=2))
        self.move(_writing([_outline(str(unit), 7) for unit in range(n_hidden)], self._hidden, axes))
        beside = [(-0.08, up) for up in pair] + [(2.08, up) for up in np.repeat(pair, 2)]
        self.labels = self.move(_writing([], beside, axes))
        for x, title in ((0, "x"), (1, "h = ReLU(a1)"), (2, "z → p")):
            axes.text(x, n_hidden - 0.35, title, fontsize=9, color=INK, ha="center")

    def show(self, alt, x, h, z, p, W1, W2, unit):
        weights = np.concatenate([W1.ravel(), W2.ravel()])
        units = np.arange(len(h))
        of_unit, lit = (np.concatenate([np.repeat(which, 2), which, which]) for which in (units == unit, h > 0))
        drawn = of_unit | lit
        self.edges.set_segments(self._edges[drawn])
        colors = np.where(weights[:, None] < 0, to_rgb(NEGATIVE), to_rgb(POSITIVE))
        self.edges.set_color(np.column_stack([colors, np.where(of_unit, 1, 0.55)])[drawn])
        self.edges.set_linestyle(np.where(weights < 0, "--", "-")[drawn].tolist())
        self.edges.set_linewidths((0.4 + np.minimum(np.abs(weights), 3) + of_unit)[drawn])
        faces = ["white", "white", *np.where(h > 0, LIT, DIM), "white", "white"]
        self.nodes.set_facecolor(faces)
        self.nodes.set_linewidths([1, 1, *np.where(units == unit, 2.5, np.where(h > 0, 1, 0.3)), 1, 1])
        self.labels.set_paths(
            [_outline(f"x{axis + 1} = {x[axis]:z.2f}", 9, anchor=1) for axis in range(2)]
            + [
                _outline(f"{name}{k} = {numbers[k]:z.2f}", 9, 0, up)
                for k in range(2)
                for name, numbers, up in (("z", z, 6), ("p", p, -6))
            ]
        )
        self.paint(alt)

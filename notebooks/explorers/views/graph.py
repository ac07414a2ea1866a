"""A network as a graph of nodes and edges."""

from typing import NamedTuple

import numpy as np

from explorers.views.picture import Picture
from explorers.views.svg import handle, path, shape, text
from explorers.views.tables import shades

WIDTHS = 4  # how wide an edge can be, from 1 to this many, for its size


class Look(NamedTuple):
    """How a graph's nodes and edges look, by their numbers.

    nodes are the numbers of the three layers, or None for a layer without any, and edges two matrices (to, from), each
    with the number that its scale ends at. on says which nodes in the middle are open, and lit whether those shine;
    whole says of each layer of edges whether also those of shut nodes are drawn.
    """

    nodes: tuple
    node_limits: tuple
    edges: tuple
    edge_limits: tuple
    whole: tuple
    on: np.ndarray
    lit: bool


class Graph(Picture):
    """Two inputs, n hidden units, two outputs: a solid edge is above 0, a dashed one below, a wide one large."""

    def __init__(self, n_hidden, edges, scale, width=380, height=350):
        """edges are the names of its two matrices, by which a hand takes an edge."""
        super().__init__(width, height, scale)
        self.apart = (height - 34) // n_hidden or (height - 34) / n_hidden
        middle, pair = 24 + (height - 34) / 2, (height - 34) / 4
        self.ups = [middle - pair, middle + pair]
        self.places = [
            np.array([(84.0, up) for up in self.ups]),
            np.array([(width / 2, 24 + self.apart * unit + self.apart // 2) for unit in range(n_hidden)]),
            np.array([(width - 84.0, up) for up in self.ups]),
        ]
        self.radius = min(9.0, 0.46 * self.apart)
        self.lines = [self._lines(layer, name) for layer, name in enumerate(edges)]

    def show(self, alt, look, titles, said, touches, unit, moving=""):
        """Draw a look; titles stand above the layers, said are lines beside the outer nodes.

        touches are the words of a hand that takes a node of each layer.
        moving is the class of numbers that have just come: they fade in, where a person has not asked for less motion.
        """
        content = [text(x, 12, title) for (x, _), title in zip((p[0] for p in self.places), titles, strict=True)]
        content.append(self._edges(look, unit, moving))
        for layer, places in enumerate(self.places):
            content += self._nodes(look, layer, places, touches[layer], unit, moving)
        outer = [*self.places[0], *self.places[2]]
        for (x, up), lines, align in zip(outer, said, ("end", "end", "start", "start"), strict=True):
            away = -15 if align == "end" else 15
            first = up + 4 - 7 * (len(lines) - 1)
            content += [text(x + away, first + 14 * n, line, align) for n, line in enumerate(lines)]
        self.paint(alt, "".join(content))

    def _edges(self, look, unit, moving):
        ways, hands = {}, []
        open_or_chosen = look.on | (np.arange(len(look.on)) == unit)
        for layer, (matrix, limit) in enumerate(zip(look.edges, look.edge_limits, strict=True)):
            widths = np.clip(np.ceil(WIDTHS * np.abs(matrix) / limit), 0, WIDTHS).astype(int).ravel().tolist()
            came = f" {moving}" if moving and look.whole[layer] else ""
            negatives = (matrix < 0).ravel().tolist()
            for (hidden, way, hand), width, negative in zip(self.lines[layer], widths, negatives, strict=True):
                if open_or_chosen[hidden] or look.whole[layer]:
                    kind = f"{'n' if negative else 'p'} w{width}{' chosen' if hidden == unit else ''}{came}"
                    ways.setdefault(kind, []).append(way)
                    hands.append(hand)
        lines = [f'<path class="edge {kind}" d="{"".join(parts)}"/>' for kind, parts in sorted(ways.items())]
        return "".join(lines + hands)

    def _lines(self, layer, name):
        """For each edge of a layer: its node in the middle, its way, and the mark that a hand takes."""
        found = []
        for to, end in enumerate(self.places[layer + 1]):
            for source, start in enumerate(self.places[layer]):
                ends = [start, end]
                found.append((source if layer else to, path(ends), handle(ends, f"entry {name} {to} {source}")))
        return found

    def _nodes(self, look, layer, places, touch, unit, moving):
        numbers, limit = look.nodes[layer], look.node_limits[layer]
        middle = layer == 1
        fills = [""] * len(places) if numbers is None else shades(numbers, limit)
        on = look.on.tolist()
        for n, ((x, up), fill) in enumerate(zip(places.tolist(), fills, strict=True)):
            classes = ["node", fill]
            if middle:
                classes += ["lit" if look.lit and on[n] else "", "" if on[n] else "shut", "chosen" if n == unit else ""]
            if numbers is not None and moving:
                classes.append(f"{moving} l{layer}")
            yield shape("circle", " ".join(filter(None, classes)), touch.format(n), cx=x, cy=up, r=self.radius)
            if middle and self.radius > 7:
                yield text(x, up + 4, n)

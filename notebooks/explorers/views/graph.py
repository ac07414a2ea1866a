"""A network as a graph of nodes and edges."""

from typing import NamedTuple

import numpy as np

from explorers.views.picture import Picture
from explorers.views.svg import handle, path, shape, text
from explorers.views.tables import shades

OUTER = 72  # CSS pixels from the edge to the outer nodes: room for what is said beside them
WIDTHS = 4  # how wide an edge can be, from 1 to this many, for its size


class Look(NamedTuple):
    """How a graph's nodes and edges look, by their numbers.

    nodes are the numbers of the three layers, or None for a layer without any, and edges two matrices (to, from), each
    with the number that its scale ends at. on says which nodes in the middle are open, and lit whether those shine;
    whole says of each layer of edges whether also those of shut nodes are drawn, and runs whether what has just come
    ran along them: from one outer layer to the nodes in the middle, or from those that are open to the other.
    """

    nodes: tuple
    node_limits: tuple
    edges: tuple
    edge_limits: tuple
    whole: tuple
    on: np.ndarray
    lit: bool
    runs: tuple = (False, False)


class Graph(Picture):
    """Two inputs, n hidden units, two outputs: a solid edge is above 0, a dashed one below, a wide one large."""

    def __init__(self, n_hidden, edges, scale, width=300, height=200):
        """edges are the names of its two matrices, by which a hand takes an edge."""
        super().__init__(width, height, scale, sheets=2)
        top, room = 18, height - 22
        self.apart = room // n_hidden or room / n_hidden
        first = top + (room - self.apart * (n_hidden - 1)) / 2
        ups = [top + room * share for share in (0.25, 0.75)]
        self.places = [
            np.array([(OUTER, up) for up in ups]),
            np.array([(width / 2, first + self.apart * unit) for unit in range(n_hidden)]),
            np.array([(width - OUTER, up) for up in ups]),
        ]
        self.radii = [9.0, min(9.0, 0.46 * self.apart), 9.0]
        self.lines = [self._lines(layer, name) for layer, name in enumerate(edges)]

    def show(self, alt, look, titles, said, touches, unit, moving=""):
        """Draw a look; titles stand above the layers, said are lines beside the outer nodes.

        touches are the words of a hand that takes a node of each layer.
        moving is the class of numbers that have just come: they fade in, where a person has not asked for less motion.
        """
        ground = [text(x, 11, title) for (x, _), title in zip((p[0] for p in self.places), titles, strict=True)]
        ground.append(self._edges(look, unit, moving))
        content = []
        for layer, places in enumerate(self.places):
            content += self._nodes(look, layer, places, touches[layer], unit, moving)
        outer = [*self.places[0], *self.places[2]]
        for (x, up), lines, align in zip(outer, said, ("end", "end", "start", "start"), strict=True):
            away = -14 if align == "end" else 14
            first = up + 4 - 6.5 * (len(lines) - 1)
            content += [text(x + away, first + 13 * n, line, align) for n, line in enumerate(lines)]
        self.paint(alt, "".join(ground), "".join(content))

    def _edges(self, look, unit, moving):
        ways, hands = {}, []
        open_or_chosen = look.on | (np.arange(len(look.on)) == unit)
        for layer, (matrix, limit) in enumerate(zip(look.edges, look.edge_limits, strict=True)):
            widths = np.clip(np.ceil(WIDTHS * np.abs(matrix) / limit), 0, WIDTHS).astype(int).ravel().tolist()
            came = f" {moving}" if moving and look.whole[layer] and not look.runs[layer] else ""
            arrives = layer == (moving == "backward")  # at the middle, and so also at nodes that are shut
            running = []
            negatives = (matrix < 0).ravel().tolist()
            for (hidden, way, hand), width, negative in zip(self.lines[layer], widths, negatives, strict=True):
                if open_or_chosen[hidden] or look.whole[layer]:
                    kind = f"{'n' if negative else 'p'} w{width}{' chosen' if hidden == unit else ''}{came}"
                    ways.setdefault(kind, []).append(way)
                    hands.append(hand)
                    if moving and look.runs[layer] and (arrives or look.on[hidden]):
                        running.append(way)
            if running:
                hands.append(f'<path class="pulse {moving} e{layer}" d="{"".join(running)}"/>')
        lines = [f'<path class="edge {kind}" d="{"".join(parts)}"/>' for kind, parts in sorted(ways.items())]
        return "".join(lines + hands)

    def _lines(self, layer, name):
        """For each edge of a layer: its node in the middle, its way, and the mark that a hand takes."""
        found = []
        for to, end in enumerate(self.places[layer + 1]):
            for source, start in enumerate(self.places[layer]):
                way = path([start, end])
                found.append((source if layer else to, way, handle(way, f"entry {name} {to} {source}")))
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
            yield shape("circle", " ".join(filter(None, classes)), touch.format(n), cx=x, cy=up, r=self.radii[layer])
            if middle and self.radii[1] > 7:
                yield text(x, up + 4, n)
        if middle and self.radii[1] <= 7:
            x, up = places[unit]
            yield text(x + self.radii[1] + 4, up + 4, unit, "start named")

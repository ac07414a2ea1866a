"""The tape: a recorded graph, walked back step by step."""

import ipywidgets as widgets

from checker.symbols import SYMBOLS
from explorers.arrange import box, line
from explorers.base import Explorer
from explorers.hands import within
from explorers.recorded import GRAPHS, OURS, axes_of, record, rule
from explorers.saved import side_by_side, tables_svg
from explorers.views.board import Board
from explorers.views.recording import Recording
from explorers.views.svg import nice_limit
from explorers.views.tables import Matrix
from explorers.views.words import Sum

FEW_ROWS = 6  # of a square matrix, where its shares and their sum stand above each other


class TapeExplorer(Explorer):
    """`.recorded` is what the tape has recorded and found; `.at` is the name of the value that is taken now."""

    def build(self):
        self.picture = self.views["graph"] = Recording(self.scale)
        self.sum = self.views["sum"] = self.said.add(Sum())
        self.board = Board([], [])
        self._sent_together.append(self.board.widget.add_class("bp-tape"))
        self.add_data_and_reset()
        graphs = widgets.Dropdown(options=list(GRAPHS), description="graph")
        step = widgets.Dropdown(options=self._steps(), description="step")
        bar = line(
            "bar",
            self.add_control("graph", graphs, rescale=True),
            self.add_button("previous", "Previous step", lambda: self._go_to(step.value - 1)),
            self.add_control("step", step),
            self.add_button("next", "Next step", lambda: self._go_to(step.value + 1)),
            self.controls["data"],
            self.controls["reset"],
        )
        body = line("body", box("left", self.picture.widget), box("right", self.board.widget))
        return [bar, body, line("said", self.said.widget)]

    # ------------------------------------------------ the walk

    def compute(self):
        super().compute()
        self.recorded = record(self.graph, self.X, self.y, self.params)
        for name in self.recorded.walk:
            self.values[self.symbol(name)] = self.recorded.values[name].grad
            for use in self.recorded.uses[name]:
                self.values[self.share(name, use)] = use.share

    @property
    def graph(self):
        return self.controls["graph"].value if "graph" in self.controls else OURS

    @property
    def at(self):
        return self.recorded.walk[self.controls["step"].value - 1]

    def symbol(self, name):
        """The name of a value's gradient: G_ belongs to the network of the derivation."""
        return f"G_{name}" if self.graph == OURS else f"{name}.grad"

    def share(self, name, use):
        """The name of what one use sends back: the gradient itself, where it is the only one."""
        alone = len(self.recorded.uses[name]) == 1
        return self.symbol(name) + ("" if alone else f" from {use.by}")

    def _steps(self):
        return [(f"{number} {name}", number) for number, name in enumerate(self.recorded.walk, start=1)]

    def _go_to(self, step):
        self.controls["step"].value = min(max(step, 1), len(self.recorded.walk))

    def touch_step(self, s):
        """Go to a step of the walk."""
        self._go_to(round(within("step", s, 1, len(self.recorded.walk))))

    def sync(self):
        super().sync()
        with self._quietly():
            if (step := self.controls["step"]).options != tuple(self._steps()):
                step.options, step.value = self._steps(), 1

    # ------------------------------------------------ what is shown

    def set_scales(self):
        sizes = {name: str(value.data.shape).replace("()", "") for name, value in self.recorded.values.items()}
        self.picture.set_graph(self.recorded.steps, sizes)
        for name, uses in self.recorded.uses.items():  # shares and their sum have one scale, or colours lie
            shown = [self.symbol(name), *(self.share(name, use) for use in uses)]
            limit = max(nice_limit(self.values[symbol]) for symbol in shown)
            self.limits |= dict.fromkeys(shown, limit)

    def show(self):
        kept = {name: view for name, view in self.views.items() if not isinstance(view, Matrix)}
        self.board.wide = [self._table(*each) for each in self._tables()]
        self.views = kept | {table.symbol: table for table in self.board.wide}
        super().show()
        self.board.show()
        ours = self.graph == OURS
        self.sum.show(self.entry, self.explain(*self.entry).factors if ours else [])

    def _table(self, symbol, name, says):
        rows, columns = axes_of(name)
        turned = (rows, columns) == ("unit", "input")
        attributes = f'data-symbol="{symbol}"' if symbol in SYMBOLS else ""
        table = Matrix(symbol, says, self.axes[rows], self.axes[columns], turned=turned, attributes=attributes)
        if len(self.recorded.uses[name]) > 1 and rows == "unit":
            table.most = FEW_ROWS
        return table

    def _tables(self):
        """What the step shows, from top to bottom: symbol, the value whose gradient it is, and what it says."""
        name, tables = self.at, []
        uses = self.recorded.uses[name]
        for use in uses:
            tables.append((self.share(name, use), name, self._rule(use)))
        if not uses:
            tables.append((self.symbol(name), name, "1"))
        if len(uses) > 1:
            tables.append((self.symbol(name), name, "their sum"))
        for source, use in self._sent():
            tables.append((self.share(source, use), source, self._rule(use)))
        return tables

    def _rule(self, use):
        return rule(self.recorded, use, self.symbol(use.by), "M" if self.graph == OURS else "mask")

    def _sent(self):
        """The uses that the value taken now makes of others: what it sends, and to which."""
        uses = self.recorded.uses.items()
        return [(source, use) for source, its in uses for use in its if use.by == self.at]

    def draw(self):
        walk, at = self.recorded.walk, self.at
        done = walk[: walk.index(at)]
        several = {name: uses for name, uses in self.recorded.uses.items() if len(uses) > 1}
        notes = {name: f"{sum(use.by in (*done, at) for use in uses)}/{len(uses)}" for name, uses in several.items()}
        sending = [(use.by, use.place) for _, use in self._sent()]
        touches = {name: f"step {number}" for number, name in enumerate(walk, start=1)}
        self.picture.show(f"The recorded graph, from L back. {self.say_step()}", at, done, sending, notes, touches)

    def say_step(self):
        name, uses = self.at, self.recorded.uses[self.at]
        arrived = " and ".join(use.by for use in uses) + (" sent it." if len(uses) == 1 else " sent a share each.")
        sent = ", ".join(source for source, _ in self._sent())
        goes = f"It sends on to {sent}." if sent else "It was given: nothing goes on from it."
        where = f"Step {self.controls['step'].value} of {len(self.recorded.walk)}"
        return f"{where}: {name} is taken. {arrived if uses else 'The walk begins with 1.'} {goes}"

    def say(self):
        return f"Loss {float(self.recorded.values['L'].data):.4f}. {self.say_step()}"

    def describe(self):
        made = "; ".join(f"{makes} = {kind}({', '.join(takes)})" for makes, kind, takes in self.recorded.steps[:-1])
        return [
            f"Recorded, {self.graph}: {made}; L = cross_entropy(Z, y).",
            f"The walk: {', '.join(self.recorded.walk)}.",
        ]

    def parts(self):
        width, height, content = tables_svg(self.board.wide)
        return [*side_by_side([self.picture]), (self.picture.width + 12, 0, width, height, content)]


def tape_explorer(X=None, y=None, params=None, scale=None):
    """Walk a recorded graph back: at each value what has arrived, its rules, and what they send on.

    X (N, 2), y (N,) in {0, 1}, params with 2 inputs and 2 outputs; scale is that of set_scale, unless given.
    Raises ValueError, TypeError for a bad X, y, params or scale. Derivation, section 5.
    """
    return TapeExplorer(X, y, params, scale)

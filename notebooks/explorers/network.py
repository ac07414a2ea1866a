"""An explorer of one network on one batch, with the controls that most of them have."""

from functools import partial

import ipywidgets as widgets
import numpy as np

import mlp_helpers as mlp
from explorers import lighting
from explorers.arrange import Places, box, line
from explorers.hands import index
from explorers.predict import PredictingExplorer
from explorers.saved import board_svg, side_by_side
from explorers.views.board import Board
from explorers.views.graph import Graph
from explorers.views.plane import ARROW, Plane, arrow_start
from explorers.views.words import Sum


class NetworkExplorer(PredictingExplorer):
    """An explorer of one network on one batch: choose an example and a hidden unit, and move their numbers.

    narrow are the symbols of the tables that stand beside each other, in columns; wide those with an entry for each
    unit, which stand above each other: without any, there is no unit to choose. beside are the views below them.
    """

    narrow = ()
    wide = ()
    beside = ()

    @property
    def example(self):
        return self.controls["example"].value

    @property
    def unit(self):
        return self.controls["unit"].value

    def build(self):
        self.plane = self.views["plane"] = Plane(self.scale)
        self.sum = self.views["sum"] = self.said.add(Sum())
        bar = line("bar", *self.common_controls(), *self.more_controls(), self.add_predictions())
        sliders, others = box("sliders", *self.sliders()), self.parts_under_the_plane()
        under = [sliders]
        if others:
            places = Places({"sliders": sliders, **others})
            self.add_control("place", places.tabs, places.open, resets=False)
            self._sent_together += places.parts.values()
            under = places.widgets
        narrow = [[self.add_matrix(symbol) for symbol in column] for column in self.narrow]
        self.board = Board(narrow, [self.add_matrix(symbol) for symbol in self.wide], self.axes["example"])
        self._sent_together.append(self.board.widget)
        left = box("left", box("plane", self.plane.widget), box("under", *under), self.predictor.widget)
        self.add_pictures_beside()
        beside = [line("beside", *(self.views[name].widget for name in self.beside))] if self.beside else []
        right = box("right", self.board.widget, *beside)
        return [bar, line("body", left, right), line("said", self.said.widget)]

    # ------------------------------------------------ what a subclass adds

    def more_controls(self):
        """Make more controls for the line on top."""
        return []

    def sliders(self):
        """Make the sliders: the example's two, and the unit's five."""
        inputs = [self.add_slider(f"x{axis + 1}", "", partial(self._put_input, axis)) for axis in range(2)]
        numbers = self._unit_numbers() if self.wide else ()
        return inputs + [self.add_slider(name, "", partial(self._put_unit_number, name)) for name in numbers]

    def parts_under_the_plane(self):
        """Make what shares the place under the plane with the sliders, by name."""
        return {}

    def add_pictures_beside(self):
        """Make the pictures that stand with the board."""

    def common_controls(self):
        """Make the controls of the line on top: the example, the unit, and the data."""
        N, n_hidden = len(self.X), len(self.params.b1)
        example = self.add_control("example", widgets.Dropdown(options=list(range(N)), description="example"))
        unit = []
        if self.wide:
            unit.append(self.add_control("unit", widgets.Dropdown(options=list(range(n_hidden)), description="unit")))
        flip = self.add_button("flip", "", self._flip)
        self.add_data_and_reset()
        return [example, *unit, flip, self.controls["data"], self.controls["reset"]]

    def add_network(self):
        """Make the picture of the network."""
        self.network = self.views["network"] = Graph(len(self.params.b1), ("W1", "W2"), self.scale)
        return {"network": self.network.widget}

    # ------------------------------------------------ hands

    def touch_unit(self, j):
        """Choose hidden unit j."""
        self.controls["unit"].value = index("unit", j, len(self.params.b1))

    def touch_hinge(self, j, x1=None, x2=None):
        """Choose unit j, and move its hinge line through a point: b1 follows, and the direction stays."""
        j = index("hinge", j, len(self.params.b1))
        if x1 is not None:
            point = self.in_plane(x1, x2)
            if not self.params.W1[j].any():
                raise ValueError(f"hinge: expected a unit that has a hinge line, got {j}")
            self.params.b1[j] = -self.params.W1[j] @ point
            self.state.held[j] = point
        self.controls["unit"].value = j

    def touch_turn(self, j, x1=None, x2=None):
        """Choose unit j, and let its arrow end at a point: W1's row follows, and b1: the arrow's start stays."""
        j = index("turn", j, len(self.params.b1))
        if x1 is None:
            return self.touch_unit(j)
        tip = self.in_plane(x1, x2)
        start = arrow_start(self.params.W1[j], self.params.b1[j], self.edge, self.state.held[j])
        if start is None:
            raise ValueError(f"turn: expected a unit whose hinge line is in sight, got {j}")
        along = tip - start
        if np.linalg.norm(along) < 0.02 * self.edge:  # a line without a direction could not be taken again
            return
        self.params.W1[j] = along / ARROW
        self.params.b1[j] = -self.params.W1[j] @ start
        self.state.held[j] = start
        self.controls["unit"].value = j

    # ------------------------------------------------ the state

    def show(self):
        super().show()
        self.board.show(row=self.example, column=self.chosen_on("unit"))
        self.sum.show(self.entry, self.explain(*self.entry).factors)

    def _unit_numbers(self):
        """The five numbers of the chosen unit: control name → (symbol, index)."""
        j = self.unit
        return {
            "W1_0": ("W1", (j, 0)),
            "W1_1": ("W1", (j, 1)),
            "b1": ("b1", (j,)),
            "W2_0": ("W2", (0, j)),
            "W2_1": ("W2", (1, j)),
        }

    def _put_input(self, axis, value):
        self.X[self.example, axis] = value

    def _put_unit_number(self, name, value):
        self.put_parameter(*self._unit_numbers()[name], value)

    def put_parameter(self, symbol, index, value):
        getattr(self.params, symbol)[index] = value

    def _flip(self):
        self.y[self.example] = 1 - self.y[self.example]

    def synced(self):
        """Control name → (the value that the state gives it, its label)."""
        i = self.example
        shown = {f"x{axis + 1}": (self.X[i, axis], f"X[{i}, {axis}]") for axis in range(2)}
        if self.wide:
            for name, (symbol, place) in self._unit_numbers().items():
                shown[name] = (getattr(self.params, symbol)[place], f"{symbol}[{', '.join(map(str, place))}]")
        return shown

    def _scale_anew(self):
        super()._scale_anew()
        self._reaches["x1"] = self._reaches["x2"] = self.edge

    def set_scales(self):
        self.plane.set_edge(self.edge)

    def sync(self):
        super().sync()
        self.controls["flip"].description = f"Flip label (now {self.y[self.example]})"

    def chosen_on(self, axis):
        return self.controls[axis].value if axis in self.controls else None

    # ------------------------------------------------ pictures and words

    def show_plane(self, alt, arrows=None):
        """Show the class regions, the boundary and the batch; where units can be chosen, also their hinge lines."""
        alt = f"The plane with {len(self.X)} points, the class regions and the boundary between them, and {alt}"
        given = {"arrows": arrows, "params": self.params, "margin": margin, "hinges": bool(self.wide)}
        if self.wide:
            w, b = self.params.W1[self.unit], self.params.b1[self.unit]
            alt += f" Unit {self.unit} is on where ({w[0]:z.2f}) x1 + ({w[1]:z.2f}) x2 + ({b:z.2f}) > 0."
            given |= {"unit": self.unit, "held": self.state.held}
        self.plane.show(alt, self.X, self.y, self.example, **given)

    def show_network(self, step, moving=""):
        """Show the network at one of the nine steps: the forward pass, or a gradient on its way back."""
        equation = lighting.equation(step)
        self.network.show(
            f"The network at {equation}. {self.say_point()} Units that are on: {self.say_on()}. Chosen: {self.unit}.",
            lighting.look_at(step, self.values, self.limits, self.example),
            lighting.titles(step),
            lighting.said(step, self.values, self.example),
            lighting.touches(self.example),
            self.unit,
            moving,
        )

    def say_point(self):
        i = self.example
        x = f"({self.X[i, 0]:z.2f}, {self.X[i, 1]:z.2f})"
        return f"Example {i}: x = {x}, label {self.y[i]}."

    def say_on(self):
        return ", ".join(map(str, np.flatnonzero(self.values["M"][self.example]))) or "none"

    def say_loss(self):
        return f"Loss {self.values['loss']:.4f}."

    def describe(self):
        return [self.say_point()]

    def parts(self):
        """The plane and the network below each other; on the right the board, and what stands with it."""
        width, height, content = board_svg(self.board)
        left = self.plane.width + 12
        under = [self.network] if "network" in self.views else []
        beside = side_by_side([self.views[name] for name in self.beside], left, height + 6)
        below = [(0, self.plane.height + 6, one.width, one.height, one.content) for one in under]
        return [*side_by_side([self.plane]), (left, 0, width, height, content), *beside, *below]


def margin(params, points):
    """How far class 1 is ahead at points (m, 2): z1 − z0."""
    z0, z1 = mlp.forward(points, params).Z.T
    return z1 - z0

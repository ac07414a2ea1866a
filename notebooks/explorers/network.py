"""An explorer of one network on one batch, with the controls that most of them have."""

from functools import partial

import ipywidgets as widgets
import numpy as np

import mlp_helpers as mlp
from explorers.hands import index
from explorers.predict import PredictingExplorer
from explorers.views.plane import ARROW, arrow_start
from explorers.views.words import Sum


class NetworkExplorer(PredictingExplorer):
    """An explorer of one network on one batch: choose an example and a hidden unit, and move their numbers."""

    _held = np.zeros(())  # until there are hinge lines

    @property
    def example(self):
        return self.controls["example"].value

    @property
    def unit(self):
        return self.controls["unit"].value

    def common_controls(self):
        """Make the controls of the batch and of the network, in groups: the example, the unit, what to look at."""
        N, n_hidden = len(self.X), len(self.params.b1)
        self._held = np.zeros((n_hidden, 2))  # where a hand holds each hinge line: its arrow stands nearest to there
        self.sum = self.views["sum"] = Sum()
        self.add_data_and_reset()
        self.add_control("example", widgets.IntSlider(0, min=0, max=N - 1, description="example i"))
        for axis in range(2):
            self.add_slider(f"x{axis + 1}", "", partial(self._put_input, axis))
        self.add_button("flip", "", self._flip)
        self.add_control("unit", widgets.IntSlider(0, min=0, max=n_hidden - 1, description="hidden unit j"))
        for name in self._unit_numbers():
            self.add_slider(name, "", partial(self._put_unit_number, name))
        pick = self.controls.__getitem__
        pick("data").layout.width = f"{round(235 * self.scale)}px"  # room for Reset beside it
        return widgets.VBox(
            [
                *group("This example", *map(pick, ("example", "x1", "x2", "flip"))),
                *group("This hidden unit", *map(pick, ("unit", *self._unit_numbers()))),
                *group("What to look at", widgets.HBox([pick("data"), pick("reset")])),
                self.add_predictions(),
            ]
        )

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
            self._held[j] = point
        self.controls["unit"].value = j

    def touch_turn(self, j, x1=None, x2=None):
        """Choose unit j, and let its arrow end at a point: W1's row follows, and b1: the arrow's start stays."""
        j = index("turn", j, len(self.params.b1))
        if x1 is None:
            return self.touch_unit(j)
        tip = self.in_plane(x1, x2)
        start = arrow_start(self.params.W1[j], self.params.b1[j], self.limit, self._held[j])
        if start is None:
            raise ValueError(f"turn: expected a unit whose hinge line is in sight, got {j}")
        along = tip - start
        if np.linalg.norm(along) < 0.02 * self.limit:  # a line without a direction could not be taken again
            return
        self.params.W1[j] = along / ARROW
        self.params.b1[j] = -self.params.W1[j] @ start
        self._held[j] = start
        self.controls["unit"].value = j

    # ------------------------------------------------ the state

    def compute(self):
        super().compute()
        self.values["held"] = self._held.copy()

    def put(self, values):
        super().put(values)
        self._held = values["held"].copy()

    def show(self):
        super().show()
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
        shown = {f"x{axis + 1}": (self.X[i, axis], f"x{axis + 1} of i = {i}") for axis in range(2)}
        for name, (symbol, place) in self._unit_numbers().items():
            shown[name] = (getattr(self.params, symbol)[place], f"{symbol}[{', '.join(map(str, place))}]")
        return shown

    def _frame(self):
        super()._frame()
        self._held[:] = 0
        self._limits["x1"] = self._limits["x2"] = self.limit

    def sync(self):
        super().sync()
        self.controls["flip"].description = f"Flip label of i = {self.example} (now {self.y[self.example]})"

    def marks(self, rows, columns):
        """The row and the column to mark: those of the chosen example and unit."""
        chosen = {self.axes["example"]: self.example, self.axes["unit"]: self.unit}
        return chosen.get(rows), chosen.get(columns)

    def show_plane(self, alt, hinges=True, regions=False, arrows=None):
        """Show the batch in `.plane`, with all hinge lines and the chosen unit's on side, and the class regions."""
        alt = f"The plane with {len(self.X)} points, and {alt}"
        given = {"arrows": arrows, "lines": (self.params.W1, self.params.b1), "hinges": hinges}
        if hinges:
            w, b = self.params.W1[self.unit], self.params.b1[self.unit]
            alt += f" Unit {self.unit} is on where ({w[0]:z.2f}) x1 + ({w[1]:z.2f}) x2 + ({b:z.2f}) > 0."
            given |= {"unit": self.unit, "held": self._held}
        if regions:
            given["margin"] = partial(margin, self.params)
        self.plane.show(alt, self.X, self.y, self.example, **given)

    def say_point(self):
        i = self.example
        x = f"({self.X[i, 0]:z.2f}, {self.X[i, 1]:z.2f})"
        return f"Example {i}: x = {x}, label {self.y[i]}. Loss of the batch: {self.values['loss']:.4f}."


def margin(params, points):
    """How far class 1 is ahead at points (m, 2): z1 − z0."""
    z0, z1 = mlp.forward(points, params).Z.T
    return z1 - z0


def group(title, *controls):
    """Put a title above controls."""
    return [widgets.HTML(f"<p class=bp-group>{title}</p>"), *controls]

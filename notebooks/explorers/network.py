"""An explorer of one network on one batch, with the controls that most of them have."""

from functools import partial

import ipywidgets as widgets
import numpy as np

import mlp_helpers as mlp
from explorers.base import Explorer
from explorers.predict import Predictor


class NetworkExplorer(Explorer):
    """An explorer of one network on one batch: choose an example and a hidden unit, and move their numbers."""

    def questions(self):
        """What a learner can predict of a change: name → Question."""
        return {}

    @property
    def example(self):
        return self.controls["example"].value

    @property
    def unit(self):
        return self.controls["unit"].value

    def common_controls(self):
        """Make the controls of the batch and of the network, one below the other."""
        N, n_hidden = len(self.X), len(self.params.b1)
        self.add_data_and_reset()
        self.add_control("example", widgets.IntSlider(0, min=0, max=N - 1, description="example i"))
        for axis in range(2):
            self.add_slider(f"x{axis + 1}", "", partial(self._put_input, axis))
        self.add_button("flip", "", self._flip)
        self.add_control("unit", widgets.IntSlider(0, min=0, max=n_hidden - 1, description="hidden unit j"))
        for name in self._unit_numbers():
            self.add_slider(name, "", partial(self._put_unit_number, name))
        pick = self.controls.__getitem__
        of_input = [*map(pick, ("data", "example", "x1", "x2")), widgets.HBox([pick("flip"), pick("reset")])]
        of_unit = [*map(pick, ("unit", *self._unit_numbers()))]
        self.predictor = Predictor(self, self.questions())
        return widgets.VBox([*of_input, *of_unit, self.predictor.widget])

    def put(self, values):
        """Go to the state that these values were computed for."""
        self._take(values["X"], values["y"], mlp.Params(*(values[name] for name in mlp.Params._fields)))
        self.values = values

    def _change(self, act, reframe):
        self.predictor.resume()
        super()._change(act, reframe)

    def react(self, reframe):
        if not self.predictor.holds(reframe):
            super().react(reframe)
        self.predictor.show()

    def differs(self):
        """Whether the state is another than the one that was computed last."""
        now = {"X": self.X, "y": self.y, **self.params._asdict()}
        return any(not np.array_equal(value, self.values[name]) for name, value in now.items())

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
        for name, (symbol, index) in self._unit_numbers().items():
            shown[name] = (getattr(self.params, symbol)[index], f"{symbol}[{', '.join(map(str, index))}]")
        return shown

    def _frame(self):
        super()._frame()
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
        weights, biases, unit = (self.params.W1, self.params.b1, self.unit) if hinges else (None, None, None)
        p1 = mlp.forward(self.plane.grid(), self.params).P[:, 1] if regions else None
        alt = f"The plane with {len(self.X)} points, and {alt}"
        if hinges:
            w, b = self.params.W1[self.unit], self.params.b1[self.unit]
            alt += f" Unit {self.unit} is on where ({w[0]:z.2f}) x1 + ({w[1]:z.2f}) x2 + ({b:z.2f}) > 0."
        self.plane.show(alt, self.X, self.y, self.example, weights, biases, unit, p1, arrows)

    def say_point(self):
        i = self.example
        x = f"({self.X[i, 0]:z.2f}, {self.X[i, 1]:z.2f})"
        return f"Example {i}: x = {x}, label {self.y[i]}. Loss of the batch: {self.values['loss']:.4f}."

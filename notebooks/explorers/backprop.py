"""Everything on one screen: the nine steps, all gradients, and the loss along any parameter."""

import ipywidgets as widgets
import numpy as np

import mlp_helpers as mlp
from checker import LINES
from explorers import lighting
from explorers.base import SYMBOLS, flow
from explorers.hands import within
from explorers.network import NetworkExplorer
from explorers.predict import closer_question, loss_question, on_question, sign_question
from explorers.views.curve import Curve
from explorers.views.graph import Graph
from explorers.views.plane import Plane
from explorers.views.tables import Equation, hand_of, matrix_html
from explorers.views.words import zero
from explorers.way import way

# what comes out, its equation, and what goes in with the operators between; its line of code is in LINES
NINE_STEPS = [
    ("P", "P = softmax(Z)", ["softmax", "Z"]),
    ("G_Z", "G_Z = (P − Y) / N", ["(", "P", "−", "Y", ") / N"]),
    ("G_W2", "G_W2 = G_Zᵀ H", ["G_Zᵀ", "H"]),
    ("G_b2", "G_b2 = sum of the rows of G_Z", ["sum over i", "G_Z"]),
    ("G_H", "G_H = G_Z W2", ["G_Z", "W2"]),
    ("G_A1", "G_A1 = G_H ⊙ M, where M = 1[A1 > 0]", ["G_H", "⊙", "M"]),
    ("G_W1", "G_W1 = G_A1ᵀ X", ["G_A1ᵀ", "X"]),
    ("G_b1", "G_b1 = sum of the rows of G_A1", ["sum over i", "G_A1"]),
    ("G_X", "G_X = G_A1 W1", ["G_A1", "W1"]),
]


class BackpropExplorer(NetworkExplorer):
    _picked = "G_W2", {}

    def build(self):
        self.plane = self.views["plane"] = Plane(self.scale)
        self.network = self.views["network"] = Graph(len(self.params.b1), ("W1", "W2"), self.scale)
        self.curve = self.views["curve"] = Curve("loss L", self.scale)
        self.strip = self.views["strip"] = way(self.scale)
        self.equation = self.views["step"] = Equation()
        self._drawn_step = None
        parameters = [
            (f"{symbol}[{', '.join(map(str, index))}]", (symbol, index))
            for symbol, array in self.params._asdict().items()
            for index in np.ndindex(array.shape)
        ]
        steepest = max(
            (choice for _, choice in parameters), key=lambda choice: abs(self.values[f"G_{choice[0]}"][choice[1]])
        )
        along = [
            self.add_control("along", widgets.Dropdown(options=parameters, value=steepest, description="loss along")),
            self.add_slider("value", "", self._put_parameter),
        ]
        step = widgets.IntSlider(1, min=1, max=len(NINE_STEPS), description="step")
        play = widgets.Play(value=1, min=1, max=len(NINE_STEPS), interval=2000, show_repeat=False)
        self.add_control("step", step, self._go_to)
        self.add_control("play", play, self._go_to)
        play.layout.width = "auto"
        previous = self.add_button("previous", "Previous step", lambda: self._go_to(step.value - 1))
        following = self.add_button("next", "Next step", lambda: self._go_to(step.value + 1))
        stepper = flow(step, previous, following, play)
        controls = self.common_controls()
        said = widgets.VBox([self.words.widget, self.sum.widget], layout=_grows(420))
        return [
            flow(controls, self.plane.widget, self.network.widget),
            self.strip.widget,
            stepper,
            flow(widgets.VBox([*along, self.curve.widget]), said),
            self.equation.widget,
            flow(
                widgets.VBox([self.add_matrices(symbol) for symbol in ("M", "G_H", "G_A1", "G_b1", "G_W2")]),
                self.add_matrices("G_W1"),
                widgets.VBox([self.add_matrices(symbol) for symbol in ("G_Z", "G_b2", "G_X")]),
            ),
        ]

    def touch_dot(self, value=None):
        """Move the parameter along which the loss is drawn."""
        if value is None:
            return
        slider = self.controls["value"]
        self._put_parameter(within("dot", value, slider.min, slider.max))

    def touch_step(self, s):
        """Go to one of the nine steps."""
        self._go_to(round(within("step", s, 1, len(NINE_STEPS))))

    def touch_entry(self, symbol, row, column):
        """Choose an entry; that of a parameter, or of its gradient, is also the one along which the loss is drawn."""
        super().touch_entry(symbol, row, column)
        name = symbol.removeprefix("G_")
        if name in self.params._fields:
            self.controls["along"].value = (name, (row, column) if getattr(self.params, name).ndim == 2 else (column,))

    def questions(self):
        def gradient(values):
            symbol, index = self.controls["along"].value
            return values[f"G_{symbol}"][index]

        return {
            "sign of a gradient": sign_question(
                lambda: f"is G_{self.controls['along'].label} below 0, 0, or above", gradient, self.say_slope
            ),
            "closer to 0": closer_question(
                lambda: f"where is G_{self.controls['along'].label}", gradient, self.say_slope
            ),
            "on or off": on_question(
                lambda: f"is unit {self.unit} on for example {self.example}",
                lambda values: values["M"][self.example, self.unit],
                lambda: f"A1[{self.example}, {self.unit}] = {self.values['A1'][self.example, self.unit]:z.2f}.",
            ),
            "loss": loss_question(),
        }

    def _go_to(self, step):
        """Controls hold the step within 1 to 9."""
        self.controls["step"].value = self.controls["play"].value = step

    def _put_parameter(self, value):
        self.put_parameter(*self.controls["along"].value, value)

    def synced(self):
        symbol, index = self.controls["along"].value
        return {
            **super().synced(),
            "value": (getattr(self.params, symbol)[index], f"move {self.controls['along'].label}"),
        }

    @property
    def pointed_out(self):
        return NINE_STEPS[self.controls["step"].value - 1][0]

    def frame(self):
        self.plane.set_limit(self.limit)

    def draw(self):
        self._show_step()
        self._show_flow()
        self.show_plane(f"the class regions and the decision boundary. {self.say_point()}", regions=True)
        (symbol, index), label = self.controls["along"].value, self.controls["along"].label
        here, reach = getattr(self.params, symbol)[index], self.controls["value"].max
        line = np.linspace(-reach, reach, 31)
        losses = [self._loss_at(symbol, index, value) for value in line]
        self.curve.show(
            f"The loss as {label} moves, with its tangent. {self.say_slope()}",
            label,
            line,
            np.array(losses),
            here,
            self.values["loss"],
            self.values[f"G_{symbol}"][index],
        )

    def _show_flow(self):
        out, says, _ = NINE_STEPS[self.controls["step"].value - 1]
        moving = "" if self._drawn_step in (None, out) else "backward" if out.startswith("G_") else "forward"
        self._drawn_step = out
        self.network.show(
            f"The network at step {says}: {self.say_point()} Units that are on: {self.say_on()}. Chosen: {self.unit}.",
            lighting.look_at(out, self.values, self.limits, self.example),
            lighting.titles(out),
            lighting.said(out, self.values, self.example),
            lighting.touches(self.example),
            self.unit,
            moving,
        )
        steps = {name: f"step {number}" for number, (name, *_) in enumerate(NINE_STEPS, start=1)}
        self.strip.show(f"The way from X to the loss L, and back; here: {says}.", [out], steps)

    def say_on(self):
        return ", ".join(map(str, np.flatnonzero(self.values["M"][self.example]))) or "none"

    def _loss_at(self, symbol, index, value):
        moved = getattr(self.params, symbol).copy()
        moved[index] = value
        return mlp.loss(self.X, self.y, self.params._replace(**{symbol: moved}))

    def _show_step(self):
        out, _, going_in = NINE_STEPS[self.controls["step"].value - 1]
        names = [term for term in going_in if term.removesuffix("ᵀ") in SYMBOLS]
        self.equation.show(
            f"{out} = {LINES[out]}",
            {name: self._turned(name)[0] for name in [*names, out]},
            [self._table(term) if term in names else term for term in going_in] + ["=", self._table(out)],
        )

    def _turned(self, name):
        """The matrix behind a name, and its axes; a name that ends in ᵀ means the transpose."""
        symbol = name.removesuffix("ᵀ")
        array, axes = self.values[symbol], [self.axes[axis] for axis in SYMBOLS[symbol][1:3]]
        return (array, axes) if symbol == name else (array.T, axes[::-1])

    def _table(self, name):
        array, (rows, columns) = self._turned(name)
        symbol = name.removesuffix("ᵀ")
        row, column = self.marks(rows, columns)
        look = self.limits[symbol], SYMBOLS[symbol][3], row, column
        return matrix_html(name, "", array, rows, columns, *look, hand=hand_of(symbol, turned=symbol != name))

    def say_slope(self):
        (symbol, index), label = self.controls["along"].value, self.controls["along"].label
        here, slope = getattr(self.params, symbol)[index], self.values[f"G_{symbol}"][index]
        return f"At {label} = {here:z.2f} the slope of the loss is G_{label} = {slope:+z.4f}."

    def describe(self):
        M, G_Z, step = self.values["M"], self.values["G_Z"], self.controls["step"].value
        sums = np.abs(G_Z.sum(axis=1)).max()
        return [
            self.say_point() + f" {M.sum()} of {M.size} mask entries are on.",
            self.say_slope(),
            f"Step {step} of {len(NINE_STEPS)}: {NINE_STEPS[step - 1][1]}.",
            f"Rows of G_Z sum to 0: largest sum {zero(sums)}.",
        ]


def _grows(width):
    """The layout of what takes the room that is left, where there is so much."""
    return widgets.Layout(flex=f"1 1 {width:g}px", min_width="0")


def backprop_explorer(X=None, y=None, params=None, scale=None):
    """Change anything, and watch all nine steps: every matrix going in and coming out, and each gradient as a slope.

    X (N, 2), y (N,) in {0, 1}, params with 2 inputs and 2 outputs; scale is that of set_scale, unless given.
    Raises ValueError, TypeError for a bad X, y, params or scale. Derivation, section 5.
    """
    return BackpropExplorer(X, y, params, scale)

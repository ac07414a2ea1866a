"""Everything on one screen: the nine steps, all gradients, and the loss along any parameter."""

import ipywidgets as widgets
import numpy as np

import mlp_helpers as mlp
from checker.symbols import STEPS
from explorers import lighting
from explorers.arrange import box, line
from explorers.hands import within
from explorers.network import NetworkExplorer
from explorers.play import Playing
from explorers.predict import closer_question, loss_question, on_question, sign_question
from explorers.views.curve import Curve
from explorers.views.words import zero
from explorers.way import way


class BackpropExplorer(Playing, NetworkExplorer):
    _picked = "G_W2", {}
    narrow = (("X",), ("Z",), ("P",), ("Y",), ("G_Z", "G_b2"), ("G_X",))
    wide = ("H", "M", "W2", "G_W2", "G_H", "G_A1", "G_b1", "G_W1", "W1")

    def more_controls(self):
        self._drawn_step = None
        steps = [(f"{number} {symbol}", number) for number, symbol in enumerate(STEPS, start=1)]
        step = widgets.Dropdown(options=steps, description="step")
        return [
            self.add_button("previous", "◂", lambda: self._go_to(self.step - 1), tooltip="Previous step"),
            self.add_control("step", step, self._go_to),
            self.add_button("next", "▸", lambda: self._go_to(self.step + 1), tooltip="Next step"),
            *self.add_play(1, len(STEPS), by=1, pause=2000),
        ]

    @property
    def step(self):
        return self.controls["step"].value

    def parts_under_the_plane(self):
        self.curve = self.views["curve"] = Curve("loss L", self.scale, height=150)
        self.way = self.views["way"] = way(self.scale, width=300, height=154)
        parameters = [
            (f"{symbol}[{', '.join(map(str, index))}]", (symbol, index))
            for symbol, array in self.params._asdict().items()
            for index in np.ndindex(array.shape)
        ]
        steepest = max(
            (choice for _, choice in parameters), key=lambda choice: abs(self.values[f"G_{choice[0]}"][choice[1]])
        )
        along = widgets.Dropdown(options=parameters, value=steepest, description="along")
        of_loss = [
            self.curve.widget,
            line("along", self.add_control("along", along), self.add_slider("value", "", self._put_parameter)),
        ]
        return {**self.add_network(), "loss": box("loss", *of_loss), "steps": self.way.widget}

    def touch_dot(self, value=None):
        """Move the parameter along which the loss is drawn."""
        if value is None:
            return
        slider = self.controls["value"]
        self._put_parameter(within("dot", value, slider.min, slider.max))

    def touch_step(self, s):
        """Go to one of the nine steps."""
        self._go_to(round(within("step", s, 1, len(STEPS))))

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
        self.controls["step"].value = min(max(step, 1), len(STEPS))

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
        return STEPS[self.step - 1]

    def draw(self):
        self._show_step()
        self.show_plane(self.say_point())
        (symbol, index), label = self.controls["along"].value, self.controls["along"].label
        here, reach = getattr(self.params, symbol)[index], self.controls["value"].max
        along = self._samples(symbol, index, here, reach)
        self.curve.show(
            f"The loss as {label} moves, with its tangent. {self.say_slope()}",
            label,
            along,
            self._losses(symbol, index, along - here),
            here,
            self.values["loss"],
            self.values[f"G_{symbol}"][index],
        )

    def _show_step(self):
        out = self.pointed_out
        if out == self._drawn_step:
            return self.show_network(out)
        came = "backward" if out.startswith("G_") else "forward"
        self.show_network(out, came if self._drawn_step else "")
        self._drawn_step = out
        touches = {symbol: f"step {number}" for number, symbol in enumerate(STEPS, start=1)}
        alt = f"How each value and each gradient is made from others; here step {STEPS.index(out) + 1} of 9: {out}."
        self.way.show(alt, [out], touches)

    def _samples(self, symbol, index, here, reach):
        """Where the loss is measured along a parameter: all over its range, and at each corner, where a unit opens."""
        corners = []
        if symbol in ("W1", "b1"):
            by = self._multiplied(symbol, index)
            able = by != 0
            corners = here - self.values["A1"][able, index[0]] / by[able]
            corners = corners[:: 1 + len(corners) // 256]  # of so many, each is too small to be seen
        return np.unique([*np.linspace(-reach, reach, 31), *np.clip(corners, -reach, reach)])

    def _losses(self, symbol, index, moves):
        """mlp.loss after each move (n,) of one parameter, which reaches the logits through one class or one unit."""
        A1, H, Z, W2 = (self.values[name] for name in ("A1", "H", "Z", "W2"))
        shifts = np.outer(moves, self._multiplied(symbol, index))
        if symbol in ("W2", "b2"):
            direction = np.eye(len(W2))[index[0]]
        else:
            j = index[0]
            direction = W2[:, j]
            shifts = np.maximum(A1[:, j] + shifts, 0) - H[:, j]
        logits = Z + shifts[..., None] * direction
        log_P = mlp.log_softmax(logits.reshape(-1, len(W2))).reshape(logits.shape)
        return -log_P[:, np.arange(len(Z)), self.y].mean(axis=1)

    def _multiplied(self, symbol, index):
        """What an entry of a parameter is multiplied by in each example."""
        into = {"W1": self.X, "W2": self.values["H"]}
        return into[symbol][:, index[1]] if symbol in into else np.ones(len(self.X))

    def say_slope(self):
        (symbol, index), label = self.controls["along"].value, self.controls["along"].label
        here, slope = getattr(self.params, symbol)[index], self.values[f"G_{symbol}"][index]
        return f"At {label} = {here:z.2f} the slope of the loss is G_{label} = {slope:+z.4f}."

    def say(self):
        return f"{self.say_loss()} Step {self.step} of {len(STEPS)}: {lighting.equation(self.pointed_out)}."

    def describe(self):
        M, G_Z = self.values["M"], self.values["G_Z"]
        return [
            f"{self.say_point()} {M.sum()} of {M.size} mask entries are on.",
            self.say_slope(),
            f"Rows of G_Z sum to 0: largest sum {zero(np.abs(G_Z.sum(axis=1)).max())}.",
        ]


def backprop_explorer(X=None, y=None, params=None, scale=None):
    """Change anything, and watch all nine steps: every matrix going in and coming out, and each gradient as a slope.

    X (N, 2), y (N,) in {0, 1}, params with 2 inputs and 2 outputs; scale is that of set_scale, unless given.
    Raises ValueError, TypeError for a bad X, y, params or scale. Derivation, section 5.
    """
    return BackpropExplorer(X, y, params, scale)

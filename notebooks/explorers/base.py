"""What every explorer has: a network and a batch on the screen, controls that change them, views that show them.

One change runs one `update()`: state → mlp_helpers → views. An explorer computes no gradient itself.
"""

import re
from contextlib import ExitStack, contextmanager
from functools import partial

import ipywidgets as widgets
import numpy as np

import mlp_helpers as mlp
from explorers.closing import close_those_of_the_last_run, inside
from explorers.given import checked, checked_sizes, scale_or_default
from explorers.hands import Hands
from explorers.page import Ear, is_shared, own, scale_name, shared
from explorers.saved import snapshot
from explorers.views.picture import Picture
from explorers.views.svg import nice_limit
from explorers.views.tables import Axis, Matrix
from explorers.views.words import Words

AS_GIVEN = "as given"
PRECISION = 0.01  # sliders show values rounded to this, as the tables do, and the state keeps every digit

# symbol: (how it comes about, rows, columns, decimals); rows and columns are keys of Explorer.axes
SYMBOLS = {
    "X": ("inputs", "example", "input", 2),
    "Y": ("labels, one-hot", "example", "class", 0),
    "W1": ("weights", "unit", "input", 2),
    "b1": ("biases", "row", "unit", 2),
    "W2": ("weights", "class", "unit", 2),
    "b2": ("biases", "row", "class", 2),
    "A1": ("= X W1ᵀ + b1", "example", "unit", 2),
    "H": ("= ReLU(A1)", "example", "unit", 2),
    "Z": ("= H W2ᵀ + b2", "example", "class", 2),
    "P": ("= softmax(Z)", "example", "class", 3),
    "G_Z": ("= (P − Y) / N", "example", "class", 3),
    "G_W2": ("= G_Zᵀ H", "class", "unit", 3),
    "G_b2": ("= sum of G_Z over i", "sum", "class", 3),
    "G_H": ("= G_Z W2", "example", "unit", 3),
    "M": ("= 1[A1 > 0]", "example", "unit", 0),
    "G_A1": ("= G_H ⊙ M", "example", "unit", 3),
    "G_W1": ("= G_A1ᵀ X", "unit", "input", 3),
    "G_b1": ("= sum of G_A1 over i", "sum", "unit", 3),
    "G_X": ("= G_A1 W1", "example", "input", 3),
    "y": ("labels", "row", "example", 0),
    "loss": ("mean of −log P at the label", "row", "row", 4),
}


class PressButton(widgets.Button):
    """A button that lets the exceptions of what it does through; Button.on_click would log and drop them."""

    def __init__(self, press, **kwargs):
        super().__init__(**kwargs)
        self._press = press

    def click(self):
        self._press()


class Explorer(Hands, widgets.VBox):
    """A box of controls and views over X (N, 2), y (N,) in {0, 1}, and a network with 2 inputs and 2 outputs.

    `.controls` and `.views` are mappings by name; `.X`, `.y`, `.params` are what is on the screen now.
    """

    pointed_out = None  # the symbol of a matrix, if one is

    def __init__(self, X=None, y=None, params=None, scale=None):
        self._given = checked(X, y, params)
        self.scale = scale_or_default(scale)
        self.controls, self.views = {}, {}
        self._actions, self._defaults = {}, {}
        self._exact = {}  # control name → the number that its slider shows rounded
        self._limits = {}  # control name → how far its slider reaches, unless a number is larger
        self._quiet = False
        self._take(*self._given)
        self.compute()
        self.axes = {
            "example": Axis("i", range(len(self.X))),
            "unit": Axis("j", range(len(self.params.b1))),
            "class": Axis("k", range(2)),
            "input": Axis("", ["x1", "x2"]),
            "sum": Axis("", ["sum"]),
            "row": Axis("", [""]),
        }
        self.words = self.views["words"] = Words()
        self.hand = Ear()
        self.hand.observe(self._hear, "value")
        super().__init__(children=[shared(), own(self.scale), *self.build(), self.hand])
        self.add_class("bp-explorer")
        self.add_class(f"bp-{scale_name(self.scale)}")
        self.update(reframe=True)
        close_those_of_the_last_run(self)

    # ------------------------------------------------ what a subclass says

    def build(self):
        """Make the explorer's own controls and views; return the rows of widgets to show."""
        raise NotImplementedError

    def frame(self):
        """Set the scales of the pictures, which then hold while controls move."""

    def draw(self):
        """Show the state in every picture."""
        raise NotImplementedError

    def describe(self):
        """Say the state in a few lines of words and numbers."""
        raise NotImplementedError

    def more_values(self):
        """Return what the explorer's own matrices show, by name."""
        return {}

    def synced(self):
        """Return what sliders must show: control name → (the value that the state gives it, its label)."""
        return {}

    def marks(self, rows, columns):
        """Return the row and the column to mark in a matrix with these axes."""
        return None, None

    def close(self):
        """Leave the page and the memory, with every widget inside: ipywidgets keeps a widget until it is closed.

        A notebook keeps what a cell showed, in Out, and so a closed explorer, but without its pictures.
        """
        if self.comm is not None:
            for inner in inside(self):
                if not is_shared(inner):
                    inner.close()
            for view in self.views.values():
                if isinstance(view, Picture):
                    view.content = view.widget.value = ""
        super().close()

    # ------------------------------------------------ the state

    def update(self, reframe=False):
        """Run the network once, forward and backward, and show the result in every view.

        With reframe, as after a new data set, the fixed scales are chosen anew.
        """
        self.compute()
        if reframe:
            self._frame()
        self.sync()
        self.show()

    def show(self):
        """Show the values in every view."""
        self.values.update(self.more_values())
        for name, view in self.views.items():
            if isinstance(view, Matrix):
                marks = self.marks(view.rows, view.columns)
                view.show(self.values[name], self.limits[name], *marks, name == self.pointed_out)
        self.draw()
        self.words.show(self.describe())

    def _take(self, X, y, params):
        self.X, self.y, self.params = X.copy(), y.copy(), mlp.Params(*(value.copy() for value in params))

    def compute(self):
        """Compute every value of the network; raises ValueError, TypeError where it is not of the sizes given."""
        checked_sizes(self.X, self.y, self.params, self._given)
        forward = mlp.forward(self.X, self.params)
        backward = mlp.backward(self.X, self.y, self.params, forward)
        Y = mlp.one_hot(self.y, 2)
        self.values = {
            "X": self.X.copy(),
            "y": self.y.copy(),
            "Y": Y,
            **{name: value.copy() for name, value in self.params._asdict().items()},
            **forward._asdict(),
            **backward._asdict(),
            "loss": mlp.cross_entropy(forward.Z, self.y),
        }

    def _frame(self):
        self.limit = max(2.0, float(np.ceil(np.abs(self.X).max())))
        self.values.update(self.more_values())
        self.limits = {name: nice_limit(array) for name, array in self.values.items()}
        self.limits["G_Z"] = 1 / len(self.X)
        self._shown_by = {}
        for view in self.views.values():
            if isinstance(view, Picture):
                view.reframe()
        self.frame()

    # ------------------------------------------------ controls

    def add_slider(self, name, label, action, limit=3.0):
        self._limits[name] = limit
        slider = widgets.FloatSlider(0, min=-limit, max=limit, step=PRECISION, description=label, readout_format=".2f")
        return self.add_control(name, slider, action)

    def add_control(self, name, control, action=lambda value: None, reframe=False, resets=True):
        """Let a control act on the state with action(value), then update; Reset brings its first value back."""
        control.style.description_width = (
            "auto" if isinstance(control, widgets.Dropdown) else f"{round(105 * self.scale)}px"
        )
        control.layout.width = f"{round(310 * self.scale)}px"
        control.tooltip = ""  # without one, a slider's label shows "null"
        self.controls[name], self._actions[name] = control, (action, reframe)
        if resets:
            self._defaults[name] = control.value
        control.observe(partial(self._moved, name), "value")
        return control

    def add_button(self, name, label, press, reframe=False):
        def pressed():
            self._change(press, reframe)

        self.controls[name] = PressButton(pressed, description=label, layout=widgets.Layout(width="auto"))
        return self.controls[name]

    def add_data_and_reset(self):
        sets = widgets.Dropdown(options=[AS_GIVEN, *mlp.DATA_SETS], description="data set")
        self.add_control("data", sets, self._choose_data, reframe=True)
        self.add_button("reset", "Reset", self._reset, reframe=True)

    def _choose_data(self, name):
        if name == AS_GIVEN:
            self.X, self.y = self._given[0].copy(), self._given[1].copy()
        else:
            self.X, self.y = mlp.toy_data(name, len(self.X), np.random.default_rng(0))

    def _reset(self):
        self._take(*self._given)
        for name, value in self._defaults.items():
            self.controls[name].value = value

    def _moved(self, name, change):
        if self._quiet or self._only_rounded(name, change["new"]):
            return
        action, reframe = self._actions[name]
        self._change(partial(action, change["new"]), reframe)

    def _only_rounded(self, name, value):
        """A browser sends a slider's value back rounded to its step: that is no move."""
        return name in self._exact and abs(self._exact[name] - value) <= PRECISION / 2 + 1e-9

    def _change(self, act, reframe):
        """Act on the state, with no control heard meanwhile, then update once."""
        with self._at_once(), self._telling():
            with self._quietly():
                act()
            self.react(reframe)

    def react(self, reframe):
        """Show what a control has changed."""
        self.update(reframe)

    def sync(self):
        """Let the controls say what the state is; a slider's range grows where its number needs it."""
        with self._quietly():
            for name, (value, label) in self.synced().items():
                slider, self._exact[name] = self.controls[name], value
                if self._shown_by.get(name) != label:  # another number, or a new frame: the range starts anew
                    self._shown_by[name], reach = label, self._limits[name]
                else:
                    reach = slider.max
                reach = max(reach, float(np.ceil(abs(value))))
                slider.min, slider.max, slider.description = -reach, reach, label
                if abs(slider.value - value) > PRECISION / 2 + 1e-9:
                    slider.value = round(value, 2)

    @contextmanager
    def _at_once(self):
        """Send all that changes at the end: the page lays itself out once, and does not answer before it is whole."""
        with ExitStack() as held:
            for widget in (*self.controls.values(), *(view.widget for view in self.views.values())):
                held.enter_context(widget.hold_sync())
            yield

    @contextmanager
    def _quietly(self):
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before

    @contextmanager
    def _telling(self):
        """Show a failure on the screen, and let it through."""
        try:
            yield
        except Exception as error:
            self.words.show([f"This change failed. {type(error).__name__}: {error}"])
            raise

    # ------------------------------------------------ views

    def axes_of(self, symbol):
        """The names of what a symbol's rows and columns count."""
        return SYMBOLS[symbol][1:3]

    def add_matrices(self, *symbols):
        """Make a table for each symbol, side by side while there is room."""
        for symbol in symbols:
            meaning, rows, columns, decimals = SYMBOLS[symbol]
            self.views[symbol] = Matrix(symbol, meaning, self.axes[rows], self.axes[columns], decimals)
        return flow(*(self.views[symbol].widget for symbol in symbols))

    # ------------------------------------------------ without widgets

    def __repr__(self):
        title = re.sub("(?<!^)(?=[A-Z])", " ", type(self).__name__).capitalize()
        return "\n".join([f"{title}, N = {len(self.X)}, data {self.controls['data'].value}", *self._lines()])

    def _lines(self):
        return [line for view in self.views.values() if isinstance(view, Words) for line in view.lines]

    def _repr_mimebundle_(self, **kwargs):
        data = super()._repr_mimebundle_(**kwargs)
        parts, left = [], 0
        for view in self.views.values():
            if isinstance(view, Picture):
                parts.append((left, 0, view.width, view.height, view.content))
                left += view.width + 12
        return data | {"text/plain": repr(self), "image/svg+xml": snapshot(parts, repr(self))}


def flow(*children):
    """Put widgets side by side, and on a new line where there is no room."""
    return widgets.Box(
        children,
        layout=widgets.Layout(display="flex", flex_flow="row wrap", grid_gap="4px 18px", align_items="flex-start"),
    )

"""What every explorer has: a network and a batch on the screen, controls that change them, views that show them.

One change runs one `update()`: state → mlp_helpers → views. An explorer computes no gradient itself.
"""

import re
import textwrap
from contextlib import ExitStack, contextmanager
from functools import partial
from numbers import Real

import ipywidgets as widgets
import numpy as np
from IPython import get_ipython
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import mlp_helpers as mlp
from explorers.colors import INK, png
from explorers.predict import Predictor
from explorers.views import HIDPI, Axis, Matrix, Picture, Words, nice_limit, scale_name, style

AS_GIVEN = "as given"
_default_scale = 1.0
STEP = 0.01  # sliders show values rounded to this, as the tables do, and the state keeps every digit

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
}


class PressButton(widgets.Button):
    """A button that lets the exceptions of what it does through; Button.on_click would log and drop them."""

    def __init__(self, press, **kwargs):
        super().__init__(**kwargs)
        self._press = press

    def click(self):
        self._press()


class Explorer(widgets.VBox):
    """A box of controls and views over X (N, 2), y (N,) in {0, 1}, and a network with 2 inputs and 2 outputs.

    `.controls` and `.views` are mappings by name; `.X`, `.y`, `.params` are what is on the screen now.
    """

    now = None  # the matrix to point out

    def __init__(self, X=None, y=None, params=None, scale=None):
        self._given = _checked(X, y, params)
        self.scale = _default_scale if scale is None else _checked_scale(scale)
        self.controls, self.views = {}, {}
        self._actions, self._defaults = {}, {}
        self._exact = {}  # control name → the number that its slider shows rounded
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
        super().__init__(children=[style(self.scale), *self.build()])
        self.add_class("bp-explorer")
        self.add_class(f"bp-{scale_name(self.scale)}")
        self.update(reframe=True)
        _close_those_of_the_last_run(self)

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
            for inner in _inside(self):
                inner.close()
            for view in self.views.values():
                if isinstance(view, Picture):
                    vars(view).clear()
        super().close()

    # ------------------------------------------------ the state

    def update(self, reframe=False):
        """Run the network once, forward and backward, and show the result in every view.

        With reframe, as after a new data set, the fixed scales are chosen anew.
        """
        self.compute()
        self.values.update(self.more_values())
        if reframe:
            self._frame()
        self.sync()
        for name, view in self.views.items():
            if isinstance(view, Matrix):
                view.show(
                    self.values[name],
                    self.limits[name],
                    *self.marks(view.rows, view.columns),
                    now=name == self.now,
                )
        self.draw()
        self.words.show(self.describe())

    def _take(self, X, y, params):
        self.X, self.y, self.params = X.copy(), y.copy(), mlp.Params(*(value.copy() for value in params))

    def compute(self):
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
        self.limits = {name: nice_limit(array) for name, array in self.values.items()}
        self.limits["G_Z"] = 1 / len(self.X)
        for view in self.views.values():
            if isinstance(view, Picture):
                view.reframe()
        self.frame()

    # ------------------------------------------------ controls

    def add_slider(self, name, label, action, limit=3.0):
        slider = widgets.FloatSlider(0, min=-limit, max=limit, step=STEP, description=label, readout_format=".2f")
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
        return name in self._exact and abs(self._exact[name] - value) <= STEP / 2 + 1e-9

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
        """Let the controls say what the state is; a slider's range grows where a value needs it."""
        with self._quietly():
            for name, (value, label) in self.synced().items():
                slider, self._exact[name] = self.controls[name], value
                reach = max(slider.max, float(np.ceil(abs(value))))
                slider.min, slider.max, slider.description = -reach, reach, label
                if abs(slider.value - value) > STEP / 2 + 1e-9:
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
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False

    @contextmanager
    def _telling(self):
        """Show a failure on the screen, and let it through."""
        try:
            yield
        except Exception as error:
            self.words.show([f"This change failed. {type(error).__name__}: {error}"])
            raise

    # ------------------------------------------------ views

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
        pixels = self._snapshot()
        data["text/plain"], data["image/png"] = repr(self), png(pixels, compress_level=9)
        return data, {"image/png": {"width": pixels.shape[1], "height": pixels.shape[0], "alt": repr(self)}}

    def _snapshot(self):
        """The pictures side by side with the words below, one pixel a CSS pixel at scale 1."""
        pictures = [_shrunk(view.pixels()) for view in self.views.values() if isinstance(view, Picture)]
        top = np.hstack([*_padded(pictures, axis=0)])
        return np.vstack([*_padded([top, _text_pixels(repr(self), top.shape[1], self.scale)], axis=1)])


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

    def sync(self):
        with self._quietly():
            for axis in range(2):
                slider = self.controls[f"x{axis + 1}"]
                slider.min, slider.max = -self.limit, self.limit
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


def flow(*children):
    """Put widgets side by side, and on a new line where there is no room."""
    return widgets.Box(
        children,
        layout=widgets.Layout(display="flex", flex_flow="row wrap", grid_gap="4px 18px", align_items="flex-start"),
    )


_made_by = {}  # a notebook cell → its last run, and the explorers that this run made


def _close_those_of_the_last_run(explorer):
    """A cell that runs again has a new output: close what it made before, which would stay in memory for good."""
    get_parent = getattr(get_ipython(), "get_parent", dict)
    message = get_parent()  # the request that runs the cell
    cell, run = message.get("metadata", {}).get("cellId"), message.get("header", {}).get("msg_id")
    if cell is None:  # not in a notebook cell
        return
    last_run, made = _made_by.get(cell, (run, []))
    if last_run != run:
        for old in made:
            old.close()
        made = []
    _made_by[cell] = run, [*made, explorer]


def _inside(widget):
    """Every widget within a widget: its children, its layout, its style, and theirs."""
    for name in widget.keys:
        value = getattr(widget, name)
        for inner in value if isinstance(value, tuple) else [value]:
            if isinstance(inner, widgets.Widget):
                yield inner
                yield from _inside(inner)


def zero(size):
    """Say a size that should be 0, but for rounding."""
    return "0" if size < 1e-12 else f"{size:.1e}"


def spelled(terms):
    """Write a sum out, if it is short."""
    return " ".join(f"{term:+z.3f}" for term in terms) if len(terms) <= 6 else f"{len(terms)} terms"


def _shrunk(pixels):
    """Pixels at the size of the page."""
    height, width = (size // HIDPI for size in pixels.shape[:2])
    blocks = pixels[: height * HIDPI, : width * HIDPI].reshape(height, HIDPI, width, HIDPI, 4)
    return blocks.mean(axis=(1, 3)).round().astype(np.uint8)


def _padded(pictures, axis):
    """Fill pictures up with white to the largest height (axis 0) or width (axis 1)."""
    largest = max(picture.shape[axis] for picture in pictures)
    for picture in pictures:
        room = [(0, 0)] * 3
        room[axis] = (0, largest - picture.shape[axis])
        yield np.pad(picture, room, constant_values=255)


def _text_pixels(text, width, scale):
    lines = [part for line in text.split("\n") for part in textwrap.wrap(line, int(width / scale / 7))]
    height = round((17 * len(lines) + 10) * scale)
    figure = Figure(figsize=(width / 100 / scale, height / 100 / scale), dpi=100 * scale)
    canvas = FigureCanvasAgg(figure)
    figure.text(0.01, 0.98, "\n".join(lines), fontsize=8, color=INK, va="top", linespacing=1.35, parse_math=False)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


def _checked(X, y, params):
    """Return copies of a batch and a network that an explorer can show; moons and a fresh network by default."""
    if X is None and y is None:
        X, y = mlp.toy_data("moons", 5, np.random.default_rng(2))
    if params is None:
        params = mlp.init_params(np.random.default_rng(18))
    mlp.loss(X, y, params)
    params = mlp.Params(*(np.array(value, float) for value in params))
    for name, size in (("params.W1", params.W1.shape[1]), ("params.W2", params.W2.shape[0])):
        if size != 2:
            raise ValueError(f"{name}: an explorer shows networks with 2 inputs and 2 outputs, got {size}")
    return np.array(X, float), np.array(y, int), params


def set_scale(scale):
    """Set the size of every explorer made from now on: 1.0 for a desk, about 1.6 for a projector.

    An explorer's own scale comes before it. Raises ValueError for a scale outside 0.5 to 4, TypeError for no number.
    """
    global _default_scale
    _default_scale = _checked_scale(scale)


def _checked_scale(scale):
    if not isinstance(scale, Real) or isinstance(scale, bool):
        raise TypeError(f"scale: expected a number, got {type(scale).__name__} {scale!r}")
    if not 0.5 <= scale <= 4:
        raise ValueError(f"scale: expected a number from 0.5 to 4, got {scale}")
    return float(scale)

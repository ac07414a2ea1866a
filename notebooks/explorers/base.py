"""What every explorer has: a state, controls that change it, views that show it.

One change runs one `update()`: state → values → views. An explorer computes no gradient itself.

state     what is on the screen: the batch, the network, and what is put on top of the logits (state.py)
values    every array that is computed from a state, by its symbol
limits    how far the scale of each symbol's colours reaches, which holds while something moves
axes      what rows and columns count: "example", "unit", "class", "input", and what their labels are
views     what shows values: pictures, each in a widget or more; tables, in that of a board; words, in that of `said`
controls  what a person moves, by name; each acts on the state, and is told when the state moved otherwise
moved     which entries the last change moved, by symbol; empty when all are new
"""

import re
import threading
from contextlib import ExitStack, contextmanager
from functools import partial

import ipywidgets as widgets
import numpy as np

import mlp_helpers as mlp
from checker.symbols import SYMBOLS, made_from
from explorers.closing import close_those_of_the_last_run, inside
from explorers.given import checked, checked_sizes, scale_or_default
from explorers.hands import Hands
from explorers.moves import moved_between, said
from explorers.page import Ear, begin_anew, is_shared, own, scale_name, shared
from explorers.saved import side_by_side, snapshot
from explorers.state import State
from explorers.turns import take_turns
from explorers.views.picture import Picture
from explorers.views.svg import nice_limit
from explorers.views.tables import Axis, Matrix
from explorers.views.words import Count, Said, Words

AS_GIVEN = "as given"
DECIMALS = 2  # sliders show values rounded to so many, and the state keeps every digit
PRECISION = 10.0**-DECIMALS


def decimals_of(symbol):
    """With how many decimals a symbol's numbers are shown at least: gradients and probabilities are small."""
    return 3 if symbol[0] in "GP" else 2


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
        self._given = State.of(*checked(X, y, params))
        self.state = self._given.copy()
        self.scale = scale_or_default(scale)
        self.controls, self.views = {}, {}
        self._actions, self._defaults = {}, {}
        self._exact = {}  # control name → the number that its slider shows rounded
        self._reaches = {}  # control name → how far its slider reaches, unless a number is larger
        self._lock = threading.RLock()  # a change is whole before another thread's begins, or anything is read
        self._quiet = False
        self.moved = {}
        self.compute()
        self.axes = {
            "example": Axis("i", range(len(self.X))),
            "unit": Axis("j", range(len(self.params.b1))),
            "class": Axis("k", range(2)),
            "input": Axis("d", ["x1", "x2"]),
            "sum": Axis("·", ["Σ"]),
            "row": Axis("·", ["0"]),
        }
        self.said = Said()
        self._sent_together = []  # what a change sends in the end, beside controls, pictures and words
        self.words = self.views["words"] = self.said.add(Words())
        self.changed = self.views["changed"] = self.said.add(Words(), "bp-moved")
        self._count = self.said.add(Count(), "bp-count")
        self.hand = Ear(self._lock)
        self.hand.observe(self._hear, "value")
        super().__init__(children=[shared(), own(self.scale), *self.build(), self.hand])
        self.add_class("bp-explorer")
        self.add_class(f"bp-{scale_name(self.scale)}")
        self.update(rescale=True)
        close_those_of_the_last_run(self)

    # ------------------------------------------------ what a subclass says

    def build(self):
        """Make the explorer's own controls and views; return the rows of widgets to show."""
        raise NotImplementedError

    def prepare(self):
        """Bring the state, of which the batch and the network may have come from code, in order."""

    def set_scales(self):
        """Set the scales of the pictures, which then hold while controls move."""

    def draw(self):
        """Show the state in every picture."""
        raise NotImplementedError

    def say(self):
        """Say the state in one line, which stands on the screen."""
        raise NotImplementedError

    def describe(self):
        """Say in more lines what the pictures show, for whoever reads and does not see."""
        return []

    def more_values(self):
        """Return what the explorer's own matrices show, by name."""
        return {}

    def synced(self):
        """Return what sliders must show: control name → (the value that the state gives it, its label)."""
        return {}

    def chosen_on(self, axis):
        """Return what is chosen along an axis, or None."""
        return None

    def close(self):
        """Leave the page and the memory, with every widget inside: ipywidgets keeps a widget until it is closed.

        A notebook keeps what a cell showed, in Out, and so a closed explorer, but without its pictures.
        """
        if self.comm is None:
            return
        with self._lock:
            for inner in inside(self):
                if not is_shared(inner):
                    inner.close()
            for view in self.views.values():
                if isinstance(view, Picture):
                    view.clear()
            super().close()

    def renew(self):
        """Send the page all that it shows, with new controls: a broken connection may have lost anything."""
        with self._lock:
            for control in self.controls.values():
                begin_anew(control)
            for part in (self, *inside(self)):
                if not is_shared(part):
                    part.send_state()

    # ------------------------------------------------ the state

    @property
    def X(self):
        with self._lock:
            return self.state.X

    @X.setter
    def X(self, X):
        with self._lock:
            self.state.X = X

    @property
    def y(self):
        with self._lock:
            return self.state.y

    @y.setter
    def y(self, y):
        with self._lock:
            self.state.y = y

    @property
    def params(self):
        with self._lock:
            return self.state.params

    @params.setter
    def params(self, params):
        with self._lock:
            self.state.params = params

    def update(self, rescale=False):
        """Run the network once, forward and backward, and show the result in every view.

        With rescale, as after a new data set, the fixed scales are chosen anew.
        """
        with self._lock, self._at_once():
            self._update(rescale)

    def _update(self, rescale):
        self.compute()
        if rescale:
            self._scale_anew()
        self.sync()
        self.show()

    def compute(self):
        """Compute every value of the state; raises ValueError, TypeError where it is not of the sizes given."""
        checked_sizes(self.X, self.y, self.params, self._given)
        self.prepare()
        self.values = self.state.values()

    def _scale_anew(self):
        self.edge = max(2.0, float(np.ceil(np.abs(self.X).max())))
        self.limits = {name: nice_limit(array) for name, array in self.values.items()}
        self.limits["G_Z"] = 1 / len(self.X)
        self._shown_by, self._seen, self.moved = {}, self.values, {}
        for view in self.views.values():
            if isinstance(view, Picture):
                view.rescale()
        self.set_scales()

    def show(self):
        """Show the values in every view."""
        self.moved, self._seen = moved_between(self._seen, self.values) or self.moved, self.values
        shown = self.values | self.more_values()
        tables = {name: view for name, view in self.views.items() if isinstance(view, Matrix)}
        going_in = self.going_in()
        for name, view in tables.items():
            row = self.chosen_on("example") if view.down is self.axes["example"] else None
            classes = " bp-now" * (name == self.pointed_out) + " bp-in" * (name in going_in)
            view.show(shown[name], self.limits[name], row, self.moved.get(name), classes)
        self.draw()
        self.words.show([self.say()])
        self.changed.show([said(self.moved, tables)])

    def going_in(self):
        """The symbols that go into the one pointed out."""
        return made_from(self.pointed_out) if self.pointed_out else []

    # ------------------------------------------------ controls

    def add_slider(self, name, label, action, reach=3.0):
        self._reaches[name] = reach
        slider = widgets.FloatSlider(
            0, min=-reach, max=reach, step=PRECISION, description=label, readout_format=f".{DECIMALS}f"
        )
        return self.add_control(name, slider, action)

    def add_control(self, name, control, action=lambda value: None, rescale=False, resets=True):
        """Let a control act on the state with action(value), then update; Reset brings its first value back."""
        slides = isinstance(control, widgets.FloatSlider | widgets.IntSlider | widgets.SelectionSlider)
        control.style.description_width = f"{round(84 * self.scale)}px" if slides else "auto"
        control.layout.width = "auto"
        control.tooltip = ""  # without one, a slider's label shows "null"
        self.controls[name], self._actions[name] = control, (action, rescale)
        if resets:
            self._defaults[name] = control.value
        control.observe(partial(self._heard, name), "value")
        return take_turns(control, self._lock)

    def add_button(self, name, label, press, rescale=False, tooltip=""):
        def pressed():
            self._change(press, rescale)

        layout = widgets.Layout(width="auto")
        button = PressButton(pressed, description=label, tooltip=tooltip, layout=layout)
        self.controls[name] = take_turns(button, self._lock)
        return button

    def add_data_and_reset(self):
        sets = widgets.Dropdown(options=[AS_GIVEN, *mlp.DATA_SETS], description="data")
        self.add_control("data", sets, self._choose_data, rescale=True)
        self.add_button("reset", "Reset", self._reset, rescale=True)

    def _choose_data(self, name):
        if name == AS_GIVEN:
            X, y = self._given.X, self._given.y
        else:
            X, y = mlp.toy_data(name, len(self.X), np.random.default_rng(0))
        self.state = State.of(X, y, self.params)

    def _reset(self):
        self.state, self._picked = self._given.copy(), type(self)._picked
        for name, value in self._defaults.items():
            self.controls[name].value = value

    def _heard(self, name, change):
        with self._lock:
            if self._quiet or self._only_rounded(name, change["new"]):
                return
            action, rescale = self._actions[name]
            self._change(partial(action, change["new"]), rescale)

    def _only_rounded(self, name, value):
        """A browser sends a slider's value back rounded to its step: that is no move."""
        return name in self._exact and abs(self._exact[name] - value) <= PRECISION / 2 + 1e-9

    def _change(self, act, rescale):
        """Act on a state of its own, with no control heard meanwhile, then show it; a change that fails is none."""
        with self._lock, self._at_once(), self._telling():
            before, self.state = self.state, self.acted_on().copy()
            try:
                with self._quietly():
                    act()
                self.react(before, rescale)
            except BaseException:  # an interrupted kernel's, too
                self.state = before
                raise

    def acted_on(self):
        """The state that the next change acts on."""
        return self.state

    def react(self, before, rescale):
        """Show what a control has changed; before is the state that is on the screen."""
        self._update(rescale)

    def sync(self):
        """Let the controls say what the state is; a slider's range grows where its number needs it."""
        with self._quietly():
            for name, (value, label) in self.synced().items():
                slider, self._exact[name] = self.controls[name], value
                if self._shown_by.get(name) != label:  # another number, or new scales: the range starts anew
                    self._shown_by[name], reach = label, self._reaches[name]
                else:
                    reach = slider.max
                reach = max(reach, float(np.ceil(abs(value))))
                slider.min, slider.max, slider.description = -reach, reach, label
                if abs(slider.value - value) > PRECISION / 2 + 1e-9:
                    slider.value = round(value, DECIMALS)

    @contextmanager
    def _at_once(self):
        """Send all that changes at the end, the words last: the page draws it when they come, and answers then."""
        with ExitStack() as held:
            sheets = [sheet for view in self.views.values() for sheet in getattr(view, "sheets", [])]
            for widget in (self.said.widget, *self.controls.values(), *sheets, *self._sent_together):
                held.enter_context(widget.hold_sync())
            yield
            self._count.add()

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
        return SYMBOLS[symbol].rows, SYMBOLS[symbol].columns

    def add_matrix(self, symbol):
        """Make the table of a symbol; one with a row for each unit is turned, so that units run across."""
        rows, columns = self.axes_of(symbol)
        says, turned = SYMBOLS[symbol].equation, rows == "unit"
        self.views[symbol] = Matrix(symbol, says, self.axes[rows], self.axes[columns], decimals_of(symbol), turned)
        return self.views[symbol]

    # ------------------------------------------------ without widgets

    def __repr__(self):
        with self._lock:
            title = re.sub("(?<!^)(?=[A-Z])", " ", type(self).__name__).capitalize()
            first = f"{title}, N = {len(self.X)}, data {self.controls['data'].value}"
            return "\n".join([first, self.say(), *self.describe(), *self._lines()])

    def _lines(self):
        hidden = (self.words, self.changed)
        views = (view for view in self.views.values() if isinstance(view, Words) and view not in hidden)
        return [line for view in views for line in view.lines]

    def parts(self):
        """What a saved notebook shows: the pictures side by side, each with its place and size."""
        return side_by_side([view for view in self.views.values() if isinstance(view, Picture)])

    def _repr_mimebundle_(self, **kwargs):
        with self._lock:
            data = super()._repr_mimebundle_(**kwargs)
            words = repr(self)
            return data | {"text/plain": words, "image/svg+xml": snapshot(self.parts(), words)}

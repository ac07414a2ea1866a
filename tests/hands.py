"""Hands that move explorers, and eyes that read them: what the tests of explorers share."""

import pickle
from functools import cache

import ipywidgets as widgets
import numpy as np
import pytest

import explorers
import mlp_helpers as m

try:
    from torch_net import torch_values
except ImportError:  # without PyTorch: what the parity test has compared with PyTorch's saved values
    from nets import values_of as torch_values

TOLERANCE = 1e-12
NUMBERS = {"x1": ("X", (3, 0)), "x2": ("X", (3, 1)), "W1_0": ("W1", (7, 0)), "W1_1": ("W1", (7, 1)), "b1": ("b1", 7)}
NUMBERS |= {"W2_0": ("W2", (0, 7)), "W2_1": ("W2", (1, 7))}  # of example 3 and unit 7

every_explorer = pytest.mark.parametrize("name", explorers.__all__)
OTHERS = {"training_explorer", "bug_lab", "tape_explorer"}  # without an example and a unit to move
every_network_explorer = pytest.mark.parametrize("name", [name for name in explorers.__all__ if name not in OTHERS])


def make(name, *net, scale=0.5):
    """Make an explorer, small so that it paints fast."""
    return getattr(explorers, name)(*net, scale=scale)


def own_net(N=12, n_hidden=16):
    X, y = m.toy_data("circles", N, np.random.default_rng(4))
    return X, y, m.init_params(np.random.default_rng(5), n_hidden=n_hidden)


def chosen(name, *net):
    """Make an explorer with example 3 and unit 7 chosen."""
    explorer = make(name, *net)
    stir_to(explorer, example=3, unit=7)
    return explorer


def move(control, part):
    """Press a button, or put another control at this part, 0 to 1, of its way."""
    if isinstance(control, widgets.Button):
        control.click()
    elif isinstance(control, widgets.Checkbox | widgets.ToggleButton):
        control.value = part > 0.5
    elif hasattr(control, "options"):
        control.index = round(part * (len(control.options) - 1))
    else:
        control.value = type(control.value)(control.min + part * (control.max - control.min))


def numbers_of(explorer):
    """The sliders of example 3 and unit 7 that it has, with what each moves."""
    return [(control, number) for control, number in NUMBERS.items() if control in explorer.controls]


def stir_to(explorer, **values):
    """Put those of the controls that the explorer has to these values."""
    for control, value in values.items():
        if control in explorer.controls:
            explorer.controls[control].value = value


def stir(explorer, part, *controls):
    """Move those of the controls that the explorer has."""
    for control in controls:
        if control in explorer.controls:
            move(explorer.controls[control], part)


def of_kind(explorer, attribute):
    return {name: view for name, view in explorer.views.items() if hasattr(view, attribute)}


def state(explorer):
    numbers = {"X": explorer.X, "y": explorer.y, **explorer.params._asdict()}
    return {name: array.copy() for name, array in numbers.items()}


def differences(one, other):
    """The names of what differs in two mappings of arrays."""
    return [name for name in one | other if not np.array_equal(one.get(name), other.get(name))]


def screen(explorer):
    """All that a person sees but the controls and words: tables, equations and pictures, as HTML."""
    views = {name: view for name, view in explorer.views.items() if name != "words"}
    return {name: view.content if hasattr(view, "content") else view.html for name, view in views.items()}


@cache
def reference(pickled):
    """What PyTorch says, computed once for each state."""
    return torch_values(*pickle.loads(pickled))


def assert_true_to_state(explorer):
    """Every matrix shown, under a symbol's name, is PyTorch's for this state."""
    added = explorer.state.added + explorer.state.shift
    expected = reference(pickle.dumps((explorer.X, explorer.y, explorer.params, added))) | state(explorer)
    expected |= {"Y": np.eye(2)[explorer.y], "M": expected["A1"] > 0}
    if "outer" in explorer.views:
        expected["outer"] = np.outer(expected["G_Z"][explorer.example], expected["H"][explorer.example])
    for symbol, view in of_kind(explorer, "array").items():
        array = view.array
        if symbol in expected:
            want = expected[symbol]
            assert array.shape == want.shape and array.dtype == want.dtype, symbol
            assert np.abs(1.0 * array - want).max() <= TOLERANCE * np.abs(1.0 * want).max(), symbol

"""What is measured: the explorers, with the most on the screen that they can have, and their sliders."""

import ipywidgets as widgets

import explorers
import mlp_helpers as mlp

KINDS = (widgets.IntSlider, widgets.FloatSlider, widgets.SelectionSlider)
LAST_STEP = {"backprop_explorer": 6, "training_explorer": 500}  # where these have the most on the screen


def make(name, most=True):
    """Make an explorer with the most on the screen, or as it opens."""
    explorer = getattr(explorers, name)()
    if most and "seed" in explorer.controls:
        explorer.controls["start"].value = "random"  # so that the seed acts
    if most and name in LAST_STEP:
        explorer.controls["step"].value = LAST_STEP[name]
    if most and "unit" in explorer.controls:  # the unit whose numbers move the loss most
        slopes = mlp.backward(explorer.X, explorer.y, explorer.params).G_A1
        explorer.controls["unit"].value = int(abs(slopes).sum(axis=0).argmax())
    return explorer


def marked(name):
    """Make an explorer whose sliders can be found in the page, by their names as classes."""
    explorer = make(name)
    for slider, control in sliders(explorer).items():
        control.add_class(f"slider-{slider}")
    return explorer


def sliders(explorer):
    """The sliders by name; a seed starts afresh, with less on the screen, so it comes last."""
    found = {name: control for name, control in explorer.controls.items() if isinstance(control, KINDS)}
    return dict(sorted(found.items(), key=lambda item: item[0] == "seed"))

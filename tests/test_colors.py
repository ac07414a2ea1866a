"""Colours that mean something stay apart for colour-blind eyes, and text stands out on all of them.

Distances are CAM02-UCS, where 2 is just noticeable, after colorspacious' simulation (Machado et al. 2009) of a full
deuteranopia and protanopia. Contrast is WCAG 2's.
"""

from itertools import product

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE
from matplotlib.colors import to_rgb
from screens import LOOK

import explorers
from explorers.page import _sheet
from explorers.views.colors import DARK, LIGHT

EYES = [
    "sRGB1",
    *({"name": "sRGB1+CVD", "cvd_type": f"{kind}omaly", "severity": 100} for kind in ("deuteran", "protan")),
]
# signs, classes, a unit lit or not, curve and tangent, where a notebook is
APART = [("positive", "negative"), ("class0", "class1"), ("lit", "dim"), ("ink", "on"), ("lit", "paper")]
CANVAS = {"light": "rgb(255, 255, 255)", "dark": "rgb(0, 0, 0)"}


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_stay_apart(colors):
    for pair, eyes in product(APART, EYES):
        one, other = (np.clip(cspace_convert(to_rgb(colors[name]), eyes, "sRGB1"), 0, 1) for name in pair)
        assert deltaE(one, other, input_space="sRGB1") > 15, (pair, eyes)


@pytest.mark.parametrize("forced", [None, *CANVAS])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_marks_stand_out_on_a_page_of_jupyters_and_in_a_contrast_theme(chromium, theme, forced):
    """A contrast theme has black or white paper, whichever of its own Jupyter has."""
    shown = [explorers.backprop_explorer(), explorers.output_layer_explorer(), explorers.training_explorer()]
    shown[0].controls["unit"].value = 5
    views = [view for one in shown for view in one.views.values()]
    drawn = "".join(sheet.value for view in views for sheet in getattr(view, "sheets", ()))
    drawn += "".join(f"<div class=bp-matrix>{view.html}</div>" for view in views if hasattr(view, "array"))
    drawn += (
        "<svg class=bp-picture><circle class='node p8'/><circle class='node n8'/><circle class='node lit'/><text></svg>"
    )
    drawn += "<div class=bp-matrix><table><tr><td class=p8><td class=n8><td class=s>"
    drawn += "<td class='p8 s'><td class='p6 s'><td class='n8 s'><td class='n6 s'><td class='on s'></table>"
    ink, paper = {"light": ("rgba(0, 0, 0, 0.87)", "#ffffff"), "dark": ("#ffffff", "#111111")}[theme]
    page = f"--jp-content-font-color1: {ink}; --jp-layout-color0: {paper}; background: {'Canvas' if forced else paper}"
    tab = chromium.new_page()
    tab.emulate_media(forced_colors="active" if forced else "none", color_scheme=forced or "light")
    tab.set_content(
        f"<style>{_sheet()}</style><body style='{page}' data-jp-theme-light={'true' if theme == 'light' else 'false'}>"
        f"<div class=bp-explorer>{drawn}</div>"
    )
    tab.evaluate(LOOK)
    assert not forced or tab.evaluate("() => getComputedStyle(document.body).backgroundColor") == CANVAS[forced]
    assert tab.evaluate("() => look.unseen()") == []
    tab.close()

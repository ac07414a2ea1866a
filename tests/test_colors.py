"""Colours that mean something stay apart for colour-blind eyes, and text stands out on all of them.

Distances are CAM02-UCS, where 2 is just noticeable, after colorspacious' simulation (Machado et al. 2009) of a full
deuteranopia and protanopia. Contrast is WCAG 2's.
"""

import re
from itertools import product

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE
from matplotlib.colors import to_rgb
from screens import LOOK

import explorers
from explorers.page import DEEPEST, ON_CELL, _sheet, file
from explorers.views.colors import DARK, LIGHT

EYES = [
    "sRGB1",
    *({"name": "sRGB1+CVD", "cvd_type": f"{kind}omaly", "severity": 100} for kind in ("deuteran", "protan")),
]
# signs, classes, a unit lit or not, curve and tangent, where a notebook is
APART = [("positive", "negative"), ("class0", "class1"), ("lit", "dim"), ("ink", "on"), ("lit", "paper")]
BLACK = "#111111"  # the text on gold
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(0, 0, 0)"}
every_theme = pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])


@every_theme
def test_colours_stay_apart(colors):
    for pair, eyes in product(APART, EYES):
        one, other = (np.clip(cspace_convert(to_rgb(colors[name]), eyes, "sRGB1"), 0, 1) for name in pair)
        assert deltaE(one, other, input_space="sRGB1") > 15, (pair, eyes)


def over(color, share, under):
    return share * np.array(to_rgb(color)) + (1 - share) * np.array(to_rgb(under))


def contrast(one, other):
    dark, light = sorted(cspace_convert([to_rgb(one), to_rgb(other)], "sRGB1", "XYZ1")[:, 1])
    return (light + 0.05) / (dark + 0.05)


@every_theme
def test_text_and_lines_stand_out(colors):
    page, text = ("#ffffff", over("black", 0.87, "#ffffff")) if colors is LIGHT else (BLACK, "#ffffff")
    named = int(re.search(r"text.norm0.*?(\d+)%", file("picture.css"))[1]) / 100
    pairs = [(BLACK, colors["class1"]), (BLACK, colors["lit"])]
    pairs += [(colors["ink"], colors["paper"]), (colors["on"], colors["paper"]), (colors["ink"], colors["dim"])]
    pairs += [(colors["paper"], colors["class0"])]  # the number on a point
    pairs += [(text, over(colors["on"], ON_CELL, page))]
    here = float(re.search(r"box.here.*?fill-opacity: ([.\d]+)", file("picture.css"))[1])
    pairs += [(colors["ink"], over(colors["lit"], here, colors["paper"]))]  # where a notebook is
    for sign in ("positive", "negative"):  # the deepest cell and node, and the name of a curve
        pairs += [(text, over(colors[sign], DEEPEST, page))]
        pairs += [(colors["ink"], over(colors[sign], DEEPEST, colors["paper"]))]
        pairs += [(over(colors[sign], named, colors["ink"]), colors["paper"])]
    for one, other in pairs:
        assert contrast(one, other) >= 4.5, (one, other)
    for name in ("class0", "faint", "on", "positive", "negative"):  # a line or a mark without letters
        assert contrast(colors[name], colors["paper"]) >= 3, name


@pytest.mark.parametrize("theme", PAPER)
@pytest.mark.parametrize("page", PAPER)
def test_what_colours_tell_is_seen_in_a_contrast_theme(chromium, theme, page):
    """In a theme of black or of white paper, whichever of its own Jupyter has."""
    shown = [explorers.backprop_explorer(), explorers.output_layer_explorer()]
    shown[0].controls["unit"].value = 5
    views = [view for one in shown for view in one.views.values()]
    drawn = "".join(view.widget.value for view in views if hasattr(view, "content"))
    drawn += "".join(f"<div class=bp-matrix>{view.widget.value}</div>" for view in views if hasattr(view, "array"))
    drawn += "<div class=bp-matrix><table><tr><td class=p8><td class=n8></table></div>"
    ink = {"light": "rgba(0, 0, 0, 0.87)", "dark": "#ffffff"}[page]
    tab = chromium.new_page()
    tab.emulate_media(forced_colors="active", color_scheme=theme)
    tab.set_content(
        f"<style>{_sheet()}</style><body style='background: Canvas; --jp-content-font-color1: {ink}' "
        f"data-jp-theme-light={'true' if page == 'light' else 'false'}><div class=bp-explorer>{drawn}</div>"
    )
    tab.evaluate(LOOK)
    assert tab.evaluate("() => getComputedStyle(document.body).backgroundColor") == PAPER[theme]
    assert tab.evaluate("() => look.unseen()") == []
    tab.close()

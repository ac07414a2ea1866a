"""Colours that mean something stay apart for colour-blind eyes, and text stands out on all of them.

Distances are CAM02-UCS, where 2 is just noticeable, after colorspacious' simulation (Machado et al. 2009) of a full
deuteranopia and protanopia. Contrast is WCAG 2's.
"""

import re

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE
from matplotlib.colors import to_rgb

from explorers.page import DEEPEST, ON_CELL, file
from explorers.views.colors import DARK, LIGHT

EYES = {
    "common": "sRGB1",
    **{
        f"{kind}opia": {"name": "sRGB1+CVD", "cvd_type": f"{kind}omaly", "severity": 100}
        for kind in ("deuteran", "protan")
    },
}
THEMES = {"light": LIGHT, "dark": DARK}
APART = {
    "sign": ("positive", "negative"),
    "class": ("class0", "class1"),
    "unit lit or not": ("lit", "dim"),
    "curve and tangent, two losses": ("ink", "on"),
    "where the strip is": ("lit", "paper"),
}
BLACK = "#111111"  # the text on gold


@pytest.mark.parametrize("eyes", EYES.values(), ids=EYES)
@pytest.mark.parametrize("pair", APART.values(), ids=APART)
@pytest.mark.parametrize("colors", THEMES.values(), ids=THEMES)
def test_colours_stay_apart(colors, pair, eyes):
    one, other = (np.clip(cspace_convert(to_rgb(colors[name]), eyes, "sRGB1"), 0, 1) for name in pair)
    assert deltaE(one, other, input_space="sRGB1") > 15


def over(color, share, under):
    return share * np.array(to_rgb(color)) + (1 - share) * np.array(to_rgb(under))


def contrast(one, other):
    light = sorted(
        np.dot(np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4), (0.2126, 0.7152, 0.0722))
        for rgb in (np.array(to_rgb(one)), np.array(to_rgb(other)))
    )
    return (light[1] + 0.05) / (light[0] + 0.05)


@pytest.mark.parametrize(("background", "text"), [("#ffffff", over("black", 0.87, "#ffffff")), (BLACK, "#ffffff")])
@pytest.mark.parametrize("name", ["positive", "negative", "on"])
def test_numbers_stand_out_in_the_deepest_cell(name, background, text):
    share = ON_CELL if name == "on" else DEEPEST
    color = (LIGHT if background == "#ffffff" else DARK)[name]
    assert contrast(text, over(color, share, background)) >= 4.5


@pytest.mark.parametrize("colors", THEMES.values(), ids=THEMES)
def test_text_and_lines_in_pictures_stand_out(colors):
    for name in ("ink", "on"):  # titles, axes, names of curves
        assert contrast(colors[name], colors["paper"]) >= 4.5, name
    share = int(re.search(r"text.norm0.*?(\d+)%", file("picture.css"))[1]) / 100
    for name in ("positive", "negative"):  # names of curves
        assert contrast(over(colors[name], share, colors["ink"]), colors["paper"]) >= 4.5, name
    for name in ("class0", "faint", "positive", "negative"):  # a line or a mark without letters
        assert contrast(colors[name], colors["paper"]) >= 3, name
    assert contrast(colors["paper"], colors["class0"]) >= 4.5  # the number on a point of class 0
    assert contrast(BLACK, colors["class1"]) >= 4.5
    assert contrast(BLACK, colors["lit"]) >= 4.5
    assert contrast(colors["ink"], colors["dim"]) >= 4.5


@pytest.mark.parametrize("sign", ["positive", "negative"])
@pytest.mark.parametrize("colors", THEMES.values(), ids=THEMES)
def test_the_number_on_a_node_stands_out_in_its_deepest_shade(colors, sign):
    assert contrast(colors["ink"], over(colors[sign], DEEPEST, colors["paper"])) >= 4.5

"""Colours that mean something stay apart for colour-blind eyes, and text stands out on all of them.

Distances are CAM02-UCS, where 2 is just noticeable, after colorspacious' simulation (Machado et al. 2009) of a full
deuteranopia and protanopia. Contrast is WCAG 2's.
"""

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE
from matplotlib.colors import to_rgb

from explorers.page import DEEPEST, ON_CELL
from explorers.views import colors

EYES = {
    "common": "sRGB1",
    **{
        f"{kind}opia": {"name": "sRGB1+CVD", "cvd_type": f"{kind}omaly", "severity": 100}
        for kind in ("deuteran", "protan")
    },
}
WHITE, DARK = (1, 1, 1), to_rgb("#111111")  # the backgrounds of JupyterLab's two themes
APART = {
    "sign": (colors.POSITIVE, colors.NEGATIVE),
    "class": colors.CLASS_COLORS,
    "unit lit or not": (colors.LIT, colors.DIM),
    "curve and tangent": (colors.FAINT, colors.ON),
    "losses": (colors.INK, colors.ON),
    "gradients of one layer": colors.NORM_COLORS[:2],
    "gradients of the other layer": colors.NORM_COLORS[2:],
    "gradients of weights": colors.NORM_COLORS[::2],
    "gradients of biases": colors.NORM_COLORS[1::2],
}


@pytest.mark.parametrize("eyes", EYES.values(), ids=EYES)
@pytest.mark.parametrize("pair", APART.values(), ids=APART)
def test_colours_stay_apart(pair, eyes):
    one, other = (np.clip(cspace_convert(to_rgb(color), eyes, "sRGB1"), 0, 1) for color in pair)
    assert deltaE(one, other, input_space="sRGB1") > 15


def over(color, share, under):
    return share * np.array(to_rgb(color)) + (1 - share) * np.array(under)


def contrast(one, other):
    light = sorted(
        np.dot(np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4), (0.2126, 0.7152, 0.0722))
        for rgb in (np.array(one), np.array(other))
    )
    return (light[1] + 0.05) / (light[0] + 0.05)


@pytest.mark.parametrize(("background", "text"), [(WHITE, over("black", 0.87, WHITE)), (DARK, WHITE)])
@pytest.mark.parametrize("color", [colors.POSITIVE, colors.NEGATIVE, colors.ON])
def test_numbers_stand_out_in_the_deepest_cell(color, background, text):
    share = ON_CELL if color == colors.ON else DEEPEST
    assert contrast(text, over(color, share, background)) >= 4.5


@pytest.mark.parametrize("color", [colors.INK, colors.ON])
def test_text_in_pictures_stands_out(color):
    assert contrast(to_rgb(color), WHITE) >= 4.5

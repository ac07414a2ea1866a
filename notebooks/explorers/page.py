"""What an explorer needs of the page: its style sheet, and what ipywidgets leaves out and Python cannot reach."""

from functools import cache
from html import escape
from importlib.resources import files

import ipywidgets as widgets

from explorers.views.colors import NEGATIVE, ON, POSITIVE
from explorers.views.tables import LEVELS

DEEPEST, ON_CELL = 0.6, 0.35  # how much of its colour the deepest shade has, and the 1 of a mask


@cache
def _file(name):
    return (files("explorers") / name).read_text(encoding="utf-8")


def style(scale):
    """Return the style sheet of an explorer at this scale, as a widget to put among its children.

    `innerHTML` runs no script element; the style element's own `onload` does what page.js says.
    """
    shades = "".join(
        f".bp-explorer td.{sign}{level}{{background:{color}{round(255 * DEEPEST * level / LEVELS):02x}}}"
        for sign, color in (("p", POSITIVE), ("n", NEGATIVE))
        for level in range(1, LEVELS + 1)
    )
    shades += f".bp-explorer td.on{{background:{ON}{round(255 * ON_CELL):02x}}}"
    sheet = f"{_file('page.css')}{shades}.bp-{scale_name(scale)}{{--bp-scale:{scale}}}"
    script = f"({_file('page.js')})(this.closest('.bp-explorer'))"
    return widgets.HTML(f'<style onload="{escape(script)}">{sheet}</style>')


def scale_name(scale):
    return f"scale-{round(100 * scale)}"

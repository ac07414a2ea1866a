"""What an explorer needs of the page: its style sheets, and the script that hears a hand and helps a keyboard."""

import json
from functools import cache
from html import escape
from importlib.resources import files

import ipywidgets as widgets

from explorers.explain import LIGHTS
from explorers.views.colors import DARK, LIGHT, variables
from explorers.views.tables import LEVELS

DEEPEST, ON_CELL = 0.6, 0.35  # how much of its colour the deepest shade has, and the 1 of a mask


@cache
def file(name):
    return (files("explorers") / name).read_text(encoding="utf-8")


@cache
def _sheet():
    dark = ":is([data-jp-theme-light=false],.vscode-dark) .bp-explorer"
    shades = "".join(
        f".bp-explorer .{sign}{level}{{--bp-share:{DEEPEST * level / LEVELS:.3f}}}"
        for sign in "pn"
        for level in range(1, LEVELS + 1)
    )
    themes = f".bp-explorer{{{variables(LIGHT)};--bp-on-cell:{ON_CELL}}}{dark}{{{variables(DARK)}}}"
    return themes + file("page.css") + file("picture.css") + shades


def style(scale):
    """Return the style sheet of an explorer at this scale, as a widget to put among its children.

    `innerHTML` runs no script element; the style element's own `onload` does what page.js says.
    """
    script = f"({file('page.js')})(this.closest('.bp-explorer'), {json.dumps(LIGHTS)})"
    sheet = f"{_sheet()}.bp-{scale_name(scale)}{{--bp-scale:{scale}}}"
    return widgets.HTML(
        f'<style onload="{escape(script)}">{sheet}</style><div class="bp-live" aria-live="polite"></div>'
    )


def scale_name(scale):
    return f"scale-{round(100 * scale)}"

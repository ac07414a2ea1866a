"""What an explorer needs of the page: its style sheets, and the script that hears a hand and helps a keyboard."""

import json
from functools import cache
from html import escape
from importlib.resources import files

import ipywidgets as widgets
from comm import get_comm_manager
from traitlets import Unicode

from explorers.explain import LIGHTS
from explorers.turns import take_turns
from explorers.views.colors import DARK, LIGHT, in_contrast, variables
from explorers.views.tables import LEVELS, MOST_COLUMNS, MOST_ROWS

_shared = []  # what all explorers of this kernel share, once one was made
_left = []  # the comms of widgets that have begun anew
DEEPEST, ON_CELL = 0.6, 0.35  # how much of its colour the deepest shade has, and the 1 of a mask


@cache
def file(name):
    return (files("explorers") / name).read_text(encoding="utf-8")


@cache
def _sheet():
    dark = ":is([data-jp-theme-light=false],.vscode-dark) .bp-explorer"
    shades = "".join(
        f".bp-explorer .{sign}{level}{{--bp-share:{DEEPEST * level / LEVELS:.3f};"
        f"--bp-back:calc(68% + {level} * var(--bp-less))}}"
        for sign in "pn"
        for level in range(1, LEVELS + 1)
    )
    themes = f".bp-explorer{{{variables(LIGHT)};--bp-on-cell:{ON_CELL}}}{dark}{{{variables(DARK)}}}"
    # By how much less a letter steps back on each deeper shade: on a dark page, deep shades are bright.
    themes += f".bp-explorer{{--bp-less:2.5%}}{dark}{{--bp-less:4%}}"
    themes += "@media (forced-colors:active) and (prefers-color-scheme:dark){.bp-explorer{--bp-less:4%}}"
    contrast = in_contrast(f".bp-explorer,{dark}")
    return themes + file("page.css") + file("picture.css") + shades + _frames() + contrast


# CSS pixels at scale 1: from which width on two pictures stand beside each other, the board beside the plane, and
# beside both what shares a place under the plane
PAIR, BOARD, ALL = 620, 906, 1220


def _rooms(scale):
    """What depends on the room that there is, in pixels at this scale: a query knows no variables."""
    name = f".bp-{scale_name(scale)}"
    side = f"calc(300px * {scale})"
    return f"""
@container (max-width: {BOARD * scale}px) {{
  {name} .bp-body:has(.bp-board) {{ grid-template-columns: minmax(0, 1fr); }}
}}
@container (max-width: {PAIR * scale}px) {{
  {name} .bp-body {{ grid-template-columns: minmax(0, 1fr); }}
  {name} :is(.bp-plane, .bp-others, .bp-right) .bp-picture {{ width: 100%; max-width: {480 * scale}px; }}
}}
@container (min-width: {PAIR * scale}px) and (max-width: {BOARD * scale}px) {{
  {name} .bp-body:has(.bp-board) > .bp-left {{ flex-flow: row wrap; gap: {10 * scale}px; }}
  {name} .bp-body:has(.bp-board) .bp-under {{ flex: 0 1 {side}; }}
}}
@container (min-width: {ALL * scale}px) {{
  {name} .bp-body:has(.bp-others) {{ grid-template: "plane others board" auto "sliders others board" auto
    "predict others board" 1fr / {side} {side} minmax(0, 1fr); }}
  {name} .bp-body:has(.bp-others) > .bp-left, {name} .bp-under:has(.bp-others) {{ display: contents; }}
  {name} .bp-plane {{ grid-area: plane; }}
  {name} .bp-first {{ grid-area: sliders; }}
  {name} .bp-others {{ grid-area: others; }}
  {name} .bp-predict {{ grid-area: predict; }}
  {name} .bp-body:has(.bp-others) > .bp-right {{ grid-area: board; }}
  {name} .bp-part {{ display: flex; }}
  {name} .bp-tabs {{ display: none; }}
}}"""


def _frames():
    """Where the frames stand, for each chosen row and column."""
    rows = "".join(f".bp-row-{row}{{--bp-at:{row}}}" for row in range(MOST_ROWS))
    return rows + "".join(f".bp-column-{column}{{--bp-column:{column}}}" for column in range(MOST_COLUMNS))


def shared():
    """Return the style sheet of all explorers, as a widget that is among the children of each.

    `innerHTML` runs no script element; the style element's own `onload` does what page.js says.
    """
    if not _shared or _shared[0].comm is None:
        script = "".join(map(file, ("ear.js", "voice.js", "draw.js", "page.js")))
        script += f"hearHands(this.closest('.bp-explorer'), {json.dumps(LIGHTS)})"
        _shared[:] = [widgets.HTML(f'<style onload="{escape(f"(() => {{{script}}})()")}">{_sheet()}</style>')]
    return _shared[0]


def is_shared(widget):
    """Say whether other explorers need this widget, too."""
    return bool(_shared) and widget in (_shared[0], _shared[0].layout, _shared[0].style)


def own(scale):
    """Return an explorer's own part of the page, as a widget: how large it is, and where it speaks to a reader."""
    return widgets.HTML(
        f"<style>.bp-{scale_name(scale)}{{--bp-scale:{scale}}}{_rooms(scale)}</style>"
        '<div class="bp-live" aria-live="polite"></div>'
        '<div class="bp-cover"><div class="bp-sign" role="status"></div></div>'
    )


def scale_name(scale):
    return f"scale-{round(100 * scale)}"


class Ear(widgets.Box):
    """Hears a hand on the page; `.value` is what it heard last: a time, what the hand took, and numbers.

    The page writes into a hidden Text. When it knocks, by the message of an Enter key, which is always sent, the Text
    begins anew.
    """

    value = Unicode()

    def __init__(self, lock):
        text = take_turns(_Words(), lock)
        text.observe(self._hear, "value")
        text.on_msg(self._renew)
        super().__init__([text])
        self.add_class("bp-hand")

    def _renew(self, text, *_):
        begin_anew(text)
        self.send_state("children")

    def _hear(self, change):
        try:
            self.value = change["new"]
        finally:
            change["owner"].placeholder = change["new"]


class _Words(widgets.Text):
    """A Text of which the kernel sends back no copy."""

    value = Unicode().tag(sync=True, echo_update=False)


def begin_anew(widget):
    """Let a widget begin anew on the page, where what holds it is sent again.

    On the page, a widget sends nothing while its last message is not answered; after a broken connection, that is for
    good. Its comm is left open: JupyterLab may have given it a thread of its own in the kernel (a subshell), and would
    end that with it, though the kernel goes on in it.
    """
    get_comm_manager().unregister_comm(widget.comm)
    _left.append(widget.comm)  # at its end it would close the new one, too: both have one name
    widget.comm = None
    widget.open()

"""A picture: SVG text, in a widget for each of its sheets."""

from html import escape

import ipywidgets as widgets


class Picture:
    """A drawing of width by height CSS pixels at scale 1; `.content` is what it shows, `.alt` says it in words.

    Its sheets lie over each other, each in a widget of its own: what did not change is not sent.
    """

    def __init__(self, width, height, scale, sheets=1):
        self.width, self.height, self.scale = width, height, scale
        self.alt, self.content = "", ""
        self.sheets = [widgets.HTML() for _ in range(sheets)]
        self.widget = self.sheets[0] if sheets == 1 else widgets.Box(self.sheets).add_class("bp-sheets")

    def rescale(self):
        """Choose the scale anew at the next show; a picture with a scale of its own does so here."""

    def paint(self, alt, *contents, panel=None):
        """Show the content of each sheet, the lowest first; panel tells a page's hand where it is in data."""
        self.alt, self.content = alt, "".join(contents)
        size = f'width="{self.width * self.scale:g}" height="{self.height * self.scale:g}"'
        size = f'viewBox="0 0 {self.width} {self.height}" {size}{panel.attribute() if panel else ""}'
        for sheet, content in zip(self.sheets, contents, strict=True):
            role = f'role="group" aria-label="{escape(alt)}"' if sheet is self.sheets[-1] else 'role="presentation"'
            sheet.value = f'<svg class="bp-picture" {role} {size}>{content}</svg>'

    def clear(self):
        """Show nothing any more."""
        self.content = ""
        for sheet in self.sheets:
            sheet.value = ""

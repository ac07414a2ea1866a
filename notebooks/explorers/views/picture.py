"""A picture: SVG text in one widget."""

from html import escape

import ipywidgets as widgets


class Picture:
    """A drawing of width by height CSS pixels at scale 1; `.content` is what it shows, `.alt` says it in words."""

    def __init__(self, width, height, scale):
        self.width, self.height, self.scale = width, height, scale
        self.alt, self.content = "", ""
        self.widget = widgets.HTML()

    def reframe(self):
        """Choose the scale anew at the next show; a picture with a scale of its own does so here."""

    def paint(self, alt, content, frame=None):
        """Show content; frame tells a page's hand where it is in data."""
        self.alt, self.content = alt, content
        size = f'width="{self.width * self.scale:g}" height="{self.height * self.scale:g}"'
        self.widget.value = (
            f'<svg class="bp-picture" role="group" aria-label="{escape(alt)}" viewBox="0 0 {self.width} {self.height}" '
            f"{size}{frame.attribute() if frame else ''}>{content}</svg>"
        )

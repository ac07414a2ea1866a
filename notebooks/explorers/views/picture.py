"""A picture: SVG text in one widget."""

from html import escape

import ipywidgets as widgets


class Picture:
    """A drawing of width by height CSS pixels at scale 1; `.content` is what it shows, `.alt` says it in words.

    Its layers lie over each other, each in a widget of its own: what did not change is not sent.
    """

    def __init__(self, width, height, scale, layers=1):
        self.width, self.height, self.scale = width, height, scale
        self.alt, self.content = "", ""
        self.layers = [widgets.HTML() for _ in range(layers)]
        self.widget = self.layers[0] if layers == 1 else widgets.Box(self.layers).add_class("bp-layers")

    def reframe(self):
        """Choose the scale anew at the next show; a picture with a scale of its own does so here."""

    def paint(self, alt, *contents, frame=None):
        """Show the content of each layer, the lowest first; frame tells a page's hand where it is in data."""
        self.alt, self.content = alt, "".join(contents)
        size = f'width="{self.width * self.scale:g}" height="{self.height * self.scale:g}"'
        size = f'viewBox="0 0 {self.width} {self.height}" {size}{frame.attribute() if frame else ""}'
        for layer, content in zip(self.layers, contents, strict=True):
            role = f'role="group" aria-label="{escape(alt)}"' if layer is self.layers[-1] else 'role="presentation"'
            layer.value = f'<svg class="bp-picture" {role} {size}>{content}</svg>'

    def clear(self):
        """Show nothing any more."""
        self.content = ""
        for layer in self.layers:
            layer.value = ""

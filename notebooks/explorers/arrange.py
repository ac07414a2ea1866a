"""How an explorer stands on the screen: a line of controls, the plane and what shares a place under it, the board.

Where there is room, page.py's style sheet puts side by side what shares a place.
"""

import ipywidgets as widgets


def box(name, *children):
    """Put widgets above each other, as a part of the screen that page.css knows by its name."""
    return widgets.VBox(children).add_class(f"bp-{name}")


def line(name, *children):
    """Put widgets side by side, and on a new line where there is no room."""
    return widgets.Box(children).add_class(f"bp-{name}")


class Places:
    """Parts of the screen by name, that share one place: one is open. `.tabs` is the control that chooses."""

    def __init__(self, parts):
        self.parts = {name: box("part", part) for name, part in parts.items()}
        first, *others = self.parts.values()
        first.add_class("bp-first")
        self.tabs = widgets.ToggleButtons(options=list(parts)).add_class("bp-tabs")
        self.tabs.style.button_width = "auto"
        self.widgets = [self.tabs, first, box("others", *others)]
        self.open(self.tabs.value)

    def open(self, chosen):
        """Show one of the parts."""
        for name, part in self.parts.items():
            (part.add_class if name == chosen else part.remove_class)("bp-open")

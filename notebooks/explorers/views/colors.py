"""The colours of tables and pictures, in a light and in a dark page.

Orange and blue, and violet and gold, are told apart by every common kind of colour blindness, and each is also
said another way: by a sign, a shape, a dash.
"""

LIGHT = {
    "positive": "#d55e00",
    "negative": "#0072b2",
    "class0": "#4b2e9e",
    "class1": "#d99a00",
    "on": "#007a5a",
    "lit": "#ffd75e",
    "dim": "#dddddd",
    "faint": "#8a8a8a",
    "ink": "#222222",
    "paper": "#ffffff",
}
DARK = {
    "positive": "#ff9248",
    "negative": "#5fb4f0",
    "class0": "#b49cf5",
    "class1": "#f2c14e",
    "on": "#35c99b",
    "lit": "#ffd75e",
    "dim": "#4c4c4c",
    "faint": "#9a9a9a",
    "ink": "#f5f5f5",
    "paper": "#111111",
}
FORCED = {  # a contrast theme's own
    "lit": "Highlight",
    "dim": "Canvas",
    "ink": "CanvasText",
    "paper": "Canvas",
}


def variables(colors):
    """Write colours as CSS variables, --bp-NAME."""
    return ";".join(f"--bp-{name}:{color}" for name, color in colors.items())


def in_contrast(where):
    """Write the colours of a contrast theme for these selectors, on its own light or dark page."""
    active = "@media (forced-colors:active)"
    light, dark = variables(LIGHT | FORCED), variables(DARK | FORCED)
    return f"{active}{{{where}{{{light}}}}}{active} and (prefers-color-scheme:dark){{{where}{{{dark}}}}}"

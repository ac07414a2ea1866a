"""What a notebook keeps of an explorer: its pictures side by side, with its state in words below."""

import textwrap

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from explorers.views.colors import INK, png
from explorers.views.picture import HIDPI


def snapshot(pictures, text, scale):
    """Return the pictures side by side, and the text below, as PNG bytes, width and height: one pixel a CSS pixel."""
    shrunk = [np.asarray(Image.fromarray(picture.pixels()).reduce(HIDPI)) for picture in pictures]
    top = np.hstack([*_padded(shrunk, axis=0)])
    whole = np.vstack([*_padded([top, _text_pixels(text, top.shape[1], scale)], axis=1)])
    return png(whole, compress_level=9), whole.shape[1], whole.shape[0]


def _padded(pictures, axis):
    """Fill pictures up with white to the largest height (axis 0) or width (axis 1)."""
    largest = max(picture.shape[axis] for picture in pictures)
    for picture in pictures:
        room = [(0, 0)] * 3
        room[axis] = (0, largest - picture.shape[axis])
        yield np.pad(picture, room, constant_values=255)


def _text_pixels(text, width, scale):
    lines = [part for line in text.split("\n") for part in textwrap.wrap(line, int(width / scale / 7))]
    height = round((17 * len(lines) + 10) * scale)
    figure = Figure(figsize=(width / 100 / scale, height / 100 / scale), dpi=100 * scale)
    canvas = FigureCanvasAgg(figure)
    figure.text(0.01, 0.98, "\n".join(lines), fontsize=8, color=INK, va="top", linespacing=1.35, parse_math=False)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())

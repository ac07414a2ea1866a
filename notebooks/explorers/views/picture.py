"""A picture painted in place, and what pictures share."""

import base64
from html import escape

import ipywidgets as widgets
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LinearLocator

from explorers.views.colors import INK, png

TICKS = 5  # on each axis, wherever its range: a picture is always made of the same artists
HIDPI = 2  # pixels drawn per CSS pixel


def nice_limit(values):
    """Round the largest size among values up to 1, 2 or 5 times a power of ten."""
    largest = float(np.abs(values).max())
    if largest == 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(largest))
    return next(float(power * digit) for digit in (1, 2, 5, 10) if largest <= power * digit * (1 + 1e-9))


def nice_range(low, high):
    """The narrowest range around low to high that TICKS ticks divide into round numbers."""
    gaps, least = TICKS - 1, (high - low) / (TICKS - 1)
    power = 10.0 ** np.floor(np.log10(least))
    for step in power * np.array([1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 20]):
        start = step * np.floor(low / step + 1e-9)
        if start + gaps * step >= high - 1e-9 * step:
            return float(start), float(start + gaps * step)


class Picture:
    """A matplotlib figure whose moving artists are made once, changed in place and blitted over a kept background."""

    def __init__(self, width, height, scale):
        self.size = round(width * scale), round(height * scale)
        self.figure = Figure(figsize=(width / 100, height / 100), dpi=100 * scale * HIDPI)
        self.canvas = FigureCanvasAgg(self.figure)
        self.moving = []
        self._background = None
        self.alt = ""
        self.widget = widgets.HTML()

    def move(self, artist):
        """Let artist be drawn anew at each paint."""
        artist.set_animated(True)
        self.moving.append(artist)
        return artist

    def relimit(self):
        """Draw axes and labels again at the next paint: what does not move has changed."""
        self._background = None

    def reframe(self):
        """Choose the scale anew at the next show; a picture with a scale of its own does so here."""

    def paint(self, alt):
        self.alt = alt
        if self._background is None:
            self.canvas.draw()
            self._background = self.canvas.copy_from_bbox(self.figure.bbox)
        else:
            self.canvas.restore_region(self._background)
        for artist in self.moving:
            artist.axes.draw_artist(artist)
        width, height = self.size
        data = base64.b64encode(png(self.pixels(), compress_level=5)).decode()
        self.widget.value = (
            f'<img alt="{escape(alt)}" width="{width}" height="{height}" decoding="sync" '
            f'src="data:image/png;base64,{data}">'
        )

    def pixels(self):
        return np.asarray(self.canvas.buffer_rgba())


def axes_in(figure, rect, xlabel, ylabel):
    axes = figure.add_axes(rect)
    axes.set_xlabel(xlabel, fontsize=9, color=INK)
    axes.set_ylabel(ylabel, fontsize=9, color=INK)
    axes.tick_params(labelsize=8, colors=INK)
    axes.xaxis.set_major_locator(LinearLocator(TICKS))
    axes.yaxis.set_major_locator(LinearLocator(TICKS))
    axes.grid(color="#e6e6e6", linewidth=0.6)
    axes.set_axisbelow(True)
    return axes

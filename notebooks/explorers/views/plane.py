"""The input plane, with all that lives in it."""

import numpy as np
from contourpy import contour_generator
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from explorers.views.colors import CLASS_COLORS, CLASS_MARKERS, FAINT, INK, ON, ON_SIDE, SURE, mixed
from explorers.views.picture import Picture, axes_in


class Pixels(Artist):
    """A grid of colours (n, m, 4), row 0 at the bottom, stretched over the axes by whole pixels: no resampling."""

    def __init__(self, axes):
        super().__init__()
        self.colors = np.zeros((1, 1, 4), np.uint8)
        axes.add_artist(self)

    def draw(self, renderer):
        left, bottom, width, height = (round(edge) for edge in self.axes.bbox.bounds)
        rows, columns = (
            np.arange(size) * n // size for size, n in zip((height, width), self.colors.shape, strict=False)
        )
        whole = self.colors.view(np.uint32)[..., 0][:, columns][rows]  # a colour moves as one number
        renderer.draw_image(renderer.new_gc(), left, bottom, whole[..., None].view(np.uint8))


class Plane(Picture):
    """The input plane: class regions and boundary, hinge lines, one unit's on side, points, arrows on the points."""

    GRID = 61

    def __init__(self, n_points, n_hidden, scale, size=350):
        super().__init__(size, size, scale)
        axes = self.axes = axes_in(self.figure, (0.14, 0.13, 0.83, 0.84), "x1", "x2")
        self.regions = self.move(Pixels(axes))
        self.on_side = self.move(axes.add_patch(Polygon(np.zeros((3, 2)), facecolor=ON, alpha=ON_SIDE, linewidth=0)))
        self.hinges = self.move(
            axes.add_collection(
                LineCollection(np.zeros((n_hidden, 2, 2)), colors=FAINT, linewidths=0.8, antialiaseds=False)
            )
        )
        self.hinge = self.move(axes.plot([], [], color=ON, linewidth=2.4)[0])
        self.boundary = self.move(axes.plot([], [], color=INK, linewidth=1.6, solid_capstyle="round")[0])
        self.points = [
            self.move(
                axes.plot(
                    [],
                    [],
                    linestyle="",
                    marker=marker,
                    color=color,
                    markersize=7 if n_points <= 30 else 4.5,
                    markeredgecolor="white",
                )[0]
            )
            for marker, color in zip(CLASS_MARKERS, CLASS_COLORS, strict=True)
        ]
        self.figure.legend(
            handles=[_key(label) for label in (0, 1)],
            loc="lower right",
            ncols=2,
            fontsize=8,
            frameon=False,
            borderaxespad=0,
            handletextpad=0,
            columnspacing=0.8,
        )
        self.ring = self.move(
            axes.plot(
                [],
                [],
                linestyle="",
                marker="o",
                markersize=14,
                markerfacecolor="none",
                color=INK,
                markeredgewidth=1.6,
            )[0]
        )
        self.arrows = self.move(
            axes.quiver(
                *np.zeros((4, n_points)),
                angles="xy",
                scale_units="xy",
                scale=1,
                width=0.008,
                color=INK,
                zorder=3,
            )
        )
        self.arrows.set_visible(False)
        self.limit = None

    def set_limit(self, limit):
        if limit != self.limit:
            self.limit = limit
            self.axes.set_xlim(-limit, limit)
            self.axes.set_ylim(-limit, limit)
            self.relimit()

    def grid(self):
        """The points (GRID², 2) at which show wants to know the probability of class 1."""
        line = np.linspace(-self.limit, self.limit, self.GRID)
        return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)

    def show(self, alt, X, y, chosen, weights=None, biases=None, unit=None, p1=None, arrows=None):
        """p1 is the probability of class 1 on grid(); weights (n_hidden, 2) and biases are the hinge lines'."""
        for label, points in enumerate(self.points):
            points.set_data(X[y == label, 0], X[y == label, 1])
        if chosen is not None:
            self.ring.set_data(X[[chosen], 0], X[[chosen], 1])
        if weights is not None:
            ends = _lines(weights, biases, self.limit)
            self.hinges.set_segments(ends)
        if unit is not None:
            self.hinge.set_data(*ends[unit].T)
            self.on_side.set_xy(_half_plane(weights[unit], biases[unit], self.limit))
        if p1 is not None:
            p1 = p1.reshape(self.GRID, self.GRID)
            self.regions.colors = _region_colors(p1)
            line = np.linspace(-self.limit, self.limit, self.GRID)
            gap = np.full((1, 2), np.nan)
            pieces = [part for piece in contour_generator(line, line, p1).lines(0.5) for part in (piece, gap)]
            self.boundary.set_data(*np.concatenate(pieces or [gap]).T)
        if arrows is not None:
            self.arrows.set_visible(True)
            self.arrows.set_offsets(X)
            self.arrows.set_UVC(*arrows.T)
        self.paint(alt)


def _region_colors(p1):
    """The more probable class's colour, in five shades: the deeper, the surer."""
    sure = SURE[np.ceil(10 * np.abs(p1 - 0.5)).astype(int)]
    rgb = np.where(p1[..., None] > 0.5, *(mixed(color, 1) for color in CLASS_COLORS[::-1]))
    return np.concatenate([rgb, sure[..., None]], axis=-1).astype(np.uint8)


def _key(label):
    return Line2D([], [], linestyle="", marker=CLASS_MARKERS[label], color=CLASS_COLORS[label], label=f"label {label}")


def _lines(weights, biases, limit):
    """Two far ends (n, 2, 2) of each line w · x + b = 0; a unit without weights has no line, so both ends are NaN."""
    size = (weights**2).sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        foot = np.where(size > 0, -biases[:, None] * weights / size, np.nan)
        along = 4 * limit * weights[:, ::-1] * (-1, 1) / np.sqrt(size)
    return np.stack([foot - along, foot + along], axis=1)


def _half_plane(w, b, limit):
    """The corners of the part of the square |x1|, |x2| ≤ limit where w · x + b > 0."""
    square = limit * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], float)
    corners = []
    for here, there in zip(square, np.roll(square, -1, axis=0), strict=True):
        a, c = here @ w + b, there @ w + b
        if a > 0:
            corners.append(here)
        if (a > 0) != (c > 0):
            corners.append(here + (there - here) * a / (a - c))
    return np.array(corners) if corners else np.full((3, 2), np.nan)

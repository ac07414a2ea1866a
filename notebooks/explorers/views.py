"""What an explorer shows: tables of real numbers, pictures painted in place, and words.

A view owns one ipywidgets widget, `.widget`, and repaints it in `show`. Nothing here knows the network.
"""

import base64
from functools import cache
from html import escape

import ipywidgets as widgets
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.path import Path
from matplotlib.textpath import text_to_path
from matplotlib.ticker import LinearLocator
from matplotlib.transforms import IdentityTransform

from explorers.colors import (
    CLASS_COLORS,
    CLASS_MARKERS,
    DIM,
    FAINT,
    INK,
    LIT,
    NEGATIVE,
    NORM_COLORS,
    ON,
    ON_SIDE,
    POSITIVE,
    SURE,
    mixed,
    png,
)

LEVELS = 8  # shades of a cell on each side of 0
DEEPEST, ON_CELL = 0.6, 0.35  # how much of its colour the deepest shade has, and the 1 of a mask
TICKS = 5  # on each axis, wherever its range: a picture is always made of the same artists
HIDPI = 2  # pixels drawn per CSS pixel


def style(scale):
    """The style sheet of an explorer at this scale, as a widget to put among its children."""
    shades = "".join(
        f".bp-explorer td.{sign}{level}{{background:{color}{round(255 * DEEPEST * level / LEVELS):02x}}}"
        for sign, color in (("p", POSITIVE), ("n", NEGATIVE))
        for level in range(1, LEVELS + 1)
    )
    shades += f".bp-explorer td.on{{background:{ON}{round(255 * ON_CELL):02x}}}"
    sheet = f"{_CSS}{shades}.bp-{scale_name(scale)}{{--bp-scale:{scale}}}"
    return widgets.HTML(f'<style onload="{_FOR_KEYS_AND_EARS}">{sheet}</style>')


def scale_name(scale):
    return f"scale-{round(100 * scale)}"


_CSS = """
.bp-explorer{--jp-widgets-font-size:calc(13px*var(--bp-scale));--jp-widgets-inline-height:calc(25px*var(--bp-scale));
 --jp-widgets-inline-width:auto;--bp-ink:var(--jp-content-font-color1,currentColor);
 --bp-line:var(--jp-border-color1,#888);overflow:visible;container-type:inline-size}
.bp-explorer .widget-readout{min-width:calc(44px*var(--bp-scale))}
.bp-explorer .widget-html-content{line-height:1.4;font-size:calc(13px*var(--bp-scale));color:var(--bp-ink)}
.bp-explorer img{display:block;border-radius:4px;max-width:none}
.bp-explorer code{font-size:inherit}
.bp-explorer p{margin:0 0 2px;font-variant-numeric:tabular-nums}
.bp-explorer table{border-collapse:collapse;font-size:min(calc(12px*var(--bp-scale)),1.5cqw);line-height:1.45;
 font-variant-numeric:tabular-nums;color:var(--bp-ink);margin:0}
.bp-explorer caption{text-align:left;caption-side:top;white-space:nowrap;padding:0 0 2px;color:var(--bp-ink)}
.bp-explorer td,.bp-explorer thead th+th{min-width:3.45em}
.bp-explorer .widget-inline-hbox,.bp-explorer .widget-button{margin-top:1px;margin-bottom:1px}
.bp-explorer td,.bp-explorer th{text-align:right;padding:0 .2em;border:1px solid transparent;white-space:nowrap}
.bp-explorer th{font-weight:normal;min-width:2.2em}
.bp-explorer tr.m,.bp-explorer col.m{border:2px solid var(--bp-ink)}
.bp-explorer .bp-now caption b{outline:2px solid var(--bp-ink);outline-offset:1px}
.bp-explorer .bp-facts td,.bp-explorer .bp-facts th{text-align:left;padding:.1em .6em;white-space:normal;
 border-top:1px solid var(--bp-line)}
.bp-explorer .bp-flow{display:flex;flex-wrap:wrap;gap:.3em 1em;align-items:center}
.bp-explorer .bp-op{font-size:1.5em}
.bp-explorer :is(button,select,input,.noUi-handle,.widget-readout):focus-visible{
 outline:2px solid var(--bp-ink)!important;outline-offset:1px}
"""

# What ipywidgets leaves out and Python cannot reach, done by the page when a control comes: slider handles, their
# number fields and Play's buttons get a name for screen readers; arrow keys in a dropdown choose an option, not a cell.
_FOR_KEYS_AND_EARS = """
const root = this.closest('.bp-explorer');
const mend = () => {
  for (const part of root.querySelectorAll('.noUi-handle, .widget-readout[contenteditable]')) {
    if (part.hasAttribute('aria-labelledby')) continue;
    const label = part.closest('.widget-slider').querySelector('.widget-label');
    label.id ||= 'bp-' + Math.random().toString(36).slice(2);
    part.setAttribute('aria-labelledby', label.id);
    if (part.isContentEditable) part.setAttribute('role', 'textbox');
  }
  for (const button of root.querySelectorAll('.widget-play button:not([title])'))
    button.title = button.ariaLabel = button.querySelector('.fa-stop') ? 'Stop, back to the start' : 'Play or pause';
  for (const select of root.querySelectorAll('select:not([data-lm-suppress-shortcuts])'))
    select.dataset.lmSuppressShortcuts = true;
};
new MutationObserver(mend).observe(root, {childList: true, subtree: true});
mend();
"""


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


# ---------------------------------------------------------------- numbers


class Axis:
    """The labels along one axis of a matrix, and what they count."""

    def __init__(self, name, labels):
        self.name, self.labels = name, [str(label) for label in labels]


def matrix_html(symbol, meaning, array, rows, columns, limit, decimals=3, row=None, column=None, now=False):
    """Write a matrix, or a vector as its one row, as an HTML table; a number with a colour shows a digit of its own."""
    shape = f"({', '.join(map(str, array.shape))}{',' if array.ndim == 1 else ''})"
    grid = np.atleast_2d(array)
    corner = ", ".join(axis.name for axis in (rows, columns) if axis.name)
    mark = [' class="m"' if index == column else "" for index in range(grid.shape[1])]
    out = [
        f"<table{' class=bp-now' if now else ''}><caption><b>{escape(symbol)}</b> {escape(meaning)} {shape}</caption>",
        f"<colgroup><col>{''.join(f'<col{m}>' for m in mark)}</colgroup><thead><tr><th scope=col>{escape(corner)}",
        *(f"<th scope=col>{escape(label)}" for label in columns.labels),
        "</thead><tbody>",
    ]
    cells = _bool_cells(grid) if array.dtype == bool else _number_cells(grid, limit, decimals)
    for index, line in enumerate(cells):
        out.append('<tr class="m">' if index == row else "<tr>")
        out.append(f"<th scope=row>{escape(rows.labels[index])}")
        out.extend(line)
    return "".join(out) + "</table>"


def _number_cells(grid, limit, decimals):
    levels = np.clip(np.rint(LEVELS * grid / limit), -LEVELS, LEVELS).astype(int).tolist()
    faintest = np.broadcast_to(limit / (2 * LEVELS), grid.shape[1])
    formats = [
        f"z.{max(decimals, digits)}f" if digits <= 6 else ".1e" for digits in -np.floor(np.log10(faintest)).astype(int)
    ]
    for numbers, shades in zip(grid.tolist(), levels, strict=True):
        yield [
            f"<td{f' class={chr(112 if shade > 0 else 110)}{abs(shade)}' if shade else ''}>"
            + format(number, "z.0f" if number.is_integer() else spec)
            for number, shade, spec in zip(numbers, shades, formats, strict=True)
        ]


def _bool_cells(grid):
    for line in grid.tolist():
        yield ["<td class=on>1" if on else "<td>0" for on in line]


class Matrix:
    """A matrix as a table; `.array` is exactly what it shows."""

    def __init__(self, symbol, meaning, rows, columns, decimals=3):
        self.symbol, self.meaning, self.rows, self.columns, self.decimals = (
            symbol,
            meaning,
            rows,
            columns,
            decimals,
        )
        self.array = None
        self.widget = widgets.HTML()

    def show(self, array, limit, row=None, column=None, now=False):
        """Colours are full at ±limit; row and column are marked; now points the whole matrix out."""
        self.array = np.array(array)
        self.widget.value = matrix_html(
            self.symbol,
            self.meaning,
            self.array,
            self.rows,
            self.columns,
            limit,
            self.decimals,
            row,
            column,
            now,
        )


class Words:
    """A few lines of text; `.lines` is what it says."""

    def __init__(self):
        self.lines = []
        self.widget = widgets.HTML()

    def show(self, lines):
        self.lines = list(lines)
        self.widget.value = "".join(f"<p>{escape(line)}</p>" for line in self.lines)


class Facts:
    """A table of names and what is true of them; `.rows` is what it says."""

    def __init__(self, caption):
        self.caption, self.rows = caption, {}
        self.widget = widgets.HTML()

    def show(self, rows):
        self.rows = dict(rows)
        body = "".join(f"<tr><th scope=row>{escape(name)}<td>{escape(fact)}" for name, fact in self.rows.items())
        self.widget.value = f"<table class=bp-facts><caption><b>{escape(self.caption)}</b></caption>{body}</table>"


class Equation:
    """One step: its line of code, and the matrices that go in and come out; `.arrays` has them by symbol."""

    def __init__(self):
        self.arrays = {}
        self.widget = widgets.HTML()

    def show(self, code, arrays, parts):
        """arrays are the matrices by symbol; parts is the row to show: HTML tables, and operators as plain strings."""
        self.arrays = {symbol: np.array(array) for symbol, array in arrays.items()}
        row = "".join(
            part if part.startswith("<table") else f"<span class=bp-op>{escape(part)}</span>" for part in parts
        )
        self.widget.value = f"<p>In code: <code>{escape(code)}</code></p><div class=bp-flow>{row}</div>"


# ---------------------------------------------------------------- pictures


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


def _axes(figure, rect, xlabel, ylabel):
    axes = figure.add_axes(rect)
    axes.set_xlabel(xlabel, fontsize=9, color=INK)
    axes.set_ylabel(ylabel, fontsize=9, color=INK)
    axes.tick_params(labelsize=8, colors=INK)
    axes.xaxis.set_major_locator(LinearLocator(TICKS))
    axes.yaxis.set_major_locator(LinearLocator(TICKS))
    axes.grid(color="#e6e6e6", linewidth=0.6)
    axes.set_axisbelow(True)
    return axes


class Plane(Picture):
    """The input plane: class regions and boundary, hinge lines, one unit's on side, points, arrows on the points."""

    GRID = 61

    def __init__(self, n_points, n_hidden, scale, size=350):
        super().__init__(size, size, scale)
        axes = self.axes = _axes(self.figure, (0.14, 0.13, 0.83, 0.84), "x1", "x2")
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
        """The points (GRID², 2) at which show wants to know the class margin."""
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
            pieces = _zero_line(p1 - 0.5, self.limit)
            gap = np.full((len(pieces), 1, 2), np.nan)
            self.boundary.set_data(*np.concatenate([pieces, gap], axis=1).reshape(-1, 2).T)
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


def _zero_line(values, limit):
    """The line where values (n, n) on the square pass through 0, as segments: one in each cell it crosses."""
    line = np.linspace(-limit, limit, len(values))
    x, up = np.meshgrid(line, line)
    corners = np.stack([x, up], axis=-1)
    points, crossed = [], []
    cell = [
        (slice(None, -1), slice(None, -1)),
        (slice(None, -1), slice(1, None)),
        (slice(1, None), slice(1, None)),
        (slice(1, None), slice(None, -1)),
    ]
    for here, there in zip(cell, cell[1:] + cell[:1], strict=True):
        a, b = values[here], values[there]
        crossed.append((a > 0) != (b > 0))
        part = np.where(crossed[-1], a, 0) / np.where(crossed[-1], a - b, 1)
        points.append(corners[here] + part[..., None] * (corners[there] - corners[here]))
    points, crossed = np.array(points), np.array(crossed)
    passed = crossed.sum(axis=0) == 2
    ends = np.argsort(~crossed, axis=0, kind="stable")[:2]
    return np.take_along_axis(points, ends[..., None], axis=0)[:, passed].swapaxes(0, 1)


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


class Curve(Picture):
    """A curve, a point on it, and the tangent there."""

    def __init__(self, ylabel, scale, width=350, height=260):
        super().__init__(width, height, scale)
        self.axes = _axes(self.figure, (0.17, 0.17, 0.8, 0.8), "", ylabel)
        self.line = self.move(self.axes.plot([], [], color=FAINT, linewidth=2)[0])
        self.tangent = self.move(self.axes.plot([], [], color=ON, linewidth=2, linestyle="--")[0])
        self.dot = self.move(self.axes.plot([], [], linestyle="", marker="o", markersize=9, color=INK)[0])
        self._frame = None

    def reframe(self):
        self._frame = None

    def show(self, alt, xlabel, xs, ys, at, value, slope):
        """The vertical scale stays while the point stays inside it, and starts anew with another xlabel."""
        frame = (xlabel, xs[0], xs[-1])
        low, high = self.axes.get_ylim()
        if frame != self._frame or not low <= value <= high:
            self._frame = frame
            self.axes.set_xlabel(xlabel)
            self.axes.set_xlim(xs[0], xs[-1])
            margin = 0.05 * (ys.max() - ys.min()) + 0.02
            self.axes.set_ylim(nice_range(min(ys.min(), value) - margin, max(ys.max(), value) + margin))
            self.relimit()
        reach = np.array([xs[0], xs[-1]])
        self.line.set_data(xs, ys)
        self.tangent.set_data(reach, value + slope * (reach - at))
        self.dot.set_data([at], [value])
        self.paint(alt)


class Run(Picture):
    """A training run, step by step: loss, accuracy, and the length of each gradient, with a line at the step shown."""

    def __init__(self, steps, names, scale, width=470, height=350):
        super().__init__(width, height, scale)
        self.loss_axes = _axes(self.figure, (0.13, 0.55, 0.76, 0.4), "", "loss")
        self.norm_axes = _axes(self.figure, (0.13, 0.12, 0.76, 0.4), "step", "gradient length")
        accuracy_axes = self.loss_axes.twinx()
        accuracy_axes.set_ylim(0, 1.02)
        accuracy_axes.set_ylabel("accuracy", fontsize=9, color=ON)
        accuracy_axes.tick_params(labelsize=8, colors=ON)
        self.loss_axes.tick_params(labelbottom=False)
        self.norm_axes.set_yscale("log")
        self.norm_axes.set_ylim(1e-5, 1e1)
        for axes in (self.loss_axes, self.norm_axes):
            axes.set_xlim(0, steps)
        self.loss = self.move(self.loss_axes.plot([], [], color=INK, linewidth=2)[0])
        self.accuracy = self.move(accuracy_axes.plot([], [], color=ON, linewidth=1.5, linestyle="--")[0])
        styles = zip(names, NORM_COLORS, ("-", ":", "-", ":"), strict=True)
        self.norms = [
            self.move(self.norm_axes.plot([], [], color=color, linestyle=dash, linewidth=1.6, label=name)[0])
            for name, color, dash in styles
        ]
        self.norm_axes.legend(loc="upper right", ncols=4, fontsize=8, frameon=False)
        self.now = [self.move(axes.axvline(0, color=INK, linewidth=0.8)) for axes in (self.loss_axes, self.norm_axes)]
        self.top = 0

    def set_top(self, top):
        """Let the loss axis reach from 0 to top or a little higher."""
        _, top = nice_range(0, top)
        if top != self.top:
            self.top = top
            self.loss_axes.set_ylim(0, top)
            self.relimit()

    def show(self, alt, loss, accuracy, norms, step):
        """loss, accuracy (n,) and norms (n, 4) are what is known so far, from step 0 on."""
        if max(loss) > self.top:
            self.set_top(max(loss))
        steps = np.arange(len(loss))
        self.loss.set_data(steps, loss)
        self.accuracy.set_data(steps, accuracy)
        for line, norm in zip(self.norms, np.transpose(norms), strict=True):
            line.set_data(steps, norm)
        for line in self.now:
            line.set_xdata([step, step])
        self.paint(alt)


class Losses(Picture):
    """The loss of two training runs, step by step."""

    def __init__(self, steps, names, scale, width=350, height=300):
        super().__init__(width, height, scale)
        self.axes = _axes(self.figure, (0.17, 0.15, 0.79, 0.82), "step", "loss")
        self.axes.set_xlim(0, steps)
        self.lines = [
            self.move(self.axes.plot([], [], color=color, linewidth=2, linestyle=dash, label=name)[0])
            for name, color, dash in zip(names, (ON, INK), ("--", "-"), strict=True)
        ]
        self.axes.legend(loc="upper right", fontsize=8, frameon=False)

    def show(self, alt, runs, top):
        """The loss axis reaches from 0 to top or a little higher; what is higher leaves the picture."""
        _, top = nice_range(0, top)
        if top != self.axes.get_ylim()[1]:
            self.axes.set_ylim(0, top)
            self.relimit()
        for line, run in zip(self.lines, runs, strict=True):
            line.set_data(np.arange(len(run)), run)
        self.paint(alt)


class Bars(Picture):
    """One bar for each term, and a last one for their sum."""

    def __init__(self, n, scale, width=350, height=230):
        super().__init__(width, height, scale)
        self.axes = _axes(self.figure, (0.2, 0.19, 0.78, 0.76), "example i", "")
        self.axes.set_xlim(-0.7, n + 1.7)
        self.axes.set_xticks([*range(n), n + 1], [*map(str, range(n)), "sum"])
        self.axes.axhline(0, color=INK, linewidth=0.8)
        self.bars = [self.move(bar) for bar in self.axes.bar([*range(n), n + 1], np.zeros(n + 1), width=0.75)]
        self._frame = None

    def reframe(self):
        self._frame = None

    def show(self, alt, ylabel, terms, chosen):
        """The scale stays while the bars stay inside it, and starts anew with another ylabel."""
        heights = np.append(terms, np.sum(terms))
        if ylabel != self._frame or np.abs(heights).max() > self.axes.get_ylim()[1]:
            self._frame = ylabel
            limit = 1.2 * nice_limit(heights)
            self.axes.set_ylabel(ylabel)
            self.axes.set_ylim(-limit, limit)
            self.relimit()
        for index, (bar, height) in enumerate(zip(self.bars, heights, strict=True)):
            bar.set_height(height)
            bar.set_facecolor(POSITIVE if height > 0 else NEGATIVE)
            bar.set_edgecolor(INK)
            bar.set_linewidth(2 if index == chosen else 0)
        self.paint(alt)


@cache
def _letter(letter, size):
    """The outline of a letter, as vertices and codes in points, and how far from its left end the next one begins."""
    font = FontProperties(size=size)
    vertices, codes = text_to_path.get_text_path(font, letter)
    width, _, _ = text_to_path.get_text_width_height_descent(letter, font, ismath=False)
    return np.reshape(vertices, (-1, 2)) * size / text_to_path.FONT_SCALE, codes, width


def _outline(text, size, anchor=0.5, up=0.0):
    """A line of text as one path in points: its left end at 0 for anchor 0, its right end for 1, its middle at up."""
    vertices, codes, widths = zip(*(_letter(letter, size) for letter in text), strict=True)
    starts = np.cumsum((0, *widths[:-1])) - anchor * sum(widths)
    moved = [outline + np.array([start, up - 0.36 * size]) for outline, start in zip(vertices, starts, strict=True)]
    return Path(np.concatenate(moved), np.concatenate(codes))


def _writing(outlines, places, axes):
    """Lines of text at places (n, 2) as one artist: Matplotlib's texts would take longer to draw than all the rest."""
    return axes.add_collection(
        PathCollection(
            outlines,
            sizes=[1],
            offsets=places,
            offset_transform=axes.transData,
            transform=IdentityTransform(),
            facecolors=INK,
            linewidths=0,
            zorder=3,
        )
    )


class Network(Picture):
    """The network as a graph: edges by sign and size of their weight, hidden nodes lit or dim, numbers at the nodes."""

    def __init__(self, n_hidden, scale, width=400, height=350):
        super().__init__(width, height, scale)
        axes = self.axes = self.figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(-0.7, 2.75)
        axes.set_ylim(-0.6, n_hidden + 0.3)
        middle = (n_hidden - 1) / 2
        pair = [middle + n_hidden / 5, middle - n_hidden / 5]
        self._inputs, self._outputs = [(0, up) for up in pair], [(2, up) for up in pair]
        self._hidden = [(1, n_hidden - 1 - unit) for unit in range(n_hidden)]
        self._edges = np.array(
            [(a, h) for h in self._hidden for a in self._inputs] + [(h, z) for z in self._outputs for h in self._hidden]
        )
        self.edges = self.move(axes.add_collection(LineCollection([])))
        x, up = np.array(self._inputs + self._hidden + self._outputs).T
        self.nodes = self.move(axes.scatter(x, up, s=130, edgecolors=INK, linewidths=1, zorder=2))
        self.move(_writing([_outline(str(unit), 7) for unit in range(n_hidden)], self._hidden, axes))
        beside = [(-0.08, up) for up in pair] + [(2.08, up) for up in np.repeat(pair, 2)]
        self.labels = self.move(_writing([], beside, axes))
        for x, title in ((0, "x"), (1, "h = ReLU(a1)"), (2, "z → p")):
            axes.text(x, n_hidden - 0.35, title, fontsize=9, color=INK, ha="center")

    def show(self, alt, x, h, z, p, W1, W2, unit):
        weights = np.concatenate([W1.ravel(), W2.ravel()])
        units = np.arange(len(h))
        of_unit, lit = (np.concatenate([np.repeat(which, 2), which, which]) for which in (units == unit, h > 0))
        drawn = of_unit | lit
        self.edges.set_segments(self._edges[drawn])
        colors = np.where(weights[:, None] < 0, to_rgb(NEGATIVE), to_rgb(POSITIVE))
        self.edges.set_color(np.column_stack([colors, np.where(of_unit, 1, 0.55)])[drawn])
        self.edges.set_linestyle(np.where(weights < 0, "--", "-")[drawn].tolist())
        self.edges.set_linewidths((0.4 + np.minimum(np.abs(weights), 3) + of_unit)[drawn])
        faces = ["white", "white", *np.where(h > 0, LIT, DIM), "white", "white"]
        self.nodes.set_facecolor(faces)
        self.nodes.set_linewidths([1, 1, *np.where(units == unit, 2.5, np.where(h > 0, 1, 0.3)), 1, 1])
        self.labels.set_paths(
            [_outline(f"x{axis + 1} = {x[axis]:z.2f}", 9, anchor=1) for axis in range(2)]
            + [
                _outline(f"{name}{k} = {numbers[k]:z.2f}", 9, 0, up)
                for k in range(2)
                for name, numbers, up in (("z", z, 6), ("p", p, -6))
            ]
        )
        self.paint(alt)

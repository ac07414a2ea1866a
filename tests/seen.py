"""What an explorer shows, read back from its HTML: pictures as marks and places, tables as texts and classes."""

import re
from html import unescape
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
from matplotlib.path import Path

PIXEL = 0.06  # coordinates are rounded to a tenth of a pixel


class Seen:
    """A picture as it is on the page, its sheets in one."""

    def __init__(self, *sheets):
        *below, self.root = (ElementTree.fromstring(re.sub(' xmlns="[^"]*"', "", svg)) for svg in sheets)
        self.root[:0] = [part for sheet in below for part in sheet]
        self.alt = self.root.get("aria-label")
        self.panel = [float(number) for number in self.root.get("data-panel", "").split()]
        self.texts = [(part.text or "", part) for part in self.root.iter("text")]
        self.touches = {part.get("data-touch"): part for part in self.root.iter() if part.get("data-touch")}

    def all(self, classes):
        return [part for part in self.root.iter() if {*classes.split()} <= {*part.get("class", "").split()}]

    def one(self, classes):
        (part,) = self.all(classes)
        return part

    def label(self, mark):
        """The text in the middle of a mark."""
        places = [([float(part.get("x", -99)), float(part.get("y", -99)) - 4], text) for text, part in self.texts]
        (label,) = (text for place, text in places if near(place, middle(mark), 1))
        return label

    def at(self, points):
        """The places in pixels (n, 2) of points of data (n, 2)."""
        left, top, width, height, x0, x1, y0, y1 = self.panel
        across, up = np.asarray(points, float).T
        return np.stack([left + width * (across - x0) / (x1 - x0), top + height * (y1 - up) / (y1 - y0)], axis=-1)

    def data(self, places):
        """The points of data (n, 2) at places in pixels (n, 2)."""
        left, top, width, height, x0, x1, y0, y1 = self.panel
        across, down = np.asarray(places, float).T
        return np.stack([x0 + (across - left) / width * (x1 - x0), y1 - (down - top) / height * (y1 - y0)], axis=-1)


def picture(explorer, name):
    return Seen(*(sheet.value for sheet in explorer.views[name].sheets))


def near(places, expected, pixels=PIXEL):
    return np.shape(places) == np.shape(expected) and np.abs(np.subtract(places, expected)).max() <= pixels


def ways(path):
    """The ways of a path, each as its places (n, 2): M says where it starts, l how far each is from the one before."""
    found = []
    for way in path.get("d").split("M")[1:]:
        assert re.fullmatch(r"[-\d.e ]+(l[-\d.e ]+)?Z?", way)
        found.append(np.array(re.findall(r"-?[\d.]+(?:e-?\d+)?", way), float).reshape(-1, 2).cumsum(axis=0))
    return found


def ends(line):
    """The two ends of a line (2, 2)."""
    return np.array([[line.get(f"{axis}{end}") for axis in "xy"] for end in (1, 2)], float)


def middle(mark):
    """The middle of a circle or a rectangle."""
    number = {name: float(value) for name, value in mark.attrib.items() if re.fullmatch(r"-?[\d.]+", value)}
    if mark.tag == "circle":
        return np.array([number["cx"], number["cy"]])
    return np.array([number["x"] + number["width"] / 2, number["y"] + number["height"] / 2])


def inside(points, rings):
    """Whether each of the points (n, 2) is inside an odd number of rings."""
    return np.logical_xor.reduce([False * points[:, 0] > 0, *(Path(ring).contains_points(points) for ring in rings)])


def tables(html):
    """Each table of numbers: its symbol, caption, headers and cells, as the kernel or the page writes it."""
    return [table(html) for html in re.findall(r"<table(?! class=\"?bp-facts).*?</table>", html, flags=re.DOTALL)]


def on_board(explorer):
    """The classes of each table on an explorer's board, by its symbol."""
    found = re.findall("<div class='bp-matrix([^']*)'>.*?<caption><b>(.*?)</b>", explorer.board.widget.value, re.DOTALL)
    return {unescape(symbol): classes.split() for classes, symbol in found}


def table(html):
    caption = re.search("<caption>(.*?)</caption>", html)[1]
    _, *rows = re.split("<tr", html.partition("<tbody>")[2])
    cells = [re.findall("<td([^>]*)>([^<]*)", row) for row in rows]
    of_rows = [classes_in(row.partition(">")[0]) for row in rows]
    return SimpleNamespace(
        symbol=unescape(re.search("<b>(.*?)</b>", caption)[1]),
        caption=unescape(re.sub("<.*?>", "", caption)),
        data=dict(re.findall(r'data-(\w+)(?:="([^"]*)")?', html.partition(">")[0])),
        columns=[unescape(label) for label in re.findall("<th>([^<]*)", html.partition("</thead>")[0])],
        labels=[unescape(label) for row in rows for label in re.findall("<th>([^<]*)", row)],
        rows=[[text for _, text in row] for row in cells],
        classes=[[more + classes_in(look) for look, _ in row] for more, row in zip(of_rows, cells, strict=True)],
    )


def classes_in(attributes):
    found = re.search(r"class=[\"']?([\w -]*)", attributes)
    return found[1].split() if found else []


def read(shown):
    """The number that a cell shows; a dot in a mask is a 0, and what is too small for its letters "tiny"."""
    return float(shown.replace("−", "-").replace("·", "0").replace("tiny", "1e-10"))


def assert_near(shown, number):
    """The number is what is shown, rounded to as many digits as are shown."""
    text = shown.replace("−", "-").replace("·", "0").replace("tiny", "0.000000000")
    mantissa, _, power = text.partition("e")
    digits = len(mantissa.partition(".")[2]) - int(power or 0)
    assert abs(float(text) - number) <= 0.5 * 10.0**-digits + 1e-9, f"{shown} is not {number}"

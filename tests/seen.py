"""Pictures read back from their SVG: elements by their class or by the words of a hand, and places as data."""

import re
from xml.etree import ElementTree

import numpy as np

PIXEL = 0.06  # coordinates are rounded to a tenth of a pixel


class Seen:
    """A picture as it is on the page."""

    def __init__(self, view):
        self.root = ElementTree.fromstring(view.widget.value)
        self.alt, self.frame = self.root.get("aria-label"), self.root.get("data-frame")
        self.texts = [(part.text or "", part) for part in self.root.iter("text")]
        self.touches = {part.get("data-touch"): part for part in self.root.iter() if part.get("data-touch")}

    def all(self, classes):
        return [part for part in self.root.iter() if {*classes.split()} <= {*part.get("class", "").split()}]

    def one(self, classes):
        (part,) = self.all(classes)
        return part

    def at(self, points, y=None):
        """The places in pixels (n, 2) of points of data (n, 2); y is another range of the vertical axis."""
        left, top, width, height, x0, x1, y0, y1 = map(float, self.frame.split())
        y0, y1 = y or (y0, y1)
        across, up = np.asarray(points, float).T
        return np.stack([left + width * (across - x0) / (x1 - x0), top + height * (y1 - up) / (y1 - y0)], axis=-1)

    def data(self, places):
        """The points of data (n, 2) at places in pixels (n, 2)."""
        left, top, width, height, x0, x1, y0, y1 = map(float, self.frame.split())
        across, down = np.asarray(places, float).T
        return np.stack([x0 + (across - left) / width * (x1 - x0), y1 - (down - top) / height * (y1 - y0)], axis=-1)


def ways(path):
    """The ways of a path, each as its places (n, 2)."""
    parts = [re.findall(r"-?[\d.]+(?:e-?\d+)?", way) for way in path.get("d").split("M") if way]
    return [np.array(part, float).reshape(-1, 2) for part in parts]


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
    """Whether each of the points (n, 2) is inside the rings, by counting the sides to its right that pass it."""
    crossed = np.zeros(len(points), int)
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            passes = (y1 > points[:, 1]) != (y2 > points[:, 1])
            with np.errstate(divide="ignore", invalid="ignore"):
                crossed += passes & (points[:, 0] < x1 + (points[:, 1] - y1) * (x2 - x1) / (y2 - y1))
    return crossed % 2 == 1

"""Training runs, step by step."""

import numpy as np

from explorers.views.picture import Picture
from explorers.views.svg import Panel, handle, nice_range, path, paths, shape, text, thinned

FAR = 1e4  # pixels: a line that leaves the picture is drawn no farther, as a browser reads no numbers beyond 1e38


class Run(Picture):
    """A training run, step by step: loss, accuracy, and the length of each gradient, with a line at the step shown."""

    def __init__(self, steps, names, scale, width=340, height=300):
        super().__init__(width, height, scale, sheets=2)
        self._given, self._run = None, ""
        high = (height - 78) / 2
        self.losses = Panel(40, 18, width - 80, high, (0, steps), (0, 1))
        self.accuracies = Panel(40, 18, width - 80, high, (0, steps), (0, 1))
        self.norms = Panel(40, 46 + high, width - 80, high, (0, steps), (-5, 1))
        right, shares = width - 35, (0.25, 0.5, 0.75, 1.0)
        ticks = zip(shares, self.accuracies.at([(0, share) for share in shares]), strict=True)
        self.labels = "".join(
            [
                text(width - 1, 10, "accuracy", "end on"),
                *(text(right, y + 4, f"{share:.0%}", "start on") for share, (_, y) in ticks),
                *(text(right, 60 + high + 16 * n, name, f"start norm{n}") for n, name in enumerate(names)),
            ]
        )

    def set_top(self, top):
        """Let the loss axis reach from 0 to top or a little higher."""
        self.losses.y = nice_range(0, top)

    def show(self, alt, loss, accuracy, norms, step):
        """loss, accuracy (n,) and norms (n, 4) are what is known so far, from step 0 on."""
        if max(loss) > self.losses.y[1]:
            self.set_top(max(loss))
        if (given := (self.losses.y, loss, accuracy, norms)) != self._given:
            self._given, self._run = given, self._drawn(loss, accuracy, norms)
        bottom = self.norms.top + self.norms.height
        ((x, _),) = self.losses.at([(step, 0)])
        area = {
            "x": self.losses.left,
            "y": self.losses.top,
            "width": self.losses.width,
            "height": bottom - self.losses.top,
        }
        here = handle(path([(x, self.losses.top), (x, bottom)]), "step", "x")
        here += shape("rect", "area", "step", "x", **area)
        here += shape("line", "now", x1=x, y1=self.losses.top, x2=x, y2=bottom)
        self.paint(alt, self._run, here, panel=self.losses)

    def _drawn(self, loss, accuracy, norms):
        logs = np.log10(np.maximum(np.transpose(norms), 1e-30))
        above = _lines([(self.losses, loss, "run"), (self.accuracies, accuracy, "run accuracy")])
        below = _lines([(self.norms, line, f"run norm{n}") for n, line in enumerate(logs)])
        content = [
            self.losses.axes("", "loss", "y"),
            self.norms.axes("step", "length of each gradient, log10"),
            self.labels,
            self.losses.inside(above),
            self.norms.inside(below),
        ]
        return "".join(content)


def _lines(drawn):
    """Lines through values at steps 0, 1, …, each in its panel and of a class; no finer than can be seen."""
    places = [
        thinned(panel.at(np.stack([np.arange(len(values)), values], axis=1)).clip(-FAR, FAR))
        for panel, values, _ in drawn
    ]
    return "".join(f'<path class="{of}" d="{way}"/>' for way, (*_, of) in zip(paths(places), drawn, strict=True))


class Losses(Picture):
    """The loss of two training runs, step by step."""

    def __init__(self, steps, names, scale, width=340, height=230):
        super().__init__(width, height, scale)
        self.names, self.panel = names, Panel(40, 18, width - 50, height - 50, (0, steps), (0, 1))

    def show(self, alt, runs, top):
        """The loss axis reaches from 0 to top or a little higher; what is higher leaves the picture."""
        self.panel.y = nice_range(0, top)
        classes = ("run right", "run")
        lines = _lines([(self.panel, run, of) for run, of in zip(runs, classes, strict=True)])
        right = self.panel.left + self.panel.width
        keys = [
            shape("line", of, x1=right - 148, y1=28 + 16 * n, x2=right - 124, y2=28 + 16 * n)
            + text(right - 118, 32 + 16 * n, name, "start")
            for n, (name, of) in enumerate(zip(self.names, classes, strict=True))
        ]
        self.paint(alt, self.panel.axes("step", "loss") + self.panel.inside(lines) + "".join(keys), panel=self.panel)

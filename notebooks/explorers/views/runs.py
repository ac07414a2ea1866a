"""Training runs, step by step."""

import numpy as np

from explorers.views.colors import INK, NORM_COLORS, ON
from explorers.views.picture import Picture, axes_in, nice_range


class Run(Picture):
    """A training run, step by step: loss, accuracy, and the length of each gradient, with a line at the step shown."""

    def __init__(self, steps, names, scale, width=470, height=350):
        super().__init__(width, height, scale)
        self.loss_axes = axes_in(self.figure, (0.13, 0.55, 0.76, 0.4), "", "loss")
        self.norm_axes = axes_in(self.figure, (0.13, 0.12, 0.76, 0.4), "step", "gradient length")
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
        self.at = [self.move(axes.axvline(0, color=INK, linewidth=0.8)) for axes in (self.loss_axes, self.norm_axes)]
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
        for line in self.at:
            line.set_xdata([step, step])
        self.paint(alt)


class Losses(Picture):
    """The loss of two training runs, step by step."""

    def __init__(self, steps, names, scale, width=350, height=300):
        super().__init__(width, height, scale)
        self.axes = axes_in(self.figure, (0.17, 0.15, 0.79, 0.82), "step", "loss")
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

"""What lets the page go on by itself, step by step."""

import ipywidgets as widgets


class Play:
    """While it is shown to play, the page sends the touch `tick RUN STEP`, again and again, for the next step.

    A tick may be on its way when something else changes: it counts only in the run for which it was sent. Whatever is
    not a tick begins another run. Two views of one explorer send the same ticks, and nothing goes twice as fast.
    """

    def __init__(self, last, by=1, pause=150):
        """The page goes on by so many steps, after so many milliseconds of pause, until the last step."""
        self.last, self.by, self.pause = last, by, pause
        self.run = 0
        self.widget = widgets.HTML()

    def show(self, playing, step):
        """Let the page go on from this step, or rest."""
        words = f"{self.run} {step} {self.last} {self.by} {self.pause}"
        self.widget.value = f'<i data-play="{words}"></i>' if playing and step < self.last else ""

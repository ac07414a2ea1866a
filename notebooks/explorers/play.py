"""Play: the page asks for one step after another, each when it has seen the last one."""

import ipywidgets as widgets


class Playing:
    """An explorer that plays: mixed into one that has `step`, where it stands, and `_go_to(step)`.

    A tick says what the page saw when it asked. When anything has been shown since, it counts no more: a change that
    it would undo is newer; and of the ticks of two pages, one goes on.
    """

    def add_play(self, first, last, by, pause):
        """Make the control that is pressed while it plays by so many steps, after so many milliseconds at least."""
        self._first, self._last, self._asks = first, last, f"{last} {by} {pause}"
        self._shown, self._tick = 0, widgets.HTML(layout={"display": "none"})
        self._sent_together.append(self._tick)
        play = widgets.ToggleButton(False, description="Play")
        return self.add_control("play", play, self._play), self._tick

    def _play(self, on):
        if on and self.step == self._last:
            self._go_to(self._first)

    def touch(self, what, *numbers):
        with self._lock:
            if what != "tick" or (self.controls["play"].value and numbers[:1] == (self._shown,)):
                super().touch(what, *numbers)

    def touch_tick(self, seen, step):
        """Go on to a step, where what the page saw when it asked for it is still on the screen."""
        self._go_to(step)
        if self.step != step:
            self.stop()

    def stop(self):
        """Play no more."""
        with self._quietly():
            self.controls["play"].value = False

    def _choose_data(self, name):
        super()._choose_data(name)
        self.stop()

    def sync(self):
        super().sync()
        if self.step == self._last or self.predictor.waiting:
            self.stop()

    def show(self):
        super().show()
        self._shown += 1
        asks = f'<i data-play="{self._shown} {self.step} {self._asks}"></i>'
        self._tick.value = asks if self.controls["play"].value else ""

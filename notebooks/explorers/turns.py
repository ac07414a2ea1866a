"""One after the other: JupyterLab hands the page's messages to the kernel in threads beside the one that runs cells.

ipywidgets and traitlets keep in each widget what is on its way, for one thread: where two set one value at a time, one
of them is not heard, or not sent, or fails. So whoever moves a widget of an explorer holds the explorer's lock.
"""

from functools import cache


def take_turns(widget, lock):
    """Let a widget be moved, by a message or by code, only by the thread that holds this lock; return the widget."""
    widget._turn = lock
    widget.__class__ = _in_turn(type(widget))  # as traitlets' own add_traits does
    widget.comm.on_msg(widget._handle_msg)
    return widget


@cache
def _in_turn(kind):
    """The kind of widget that waits for its turn."""

    class InTurn(kind):
        def __setattr__(self, name, value):
            with self._turn:
                super().__setattr__(name, value)

        def _handle_msg(self, message):
            with self._turn:
                if self.comm is not None:  # it may have been closed while this waited
                    super()._handle_msg(message)

    InTurn.__name__ = InTurn.__qualname__ = kind.__name__
    return InTurn

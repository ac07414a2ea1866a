"""For Jupyter's server: each message of a kernel goes to the page at once.

TCP lets a small message wait until the page has acknowledged the one before it, and a page puts that off for 40 ms and
more where it has nothing to send (Nagle's algorithm, and delayed acknowledgements; RFC 896 and 1122). A move of an
explorer comes in several small messages, and its next move begins when they are there.
"""


def _jupyter_server_extension_points():
    return [{"module": "sent_at_once"}]


def _load_jupyter_server_extension(app):
    settings = app.web_app.settings
    settings["kernel_websocket_connection_class"] = without_delay(settings["kernel_websocket_connection_class"])


def without_delay(kind):
    """Return the kind of connection that first tells TCP not to wait."""

    class WithoutDelay(kind):
        def connect(self):
            self.websocket_handler.set_nodelay(True)
            return super().connect()

    return WithoutDelay

"""For Jupyter's server, and Voilà's: each message of a kernel goes to the page at once.

TCP lets a small message wait until the other side has acknowledged the one before it, and that puts this off for 40 ms
and more where it has nothing to send (Nagle's algorithm, and delayed acknowledgements; RFC 896 and 1122). A move of an
explorer comes in several small messages, and its next move begins when they are there.
"""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


def at_once(kind):
    """Return the kind of connection that first tells TCP not to wait."""

    class AtOnce(kind):
        def connect(self):
            self.websocket_handler.set_nodelay(True)
            return super().connect()

    return AtOnce


AtOnce = at_once(ZMQChannelsWebsocketConnection)  # Voilà takes a name


def _jupyter_server_extension_points():
    return [{"module": "sent_at_once"}]


def _load_jupyter_server_extension(app):
    settings = app.web_app.settings
    settings["kernel_websocket_connection_class"] = at_once(settings["kernel_websocket_connection_class"])

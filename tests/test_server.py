"""What Jupyter's server does otherwise where this project is installed."""

from types import SimpleNamespace

import sent_at_once


def test_the_server_sends_each_message_of_a_kernel_at_once():
    done = []

    class Connection:
        websocket_handler = SimpleNamespace(set_nodelay=lambda value: done.append(value))

        def connect(self):
            done.append("connected")
            return "a promise"

    app = SimpleNamespace(web_app=SimpleNamespace(settings={"kernel_websocket_connection_class": Connection}))
    sent_at_once._load_jupyter_server_extension(app)
    connection = app.web_app.settings["kernel_websocket_connection_class"]()
    assert connection.connect() == "a promise" and isinstance(connection, Connection)
    assert done == [True, "connected"]


def test_the_server_of_an_installation_does_so(lab):
    assert "sent_at_once | extension was successfully loaded" in (lab.folder.parent / "jupyterlab.log").read_text()

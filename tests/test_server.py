"""Where this project is installed, Jupyter's server sends each message of a kernel to the page at once."""

import asyncio
import socket
from types import SimpleNamespace

from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketHandler, websocket_connect

import sent_at_once


def test_a_connection_tells_tcp_not_to_wait():
    delays = []

    class Connection:
        def __init__(self, handler):
            self.websocket_handler = handler

        def connect(self):
            stream = self.websocket_handler.ws_connection.stream
            delays.append(not stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    app = SimpleNamespace(web_app=SimpleNamespace(settings={"kernel_websocket_connection_class": Connection}))

    class Handler(WebSocketHandler):
        def open(self):
            app.web_app.settings["kernel_websocket_connection_class"](self).connect()
            self.close()

    async def visit():
        listener, port = bind_unused_port()
        server = HTTPServer(Application([("/", Handler)]))
        server.add_socket(listener)
        for load in (lambda app: None, sent_at_once._load_jupyter_server_extension):
            load(app)
            page = await websocket_connect(f"ws://127.0.0.1:{port}/")
            await page.read_message()  # None: it is closed
            page.close()
        server.stop()
        await server.close_all_connections()

    asyncio.run(visit())
    assert delays == [True, False]


def test_an_installation_is_told_so(lab):
    log = (lab.folder.parent / "jupyterlab.log").read_text()
    assert "sent_at_once | extension was successfully loaded" in log, "install the project again"

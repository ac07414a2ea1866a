"""Where this project is installed, Jupyter's servers send each message of a kernel to the page at once."""

import asyncio
import socket

from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketHandler, websocket_connect
from voila.app import Voila

import sent_at_once


def test_a_connection_tells_tcp_not_to_wait():
    delays = []

    class Connection:
        def __init__(self, handler):
            self.websocket_handler = handler

        def connect(self):
            stream = self.websocket_handler.ws_connection.stream
            delays.append(not stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    class Handler(WebSocketHandler):
        def open(self):
            for kind in (Connection, sent_at_once.at_once(Connection)):
                kind(self).connect()
            self.close()

    async def visit():
        listener, port = bind_unused_port()
        server = HTTPServer(Application([("/", Handler)]))
        server.add_socket(listener)
        page = await websocket_connect(f"ws://127.0.0.1:{port}/")
        await page.read_message()  # None: it is closed
        page.close()
        server.stop()
        await server.close_all_connections()

    asyncio.run(visit())
    assert delays == [True, False]


def test_jupyterlab_is_told_so(lab):
    assert "sent_at_once | extension was successfully loaded" in (lab.folder.parent / "jupyterlab.log").read_text()


def test_voila_is_told_so():
    voila = Voila()
    voila.load_config_file("voila", path=voila.config_file_paths)
    assert voila.kernel_websocket_connection_class is sent_at_once.AtOnce

"""A slow line: a TCP proxy on this machine that holds everything back for a while, in each direction."""

import asyncio
import threading
from contextlib import contextmanager, suppress


class Line:
    """`.seconds` is the delay in each direction, and may change at any time; `.port` is where the line begins."""

    seconds, port, loop = 0.0, None, None

    async def connect(self, reader, writer, port):
        there = await asyncio.open_connection("127.0.0.1", port)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(self._carry(reader, there[1]), self._carry(there[0], writer))

    async def _carry(self, reader, writer):
        """Pass on each piece at its time, in order, without holding up the next."""
        pieces, loop = asyncio.Queue(), asyncio.get_running_loop()

        async def read():
            while piece := await reader.read(1 << 16):
                pieces.put_nowait((loop.time() + self.seconds, piece))
            pieces.put_nowait((0, b""))

        reading = asyncio.create_task(read())
        try:
            while True:
                due, piece = await pieces.get()
                await asyncio.sleep(max(0, due - loop.time()))
                if not piece:
                    break
                writer.write(piece)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            reading.cancel()
            writer.close()


@contextmanager
def slow_line(port):
    """Open a line to a port of this machine."""
    line, opened, end = Line(), threading.Event(), asyncio.Event()

    async def serve():
        line.loop = asyncio.get_running_loop()
        server = await asyncio.start_server(lambda *ends: line.connect(*ends, port), "127.0.0.1", 0)
        line.port = server.sockets[0].getsockname()[1]
        opened.set()
        await end.wait()
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    opened.wait()
    try:
        yield line
    finally:
        line.loop.call_soon_threadsafe(end.set)
        thread.join()

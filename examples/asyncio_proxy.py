"""asyncio_proxy.py PORT HOST PORT [SECONDS]: hands each connection on to another server.

One thread serves all of them. A server that cannot be reached within 5 seconds, and a
connection that is silent in both directions for SECONDS, is closed.
"""

from __future__ import annotations

import asyncio
import sys
import time

import netsocket
from netsocket import aio

WITHIN = 5.0  # seconds to reach the server


class Relay:
    """One connection: both ends, and when bytes last came from either."""

    def __init__(
        self, client: netsocket.Socket, server: netsocket.Socket, idle: float
    ) -> None:
        self.client, self.server, self.idle = client, server, idle
        self.heard = time.monotonic()

    async def pump(self, source: netsocket.Socket, sink: netsocket.Socket) -> None:
        """Pass bytes on until the end, and the end too."""
        while True:
            left = self.heard + self.idle - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"silent for {self.idle} s")
            if not await aio.recvable(source, left):
                continue  # the other direction may have been busy
            self.heard = time.monotonic()
            data = source.recv(65536)
            if not data:
                break
            await aio.sendall(sink, data, self.idle)
        sink.shutdown(netsocket.SHUT_WR)

    async def run(self) -> None:
        """Both directions; when one fails the other is cancelled."""
        there = asyncio.ensure_future(self.pump(self.client, self.server))
        back = asyncio.ensure_future(self.pump(self.server, self.client))
        try:
            await asyncio.gather(there, back)
        finally:
            there.cancel()
            back.cancel()
            await asyncio.gather(there, back, return_exceptions=True)


async def serve(client: netsocket.Socket, host: str, port: str, idle: float) -> None:
    with client:
        name = str(client.getpeername())
        try:
            with await aio.connect_stream(host, port, WITHIN) as server:
                await Relay(client, server, idle).run()
        except OSError as error:
            print(f"{name}: {error}", file=sys.stderr, flush=True)


async def main(here: str, host: str, port: str, idle: float) -> None:
    serving: set[asyncio.Task[None]] = set()  # the loop itself forgets them
    with netsocket.bind_inet_stream("127.0.0.1", here, True) as listener:
        listener.listen()
        print(listener.getsockname(), flush=True)
        while True:
            client = await aio.accept(listener)
            task = asyncio.create_task(serve(client, host, port, idle))
            serving.add(task)
            task.add_done_callback(serving.discard)


here, host, port = sys.argv[1:4]
idle = float(sys.argv[4]) if len(sys.argv) > 4 else 60.0
asyncio.run(main(here, host, port, idle))

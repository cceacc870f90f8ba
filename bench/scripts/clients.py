"""clients.py asyncio COUNT SECONDS: what clients.lua does, with netsocket.aio."""

import asyncio
import sys
import time

import netsocket
from netsocket import aio

BEAT, WITHIN = 0.005, 20
LINE = b"x" * 63 + b"\n"


class Clients:
    """COUNT clients, their server and a ticker, which ends them all."""

    def __init__(self, count: int, seconds: float, server: netsocket.Socket) -> None:
        self.count, self.seconds, self.server = count, seconds, server
        self.connected = self.answered = self.total = 0
        self.took = self.late = self.cpu = 0.0
        self.over = False

    async def serve(self, peer: netsocket.Socket) -> None:
        with peer:
            while line := await aio.recvline(peer, sec=WITHIN):
                await aio.sendall(peer, line, WITHIN)

    async def accept(self) -> None:
        peers = []
        for _ in range(self.count):
            peer = await aio.accept(self.server, WITHIN)
            peers.append(asyncio.create_task(self.serve(peer)))
        await asyncio.gather(*peers)

    async def client(self, port: int) -> None:
        with await aio.connect_inet_stream("127.0.0.1", port, WITHIN) as sock:
            self.connected += 1
            while self.connected < self.count:
                await asyncio.sleep(0.05)
            while not self.over:
                await aio.sendall(sock, LINE, WITHIN)
                assert await aio.recvline(sock, sec=WITHIN) == LINE
                self.answered += 1

    async def ticker(self) -> None:
        while self.connected < self.count:
            await asyncio.sleep(0.05)
        began, before, cpu = time.monotonic(), self.answered, time.process_time()
        while self.took < self.seconds:
            start = time.monotonic()
            await asyncio.sleep(BEAT)
            self.late = max(self.late, time.monotonic() - start - BEAT)
            self.took = time.monotonic() - began
        self.total, self.cpu = self.answered - before, time.process_time() - cpu
        self.over = True


async def main(count: int, seconds: float) -> None:
    with netsocket.bind_inet_stream("127.0.0.1", 0) as server:
        server.listen()
        port = server.getsockname().port()
        assert port is not None
        run = Clients(count, seconds, server)
        clients = [run.client(port) for _ in range(count)]
        await asyncio.gather(run.accept(), run.ticker(), *clients)
    print(run.total, run.took, run.late, run.cpu)


asyncio.run(main(int(sys.argv[2]), float(sys.argv[3])))

"""A peer of TLS 1.2 that wants the handshake anew in the middle of a connection."""

from __future__ import annotations

import asyncio
import errno
from contextlib import suppress
from typing import Any

import pytest

import netsocket
from netsocket import aio
from python.tls_styles import EACH, WITHIN, Style, failed
from support.net.certificates import Authority
from support.net.tls_peers import s_server_of_lines

Server = Any


class Relay:
    """Between a client and its server, with a gate for what the client says."""

    def __init__(self, port: int) -> None:
        self.client, self._near = netsocket.pair_stream()
        self._far = netsocket.connect_inet_stream("127.0.0.1", port, WITHIN)
        self.gate = asyncio.Event()
        self.gate.set()
        self.held = asyncio.Event()  # something is before the gate
        self._both = [
            asyncio.create_task(self._pass(self._near, self._far, True)),
            asyncio.create_task(self._pass(self._far, self._near, False)),
        ]

    async def _pass(
        self, source: netsocket.Socket, to: netsocket.Socket, gated: bool
    ) -> None:
        while data := await aio.recv(source):
            if gated and not self.gate.is_set():
                self.held.set()
                await self.gate.wait()
            await aio.sendall(to, data)

    async def end(self) -> None:
        for task in self._both:
            task.cancel()
        await asyncio.gather(*self._both, return_exceptions=True)
        self._near.close()
        self._far.close()


def says(server: Server, line: bytes) -> None:
    server.stdin.write(line)
    server.stdin.flush()


async def renegotiating(client: Any, relay: Relay, server: Server) -> None:
    """The client has said its hello, which the server does not hear yet, and something
    that the server has sent before is on its way."""
    says(server, b"one\n")
    assert await client.recvline() == b"one\n"
    relay.gate.clear()
    says(server, b"r\n")
    while not relay.held.is_set():
        with suppress(TimeoutError):
            await client.recvall(1, 0.01)
    says(server, b"between\n")
    sock = getattr(client, "plain", client)._channel.sock
    while not sock.recvable(0):
        await asyncio.sleep(0.001)


@EACH
def test_data_in_a_renegotiation(style: str, authority: Authority) -> None:
    """A call that sends meets data of the peer's, which is the next receive's, and keeps
    that from nothing."""

    async def main(tls: Style) -> None:
        relay = Relay(port)
        client = await tls.client(relay.client)
        with client:
            await renegotiating(client, relay, server)
            sending = asyncio.ensure_future(client.sendall(b"answer\n", WITHIN))
            while client.pending() == 0:
                await asyncio.sleep(0.001)
            assert await client.recvline() == b"between\n"
            receiving = asyncio.ensure_future(client.recvline())
            relay.gate.set()
            assert await sending == 7
            says(server, b"last\n")
            assert await receiving == b"last\n"
            await relay.end()

    with s_server_of_lines(authority, "server", "-tls1_2") as (port, server):
        Style(style, authority).run(main)


@EACH
def test_a_renegotiation_that_ends_early(style: str, authority: Authority) -> None:
    """A call that sends waits for it no longer than it may, and is told of its end; what
    came before is there."""

    async def main(tls: Style) -> None:
        relay = Relay(port)
        client = await tls.client(relay.client)
        with client:
            await renegotiating(client, relay, server)
            late = await failed(client.sendall(b"x", 0.05), errno.ETIMEDOUT, "sendall")
            assert late.timeout
            if style == "plain":  # a call that does not wait does not sleep either
                waits = client.plain._channel.waits
                pause, waits.pause = waits.pause, None
                client.timeout(0)
                with pytest.raises(BlockingIOError):
                    await client.send(b"x")
                client.timeout(WITHIN)
                waits.pause = pause
            await relay.end()
            await failed(client.sendall(b"x", WITHIN), errno.EPROTO, "sendall")
            assert await client.recvall(8) == b"between\n"
            await failed(client.recv(), errno.EPROTO, "recv")

    with s_server_of_lines(authority, "server", "-tls1_2") as (port, server):
        Style(style, authority).run(main)

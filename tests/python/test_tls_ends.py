"""Calls of TLS that end before they have begun, or in the middle of a step."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from python.loops import KINDS
from python.tls_styles import Style, plain_pair
from support.net.certificates import Authority


def test_a_close_that_is_interrupted(authority: Authority) -> None:
    """What a signal handler raises comes out of it, and nothing stays open."""
    client, server = plain_pair(Style("plain", authority))
    channel: Any = client._channel

    def interrupted(flags: int) -> None:
        raise KeyboardInterrupt

    channel.push = interrupted
    with server, pytest.raises(KeyboardInterrupt):
        client.close()
    assert channel.sock.fd() == -1


@pytest.mark.parametrize("style", KINDS)
def test_a_call_without_a_loop(style: str, authority: Authority) -> None:
    """It is an error, and the next call has its turn."""

    def step_without_a_loop(coroutine: Any) -> None:
        with pytest.raises(RuntimeError, match="no running event loop"):
            coroutine.send(None)

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client, server:
            for call in (client.recv(), client.recvall(1), client.sendall(b"x")):
                await asyncio.to_thread(step_without_a_loop, call)
            await server.sendall(b"here")
            assert await client.recv() == b"here"
            assert await client.sendall(b"there") == 5

    Style(style, authority).run(main)

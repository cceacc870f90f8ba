"""When a TLS connection is collected, and what keeps it."""

from __future__ import annotations

import asyncio
import gc

import pytest

from python.loops import KINDS
from python.tls_styles import WITHIN, Style, plain_pair
from support.net.certificates import Authority

UNCLOSED = "unclosed <netsocket.tls.Connection"


def test_collected(authority: Authority) -> None:
    client, server = plain_pair(Style("plain", authority))
    with server:
        ends = [client]
        del client
        with pytest.warns(ResourceWarning, match=UNCLOSED):
            ends.clear()
        server.timeout(WITHIN)
        assert server.recv() == b""


def test_a_reader_keeps_its_connection(authority: Authority) -> None:
    """As one of a socket does: it is collected with the last of them."""
    client, server = plain_pair(Style("plain", authority))
    with client:
        readers = [server.reader()]
        del server
        client.sendall(b"one\ntwo\n")
        assert readers[0].line(WITHIN) == b"one"
        with pytest.warns(ResourceWarning, match=UNCLOSED):
            readers.clear()
        client.timeout(WITHIN)
        assert client.recv() == b""


@pytest.mark.parametrize("style", KINDS)
def test_a_call_keeps_its_connection(style: str, authority: Authority) -> None:
    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client:
            task = asyncio.create_task(server.recv())
            del server
            await asyncio.sleep(0)
            gc.collect()
            await client.sendall(b"here")
            with pytest.warns(ResourceWarning, match=UNCLOSED):
                assert await task == b"here"

    Style(style, authority).run(main)

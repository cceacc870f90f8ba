"""TLS for long: much of it both ways at once, and many handshakes."""

from __future__ import annotations

import asyncio
import gc
import os
import re
from pathlib import Path
from typing import Any

import pytest

import netsocket
from python.tls_styles import EACH, Style
from support.fronts import process
from support.machine_lag import QUIET
from support.net.certificates import Authority
from support.net.tls_peers import KEPT

MIB = 100 if QUIET else 8
HANDSHAKES = 500 if QUIET else 30  # in each half
PIECE = bytes(range(256)) * 4096


@pytest.mark.measures
@EACH
def test_both_ways_at_once(style: str, authority: Authority) -> None:
    async def send(conn: Any) -> None:
        for _ in range(MIB):
            assert await conn.sendall(PIECE) == len(PIECE)

    async def receive(conn: Any) -> None:
        for _ in range(MIB):
            assert await conn.recvall(len(PIECE)) == PIECE

    async def main(tls: Style) -> None:
        client, server = await tls.pair()
        with client, server:
            ends = (client, server)
            both = [call(end) for end in ends for call in (send, receive)]
            await asyncio.gather(*both)

    Style(style, authority).run(main)


def memory() -> int:
    """As bench/scripts/growth.py looks."""
    gc.collect()
    pages = re.search(
        r"Anonymous: +(\d+) kB", Path("/proc/self/smaps_rollup").read_text()
    )
    assert pages
    return int(pages[1]) * 1024


@pytest.mark.measures
@EACH
def test_handshakes_leave_nothing(style: str, authority: Authority) -> None:
    async def half(tls: Style, context: Any) -> None:
        for _ in range(HANDSHAKES):
            a, b = netsocket.pair_stream()
            client, server = await asyncio.gather(
                tls.client(a, context=context), tls.server(b)
            )
            with client, server:
                await server.sendall(b"x")
                assert await client.recv() == b"x"

    async def main(tls: Style) -> None:
        context = tls.client_context()
        await half(tls, context)
        before, opened = memory(), process.descriptors(os.getpid())
        await half(tls, context)
        assert memory() - before < KEPT
        assert process.descriptors(os.getpid()) == opened

    Style(style, authority).run(main)

"""The parts of a MsgHdr: whose they are, and when they may change."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest

import netsocket
from netsocket import aio

from .loops import run, turns


def test_a_name_is_let_go() -> None:
    """Each object that is set holds one reference, as long as it is set."""
    first, second = (
        netsocket.addrinfo.new_inet_dgram("127.0.0.1", port) for port in (1, 2)
    )
    message = netsocket.msghdr.new()
    counts = [sys.getrefcount(one) for one in (first, second)]
    for _ in range(5):
        message.name(first)
        message.name(second)
    message.name(None)
    assert [sys.getrefcount(one) for one in (first, second)] == counts


@pytest.mark.parametrize("part", ["name", "iov", "control"])
def test_busy_while_a_call_has_it(part: str) -> None:
    """No part changes then, and each may afterwards."""
    parts: dict[str, Any] = {
        "name": netsocket.addrinfo.new_unix_dgram("/x"),
        "iov": netsocket.iovec.new(),
        "control": netsocket.cmsghdrs.new(),
    }

    async def main() -> None:
        a, b = netsocket.pair_dgram()
        message, iov = netsocket.msghdr.new(), netsocket.iovec.new()
        iov.addn(9)
        message.iov(iov)
        message.control(netsocket.cmsghdrs.new())
        change = getattr(message, part)
        with a, b:
            task = asyncio.ensure_future(aio.recvmsg(b, message))
            await turns()
            with pytest.raises(BufferError):
                change(parts[part])
            a.send(b"now")
            assert await task == 3
            change(parts[part])
            assert change() is parts[part]

    run("asyncio", main)

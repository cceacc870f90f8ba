"""The connects of netsocket.aio with options: those of the plain calls."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from pathlib import Path
from typing import Any

import pytest

import netsocket
from netsocket import aio
from support.fronts import process
from support.net.peers import Peers, port_of

from .loops import EACH, run


@EACH
@pytest.mark.parametrize(
    "name", ["connect", "connect_inet_stream", "connect_stream", "by_name", "unix"]
)
def test_set_before_connecting(kind: str, peers: Peers, name: str) -> None:
    listener = peers.listener(socket.AF_UNIX if name == "unix" else socket.AF_INET)
    at = listener.getsockname()
    named: dict[str, Any] = {"linger": 3, "rcvtimeo": 1.5, "nonblock": False}
    if name != "unix":
        named["local_addr"] = netsocket.addrinfo.inet("127.0.0.4", 0)

    async def main() -> None:
        if name == "unix":
            sock = await aio.connect_unix_stream(at, 5, **named)
        elif name == "connect":
            address = netsocket.addrinfo.new_inet_stream(*at)
            sock = await aio.connect(address, 5, **named)
        elif name == "by_name":
            sock = await aio.connect_stream("localhost", at[1], attempt_delay=2, **named)
        else:
            sock = await getattr(aio, name)(*at, 5, **named)
        with sock:
            assert (sock.linger(), sock.rcvtimeo(), sock.nonblock()) == (3, 1.5, False)
            own = sock.getsockname()
            assert name == "unix" or own.addr() == "127.0.0.4"

    run(kind, main)


@EACH
def test_what_cannot_be_set(kind: str, peers: Peers) -> None:
    port = port_of(peers.listener())

    async def main() -> None:
        with pytest.raises(OSError, match="setsockopt passcred 127.0.0.1") as failed:
            await aio.connect_inet_stream("127.0.0.1", port, passcred=True)
        assert failed.value.errno == errno.EAFNOSUPPORT
        assert netsocket.is_failure(failed.value)
        assert [one["op"] for one in failed.value.attempts] == ["setsockopt passcred"]

    run(kind, main)


def test_what_cannot_be_is_said_at_once(folder: Path) -> None:
    """Before there is a coroutine."""
    here = netsocket.addrinfo.inet("127.0.0.1", 1)
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        _ = aio.connect_stream("127.0.0.1", 1, colour=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="tcpnodelay: bool expected, got int"):
        _ = aio.connect(here, tcpnodelay=1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="connect_unix_stream tos: EINVAL"):
        _ = aio.connect_unix_stream(folder / "none", tos=256)
    with pytest.raises(ValueError, match="connect_inet_stream attempt_delay: EINVAL"):
        _ = aio.connect_inet_stream("127.0.0.1", 1, attempt_delay=1)


def test_never_awaited(peers: Peers) -> None:
    """What it has of its own goes with it."""
    at = peers.listener().getsockname()
    before = process.descriptors(os.getpid())

    async def main() -> None:
        made = aio.connect_inet_stream(*at, linger=1, tcpnodelay=True)
        made.close()

    asyncio.run(main())
    assert process.descriptors(os.getpid()) == before

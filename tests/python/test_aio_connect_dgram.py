"""UDP sockets that have a peer, by coroutines: by its address or its name."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable

import pytest

import netsocket
from netsocket import aio
from support.fronts import process
from support.net.nameserver import AAAA, A, name_server

from .loops import EACH, run

PEERS: dict[str, tuple[str, Callable[..., netsocket.Socket]]] = {
    "connect_inet_dgram": ("127.0.0.1", netsocket.bind_inet_dgram),
    "connect_inet6_dgram": ("::1", netsocket.bind_inet6_dgram),
    "connect_dgram": ("127.0.0.1", netsocket.bind_inet_dgram),
}


@EACH
@pytest.mark.parametrize("name", PEERS)
def test_asks_and_is_answered(kind: str, name: str) -> None:
    host, bind = PEERS[name]
    before = process.descriptors(os.getpid())

    async def main() -> None:
        with bind(host, 0) as peer:
            port = peer.getsockname().port()
            with await getattr(aio, name)(host, port, 5, rcvtimeo=1.5) as sock:
                assert sock.socktype() == socket.SOCK_DGRAM and sock.rcvtimeo() == 1.5
                sock.send(b"question")
                question, sender = await aio.recvfrom(peer, sec=5)
                assert question == b"question" and sender == sock.getsockname()
                assert sender is not None  # for the type checker
                peer.sendto(b"answer", sender)
                assert await aio.recv(sock, sec=5) == b"answer"

    run(kind, main)
    assert process.descriptors(os.getpid()) == before


@EACH
def test_a_wrong_family_and_port(kind: str) -> None:
    async def main() -> None:
        with pytest.raises(socket.gaierror) as family:
            await aio.connect_inet_dgram("::1", 1)
        assert family.value.errno == socket.EAI_ADDRFAMILY
        with pytest.raises(socket.gaierror) as port:
            await aio.connect_dgram("127.0.0.1", 65536)
        assert port.value.errno == socket.EAI_SERVICE
        with pytest.raises(ValueError, match="connect_inet6_dgram conndeadl: EINVAL"):
            await aio.connect_inet6_dgram("::1", 1, -1)
        with pytest.raises(OSError, match="setsockopt tcpnodelay") as failed:
            await aio.connect_inet_dgram("127.0.0.1", 1, tcpnodelay=True)
        assert netsocket.is_failure(failed.value) and failed.value.attempts

    run(kind, main)


@EACH
def test_a_name_holds_nothing_up(kind: str, in_netns: None) -> None:
    async def main() -> None:
        task = asyncio.ensure_future(aio.connect_dgram("dual.example", 53, 5))
        await asyncio.sleep(0)
        server.asked(A, AAAA)  # and the loop goes on
        server.answer(A, "127.0.0.1")
        server.answer(AAAA)
        with await task as sock:
            assert str(sock.getpeername()) == "127.0.0.1:53"

    with name_server() as server:
        run(kind, main)

"""netsocket.aio: connecting, accepting and waiting as coroutines."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

import netsocket
from netsocket import aio
from support.fronts import process
from support.machine_lag import LATE, PATIENCE
from support.net.nameserver import AAAA, A, name_server
from support.net.peers import Peers, port_of
from support.processes.limits import high_descriptors

pytestmark = pytest.mark.measures

INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX
SHORT = 0.1


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """With the loop's own checks on, and with nothing left afterwards."""
    before = process.descriptors(os.getpid())

    async def checked() -> None:
        own = process.descriptors(os.getpid())
        await asyncio.wait_for(main(), PATIENCE)
        left = process.descriptors(os.getpid())
        assert {fd: left[fd] for fd in left if own.get(fd) != left[fd]} == {}

    asyncio.run(checked(), debug=True)
    assert process.descriptors(os.getpid()) == before


def connect_to(peers: Peers, form: str, listener: socket.socket) -> Any:
    port = port_of(listener) if form != "connect_unix_stream" else 0
    if form == "connect":
        return aio.connect(netsocket.addrinfo.inet("127.0.0.1", port), 5)
    if form == "connect_unix_stream":
        return aio.connect_unix_stream(listener.getsockname(), 5)
    host = "::1" if form == "connect_inet6_stream" else "127.0.0.1"
    return getattr(aio, form)(host, port, 5)


FORMS = {
    "connect": INET,
    "connect_inet_stream": INET,
    "connect_inet6_stream": INET6,
    "connect_stream": INET,
    "connect_unix_stream": UNIX,
}


@pytest.mark.parametrize("form", FORMS)
def test_connect(peers: Peers, form: str) -> None:
    """An ordinary Socket, connected, that the loop's own calls take."""
    listener = peers.listener(FORMS[form])

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()  # typed for socket.socket alone
        with await connect_to(peers, form, listener) as made:
            assert type(made) is netsocket.Socket
            assert made.nonblock() is True
            theirs = peers.accept(listener)
            await loop.sock_sendall(made, b"question")
            assert theirs.recv(100) == b"question"
            theirs.sendall(b"answer")
            assert await loop.sock_recv(made, 100) == b"answer"
            room = bytearray(10)
            theirs.sendall(b"into")
            assert await loop.sock_recv_into(made, room) == 4
            assert room[:4] == b"into"
        theirs.close()

    asyncio.run(asyncio.wait_for(main(), PATIENCE), debug=True)


def test_refused_with_attempts(peers: Peers) -> None:
    """The same error as the plain call, attempts included."""
    port = peers.refused_port()

    async def main() -> None:
        for form in (aio.connect_inet_stream, aio.connect_stream):
            with pytest.raises(ConnectionRefusedError) as caught:
                await form("127.0.0.1", port, 5)
            error: Any = caught.value
            assert (error.op, error.filename) == ("connect", f"127.0.0.1:{port}")
            assert [a["name"] for a in error.attempts] == ["ECONNREFUSED"]
            assert [a["addr"] for a in error.attempts] == [f"127.0.0.1:{port}"]

    run(main)


def test_errors_before_the_first_step() -> None:
    """Arguments are checked as in the plain call."""

    async def main() -> None:
        with pytest.raises(ValueError, match="conndeadl"):
            await aio.connect_inet_stream("127.0.0.1", 1, float("nan"))
        with pytest.raises(ValueError, match="conndeadl"):
            await aio.connect_unix_stream("/nonexistent", -1)
        with pytest.raises(socket.gaierror):
            await aio.connect_inet_stream("::1", 1)
        with pytest.raises(TypeError):
            await aio.connect("127.0.0.1")  # type: ignore[arg-type]
        with pytest.raises(FileNotFoundError):
            await aio.connect_unix_stream("/nonexistent/nsk")
        with pytest.raises(OSError, match="too long") as caught:
            await aio.connect_unix_stream("/" + "x" * 200)
        error: Any = caught.value
        assert error.op == "connect"

    run(main)


def silent(address: Any, conndeadl: float | None) -> Coroutine[Any, Any, Any]:
    """A connect to a unix path or an IPv4 address that never answers."""
    if isinstance(address, str):
        return aio.connect_unix_stream(address, conndeadl)
    host, port = address
    return aio.connect_inet_stream(host, port, conndeadl)


@pytest.mark.parametrize("family", [INET, UNIX])
def test_h034_deadline(peers: Peers, family: int) -> None:
    """At its time; nothing is left. That the loop goes on: test_aio_deadlines.py."""
    address = peers.black_hole(family)

    async def main() -> None:
        start = time.monotonic()
        with pytest.raises(TimeoutError) as caught:
            await silent(address, 0.2)
        assert 0.2 <= time.monotonic() - start < 0.2 + LATE
        error: Any = caught.value
        assert error.timeout is True
        assert [a["name"] for a in error.attempts] == ["ETIMEDOUT"]

    run(main)


def test_hanging_name(silent_name: str) -> None:
    """The resolver is on a worker of the library: the deadline holds."""

    async def main() -> None:
        for cancelled in (False, True):
            threads = process.threads(os.getpid())
            start = time.monotonic()
            task = asyncio.create_task(aio.connect_stream(silent_name, 80, SHORT))
            await asyncio.sleep(0)
            if cancelled:
                task.cancel()
            with pytest.raises(asyncio.CancelledError if cancelled else TimeoutError):
                await task
            assert time.monotonic() - start < SHORT + LATE
            assert len(process.threads(os.getpid()) - threads) <= 2  # one a family

    asyncio.run(asyncio.wait_for(main(), PATIENCE), debug=True)


@pytest.mark.parametrize("family", [INET, UNIX])
def test_cancelled(peers: Peers, family: int) -> None:
    """No descriptor is left, in the process or in the loop."""
    address = peers.black_hole(family)

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        watched = len(loop._selector.get_map())
        before = process.descriptors(os.getpid())
        for conndeadl in (None, 20):
            task = asyncio.create_task(silent(address, conndeadl))
            while process.descriptors(os.getpid()) == before:
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert process.descriptors(os.getpid()) == before
            assert len(loop._selector.get_map()) == watched

    run(main)


def test_cancelled_race(in_netns: None, peers: Peers) -> None:
    """Two in flight, cancelled: both are gone, and what waited for them."""
    port = peers.black_hole(INET6)[1]
    peers.black_hole(INET, ("127.0.0.1", port))

    async def main() -> None:
        before = process.descriptors(os.getpid())
        task = asyncio.create_task(aio.connect_stream(None, port))
        # Two sockets and what waits for both.
        while len(process.descriptors(os.getpid())) < len(before) + 3:
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert process.descriptors(os.getpid()) == before

    run(main)


def test_dual_stack_with_dead_ipv6(in_netns: None, peers: Peers) -> None:
    port = peers.black_hole(INET6)[1]
    listener = peers.listener(INET, ("127.0.0.1", port))

    async def main() -> None:
        start = time.monotonic()
        with await aio.connect_stream(None, port, 5) as made:
            assert 0.25 <= time.monotonic() - start < 0.3 + LATE
            assert made.getpeername().addr() == "127.0.0.1"
        peers.accept(listener).close()

    asyncio.run(asyncio.wait_for(main(), PATIENCE), debug=True)


def test_ipv6_without_an_answer(in_netns: None, peers: Peers) -> None:
    """The name server keeps silent about IPv6: over IPv4, and the loop goes on."""
    port = port_of(peers.listener())

    async def main() -> None:
        task = asyncio.create_task(aio.connect_stream("dual.example", port, 5))
        await asyncio.sleep(0)
        server.asked(A, AAAA)
        start = time.monotonic()
        server.answer(A, "127.0.0.1")
        with await task as made:
            assert 0.05 <= time.monotonic() - start < 0.1 + LATE
            assert made.getpeername().addr() == "127.0.0.1"
        server.answer(AAAA)

    with name_server() as server:
        asyncio.run(asyncio.wait_for(main(), PATIENCE), debug=True)


def test_crowd() -> None:
    """Many clients and their server in one loop and one thread, and every byte to
    its own."""
    count = int(os.environ.get("NSK_CROWD", "200"))

    async def main() -> None:
        threads = process.threads(os.getpid())
        with netsocket.bind_inet_stream("127.0.0.1", 0) as listener:
            listener.listen()
            port = listener.getsockname().port()
            assert port is not None

            async def answer(made: netsocket.Socket) -> None:
                with made:
                    while line := await aio.recvline(made, sec=PATIENCE):
                        await aio.sendall(made, line.upper(), PATIENCE)

            async def serve() -> None:
                peers = [
                    answer(await aio.accept(listener, PATIENCE)) for _ in range(count)
                ]
                await asyncio.gather(*peers)

            async def ask(i: int) -> bytes:
                with await aio.connect_inet_stream("127.0.0.1", port, PATIENCE) as made:
                    await aio.sendall(made, b"client %d\n" % i, PATIENCE)
                    return await aio.recvline(made, sec=PATIENCE)

            server = asyncio.create_task(serve())
            answers = await asyncio.gather(*(ask(i) for i in range(count)))
            await server
            assert answers == [b"CLIENT %d\n" % i for i in range(count)]
        assert process.threads(os.getpid()) == threads

    with high_descriptors(2 * count + 100):
        run(main)

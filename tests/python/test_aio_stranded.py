"""netsocket.aio: a task whose loop has closed never goes on, and keeps nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

import netsocket
from netsocket import aio

from .loops import EACH, loop_of, turns

Call = Callable[[netsocket.Socket], Any]
HOLDS: dict[str, Callable[[netsocket.Socket], Coroutine[Any, Any, Any]]] = {
    "recvall": lambda sock: aio.recvall(sock, 10),
    "recvline": aio.recvline,
    "readexactly": lambda sock: aio.reader(sock).readexactly(10),
}


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """asyncio logs each task that was destroyed."""
    with caplog.at_level("CRITICAL"):
        yield


def recv_into(sock: netsocket.Socket) -> bytes:
    memory = bytearray(3)
    return bytes(memory[: sock.recv_into(memory)])


def in_pieces(sock: netsocket.Socket, call: str) -> bytes:
    message, iov = netsocket.msghdr.new(), netsocket.iovec.new()
    iov.addn(3)
    message.iov(iov)
    assert getattr(sock, call)(message if call == "recvmsg" else iov) == 3
    return bytes(iov)


def selected(sock: netsocket.Socket) -> bytes:
    assert netsocket.select([sock], [], 5) == ([sock], [])
    return sock.recv()


def waited(sock: netsocket.Socket) -> bytes:
    assert sock.recvable(5)
    return sock.recv()


def counted(sock: netsocket.Socket) -> bytes:
    return sock.recv(sock.pending())


def unwrapped(sock: netsocket.Socket) -> bytes:
    """Its bytes are in its way, and no receive."""
    with pytest.raises(OSError, match="received bytes are pending"):
        sock.unwrap()
    return sock.recv()


def in_a_loop(sock: netsocket.Socket) -> bytes:
    return asyncio.run(aio.recvall(sock, 3, 5))


TAKES: dict[str, Call] = {
    "recv": lambda sock: sock.recv(),
    "recv, long": lambda sock: sock.recv(1 << 20),
    "read": lambda sock: sock.read(3),
    "recvfrom": lambda sock: sock.recvfrom()[0],
    "recv_into": recv_into,
    "readv": lambda sock: in_pieces(sock, "readv"),
    "recvmsg": lambda sock: in_pieces(sock, "recvmsg"),
    "recvall": lambda sock: sock.recvall(3, 5),
    "recvline": lambda sock: sock.recvline(max=3, sec=5),
    "reader": lambda sock: sock.reader().readexactly(3, 5),
    "select": selected,
    "recvable": waited,
    "pending": counted,
    "unwrap": unwrapped,
    "another loop": in_a_loop,
}


def strand(kind: str, call: Callable[[], Coroutine[Any, Any, Any]]) -> asyncio.Task[Any]:
    """A task that still waits when its loop closes."""
    with loop_of(kind) as loop:
        task: asyncio.Task[Any] = loop.create_task(call())
        loop.run_until_complete(turns(5))
    assert not task.done()
    return task


@EACH
@pytest.mark.parametrize(
    ("hold", "take"),
    [("recvall", take) for take in TAKES] + [(hold, "recv") for hold in HOLDS],
)
def test_a_receive(kind: str, hold: str, take: str) -> None:
    """What the task has received comes with the next receive, in any thread."""
    got: list[bytes] = []
    a, b = netsocket.pair_stream()
    with a, b:
        a.send(b"abc")
        task = strand(kind, lambda: HOLDS[hold](b))
        thread = threading.Thread(target=lambda: got.append(TAKES[take](b)))
        thread.start()
        thread.join()
        assert got == [b"abc"]
        with pytest.raises(RuntimeError, match="cannot reuse already awaited coroutine"):
            task.get_coro().send(None)


@EACH
def test_a_send(kind: str) -> None:
    """Another loop may send."""
    a, b = netsocket.pair_stream()
    with a, b:
        task = strand(kind, lambda: aio.sendall(a, b"x" * (8 << 20)))
        while b.recvable(0):
            b.recv(1 << 20)
        assert asyncio.run(aio.sendall(a, b"last", 5)) == 4
        assert b.recv() == b"last"
        del task


@EACH
def test_a_loop_at_rest(kind: str) -> None:
    """It may go on, so its task keeps its place."""
    a, b = netsocket.pair_stream()
    with a, b, loop_of(kind) as loop:
        task = loop.create_task(aio.recvall(b, 4))
        a.send(b"abc")
        loop.run_until_complete(turns(5))
        with pytest.raises(OSError, match="another receive is under way"):
            b.recv()
        a.send(b"d")
        assert loop.run_until_complete(task) == b"abcd"

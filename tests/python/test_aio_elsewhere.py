"""Under trio and anyio: what netsocket.aio says there, and that what it names works."""

from __future__ import annotations

import importlib.util
import socket as cpython
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import netsocket
from netsocket import aio

installed = importlib.util.find_spec
trio_too = pytest.mark.skipif(
    installed("trio") is None, reason="trio is not installed here"
)
anyio_too = pytest.mark.skipif(
    installed("anyio") is None, reason="anyio is not installed here"
)
Wait = Callable[[netsocket.Socket], Awaitable[None]]
CALLS: list[Callable[[netsocket.Socket], Awaitable[Any]]] = [
    lambda sock: aio.recvable(sock),
    lambda sock: aio.sendable(sock),
    lambda sock: aio.recvall(sock, 1),
    lambda sock: aio.recvline(sock),
    lambda sock: aio.sendall(sock, b"x"),
    lambda sock: aio.accept(sock),
    lambda sock: aio.reader(sock).line(),
    lambda sock: aio.connect_inet_stream("127.0.0.1", 1),
    lambda sock: aio.serve(sock, aio.recvable),
]


async def is_refused(words: str) -> None:
    """Each call says so before it does anything."""
    a, b = netsocket.pair_stream()
    with a, b:
        a.send(b"x")
        for call in CALLS:
            with pytest.raises(RuntimeError, match=words):
                await call(b)
        assert b.recv() == b"x"
        with pytest.raises(BlockingIOError):
            a.recv()


async def is_awaited(readable: Wait, writable: Wait, beside: Callable[[], Any]) -> None:
    """A line goes through the socket's own calls."""
    a, b = netsocket.pair_stream()
    with a, b:
        a.sndbuf(4096)
        sent = a.send(bytes(1 << 20))
        with pytest.raises(BlockingIOError):
            a.send(b"x")
        got = len(b.recv(sent, cpython.MSG_WAITALL))
        assert got == sent
        await writable(a)
        assert a.send(b"line\n") == 5
        await readable(b)
        assert b.recv() == b"line\n"
        await beside()


@trio_too
def test_trio() -> None:
    import trio

    async def main() -> None:
        await is_refused(r"trio\.lowlevel\.wait_readable")
        wait = trio.lowlevel
        await is_awaited(wait.wait_readable, wait.wait_writable, trio.lowlevel.checkpoint)

    trio.run(main)


@anyio_too
@trio_too
def test_anyio_on_trio() -> None:
    import anyio
    import anyio.lowlevel

    async def main() -> None:
        await is_refused(r"anyio\.wait_readable")
        turn = anyio.lowlevel.checkpoint
        await is_awaited(anyio.wait_readable, anyio.wait_writable, turn)

    anyio.run(main, backend="trio")


@anyio_too
def test_anyio_on_asyncio() -> None:
    """There it is asyncio: both ways work, and a task group cancels a wait."""
    import anyio
    import anyio.lowlevel

    async def main() -> None:
        turn = anyio.lowlevel.checkpoint
        await is_awaited(anyio.wait_readable, anyio.wait_writable, turn)
        a, b = netsocket.pair_stream()
        with a, b:
            lines: list[bytes] = []

            async def receive() -> None:
                lines.append(await aio.recvline(b))
                await aio.recvline(b)

            async with anyio.create_task_group() as group:
                group.start_soon(receive)
                await aio.sendall(a, b"line\nhalf")
                while not lines:
                    await anyio.lowlevel.checkpoint()
                group.cancel_scope.cancel()
            assert lines == [b"line\n"]
            assert b.recv() == b"half"
            with anyio.move_on_after(0.01) as scope:
                await aio.recvline(b)
            assert scope.cancelled_caught

    anyio.run(main, backend="asyncio")

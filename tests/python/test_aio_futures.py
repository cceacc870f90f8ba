"""netsocket.aio: what a task gets to wait for behaves as a future of asyncio does."""

from __future__ import annotations

import asyncio
import contextvars
import os
from collections.abc import Coroutine
from typing import Any

import pytest

import netsocket
from netsocket import aio
from python.loops import EACH, run, turns


def test_cancelled_twice() -> None:
    """The first message is what is heard."""

    async def future() -> None:
        await asyncio.get_running_loop().create_future()

    async def heard(call: Coroutine[Any, Any, Any]) -> tuple[Any, ...]:
        task = asyncio.create_task(call)
        await turns()
        assert task.cancel("first")
        task.cancel("second")
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        return caught.value.args

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            assert await heard(aio.recvall(b, 1)) == await heard(future())

    run("asyncio", main)


def test_one_task_waits() -> None:
    """A second callback is refused, and one without a context; the first stays."""

    async def main() -> None:
        context = contextvars.copy_context()
        called: list[Any] = []
        a, b = netsocket.pair_stream()
        with a, b:
            call = aio.recvable(b)
            future: Any = call.send(None)
            with pytest.raises(RuntimeError, match="only a task can wait for this"):
                future.add_done_callback(called.append)
            future.add_done_callback(called.append, context=context)
            with pytest.raises(RuntimeError, match="and only once"):
                future.add_done_callback(pytest.fail, context=context)
            a.send(b"x")
            await turns()
            assert called == [future] and future.done()
            call.close()

    run("asyncio", main)


def closed_by_hand(call: Coroutine[Any, Any, bytes]) -> None:
    call.close()


def thrown_into(call: Coroutine[Any, Any, bytes]) -> None:
    with pytest.raises(KeyError):
        call.throw(KeyError("mine"))


def sent_to(call: Coroutine[Any, Any, bytes]) -> None:
    with pytest.raises(RuntimeError, match="resumed from elsewhere"):
        call.send(None)


@EACH
@pytest.mark.parametrize(
    "end", [closed_by_hand, thrown_into, sent_to], ids=lambda end: end.__name__
)
def test_ended_by_others(kind: str, end: Any) -> None:
    """The task that waits goes on: it hears what a coroutine of Python
    says that has ended, and the socket is free."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            call = aio.recvline(b)
            task = asyncio.create_task(call)
            await turns()
            end(call)
            await turns()
            assert task.done()
            with pytest.raises(RuntimeError, match="cannot reuse already awaited"):
                await task
            a.send(b"line\n")
            assert await aio.recvline(b, sec=5) == b"line\n"

    run(kind, main)


def test_awaited_twice_before_its_turn() -> None:
    """Also where it has only given the loop a turn: the first task has it."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            begun = None
            while begun is None:  # most calls find room, until the loop's turn is due
                call = aio.sendable(a)
                try:
                    begun = call.send(None) is None
                except StopIteration:
                    continue
                with pytest.raises(RuntimeError, match="awaited already"):
                    await call
                with pytest.raises(StopIteration):
                    call.send(None)

    run("asyncio", main)


@EACH
def test_context(kind: str) -> None:
    """A task goes on in its own, not in that of the time when the loop was told of the
    descriptor."""
    var = contextvars.ContextVar("var", default=0)

    async def receives(b: netsocket.Socket) -> list[int]:
        seen = []
        for number in range(1, 4):
            await asyncio.sleep(0)
            var.set(number)
            await aio.recvall(b, 1)
            seen.append(var.get())
        return seen

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            task = asyncio.create_task(receives(b))
            for _ in range(3):
                await turns(5)
                a.send(b"x")
            assert await task == [1, 2, 3]

    run(kind, main)


@EACH
def test_blocking_socket(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays one, although libuv makes what it watches non-blocking."""

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        if kind == "asyncio":
            real = loop.add_reader

            def as_libuv(fd: int, *args: Any) -> None:
                os.set_blocking(fd, False)
                real(fd, *args)

            monkeypatch.setattr(loop, "add_reader", as_libuv)
        a, b = netsocket.pair_stream()
        with a, b:
            b.nonblock(False)
            task = asyncio.create_task(aio.recvall(b, 1))
            await turns()
            assert os.get_blocking(b.fileno())
            a.send(b"x")
            assert await task == b"x"
            assert os.get_blocking(b.fileno())

    run(kind, main)


def test_closed_after_its_end() -> None:
    """That is harmless, whichever call it was and however it has ended."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            a.send(b"some\nbytes\nand more")
            reader = aio.reader(b)
            ending: list[Coroutine[Any, Any, Any]] = [
                reader.read(2),
                reader.readuntil(b"\n"),
                reader.readline(0),
                reader.readexactly(100, 0),
                aio.recvall(b, 2, 0),
                aio.recvline(b, sec=0),
                aio.recv(b, 2),
                aio.recvable(b),
                aio.sendall(b, b"x"),
                aio.send(b, b"x"),
                aio.getaddrinfo("127.0.0.1", 80),
                aio.connect_unix_stream("/none"),
            ]
            for call in ending:
                with pytest.raises((StopIteration, OSError)):
                    call.send(None)
                call.close()
                with pytest.raises(RuntimeError, match="already awaited"):
                    call.send(None)

    run("asyncio", main)

"""netsocket.aio: its coroutines are objects of the extension, and behave as others do."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Coroutine
from typing import Any

import pytest

import netsocket
from netsocket import aio
from python.loops import EACH, run, turns


def drop(call: Any) -> None:
    """It is the caller's last reference."""


def unraised(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Runs a coroutine that has nothing to wait for."""
    with pytest.raises(StopIteration) as stop:
        coroutine.send(None)
    return stop.value.value


async def in_a_task(call: Coroutine[Any, Any, bytes]) -> bytes:
    return await asyncio.create_task(call)


async def in_time(call: Coroutine[Any, Any, bytes]) -> bytes:
    return await asyncio.wait_for(call, 20)


async def gathered(call: Coroutine[Any, Any, bytes]) -> bytes:
    return (await asyncio.gather(call))[0]


async def in_a_frame(call: Coroutine[Any, Any, bytes]) -> bytes:
    return await call


async def shielded(call: Coroutine[Any, Any, bytes]) -> bytes:
    return await asyncio.shield(call)


WAYS = pytest.mark.parametrize(
    "way", [in_a_task, in_time, gathered, in_a_frame, shielded], ids=lambda w: w.__name__
)


@EACH
@WAYS
def test_ways_to_await(kind: str, way: Any) -> None:
    """At once, after a wait, cancelled while it waits, and failing."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            a.send(b"one\n")
            assert await way(aio.recvline(b)) == b"one\n"
            task = asyncio.create_task(way(aio.recvline(b, sec=20)))
            await turns()
            a.send(b"two\n")
            assert await task == b"two\n"
            task = asyncio.create_task(way(aio.recvline(b, sec=20)))
            await turns()
            a.send(b"thr")
            await turns()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            a.send(b"ee\n")
            await turns()
            if way is not shielded:  # what is shielded is not cancelled, and has taken it
                assert await way(aio.recvline(b)) == b"three\n"
                with pytest.raises(TimeoutError):
                    await way(aio.recvline(b, sec=0))

    run(kind, main)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with 3.12")
@EACH
def test_eager_tasks(kind: str) -> None:
    async def main() -> None:
        task_of: Any = asyncio.Task
        # uvloop gives its factory what that of 3.13.0 does not take.
        asyncio.get_running_loop().set_task_factory(
            lambda loop, coro, **_: task_of(coro, loop=loop, eager_start=True)
        )
        a, b = netsocket.pair_stream()
        with a, b:
            a.send(b"one\n")
            task = asyncio.create_task(aio.recvline(b))
            assert task.done() and await task == b"one\n"
            task = asyncio.create_task(aio.recvline(b))
            a.send(b"two\n")
            assert await task == b"two\n"

    run(kind, main)


def test_cancelled_with_a_message() -> None:
    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            task = asyncio.create_task(aio.recvline(b))
            await turns()
            task.cancel("why")
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            if sys.version_info >= (3, 11):
                assert caught.value.args == ("why",)

    run("asyncio", main)


def test_cancelled_when_it_is_ready_already() -> None:
    """The bytes are the next receive's, whichever came first."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            for _ in range(10):
                task = asyncio.create_task(aio.recvline(b))
                await turns()
                a.send(b"line\n")
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                assert await aio.recvline(b, sec=5) == b"line\n"

    run("asyncio", main)


def test_never_awaited() -> None:
    """It says so, and has done nothing; one that was closed says nothing."""
    a, b = netsocket.pair_stream()
    with a, b:
        a.send(b"line\n")
        with pytest.warns(RuntimeWarning, match=r"'netsocket.aio.recvline' was never"):
            drop(aio.recvline(b))
        aio.recvline(b).close()
        assert b.recv() == b"line\n"


def test_protocol() -> None:
    """What a coroutine of Python says when it is misused."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            a.send(b"line\n")
            call = aio.recvline(b)
            assert isinstance(call, Coroutine) and asyncio.iscoroutine(call)
            assert "recvline" in repr(call)
            with pytest.raises(TypeError, match="just-started"):
                call.send(1)
            assert unraised(call) == b"line\n"
            with pytest.raises(RuntimeError, match="already awaited"):
                await call
            call = aio.recvline(b)
            call.send(None)
            with pytest.raises(RuntimeError, match="awaited already"):
                await call
            with pytest.raises(RuntimeError, match="from elsewhere"):
                call.send(None)
            call = aio.recvline(b)
            call.send(None)
            with pytest.raises(KeyError, match="mine"):
                call.throw(KeyError("mine"))
            call = aio.recvline(b)
            call.send(None)
            call.close()
            call.close()
            with pytest.raises(KeyError):
                aio.recvline(b).throw(KeyError)
            a.send(b"next\n")
            assert await aio.recvline(b) == b"next\n"

    run("asyncio", main)


def test_without_asyncio() -> None:
    """Under another scheduler it says what works there."""
    a, b = netsocket.pair_stream()
    with a, b:
        a.send(b"x")
        for call in (aio.recvable(b), aio.recvall(b, 1), aio.sendall(a, b"")):
            with pytest.raises(RuntimeError, match=r"trio\.lowlevel\.wait_readable"):
                call.send(None)


def test_dropped_waiter_holds_no_place() -> None:
    """One that only a cycle keeps is collected before the next is refused; that is done
    once a second, and a test before this one may have had it done."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            call = aio.recvline(b)
            call.send(None)
            cycle: list[Any] = [call]
            cycle.append(cycle)
            del call, cycle
            a.send(b"line\n")
            until = time.monotonic() + 10
            line = b""
            while not line:
                try:
                    line = await aio.recvline(b)
                except OSError:
                    assert time.monotonic() < until
                    await asyncio.sleep(0.1)
            assert line == b"line\n"

    run("asyncio", main)


@EACH
@pytest.mark.parametrize("what", ["lines", "sends", "ready", "large"])
def test_a_busy_task_gives_turns(kind: str, what: str) -> None:
    """Others run although each call of this one finds all it needs."""

    async def busy(a: netsocket.Socket, b: netsocket.Socket) -> None:
        for _ in range(3000):
            if what == "ready":
                assert await aio.sendable(a)
            elif what == "sends":
                await aio.sendall(a, b"x")
                b.recv()
            elif what == "large":
                a.send(b"x" * 50000)
                await aio.recvall(b, 50000)
            else:
                a.send(b"line\n")
                await aio.recvline(b)

    async def main() -> None:
        beats = 0
        a, b = netsocket.pair_stream()
        with a, b:
            task = asyncio.create_task(busy(a, b))
            while not task.done():
                await asyncio.sleep(0)
                beats += 1
            await task
        assert beats > 20

    run(kind, main)


@pytest.mark.skipif(not hasattr(netsocket, "SO_ZEROCOPY"), reason="needs MSG_ZEROCOPY")
@EACH
def test_unread_error_costs_no_spinning(kind: str) -> None:
    """A completion in the error queue makes the socket ready, and there is nothing to
    receive: it is looked at again at intervals, and what comes then is received."""

    async def main() -> None:
        with netsocket.bind_inet_stream("127.0.0.1", 0) as listener:
            listener.listen()
            a = await aio.connect(listener.getsockname(), 5)
            b = await aio.accept(listener, 5)
        with a, b:
            a.setsockopt(netsocket.SOL_SOCKET, netsocket.SO_ZEROCOPY, 1)
            a.send(b"x" * 1000, netsocket.MSG_ZEROCOPY)
            await aio.recvall(b, 1000, 5)
            before = time.thread_time()
            with pytest.raises(TimeoutError):
                await aio.recvline(a, sec=0.5)
            assert time.thread_time() - before < 0.1
            task = asyncio.create_task(aio.recvline(a, sec=20))
            await asyncio.sleep(0.02)
            b.send(b"line\n")
            assert await task == b"line\n"

    run(kind, main)

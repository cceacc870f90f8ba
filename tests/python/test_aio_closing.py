"""netsocket.aio: what closes while a coroutine waits, and what a loop cannot do."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

import netsocket
from netsocket import aio
from support.fronts import process
from support.net.peers import Peers

from .loops import EACH, loop_of, run, turns, wait_once

BAD = "Bad file descriptor"


@pytest.fixture
def complaints(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[list[str]]:
    """What no caller hears of; asyncio's "Task was destroyed" is only logged."""
    heard: list[str] = []
    monkeypatch.setattr(
        sys, "unraisablehook", lambda event: heard.append(repr(event.exc_value))
    )
    with caplog.at_level("CRITICAL"):
        yield heard


def in_a_thread(call: Callable[[], Any]) -> None:
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()


async def reads(mine: socket.socket, other: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    seen = asyncio.Event()
    loop.add_reader(mine, seen.set)
    other.send(b"!")
    await asyncio.wait_for(seen.wait(), 20)
    loop.remove_reader(mine)


@EACH
def test_a_loop_at_rest(kind: str) -> None:
    """A thread closes: the loop forgets there, and the number is free at once."""
    a, b = netsocket.pair_stream()
    with a, loop_of(kind) as loop:
        task = loop.create_task(aio.recvline(b))
        loop.run_until_complete(turns())
        number = b.fileno()
        in_a_thread(b.close)
        assert a.recvable(5) and a.recv() == b""
        x, y = socket.socketpair()
        with x, y:
            mine, other = (x, y) if x.fileno() == number else (y, x)
            assert mine.fileno() == number
            loop.run_until_complete(reads(mine, other))
        with pytest.raises(OSError, match=BAD):
            loop.run_until_complete(asyncio.wait_for(task, 5))


@EACH
@pytest.mark.parametrize("first", ["socket", "task"])
def test_a_closed_loop(kind: str, first: str, complaints: list[str]) -> None:
    """Whichever goes first, the descriptor is closed and no finalizer raises."""
    a, b = netsocket.pair_stream()
    with a:
        with loop_of(kind) as loop:
            tasks = [loop.create_task(aio.recvline(b))]
            loop.run_until_complete(turns())
        if first == "task":
            tasks.clear()
            gc.collect()
        in_a_thread(b.close)
        assert a.recvable(5) and a.recv() == b""
        tasks.clear()
        gc.collect()
    assert complaints == []


@EACH
def test_a_connect_in_a_closed_loop(
    kind: str, peers: Peers, complaints: list[str]
) -> None:
    """Its descriptors go with it, silently."""
    path = peers.black_hole(socket.AF_UNIX)
    host, port = peers.black_hole(socket.AF_INET)[:2]
    with loop_of(kind) as warm:
        warm.run_until_complete(turns())
    before = process.descriptors(os.getpid())
    with loop_of(kind) as loop:
        tasks = [
            loop.create_task(aio.connect_unix_stream(path)),
            loop.create_task(aio.connect_inet_stream(host, port)),
        ]
        loop.run_until_complete(turns())
        assert not any(task.done() for task in tasks)
    tasks.clear()
    gc.collect()
    assert process.descriptors(os.getpid()) == before
    assert complaints == []


@EACH
def test_collected_in_a_thread(kind: str) -> None:
    """As a close there: the loop forgets first."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a:
            await wait_once(b)
            number, kept = b.fileno(), [b]
            del b
            with pytest.warns(ResourceWarning):
                in_a_thread(kept.clear)
            x, y = socket.socketpair()
            with x, y:
                assert number not in (x.fileno(), y.fileno())
            assert await aio.recvall(a, 1, 5) == b""
        assert number not in process.descriptors(os.getpid())

    run(kind, main)


@EACH
@pytest.mark.parametrize("sec", [1e7, 1e9, 9e9, 1e15, sys.float_info.max, float("inf")])
def test_long_waits(kind: str, sec: float) -> None:
    """No loop is asked for more seconds than its timers take."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            task = asyncio.create_task(aio.recvall(b, 1, sec))
            await turns()
            assert not task.done()
            a.send(b"x")
            assert await task == b"x"

    run(kind, main)


def test_a_timer_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The call fails with what the loop says, and no reader is left."""

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        watched = len(loop._selector.get_map())
        later = loop.call_later

        def refuse(*_: Any) -> None:
            raise OverflowError("too long")

        a, b = netsocket.pair_stream()
        with a, b:
            monkeypatch.setattr(loop, "call_later", refuse)
            with pytest.raises(OverflowError, match="too long"):
                await aio.recvall(b, 1, 100)
            assert len(loop._selector.get_map()) == watched
            monkeypatch.setattr(loop, "call_later", later)
            a.send(b"x")
            assert await aio.recvall(b, 1, 5) == b"x"

    run("asyncio", main)


@pytest.mark.parametrize(
    "call",
    [
        lambda s: aio.recvable(s, True),
        lambda s: aio.sendable(s, False),
        lambda s: aio.accept(s, True),
        lambda s: aio.recvall(s, 1, True),
        lambda s: aio.recvline(s, sec=True),
        lambda s: aio.sendall(s, b"x", True),
        lambda _: aio.connect_inet_stream("127.0.0.1", 1, True),
        lambda _: aio.connect_inet6_stream("::1", 1, True),
        lambda _: aio.connect_stream(None, 1, True),
        lambda _: aio.connect_unix_stream("/x", True),
    ],
)
def test_a_bool_is_no_second(call: Callable[[Any], Coroutine[Any, Any, Any]]) -> None:
    a, b = netsocket.pair_stream()
    with a, b, pytest.raises(TypeError, match="got bool"):
        call(b).close()


CHILD = """
import asyncio, os, threading
import netsocket
from netsocket import aio

a, b = netsocket.pair_stream()
taken, go_on = threading.Event(), threading.Event()

async def wait_once():
    task = asyncio.create_task(aio.recvable(b, 20))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])

async def first():
    await wait_once()
    taken.set()
    go_on.wait(20)

thread = threading.Thread(target=lambda: asyncio.run(first()))
thread.start()
taken.wait(20)
asyncio.run(wait_once())
pid = os.fork()
if pid == 0:
    number = b.fileno()
    b.close()
    try:
        os.fstat(number)
    except OSError:
        os._exit(0)
    os._exit(2)
print(os.waitpid(pid, 0)[1])
go_on.set()
thread.join()
"""


def test_a_child_closes_what_a_loop_has_still_to_forget() -> None:
    """Another loop has taken the socket over; the first hears of it when it goes on."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CHILD],
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert (done.stdout, done.returncode) == ("0\n", 0), done.stderr

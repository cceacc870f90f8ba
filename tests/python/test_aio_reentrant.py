"""netsocket.aio: a socket that closes while its loop is told of it, or told to forget."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from typing import Any

import pytest

import netsocket
from netsocket import aio
from python.inside import Inside
from python.loops import loop_of, run, turns


def around(
    loop: Any, name: str, monkeypatch: pytest.MonkeyPatch, before: Any, after: Any
) -> None:
    """Has a method of the loop run these beside what it does, the first time."""
    real = getattr(loop, name)

    def method(*arguments: Any, **names: Any) -> Any:
        monkeypatch.setattr(loop, name, real)
        before()
        result = real(*arguments, **names)
        after()
        return result

    monkeypatch.setattr(loop, name, method)


def nothing() -> None:
    """Of the two places in a method, the one where nothing happens."""


@pytest.mark.parametrize("name", ["call_later", "add_reader"])
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_closes_inside(name: str, first: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a finalizer or a signal's handler may. The wait ends, and the loop knows nothing
    of the number when a stranger has it."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        a, b = netsocket.pair_stream()
        number = b.fileno()
        steps = (b.close, nothing) if first else (nothing, b.close)
        around(loop, name, monkeypatch, *steps)
        with pytest.raises(OSError, match="Bad file descriptor"):
            await asyncio.wait_for(aio.recvall(b, 1, 20), 10)
        assert a.recvable(5) and a.recv() == b""
        a.close()
        x, y = socket.socketpair()
        with x, y:
            assert number in (x.fileno(), y.fileno())
            assert not loop.remove_reader(number)

    run("asyncio", main)


def test_a_stranger_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is opened after the close, inside the loop's method, has another number: the
    loop has still to forget that one."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        a, b = netsocket.pair_stream()
        number = b.fileno()
        opened: list[socket.socket] = []

        def close_and_open() -> None:
            b.close()
            opened.extend(socket.socketpair())

        around(loop, "add_reader", monkeypatch, nothing, close_and_open)
        with pytest.raises(OSError, match="Bad file descriptor"):
            await asyncio.wait_for(aio.recvall(b, 1, 20), 10)
        a.close()
        with opened[0], opened[1]:
            assert number not in (opened[0].fileno(), opened[1].fileno())

    run("asyncio", main)


def test_closes_where_another_loop_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait in a second loop has the first forget, whose code closes the socket."""
    a, b = netsocket.pair_stream()

    async def wait() -> None:
        with pytest.raises(TimeoutError):
            await aio.recvall(b, 1, 0.01)

    async def wait_again() -> None:
        with pytest.raises(OSError, match="Bad file descriptor"):
            await asyncio.wait_for(aio.recvall(b, 1, 20), 10)

    first = asyncio.new_event_loop()
    first.run_until_complete(wait())
    around(first, "is_running", monkeypatch, b.close, nothing)
    with loop_of("asyncio") as second:
        second.run_until_complete(wait_again())
    first.close()
    a.close()


def test_a_call_leaves_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call in a second thread ends while a third has the loop forget the socket."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        a, b = netsocket.pair_stream()
        b.setblocking(True)
        task = asyncio.create_task(aio.recvable(b, 20))
        sending = asyncio.create_task(aio.sendable(b, 20))
        await turns(3)
        assert await sending
        inside = Inside(lambda: b.recv(1))

        def leave() -> None:
            a.send(b"x")
            inside.join()

        around(loop, "call_soon_threadsafe", monkeypatch, nothing, leave)
        ending = threading.Thread(target=b.close)
        ending.start()
        ending.join()
        assert b.fileno() == -1
        with pytest.raises(OSError, match="Bad file descriptor"):
            await asyncio.wait_for(task, 10)
        assert a.recvable(5)
        a.close()

    run("asyncio", main)


REFUSED = """
import asyncio, gc
import netsocket
from netsocket import aio

gc.set_threshold(10**9)
a, b = netsocket.pair_stream()
told = []

def begun():
    made = aio.recvall(b, 1, 20)
    made.send(None)
    return made

class InCycle:
    def __init__(self, dropped):
        self.me, self.dropped = self, dropped

class Last:
    def __init__(self):
        self.me = self
    def __del__(self):
        try:
            begun()
        except OSError as error:
            told.append(error.errno)

async def main():
    dropped = InCycle(begun())
    Last()
    gc.collect()
    del dropped
    a.send(b"x")
    return await aio.recvall(b, 1, 20)

print(asyncio.run(main()), len(told))
"""


def test_a_collection_that_a_finalizer_was_refused_is_made_later() -> None:
    """Inside a collection there is none, so the place is taken; the next call has one."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", REFUSED],
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert (done.stdout, done.returncode) == ("b'x' 1\n", 0), done.stderr

"""netsocket.aio: waiting as coroutines, closing meanwhile, and one waiter at a time."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import netsocket
from netsocket import aio
from python.test_aio import SHORT, run
from support.machine_lag import LATE
from support.net.peers import port_of

pytestmark = pytest.mark.measures


def test_accept_is_cancelled() -> None:
    """The connection that comes afterwards is there for the next."""

    async def main() -> None:
        with netsocket.bind_inet_stream("127.0.0.1", 0) as listener:
            listener.listen()
            task = asyncio.create_task(aio.accept(listener))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            address = ("127.0.0.1", listener.getsockname().port())
            with socket.create_connection(address) as client:
                with await aio.accept(listener) as made:
                    assert made.getpeername().port() == port_of(client)

    run(main)


def test_recvable_and_sendable() -> None:
    """At once, woken, and out of time, never early."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            assert await aio.sendable(a) is True
            start = time.monotonic()
            assert await aio.recvable(a, SHORT) is False
            assert SHORT - 0.001 <= time.monotonic() - start < SHORT + LATE
            assert await aio.recvable(a, 0) is False
            task = asyncio.create_task(aio.recvable(a))
            await asyncio.sleep(0)
            b.send(b"x")
            assert await task is True
            assert await aio.recvable(a, float("inf")) is True
            assert a.recv() == b"x"
            sent = 0
            try:
                while True:
                    sent += a.send(b"y" * 65536)
            except BlockingIOError:
                pass
            assert await aio.sendable(a, SHORT) is False
            task = asyncio.create_task(aio.sendable(a, 10))
            await asyncio.sleep(0)
            assert len(b.recvall(sent, 5)) == sent
            assert await task is True

    run(main)


@pytest.mark.parametrize("sec", [float("nan"), -1, -1e-9, float("-inf")])
@pytest.mark.parametrize("wait", [aio.recvable, aio.sendable])
def test_h039_impossible_seconds(wait: Any, sec: float) -> None:
    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            with pytest.raises(ValueError, match="sec"):
                await wait(a, sec)

    run(main)


def test_closed_socket() -> None:
    async def main() -> None:
        a, b = netsocket.pair_stream()
        a.close()
        b.close()
        for wait in (aio.recvable, aio.sendable, aio.accept):
            with pytest.raises(OSError, match="Bad file descriptor") as caught:
                await wait(a)
            assert caught.value.errno == errno.EBADF

    run(main)


def test_second_waiter_is_refused() -> None:
    """EBUSY instead of a wait without end: the loop keeps one callback for each."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            first = asyncio.create_task(aio.recvable(a))
            await asyncio.sleep(0)
            with pytest.raises(OSError) as caught:  # noqa: PT011
                await aio.recvable(a)
            assert caught.value.errno == errno.EBUSY
            assert await aio.sendable(a) is True
            b.send(b"x")
            assert await first is True
            assert await aio.recvable(a) is True

    run(main)


@pytest.mark.parametrize("by", ["a task", "a thread"])
def test_close_wakes(by: str) -> None:
    """EBADF for who waits, and the number is free for another socket at once."""

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        watched = len(loop._selector.get_map())
        a, b = netsocket.pair_stream()
        with b:
            waiting = asyncio.create_task(aio.recvable(a))
            await asyncio.sleep(0)
            start = time.monotonic()
            if by == "a thread":
                thread = threading.Thread(target=a.close)
                thread.start()
                thread.join()
                with pytest.raises(OSError, match="Bad file descriptor"):
                    await waiting
                c, d = netsocket.pair_stream()
            else:
                a.close()
                c, d = netsocket.pair_stream()
                heir = asyncio.create_task(aio.recvable(c, 5))
                with pytest.raises(OSError, match="Bad file descriptor"):
                    await waiting
                d.send(b"x")
                assert await heir is True
            assert time.monotonic() - start < 0.05 + LATE
            with c, d:
                d.send(b"x")
                assert await aio.recvable(c, 5) is True
            assert len(loop._selector.get_map()) == watched

    run(main)


def test_number_of_a_socket_that_a_thread_has_closed() -> None:
    """It is not free before the loop has forgotten it, and is then."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        number = a.fileno()
        with b:
            waiting = asyncio.create_task(aio.recvable(a))
            await asyncio.sleep(0)
            thread = threading.Thread(target=a.close)
            thread.start()
            thread.join()
            assert a.fileno() == -1
            c, d = netsocket.pair_stream()
            with c, d:
                assert number not in (c.fileno(), d.fileno())
                with pytest.raises(OSError, match="Bad file descriptor"):
                    await waiting
                with netsocket.bind_inet_dgram("127.0.0.1", 0) as heir:
                    assert heir.fileno() == number
                    assert await aio.recvable(heir, SHORT) is False

    run(main)


def test_kept_bytes_are_ready(folder: Path) -> None:
    """A path to remove is no byte: a bound socket waits as any other."""

    async def main() -> None:
        with netsocket.bind_unix_dgram(folder / "s", None, True) as made:
            assert await aio.recvable(made, 0.01) is False
        assert not (folder / "s").exists()

    run(main)


def test_loop_that_has_gone() -> None:
    """A connect of one loop does not disturb the next one."""
    for _ in range(3):

        async def main() -> None:
            a, b = netsocket.pair_stream()
            with a, b:
                waiting = asyncio.create_task(aio.recvable(a))
                await asyncio.sleep(0)
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)

        run(main)

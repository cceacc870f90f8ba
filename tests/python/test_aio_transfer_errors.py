"""netsocket.aio: transfers that are refused or ended from outside."""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import Callable
from typing import Any

import pytest

import netsocket
from netsocket import aio
from python.aio_transfers import CALLS, WAITS, fill, waiting
from python.test_aio import run
from support.machine_lag import LATE

pytestmark = pytest.mark.measures


@pytest.mark.parametrize("name", CALLS)
def test_second_waiter_is_refused(name: str) -> None:
    """At once, also when there would be something to do; the first is not disturbed."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            if name == "sendall":
                fill(a)
            wait = aio.sendable if name == "sendall" else aio.recvable
            first = asyncio.create_task(wait(a, 10))
            await waiting(first)
            with pytest.raises(OSError, match="another coroutine waits") as caught:
                await CALLS[name](a, 5)
            assert caught.value.errno == errno.EBUSY
            if name == "sendall":
                b.recv(1 << 20)
            else:
                b.send(b"x")
            assert await first is True

    run(main)


@pytest.mark.parametrize("name", WAITS)
def test_close_wakes(name: str) -> None:
    """Each of them, with EBADF; the loop has forgotten the descriptor."""

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        watched = len(loop._selector.get_map())
        a, b = netsocket.pair_stream()
        if name == "accept":
            a.close()
            a = netsocket.bind_inet_stream("127.0.0.1", 0)
            a.listen()
        with b:
            if name.startswith("send"):
                fill(a)
            task = asyncio.create_task(WAITS[name](a, 10))
            await waiting(task)
            start = time.monotonic()
            a.close()
            with pytest.raises(OSError, match="Bad file descriptor") as caught:
                await task
            assert caught.value.errno == errno.EBADF
            assert time.monotonic() - start < 0.05 + LATE
            assert len(loop._selector.get_map()) == watched

    run(main)


@pytest.mark.parametrize("sec", [float("nan"), -1, float("-inf")])
@pytest.mark.parametrize("name", CALLS)
def test_h039_impossible_seconds(name: str, sec: float) -> None:
    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            with pytest.raises(ValueError, match="sec"):
                await CALLS[name](a, sec)

    run(main)


@pytest.mark.parametrize("name", CALLS)
def test_h043_closed_socket(name: str) -> None:
    async def main() -> None:
        a, b = netsocket.pair_stream()
        a.close()
        b.close()
        with pytest.raises(OSError, match="Bad file descriptor") as caught:
            await CALLS[name](a, 5)
        assert caught.value.errno == errno.EBADF

    run(main)


def test_arguments_are_the_plain_calls() -> None:
    """They are checked by the call, before anything is awaited."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            calls: list[Callable[[], Any]] = [
                lambda: aio.sendall(a, "text"),  # type: ignore[arg-type] # wrong on purpose
                lambda: aio.recvall(a, "9"),  # type: ignore[arg-type] # wrong on purpose
                lambda: aio.recvline(a, max=1.5),  # type: ignore[arg-type] # wrong on purpose
                lambda: aio.recvline(a.fileno()),  # type: ignore[arg-type] # wrong on purpose
                lambda: aio.recvable(a, True),
                lambda: aio.accept(a, True),
                lambda: aio.recvall(a, 1, True),
                lambda: aio.recvline(a, sec=True),
                lambda: aio.sendall(a, b"", True),
                lambda: aio.connect_inet_stream("127.0.0.1", 1, True),
            ]
            for call in calls:
                with pytest.raises(TypeError):
                    call()
            with pytest.raises(ValueError, match="0 or more"):
                await aio.recvall(a, -1)
            with pytest.raises(ValueError, match="at least 1"):
                await aio.recvline(a, max=-1)
            assert await aio.recvall(a, 0) == b""

    run(main)

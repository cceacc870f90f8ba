"""netsocket.aio: each call with a time, in each way that it can come to its end."""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

import netsocket
from netsocket import aio
from support.machine_lag import LATE

from .aio_ends import FLAGS, NAMES, READS, RECEIVES, Ends, ends_of
from .loops import EACH, Main, loop_of, turns, wait_once

pytestmark = pytest.mark.measures

SHORT = 0.05
PLENTY = 30.0


@pytest.fixture
def ends(name: str, tmp_path: Path) -> Iterator[Ends]:
    made = ends_of(name, tmp_path)
    yield made
    made.close()


each = pytest.mark.parametrize("name", NAMES)
each_receive = pytest.mark.parametrize("name", RECEIVES + READS)
each_with_flags = pytest.mark.parametrize("name", FLAGS)


def in_loop(kind: str, main: Main) -> None:
    with loop_of(kind) as loop:
        loop.run_until_complete(asyncio.wait_for(main(), PLENTY))


def test_every_coroutine_is_here() -> None:
    """But those that open a socket or take one over, and serve, which has no time."""
    calls = {name for name in aio.__all__ if name[0].islower()}
    others = {name for name in calls if name.startswith("connect")} | {"serve", "reader"}
    others |= {"tls_client", "tls_server", "getaddrinfo", "getnameinfo"}
    methods = {name for name in dir(aio.Reader) if name[0] != "_"}
    assert calls - others | methods == set(NAMES)


@EACH
@pytest.mark.parametrize("name", [name for name in NAMES if name != "readall"])
def test_at_once(kind: str, ends: Ends) -> None:
    """It does not give its turn away. (readall has the loop say that there is an end.)"""
    ends.ready()

    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            await wait_once(b)  # who has waited has a whole turn before it
        coroutine = ends.begin(sec=PLENTY)
        with pytest.raises(StopIteration) as told:
            coroutine.send(None)
        assert ends.right(told.value.value)

    in_loop(kind, main)


@EACH
@each
@pytest.mark.parametrize("sec", [None, PLENTY])
def test_after_a_wait(kind: str, ends: Ends, sec: float | None) -> None:
    async def main() -> None:
        task = asyncio.ensure_future(ends.begin(sec=sec))
        await turns()
        assert not task.done()
        ends.ready()
        assert ends.right(await task)

    in_loop(kind, main)


@EACH
@each
@pytest.mark.parametrize("how", ["sec", "timeout", "deadline"])
def test_time_up(kind: str, ends: Ends, name: str, how: str) -> None:
    """Given, or the socket's own; the call may be made again."""

    async def main() -> None:
        start = time.monotonic()
        sec: Any = {"sec": SHORT, "timeout": None}.get(how, netsocket.deadline(SHORT))
        if how == "timeout":
            ends.a.timeout(SHORT)
        if name in ("recvable", "sendable"):
            sec = SHORT if how == "timeout" else sec  # without one they have no limit
            assert await ends.begin(sec=sec) is False
        else:
            with pytest.raises(TimeoutError, match=r"within 0\.05 s") as caught:
                await ends.begin(sec=sec)
            error: Any = caught.value
            assert error.timeout is True and error.op == name.replace("lines", "line")
        assert SHORT <= time.monotonic() - start < SHORT + LATE
        ends.ready()
        assert ends.right(await ends.begin(sec=PLENTY))

    in_loop(kind, main)


@EACH
@each
def test_closed_meanwhile(kind: str, ends: Ends) -> None:
    async def main() -> None:
        task = asyncio.ensure_future(ends.begin(sec=PLENTY))
        await turns()
        ends.a.close()
        with pytest.raises(OSError, match="Bad file descriptor") as caught:
            await task
        assert caught.value.errno == errno.EBADF
        with pytest.raises(OSError, match="Bad file descriptor"):
            await ends.begin()

    in_loop(kind, main)


@EACH
@each
def test_cancelled(kind: str, ends: Ends) -> None:
    """Nothing is lost: what comes is the next call's."""

    async def main() -> None:
        task = asyncio.ensure_future(ends.begin())
        await turns()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        ends.ready()
        assert ends.right(await ends.begin(sec=PLENTY))

    in_loop(kind, main)


@each_receive
def test_cancelled_when_ready(ends: Ends) -> None:
    """The bytes are there and the task has not had its turn."""

    async def main() -> None:
        task = asyncio.ensure_future(ends.begin())
        await turns()
        ends.ready()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ends.right(await ends.begin(sec=PLENTY))

    in_loop("asyncio", main)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "sendto"])
def test_second_waiter(ends: Ends, name: str) -> None:
    """It is refused at once; the first is not disturbed. (A sendto that backs off tries
    again now and then, and another may come before it.)
    """

    async def main() -> None:
        task = asyncio.ensure_future(ends.begin())
        await turns()
        sends = name.startswith("send")
        second = aio.send(ends.a, b"x") if sends else aio.recv(ends.a)
        with pytest.raises(OSError, match="another coroutine waits") as caught:
            await second
        assert caught.value.errno == errno.EBUSY
        ends.ready()
        assert ends.right(await task)

    in_loop("asyncio", main)


@each_with_flags
def test_h041_not_with_dontwait(ends: Ends) -> None:
    async def main() -> None:
        with pytest.raises(BlockingIOError):
            await ends.begin(netsocket.MSG_DONTWAIT, sec=PLENTY)

    in_loop("asyncio", main)


def unawaited(coroutine: Coroutine[Any, Any, Any]) -> None:
    """It goes."""


@each
def test_never_awaited(ends: Ends) -> None:
    """It warns, and has done nothing."""
    with pytest.warns(RuntimeWarning, match="was never awaited"):
        unawaited(ends.begin())
    ends.ready()

    async def main() -> None:
        assert ends.right(await ends.begin(sec=PLENTY))

    in_loop("asyncio", main)


@pytest.mark.parametrize("name", [name for name in RECEIVES if name != "recvmany"])
def test_end(ends: Ends, name: str) -> None:
    nothing: dict[str, Any] = {"recvfd": None, "recvfds": ([], b"")}
    wanted: dict[str, Any] = {"recv": b"", "recvfrom": (b"", None), **nothing}

    async def main() -> None:
        task = asyncio.ensure_future(ends.begin())
        await turns()
        ends.b.close()
        assert await task == wanted.get(name, 0)

    in_loop("asyncio", main)

"""Deadline objects in Python: what they are, in threads, and in netsocket.aio."""

from __future__ import annotations

import asyncio
import pickle
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import netsocket
from netsocket import aio
from support.machine_lag import LATE

from .loops import EACH, run

pytestmark = pytest.mark.measures

SHORT = 0.2
PLENTY = 30.0


def test_what_it_is() -> None:
    made = netsocket.deadline(sec=5)
    assert type(made) is netsocket.Deadline
    assert repr(netsocket.deadline(float("inf"))) == "<netsocket.Deadline: inf s left>"
    with pytest.raises(TypeError):
        pickle.dumps(made)
    with pytest.raises(TypeError):
        netsocket.Deadline()
    with pytest.raises(TypeError):
        type("Mine", (netsocket.Deadline,), {})


class Looks:
    """No deadline, though it has all of its names."""

    def left(self) -> float:
        return PLENTY

    __repr__ = netsocket.Deadline.__repr__


@pytest.mark.parametrize("given", [Looks(), "1", netsocket.Deadline, True, [1]])
def test_nothing_else_is_one(given: Any) -> None:
    a, b = netsocket.pair_stream()
    with a, b, pytest.raises(TypeError, match=r"recvall\(\) sec: float"):
        a.recvall(1, given)


def test_shared_by_threads() -> None:
    """Each ends at the same point of time, whenever it began."""
    start = time.monotonic()
    deadline = netsocket.deadline(SHORT)
    took: list[float] = []

    def wait(sock: netsocket.Socket) -> None:
        with pytest.raises(TimeoutError):
            sock.recvall(1, deadline)
        took.append(time.monotonic() - start)

    ends = [netsocket.pair_stream() for _ in range(4)]
    threads = [threading.Thread(target=wait, args=(a,)) for a, _ in ends]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for a, b in ends:
        a.close()
        b.close()
    assert len(took) == 4 and min(took) >= SHORT and max(took) < SHORT + LATE


# -------------------------------------------------------------------------- aio

Begin = Callable[[netsocket.Socket, Any], Awaitable[Any]]

# Each waits for what does not come, on one end of a pair.
WAITS: dict[str, Begin] = {
    "recvall": lambda sock, sec: aio.recvall(sock, 4, sec),
    "recvline": lambda sock, sec: aio.recvline(sock, sec=sec),
    "sendall": lambda sock, sec: aio.sendall(sock, b"x" * 4_000_000, sec),
    "read": lambda sock, sec: aio.reader(sock).read(4, sec),
    "readexactly": lambda sock, sec: aio.reader(sock).readexactly(4, sec),
    "readuntil": lambda sock, sec: aio.reader(sock).readuntil(b"-", sec),
    "readline": lambda sock, sec: aio.reader(sock).readline(sec),
    "line": lambda sock, sec: aio.reader(sock).line(sec),
    "readall": lambda sock, sec: aio.reader(sock).readall(4, sec),
    "peek": lambda sock, sec: aio.reader(sock).peek(4, sec),
    "lines": lambda sock, sec: aio.reader(sock).lines(sec).__anext__(),
}


@EACH
@pytest.mark.parametrize("name", WAITS)
def test_time_up_in_aio(kind: str, name: str) -> None:
    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            start = time.monotonic()
            deadline = netsocket.deadline(SHORT)
            for _ in range(2):  # the second has one attempt
                with pytest.raises(TimeoutError, match=r"within 0\.2 s") as caught:
                    await WAITS[name](a, deadline)
                assert isinstance(caught.value, netsocket.Failure)
            assert SHORT <= time.monotonic() - start < SHORT + LATE

    run(kind, main)


@EACH
def test_bare_waits_in_aio(kind: str) -> None:
    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            deadline = netsocket.deadline(SHORT)
            assert await aio.sendable(a, deadline)
            assert not await aio.recvable(a, deadline)
            assert deadline.left() == 0
            assert await aio.sendable(a, deadline)

    run(kind, main)


@EACH
def test_one_deadline_for_an_exchange(kind: str) -> None:
    """Connecting, accepting and all that follows."""

    async def main() -> None:
        deadline = netsocket.deadline(PLENTY)
        with netsocket.bind_inet_stream("127.0.0.1", 0) as listener:
            listener.listen()
            port = listener.getsockname().port()
            theirs, ours = await asyncio.gather(
                aio.accept(listener, deadline),
                aio.connect_inet_stream("127.0.0.1", port, deadline),
            )
            with theirs, ours:
                later = asyncio.create_task(aio.reader(theirs).line(deadline))
                await asyncio.sleep(0)
                assert await aio.sendall(ours, b"hello\n", deadline) == 6
                assert await later == b"hello"
        assert 0 < deadline.left() < PLENTY

    run(kind, main)


@EACH
def test_no_deadline_in_aio(kind: str) -> None:
    async def main() -> None:
        a, b = netsocket.pair_stream()
        with a, b:
            for begin in WAITS.values():
                with pytest.raises(TypeError, match="float, int or Deadline expected"):
                    await begin(a, b)

    run(kind, main)

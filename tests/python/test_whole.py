"""A long recvall without a deadline is received into its result: nothing is copied, and
nothing is lost."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import threading
from collections.abc import Iterator

import pytest

import netsocket
from netsocket import aio

MIB = 1 << 20
DATA = os.urandom(MIB)
Pair = tuple[netsocket.Socket, netsocket.Socket]
Ways = ("plain", "aio")


@pytest.fixture
def pair() -> Iterator[Pair]:
    a, b = netsocket.pair_stream()
    with a, b:
        yield a, b


def recvall(sock: netsocket.Socket, n: int, way: str, sec: float | None = None) -> bytes:
    if way == "plain":
        return sock.recvall(n, sec)

    async def main() -> bytes:
        return await aio.recvall(sock, n, sec)

    return asyncio.run(main())


def feeding(sock: netsocket.Socket, data: bytes, close: bool = False) -> threading.Thread:
    def feed() -> None:
        sock.sendall(data, 10)
        if close:
            sock.close()

    thread = threading.Thread(target=feed)
    thread.start()
    return thread


@pytest.mark.parametrize("way", Ways)
def test_after_a_time_that_passed(pair: Pair, way: str) -> None:
    """What had come stays pending, and is the begin of the next, however long that is."""
    a, b = pair
    for n in (MIB, 100_000, 50_000):
        a.sendall(DATA[:60_000])
        for done in (60_000, 60_000):
            with pytest.raises(TimeoutError) as late:
                recvall(b, 2 * MIB, way, 0)
            assert late.value.done == done  # type: ignore[attr-defined]  # ours
            assert b.pending() == done
        thread = feeding(a, DATA[60_000:])
        assert recvall(b, n, way) == DATA[:n]
        assert recvall(b, MIB - n, way) == DATA[n:]
        thread.join()


@pytest.mark.parametrize("way", Ways)
@pytest.mark.parametrize("n", [MIB - 1, 100_000, 65_536, 65_535, 70, 1])
def test_the_stream_ends_before(pair: Pair, way: str, n: int) -> None:
    """The result takes the memory of what has come, and not of what was wanted."""
    a, b = pair
    thread = feeding(a, DATA[:n], close=True)
    data = recvall(b, 64 * MIB, way)
    thread.join()
    assert data == DATA[:n]
    assert len(data) == n
    assert sys.getsizeof(data) == sys.getsizeof(bytes(n))
    assert hash(data) == hash(DATA[:n])
    assert recvall(b, 64 * MIB, way) == b""


def test_a_coroutine_that_is_closed(pair: Pair) -> None:
    a, b = pair

    async def main() -> None:
        call = aio.recvall(b, MIB)
        task = asyncio.ensure_future(call)
        a.sendall(DATA[:70_000], 10)
        while b.pending() == 0:  # the call holds what has come
            await asyncio.sleep(0)
            if not b.recvable(0):
                task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert b.recvall(70_000, 0) == DATA[:70_000]


@pytest.mark.skipif(
    "NSK_SANITIZED" in os.environ, reason="a sanitizer has memory of its own"
)
def test_no_copy(pair: Pair) -> None:
    """Each page of the result is touched, and no other."""
    a, b = pair
    size = 64 * MIB
    pages = size // resource.getpagesize()
    sent = bytes(MIB)

    def feed() -> None:
        for _ in range(size // MIB):
            a.sendall(sent, 10)

    thread = threading.Thread(target=feed)
    thread.start()
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    data = b.recvall(size)
    after = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    thread.join()
    assert len(data) == size
    assert after - before < 1.25 * pages

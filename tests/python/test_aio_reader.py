"""netsocket.aio: a reader whose methods are coroutines."""

from __future__ import annotations

import asyncio
import errno
import random
from collections.abc import Callable
from typing import Any

import pytest

import netsocket
from netsocket import aio

from .loops import EACH, run, turns

SHORT = 0.02
STREAM = b"one\ntwo\r\nthree\n\nlast"

# Each method with arguments that need four bytes, or a line, that do not come.
WAITING: list[tuple[str, tuple[Any, ...]]] = [
    ("read", (4,)),
    ("readexactly", (4,)),
    ("readuntil", (b"--",)),
    ("readline", ()),
    ("line", ()),
    ("readall", (100,)),
    ("peek", (4,)),
]
EACH_WAIT = pytest.mark.parametrize(("method", "args"), WAITING)


def fed(data: bytes, *limits: int) -> tuple[netsocket.Socket, netsocket.Socket, Any]:
    a, b = netsocket.pair_stream()
    a.send(data)
    return a, b, aio.reader(b, *limits)


def test_wait_before_a_receive_that_would_find_nothing() -> None:
    """A receive that left room has taken all: the next read lets the loop say when there
    is more. It looks where it may not wait."""

    async def main() -> None:
        a, b, rd = fed(b"one\ntwo\n")
        with a, b:
            for line in (b"one\n", b"two\n"):
                with pytest.raises(StopIteration) as told:
                    rd.readline(5).send(None)
                assert told.value.value == line
            a.send(b"three\n")
            later = asyncio.create_task(rd.readline(5))
            await asyncio.sleep(0)
            assert b.pending() == 0 and not later.done()
            assert await later == b"three\n"
            a.send(b"four\n")
            with pytest.raises(StopIteration) as told:
                rd.readline(0).send(None)
            assert told.value.value == b"four\n"

    asyncio.run(main())


@EACH
def test_every_method(kind: str) -> None:
    async def main() -> None:
        a, b, rd = fed(STREAM)
        with a, b:
            assert await rd.peek(3, 5) == b"one"
            assert await rd.line(5) == b"one"
            assert await rd.line() == b"two"
            assert await rd.readline(5) == b"three\n"
            assert await rd.readuntil(b"\nl", 5) == b"\nl"
            assert await rd.read(2, 5) == b"as"
            assert b.pending() == 1
            assert await rd.readexactly(0) == b""
            assert await rd.readexactly(1, sec=5) == b"t"
            a.close()
            assert await rd.read(1, 5) == b""
            assert await rd.readline(5) == b""
            assert await rd.line(5) is None
            assert await rd.peek(1, 5) == b""
            assert await rd.readall(10, 5) == b""
            for call in (rd.readexactly(1, 5), rd.readuntil(b"x", 5)):
                with pytest.raises(netsocket.EndOfStream) as caught:
                    await call
                assert vars(caught.value)["done"] == 0

    run(kind, main)


@EACH
@EACH_WAIT
def test_waits_until_it_is_there(kind: str, method: str, args: tuple[Any, ...]) -> None:
    """Byte by byte; while it waits every other receive is refused."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        rd = aio.reader(b)
        with a, b:
            task = asyncio.create_task(getattr(rd, method)(*args, sec=20))
            await turns()
            for busy in (aio.recvall(b, 1), aio.reader(b).line(), rd.read(1)):
                with pytest.raises(OSError) as caught:  # noqa: PT011 # its errno is next
                    await busy
                assert caught.value.errno == errno.EBUSY
            with pytest.raises(OSError) as caught:  # noqa: PT011 # its errno is next
                b.recv()
            assert caught.value.errno == errno.EBUSY
            for byte in b"ab--\n":
                a.send(bytes([byte]))
                await turns()
            if method == "readall":
                assert not task.done()
                a.close()
            left = b"ab--\n"
            expected = {"read": 1, "line": 5, "readline": 5, "readall": 5}.get(method, 4)
            got = left[:4] if method == "line" else left[:expected]
            assert await task == got
            if method != "peek":
                left = left[expected:]
            assert not left or await rd.readexactly(len(left), 5) == left

    run(kind, main)


@EACH_WAIT
def test_out_of_time_and_cancelled(method: str, args: tuple[Any, ...]) -> None:
    """Nothing is taken: what had come is pending, and the next call has it."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        rd = aio.reader(b)
        with a, b:
            data = b"" if method == "read" else b"ab-"
            a.send(data)
            for sec in (0, SHORT):
                with pytest.raises(TimeoutError) as caught:
                    await getattr(rd, method)(*args, sec)
                assert vars(caught.value)["done"] == len(data)
            task = asyncio.create_task(getattr(rd, method)(*args))
            await turns()
            assert b.pending() == 0  # a call holds them
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert b.pending() == len(data)
            a.send(b"-\n")
            assert await rd.readuntil(b"\n", 5) == data + b"-\n"

    run("asyncio", main)


@EACH
@EACH_WAIT
def test_closed(kind: str, method: str, args: tuple[Any, ...]) -> None:
    """The waiter gets EBADF, and so does each call afterwards."""

    async def main() -> None:
        a, b = netsocket.pair_stream()
        rd = aio.reader(b)
        with a:
            task = asyncio.create_task(getattr(rd, method)(*args))
            await turns()
            b.close()
            for call in (task, getattr(rd, method)(*args)):
                with pytest.raises(OSError) as caught:  # noqa: PT011 # its errno is next
                    await asyncio.wait_for(call, 20)
                assert caught.value.errno == errno.EBADF

    run(kind, main)


def test_refused_arguments() -> None:
    """When the call is made, as by a plain reader."""
    a, b = netsocket.pair_stream()
    c, d = netsocket.pair_dgram()
    with a, b, c, d:
        rd: Any = aio.reader(b, 8)
        make: Any = aio.reader
        calls: list[tuple[Callable[[], Any], type[Exception]]] = [
            (lambda: rd.read(0), ValueError),
            (lambda: rd.read(1, -1), ValueError),
            (lambda: rd.read(1, True), TypeError),
            (lambda: rd.read(), TypeError),
            (lambda: rd.readexactly(-1), ValueError),
            (lambda: rd.readuntil(b""), ValueError),
            (lambda: rd.readuntil("x"), TypeError),
            (lambda: rd.readline(float("nan")), ValueError),
            (lambda: rd.line(sec="x"), TypeError),
            (lambda: rd.peek(9), ValueError),
            (lambda: make(b, 0), ValueError),
            (lambda: make(b, 1, 0), ValueError),
            (lambda: make(c), OSError),
            (lambda: make(1), TypeError),
        ]
        for call, error in calls:
            with pytest.raises(error):
                call()


@EACH
def test_iterated(kind: str) -> None:
    """As a file with newlines; lines() without, each with its seconds."""

    async def main() -> None:
        a, b, rd = fed(STREAM)
        with a, b:
            first = [await rd.__anext__() for _ in range(2)]
            assert first == [b"one\n", b"two\r\n"]
            a.close()
            assert [line async for line in rd] == [b"three\n", b"\n", b"last"]
        a, b, rd = fed(b"one\ntwo\r\n")
        with a, b:
            lines = rd.lines(SHORT)
            assert [await lines.__anext__() for _ in range(2)] == [b"one", b"two"]
            with pytest.raises(TimeoutError):
                await lines.__anext__()
            a.send(b"half")
            a.close()
            with pytest.raises(netsocket.EndOfStream):
                await rd.lines().__anext__()

    run(kind, main)


def test_limit() -> None:
    """A mark that is too far is so again at each call, until some is read."""

    async def main() -> None:
        a, b, rd = fed(b"123456789\n", 8)
        with a, b:
            for call in (rd.line, rd.readline, rd.line):
                with pytest.raises(OSError) as caught:  # noqa: PT011 # its errno is next
                    await call(5)
                assert caught.value.errno == errno.EMSGSIZE
            assert await rd.read(2, 5) == b"12"
            assert await rd.line(5) == b"3456789"

    run("asyncio", main)


def test_one_receive_serves_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there needs no loop."""

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        a, b, rd = fed(b"x\n" * 1000)
        with a, b:
            assert await rd.line() == b"x"
            assert b.pending() == 1998
            told: list[Any] = []
            monkeypatch.setattr(loop, "_add_reader", lambda *args: told.append(args))
            for _ in range(999):
                assert await rd.line() == b"x"
            assert told == []

    run("asyncio", main)


def test_a_pending_line_is_taken_when_awaited() -> None:
    """Not when the call is made: one that is dropped, or made and closed, takes none."""

    async def main() -> None:
        a, b, rd = fed(b"one\ntwo\nthree\n")
        with a, b:
            assert await rd.line() == b"one"
            second, third = rd.line(), aio.reader(b).readline()
            rd.line().close()
            assert b.pending() == 10
            assert await third == b"two\n"
            assert await second == b"three"
            assert b.pending() == 0

    asyncio.run(main())


@pytest.mark.parametrize("seed", range(20))
def test_as_the_plain_reader(seed: int) -> None:
    """The same stream in the same pieces, by the same calls, gives the same."""
    dice = random.Random(seed)

    def choose() -> tuple[str, tuple[Any, ...]]:
        name = dice.choice([name for name, _ in WAITING])
        if name == "readuntil":
            return name, (dice.choice((b"\n", b"ab", b"\n\n")), 0)
        if name in ("line", "readline"):
            return name, (0,)
        return name, (dice.randrange(1, 30), 0)

    async def main() -> None:
        pairs = [netsocket.pair_stream() for _ in range(2)]
        ours, plain = aio.reader(pairs[0][1], 40, 8), pairs[1][1].reader(40, 8)
        for turn in range(300):
            if turn < 280 and dice.random() < 0.4:
                data = bytes(dice.choice(b"ab\r\n") for _ in range(dice.randrange(1, 30)))
                for a, _ in pairs:
                    a.send(data)
            if turn == 280:
                for a, _ in pairs:
                    a.shutdown()
            name, args = choose()
            results: list[Any] = []
            for reader in (ours, plain):
                try:
                    result = getattr(reader, name)(*args)
                    results.append(await result if reader is ours else result)
                except OSError as error:
                    done = vars(error)["done"]
                    results.append((type(error), error.errno, str(error), done))
            assert results[0] == results[1], (name, args)
            assert pairs[0][1].pending() == pairs[1][1].pending()
        for pair in pairs:
            for sock in pair:
                sock.close()

    run("asyncio", main)

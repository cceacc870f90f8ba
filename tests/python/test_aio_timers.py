"""netsocket.aio: what a loop's timers are asked for, and what one that comes does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from typing import Any

import pytest

import netsocket
from netsocket import aio
from python.loops import run, turns

DAY = 86400.0


class Timers:
    """The timers that the running loop is asked for, but for those of others."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[float] = []
        self.come: list[Callable[[], Any]] = []
        self.limit: netsocket.Deadline | None = None  # what no timer may come before
        loop = asyncio.get_running_loop()
        later = loop.call_later

        def call_later(delay: float, call: Any, *args: Any, **names: Any) -> Any:
            if type(call).__name__ == "_Registration":
                self.asked.append(delay)
                self.come.append(lambda: call(*args))
                assert self.limit is None or delay >= self.limit.left()
            return later(delay, call, *args, **names)

        monkeypatch.setattr(loop, "call_later", call_later)


class Counted:
    """A call, and how often it has waited."""

    def __init__(self, call: Any) -> None:
        self.call = call
        self.waits = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        while True:
            try:
                future = self.call.send(None)
            except StopIteration as end:
                return end.value
            self.waits += 1
            yield future


async def waits(call: Counted) -> Any:
    return await call


def test_more_than_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop may refuse more: the time is looked at again each day."""

    async def main() -> None:
        timers = Timers(monkeypatch)
        a, b = netsocket.pair_stream()
        with a, b:
            task = asyncio.create_task(aio.recvall(b, 1, 1e9))
            await turns()
            assert timers.asked == [DAY]
            timers.come[0]()
            assert timers.asked == [DAY, DAY]
            assert not task.done()
            a.send(b"x")
            assert await task == b"x"

    run("asyncio", main)


def test_none_comes_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are asked for whole milliseconds, of which the last has passed as well."""

    async def main() -> None:
        timers = Timers(monkeypatch)
        a, b = netsocket.pair_stream()
        with a, b:
            for n in range(10):  # each is earlier, and so needs a timer of its own
                timers.limit = netsocket.deadline(2000 - n * 7.0003)
                task = asyncio.create_task(aio.recvable(b, timers.limit))
                await turns()
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            assert timers.asked
            for asked in timers.asked:
                assert round(asked * 1000) == pytest.approx(asked * 1000, abs=1e-9)

    run("asyncio", main)


def test_one_of_an_earlier_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """It wakes no task whose wait has no end."""

    async def main() -> None:
        timers = Timers(monkeypatch)
        a, b = netsocket.pair_stream()
        with a, b:
            task = asyncio.create_task(aio.recvall(b, 1, 20))
            await turns()
            a.send(b"x")
            assert await task == b"x"
            call = Counted(aio.recvall(b, 1))
            task = asyncio.create_task(waits(call))
            await turns()
            timers.come[0]()
            await turns()
            assert (call.waits, len(timers.asked)) == (1, 1)
            a.send(b"y")
            assert await task == b"y"

    run("asyncio", main)

"""deadlines.py threads|asyncio deadlines HOST PORT COUNT AT_ONCE: what that case of
tests/lua/scheduler_cases.lua does. COUNT deadlines of 0.2 s against a host and port that
never answer, AT_ONCE at a time: the shortest and the longest, and how late a ticker
beside them was."""

import asyncio
import sys
import threading
import time

import netsocket
from netsocket import aio

DEADLINE, BEAT = 0.2, 0.005
way, host = sys.argv[1], sys.argv[3]
port, count, at_once = map(int, sys.argv[4:])
took: list[float] = []
late = 0.0


def note(start: float, error: TimeoutError) -> None:
    took.append(time.monotonic() - start)
    assert error.timeout is True  # type: ignore[attr-defined]  # ours, not the kernel's


def beat(start: float) -> None:
    global late
    late = max(late, time.monotonic() - start - BEAT)


def in_thread(calls: int) -> None:
    for _ in range(calls):
        start = time.monotonic()
        try:
            netsocket.connect_inet_stream(host, port, DEADLINE)
        except TimeoutError as error:
            note(start, error)


def in_threads(shares: list[int]) -> None:
    threads = [threading.Thread(target=in_thread, args=(calls,)) for calls in shares]
    for thread in threads:
        thread.start()
    while len(took) < count:
        start = time.monotonic()
        time.sleep(BEAT)
        beat(start)
    for thread in threads:
        thread.join()


async def in_task(calls: int) -> None:
    for _ in range(calls):
        start = time.monotonic()
        try:
            await aio.connect_inet_stream(host, port, DEADLINE)
        except TimeoutError as error:
            note(start, error)


async def ticker() -> None:
    while len(took) < count:
        start = time.monotonic()
        await asyncio.sleep(BEAT)
        beat(start)


async def in_tasks(shares: list[int]) -> None:
    await asyncio.gather(ticker(), *map(in_task, shares))


# As even as it can be.
shares = [len(range(i, count, at_once)) for i in range(at_once)]
if way == "asyncio":
    asyncio.run(in_tasks(shares))
else:
    in_threads(shares)
assert len(took) == count
print(min(took), max(took), late)

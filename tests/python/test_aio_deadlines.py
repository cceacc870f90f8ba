"""netsocket.aio while nothing answers: the loop keeps its beat, deadlines hold.

The same bounds as of the Lua schedulers, see tests/lua/test_schedulers.py.
"""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from netsocket import aio
from support.machine_lag import LATE, PATIENCE, QUIET, best, late

pytestmark = pytest.mark.measures

DEADLINES = int(os.environ.get("NSK_DEADLINES", "100"))
AT_ONCE = 50
BEAT = 0.005
BEATS = 20 if QUIET else 3  # that come while a connect takes half a second


async def timed(host: str, port: int, conndeadl: float) -> float:
    """How long a connect took that could not but end at its deadline."""
    start = time.monotonic()
    with pytest.raises(TimeoutError) as caught:
        await aio.connect_inet_stream(host, port, conndeadl)
    error: Any = caught.value
    assert error.timeout is True
    return time.monotonic() - start


def measured(main: Callable[[], Coroutine[Any, Any, float]]) -> float:
    return asyncio.run(asyncio.wait_for(main(), PATIENCE))


def test_ticker(silence: tuple[str, int]) -> None:
    """While one task connects in vain, another has its turns, never 20 ms late."""

    async def main() -> float:
        worst, beats = 0.0, 0
        vain = asyncio.create_task(aio.connect_inet_stream(*silence, 0.5))
        while not vain.done():
            start = time.monotonic()
            await asyncio.sleep(BEAT)
            worst = max(worst, time.monotonic() - start - BEAT)
            beats += 1
        assert isinstance(vain.exception(), OSError)
        return worst if beats >= BEATS else math.inf

    assert best(lambda: measured(main), late(0.02)) <= late(0.02)


def test_h036_deadlines(silence: tuple[str, int]) -> None:
    """Many deadlines of 0.2 s: none is early, nor 0.1 s late on a quiet machine."""

    async def main() -> float:
        took: list[float] = []

        async def some() -> None:
            for _ in range(DEADLINES // AT_ONCE):
                took.append(await timed(*silence, 0.2))

        await asyncio.gather(*(some() for _ in range(AT_ONCE)))
        assert len(took) == DEADLINES
        assert min(took) >= 0.2
        return max(took)

    assert best(lambda: measured(main), 0.2 + LATE) <= 0.2 + LATE

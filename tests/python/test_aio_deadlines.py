"""netsocket.aio while nothing answers: the loop keeps its beat, deadlines hold.

The same bounds as of the Lua schedulers, see tests/lua/test_schedulers.py.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from netsocket import aio
from witness import best

DEADLINES = int(os.environ.get("NSK_DEADLINES", "100"))
AT_ONCE = 50
BEAT = 0.005


async def timed(host: str, port: int, conndeadl: float) -> float:
    """How long a connect took that could not but end at its deadline."""
    start = time.monotonic()
    with pytest.raises(TimeoutError) as caught:
        await aio.connect_inet_stream(host, port, conndeadl)
    error: Any = caught.value
    assert error.timeout is True
    return time.monotonic() - start


def measured(main: Callable[[], Coroutine[Any, Any, float]]) -> float:
    return asyncio.run(asyncio.wait_for(main(), 50))


def test_ticker(silence: tuple[str, int]) -> None:
    """While one task connects in vain, another is never 20 ms late."""

    async def main() -> float:
        late, beats = 0.0, 0
        vain = asyncio.create_task(timed(*silence, 0.5))
        while not vain.done():
            start = time.monotonic()
            await asyncio.sleep(BEAT)
            late = max(late, time.monotonic() - start - BEAT)
            beats += 1
        await vain
        assert beats > 20
        return late

    assert best(lambda: measured(main), 0.02) <= 0.02


def test_h036_deadlines(silence: tuple[str, int]) -> None:
    """Each of many deadlines of 0.2 s ends between 0.2 and 0.3 s."""

    async def main() -> float:
        took: list[float] = []

        async def some() -> None:
            for _ in range(DEADLINES // AT_ONCE):
                took.append(await timed(*silence, 0.2))

        await asyncio.gather(*(some() for _ in range(AT_ONCE)))
        assert len(took) == DEADLINES
        assert min(took) >= 0.2
        return max(took)

    assert best(lambda: measured(main), 0.3) <= 0.3

"""netsocket.aio without memory: each allocation of each call fails once, in a call that
is done at once and in one that waits. Nothing is lost: the call may be made again."""

from __future__ import annotations

import asyncio
import itertools
import os
from functools import partial
from pathlib import Path

import pytest

from support.fronts import process

from .aio_ends import NAMES, ends_of
from .loops import loop_of
from .nomemory import first_step

PLENTY = 30.0
ENOUGH = 12  # calls in a row that did not fail: the index is beyond the last allocation


async def sweep(name: str, folder: Path, at_once: bool) -> int:
    """How many allocations failed."""
    fine = failures = 0
    for index in itertools.count(1):
        own = folder / str(index)
        own.mkdir()
        ends = ends_of(name, own)
        if at_once:
            ends.ready()
        result, failed = first_step(partial(ends.begin, sec=PLENTY), index)
        if result is None:
            if not at_once:
                ends.ready()
            result = await asyncio.wait_for(ends.begin(sec=PLENTY), PLENTY)
        assert ends.right(result), (index, result)
        ends.close()
        failures += failed
        fine = 0 if failed else fine + 1
        if fine == ENOUGH:
            break
    return failures


# Where the allocation of a coroutine's own frame fails, the call in it is not awaited.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "waits"])
@pytest.mark.parametrize("name", NAMES)
def test_h055_every_allocation_fails(name: str, tmp_path: Path, at_once: bool) -> None:
    before = process.descriptors(os.getpid())
    with loop_of("asyncio") as loop:
        assert loop.run_until_complete(sweep(name, tmp_path, at_once)) > 0
    assert process.descriptors(os.getpid()) == before

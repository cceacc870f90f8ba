"""A first step of a coroutine, in which one allocation fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

_testcapi: Any = pytest.importorskip("_testcapi")


async def awaited(make: Callable[[], Awaitable[Any]], results: list[Any]) -> None:
    results[0] = await make()


def first_step(make: Callable[[], Awaitable[Any]], index: int) -> tuple[Any, bool]:
    """What it gives, and whether the allocation of that index has failed. A call that
    waits is closed."""
    results = [None]
    task = awaited(make, results)
    failed = False
    _testcapi.set_nomemory(index, index + 1)
    try:
        task.send(None)
    except StopIteration:
        pass
    except (MemoryError, SystemError):
        # The loop's own code runs in a wait, and CPython 3.11 forgets what was raised
        # in a function of Python when there is no memory for the frame's object.
        failed = True
    finally:
        _testcapi.remove_mem_hooks()
    task.close()
    return results[0], failed

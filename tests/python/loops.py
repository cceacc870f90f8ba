"""The loops that netsocket.aio is tested with."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import netsocket
from netsocket import aio
from support.fronts import process

KINDS = ["asyncio"] + ["uvloop"] * (importlib.util.find_spec("uvloop") is not None)
for _kind in KINDS:  # what a loop opens for the process, it opens once
    importlib.import_module(_kind).new_event_loop().close()
EACH = pytest.mark.parametrize("kind", KINDS)
Main = Callable[[], Coroutine[Any, Any, Any]]


@contextmanager
def loop_of(kind: str) -> Iterator[Any]:
    """A loop that is closed afterwards."""
    loop: Any = importlib.import_module(kind).new_event_loop()
    try:
        yield loop
    finally:
        loop.close()


def run(kind: str, main: Main) -> Any:
    """In a loop of that kind; no descriptor is left."""
    before = process.descriptors(os.getpid())
    with loop_of(kind) as loop:
        result = loop.run_until_complete(asyncio.wait_for(main(), 30))
    assert process.descriptors(os.getpid()) == before
    return result


async def turns(count: int = 3) -> None:
    """As many turns of the loop, in which whatever is ready is looked at."""
    for _ in range(count):
        await asyncio.sleep(0)


async def wait_once(sock: netsocket.Socket) -> None:
    """A wait that the loop was told of, and that is over. (On a busy machine a short
    deadline passes before the loop is told anything.)"""
    task = asyncio.create_task(aio.recvall(sock, 1))
    await turns()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def readable(loop: Any, sock: Any) -> None:
    """By a reader of the test's own, which is removed afterwards."""
    ready = loop.create_future()
    loop.add_reader(sock, lambda: ready.done() or ready.set_result(None))
    await asyncio.wait_for(ready, 5)
    loop.remove_reader(sock)

"""What the cases of aio's transfers share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import netsocket
from netsocket import aio

CALLS: dict[str, Callable[[Any, Any], Coroutine[Any, Any, Any]]] = {
    "accept": lambda sock, sec: aio.accept(sock, sec),
    "recvall": lambda sock, sec: aio.recvall(sock, 9, sec),
    "recvline": lambda sock, sec: aio.recvline(sock, max=9, sec=sec),
    "sendall": lambda sock, sec: aio.sendall(sock, b"x", sec),
}
WAITS = {**CALLS, "recvable": aio.recvable, "sendable": aio.sendable}


async def waiting(task: asyncio.Task[Any]) -> None:
    """Until the task has nothing left to do but to wait."""
    for _ in range(3):
        await asyncio.sleep(0)
    assert not task.done()


def fill(sock: netsocket.Socket) -> int:
    sent = 0
    try:
        while True:
            sent += sock.send(b"x" * 65536)
    except BlockingIOError:
        return sent

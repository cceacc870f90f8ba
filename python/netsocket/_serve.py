"""The loop of a server of netsocket.aio."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import functools
import math
from collections.abc import Awaitable, Callable
from typing import Any, Optional

from . import Socket
from ._arguments import bad_type, bad_value
from ._netsocket import _aio

Limit = Optional[int]
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_PAUSE = 0.05  # where no handler of ours gives a descriptor back


def _check(listener: object, handler: Any, limit: object) -> None:
    if not isinstance(listener, Socket):
        raise bad_type("serve", "listener", "Socket", listener)
    if not callable(handler):
        raise bad_type("serve", "handler", "callable", handler)
    if isinstance(limit, bool) or not (limit is None or isinstance(limit, int)):
        raise bad_type("serve", "limit", "int or None", limit)
    if limit is not None and limit < 1:
        raise bad_value("serve", "limit", "must be at least 1")


async def _handle(handler: Callable[[Socket], Awaitable[object]], sock: Socket) -> None:
    with sock:
        await handler(sock)


def _ended(sock: Socket, task: asyncio.Task[None]) -> None:
    """A handler that fails ends its own connection, and so does one that was cancelled
    before it began."""
    sock.close()
    if task.cancelled() or (error := task.exception()) is None:
        return
    task.get_loop().call_exception_handler(
        {
            "message": "netsocket.aio.serve: a handler has failed",
            "exception": error,
            "task": task,
        }
    )


async def _one_less(tasks: set[asyncio.Task[None]], sec: float | None) -> None:
    if tasks:
        await asyncio.wait(tasks, timeout=sec, return_when=asyncio.FIRST_COMPLETED)
    else:
        await asyncio.sleep(_PAUSE)


async def _cancelled(tasks: set[asyncio.Task[None]]) -> None:
    """Until all have ended. What cancels this one meanwhile cancels them once more."""
    again = None
    while tasks:
        for task in tasks:
            task.cancel()
        try:
            while tasks:
                await asyncio.wait(tasks)
        except asyncio.CancelledError as error:
            again = error
    if again is not None:
        raise again


async def serve(
    listener: Socket,
    handler: Callable[[Socket], Awaitable[object]],
    limit: Limit = None,
) -> None:
    """Accept connections, and run handler(sock) as a task for each.

    listener: a listening Socket.
    handler: a coroutine function; its socket is closed when it returns.
    limit: how many handlers run at a time; the others wait in the backlog. None: all.

    Errors: EINVAL: not listening. EBUSY.
    Waits: until the listener is closed, and for the handlers then.
    Cancelled: the handlers are cancelled and waited for.
    """
    _check(listener, handler, limit)
    tasks: set[asyncio.Task[None]] = set()
    try:
        while True:
            while limit is not None and len(tasks) >= limit:
                await _one_less(tasks, None)
            try:
                sock = await _aio.accept(listener, math.inf)  # whatever its timeout
            except OSError as error:
                if error.errno == errno.EBADF and listener.fileno() == -1:
                    break
                if error.errno not in _EXHAUSTED:
                    raise
                await _one_less(tasks, _PAUSE)
                continue
            task = asyncio.create_task(_handle(handler, sock))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            task.add_done_callback(functools.partial(_ended, sock))
        while tasks:
            await asyncio.wait(tasks)
    except GeneratorExit:  # it can wait for nothing more
        for task in tasks:
            with contextlib.suppress(RuntimeError):  # of a loop that has closed
                task.cancel()
        tasks.clear()
        raise
    finally:
        await _cancelled(tasks)

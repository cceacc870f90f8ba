"""Waiting for a descriptor in asyncio's loop: what netsocket.aio is built on."""

from __future__ import annotations

import asyncio
import errno
import os
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

from . import Socket


def _failure(code: int, words: str | None = None) -> OSError:
    error: Any = OSError(code, words or os.strerror(code))
    error.op = "poll"
    made: OSError = error
    return made


class Watch:
    """A descriptor that is waited for in one direction until `forget`."""

    def __init__(self, fd: int, writing: bool) -> None:
        if fd < 0:
            raise _failure(errno.EBADF)
        refuse_second(fd, writing)
        self._loop = asyncio.get_running_loop()
        self._key = fd, writing
        self.future: asyncio.Future[bool] = self._loop.create_future()
        add = self._loop.add_writer if writing else self._loop.add_reader
        add(fd, self.settle, True)
        self._others = _watches.setdefault(self._loop, WeakValueDictionary())
        self._others[self._key] = self
        self._active = True
        self.leaving = False

    def settle(self, ready: bool) -> None:
        if not self.future.done():
            self.future.set_result(ready)

    def forget(self) -> None:
        """Once: by the second time the number may be another socket's."""
        if not self._active:
            return
        self._active = False
        fd, writing = self._key
        del self._others[self._key]
        remove = self._loop.remove_writer if writing else self._loop.remove_reader
        remove(fd)

    def closing(self) -> None:
        """The socket goes, perhaps in another thread; its descriptor is still open."""
        if _running_loop() is self._loop:
            self.end()
        else:
            self.leaving = True
            self._loop.call_soon_threadsafe(self.end)

    def end(self) -> None:
        self.forget()
        if not self.future.done():
            self.future.set_exception(_failure(errno.EBADF))


# What each loop waits for here. It knows one callback for a descriptor and direction, so
# a second waiter would take the place of the first, who would then wait for ever.
_watches: WeakKeyDictionary[
    asyncio.AbstractEventLoop, WeakValueDictionary[tuple[int, bool], Watch]
]
_watches = WeakKeyDictionary()


def refuse_second(fd: int, writing: bool) -> None:
    watches = _watches.get(asyncio.get_running_loop())
    first = watches.get((fd, writing)) if watches is not None else None
    if first is None:
        return
    if not first.leaving:
        raise _failure(errno.EBUSY, "another coroutine waits for this socket already")
    first.end()  # its socket has gone, and the number is another's


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


async def wait(fd: int, writing: bool, sec: float | None) -> bool:
    """Wait until fd is ready, True, or sec seconds have passed, False."""
    return await _watched(Watch(fd, writing), sec)


async def wait_for(sock: Socket, writing: bool, sec: float | None) -> bool:
    """The same for a socket, whose close ends the wait with EBADF."""
    watch = Watch(sock.fileno(), writing)
    try:
        handle = sock.addgcfn(None, watch.closing)
    except OSError:  # another thread has closed it meanwhile
        watch.forget()
        raise
    try:
        return await _watched(watch, sec)
    finally:
        sock.delgcfn(handle)


async def _watched(watch: Watch, sec: float | None) -> bool:
    timer = None
    if sec is not None:
        timer = asyncio.get_running_loop().call_later(sec, watch.settle, False)
    try:
        return await watch.future
    finally:
        watch.forget()
        if timer is not None:
            timer.cancel()

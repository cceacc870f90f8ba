"""Connecting, accepting and waiting as coroutines of asyncio.

Each connect is the same operation as the plain call: one deadline over name, addresses
and retries, the same errors with their attempts. It is cancelled with its task, and
leaves no descriptor then. No thread waits for a connection; a name that needs the
resolver is looked up on a worker thread of the library.

What is connected is an ordinary Socket. The event loop's own sock_recv, sock_recv_into,
sock_recvfrom, sock_sendall and sock_sendto take it.
"""

from __future__ import annotations

import asyncio
import errno
import os
from os import PathLike
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from . import AF_INET, AF_INET6, AF_UNSPEC, AddrInfo, Socket, _netsocket, addrinfo

if TYPE_CHECKING:
    from ._netsocket import _Connecting

    _Host = str | bytes | None
    _Port = int | str | bytes | None

__all__ = [
    "accept",
    "connect",
    "connect_inet6_stream",
    "connect_inet_stream",
    "connect_stream",
    "connect_unix_stream",
    "recvable",
    "sendable",
]


# What each loop waits for here. It knows one callback for a descriptor and direction, so
# a second waiter would take the place of the first, who would then wait for ever.
_taken: WeakKeyDictionary[asyncio.AbstractEventLoop, set[tuple[int, bool]]]
_taken = WeakKeyDictionary()


class _Watch:
    """A descriptor that is waited for in one direction until `forget`."""

    def __init__(self, fd: int, writing: bool) -> None:
        self._loop = asyncio.get_running_loop()
        self._key = fd, writing
        self._others = _taken.setdefault(self._loop, set())
        if self._key in self._others:
            raise OSError(errno.EALREADY, os.strerror(errno.EALREADY))
        self.future: asyncio.Future[bool] = self._loop.create_future()
        add = self._loop.add_writer if writing else self._loop.add_reader
        add(fd, self.settle, True)
        self._others.add(self._key)
        self._active = True

    def settle(self, ready: bool) -> None:
        if not self.future.done():
            self.future.set_result(ready)

    def forget(self) -> None:
        """Once: by the second time the number may be another socket's."""
        if not self._active:
            return
        self._active = False
        fd, writing = self._key
        self._others.discard(self._key)
        remove = self._loop.remove_writer if writing else self._loop.remove_reader
        remove(fd)

    def closing(self) -> None:
        """The socket goes, perhaps in another thread; its descriptor is still open."""
        if _running_loop() is self._loop:
            self._end()
        else:
            self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        self.forget()
        if not self.future.done():
            self.future.set_exception(OSError(errno.EBADF, os.strerror(errno.EBADF)))


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


async def _wait(
    fd: int, writing: bool, sec: float | None, sock: Socket | None = None
) -> bool:
    """Wait until fd is ready, True, or sec seconds have passed, False.

    The close of the socket that it belongs to ends the wait with EBADF.
    """
    watch = _Watch(fd, writing)
    handle = sock.addgcfn(None, watch.closing) if sock is not None else 0
    timer = None
    if sec is not None:
        timer = asyncio.get_running_loop().call_later(sec, watch.settle, False)
    try:
        return await watch.future
    finally:
        watch.forget()
        if timer is not None:
            timer.cancel()
        if sock is not None:
            sock.delgcfn(handle)


def _look(sec: float | None) -> float:
    """For how long to look at once: not at all, unless that many seconds cannot be."""
    return 0 if sec is None or sec > 0 else sec


async def _finish(operation: _Connecting) -> Socket:
    try:
        while not isinstance(step := operation.step(), Socket):
            await _wait(*step)
        return step
    finally:
        operation.finish()


async def _by_name(
    host: _Host, port: _Port, family: int, race: bool, conndeadl: float | None
) -> Socket:
    return await _finish(
        _netsocket._connecting_by_name(host, port, family, race, conndeadl)
    )


async def connect(ai: AddrInfo, conndeadl: float | None = None) -> Socket:
    """Open a socket connected to an address."""
    return await _finish(_netsocket._connecting_to(ai, conndeadl))


async def connect_inet_stream(
    host: _Host, port: _Port, conndeadl: float | None = None
) -> Socket:
    """Open a TCP connection over IPv4."""
    return await _by_name(host, port, AF_INET, False, conndeadl)


async def connect_inet6_stream(
    host: _Host, port: _Port, conndeadl: float | None = None
) -> Socket:
    """Open a TCP connection over IPv6."""
    return await _by_name(host, port, AF_INET6, False, conndeadl)


async def connect_stream(
    host: _Host, port: _Port, conndeadl: float | None = None
) -> Socket:
    """Open a TCP connection over IPv6 or IPv4, whichever answers first (RFC 8305)."""
    return await _by_name(host, port, AF_UNSPEC, True, conndeadl)


async def connect_unix_stream(
    pathname: str | bytes | PathLike[str] | PathLike[bytes],
    conndeadl: float | None = None,
) -> Socket:
    """Open a unix stream connection."""
    return await connect(addrinfo.new_unix_stream(pathname), conndeadl)


async def recvable(sock: Socket, sec: float | None = None) -> bool:
    """Wait until a receive would not block; False when sec seconds have passed."""
    return sock.recvable(_look(sec)) or await _wait(sock.fileno(), False, sec, sock)


async def sendable(sock: Socket, sec: float | None = None) -> bool:
    """Wait until a send would not block; False when sec seconds have passed."""
    return sock.sendable(_look(sec)) or await _wait(sock.fileno(), True, sec, sock)


async def accept(sock: Socket) -> Socket:
    """Take the next connection."""
    while True:
        try:
            return sock.accept()
        except BlockingIOError:
            await _wait(sock.fileno(), False, None, sock)

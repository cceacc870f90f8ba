"""Connecting, accepting, waiting, sending and receiving as coroutines of asyncio.

Each connect is the same operation as the plain call: one deadline over name, addresses
and retries, the same errors with their attempts. It is cancelled with its task, and
leaves no descriptor then. No thread waits for a connection; a name that needs the
resolver is looked up on threads of the library, one for each family asked.

sendall, recvall and recvline are the plain calls of these names, and say as they do how
far they had come when they fail. Cancelled, the latter two lose no byte: what they had
received comes from the next receive.

What is connected is an ordinary Socket. The event loop's own sock_recv, sock_recv_into,
sock_recvfrom, sock_sendall and sock_sendto take it.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary, WeakValueDictionary

from . import AF_INET, AF_INET6, AF_UNSPEC, AddrInfo, Socket, _netsocket

if TYPE_CHECKING:
    from typing_extensions import Buffer

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
    "recvall",
    "recvline",
    "sendable",
    "sendall",
]

_T = TypeVar("_T")


def _failure(code: int, words: str | None = None) -> OSError:
    error: Any = OSError(code, words or os.strerror(code))
    error.op = "poll"
    made: OSError = error
    return made


class _Watch:
    """A descriptor that is waited for in one direction until `forget`."""

    def __init__(self, fd: int, writing: bool) -> None:
        _refuse_second(fd, writing)
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
    asyncio.AbstractEventLoop, WeakValueDictionary[tuple[int, bool], _Watch]
]
_watches = WeakKeyDictionary()


def _refuse_second(fd: int, writing: bool) -> None:
    watches = _watches.get(asyncio.get_running_loop())
    first = watches.get((fd, writing)) if watches is not None else None
    if first is None:
        return
    if not first.leaving:
        raise _failure(errno.EALREADY, "another coroutine waits for this socket already")
    first.end()  # its socket has gone, and the number is another's


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


async def _wait(fd: int, writing: bool, sec: float | None) -> bool:
    """Wait until fd is ready, True, or sec seconds have passed, False."""
    return await _watched(_Watch(fd, writing), sec)


async def _wait_for(sock: Socket, writing: bool, sec: float | None) -> bool:
    """The same for a socket, whose close ends the wait with EBADF."""
    watch = _Watch(sock.fileno(), writing)
    try:
        handle = sock.addgcfn(None, watch.closing)
    except OSError:  # another thread has closed it meanwhile
        watch.forget()
        raise
    try:
        return await _watched(watch, sec)
    finally:
        sock.delgcfn(handle)


async def _watched(watch: _Watch, sec: float | None) -> bool:
    timer = None
    if sec is not None:
        timer = asyncio.get_running_loop().call_later(sec, watch.settle, False)
    try:
        return await watch.future
    finally:
        watch.forget()
        if timer is not None:
            timer.cancel()


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
    return await _finish(_netsocket._connecting_to_path(pathname, conndeadl))


async def recvable(sock: Socket, sec: float | None = None) -> bool:
    """Wait until a receive would not block; False when sec seconds have passed."""
    return sock.recvable(_look(sec)) or await _wait_for(sock, False, sec)


async def sendable(sock: Socket, sec: float | None = None) -> bool:
    """Wait until a send would not block; False when sec seconds have passed."""
    return sock.sendable(_look(sec)) or await _wait_for(sock, True, sec)


async def _repeat(
    attempt: Callable[[float], _T], sock: Socket, writing: bool, sec: float | None
) -> _T:
    """Make attempts that do not wait until one ends otherwise, or the time does."""
    loop = asyncio.get_running_loop()
    limit = None if sec is None else loop.time() + sec
    _refuse_second(sock.fileno(), writing)
    while True:
        try:
            return attempt(_look(sec))
        except TimeoutError as error:
            left = None if limit is None else limit - loop.time()
            if not _is_ours(error) or (left is not None and left <= 0):
                raise
        await _wait_for(sock, writing, left)


def _is_ours(error: OSError) -> bool:
    """Whether the time of a call has passed, and not the kernel's."""
    return hasattr(error, "timeout")


async def accept(sock: Socket, sec: float | None = None) -> Socket:
    """Take the next connection."""
    return await _repeat(sock.acceptwait, sock, False, sec)


def _done(error: Any, nothing: _T) -> _T:
    """How far a failed attempt had come."""
    done: _T = getattr(error, "done", nothing)
    return done


def _tell(error: Any, done: object, sec: float | None) -> None:
    """Says for all attempts together what the last one said for itself."""
    error.done = done
    if _is_ours(error):
        error.strerror = f"not done within {sec:.3g} s"


async def sendall(sock: Socket, msg: Buffer, sec: float | None = None) -> int:
    """Send all of a message; its length. Cancelled, a part of it has been sent."""
    done = 0
    with memoryview(msg) as view, view.cast("B") as data:

        def attempt(sec: float) -> int:
            nonlocal done
            try:
                return done + sock.sendall(data[done:], sec)
            except OSError as error:
                done += _done(error, 0)
                raise

        try:
            return await _repeat(attempt, sock, True, sec)
        except OSError as error:
            _tell(error, done, sec)
            raise


async def _receive(
    receive: Callable[[int, float], bytes], sock: Socket, n: int, sec: float | None
) -> bytes:
    done = bytearray()

    def attempt(sec: float) -> bytes:
        try:
            return b"".join((done, receive(n - len(done), sec)))
        except OSError as error:
            done.extend(_done(error, b""))
            raise

    try:
        return await _repeat(attempt, sock, False, sec)
    except OSError as error:
        _tell(error, bytes(done), sec)
        raise
    except BaseException:
        _netsocket._keep(sock, done)
        raise


async def recvall(sock: Socket, n: int, sec: float | None = None) -> bytes:
    """Receive exactly n bytes; fewer only where the stream ends."""
    return await _receive(sock.recvall, sock, n, sec)


async def recvline(
    sock: Socket, max: int | None = 65536, sec: float | None = None
) -> bytes:
    """Receive up to and with the next newline, at most max bytes."""
    return await _receive(sock.recvline, sock, 65536 if max is None else max, sec)

"""Connecting, accepting, waiting, sending and receiving as coroutines of asyncio.

Each connect is the same operation as the plain call: one deadline over name, addresses
and retries, the same errors with their attempts. It is cancelled with its task, and
leaves no descriptor then. No thread waits for a connection; a name that needs the
resolver is looked up on threads of the library, one for each family asked.

sendall, recvall and recvline are the plain calls of these names, made in steps. The error
of one that failed says in done how many bytes have gone, or are pending. The latter two
lose no byte, however they end: what they had received comes with the next receive.

What is connected is an ordinary Socket. The event loop's own sock_recv, sock_recv_into,
sock_recvfrom, sock_sendall and sock_sendto take it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeVar

from . import AF_INET, AF_INET6, AF_UNSPEC, AddrInfo, Socket, _netsocket
from ._watch import refuse_second, wait, wait_for

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from ._netsocket import _Connecting, _Transfer

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


def _look(sec: float | None) -> float:
    """For how long to look at once: not at all, unless that many seconds cannot be."""
    return 0 if sec is None or sec > 0 else sec


async def _finish(operation: _Connecting) -> Socket:
    try:
        while not isinstance(step := operation.step(), Socket):
            await wait(*step)
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
    """Open a socket connected to an address.

    ai: an AddrInfo.
    conndeadl: seconds for the whole call; None is for ever, 0 is one attempt.

    Errors: ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, ETIMEDOUT, EMFILE; with attempts.
    Waits: for the connection, at most conndeadl seconds.
    Cancelled: the socket is closed.
    """
    return await _finish(_netsocket._connecting_to(ai, conndeadl))


async def connect_inet_stream(
    host: _Host, port: _Port, conndeadl: float | None = None
) -> Socket:
    """Open a TCP connection over IPv4.

    host: a name or a numeric address; None is loopback.
    port: an integer, a decimal text or the name of a service.
    conndeadl: seconds for name, addresses and retries together; None is for ever.

    Errors: EAI_NONAME, EAI_AGAIN, EAI_SERVICE (gaierror), ECONNREFUSED, ENETUNREACH,
        EHOSTUNREACH, ETIMEDOUT, EMFILE; with attempts.
    Waits: for name and connection, at most conndeadl seconds; a thread asks the resolver.
    Cancelled: no socket is left; a late answer of the resolver is freed.
    """
    return await _by_name(host, port, AF_INET, False, conndeadl)


async def connect_inet6_stream(
    host: _Host, port: _Port, conndeadl: float | None = None
) -> Socket:
    """Open a TCP connection over IPv6.

    host: a name or a numeric address; None is loopback.
    port: an integer, a decimal text or the name of a service.
    conndeadl: seconds for name, addresses and retries together; None is for ever.

    Errors: EAI_NONAME, EAI_AGAIN, EAI_SERVICE (gaierror), ECONNREFUSED, ENETUNREACH,
        EHOSTUNREACH, ETIMEDOUT, EMFILE; with attempts.
    Waits: for name and connection, at most conndeadl seconds; a thread asks the resolver.
    Cancelled: no socket is left; a late answer of the resolver is freed.
    """
    return await _by_name(host, port, AF_INET6, False, conndeadl)


async def connect_stream(
    host: _Host, port: _Port, conndeadl: float | None = None
) -> Socket:
    """Open a TCP connection over IPv6 or IPv4, whichever answers first (RFC 8305).

    host: a name or a numeric address; None is loopback.
    port: an integer, a decimal text or the name of a service.
    conndeadl: seconds for name, addresses and retries together; None is for ever.

    Errors: EAI_NONAME, EAI_AGAIN, EAI_SERVICE (gaierror), ECONNREFUSED, ENETUNREACH,
        EHOSTUNREACH, ETIMEDOUT, EMFILE; with attempts.
    Waits: for name and connection, at most conndeadl seconds; a thread asks the resolver.
    Cancelled: no socket is left; a late answer of the resolver is freed.
    """
    return await _by_name(host, port, AF_UNSPEC, True, conndeadl)


async def connect_unix_stream(
    pathname: str | bytes | PathLike[str] | PathLike[bytes],
    conndeadl: float | None = None,
) -> Socket:
    """Open a unix stream connection.

    pathname: str, bytes or a path; with a leading NUL a Linux abstract name.
    conndeadl: seconds for the whole call; None is for ever, 0 is one attempt.

    Errors: ENOENT, ECONNREFUSED, EACCES, ENAMETOOLONG, ETIMEDOUT, EMFILE.
    Waits: while the listener's queue is full, at most conndeadl seconds.
    Cancelled: the socket is closed.
    """
    return await _finish(_netsocket._connecting_to_path(pathname, conndeadl))


async def recvable(sock: Socket, sec: float | None = None) -> bool:
    """Wait until a receive would not block; False when sec seconds have passed.

    sock: a Socket.
    sec: how long at most, in seconds; None is for ever, 0 only asks.

    Errors: EBADF: closed. EBUSY: another coroutine waits for this.
    Waits: at most sec seconds.
    Cancelled: nothing has changed.
    """
    return sock.recvable(_look(sec)) or await wait_for(sock, False, sec)


async def sendable(sock: Socket, sec: float | None = None) -> bool:
    """Wait until a send would not block; False when sec seconds have passed.

    sock: a Socket.
    sec: how long at most, in seconds; None is for ever, 0 only asks.

    Errors: EBADF: closed. EBUSY: another coroutine waits for this.
    Waits: at most sec seconds.
    Cancelled: nothing has changed.
    """
    return sock.sendable(_look(sec)) or await wait_for(sock, True, sec)


async def _repeat(
    attempt: Callable[[float], _T], sock: Socket, writing: bool, sec: float | None
) -> _T:
    """Make attempts that do not wait until one ends otherwise, or the time does."""
    loop = asyncio.get_running_loop()
    limit = None if sec is None else loop.time() + sec
    refuse_second(sock.fileno(), writing)
    while True:
        try:
            return attempt(_look(sec))
        except TimeoutError as error:
            left = None if limit is None else limit - loop.time()
            if not _is_ours(error) or (left is not None and left <= 0):
                raise
        await wait_for(sock, writing, left)


def _is_ours(error: OSError) -> bool:
    """Whether the time of a call has passed, and not the kernel's."""
    return hasattr(error, "timeout")


async def accept(sock: Socket, sec: float | None = None) -> Socket:
    """Take the next connection.

    sock: a listening Socket.
    sec: how long at most, in seconds; None is for ever, 0 is one attempt.

    Errors: EMFILE, ENFILE, ENOBUFS, ENOMEM: the connection stays in the queue. EINVAL:
        not listening. ETIMEDOUT, EBADF, EBUSY.
    Waits: for a connection, at most sec seconds.
    Cancelled: none has been taken.
    """
    try:
        return await _repeat(sock.acceptwait, sock, False, sec)
    except OSError as error:
        if _is_ours(error):
            error.strerror = f"no connection within {sec:.9g} s"
            error.args = (error.errno, error.strerror)
        raise


async def _transfer(operation: _Transfer, sock: Socket, writing: bool) -> Any:
    """Step until it has ended. However it ends, `finish` leaves the socket as it is."""
    try:
        refuse_second(sock.fileno(), writing)
        while isinstance(step := operation.step(), tuple):
            fd, _, sec = step
            if fd == sock.fileno():
                await wait_for(sock, writing, sec)
            else:  # what tells of the socket's next event, for a moment at most
                await wait(*step)
        return step
    except OSError as error:
        done: Any = error
        if not hasattr(error, "done"):
            done.done = operation.finish()
        raise
    finally:
        operation.finish()


async def sendall(sock: Socket, msg: Buffer, sec: float | None = None) -> int:
    """Send all of a message; its length.

    sock: a Socket.
    msg: any C-contiguous buffer, not to be resized meanwhile.
    sec: how long at most, in seconds, over all; None is for ever, 0 is one attempt.

    Errors: EPIPE, ECONNRESET, ETIMEDOUT, EBADF, EBUSY; done is how many bytes went.
    Waits: for room in the send buffer, at most sec seconds.
    Cancelled: a part has been sent, and nobody is told how much.
    """
    sent: int = await _transfer(_netsocket._sending(sock, msg, sec), sock, True)
    return sent


async def _receive(sock: Socket, n: int, line: bool, sec: float | None) -> bytes:
    operation = _netsocket._receiving(sock, n, line, sec)
    received: bytes = await _transfer(operation, sock, False)
    return received


async def recvall(sock: Socket, n: int, sec: float | None = None) -> bytes:
    """Receive exactly n bytes; fewer only where the stream ends.

    sock: a Socket.
    n: how many; 0 gives b"" at once.
    sec: how long at most, in seconds, over all; None is for ever, 0 is one attempt.

    Errors: ECONNRESET, ETIMEDOUT, EOPNOTSUPP, EBADF, EBUSY; done is how many bytes are
        pending.
    Waits: for the bytes, at most sec seconds.
    Cancelled: what had come is pending, for the next receive.
    """
    return await _receive(sock, n, False, sec)


async def recvline(
    sock: Socket, max: int | None = 65536, sec: float | None = None
) -> bytes:
    """Receive up to and with the next newline, at most max bytes.

    sock: a Socket.
    max: the most bytes to take; a line that is longer comes in parts.
    sec: how long at most, in seconds, over all; None is for ever, 0 is one attempt.

    Errors: ECONNRESET, ETIMEDOUT, EOPNOTSUPP, EBADF, EBUSY; done is how many bytes are
        pending.
    Waits: for the bytes, at most sec seconds.
    Cancelled: what had come is pending, for the next receive.
    """
    return await _receive(sock, 65536 if max is None else max, True, sec)

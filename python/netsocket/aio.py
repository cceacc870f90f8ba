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
from os import PathLike
from typing import TYPE_CHECKING

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


def _settle(future: asyncio.Future[bool], ready: bool) -> None:
    if not future.done():
        future.set_result(ready)


async def _wait(fd: int, writing: bool, sec: float | None) -> bool:
    """Wait until fd is ready, True, or sec seconds have passed, False."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[bool] = loop.create_future()
    watch = loop.add_writer if writing else loop.add_reader
    forget = loop.remove_writer if writing else loop.remove_reader
    timer = None if sec is None else loop.call_later(sec, _settle, future, False)
    watch(fd, _settle, future, True)
    try:
        return await future
    finally:
        forget(fd)
        if timer is not None:
            timer.cancel()


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
    return sock.recvable() or await _wait(sock.fileno(), False, sec)


async def sendable(sock: Socket, sec: float | None = None) -> bool:
    """Wait until a send would not block; False when sec seconds have passed."""
    return sock.sendable() or await _wait(sock.fileno(), True, sec)


async def accept(sock: Socket) -> Socket:
    """Take the next connection."""
    while True:
        try:
            return sock.accept()
        except BlockingIOError:
            await _wait(sock.fileno(), False, None)

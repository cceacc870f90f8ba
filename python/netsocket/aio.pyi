from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from typing_extensions import Buffer

from . import AddrInfo, Socket, _Host, _Path, _Port

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
    "serve",
]

def accept(sock: Socket, sec: float | None = None) -> Coroutine[Any, Any, Socket]: ...
def connect(
    ai: AddrInfo, conndeadl: float | None = None
) -> Coroutine[Any, Any, Socket]: ...
def connect_inet6_stream(
    host: _Host, port: _Port, conndeadl: float | None = None
) -> Coroutine[Any, Any, Socket]: ...
def connect_inet_stream(
    host: _Host, port: _Port, conndeadl: float | None = None
) -> Coroutine[Any, Any, Socket]: ...
def connect_stream(
    host: _Host, port: _Port, conndeadl: float | None = None
) -> Coroutine[Any, Any, Socket]: ...
def connect_unix_stream(
    pathname: _Path, conndeadl: float | None = None
) -> Coroutine[Any, Any, Socket]: ...
def recvable(sock: Socket, sec: float | None = None) -> Coroutine[Any, Any, bool]: ...
def recvall(
    sock: Socket, n: int, sec: float | None = None
) -> Coroutine[Any, Any, bytes]: ...
def recvline(
    sock: Socket, max: int | None = 65536, sec: float | None = None
) -> Coroutine[Any, Any, bytes]: ...
def sendable(sock: Socket, sec: float | None = None) -> Coroutine[Any, Any, bool]: ...
def sendall(
    sock: Socket, msg: Buffer, sec: float | None = None
) -> Coroutine[Any, Any, int]: ...
async def serve(
    listener: Socket,
    handler: Callable[[Socket], Awaitable[object]],
    limit: int | None = None,
) -> None: ...

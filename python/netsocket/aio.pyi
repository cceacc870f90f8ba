from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, final

from typing_extensions import Buffer

from . import AddrInfo, Socket, _Host, _Path, _Port, _Seconds

__all__ = [
    "Reader",
    "accept",
    "connect",
    "connect_inet6_stream",
    "connect_inet_stream",
    "connect_stream",
    "connect_unix_stream",
    "reader",
    "recvable",
    "recvall",
    "recvline",
    "sendable",
    "sendall",
    "serve",
]

@final
class Reader:
    """Lines, exact counts and marks out of a stream, as coroutines."""

    def __aiter__(self) -> Reader: ...
    def __anext__(self) -> Coroutine[Any, Any, bytes]: ...
    def line(self, sec: _Seconds | None = None) -> Coroutine[Any, Any, bytes | None]: ...
    def lines(self, sec: _Seconds | None = None) -> AsyncIterator[bytes]: ...
    def peek(self, n: int, sec: _Seconds | None = None) -> Coroutine[Any, Any, bytes]: ...
    def read(self, n: int, sec: _Seconds | None = None) -> Coroutine[Any, Any, bytes]: ...
    def readall(
        self, max: int, sec: _Seconds | None = None
    ) -> Coroutine[Any, Any, bytes]: ...
    def readexactly(
        self, n: int, sec: _Seconds | None = None
    ) -> Coroutine[Any, Any, bytes]: ...
    def readline(self, sec: _Seconds | None = None) -> Coroutine[Any, Any, bytes]: ...
    def readuntil(
        self, mark: Buffer, sec: _Seconds | None = None
    ) -> Coroutine[Any, Any, bytes]: ...

def accept(sock: Socket, sec: _Seconds | None = None) -> Coroutine[Any, Any, Socket]: ...
def connect(
    ai: AddrInfo, conndeadl: _Seconds | None = None
) -> Coroutine[Any, Any, Socket]: ...
def connect_inet6_stream(
    host: _Host, port: _Port, conndeadl: _Seconds | None = None
) -> Coroutine[Any, Any, Socket]: ...
def connect_inet_stream(
    host: _Host, port: _Port, conndeadl: _Seconds | None = None
) -> Coroutine[Any, Any, Socket]: ...
def connect_stream(
    host: _Host, port: _Port, conndeadl: _Seconds | None = None
) -> Coroutine[Any, Any, Socket]: ...
def connect_unix_stream(
    pathname: _Path, conndeadl: _Seconds | None = None
) -> Coroutine[Any, Any, Socket]: ...
def reader(
    sock: Socket, limit: int | None = 65536, size: int | None = 16384
) -> Reader: ...
def recvable(sock: Socket, sec: _Seconds | None = None) -> Coroutine[Any, Any, bool]: ...
def recvall(
    sock: Socket, n: int, sec: _Seconds | None = None
) -> Coroutine[Any, Any, bytes]: ...
def recvline(
    sock: Socket, max: int | None = 65536, sec: _Seconds | None = None
) -> Coroutine[Any, Any, bytes]: ...
def sendable(sock: Socket, sec: _Seconds | None = None) -> Coroutine[Any, Any, bool]: ...
def sendall(
    sock: Socket, msg: Buffer, sec: _Seconds | None = None
) -> Coroutine[Any, Any, int]: ...
async def serve(
    listener: Socket,
    handler: Callable[[Socket], Awaitable[object]],
    limit: int | None = None,
) -> None: ...

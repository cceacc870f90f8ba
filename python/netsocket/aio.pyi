from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from typing import Any, Literal, final, overload

from typing_extensions import Buffer

from . import (
    AddrInfo,
    IoVec,
    MsgHdr,
    Packet,
    Socket,
    _Descriptor,
    _Host,
    _Path,
    _Port,
    _Seconds,
)

__all__ = [
    "Reader",
    "accept",
    "connect",
    "connect_inet6_stream",
    "connect_inet_stream",
    "connect_stream",
    "connect_unix_stream",
    "reader",
    "recv",
    "recv_into",
    "recvable",
    "recvall",
    "recvfd",
    "recvfrom",
    "recvline",
    "recvmany",
    "recvmsg",
    "send",
    "sendable",
    "sendall",
    "sendfile",
    "sendmany",
    "sendmsg",
    "sendto",
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

@overload
def accept(
    sock: Socket, sec: _Seconds | None = None, with_ai: Literal[False] | None = False
) -> Coroutine[Any, Any, Socket]: ...
@overload
def accept(
    sock: Socket, sec: _Seconds | None = None, *, with_ai: Literal[True]
) -> Coroutine[Any, Any, tuple[Socket, AddrInfo]]: ...
@overload
def accept(
    sock: Socket, sec: _Seconds | None, with_ai: Literal[True]
) -> Coroutine[Any, Any, tuple[Socket, AddrInfo]]: ...
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
def recv(
    sock: Socket,
    bufsize: int | None = None,
    /,
    *flags: int | None,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, bytes]: ...
def recv_into(
    sock: Socket,
    buffer: Buffer,
    nbytes: int | None = 0,
    /,
    *flags: int | None,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, int]: ...
def recvfd(
    sock: Socket, /, *flags: int | None, sec: _Seconds | None = None
) -> Coroutine[Any, Any, int | None]: ...
def recvfrom(
    sock: Socket,
    bufsize: int | None = None,
    /,
    *flags: int | None,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, tuple[bytes, AddrInfo | None]]: ...
def recvmany(
    sock: Socket,
    max: int | None = 64,
    bufsize: int | None = 65536,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, list[Packet]]: ...
def recvmsg(
    sock: Socket, mh: MsgHdr, /, *flags: int | None, sec: _Seconds | None = None
) -> Coroutine[Any, Any, int]: ...
def send(
    sock: Socket, msg: Buffer, /, *flags: int | None, sec: _Seconds | None = None
) -> Coroutine[Any, Any, int]: ...
def sendfile(
    sock: Socket,
    file: _Descriptor,
    bytes: int,
    offset: int | None = 0,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, int]: ...
def sendmany(
    sock: Socket,
    msgs: list[Any] | tuple[Buffer, ...] | IoVec,
    to: AddrInfo | Sequence[AddrInfo] | None = None,
    /,
    *flags: int | None,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, int]: ...
def sendmsg(
    sock: Socket, mh: MsgHdr, /, *flags: int | None, sec: _Seconds | None = None
) -> Coroutine[Any, Any, int]: ...
def sendto(
    sock: Socket,
    msg: Buffer,
    ai: AddrInfo,
    /,
    *flags: int | None,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, int]: ...
def recvable(sock: Socket, sec: _Seconds | None = None) -> Coroutine[Any, Any, bool]: ...
def recvall(
    sock: Socket, n: int, sec: _Seconds | None = None
) -> Coroutine[Any, Any, bytes]: ...
def recvline(
    sock: Socket, max: int | None = 65536, sec: _Seconds | None = None
) -> Coroutine[Any, Any, bytes]: ...
def sendable(sock: Socket, sec: _Seconds | None = None) -> Coroutine[Any, Any, bool]: ...
def sendall(
    sock: Socket,
    msg: Buffer | list[Buffer] | tuple[Buffer, ...] | IoVec,
    sec: _Seconds | None = None,
) -> Coroutine[Any, Any, int]: ...
async def serve(
    listener: Socket,
    handler: Callable[[Socket], Awaitable[object]],
    limit: int | None = None,
) -> None: ...

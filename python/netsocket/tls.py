"""TLS on a connected Socket, over the standard library's ssl and an SSLContext.

The handshake takes the socket over: its descriptor belongs to the connection from then
on, and is closed where the handshake fails. What TLS says is an OSError of EPROTO, whose
cause is ssl's exception. As coroutines: netsocket.aio.tls_client and tls_server.
"""

from __future__ import annotations

import errno as _errno
import ssl as _ssl
import time as _time
from collections.abc import Callable as _Callable
from collections.abc import Coroutine as _Coroutine
from collections.abc import Iterator as _Iterator
from typing import Any as _Any
from typing import TypeVar as _TypeVar

from . import Socket as _Socket
from . import deadline as _deadline
from ._tls import stream as _stream
from ._tls.begin import prepared as _prepared
from ._tls.channel import BATCH as _BATCH
from ._tls.channel import Channel as _Channel
from ._tls.channel import Single as _Single
from ._tls.common import Common as _Common
from ._tls.direct import Receive as _Receive
from ._tls.direct import handshake as _handshake
from ._tls.direct import line as _line
from ._tls.direct import now as _now
from ._tls.direct import recv as _recv_now
from ._tls.direct import sendall as _sendall_now
from ._tls.engine import RECORD as _RECORD
from ._tls.failures import failure as _failure
from ._tls.reading import LIMIT as _LIMIT
from ._tls.reading import Reader as _AioReader
from ._tls.types import Buffer as _Buffer
from ._tls.types import Bytes as _Bytes
from ._tls.types import Limit as _Limit
from ._tls.types import Line as _Line
from ._tls.types import Number as _Number
from ._tls.types import Text as _Text

__all__ = ["Connection", "Reader", "client", "server"]

_Argument = _TypeVar("_Argument")
_Result = _TypeVar("_Result")


class _InPlace:
    """The waits of a channel, without the interpreter's lock."""

    def __init__(self, sock: _Socket) -> None:
        self._send = sock.sendall
        self.now = self._read = sock.reader(_BATCH, _BATCH).read

    async def receive(self, limit: _Limit) -> bytes:
        return self._read(_BATCH, limit)

    async def send(self, view: memoryview, limit: _Limit) -> int:
        return self._send(view, limit)

    async def pause(self, sec: float) -> None:
        _time.sleep(sec)

    def loop(self) -> None:
        """None: a call waits in its thread."""


def _waited(
    channel: _Channel,
    op: str,
    call: _Callable[[_Channel, _Argument, _Limit], _Coroutine[_Any, _Any, _Result]],
    argument: _Argument,
    limit: _Limit = None,
) -> _Result:
    """A plain call: without a timeout of the connection it does not wait. limit: that of
    a call that has begun before."""
    channel.check(op)
    sec = channel.sock.timeout()
    try:
        return _now(call(channel, argument, limit or _deadline(sec)))
    except TimeoutError as error:
        if sec > 0 or not getattr(error, "timeout", False):
            raise
        raise _failure(_errno.EAGAIN, op, subject=channel.engine.peer) from None


class Reader(_Single):
    """Lines, exact counts and marks out of a TLS connection."""

    def __init__(self, reader: _AioReader, receive: _Receive) -> None:
        self._reader = reader
        self._receive = receive

    def read(self, n: int, sec: _Limit = None) -> bytes:
        """Read what there is, 1 to n bytes; none at the end."""
        return _now(self._reader.read(n, sec))

    def readexactly(self, n: int, sec: _Limit = None) -> bytes:
        """Read n bytes, neither more nor less."""
        return _now(self._reader.readexactly(n, sec))

    def readuntil(self, mark: _Buffer, sec: _Limit = None) -> bytes:
        """Read up to and with the mark."""
        return _now(self._reader.readuntil(mark, sec))

    def readline(self, sec: _Limit = None) -> bytes:
        """Read a line with its newline; a last one without; none at the end."""
        reader = self._reader
        data, sec = _line(reader.channel, self._receive, reader.limit, sec, "readline")
        return _now(self._reader.readline(sec)) if data is None else data

    def line(self, sec: _Limit = None) -> _Line:
        """Read a whole line without its newline; None at the end."""
        return self._whole("line", sec)

    def _whole(self, op: str, sec: _Limit) -> _Line:
        reader = self._reader
        data, sec = _line(reader.channel, self._receive, reader.limit, sec, op)
        if data is None:
            return _now(self._reader.whole(op, sec))
        return data[: -2 if data.endswith(b"\r\n") else -1]

    def lines(self, sec: _Limit = None) -> _Iterator[bytes]:
        """Give the lines, as line reads them, to the end."""
        while (line := self._whole("lines", sec)) is not None:
            yield line

    def readall(self, max: int, sec: _Limit = None) -> bytes:
        """Read everything to the end, at most max bytes."""
        return _now(self._reader.readall(max, sec))

    def peek(self, n: int, sec: _Limit = None) -> bytes:
        """Give n bytes, which stay pending; fewer only at the end."""
        return _now(self._reader.peek(n, sec))

    def __iter__(self) -> _Iterator[bytes]:
        while line := self.readline():
            yield line


class Connection(_Common):
    """A connection with TLS; closed with a ResourceWarning when it is collected."""

    def __init__(self, channel: _Channel, receive: _Receive) -> None:
        super().__init__(channel)
        self._receive = receive

    def recv(self, n: _Number = _RECORD) -> bytes:
        """Receive what there is, at most n bytes; none at the end."""
        data, limit = _recv_now(self._channel, self._receive, n)
        if data is not None:
            return data
        return _waited(self._channel, "recv", _stream.recv, n, limit)

    def recvall(self, n: int, sec: _Limit = None) -> bytes:
        """Receive n bytes, fewer only where the stream ends."""
        return _now(_stream.recvall(self._channel, n, sec))

    def recvline(self, max: _Number = _LIMIT, sec: _Limit = None) -> bytes:
        """Receive up to and with the next newline, at most max bytes."""
        return _now(_stream.recvline(self._channel, max, sec))

    def send(self, msg: _Buffer) -> int:
        """Send what can be sent now: how many bytes."""
        return _waited(self._channel, "send", _stream.send, msg)

    def sendall(self, msg: _Bytes, sec: _Limit = None) -> int:
        """Send all of it, or all pieces of a list: how many bytes."""
        sent = _sendall_now(self._channel, msg, sec)
        if sent is not None:
            return sent
        return _now(_stream.sendall(self._channel, msg, sec))

    def shutdown(self, sec: _Limit = None) -> bool:
        """Send the rest of what was begun and the close-notify, and close."""
        return _now(_stream.shutdown(self._channel, sec))

    def reader(self, limit: _Number = _LIMIT, size: _Number = _RECORD) -> Reader:
        """Make a reader, which takes lines, counts and marks out of the connection."""
        return Reader(_AioReader(self._channel, limit, size), self._receive)


def _begun(
    op: str, sock: _Socket, context: _ssl.SSLContext, host: _Text, sec: _Limit
) -> Connection:
    """A connection whose handshake is done. Nothing is open where that fails."""
    channel, limit = _prepared(op, sock, _InPlace, context, host, sec)
    receive = channel.waits.now  # type: ignore[attr-defined]  # of those in place
    try:
        _handshake(channel, receive, limit)
    except BaseException:
        channel.close()
        raise
    return Connection(channel, receive)


def client(
    sock: _Socket, context: _ssl.SSLContext, host: _Text, sec: _Limit = None
) -> Connection:
    """Make a TLS connection of a connected socket, as its client.

    host: the name or address that the certificate must be for, if the context checks
        it, and is sent as SNI.
    sec: how long at most, in seconds, over all; left out, the socket's timeout, or
        without a limit.
    """
    return _begun("client", sock, context, host, sec)


def server(sock: _Socket, context: _ssl.SSLContext, sec: _Limit = None) -> Connection:
    """Make a TLS connection of an accepted socket, as its server.

    sec: how long at most, in seconds, over all; left out, the socket's timeout, or
        without a limit.
    """
    return _begun("server", sock, context, None, sec)

"""TLS whose calls are coroutines of asyncio."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Coroutine
from typing import Any

from .. import Socket
from .._netsocket import _aio
from . import stream
from .begin import prepared
from .channel import BATCH
from .common import Common
from .engine import RECORD
from .reading import LIMIT, Reader
from .types import Buffer, Bytes, Limit, Number, Text


class InLoop:
    """The waits of a channel, in the loop that runs."""

    def __init__(self, sock: Socket) -> None:
        self._sock = sock
        self._read = _aio.reader(sock, BATCH, BATCH).read

    async def receive(self, limit: Limit) -> bytes:
        return await self._read(BATCH, limit)

    async def send(self, view: memoryview, limit: Limit) -> int:
        return await _aio.send(self._sock, view, sec=limit)

    async def pause(self, sec: float) -> None:
        await asyncio.sleep(sec)

    def loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()


class Connection(Common):
    """A connection with TLS; closed with a ResourceWarning when it is collected."""

    def recv(self, n: Number = RECORD, sec: Limit = None) -> Coroutine[Any, Any, bytes]:
        """Receive what there is, at most n bytes; none at the end."""
        return stream.recv(self._channel, n, sec)

    def recvall(self, n: int, sec: Limit = None) -> Coroutine[Any, Any, bytes]:
        """Receive n bytes, fewer only where the stream ends."""
        return stream.recvall(self._channel, n, sec)

    def recvline(
        self, max: Number = LIMIT, sec: Limit = None
    ) -> Coroutine[Any, Any, bytes]:
        """Receive up to and with the next newline, at most max bytes."""
        return stream.recvline(self._channel, max, sec)

    def send(self, msg: Buffer, sec: Limit = None) -> Coroutine[Any, Any, int]:
        """Send a part, at least a byte: how many bytes."""
        return stream.send(self._channel, msg, sec)

    def sendall(self, msg: Bytes, sec: Limit = None) -> Coroutine[Any, Any, int]:
        """Send all of it, or all pieces of a list: how many bytes."""
        return stream.sendall(self._channel, msg, sec)

    def shutdown(self, sec: Limit = None) -> Coroutine[Any, Any, bool]:
        """Send the rest of what was begun and the close-notify, and close."""
        return stream.shutdown(self._channel, sec)

    def reader(self, limit: Number = LIMIT, size: Number = RECORD) -> Reader:
        """Make a reader, which takes lines, counts and marks out of the connection."""
        return Reader(self._channel, limit, size)


async def _begun(
    op: str, sock: Socket, context: ssl.SSLContext, host: Text, sec: Limit
) -> Connection:
    """A connection whose handshake is done. Nothing is open where that fails."""
    channel, limit = prepared(op, sock, InLoop, context, host, sec)
    try:
        await channel.handshake(limit)
    except BaseException:
        channel.close()
        raise
    return Connection(channel)


async def client(
    sock: Socket, context: ssl.SSLContext, host: Text, sec: Limit
) -> Connection:
    return await _begun("tls_client", sock, context, host, sec)


async def server(sock: Socket, context: ssl.SSLContext, sec: Limit) -> Connection:
    return await _begun("tls_server", sock, context, None, sec)

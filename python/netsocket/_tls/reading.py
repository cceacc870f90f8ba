"""What takes lines, counts and marks out of a channel's store of decrypted bytes."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator, Callable
from typing import Union

from .. import EndOfStream
from .._arguments import bad_type, bad_value
from .channel import BATCH, Channel
from .engine import RECORD
from .failures import failure, named
from .types import Buffer, Limit, Line, Number

Count = Union[int, None]
LIMIT = 65536  # of a mark or a line
Enough = Callable[[bytearray], Count]  # how many bytes to take; None: more are needed


def at_least(
    n: Number, least: int, op: str, name: str, left_out: int | None = None
) -> int:
    """A number that is an argument; of one that may be left out, None is that."""
    if n is None and left_out is not None:
        return left_out
    if isinstance(n, bool) or not isinstance(n, int):
        raise bad_type(op, name, "int", n)
    if n < least:
        words = "must be at least 1" if least else "must be 0 or more"
        raise bad_value(op, name, words)
    return n


def take(store: bytearray, n: int) -> bytes:
    data = bytes(store) if n >= len(store) else bytes(memoryview(store)[:n])
    del store[:n]
    return data


async def taken(channel: Channel, op: str, sec: Limit, enough: Enough) -> Count:
    """How many bytes of the store a call takes; None at the end before there are enough.
    A call that fails takes none."""
    store = channel.store
    limit = channel.limit(sec, op)
    channel.hold(channel.reading, op)
    try:
        while (n := enough(store)) is None:
            data = channel.try_receive(BATCH, op)
            if data is None:
                data = await channel.receive(BATCH, limit, op)
            if not data:
                break
            store += data
    except OSError as error:
        raise named(error, op, len(store)) from error.__cause__
    finally:
        channel.reading.release()
    return n


def mark_of(mark: Buffer) -> bytes:
    try:
        made = bytes(memoryview(mark))  # a number of bytes is none
    except TypeError:
        raise bad_type("readuntil", "mark", "bytes-like object", mark) from None
    if not made:
        raise bad_value("readuntil", "mark", "must not be empty")
    return made


def early(channel: Channel, op: str, words: str) -> OSError:
    """The stream ended before all was there."""
    count = len(channel.store)
    text = f"the stream ended after {count} {words}"
    made = EndOfStream(errno.EPROTO, text, channel.engine.peer)
    return named(made, op, count)


def too_long(channel: Channel, op: str, words: str) -> OSError:
    made = failure(errno.EMSGSIZE, op, words, channel.engine.peer)
    return named(made, op, len(channel.store))


def found(channel: Channel, op: str, mark: bytes, limit: int) -> Enough:
    """Up to and with the mark, within limit bytes; each byte is looked at once."""
    seen = 0

    def enough(store: bytearray) -> Count:
        nonlocal seen
        at = store.find(mark, seen, limit)
        if at >= 0:
            return at + len(mark)
        if len(store) >= limit:
            raise too_long(channel, op, f"no mark within {limit} bytes")
        seen = max(0, len(store) - len(mark) + 1)
        return None

    return enough


class Reader:
    """Lines, exact counts and marks out of a TLS connection, as coroutines."""

    def __init__(self, channel: Channel, limit: Number, size: Number) -> None:
        channel.check("reader")
        self.channel = channel
        self.limit = at_least(limit, 1, "reader", "limit", LIMIT)
        at_least(size, 1, "reader", "size", RECORD)

    async def read(self, n: int, sec: Limit = None) -> bytes:
        """1 to n bytes, what there is; none at the end."""
        at_least(n, 1, "read", "n")
        store = self.channel.store
        count = await taken(self.channel, "read", sec, lambda all: len(all) or None)
        return take(store, min(n, count or 0))

    async def readexactly(self, n: int, sec: Limit = None) -> bytes:
        """n bytes, neither more nor less."""
        at_least(n, 0, "readexactly", "n")

        def enough(store: bytearray) -> Count:
            return n if len(store) >= n else None

        if await taken(self.channel, "readexactly", sec, enough) is None:
            raise early(self.channel, "readexactly", f"of {n} bytes")
        return take(self.channel.store, n)

    async def _until(self, op: str, mark: bytes, sec: Limit) -> bytes | None:
        """None: the stream ended without the mark."""
        enough = found(self.channel, op, mark, self.limit)
        count = await taken(self.channel, op, sec, enough)
        return None if count is None else take(self.channel.store, count)

    async def readuntil(self, mark: Buffer, sec: Limit = None) -> bytes:
        """Up to and with the mark."""
        data = await self._until("readuntil", mark_of(mark), sec)
        if data is None:
            raise early(self.channel, "readuntil", "bytes without the mark")
        return data

    async def readline(self, sec: Limit = None) -> bytes:
        """A line with its newline; a last one without; none at the end."""
        data = await self._until("readline", b"\n", sec)
        return take(self.channel.store, self.limit) if data is None else data

    async def line(self, sec: Limit = None) -> Line:
        """A line without its newline; None at the end."""
        return await self.whole("line", sec)

    async def whole(self, op: str, sec: Limit) -> bytes | None:
        data = await self._until(op, b"\n", sec)
        if data is not None:
            return data[: -2 if data.endswith(b"\r\n") else -1]
        if self.channel.store:
            raise early(self.channel, op, "bytes without the mark")
        return None

    async def lines(self, sec: Limit = None) -> AsyncIterator[bytes]:
        """The lines, as line gives them, to the end."""
        while (line := await self.whole("lines", sec)) is not None:
            yield line

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while line := await self.readline():
            yield line

    async def readall(self, max: int, sec: Limit = None) -> bytes:
        """Everything to the end, at most max bytes."""
        at_least(max, 0, "readall", "max")
        channel = self.channel

        def enough(store: bytearray) -> Count:
            if len(store) > max:
                raise too_long(channel, "readall", f"more than {max} bytes until the end")
            return None

        await taken(channel, "readall", sec, enough)
        return take(channel.store, max)

    async def peek(self, n: int, sec: Limit = None) -> bytes:
        """n bytes, which stay pending; fewer only at the end."""
        if at_least(n, 1, "peek", "n") > self.limit:
            raise bad_value("peek", "n", "is above the limit")

        def enough(store: bytearray) -> Count:
            return n if len(store) >= n else None

        await taken(self.channel, "peek", sec, enough)
        return bytes(self.channel.store[:n])

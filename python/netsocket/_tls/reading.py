"""What takes lines, counts and marks out of a channel's store of decrypted bytes."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator, Callable
from typing import Union

from .. import EndOfStream
from .._arguments import bad_type, bad_value
from .channel import Channel, Single
from .engine import RECORD
from .failures import failure, named
from .types import Buffer, Limit, Line, Number

Count = Union[int, None]
LIMIT = 65536  # of a mark or a line
WITHOUT = "bytes without the mark"
Enough = Callable[[bytearray], Count]  # how many bytes to take; None: more are needed
Give = Callable[[bytearray, int], bytes]


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
    """The first bytes, at most n. The caller holds channel.reading."""
    data = bytes(store) if n >= len(store) else bytes(memoryview(store)[:n])
    del store[:n]
    return data


def first(store: bytearray, data: bytes, n: int) -> bytes:
    """At most n bytes of what has come; the rest is pending."""
    if len(data) <= n:
        return data
    store += data
    return take(store, n)


def looked_at(store: bytearray, n: int) -> bytes:
    return bytes(store[:n])


async def taken(
    channel: Channel,
    op: str,
    sec: Limit,
    enough: Enough,
    at_end: Enough,
    give: Give = take,
) -> Line:
    """What a call takes of the store, before another one may look at it: as many bytes
    as are enough, or where the stream ends before, as at_end says. A call that fails
    takes none."""
    store = channel.store
    limit = channel.limit(sec, op)
    turn = channel.hold(False, op)
    try:
        while (n := enough(store)) is None:
            data = channel.try_receive(op, every=True)
            if data is None:
                data = await channel.receive(limit, op, every=True)
            if not data:
                n = at_end(store)
                break
            store += data
        return None if n is None else give(store, n)
    except OSError as error:
        raise named(error, op, len(store)) from error.__cause__
    finally:
        channel.free(turn)


def least(n: int) -> Enough:
    return lambda store: n if len(store) >= n else None


def rest(n: int) -> Enough:
    """What is left at the end, at most n bytes."""
    return lambda store: n


def mark_of(mark: Buffer) -> bytes:
    try:
        made = bytes(memoryview(mark))  # a number of bytes is none
    except TypeError:
        raise bad_type("readuntil", "mark", "bytes-like object", mark) from None
    if not made:
        raise bad_value("readuntil", "mark", "must not be empty")
    return made


def early(channel: Channel, words: str) -> Enough:
    """The stream ended before all was there."""

    def at_end(store: bytearray) -> Count:
        text = f"the stream ended after {len(store)} {words}"
        raise EndOfStream(errno.EPROTO, text, channel.engine.peer)

    return at_end


def too_long(channel: Channel, op: str, words: str) -> OSError:
    return failure(errno.EMSGSIZE, op, words, channel.engine.peer)


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


class Reader(Single):
    """Lines, exact counts and marks out of a TLS connection, as coroutines."""

    def __init__(self, channel: Channel, limit: Number, size: Number) -> None:
        channel.check("reader")
        self.channel = channel
        self.limit = at_least(limit, 1, "reader", "limit", LIMIT)
        at_least(size, 1, "reader", "size", RECORD)

    async def _taken(
        self, op: str, sec: Limit, enough: Enough, at_end: Enough, give: Give = take
    ) -> bytes:
        return await taken(self.channel, op, sec, enough, at_end, give) or b""

    async def read(self, n: int, sec: Limit = None) -> bytes:
        """1 to n bytes, what there is; none at the end."""
        at_least(n, 1, "read", "n")
        return await self._taken(
            "read", sec, lambda all: min(n, len(all)) or None, rest(0)
        )

    async def readexactly(self, n: int, sec: Limit = None) -> bytes:
        """n bytes, neither more nor less."""
        at_least(n, 0, "readexactly", "n")
        ended = early(self.channel, f"of {n} bytes")
        return await self._taken("readexactly", sec, least(n), ended)

    async def readuntil(self, mark: Buffer, sec: Limit = None) -> bytes:
        """Up to and with the mark."""
        looked_for = found(self.channel, "readuntil", mark_of(mark), self.limit)
        ended = early(self.channel, WITHOUT)
        return await self._taken("readuntil", sec, looked_for, ended)

    async def readline(self, sec: Limit = None) -> bytes:
        """A line with its newline; a last one without; none at the end."""
        newline = found(self.channel, "readline", b"\n", self.limit)
        return await self._taken("readline", sec, newline, rest(self.limit))

    async def line(self, sec: Limit = None) -> Line:
        """A line without its newline; None at the end."""
        return await self.whole("line", sec)

    async def whole(self, op: str, sec: Limit) -> Line:
        newline = found(self.channel, op, b"\n", self.limit)
        ended = early(self.channel, WITHOUT)
        data = await taken(
            self.channel, op, sec, newline, lambda store: ended(store) if store else None
        )
        return data and data[: -2 if data.endswith(b"\r\n") else -1]

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

        return await self._taken("readall", sec, enough, rest(max))

    async def peek(self, n: int, sec: Limit = None) -> bytes:
        """n bytes, which stay pending; fewer only at the end."""
        if at_least(n, 1, "peek", "n") > self.limit:
            raise bad_value("peek", "n", "is above the limit")
        return await self._taken("peek", sec, least(n), rest(n), looked_at)

"""The calls of a connection that wait, as coroutines."""

from __future__ import annotations

from .._arguments import bad_type
from .channel import Channel
from .engine import RECORD
from .failures import named
from .reading import LIMIT, Count, at_least, first, found, least, rest, take, taken
from .types import Buffer, Bytes, Limit, Number

BATCH = 8 * RECORD  # sent at a time


def _view(msg: Buffer, op: str, name: str = "msg") -> memoryview:
    """Its bytes, whatever it has for elements."""
    try:
        view = memoryview(msg)
    except TypeError:
        raise bad_type(op, name, "bytes-like object", msg) from None
    if not view.c_contiguous:
        raise BufferError(f"{op}() {name}: underlying buffer is not C-contiguous")
    try:
        return view.cast("B")
    except (TypeError, ValueError):  # of elements that memoryview does not know
        return memoryview(view.tobytes())


def _views(msg: Bytes, op: str) -> memoryview:
    """The same, or the bytes of all pieces."""
    if not isinstance(msg, (list, tuple)):
        return _view(msg, op)  # type: ignore[arg-type]  # it says so itself
    return memoryview(b"".join(_view(one, op, f"msg[{i}]") for i, one in enumerate(msg)))


async def recv(channel: Channel, n: Number, sec: Limit) -> bytes:
    """What there is, at most n bytes, waiting for the first; none at the end."""
    limit = channel.limit(sec, "recv")
    turn = channel.hold(False, "recv")
    try:
        n = at_least(n, 1, "recv", "n", RECORD)
        if channel.store:
            return take(channel.store, n)
        every = n > RECORD
        data = channel.try_receive("recv", every)
        if data is None:
            data = await channel.receive(limit, "recv", every)
        return first(channel.store, data, n)
    finally:
        channel.free(turn)


async def recvall(channel: Channel, n: int, sec: Limit) -> bytes:
    """n bytes, fewer only where the stream ends."""
    at_least(n, 0, "recvall", "n")
    return await taken(channel, "recvall", sec, least(n), rest(n)) or b""


async def recvline(channel: Channel, max: Number, sec: Limit) -> bytes:
    """Up to and with the next newline, at most max bytes."""
    most = at_least(max, 1, "recvline", "max", LIMIT)
    line = found(channel, "recvline", b"\n", most)

    def enough(store: bytearray) -> Count:
        whole = len(store) >= most and store.find(b"\n", 0, most) < 0
        return most if whole else line(store)

    return await taken(channel, "recvline", sec, enough, rest(most)) or b""


async def send(channel: Channel, msg: Buffer, sec: Limit) -> int:
    """A part of it, at least a byte: how many."""
    view = _view(msg, "send")
    limit = channel.limit(sec, "send")
    turn = channel.hold(True, "send")
    try:
        channel.same(view, "send")
        return await channel.send(view, limit, "send", RECORD) if view else 0
    except OSError as error:
        raise named(error, "send") from error.__cause__
    finally:
        channel.free(turn)


async def sendall(channel: Channel, msg: Bytes, sec: Limit) -> int:
    """All of it, or all pieces of a list: how many bytes."""
    view = _views(msg, "sendall")
    limit = channel.limit(sec, "sendall")
    sent = 0
    turn = channel.hold(True, "sendall")
    try:
        channel.same(view, "sendall")
        while sent < len(view):
            sent += await channel.send(view[sent:], limit, "sendall", BATCH)
    except OSError as error:
        raise named(error, "sendall", sent) from error.__cause__
    finally:
        channel.free(turn)
    return sent


async def shutdown(channel: Channel, sec: Limit) -> bool:
    """Sends the rest of what was begun and the close-notify, and closes."""
    limit = channel.limit(sec, "shutdown")
    turn = channel.hold(True, "shutdown")
    try:
        await channel.shutdown(limit)
    except OSError as error:
        raise named(error, "shutdown") from error.__cause__
    finally:
        channel.free(turn)
    channel.close()
    return True

"""What a connection in place does at once: a coroutine would cost it more than TLS does.

Each answers None where more is to do, or to refuse; the coroutine of the same call goes
on from there, since what was begun is the channel's.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from .. import MSG_DONTWAIT, deadline
from .channel import BATCH, Channel, limit_of
from .engine import RECORD
from .failures import named
from .reading import first, take
from .types import Bytes, Limit, Number

Receive = Callable[[int, Limit], bytes]  # of the socket, in place

_Result = TypeVar("_Result")


def _plain(sec: Limit) -> bool:
    """No time, or one that needs no look: neither a deadline object nor below 0."""
    return sec is None or ((type(sec) is float or type(sec) is int) and sec >= 0)


def now(call: Coroutine[Any, Any, _Result]) -> _Result:
    """Runs a coroutine that waits in place, so that its first step is its last."""
    try:
        call.send(None)
    except StopIteration as end:
        result: _Result = end.value
        return result
    raise AssertionError("a wait in place has suspended")


def handshake(channel: Channel, receive: Receive, limit: Limit) -> None:
    """The whole of it. What has not gone where it fails is the channel's."""
    engine, sendall = channel.engine, channel.sock.sendall
    try:
        while True:
            done = engine.handshake()
            if engine.encrypted.pending:
                channel._left = engine.encrypted.read()
                sendall(channel._left, limit)
                channel._left = b""
            if done:
                return
            engine.feed(receive(BATCH, limit))
    except BaseException as error:
        channel._left = channel._left[getattr(error, "done", 0) :]
        if not isinstance(error, OSError):
            raise
        raise named(error, "handshake") from error.__cause__


def sendall(channel: Channel, msg: Bytes, sec: Limit) -> int | None:
    """A short message is one record, for which there mostly is room."""
    engine = channel.engine
    if type(msg) is not bytes or not 0 < len(msg) <= RECORD:
        return None
    if not _plain(sec):
        return None
    if engine.closed or not channel.writing.acquire(False):
        return None
    try:
        with engine.lock:  # a receive may leave something meanwhile
            if channel._left or channel._begun:
                return None
            if engine.encrypt(msg, "sendall") < len(msg):
                return None
            channel._begun = msg
            channel._left = data = engine.encrypted.read()
            try:
                sent = channel.sock.send(data, MSG_DONTWAIT)
            except BlockingIOError:
                sent = 0
            channel._left = data[sent:]
            if not channel._left:
                channel._begun = b""
                return len(msg)
        limit = channel.limit(sec, "sendall")
        return now(channel.send(memoryview(msg), limit, "sendall", RECORD))
    except OSError as error:
        raise named(error, "sendall") from error.__cause__
    finally:
        channel.writing.release()


def recv(channel: Channel, receive: Receive, n: Number) -> tuple[bytes | None, Limit]:
    """What there is, at most n bytes, or what comes where nothing is, which waits as the
    socket's timeout says; none at the end. And the limit of a receive that goes on."""
    engine, sock, store = channel.engine, channel.sock, channel.store
    data: bytes | None = None
    limit: Limit = None
    if type(n) is not int or n < 1:
        return None, None
    if engine.closed or not channel.reading.acquire(False):
        return None, None
    try:
        if store:
            return take(store, n), None
        if n >= RECORD and engine.plain:
            return engine.plain.popleft(), None
        if not engine.idle():
            data = engine.decrypt("recv")  # of a part of a record: None
        while True:
            if engine.encrypted.pending:
                channel.push()
            if data is not None:
                return data if len(data) <= n else first(store, data, n), limit
            if channel._left:
                return None, limit
            if limit is not None:
                data = engine.decrypt("recv", receive(BATCH, limit))
                continue
            if (sec := sock.timeout()) > 0:
                limit = deadline(sec)
            data = engine.decrypt("recv", sock.recv(BATCH))
    except OSError as error:
        raise named(error, "recv") from error.__cause__
    finally:
        channel.reading.release()


def line(
    channel: Channel, receive: Receive, most: int, sec: Limit, op: str
) -> tuple[bytes | None, Limit]:
    """A line with its newline that is pending, or comes with one receive where nothing
    is; and what is left of the time."""
    engine, store = channel.engine, channel.store
    if not _plain(sec):
        return None, sec
    if engine.closed or not channel.reading.acquire(False):
        return None, sec
    try:
        at = store.find(b"\n", 0, most) if store else -1
        if at < 0:
            if store or channel._left or not engine.idle():
                return None, sec
            sec = limit_of(channel.sock, sec, op) if sec is None else deadline(sec)
            data = engine.decrypt(op, receive(BATCH, sec), every=True)
            if engine.encrypted.pending:
                channel.push()
            if not data:
                return None, sec
            if len(data) <= most and data.find(b"\n") == len(data) - 1:
                return data, sec
            store += data
            at = store.find(b"\n", 0, most)
            if at < 0:
                return None, sec
        data = bytes(store[: at + 1])
        del store[: at + 1]
        return data, sec
    except OSError as error:
        raise named(error, op, len(store)) from error.__cause__
    finally:
        channel.reading.release()

"""Calls of a plain connection that are done at once, and what they leave to the rest."""

from __future__ import annotations

import contextlib
import errno
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import netsocket
from netsocket import tls
from netsocket._tls import begin
from python.tls_styles import WITHIN, Style, plain_pair
from support.net.certificates import Authority

BUSY = "another call is under way"
Ends = tuple[tls.Connection, tls.Connection]


@pytest.fixture
def ends(authority: Authority) -> Iterator[Ends]:
    client, server = plain_pair(Style("plain", authority))
    with client, server:
        yield client, server


def done(caught: pytest.ExceptionInfo[OSError]) -> object:
    return getattr(caught.value, "done", None)


def test_no_room_for_a_short_message(ends: Ends) -> None:
    """What was begun goes first, and every message arrives once."""
    client, server = ends
    count = 0
    full = None
    while full is None:
        try:
            assert client.sendall(b"%098d\r\n" % count, 0) == 100
            count += 1
        except TimeoutError as error:
            full = error
    assert getattr(full, "done", None) == 0
    with pytest.raises(ValueError, match="other bytes"):
        client.sendall(b"other", 0)
    with ThreadPoolExecutor(1) as pool:
        last = pool.submit(client.sendall, b"%098d\r\n" % count, WITHIN)
        reader = server.reader()
        for number in range(count + 1):
            assert reader.line(WITHIN) == b"%098d" % number
        assert last.result(WITHIN) == 100
    client.sendall(b"more\n")
    assert reader.readline(WITHIN) == b"more\n"


def test_a_line_in_parts_has_one_deadline(ends: Ends) -> None:
    """The receive in place is the first of those that it holds for."""
    client, server = ends
    limits: list[Any] = []
    changed: Any = server
    waits: Any = server._channel.waits
    now, receive = changed._receive, waits.receive

    def seen_now(n: int, limit: Any) -> bytes:
        limits.append(limit)
        got: bytes = now(n, limit)
        return got

    async def seen(limit: Any) -> bytes:
        limits.append(limit)
        client.sendall(b"ne\n")
        got: bytes = await receive(limit)
        return got

    changed._receive, waits.receive = seen_now, seen
    reader = server.reader()
    client.sendall(b"half a li")
    assert reader.line(WITHIN) == b"half a line"
    assert len(limits) == 2
    assert isinstance(limits[0], netsocket.Deadline)
    left = limits[0].left()
    assert limits[1].left() <= left


class Late:
    """A lock that another thread had, which has called act meanwhile."""

    def __init__(self, lock: Any, act: Callable[[], None]) -> None:
        self._lock = lock
        self._act: list[Callable[[], None]] = [act]

    def __enter__(self) -> None:
        while self._act:
            self._act.pop()()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_what_a_receive_leaves_meanwhile(ends: Ends) -> None:
    """An answer for which there was no room goes before the message."""
    client, server = ends
    channel: Any = client._channel
    engine = channel.engine
    engine.encrypt(b"answer\n", "sendall")

    def leave() -> None:
        channel._left = engine.encrypted.read()

    engine.lock = Late(engine.lock, leave)
    assert client.sendall(b"message\n", WITHIN) == 8
    reader = server.reader()
    assert reader.line(WITHIN) == b"answer"
    assert reader.line(WITHIN) == b"message"


def test_a_turn_that_is_over_at_once(ends: Ends) -> None:
    """A call that sends takes what comes in a renegotiation, and holds the engine's lock
    as long: one that begins to receive meanwhile has its turn."""
    client, server = ends
    client.sendall(b"one\n")
    channel: Any = server._channel
    channel.reading.acquire()
    channel.engine.lock = Late(channel.engine.lock, channel.reading.release)
    assert server.recvall(4, WITHIN) == b"one\n"


class Slow:
    """A socket whose receive comes back when the time of a call is up."""

    def __init__(self, sock: netsocket.Socket, sec: float) -> None:
        self._sock = sock
        self._sec = sec

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def recv(self, *args: int) -> bytes:
        deadline = netsocket.deadline(self._sec)
        got = self._sock.recv(*args)
        while left := deadline.left():
            time.sleep(left)
        return got


def begun_record(client: tls.Connection, server: tls.Connection) -> bytes:
    """The client has sent the first bytes of a record: what is left of it."""
    client.sendall(b"x")
    assert server.recvall(1, WITHIN) == b"x"  # so that no ticket comes between
    client._channel.engine.encrypt(b"in parts", "sendall")
    record = client._channel.engine.encrypted.read()
    client._channel.sock.send(record[:9])
    return record[9:]


def test_a_receive_in_parts_has_one_timeout(ends: Ends) -> None:
    """What waits for the rest of a record waits no longer than the whole call may."""
    client, server = ends
    rest = begun_record(client, server)
    channel: Any = server._channel
    receive: Any = server._receive
    left: list[float] = []

    def seen(n: int, limit: Any) -> Any:
        left.append(limit.left())
        return receive(n, limit)

    changed: Any = server
    own, channel.sock, changed._receive = channel.sock, Slow(channel.sock, 0.2), seen
    server.timeout(0.2)
    with pytest.raises(TimeoutError, match="recv: not done within 0.2 s") as late:
        server.recv()
    assert (left, late.value.errno) == ([0], errno.ETIMEDOUT)
    channel.sock, changed._receive = own, receive
    client._channel.sock.send(rest)
    assert server.recv() == b"in parts"


class Full(Slow):
    """And one that has no room for an answer to what it receives."""

    def __init__(self, sock: netsocket.Socket, sec: float, engine: Any) -> None:
        super().__init__(sock, sec)
        self._engine = engine

    def recv(self, *args: int) -> bytes:
        self._engine.encrypt(b"answer\n", "sendall")
        return super().recv(*args)

    def send(self, msg: bytes, flags: int) -> int:
        raise BlockingIOError(errno.EAGAIN, "full")


def test_a_receive_in_parts_beside_an_answer(ends: Ends) -> None:
    """The same where the rest is waited for beside an answer that has no room."""
    client, server = ends
    rest = begun_record(client, server)
    channel: Any = server._channel
    receive = channel.waits.receive
    left: list[float] = []

    def seen(limit: Any) -> Any:
        left.append(limit.left())
        return receive(limit)

    own, channel.waits.receive = channel.sock, seen
    channel.sock = Full(own, 0.2, channel.engine)
    server.timeout(0.2)
    with pytest.raises(TimeoutError, match="recv: not done within 0.2 s"):
        server.recv()
    assert left == [0]
    channel.sock, channel.waits.receive = own, receive
    client._channel.sock.send(rest)
    assert server.recv() == b"in parts"
    assert client.reader().line(WITHIN) == b"answer"


class Short:
    """A socket that takes a few bytes of a message, and fails."""

    def __init__(self, sock: netsocket.Socket) -> None:
        self._sock = sock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, msg: bytes, sec: Any) -> int:
        error: Any = netsocket.errors.TimeoutError(errno.ETIMEDOUT, "late")
        error.done = self._sock.send(msg[:3])
        raise error


def test_a_handshake_that_is_sent_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rest goes with the close, and no byte twice: no record is broken."""
    monkeypatch.setattr(begin, "wrap", lambda fd: Short(netsocket.wrap(fd)))
    a, b = netsocket.pair_stream()
    with b:
        with pytest.raises(TimeoutError) as late:
            tls.client(a, ssl.create_default_context(), "localhost", WITHIN)
        assert getattr(late.value, "op", None) == "handshake"
        b.timeout(WITHIN)
        hello = b.reader().readall(1 << 20)
    assert int.from_bytes(hello[3:5], "big") == len(hello) - 5


def test_lines(ends: Ends) -> None:
    """However many come with a receive, and whatever part of one."""
    client, server = ends
    reader = server.reader()
    client.sendall(b"one\r\ntwo\n\n\r\nthr")
    assert [reader.line(WITHIN) for _ in range(4)] == [b"one", b"two", b"", b""]
    assert server.pending() == 3
    for _ in range(2):
        with pytest.raises(TimeoutError) as late:
            reader.line(0)
        assert done(late) == 3
    client.sendall(b"ee\n")
    assert reader.line() == b"three"
    for text in (b"\n", b"\r\n", b"a\r\r\n"):
        client.sendall(text)
        assert reader.readline(WITHIN) == text
        client.sendall(text)
        assert reader.line(WITHIN) == text[: -2 if text.endswith(b"\r\n") else -1]
    client.sendall(b"last")
    client.shutdown(WITHIN)
    with pytest.raises(netsocket.EndOfStream) as caught:
        reader.line(WITHIN)
    assert done(caught) == 4
    assert [reader.readline(), reader.line(WITHIN)] == [b"last", None]


def test_a_line_that_is_too_long(ends: Ends) -> None:
    client, server = ends
    reader = server.reader(limit=4)
    client.sendall(b"123\n12345\n")
    assert reader.line(WITHIN) == b"123"
    client.sendall(b"x")
    with pytest.raises(OSError, match="no mark within 4 bytes") as caught:
        reader.line(WITHIN)
    assert (caught.value.errno, done(caught)) == (errno.EMSGSIZE, 6)
    assert server.recvall(7, WITHIN) == b"12345\nx"
    client.sendall(b"1234\n")
    with pytest.raises(OSError, match="no mark within 4 bytes"):
        reader.line(WITHIN)


@contextlib.contextmanager
def held(turn: Any) -> Iterator[None]:
    assert turn.acquire(False)
    yield
    turn.release()


def test_what_they_refuse(ends: Ends) -> None:
    """The words are those of the general way."""
    client, server = ends
    reader = server.reader()
    for sec in (-1, float("nan")):
        with pytest.raises(ValueError, match="line sec"):
            reader.line(sec)
        with pytest.raises(ValueError, match="sendall sec"):
            client.sendall(b"x", sec)
    with pytest.raises(TypeError, match="sendall"):
        client.sendall(b"x", "1")  # type: ignore[arg-type]
    with held(client._channel.writing), pytest.raises(OSError, match=BUSY) as busy:
        client.sendall(b"x")
    assert busy.value.errno == errno.EBUSY
    with held(server._channel.reading), pytest.raises(OSError, match=BUSY) as busy:
        reader.line()
    assert busy.value.errno == errno.EBUSY
    client.sendall(b"pending\nx")
    assert reader.line(WITHIN) == b"pending"
    server.close()
    for call in (reader.line, reader.readline):
        with pytest.raises(OSError, match="line") as closed:
            call()
        assert closed.value.errno == errno.EBADF


def test_the_peer_is_gone(ends: Ends) -> None:
    """An end without a close-notify is an error, also of a line."""
    client, server = ends
    server._channel.sock.close()
    with pytest.raises(OSError, match="without a close-notify") as cut:
        client.reader().line(WITHIN)
    assert (cut.value.errno, done(cut)) == (errno.EPROTO, 0)
    with pytest.raises(OSError, match="sendall") as broken:
        client.sendall(b"x")
    assert (broken.value.errno, done(broken)) == (errno.EPIPE, 0)

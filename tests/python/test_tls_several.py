"""Several receive from a plain connection at a time: what one has taken is no other's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from netsocket import tls
from python.tls_styles import WITHIN, Style, plain_pair
from support.net.certificates import Authority

Call = Callable[[tls.Connection], object]


class Turn:
    """The lock of those who receive: as soon as it is free another one has its turn."""

    def __init__(self, lock: Any, act: Callable[[], None]) -> None:
        self._lock = lock
        self._act: list[Callable[[], None]] = [act]

    def acquire(self, blocking: bool = True) -> bool:
        got: bool = self._lock.acquire(blocking)
        return got

    def release(self) -> None:
        self._lock.release()
        while self._act:
            self._act.pop()()


@pytest.fixture
def ends(authority: Authority) -> Iterator[tuple[tls.Connection, tls.Connection]]:
    client, server = plain_pair(Style("plain", authority))
    with client, server:
        yield client, server


CALLS: dict[str, tuple[Call, object, bytes]] = {
    "recv": (lambda conn: conn.recv(4), b"one\n", b"two\n"),
    "recvall": (lambda conn: conn.recvall(4, WITHIN), b"one\n", b"two\n"),
    "recvline": (lambda conn: conn.recvline(100, WITHIN), b"one\n", b"two\n"),
    "read": (lambda conn: conn.reader().read(4, WITHIN), b"one\n", b"two\n"),
    "readexactly": (
        lambda conn: conn.reader().readexactly(4, WITHIN),
        b"one\n",
        b"two\n",
    ),
    "readuntil": (
        lambda conn: conn.reader().readuntil(b"e\n", WITHIN),
        b"one\n",
        b"two\n",
    ),
    "readline": (lambda conn: conn.reader().readline(WITHIN), b"one\n", b"two\n"),
    "line": (lambda conn: conn.reader().line(WITHIN), b"one", b"two\n"),
    "lines": (lambda conn: next(iter(conn.reader().lines(WITHIN))), b"one", b"two\n"),
    "peek": (lambda conn: conn.reader().peek(4, WITHIN), b"one\n", b"one\n"),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_next_call_begins_behind(
    ends: tuple[tls.Connection, tls.Connection], name: str
) -> None:
    client, server = ends
    call, first, second = CALLS[name]
    others: list[bytes] = []
    client.sendall(b"one\ntwo\nthree\n")
    assert server.reader().peek(14, WITHIN) == b"one\ntwo\nthree\n"  # all of it is there
    channel: Any = server._channel
    channel.reading = Turn(
        channel.reading, lambda: others.append(server.recvall(4, WITHIN))
    )
    assert call(server) == first
    assert others == [second]


def test_the_rest_at_the_end(ends: tuple[tls.Connection, tls.Connection]) -> None:
    client, server = ends
    others: list[bytes] = []
    client.sendall(b"rest")
    client.shutdown(WITHIN)
    channel: Any = server._channel
    channel.reading = Turn(
        channel.reading, lambda: others.append(server.recvall(4, WITHIN))
    )
    assert server.reader().readall(100, WITHIN) == b"rest"
    assert others == [b""]


class Seen:
    """An object whose call of a name is followed by act, the first time."""

    def __init__(self, own: Any, name: str, act: Callable[[], None]) -> None:
        self._own = own
        self._name = name
        self._act = [act]

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._own, name)
        if name != self._name or not self._act:
            return call

        def followed(*args: Any) -> Any:
            try:
                return call(*args)
            finally:
                if self._act:
                    self._act.pop()()

        return followed


def test_a_receive_beside_a_shutdown(
    ends: tuple[tls.Connection, tls.Connection],
) -> None:
    """A shutdown says its close-notify while a record is there that no call has taken:
    one that receives meanwhile gets it, and waits for no other."""
    client, server = ends
    client.sendall(b"x")
    assert server.recvall(1, WITHIN) == b"x"  # so that no ticket comes between
    ours: Any = client._channel
    engine: Any = server._channel.engine
    ours.engine.encrypt(b"one", "sendall")
    engine.feed(ours.engine.encrypted.read())  # as the end of a handshake does
    idle, looked = engine.idle, threading.Event()
    others: list[Future[bytes]] = []

    def look() -> bool:
        seen: bool = idle()
        looked.set()
        return seen

    def receive() -> None:
        others.append(pool.submit(server.recv))
        others[0].add_done_callback(lambda _: looked.set())  # without a look
        assert looked.wait(WITHIN)

    server.timeout(WITHIN)
    with ThreadPoolExecutor(1) as pool:
        engine.idle = look
        engine.ssl = Seen(engine.ssl, "unwrap", receive)
        engine.close_notify()
        assert others[0].result(WITHIN) == b"one"

"""Real peers: CPython's own sockets, and addresses that behave in a known way.

Nothing here imitates the library or the kernel. A peer acts in the test's own thread
wherever the kernel completes the other half by itself (a TCP handshake, a unix
connect), so most tests need no second thread.
"""

from __future__ import annotations

import select
import socket
import struct
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

from support.fronts.front import Front, Handle
from support.machine_lag import PATIENCE

WITHIN = PATIENCE / 4

T = TypeVar("T")


def wait_until(condition: Callable[[], T], what: str, within: float = WITHIN) -> T:
    """Poll a condition that no descriptor announces."""
    until = time.monotonic() + within
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < until, f"not within {within} s: {what}"
        select.select([], [], [], 0.002)


class Peers:
    """Sockets of CPython that live as long as one test."""

    def __init__(self, folder: Path) -> None:
        self._stack = ExitStack()
        self._folder = folder

    def close(self) -> None:
        self._stack.close()

    def own(self, sock: socket.socket) -> socket.socket:
        sock.settimeout(WITHIN)
        return self._stack.enter_context(sock)

    def path(self) -> str:
        """A name for a unix socket, short enough for sun_path, that does not exist."""
        return str(self._folder / uuid.uuid4().hex[:8])

    def abstract(self) -> bytes:
        return b"\0nsk-" + uuid.uuid4().hex.encode()

    def open(
        self, family: int = socket.AF_INET, kind: int = socket.SOCK_STREAM
    ) -> socket.socket:
        return self.own(socket.socket(family, kind))

    def bound(self, family: int, kind: int, at: Any = None) -> socket.socket:
        sock = self.open(family, kind)
        if at is None:
            at = {socket.AF_INET: ("127.0.0.1", 0), socket.AF_INET6: ("::1", 0)}.get(
                socket.AddressFamily(family)
            ) or self.path()
        sock.bind(at)
        return sock

    def listener(
        self, family: int = socket.AF_INET, at: Any = None, backlog: int = 16
    ) -> socket.socket:
        sock = self.bound(family, socket.SOCK_STREAM, at)
        sock.listen(backlog)
        return sock

    def udp(self, family: int = socket.AF_INET) -> socket.socket:
        return self.bound(family, socket.SOCK_DGRAM)

    def accept(self, listener: socket.socket) -> socket.socket:
        return self.own(listener.accept()[0])

    def stream(
        self, net: Front, family: int = socket.AF_INET
    ) -> tuple[Handle, socket.socket]:
        """A connected pair: ours, and CPython's."""
        listener = self.listener(family)
        if family == socket.AF_UNIX:
            ours = net.connect_unix_stream(listener.getsockname(), 5)
        elif family == socket.AF_INET6:
            ours = net.connect_inet6_stream("::1", port_of(listener), 5)
        else:
            ours = net.connect_inet_stream("127.0.0.1", port_of(listener), 5)
        return ours.value, self.accept(listener)

    def refused_port(self, family: int = socket.AF_INET) -> int:
        """A port that refuses for as long as the test runs: bound, never listening."""
        return port_of(self.bound(family, socket.SOCK_STREAM))

    def refused_udp(self, family: int = socket.AF_INET) -> socket.socket:
        """The same for datagrams."""
        return refuse_datagrams(self.udp(family))

    def black_hole(self, family: int = socket.AF_INET, at: Any = None) -> Any:
        """The address of a listener whose queue is full: it never answers again."""
        listener = self.listener(family, at, backlog=0)
        fill_queue(listener, self.open(family))
        return listener.getsockname()


def refuse_datagrams(sock: socket.socket) -> socket.socket:
    """Its own peer, the socket takes no others' datagrams. The port of a closed one would
    refuse as well, until another process gets it."""
    sock.connect(sock.getsockname())
    return sock


def fill_queue(listener: socket.socket, client: socket.socket) -> None:
    """Linux lets one connection wait where none may; what comes then has no answer."""
    client.connect(listener.getsockname())
    if listener.family != socket.AF_UNIX:
        wait_until(lambda: _is_full(listener), "the connection is in the queue")


def _is_full(listener: socket.socket) -> bool:
    """Of a listener, tcp_info tells how many wait, and how many may."""
    info = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 32)
    waiting, most = struct.unpack_from("=II", info, 24)
    return bool(waiting > most)


def port_of(sock: socket.socket) -> int:
    port: int = sock.getsockname()[1]
    return port


def reset(sock: socket.socket) -> None:
    """Close with a TCP reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def receive_all(sock: socket.socket) -> bytes:
    """What comes until the end of the stream."""
    pieces = []
    while piece := sock.recv(1 << 16):
        pieces.append(piece)
    return b"".join(pieces)


def fill(handle: Handle) -> int:
    """Send until it would block; the number of bytes that were taken."""
    sent = 0
    for _ in range(10_000):
        outcome = handle.send(b"x" * 65536)
        if outcome.kind == "again":
            return sent
        sent += outcome.value
    raise AssertionError("the send buffer does not fill")


def arrived(handle: Handle) -> None:
    """Wait until there is something to receive."""
    assert handle.recvable(WITHIN).value is True


def taken(own: socket.socket) -> None:
    """Wait until another has received what was there."""
    own.setblocking(False)

    def empty() -> bool:
        try:
            return own.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return True

    wait_until(empty, "the pending call has taken the bytes")

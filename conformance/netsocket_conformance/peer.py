"""A peer on loopback that misbehaves as told, one step after the other.

    server = peer(expect(b"EHLO"), drip(b"250 ok\\r\\n", 0.01), stall())
    client(server.port)
    server.join()
    assert server.received.startswith(b"EHLO")

`peer(*steps)` listens, takes one connection and acts on it; `peer(*steps,
connect=address)` is a client. A step is a function of the connection, so a test can give
its own. Nothing imitates a socket: what the program under test meets is the kernel's.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

PATIENCE = 30.0  # seconds that a step waits for what must come
TCP_REPAIR = 19


class Connection:
    """What a step acts on."""

    def __init__(self, sock: socket.socket, ended: threading.Event, wake: int) -> None:
        self.sock = sock
        self.received = bytearray()
        self.taken = 0  # how many bytes of `received` steps have asked for
        self.ended = ended  # set when the test is over: a step that waits stops
        self._wake = wake

    def wait(self, seconds: float, readable: bool = True) -> bool:
        """Until something can be read, and whether it can; the end of the test is the
        end of each wait."""
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        if readable:
            poll.register(self.sock, select.POLLIN)
        ready = dict(poll.poll(seconds * 1000))
        if self._wake in ready:
            raise Over
        return bool(ready)

    def more(self, within: float = PATIENCE) -> bytes:
        """The bytes that come next, none where the peer has ended."""
        if not self.wait(within):
            raise AssertionError(f"nothing came within {within} s")
        data = self.sock.recv(65536)
        self.received += data
        return data


class Over(Exception):
    """The test is over; the steps that are left are not taken."""


Step = Callable[[Connection], Any]


def expect(wanted: bytes, within: float = PATIENCE) -> Step:
    """Receive until `wanted` has come."""

    def step(connection: Connection) -> None:
        until = time.monotonic() + within
        while True:
            found = connection.received.find(wanted, connection.taken)
            if found >= 0:
                connection.taken = found + len(wanted)
                return
            if not connection.more(max(0.0, until - time.monotonic())):
                came = bytes(connection.received)
                raise AssertionError(f"the end came, and {wanted!r} had not: {came!r}")

    return step


def expect_end(within: float = PATIENCE) -> Step:
    """Receive until the other side has ended its sending."""

    def step(connection: Connection) -> None:
        while connection.more(within):
            pass

    return step


def send(data: bytes) -> Step:
    """Send all of it."""
    return lambda connection: connection.sock.sendall(data)


def send_early(data: bytes) -> Step:
    """Send before anything was asked: what a client that takes the first bytes for its
    answer gets wrong. As a first step it is in the client's buffer when it connects."""
    return send(data)


def drip(data: bytes, pause: float) -> Step:
    """Send one byte at a time, each in a segment of its own, `pause` seconds apart."""

    def step(connection: Connection) -> None:
        if connection.sock.family != socket.AF_UNIX:
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for i in range(len(data)):
            if i:
                connection.wait(pause, readable=False)
            connection.sock.sendall(data[i : i + 1])

    return step


def stall(seconds: float | None = None) -> Step:
    """Do nothing, and read nothing: for so long, or until the test is over."""
    return lambda connection: connection.wait(
        1e6 if seconds is None else seconds, readable=False
    )


def reset() -> Step:
    """End the connection by a reset, not by an end."""

    def step(connection: Connection) -> None:
        linger = struct.pack("ii", 1, 0)
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.sock.close()

    return step


def half_close() -> Step:
    """End the sending, and go on receiving."""
    return lambda connection: connection.sock.shutdown(socket.SHUT_WR)


def forget() -> Step:
    """Lose the connection without a word, as a machine that restarts: no end and no reset
    is sent, and what comes afterwards is answered by a reset. It is Linux's TCP_REPAIR,
    which needs CAP_NET_ADMIN in the process of the test: PermissionError without."""

    def step(connection: Connection) -> None:
        connection.sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
        connection.sock.close()

    return step


class Peer:
    """One peer in a thread of its own."""

    def __init__(self, steps: tuple[Step, ...], connect: Any, family: int) -> None:
        self._steps = steps
        self._ended = threading.Event()
        self._wake, self._waker = socket.socketpair()
        self._failure: BaseException | None = None
        self._connection: Connection | None = None
        self._listener: socket.socket | None = None
        self.address: Any = connect
        if connect is None:
            self._listener = socket.socket(family, socket.SOCK_STREAM)
            host = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}[
                socket.AddressFamily(family)
            ]
            self._listener.bind((host, 0))
            self._listener.listen(16)
            self.address = self._listener.getsockname()
        self._thread = threading.Thread(target=self._run, args=(connect,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens, or whom it is connected to."""
        port: int = self.address[1]
        return port

    @property
    def received(self) -> bytes:
        """All that has come so far."""
        return bytes(self._connection.received) if self._connection else b""

    def _connected(self, connect: Any) -> socket.socket:
        if connect is None:
            assert self._listener is not None
            poll = select.poll()
            poll.register(self._listener, select.POLLIN)
            poll.register(self._wake, select.POLLIN)
            if self._wake.fileno() in dict(poll.poll()):
                raise Over
            return self._listener.accept()[0]
        family = socket.AF_UNIX if isinstance(connect, (str, bytes)) else socket.AF_INET
        if family != socket.AF_UNIX and ":" in connect[0]:
            family = socket.AF_INET6
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(PATIENCE)
            sock.connect(connect)
        except BaseException:
            sock.close()
            raise
        return sock

    def _run(self, connect: Any) -> None:
        try:
            with self._connected(connect) as sock:
                own = Connection(sock, self._ended, self._wake.fileno())
                self._connection = own
                for step in self._steps:
                    step(own)
        except Over:
            pass
        except BaseException as failure:  # the test's, told by join
            self._failure = failure

    def join(self, within: float = PATIENCE) -> None:
        """Wait until all steps are done; a step that failed raises here."""
        self._thread.join(within)
        if self._thread.is_alive():
            raise AssertionError(f"the peer is not done within {within} s")
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def close(self) -> None:
        """The test is over: stop what waits, close all, tell a failure of a step."""
        self._ended.set()
        self._waker.send(b"x")
        self._thread.join(PATIENCE)
        for sock in (self._wake, self._waker, self._listener):
            if sock is not None:
                sock.close()
        if self._failure is not None:
            raise self._failure

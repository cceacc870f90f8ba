"""A time for every call: what only Python has of it."""

from __future__ import annotations

import array
import errno
import math
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import netsocket
from support.fronts.front import Front
from support.machine_lag import LATE, PATIENCE
from support.net.peers import Peers

from .inside import WAKE, Inside, full_pair

covers = pytest.mark.covers

# ----------------------------------------------------------- as CPython's sockets have it


@covers("PY_SOCKET.settimeout", "success")
@covers("PY_SOCKET.setblocking", "success")
@covers("PY_SOCKET.gettimeout", "success")
def test_as_cpython_has_it(python_net: Front, peers: Peers) -> None:
    """After each step gettimeout() says what CPython's says of its own socket."""
    made = python_net.new_inet_stream().value
    theirs = peers.open()
    theirs.setblocking(False)
    steps: list[tuple[str, Any]] = [
        *[("settimeout", sec) for sec in (0, 1, 0.25, None, 0.0, 1e6)],
        *[("setblocking", flag) for flag in (True, False, True)],
        *[("settimeout", 2), ("setblocking", False)],
    ]
    assert made.gettimeout().value == theirs.gettimeout()
    for name, value in steps:
        assert made.call(name, value).value is None
        getattr(theirs, name)(value)
        assert made.gettimeout().value == theirs.gettimeout(), (name, value)


def test_modes_and_timeouts(python_net: Front) -> None:
    """None is no limit, whichever way it came; 0 leaves blocking mode, and is the only
    one that touches it."""
    made = python_net.new_inet_stream().value
    made.settimeout(None)
    assert made.timeout().value == math.inf
    assert made.nonblock(False).value is True
    assert made.gettimeout().value is None
    made.settimeout(5)
    assert (made.gettimeout().value, made.nonblock().value) == (5, False)
    made.timeout(0)
    assert (made.gettimeout().value, made.nonblock().value) == (None, False)
    made.settimeout(0)
    assert (made.gettimeout().value, made.nonblock().value) == (0, True)


@covers("PY_SOCKET.settimeout", "error")
@covers("PY_SOCKET.setblocking", "error")
def test_errors(python_net: Front) -> None:
    made = python_net.new_inet_stream().value
    for bad in (-1, -0.001, math.nan, -math.inf):
        error = made.settimeout(bad).failure
        assert (error.name, error.op, error.addr) == ("EINVAL", "settimeout", "sec")
    assert made.gettimeout().value == 0
    made.close()
    assert made.settimeout(1).failure.name == "EBADF"
    assert made.setblocking(True).failure.name == "EBADF"


def test_a_timeout_error() -> None:
    """It is Python's own TimeoutError, and says that it is the call's time that is up."""
    a, b = netsocket.pair_stream()
    with a, b:
        a.timeout(0.01)
        with pytest.raises(TimeoutError, match=r"within 0\.01 s") as caught:
            a.recv()
        error: Any = caught.value
        assert error.errno == errno.ETIMEDOUT
        assert (error.op, error.timeout) == ("recv", True)


# ------------------------------------------------------------------------------- threads

Call = Callable[[Any], Any]
Make = Callable[[Peers], tuple[Any, Any]]


def pair(peers: Peers) -> tuple[Any, Any]:
    return netsocket.pair_stream()


def full(peers: Peers) -> tuple[Any, Any]:
    return full_pair()


def listener(peers: Peers) -> tuple[Any, Any]:
    made = netsocket.bind_inet_stream("127.0.0.1", 0)
    made.listen()
    return made, netsocket.new_inet_stream()


def udp(peers: Peers) -> tuple[Any, Any]:
    return netsocket.bind_inet_dgram("127.0.0.1", 0), netsocket.new_inet_dgram()


def full_receiver(peers: Peers) -> tuple[Any, Any]:
    receiver = netsocket.bind_unix_dgram(peers.path())
    sender = netsocket.new_unix_dgram()
    sender.connect(receiver.getsockname())
    while takes(sender):
        pass
    return sender, receiver


def takes(sender: Any) -> bool:
    try:
        return bool(sender.send(b"x"))
    except BlockingIOError:
        return False


def iovec(data: bytes | int) -> Any:
    iov = netsocket.iovec.new()
    if isinstance(data, int):
        iov.addn(data)
    else:
        iov.add(data)
    return iov


def message(data: bytes | int) -> Any:
    mh = netsocket.msghdr.new()
    mh.iov(iovec(data))
    return mh


def send_file(s: Any) -> Any:
    with Path(__file__).open("rb") as file:
        return s.sendfile(file, 100)


def send_file_all(s: Any) -> Any:
    with Path(__file__).open("rb") as file:
        return s.sendfileall(file)


CALLS: dict[str, tuple[Make, Call]] = {
    "recv": (pair, lambda s: s.recv()),
    "recv of much": (pair, lambda s: s.recv(1 << 20)),
    "recv of a datagram": (udp, lambda s: s.recv()),
    "read": (pair, lambda s: s.read()),
    "recvfrom": (udp, lambda s: s.recvfrom()),
    "recvmany": (udp, lambda s: s.recvmany()),
    "recvfd": (pair, lambda s: s.recvfd()),
    "recvfds": (pair, lambda s: s.recvfds()),
    "recvmsg": (pair, lambda s: s.recvmsg(message(10))),
    "recv_into": (pair, lambda s: s.recv_into(bytearray(10))),
    "readv": (pair, lambda s: s.readv(iovec(10))),
    "iov.readv": (pair, lambda s: iovec(10).readv(s)),
    "accept": (listener, lambda s: s.accept()),
    "accept with an address": (listener, lambda s: s.accept(True)),
    "acceptfd": (listener, lambda s: s.acceptfd()),
    "send": (full, lambda s: s.send(b"x")),
    "send of much": (full, lambda s: s.send(b"x" * (1 << 20))),
    "send of an array": (full, lambda s: s.send(array.array("b", b"x"))),
    "write": (full, lambda s: s.write(b"x")),
    "send of a datagram": (full_receiver, lambda s: s.send(b"x")),
    "sendto": (full_receiver, lambda s: s.sendto(b"x", s.getpeername())),
    "sendmany": (full_receiver, lambda s: s.sendmany([b"x"], s.getpeername())),
    "sendfd": (full, lambda s: s.sendfd(0)),
    "sendfds": (full, lambda s: s.sendfds([0, 0], b"x")),
    "sendmsg": (full, lambda s: s.sendmsg(message(b"x"))),
    "writev": (full, lambda s: s.writev(iovec(b"x"))),
    "sendfile": (full, send_file),
    "iov.writev": (full, lambda s: iovec(b"x").writev(s)),
    # These have a time of their own, and take the socket's without it.
    "sendall": (full, lambda s: s.sendall(b"x")),
    "sendfileall": (full, send_file_all),
    "recvall": (pair, lambda s: s.recvall(3)),
    "recvline": (pair, lambda s: s.recvline()),
    "acceptwait": (listener, lambda s: s.acceptwait()),
    "a reader's line": (pair, lambda s: s.reader().line()),
    "a reader's lines": (pair, lambda s: next(s.reader().lines())),
    "a reader's read": (pair, lambda s: s.reader().read(3)),
    "a reader's readexactly": (pair, lambda s: s.reader().readexactly(3)),
    "a reader's readuntil": (pair, lambda s: s.reader().readuntil(b"-")),
    "a reader's readline": (pair, lambda s: s.reader().readline()),
    "a reader's readall": (pair, lambda s: s.reader().readall(3)),
    "a reader's peek": (pair, lambda s: s.reader().peek(3)),
    "a reader's iteration": (pair, lambda s: next(iter(s.reader()))),
}


@pytest.mark.parametrize("blocking", [False, True], ids=["non-blocking", "blocking"])
@pytest.mark.parametrize("name", CALLS)
def test_time_is_up(peers: Peers, name: str, blocking: bool) -> None:
    """Also on a blocking socket, whose own times do not count."""
    make, call = CALLS[name]
    ours, theirs = make(peers)
    with ours, theirs:
        ours.nonblock(not blocking)
        ours.rcvtimeo(20)
        ours.sndtimeo(20)
        ours.timeout(0.02)
        start = time.monotonic()
        with pytest.raises(TimeoutError) as caught:
            call(ours)
        error: Any = caught.value
        assert error.timeout is True
        assert 0.02 <= time.monotonic() - start < 0.02 + LATE


@pytest.mark.parametrize("name", CALLS)
def test_close_wakes(peers: Peers, name: str) -> None:
    """Another thread closes the socket that a call waits for."""
    make, call = CALLS[name]
    ours, theirs = make(peers)
    with theirs:
        ours.timeout(math.inf)
        inside = Inside(lambda: call(ours))
        start = time.monotonic()
        ours.close()
        inside.join()
        assert isinstance(inside.error, OSError), inside.value
        assert inside.error.errno == errno.EBADF
        assert inside.ended - start < WAKE


@pytest.mark.parametrize("blocking", [False, True], ids=["non-blocking", "blocking"])
@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_UNIX])
def test_connect(peers: Peers, family: int, blocking: bool) -> None:
    """The time is up; it may be called again, and close wakes it."""
    hole = peers.black_hole(family)
    ai = (
        netsocket.addrinfo.unix(hole)
        if family == socket.AF_UNIX
        else netsocket.addrinfo.inet(*hole)
    )
    made = netsocket.new(family, socket.SOCK_STREAM, 0, not blocking)
    made.timeout(0.02)
    for _ in range(2):
        start = time.monotonic()
        with pytest.raises(TimeoutError) as caught:
            made.connect(ai)
        error: Any = caught.value
        assert error.timeout is True
        assert error.filename is not None
        assert 0.02 <= time.monotonic() - start < 0.02 + LATE
    made.timeout(math.inf)
    inside = Inside(lambda: made.connect(ai))
    start = time.monotonic()
    made.close()
    inside.join()
    assert inside.error.errno == errno.EBADF
    assert inside.ended - start < WAKE


def test_a_thread_waits_while_others_run() -> None:
    """Without the GIL; what was sent is received by the call that waits."""
    a, b = netsocket.pair_stream()
    with a, b:
        a.timeout(math.inf)
        inside = Inside(a.recv)
        assert b.send(b"here") == 4
        inside.join()
        assert inside.value == b"here"


def test_a_call_keeps_its_time() -> None:
    """A timeout that another thread sets is the next call's."""
    a, b = netsocket.pair_stream()
    with a, b:
        a.timeout(math.inf)
        inside = Inside(a.recv)
        assert a.timeout(0.001) == math.inf
        b.send(b"x")
        inside.join()
        assert inside.value == b"x"
        with pytest.raises(TimeoutError):
            a.recv()


# -------------------------------------------------------- a blocking send takes all of it


@pytest.mark.parametrize("size", [60_000, 4 << 20], ids=["short", "long"])
@pytest.mark.parametrize("pending", [False, True], ids=["none", "bytes pending"])
@pytest.mark.parametrize(
    "call",
    [
        lambda s, data: s.send(data),
        lambda s, data: s.writev(iovec(data)),
        lambda s, data: s.sendmsg(message(data)),
        lambda s, data: iovec(data).writev(s),
    ],
    ids=["send", "writev", "sendmsg", "iov.writev"],
)
def test_a_blocking_send_takes_all(call: Any, pending: bool, size: int) -> None:
    """Where there is room for a part only, and whatever the socket has pending."""
    a, b = netsocket.pair_stream()
    with a, b:
        if pending:
            b.send(b"line\nrest")
            assert a.reader().line() == b"line"
            assert a.pending() == 4
        a.sndbuf(8192)
        a.nonblock(False)
        data = bytes(size)
        inside = Inside(lambda: call(a, data))
        assert b.recvall(size, 60) == data
        inside.join()
        assert inside.value == size


def test_a_timed_send_may_take_a_part() -> None:
    a, b = netsocket.pair_stream()
    with a, b:
        a.nonblock(False)
        a.timeout(60)
        sent = a.send(bytes(64 << 20))
        assert 0 < sent < 64 << 20


class Counted:
    """Tells its descriptor, and how many times it was asked for it."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.asked = 0

    def fileno(self) -> int:
        self.asked += 1
        return self.fd


@pytest.mark.parametrize("name, result", [("sendfile", 9), ("sendfd", 0)])
def test_arguments_are_read_once(name: str, result: int, tmp_path: Path) -> None:
    """However many times the call is tried until there is room."""
    (tmp_path / "sent").write_bytes(b"x" * 9)
    a, b = netsocket.pair_stream()
    with a, b, open(tmp_path / "sent", "rb") as file:
        with suppress(BlockingIOError):
            while True:
                a.send(b"y" * 65536)
        a.timeout(PATIENCE)
        counted = Counted(file.fileno())
        args = (counted, 9) if name == "sendfile" else (counted,)
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(getattr(a, name), *args)
            while not sending.done():
                with suppress(BlockingIOError):
                    b.recv(1 << 20)
        assert sending.result() == result
        assert counted.asked == 1

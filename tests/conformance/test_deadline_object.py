"""Deadline objects: one point of time for many calls, in place of seconds."""

from __future__ import annotations

import math
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.fronts.front import Front, Handle
from support.fronts.manifest import rows
from support.fronts.outcome import Outcome
from support.machine_lag import LATE
from support.net.peers import Peers, fill, port_of

pytestmark = pytest.mark.measures

covers = pytest.mark.covers

SHORT = 0.2
PLENTY = 30.0  # far above what any call needs here

TIMES = ("sec", "conndeadl")
# Their `sec` is a length of time for each call, or makes the object.
LENGTHS = ("SOCKET.timeout", "PY_SOCKET.settimeout", "MODULE.deadline")

# Each call that takes a time: what it is called on, its arguments before that time, and
# whether it waits as things are.
Call = tuple[Any, tuple[Any, ...]]
Make = Callable[[Front, Peers, Path, bool], Call]


def _pair(net: Front, peers: Peers, folder: Path, waits: bool) -> Call:
    ours, theirs = peers.stream(net)
    if not waits:
        theirs.sendall(b"a line\n")
    return ours, ()


def _receive(*args: Any) -> Make:
    def make(net: Front, peers: Peers, folder: Path, waits: bool) -> Call:
        return _pair(net, peers, folder, waits)[0], args

    return make


def _read(*args: Any) -> Make:
    def make(net: Front, peers: Peers, folder: Path, waits: bool) -> Call:
        return _pair(net, peers, folder, waits)[0].reader().value, args

    return make


def _readall(net: Front, peers: Peers, folder: Path, waits: bool) -> Call:
    ours, theirs = peers.stream(net)
    if not waits:
        theirs.close()
    return ours.reader().value, (100,)


def _send(net: Front, peers: Peers, folder: Path, waits: bool) -> Call:
    ours, _theirs = net.pair_stream().all
    if waits:
        fill(ours)
    return ours, ()


def _sendall(net: Front, peers: Peers, folder: Path, waits: bool) -> Call:
    return _send(net, peers, folder, waits)[0], (b"data",)


def _sendfileall(net: Front, peers: Peers, folder: Path, waits: bool) -> Call:
    path = folder / "sent"
    path.write_bytes(b"data")
    return _send(net, peers, folder, waits)[0], (net.open_file(path), None, 0)


def _acceptwait(net: Front, peers: Peers, folder: Path, waits: bool) -> Call:
    listener = net.bind_inet_stream("127.0.0.1", 0).value
    listener.listen()
    if not waits:
        port = listener.getsockname().value.port().value
        peers.own(socket.create_connection(("127.0.0.1", port)))
    return listener, ()


def _select(net: Front, peers: Peers, folder: Path, waits: bool) -> Call:
    return net, ([_pair(net, peers, folder, waits)[0]], [])


def _port(peers: Peers, waits: bool, family: int, at: tuple[str, int]) -> int:
    if waits:
        port: int = peers.black_hole(family, at=at)[1]
        return port
    return port_of(peers.listener(family, at=at))


def _connect_to(family: int, host: str) -> Make:
    def make(net: Front, peers: Peers, folder: Path, waits: bool) -> Call:
        return net, (host, _port(peers, waits, family, (host, 0)))

    return make


def _connect(net: Front, peers: Peers, folder: Path, waits: bool) -> Call:
    port = _port(peers, waits, socket.AF_INET, ("127.0.0.1", 0))
    return net, (net.addrinfo.new_inet_stream("127.0.0.1", port).value,)


def _connect_unix(net: Front, peers: Peers, folder: Path, waits: bool) -> Call:
    if waits:
        return net, (peers.black_hole(socket.AF_UNIX),)
    return net, (peers.listener(socket.AF_UNIX).getsockname(),)


CALLS: dict[str, Make] = {
    "MODULE.connect": _connect,
    "MODULE.connect_inet_stream": _connect_to(socket.AF_INET, "127.0.0.1"),
    "MODULE.connect_inet6_stream": _connect_to(socket.AF_INET6, "::1"),
    "MODULE.connect_stream": _connect_to(socket.AF_INET, "127.0.0.1"),
    "MODULE.connect_unix_stream": _connect_unix,
    "MODULE.select": _select,
    "SOCKET.recvable": _receive(),
    "SOCKET.sendable": _send,
    "SOCKET.sendall": _sendall,
    "SOCKET.sendfileall": _sendfileall,
    "SOCKET.recvall": _receive(3),
    "SOCKET.recvline": _receive(100),
    "SOCKET.acceptwait": _acceptwait,
    "READER.read": _read(3),
    "READER.readexactly": _read(3),
    "READER.readuntil": _read(b"line"),
    "READER.readline": _read(),
    "READER.line": _read(),
    "READER.readall": _readall,
    "READER.peek": _read(3),
}
# Their time is the resolver's alone: test_connect_dgram.py gives them a deadline.
RESOLVE_ONLY = {f"MODULE.connect{family}_dgram" for family in ("", "_inet", "_inet6")}
each = pytest.mark.parametrize("row", CALLS)


def perform(call: Call, row: str, deadline: Handle) -> Outcome:
    on, args = call
    outcome: Outcome = on.call(row.split(".")[1], *args, deadline)
    return outcome


def is_late(outcome: Outcome) -> bool:
    """A select that finds nothing in time has two empty lists."""
    return outcome.kind == "timeout" or outcome.values == ([], [])


def test_every_time_is_here() -> None:
    takes = {row.id for row in rows() if any(param.name in TIMES for param in row.params)}
    elsewhere = {"READER.lines", "LUA_POLLSET.wait"}  # tests/lua/test_pollset.py
    assert takes - set(LENGTHS) == {*CALLS, *RESOLVE_ONLY, *elsewhere}


# ------------------------------------------------------------------ the object


@covers("MODULE.deadline", "success")
@covers("DEADLINE.left", "success")
@pytest.mark.parametrize("sec", [0, 0.25, 5, 1e6])
def test_left(net: Front, sec: float) -> None:
    """It counts down from what was asked for."""
    before = time.monotonic()
    deadline = net.deadline(sec).value
    left = deadline.left().value
    gone = time.monotonic() - before
    assert max(0.0, sec - gone) <= left <= sec
    assert deadline.left().value <= left


@pytest.mark.parametrize("sec", [math.inf, 1e300])
def test_without_limit(net: Front, sec: float) -> None:
    assert net.deadline(sec).value.left().value == math.inf


def test_none_is_left(net: Front) -> None:
    deadline = net.deadline(1e-9).value
    while deadline.left().value > 0:
        pass
    assert deadline.left().value == 0


def test_a_copy(net: Front) -> None:
    """A deadline of a deadline is the same point of time."""
    first = net.deadline(PLENTY).value
    copy = net.deadline(first).value
    earlier, between, later = (one.left().value for one in (first, copy, first))
    assert earlier >= between >= later


@covers("MODULE.deadline", "error")
@pytest.mark.parametrize("sec", [-1, -1e-9, math.nan, -math.inf])
def test_h039_no_time(net: Front, sec: float) -> None:
    net.deadline(sec).fails("EINVAL", op="deadline", text="sec")


@pytest.mark.parametrize("sec", [math.inf, 0])
def test_text(net: Front, sec: float) -> None:
    text = net.deadline(sec).value.text()
    assert "eadline: " in text and text.rstrip(">").endswith("s left")


def test_not_as_a_timeout(net: Front) -> None:
    """A timeout is a length of time."""
    ours, _ = net.pair_stream().all
    assert ours.timeout(net.deadline(1).value).kind == "raised"
    assert ours.timeout().value == 0


# ------------------------------------------------------------------- the calls


@each
@pytest.mark.parametrize("sec", [PLENTY, math.inf])
def test_at_once(net: Front, peers: Peers, tmp_path: Path, row: str, sec: float) -> None:
    call = CALLS[row](net, peers, tmp_path, False)
    outcome = perform(call, row, net.deadline(sec).value)
    assert outcome.kind in ("value", "end") and not is_late(outcome), outcome


@each
def test_time_up(net: Front, peers: Peers, tmp_path: Path, row: str) -> None:
    """At its point of time, neither before nor much later, with the maker's figure."""
    call = CALLS[row](net, peers, tmp_path, True)
    start = time.monotonic()
    deadline = net.deadline(SHORT).value
    outcome = perform(call, row, deadline)
    took = time.monotonic() - start
    assert is_late(outcome), outcome
    assert deadline.left().value == 0
    assert SHORT <= took < SHORT + LATE
    if outcome.error is not None:
        assert outcome.error.message.endswith(" within 0.2 s")


@each
def test_already_passed(net: Front, peers: Peers, tmp_path: Path, row: str) -> None:
    """What has passed leaves one attempt, as 0 does."""
    call = CALLS[row](net, peers, tmp_path, True)
    assert is_late(perform(call, row, net.deadline(0).value))


@pytest.mark.parametrize("row", [row for row in CALLS if "connect" not in row])
def test_one_attempt_is_enough(
    net: Front, peers: Peers, tmp_path: Path, row: str
) -> None:
    call = CALLS[row](net, peers, tmp_path, False)
    on, args = call
    if row not in ("SOCKET.sendable", "SOCKET.sendall", "SOCKET.sendfileall"):
        watched = args[0][0] if row == "MODULE.select" else on
        if row.startswith("READER"):
            assert on.call("peek", 1, PLENTY).kind in ("value", "end")
        else:
            assert watched.recvable(PLENTY).value is True
    outcome = perform(call, row, net.deadline(0).value)
    assert outcome.kind in ("value", "end") and not is_late(outcome), outcome


def test_after_a_wait(net: Front, peers: Peers) -> None:
    ours, theirs = peers.stream(net)
    reader = ours.reader().value
    deadline = net.deadline(PLENTY).value
    for on, method, args in ((ours, "recvall", (4,)), (reader, "readexactly", (4,))):
        pending = on.start(method, *args, deadline)
        assert not pending.done()
        theirs.sendall(b"data")
        assert pending.result().value == b"data"
    assert 0 < deadline.left().value < PLENTY


def test_closed_meanwhile(net: Front) -> None:
    """A closed socket is EBADF, whatever is left."""
    ours, _ = net.pair_stream().all
    ours.close()
    for sec in (PLENTY, 0):
        ours.recvall(1, net.deadline(sec).value).fails("EBADF")
        ours.recvable(net.deadline(sec).value).fails("EBADF")


def test_shared(net: Front, peers: Peers) -> None:
    """All calls together have the one time, on any socket, and the last says so."""
    ours, theirs = peers.stream(net)
    other, _ = net.pair_stream().all
    reader = ours.reader().value
    theirs.sendall(b"one\ntwo\n")
    start = time.monotonic()
    deadline = net.deadline(SHORT).value
    late = [
        reader.readexactly(100, deadline),
        ours.recvall(100, deadline),
        other.recvline(None, deadline),
        ours.acceptwait(deadline),
    ]
    took = time.monotonic() - start
    assert [outcome.kind for outcome in late] == ["timeout"] * 3 + ["error"]
    assert SHORT <= took < SHORT + LATE
    for outcome in late[:3]:
        assert outcome.timeout is not None
        assert outcome.timeout.message == "not done within 0.2 s"
    assert reader.line(deadline).value == b"one"
    assert reader.line(deadline).value == b"two"


def test_over_the_sockets_own_time(net: Front, peers: Peers) -> None:
    """Given, it counts; the socket's timeout does not."""
    ours, theirs = peers.stream(net)
    assert ours.timeout(1e-9).value == 0
    pending = ours.start("recvall", 4, net.deadline(PLENTY).value)
    theirs.sendall(b"data")
    assert pending.result().value == b"data"

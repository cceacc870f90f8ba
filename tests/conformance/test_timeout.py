"""A time for every call: sock:timeout, and what it makes of the plain calls."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest

from support.fronts import process
from support.fronts.front import Front
from support.fronts.manifest import rows
from support.fronts.outcome import Outcome
from support.machine_lag import LATE, measured
from support.net.peers import Peers, fill

from .blocked import NEEDS, TAKES_FLAGS, Make, other_end
from .parts import iovec

covers = pytest.mark.covers

SHORT, LONG = 0.1, 50
LARGE = bytes(1 << 20)  # more than a buffer holds


def late(name: str) -> list[pytest.MarkDecorator]:
    """The claims of a method; it has two rows where the languages' parameters differ."""
    return [
        covers(row.id, "timeout")
        for row in rows()
        if row.chapter == "SOCKET" and row.name == name
    ]


PLAIN = pytest.mark.parametrize("name", NEEDS)
LATE_PLAIN = pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=late(name)) for name in NEEDS],
)


# ------------------------------------------------------------------- the table


def test_the_table_is_whole() -> None:
    """What says again waits, and nothing else does."""
    again = {
        row.name for row in rows() if row.chapter == "SOCKET" and "again" in row.outcomes
    }
    assert set(NEEDS) == again
    for row in rows():
        if row.chapter == "SOCKET" and row.name in NEEDS:
            assert "timeout" in row.outcomes, row.id


# ---------------------------------------------------------------- the property


@covers("SOCKET.timeout", "success")
def test_reads_and_sets(net: Front) -> None:
    """What it was comes back; nothing given changes nothing."""
    sock = net.new_inet_stream().value
    steps = [(0.25, 0), (3, 0.25), (math.inf, 3), (1e300, math.inf), (0, 1e300), (0, 0)]
    for sec, before in steps:
        for args in ((), (None,)):
            assert sock.timeout(*args).value == before
        assert sock.timeout(sec).value == before
        assert sock.timeout().value == sec


@covers("SOCKET.timeout", "error")
@pytest.mark.parametrize("sec", [-1, -1e-9, -math.inf, math.nan])
def test_no_time(net: Front, sec: float) -> None:
    sock = net.new_inet_stream().value
    sock.timeout(2)
    sock.timeout(sec).fails("EINVAL", op="timeout")
    assert sock.timeout().value == 2


@pytest.mark.parametrize("args", [(), (1,)])
def test_closed(net: Front, args: tuple[Any, ...]) -> None:
    sock = net.new_inet_stream().value
    sock.timeout(2)
    sock.close()
    sock.timeout(*args).fails("EBADF", op="timeout")


def test_who_has_it(net: Front, peers: Peers) -> None:
    """An accepted socket starts anew, a duplicate has a copy, a number has none."""
    listener = net.bind_inet_stream("127.0.0.1", 0).value
    listener.listen()
    listener.timeout(LONG)
    peers.open().connect(("127.0.0.1", listener.getsockname().value.port().value))
    assert listener.accept().value.timeout().value == 0
    twin = listener.dup().value
    assert twin.timeout(1).value == LONG
    assert listener.timeout().value == LONG
    number = twin.unwrap().value
    again = net.wrap(number).value
    assert again.timeout().value == 0
    assert again.accept().is_again()


def test_it_stays_when_bytes_come_and_go(net: Front) -> None:
    """With what a socket carries beside: pending bytes, a path to remove."""
    a, b = net.pair_stream().all
    a.timeout(7)
    b.send(b"some bytes")
    assert a.recvall(100, SHORT).timeout is not None
    assert a.pending().value == 10
    assert a.recv(100).value == b"some bytes"
    assert a.timeout().value == 7


# ------------------------------------------------------------------ each call


@covers("IOVEC.readv", "timeout")
def test_an_iovec_receives_by_the_sockets_time(net: Front, peers: Peers) -> None:
    a, b = net.pair_stream().all
    theirs = other_end(net, peers, b)
    into = iovec(net, 4)
    a.timeout(SHORT)
    late = into.readv(a).timeout
    assert late is not None and late.op == "readv"
    a.timeout(LONG)
    pending = into.start("readv", a)
    theirs.send(b"data")
    assert pending.result().value == 4
    assert into.get(1).value == b"data"


@covers("IOVEC.writev", "timeout")
def test_an_iovec_sends_by_the_sockets_time(net: Front, peers: Peers) -> None:
    a, b = net.pair_stream().all
    theirs = other_end(net, peers, b)
    left = fill(a) + 4
    a.timeout(SHORT)
    late = iovec(net, b"data").writev(a).timeout
    assert late is not None and late.op == "writev"
    a.timeout(LONG)
    pending = iovec(net, b"data").start("writev", a)
    while left > 0:
        last = theirs.recv(1 << 16)
        left -= len(last)
    assert pending.result().value == 4
    assert last.endswith(b"data")


@PLAIN
def test_never(make: Make, name: str) -> None:
    """Without a timeout it says again, also after one was taken back."""
    case = make(name)
    assert case.call().is_again()
    case.sock.timeout(LONG)
    case.sock.timeout(0)
    assert case.call().is_again()
    case.ready()
    assert case.right(case.call())


@PLAIN
@pytest.mark.parametrize("sec", [LONG, math.inf, 1e-9])
def test_at_once(make: Make, name: str, sec: float) -> None:
    case = make(name)
    case.sock.timeout(sec)
    case.ready()
    assert case.right(case.call())


@PLAIN
@pytest.mark.parametrize("sec", [LONG, math.inf])
@pytest.mark.parametrize("nonblock", [True, False])
def test_waits(make: Make, name: str, sec: float, nonblock: bool) -> None:
    case = make(name)
    case.sock.nonblock(nonblock)
    case.sock.timeout(sec)
    pending = case.start()
    assert not pending.done()
    case.ready()
    assert case.right(pending.result())


@pytest.mark.measures
@LATE_PLAIN
@pytest.mark.parametrize("nonblock", [True, False])
def test_time_up(make: Make, name: str, nonblock: bool) -> None:
    """Nothing has moved: the call may be made again, with the whole time."""
    case = make(name)
    case.sock.nonblock(nonblock)
    case.sock.timeout(SHORT)
    for _ in range(2):
        with measured() as watch:
            error = case.call().timeout
        assert SHORT <= watch.took < SHORT + LATE
        assert error is not None
        assert (error.name, error.message) == ("ETIMEDOUT", "not done within 0.1 s")
    assert case.sock.nonblock().value is nonblock
    case.sock.timeout(LONG)
    case.ready()
    assert case.right(case.call())


@pytest.mark.measures
@PLAIN
def test_does_not_spin(net: Front, make: Make, name: str) -> None:
    case = make(name)
    case.sock.timeout(0.4)
    before = process.cpu_seconds(net.pid)
    assert case.call().kind == "timeout"
    assert process.cpu_seconds(net.pid) - before < 0.2


@pytest.mark.measures
@pytest.mark.parametrize("name", sorted(TAKES_FLAGS))
def test_h041_not_with_dontwait(net: Front, make: Make, name: str) -> None:
    case = make(name)
    case.sock.timeout(LONG)
    with measured() as watch:
        more = (None,) if name == "sendfd" else (10,) if name == "recv_into" else ()
        assert case.call(*more, net.const("MSG_DONTWAIT")).is_again()
    assert watch.took < LATE


@pytest.mark.measures
@pytest.mark.parametrize("flag", ["MSG_ERRQUEUE", "MSG_OOB"])
@pytest.mark.parametrize("name", ["recv", "recvfrom"])
def test_not_for_what_no_wait_brings(
    net: Front, peers: Peers, name: str, flag: str
) -> None:
    ours, _ = peers.stream(net)
    ours.timeout(LONG)
    with measured() as watch:
        outcome = ours.call(name, 10, net.const(flag))
    assert outcome.kind == "again" or outcome.failure.name == "EINVAL"
    assert watch.took < LATE


# ----------------------------------------------- calls with a time of their own


def nothing(outcome: Outcome) -> bool:
    return outcome.kind == "timeout"


@pytest.mark.measures
@pytest.mark.parametrize("args", [(), (None,)])
@pytest.mark.parametrize("name", ["recvall", "recvline", "acceptwait", "sendall"])
def test_left_out_it_is_the_sockets(
    net: Front, name: str, args: tuple[None, ...]
) -> None:
    sock, _ = net.pair_stream().all
    if name == "acceptwait":
        sock = net.bind_inet_stream("127.0.0.1", 0).value
        sock.listen()
    before = {"recvall": (1,), "recvline": (9,), "sendall": (LARGE,)}
    sock.timeout(SHORT)
    with measured() as watch:
        error = sock.call(name, *before.get(name, ()), *args).timeout
    assert SHORT <= watch.took < SHORT + LATE
    assert error is not None
    assert error.message.endswith("within 0.1 s")
    sock.timeout(LONG)
    with measured() as watch:
        assert nothing(sock.call(name, *before.get(name, ()), SHORT))
    assert watch.took < SHORT + LATE


@pytest.mark.measures
@pytest.mark.parametrize("args", [(), (None,)])
def test_a_reader_has_the_sockets_time(net: Front, args: tuple[None, ...]) -> None:
    sock, _ = net.pair_stream().all
    reader = sock.reader().value
    sock.timeout(SHORT)
    calls: dict[str, tuple[Any, ...]] = {
        "read": (1,),
        "readexactly": (1,),
        "readuntil": (b";",),
        "readline": (),
        "line": (),
        "readall": (9,),
        "peek": (1,),
    }
    for name, before in calls.items():
        with measured() as watch:
            assert nothing(reader.call(name, *before, *args))
        assert SHORT <= watch.took < SHORT + LATE


@pytest.mark.measures
@pytest.mark.parametrize("args", [(), (None,), (0,)])
def test_recvable_and_sendable_only_ask(net: Front, args: tuple[Any, ...]) -> None:
    sock, _ = net.pair_stream().all
    fill(sock)
    sock.timeout(LONG)
    start = time.monotonic()
    assert nothing(sock.recvable(*args))
    assert nothing(sock.sendable(*args))
    assert time.monotonic() - start < LATE

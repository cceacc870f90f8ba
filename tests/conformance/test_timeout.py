"""A time for every call: sock:timeout, and what it makes of the plain calls."""

from __future__ import annotations

import math
import socket
import time
from pathlib import Path
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
UNIX = socket.AF_UNIX


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


# --------------------------------------------------------------- their details


def test_a_send_may_take_a_part(net: Front, peers: Peers) -> None:
    """One transfer: what has moved some bytes does not wait for the rest."""
    ours, theirs = peers.stream(net, UNIX)
    ours.timeout(LONG)
    first = ours.send(LARGE).value
    assert 0 < first < len(LARGE)
    pending = ours.start("send", LARGE)
    assert len(theirs.recv(first)) > 0
    second = pending.result().value
    assert 0 < second < len(LARGE)


def test_the_end_is_no_wait(net: Front) -> None:
    a, b = net.pair_stream().all
    a.timeout(LONG)
    b.close()
    assert a.recv().is_end()
    assert a.recvfd().is_end()


def test_the_end_while_it_waits(net: Front, peers: Peers) -> None:
    ours, theirs = peers.stream(net)
    ours.timeout(LONG)
    pending = ours.start("recv", 10)
    assert not pending.done()
    theirs.close()
    assert pending.result().is_end()


def test_with_the_address(net: Front, peers: Peers) -> None:
    listener = net.bind_inet_stream("127.0.0.1", 0).value
    listener.listen()
    listener.timeout(LONG)
    port = listener.getsockname().value.port().value
    pending = listener.start("accept", True)
    theirs = peers.open()
    theirs.connect(("127.0.0.1", port))
    _, ai = pending.result().all
    assert ai.port().value == theirs.getsockname()[1]


def test_from_whom(net: Front, peers: Peers) -> None:
    ours = net.bind_inet_dgram("127.0.0.1", 0).value
    ours.timeout(LONG)
    theirs = peers.udp()
    port = ours.getsockname().value.port().value
    pending = ours.start("recvfrom", 10)
    theirs.sendto(b"", ("127.0.0.1", port))
    data, ai = pending.result().all
    assert data == b""
    assert ai.port().value == theirs.getsockname()[1]


@pytest.mark.measures
@pytest.mark.parametrize("nonblock", [True, False])
def test_connect_goes_on(net: Front, peers: Peers, nonblock: bool) -> None:
    """When the time is up it stays in progress, and the next call completes it."""
    listener = peers.listener(backlog=0)
    host, port = listener.getsockname()
    first = peers.open()
    first.connect((host, port))
    ours = net.new_inet_stream().value
    ours.nonblock(nonblock)
    ours.timeout(SHORT)
    ai = net.addrinfo.new_inet_stream(host, port).value
    for _ in range(2):
        with measured() as watch:
            error = ours.connect(ai).timeout
        assert error is not None
        assert (error.name, error.op) == ("ETIMEDOUT", "connect")
        assert error.addr == f"{host}:{port}"
        assert SHORT <= watch.took < SHORT + LATE
    peers.accept(listener)
    ours.timeout(LONG)  # the kernel asks again after 1, 2, 4, 8 seconds
    assert ours.connect(ai).value is True
    assert ours.getpeername().value.port().value == port


def test_connect_in_one_call(net: Front, peers: Peers) -> None:
    listener = peers.listener()
    ours = net.new_inet_stream().value
    ours.timeout(LONG)
    host, port = listener.getsockname()
    assert ours.connect(net.addrinfo.new_inet_stream(host, port).value).value is True
    peers.accept(listener).sendall(b"there")
    assert ours.recv(10).value == b"there"


@pytest.mark.parametrize("nonblock", [True, False])
def test_connect_refused(net: Front, peers: Peers, nonblock: bool) -> None:
    ours = net.new_inet_stream().value
    ours.nonblock(nonblock)
    ours.timeout(LONG)
    ai = net.addrinfo.new_inet_stream("127.0.0.1", peers.refused_port()).value
    ours.connect(ai).fails("ECONNREFUSED", op="connect")


def test_a_file_is_flushed(net: Front, peers: Peers, tmp_path: Path) -> None:
    """What the file has not written yet is a part of it, also where the call waits."""
    ours, theirs = net.pair_stream().all
    own = other_end(net, peers, theirs)
    path = tmp_path / "sent"
    path.write_bytes(b"")
    file = net.open_file(path, "r+b", b"unwritten")
    left = fill(ours)
    ours.timeout(LONG)
    pending = ours.start("sendfile", file, 9)
    while left:
        left -= len(own.recv(left))
    assert pending.result().value == 9
    assert own.recv(20) == b"unwritten"


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

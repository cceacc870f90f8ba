"""Deadlines: of the whole of a connect, and of recvable and sendable."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from support.fronts import process
from support.fronts.front import Front
from support.fronts.outcome import Outcome
from support.machine_lag import LATE, in_time, succeeded, tried
from support.net.nameserver import A, name_server
from support.net.peers import Peers, fill, port_of

pytestmark = pytest.mark.measures

covers = pytest.mark.covers

INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX
SHORT = 0.2


@contextmanager
def within(least: float, most: float) -> Iterator[None]:
    """What runs inside takes this long: never less, and not much more."""
    start = time.monotonic()
    yield
    took = time.monotonic() - start
    assert took >= least, f"{least} s were asked for, it took {took}"
    assert took < most, f"{most} s are far too long, it took {took}"


def silent(net: Front, peers: Peers, form: str, deadline: float) -> Callable[[], Outcome]:
    """A connect to an address that never answers."""
    if form == "connect_unix_stream":
        path = peers.black_hole(UNIX)
        return lambda: net.connect_unix_stream(path, deadline)
    if form == "connect_inet6_stream":
        port = peers.black_hole(INET6)[1]
        return lambda: net.connect_inet6_stream("::1", port, deadline)
    port = peers.black_hole()[1]
    if form == "connect":
        ai = net.addrinfo.new_inet_stream("127.0.0.1", port).value
        return lambda: net.connect(ai, deadline)
    return lambda: net.call(form, "127.0.0.1", port, deadline)


FORMS = [
    pytest.param(form, marks=covers(f"MODULE.{form}", "timeout"))
    for form in (
        "connect",
        "connect_inet_stream",
        "connect_inet6_stream",
        "connect_stream",
        "connect_unix_stream",
    )
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.level("strict")
def test_h034_black_hole(net: Front, peers: Peers, form: str) -> None:
    """At its deadline, not before, with the time in words and nothing left open."""
    call = silent(net, peers, form, SHORT)
    with net.no_new_descriptors(), within(SHORT, SHORT + LATE):
        error = call().timeout
    assert error is not None
    assert (error.name, error.code, error.op) == ("ETIMEDOUT", 110, "connect")
    assert error.message == "no answer within 0.2 s"


FIGURES = [(0, "0"), (0.01, "0.01"), (0.0123456, "0.0123456"), (1e-9, "1e-09")]


@pytest.mark.parametrize("sec, figure", FIGURES)
def test_h034_words_have_the_callers_figure(
    net: Front, peers: Peers, sec: float, figure: str
) -> None:
    """What was asked for, however long it took; the same in every call."""
    listener = net.bind_inet_stream("127.0.0.1", 0).value
    listener.listen()
    a, b = net.pair_stream().all
    host, port = peers.black_hole()
    calls = [
        (net.connect_inet_stream(host, port, sec), "no answer"),
        (listener.acceptwait(sec), "no connection"),
        (b.recvall(1, sec), "not done"),
        (b.recvline(10, sec), "not done"),
        (a.sendall(b"x" * 4_000_000, sec), "not done"),
    ]
    for outcome, what in calls:
        assert outcome.timeout is not None
        assert outcome.timeout.message == f"{what} within {figure} s"


@pytest.mark.parametrize("form", FORMS)
def test_h041_deadline_zero(net: Front, peers: Peers, form: str) -> None:
    """One attempt and one look, then the timeout."""
    call = silent(net, peers, form, 0)
    with net.no_new_descriptors(), within(0, LATE):
        assert call().kind == "timeout"


@pytest.mark.parametrize("form", FORMS)
def test_h040_tiny_deadline(net: Front, peers: Peers, form: str) -> None:
    """A billionth of a second is a deadline, not none."""
    call = silent(net, peers, form, 1e-9)
    with net.no_new_descriptors(), within(0, LATE):
        assert call().kind == "timeout"


def test_h041_deadline_zero_can_succeed(net: Front, peers: Peers) -> None:
    """A unix listener answers at once, so the one attempt is enough."""
    listener = peers.listener(UNIX)
    made = net.connect_unix_stream(listener.getsockname(), 0).value
    peers.accept(listener)
    assert made.getpeername().value.addr().value == listener.getsockname().encode()


def test_h041_deadline_zero_and_refusal(net: Front, peers: Peers) -> None:
    """An error that is already there is not hidden by the deadline."""
    path = peers.bound(UNIX, socket.SOCK_STREAM).getsockname()
    net.connect_unix_stream(path, 0).fails("ECONNREFUSED", op="connect", addr=path)


@pytest.mark.level("strict")
def test_h041_deadline_zero_and_name(in_netns: None, net: Front, peers: Peers) -> None:
    """A name that needs the resolver is a timeout at once."""
    listener = peers.listener()
    with net.no_new_descriptors(), within(0, LATE):
        outcome = net.connect_inet_stream("one", port_of(listener), 0)
    error = outcome.timeout
    assert error is not None and error.name == "ETIMEDOUT"


@pytest.mark.level("strict")
def test_h036_shares(in_netns: None, net: Front, peers: Peers) -> None:
    """A silent first address gets half of the time; the second is connected in time.

    connect_stream races instead: test_happy_eyeballs.py."""
    port = peers.black_hole(at=("127.0.0.1", 0))[1]
    listener = peers.listener(at=("127.0.0.2", port))
    before = len(net.descriptors())
    made = in_time(
        lambda sec: net.connect_inet_stream("two", port, sec), 0.6, succeeded
    ).value
    assert made.getpeername().value.addr().value == b"127.0.0.2"
    assert len(net.descriptors()) == before + 1
    peers.accept(listener)


@pytest.mark.level("strict")
def test_h036_two_silent_addresses(in_netns: None, net: Front, peers: Peers) -> None:
    """The deadline is the whole call's, not each address's."""
    port = peers.black_hole(at=("127.0.0.1", 0))[1]
    peers.black_hole(at=("127.0.0.2", port))
    with net.no_new_descriptors(), within(SHORT, SHORT + LATE):
        assert net.connect_inet_stream("two", port, SHORT).kind == "timeout"


@pytest.mark.level("strict")
def test_h035_silent_then_refused(in_netns: None, net: Front, peers: Peers) -> None:
    """The last address decides: it refused, in time."""
    port = peers.black_hole(at=("127.0.0.1", 0))[1]
    peers.bound(INET, socket.SOCK_STREAM, ("127.0.0.2", port))
    with net.no_new_descriptors():
        outcome = in_time(
            lambda sec: net.connect_inet_stream("two", port, sec), 0.4, tried(2)
        )
    outcome.fails("ECONNREFUSED", op="connect", addr=f"127.0.0.2:{port}")


def test_h025_hanging_resolver(in_netns: None, net: Front) -> None:
    """The name server never answers: the call ends in time all the same."""
    with name_server() as server:
        before = net.descriptors()
        with within(SHORT, SHORT + LATE):
            error = net.connect_inet_stream("slow.example", 80, SHORT).timeout
        assert error is not None
        assert (error.name, error.op) == ("ETIMEDOUT", "getaddrinfo")
        server.asked(A)
    left = {fd for fd, what in net.descriptors().items() if before.get(fd) != what}
    assert len(left) <= 1, "only the resolver's own socket may still be open"


@pytest.mark.parametrize("form", ["connect_inet_stream", "connect_stream"])
def test_h025_digits_start_no_thread(net: Front, peers: Peers, form: str) -> None:
    """A worker is for names, of hosts and of services, whatever the deadline."""
    number = peers.black_hole()[1]
    before = process.threads(net.pid)
    pending = net.start(form, "127.0.0.1", number, SHORT)
    seen: set[int] = set()
    while not pending.done():
        seen |= process.threads(net.pid) - before
    assert pending.result().kind == "timeout"
    own = 1 if net.language == "python" else 0  # the thread that the test calls from
    assert len(seen) <= own


@pytest.mark.parametrize("deadline", [None, 5])
@pytest.mark.parametrize("form", ["connect_inet_stream", "connect_stream"])
def test_h025_numeric_host_and_service(
    in_netns: None, net: Front, peers: Peers, form: str, deadline: float | None
) -> None:
    """Looked up in place or on a thread, it is the same connection."""
    listener = peers.listener(at=("127.0.0.1", socket.getservbyname("domain")))
    outcome = net.call(form, "127.0.0.1", "domain", deadline)
    assert outcome.value.getpeername().value.port().value == port_of(listener)


@pytest.mark.parametrize("form", ["connect_inet_stream", "connect_unix_stream"])
def test_waits_without_spinning(net: Front, peers: Peers, form: str) -> None:
    """Waiting costs no processor time; a full unix queue is the case that spins."""
    call = silent(net, peers, form, 0.5)
    before = process.cpu_seconds(net.pid)
    assert call().kind == "timeout"
    assert process.cpu_seconds(net.pid) - before < 0.2


@pytest.mark.level("strict")
def test_unix_queue_that_empties(net: Front, peers: Peers) -> None:
    """A full listener that accepts again lets the waiting connect in."""
    listener = peers.listener(UNIX, backlog=0)
    first = peers.open(UNIX)
    first.connect(listener.getsockname())
    pending = net.start("connect_unix_stream", listener.getsockname(), 10)
    assert not pending.done()
    peers.accept(listener)
    made = pending.result().value
    theirs = peers.accept(listener)
    theirs.sendall(b"in")
    assert made.recvable(5).value is True
    assert made.recv().value == b"in"


WAITS = [
    pytest.param("recvable", marks=covers("SOCKET.recvable", "timeout")),
    pytest.param("sendable", marks=covers("SOCKET.sendable", "timeout")),
]


def waiting(net: Front, method: str) -> tuple[Any, Any]:
    """A socket on which this method has to wait, and its peer."""
    a, b = net.pair_stream().all
    if method == "sendable":
        fill(a)
    return a, b


@pytest.mark.parametrize("exception", [(), (False,), (True,)])
@pytest.mark.parametrize("method", WAITS)
def test_h040_wait_times_out(net: Front, method: str, exception: tuple[Any, ...]) -> None:
    """false with the timeout mark, never early."""
    a, _ = waiting(net, method)
    with within(SHORT, SHORT + LATE):
        assert a.call(method, SHORT, *exception).kind == "timeout"


@pytest.mark.parametrize("sec", [(), (None,), (0,), (0.0,), (1e-9,)])
@pytest.mark.parametrize("method", WAITS)
@pytest.mark.level("strict")
def test_h041_wait_asks_once(net: Front, method: str, sec: tuple[Any, ...]) -> None:
    """0, and absent, asks without waiting."""
    a, _ = waiting(net, method)
    with within(0, LATE):
        assert a.call(method, *sec).kind == "timeout"


@covers("SOCKET.recvable", "success")
@pytest.mark.parametrize("sec", [(), (5,), (0.5,), (float("inf"),), (1e300,), (2**31,)])
@pytest.mark.parametrize("exception", [(), (True,)])
def test_recvable(net: Front, sec: tuple[Any, ...], exception: tuple[Any, ...]) -> None:
    a, b = net.pair_stream().all
    assert b.send(b"x").value == 1
    assert a.recvable(*(sec or (0,)), *exception).value is True
    assert a.recv().value == b"x"


@covers("SOCKET.sendable", "success")
@pytest.mark.parametrize("sec", [(), (5,), (float("inf"),), (1e300,)])
@pytest.mark.parametrize("exception", [(), (True,)])
def test_sendable(net: Front, sec: tuple[Any, ...], exception: tuple[Any, ...]) -> None:
    a, _ = net.pair_stream().all
    assert a.sendable(*(sec or (0,)), *exception).value is True


@pytest.mark.parametrize("sec", [5, float("inf"), 1e300])
def test_wait_is_woken(net: Front, peers: Peers, sec: float) -> None:
    """The wait ends with the peer's bytes, long before its time."""
    a, theirs = peers.stream(net)
    pending = a.start("recvable", sec)
    assert not pending.done()
    with within(0, 4):
        theirs.sendall(b"x")
        assert pending.result().value is True


@pytest.mark.parametrize("sec", [float("nan"), -1, -1e-9, float("-inf"), -1e300])
@pytest.mark.parametrize("method", ["recvable", "sendable"])
@pytest.mark.level("strict")
def test_h039_impossible_wait(net: Front, method: str, sec: float) -> None:
    a, _ = net.pair_stream().all
    a.call(method, sec).fails("EINVAL", op=method, text="sec")


@pytest.mark.parametrize("sec", [0, 5])
def test_h043_end_counts_as_ready(net: Front, sec: float) -> None:
    """The end of a stream is something to receive."""
    a, b = net.pair_stream().all
    b.close()
    assert a.recvable(sec).value is True
    assert a.recv().is_end()


@covers("SOCKET.sendable", "error")
@covers("SOCKET.recvable", "error")
@pytest.mark.parametrize("sec", [0, 5, float("inf")])
def test_h043_closed_object(net: Front, sec: float) -> None:
    """EBADF at once, however long it may take."""
    a, _ = net.pair_stream().all
    a.close()
    with within(0, LATE):
        a.recvable(sec).fails("EBADF")
        a.sendable(sec).fails("EBADF")


def test_urgent_data(net: Front, peers: Peers) -> None:
    """Out-of-band data counts only when asked for."""
    a, theirs = peers.stream(net)
    theirs.send(b"!", socket.MSG_OOB)
    assert a.recvable(5, True).value is True
    assert a.recvable(0, False).kind == "timeout"
    assert a.recv(1, socket.MSG_OOB).value == b"!"

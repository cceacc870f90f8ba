"""connect_stream asks for IPv6 and IPv4 apart (RFC 8305, section 3): whichever name
server is late or silent, the addresses of the other family are used.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
from collections.abc import Iterator

import pytest

from support.fronts import process
from support.fronts.front import Front, Pending
from support.machine_lag import LATE, QUIET, late, measured
from support.net.nameserver import (
    AAAA,
    NO_ERROR,
    NO_SUCH_NAME,
    SERVER_FAILURE,
    A,
    NameServer,
    name_server,
)
from support.net.peers import Peers, port_of, wait_until

from .test_happy_eyeballs import (
    HEAD_START,
    connecting,
    listening,
    settled,
    silent,
    won_by,
)

pytestmark = pytest.mark.measures

INET6 = socket.AF_INET6
V6, V4 = "::1", "127.0.0.1"
NAME = "dual.example"
DELAY = 0.05  # the RFC's Resolution Delay
SLACK = late(0.05)
AT_ONCE = late(DELAY)
TRIES = 50  # of what a busy machine may spoil
DEADLINES = [None, 5]


@pytest.fixture
def server(in_netns: None) -> Iterator[NameServer]:
    with name_server() as made:
        yield made


def begin(net: Front, server: NameServer, port: int, deadline: float | None) -> Pending:
    """The call under way, and both questions asked before either is answered."""
    pending = net.start("connect_stream", NAME, port, deadline)
    server.asked(AAAA, A)
    return pending


def resolving(net: Front) -> int:
    """How many sockets wait for the name server: one for each thread that asks."""
    own = set(process.descriptors(net.pid).values())
    with open("/proc/thread-self/net/udp") as table:
        rows = [line.split() for line in table][1:]
    return sum(row[2].endswith(":0035") and f"socket:[{row[9]}]" in own for row in rows)


def both_listen(peers: Peers) -> tuple[int, socket.socket, socket.socket]:
    six = peers.listener(INET6)
    return port_of(six), six, listening(peers, V4, port_of(six))


def empty(listener: socket.socket) -> None:
    """Closes the connections of a try that was too slow."""
    listener.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()


def untouched(listener: socket.socket) -> None:
    listener.setblocking(False)
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("deadline", DEADLINES)
def test_ipv6_is_silent(
    server: NameServer, net: Front, peers: Peers, deadline: float | None
) -> None:
    """Its name server never answers: over IPv4 after 50 ms, and no deadline is met."""
    port, six, _ = both_listen(peers)
    before = net.descriptors()
    pending = begin(net, server, port, deadline)
    with measured() as watch:
        server.answer(A, V4)
        outcome = pending.result()
    won_by(outcome, V4)
    assert DELAY <= watch.took < DELAY + SLACK
    untouched(six)
    server.answer(AAAA, V6)  # long after: no one asks any more
    settled(net, before, outcome)


@pytest.mark.parametrize("deadline", DEADLINES)
def test_ipv4_is_silent(
    server: NameServer, net: Front, peers: Peers, deadline: float | None
) -> None:
    """IPv6 does not wait for IPv4."""
    port, _, four = both_listen(peers)
    before = net.descriptors()
    pending = begin(net, server, port, deadline)
    with measured() as watch:
        server.answer(AAAA, V6)
        outcome = pending.result()
    won_by(outcome, V6)
    assert watch.took < AT_ONCE
    untouched(four)
    server.answer(A, V4)
    settled(net, before, outcome)


def test_ipv6_within_the_delay(server: NameServer, net: Front, peers: Peers) -> None:
    """IPv4 has answered and waits; IPv6 answers in time and is the one."""
    port, _, four = both_listen(peers)
    for _ in range(TRIES):
        before = net.descriptors()
        pending = begin(net, server, port, None)
        assert resolving(net) == 2
        with measured() as watch:
            server.answer(A, V4)
            wait_until(lambda: resolving(net) == 1, "the answer for IPv4 is there")
            server.answer(AAAA, V6)
            outcome = pending.result()
        if watch.took < DELAY:
            won_by(outcome, V6)
            untouched(four)
        settled(net, before, outcome)
        if watch.took < DELAY:
            return
        empty(four)
    pytest.fail(f"the machine is too slow: {watch}")


def test_ipv6_after_ipv4_was_started(
    server: NameServer, net: Front, peers: Peers
) -> None:
    """The address over which nothing comes is in the air; the late one is tried too."""
    port = silent(peers, V4)
    listening(peers, V6, port)
    before, quiet = net.descriptors(), connecting(net)
    pending = begin(net, server, port, 20)
    server.answer(A, V4)
    wait_until(lambda: connecting(net) == quiet + 1, "IPv4 is on its way")
    server.answer(AAAA, V6)
    outcome = pending.result()
    won_by(outcome, V6)
    assert connecting(net) == quiet
    settled(net, before, outcome)


def test_late_addresses_take_their_place(
    server: NameServer, net: Front, peers: Peers
) -> None:
    """Next in turn, before what is left of the other family."""
    port = silent(peers, V4)
    for host in ("127.0.0.2", "127.0.0.3", V6):
        peers.bound(INET6 if host == V6 else socket.AF_INET, socket.SOCK_STREAM,
                    (host, port))  # fmt: skip
    quiet = connecting(net)
    for _ in range(TRIES):  # the answer must be there before the next in turn is started
        pending = begin(net, server, port, 1)
        server.answer(A, V4, "127.0.0.2", "127.0.0.3")
        wait_until(lambda: connecting(net) == quiet + 1, "IPv4 is on its way")
        server.answer(AAAA, V6)
        error = pending.result().timeout
        assert error is not None and error.attempts is not None
        order = [attempt.addr.rpartition(":")[0] for attempt in error.attempts]
        if order[0] == "[::1]" or QUIET:
            break
    assert order == ["[::1]", "127.0.0.2", "127.0.0.3", V4]


def test_short_deadline(server: NameServer, net: Front, peers: Peers) -> None:
    """Waiting for IPv6 leaves time to connect over IPv4."""
    port = port_of(peers.listener())
    before = net.descriptors()
    for _ in range(TRIES):
        with measured() as watch:
            pending = begin(net, server, port, 0.045)
            server.answer(A, V4)
            outcome = pending.result()
        server.answer(AAAA)
        if outcome.kind == "value":
            break
    won_by(outcome, V4)
    assert watch.took < 0.045 + LATE
    settled(net, before, outcome)


@pytest.mark.parametrize("late", [AAAA, A])
@pytest.mark.parametrize("code", [NO_ERROR, NO_SUCH_NAME, SERVER_FAILURE])
def test_one_family_has_no_address(
    server: NameServer, net: Front, peers: Peers, code: int, late: int
) -> None:
    """The other one is used, and not held up by any delay."""
    port, _, _ = both_listen(peers)
    early = A + AAAA - late
    host = {A: V4, AAAA: V6}[late]
    before = net.descriptors()
    pending = begin(net, server, port, None)
    server.answer(early, code=code)
    wait_until(lambda: resolving(net) == 1, "the first answer is there")
    assert not pending.done()
    with measured() as watch:
        server.answer(late, host)
        outcome = pending.result()
    won_by(outcome, host)
    assert watch.took < AT_ONCE
    settled(net, before, outcome)


CODES = {NO_ERROR: "EAI_NODATA", NO_SUCH_NAME: "EAI_NONAME", SERVER_FAILURE: "EAI_AGAIN"}


@pytest.mark.parametrize("first", [AAAA, A], ids=["AAAA first", "A first"])
@pytest.mark.parametrize("six, four", itertools.product(CODES, CODES))
def test_no_address_at_all(
    server: NameServer, net: Front, six: int, four: int, first: int
) -> None:
    """What leaves it open whether there is one is told; else what is said of IPv4."""
    codes = {AAAA: six, A: four}
    before = net.descriptors()
    pending = begin(net, server, 80, None)
    server.answer(first, code=codes.pop(first))
    wait_until(lambda: resolving(net) == 1, "the first answer is there")
    ((last, code),) = codes.items()
    server.answer(last, code=code)
    told = CODES[SERVER_FAILURE if SERVER_FAILURE in (six, four) else four]
    error = pending.result().fails(told, op="getaddrinfo", addr=NAME)
    assert (error.domain, error.attempts) == ("resolver", ())
    settled(net, before)


@pytest.mark.parametrize("code", CODES)
def test_refused_and_no_other(
    server: NameServer, net: Front, peers: Peers, code: int
) -> None:
    """IPv4 is refused; IPv6 may yet have an address, and then has none: a candidate
    that was tried says more than a resolver."""
    port = peers.refused_port()
    before = net.descriptors()
    for _ in range(TRIES):
        pending = begin(net, server, port, None)
        with measured() as watch:
            server.answer(A, V4)
            wait_until(lambda: resolving(net) == 1, "the answer for IPv4 is there")
            waits = not pending.done()
            server.answer(AAAA, code=code)
            outcome = pending.result()
        error = outcome.fails("ECONNREFUSED", op="connect", addr=f"{V4}:{port}")
        assert error.attempts is not None and len(error.attempts) == 1
        settled(net, before)
        if waits or watch.took < HEAD_START:
            break
    assert waits, watch


def test_refused_and_then_ipv6(server: NameServer, net: Front, peers: Peers) -> None:
    port = port_of(peers.listener(INET6))
    refused = peers.bound(socket.AF_INET, socket.SOCK_STREAM, (V4, port))
    for _ in range(TRIES):
        pending = begin(net, server, port, None)
        with measured() as watch:
            server.answer(A, V4)
            wait_until(lambda: resolving(net) == 1, "the answer for IPv4 is there")
            server.answer(AAAA, V6)
            outcome = pending.result()
        if outcome.kind == "value" or watch.took < HEAD_START:
            break
        wait_until(lambda: resolving(net) == 0, "the answer for IPv6 is there")
    won_by(outcome, V6)
    assert port_of(refused) == port


@pytest.mark.parametrize("deadline, within", [(None, 0.35), (5, 0.35), (0.15, 0.15)])
def test_refused_and_silent(
    server: NameServer, net: Front, peers: Peers, deadline: float | None, within: float
) -> None:
    """IPv4 is refused, and nothing is heard of IPv6 in another 250 ms: the refusal is
    told, and no timeout."""
    port = peers.refused_port()
    before = net.descriptors()
    for _ in range(TRIES):
        with measured() as watch:
            pending = begin(net, server, port, deadline)
            server.answer(A, V4)
            outcome = pending.result()
        server.answer(AAAA)
        settled(net, before)
        in_time = watch.took < within + SLACK
        if in_time and (outcome.error is None or outcome.error.attempts):
            break
    error = outcome.fails("ECONNREFUSED", addr=f"{V4}:{port}")
    assert error.attempts is not None and len(error.attempts) == 1
    assert in_time, watch


@pytest.mark.parametrize("deadline", [0.06, 0.2])
def test_both_are_late(server: NameServer, net: Front, deadline: float) -> None:
    """The deadline holds; what comes after it is freed, and the threads end."""
    threads, before = process.threads(net.pid), net.descriptors()
    with measured() as watch:
        pending = begin(net, server, 80, deadline)
        error = pending.result().timeout
    assert error is not None
    assert (error.name, error.op, error.attempts) == ("ETIMEDOUT", "getaddrinfo", ())
    assert deadline <= watch.took < deadline + LATE
    server.answer(A, V4)
    server.answer(AAAA, V6)
    wait_until(lambda: process.threads(net.pid) == threads, "no thread is left")
    settled(net, before)


def mask(task: str) -> int:
    """The signals that a thread blocks; of one that has ended, none."""
    try:
        with open(f"/proc/{task}/status") as file:
            rows = dict(line.split(":", 1) for line in file)
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(rows["SigBlk"], 16)


def test_what_there_is_meanwhile(server: NameServer, net: Front, peers: Peers) -> None:
    """Both threads that ask leave signals to the program's own, and no descriptor is for
    a program that is started."""
    usual = sum(1 << number - 1 for number in (signal.SIGINT, signal.SIGTERM))
    before = net.descriptors()
    pending = begin(net, server, peers.refused_port(), 5)

    def deaf() -> int:
        """How many threads hold them back; the caller does as well, before its wait."""
        masks = [mask(f"{net.pid}/task/{one}") for one in process.threads(net.pid)]
        return sum(each & usual == usual for each in masks)

    wait_until(lambda: deaf() == 2, "two threads leave signals to the others")
    new = set(process.descriptors(net.pid)) - set(before)
    flags = [process.flags(net.pid, fd) for fd in new]
    server.answer(AAAA, V6)
    server.answer(A, V4)
    pending.result()
    assert flags and all(one & os.O_CLOEXEC for one in flags)

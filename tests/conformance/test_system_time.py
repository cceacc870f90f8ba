"""rcvtimeo and sndtimeo are the longest wait of a blocking call, however many signals
come meanwhile: the system would start them anew at each."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from support.fronts.front import Front
from support.fronts.outcome import Outcome
from support.machine_lag import PATIENCE
from support.net.peers import Peers

from .blocked import NEEDS, Blocked, Make

LIMIT = 0.3
BEAT = 0.05


def nothing() -> None:
    """Where a beat is not counted."""


@contextmanager
def beating(beat: Callable[[], object]) -> Iterator[None]:
    """Signals to this process, which no handler minds until patience is at its end."""
    end = time.monotonic() + PATIENCE

    def handler(*_: object) -> None:
        beat()
        if time.monotonic() > end:
            raise AssertionError("it began anew with each signal")

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, BEAT, BEAT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def beaten(net: Front, case: Blocked, beat: Callable[[], object] = nothing) -> Outcome:
    """The call's outcome, which must come while the signals go on. A process that is
    stopped and goes on is interrupted in a call that has a limit, handler or not."""
    if net.pid == os.getpid():
        with beating(beat):
            return case.call()
    end = time.monotonic() + PATIENCE
    pending = case.start()
    while not pending.done():
        assert time.monotonic() < end, "it began anew with each signal"
        os.kill(net.pid, signal.SIGSTOP)
        os.kill(net.pid, signal.SIGCONT)
        beat()
        time.sleep(BEAT)  # the beat, which nothing waits for
    outcome: Outcome = pending.result()
    return outcome


def limited(case: Blocked) -> None:
    case.sock.nonblock(False)
    case.sock.rcvtimeo(LIMIT)
    case.sock.sndtimeo(LIMIT)


@pytest.mark.parametrize("name", NEEDS)
@pytest.mark.parametrize("whose", ["the system's", "the socket's"])
def test_signals_do_not_stretch_it(net: Front, make: Make, name: str, whose: str) -> None:
    """Nor the socket's timeout."""
    case = make(name)
    if whose == "the system's":
        limited(case)
    else:
        case.sock.timeout(LIMIT)
    start = time.monotonic()
    outcome = beaten(net, case)
    assert outcome.is_again() if whose == "the system's" else outcome.kind == "timeout"
    assert time.monotonic() - start > LIMIT - 0.01
    case.ready()
    assert case.right(case.call())


@pytest.mark.parametrize("kind", ["pair_dgram", "pair_seqpacket"])
@pytest.mark.parametrize("name", ["recv", "recvfrom"])
def test_packets_too(net: Front, peers: Peers, kind: str, name: str) -> None:
    ours, theirs = net.call(kind).all
    case = Blocked(
        name, ours, (), lambda: theirs.send(b"x"), lambda outcome: outcome.data == b"x"
    )
    limited(case)
    assert beaten(net, case).is_again()
    case.ready()
    assert case.right(case.call())


@pytest.mark.parametrize("name", ["readv", "writev"])
def test_iovec(net: Front, peers: Peers, name: str) -> None:
    """The methods of an iovec that are given a socket."""
    ours, theirs = net.pair_stream().all
    iov = net.iovec.new().value
    iov.addn(1 << 20)
    case = Blocked(name, ours, (), lambda: None, lambda outcome: True)
    limited(case)
    if name == "writev":
        while iov.writev(ours).value == 1 << 20:
            pass
    case = Blocked(name, iov, (ours,), lambda: None, lambda outcome: True)
    assert beaten(net, case).is_again()
    with theirs.second_reader() as own:
        assert own.type == socket.SOCK_STREAM


MANY = [b"%d" % i for i in range(2000)]  # more than there is room for


def test_sendmany_takes_all(net: Front) -> None:
    """A signal ends the system's call with the packets that have gone: it goes on."""
    ours, theirs = net.pair_dgram().all
    ours.nonblock(False)
    ours.sndtimeo(PATIENCE)
    found: list[bytes] = []
    beats = threading.Semaphore(0)
    with theirs.second_reader() as own:
        own.settimeout(PATIENCE)

        def drain() -> None:
            for _ in range(3):  # signals that come while the call waits
                beats.acquire(timeout=PATIENCE)
            while len(found) < len(MANY):
                found.append(own.recv(10))

        thread = threading.Thread(target=drain)
        thread.start()
        case = Blocked("sendmany", ours, (MANY,), lambda: None, lambda outcome: True)
        sent = beaten(net, case, beats.release).value
        thread.join()
    assert (sent, found) == (len(MANY), MANY)


def test_sendmany_ends_with_what_has_gone(net: Front) -> None:
    ours, theirs = net.pair_dgram().all
    ours.nonblock(False)
    ours.sndtimeo(LIMIT)
    case = Blocked("sendmany", ours, (MANY,), lambda: None, lambda outcome: True)
    sent = beaten(net, case).value
    assert 0 < sent < len(MANY)
    assert beaten(net, case).is_again()
    found = theirs.recvmany(1024).value
    assert [packet[0] for packet in found] == MANY[:sent]

"""The error of a failed connect lists each address tried, with its reason and time."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from support.fronts.front import Front
from support.fronts.outcome import Attempt, Outcome
from support.machine_lag import LATE, in_time, measured, tried
from support.net.nameserver import name_server
from support.net.peers import Peers, port_of
from support.processes.limits import descriptors_left

INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX
SHORT = 0.2
BY_NAME = ["connect_inet_stream", "connect_stream"]


Row = tuple[str, str, str, int]


def attempts(outcome: Outcome) -> tuple[Attempt, ...]:
    """The list of a failed connect."""
    error = outcome.error
    assert error is not None, outcome
    assert error.attempts is not None, f"no list: {outcome.describe()}"
    return error.attempts


def told(outcome: Outcome) -> list[Row]:
    return [(a.addr, a.op, a.name, a.code) for a in attempts(outcome)]


def brief(outcome: Outcome) -> list[Row]:
    """The same where all have ended: the error is that of the last."""
    error, found = outcome.error, told(outcome)
    assert error is not None
    assert not found or (error.op, error.name, error.code) == found[-1][1:]
    return found


def refusal(addr: str) -> Row:
    return addr, "connect", "ECONNREFUSED", 111


def silence(addr: str) -> Row:
    return addr, "connect", "ETIMEDOUT", 110


@pytest.mark.parametrize("deadline", [None, 5])
@pytest.mark.parametrize("form", ["connect", *BY_NAME])
def test_one_refused(net: Front, peers: Peers, form: str, deadline: float | None) -> None:
    """One address is one attempt, numeric ones included."""
    port = peers.refused_port()
    start = time.monotonic()
    if form == "connect":
        ai = net.addrinfo.inet("127.0.0.1", port).value
        outcome = net.connect(ai, deadline)
    else:
        outcome = net.call(form, "127.0.0.1", port, deadline)
    took = time.monotonic() - start
    assert brief(outcome) == [refusal(f"127.0.0.1:{port}")]
    assert 0 <= attempts(outcome)[0].seconds <= took


def test_ipv6(net: Front, peers: Peers) -> None:
    port = peers.refused_port(INET6)
    for outcome in (
        net.connect_inet6_stream("::1", port, 5),
        net.connect_stream("::1", port, 5),
    ):
        assert brief(outcome) == [refusal(f"[::1]:{port}")]


def test_unix(net: Front, peers: Peers) -> None:
    """A path, with its bytes, and an abstract name."""
    path = peers.path()
    assert brief(net.connect_unix_stream(path, 5)) == [(path, "connect", "ENOENT", 2)]
    name = peers.abstract()
    shown = "@" + name[1:].decode()
    assert brief(net.connect_unix_stream(name, 5)) == [refusal(shown)]


@pytest.mark.measures
def test_one_silent(net: Front, peers: Peers) -> None:
    """The time of the attempt is the time that was given."""
    port = peers.black_hole()[1]
    outcome = net.connect_inet_stream("127.0.0.1", port, SHORT)
    assert outcome.kind == "timeout"
    assert brief(outcome) == [silence(f"127.0.0.1:{port}")]
    assert SHORT * 0.99 <= attempts(outcome)[0].seconds < SHORT + LATE


def test_full_unix_queue(net: Front, peers: Peers) -> None:
    """Retries of one address are one attempt."""
    path = peers.black_hole(UNIX)
    outcome = net.connect_unix_stream(path, SHORT)
    assert outcome.kind == "timeout"
    assert brief(outcome) == [silence(path)]


@pytest.mark.parametrize("form", BY_NAME)
def test_two_refused(in_netns: None, net: Front, peers: Peers, form: str) -> None:
    """Both addresses of the name, in their order."""
    port = peers.refused_port()
    peers.bound(INET, socket.SOCK_STREAM, ("127.0.0.2", port))
    outcome = net.call(form, "two", port, 5)
    outcome.fails("ECONNREFUSED", op="connect", addr=f"127.0.0.2:{port}")
    assert brief(outcome) == [
        refusal(f"127.0.0.1:{port}"),
        refusal(f"127.0.0.2:{port}"),
    ]


def test_the_next_does_not_wait(in_netns: None, net: Front, peers: Peers) -> None:
    """An address that has failed leaves the rest of its share to the next."""
    port = peers.refused_port()
    with measured() as watch:
        outcome = net.connect_inet_stream("two", port, 6 * LATE)
    assert len(brief(outcome)) == 2
    assert watch.took < LATE


def test_both_families(in_netns: None, net: Front, peers: Peers) -> None:
    port = peers.refused_port(INET6)
    peers.bound(INET, socket.SOCK_STREAM, ("127.0.0.1", port))
    outcome = net.connect_stream(None, port, 5)
    assert brief(outcome) == [refusal(f"[::1]:{port}"), refusal(f"127.0.0.1:{port}")]


def test_family_that_is_not_there(
    in_netns: None, net: Front, peers: Peers, folder: Path
) -> None:
    """An address without a route ends at once, and the other has its turn."""
    (folder / "hosts").write_text("2001:db8::6 mixed\n127.0.0.1 mixed\n")
    port = peers.refused_port()
    each = [
        (f"[2001:db8::6]:{port}", "connect", "ENETUNREACH", 101),
        refusal(f"127.0.0.1:{port}"),
    ]
    # Where the machine is slow with one answer, the other is tried first, or alone.
    outcome = in_time(
        lambda sec: net.connect_stream("mixed", port, sec), 5, lambda o: brief(o) == each
    )
    assert brief(outcome) == each


@pytest.mark.measures
@pytest.mark.parametrize("form", BY_NAME)
def test_two_silent(in_netns: None, net: Front, peers: Peers, form: str) -> None:
    """One after the other they share the time; in a race the second starts later."""
    port = peers.black_hole(at=("127.0.0.1", 0))[1]
    peers.black_hole(at=("127.0.0.2", port))
    race = form == "connect_stream"
    share = 0.35 if race else 0.19  # in a race it is on its way until the end

    def both_in_time(outcome: Outcome) -> bool:
        return tried(2)(outcome) and attempts(outcome)[0].seconds > share

    outcome = in_time(lambda sec: net.call(form, "two", port, sec), 0.4, both_in_time)
    assert outcome.kind == "timeout"
    assert brief(outcome) == [
        silence(f"127.0.0.1:{port}"),
        silence(f"127.0.0.2:{port}"),
    ]
    first, second = (attempt.seconds for attempt in attempts(outcome))
    assert first > share
    if race:
        assert second < first
    else:
        assert first < 0.2 + LATE


def test_silent_then_refused(in_netns: None, net: Front, peers: Peers) -> None:
    port = peers.black_hole(at=("127.0.0.1", 0))[1]
    peers.bound(INET, socket.SOCK_STREAM, ("127.0.0.2", port))
    outcome = in_time(
        lambda sec: net.connect_inet_stream("two", port, sec), 0.4, tried(2)
    )
    assert brief(outcome) == [
        silence(f"127.0.0.1:{port}"),
        refusal(f"127.0.0.2:{port}"),
    ]


@pytest.mark.parametrize("count", [1, 2, 5, 17, 60])
def test_many(in_netns: None, net: Front, peers: Peers, folder: Path, count: int) -> None:
    """However many addresses a name has, each is tried once and told."""
    hosts = [f"127.0.1.{i}" for i in range(1, count + 1)]
    (folder / "hosts").write_text("".join(f"{host} many\n" for host in hosts))
    port = peers.refused_port()
    with net.no_new_descriptors():
        outcome = net.connect_inet_stream("many", port, 20)
        assert brief(outcome) == [refusal(f"{host}:{port}") for host in hosts]
        outcome = net.connect_stream("many", port, 20)
        assert sorted(brief(outcome)) == sorted(refusal(f"{h}:{port}") for h in hosts)


def test_before_any_address(in_netns: None, net: Front) -> None:
    """A name that is not known, or not in time, has an empty list."""
    with name_server():
        outcome = net.connect_inet_stream("slow.example", 80, SHORT)
    assert outcome.kind == "timeout"
    assert attempts(outcome) == ()


def test_unknown_name(in_netns: None, net: Front) -> None:
    outcome = net.connect_inet_stream("no.such.example", 80, 5)
    assert outcome.failure.domain == "resolver"
    assert attempts(outcome) == ()


def test_without_a_descriptor(net: Front, peers: Peers) -> None:
    """EMFILE stops the list: more addresses would not help."""
    port = port_of(peers.listener())
    ai = net.addrinfo.inet("127.0.0.1", port).value
    with descriptors_left(net, 0):
        outcome = net.connect(ai, 5)
    outcome.fails("EMFILE", op="socket")
    assert brief(outcome) == [(f"127.0.0.1:{port}", "socket", "EMFILE", 24)]


def test_h120_still_under_way(in_netns: None, net: Front, peers: Peers) -> None:
    """A race needs no descriptor beside its attempts; both are told, and closed."""
    port = peers.black_hole(INET6)[1]
    peers.black_hole(at=("127.0.0.1", port))
    with net.no_new_descriptors(), descriptors_left(net, 2):
        outcome = net.connect_stream(None, port, 1)
    assert outcome.timeout is not None
    given_up = (f"[::1]:{port}", "connect", "ETIMEDOUT", 110)
    second = (f"127.0.0.1:{port}", "connect", "ETIMEDOUT", 110)
    assert told(outcome) == [given_up, second]
    assert outcome.error is not None and outcome.error.attempts is not None
    first = next(a for a in outcome.error.attempts if a.addr == f"[::1]:{port}")
    assert first.seconds >= 0.25, "it had its head start"


def test_only_connecting_has_them(net: Front, peers: Peers) -> None:
    """Other errors have no list, also of the method connect."""
    made = net.new_inet_stream().value
    failed = made.recv()
    assert failed.failure.attempts is None
    taken = peers.listener()
    failed = net.bind_inet_stream("127.0.0.1", port_of(taken))
    assert failed.fails("EADDRINUSE").attempts is None


def test_a_success_after_failures_has_none_left(
    in_netns: None, net: Front, peers: Peers
) -> None:
    """The list of one call is not in the error of the next."""
    port = peers.refused_port()
    listener = peers.listener(at=("127.0.0.2", port))
    made = net.connect_inet_stream("two", port, 5).value
    peers.accept(listener)
    assert made.getpeername().value.addr().value == b"127.0.0.2"
    listener.close()
    outcome = net.connect_inet_stream("127.0.0.2", port, 5)
    assert brief(outcome) == [refusal(f"127.0.0.2:{port}")]

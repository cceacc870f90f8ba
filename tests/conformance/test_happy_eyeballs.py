"""connect_stream races (RFC 8305): families in turn, 250 ms of head start, one winner."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from support.fronts import process
from support.fronts.front import Front
from support.fronts.outcome import Outcome
from support.machine_lag import LATE, best, in_time, late, measured, tried
from support.net.peers import Peers, fill_queue, port_of, wait_until
from support.processes.limits import descriptors_left

pytestmark = pytest.mark.measures

INET, INET6 = socket.AF_INET, socket.AF_INET6
HEAD_START = 0.25
SLACK = late(0.05)  # beyond the head start
V6, V4 = "::1", "127.0.0.1"


def won_by(outcome: Outcome, host: str) -> None:
    peer = outcome.value.getpeername().value
    assert peer.addr().value == host.encode()
    if outcome.extra is not None:
        assert outcome.extra.addr().value == host.encode()


def refusing(peers: Peers, host: str, port: int) -> None:
    """The port of this address refuses for as long as the test runs."""
    family = INET6 if ":" in host else INET
    peers.bound(family, socket.SOCK_STREAM, (host, port))


def listening(peers: Peers, host: str, port: int) -> socket.socket:
    return peers.listener(INET6 if ":" in host else INET, (host, port))


def silent(peers: Peers, host: str, port: int = 0) -> int:
    """An address that drops every SYN: the listener's queue of one is full."""
    family = INET6 if ":" in host else INET
    return int(peers.black_hole(family, (host, port))[1])


def hosts(folder: Path, *addresses: str) -> str:
    """A name of these addresses."""
    (folder / "hosts").write_text("".join(f"{a} dual\n" for a in addresses))
    return "dual"


def new(net: Front, before: dict[int, str]) -> set[int]:
    """The descriptors that were not there before."""
    return {fd for fd, what in net.descriptors().items() if before.get(fd) != what}


def settled(net: Front, before: dict[int, str], *made: Outcome) -> None:
    """Nothing is left of a call but what it made. The thread that asks for the other
    family may need a moment to end."""
    wanted = {outcome.value.fd().value for outcome in made}
    wait_until(lambda: new(net, before) == wanted, "nothing else is open")


def connecting(net: Front) -> int:
    """How many of the process's TCP sockets have sent a SYN and no more."""
    own = set(process.descriptors(net.pid).values())
    found = 0
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/thread-self/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            found += fields[3] == "02" and f"socket:[{fields[9]}]" in own
    return found


@pytest.mark.parametrize("deadline", [None, 5])
def test_dead_ipv6(
    in_netns: None, net: Front, peers: Peers, deadline: float | None
) -> None:
    """IPv6 drops every packet: over IPv4 within 300 ms, and no loser is left."""
    port = silent(peers, V6)
    listener = listening(peers, V4, port)
    before = net.descriptors()
    with measured() as watch:
        outcome = net.connect_stream(None, port, deadline)
    won_by(outcome, V4)
    assert watch.took >= HEAD_START, "IPv6 has its head start"
    assert watch.took < HEAD_START + SLACK
    settled(net, before, outcome)
    peers.accept(listener)


def test_both_alive(in_netns: None, net: Front, peers: Peers) -> None:
    """IPv6 is chosen, and IPv4 is not even asked."""
    six = peers.listener(INET6)
    four = listening(peers, V4, port_of(six))
    for _ in range(5):
        before = net.descriptors()
        outcome = net.connect_stream(None, port_of(six), 5)
        won_by(outcome, V6)
        settled(net, before, outcome)
        peers.accept(six)
        assert outcome.value.close().value is True
    four.setblocking(False)
    with pytest.raises(BlockingIOError):
        four.accept()


def test_h120_no_descriptor_for_the_next(
    in_netns: None, net: Front, peers: Peers
) -> None:
    """The attempt under way is well, and may do: it does as soon as there is room."""
    listener = peers.listener(INET6, backlog=0)
    fill_queue(listener, peers.open(INET6))
    port = port_of(listener)
    silent(peers, V4, port)
    before = net.descriptors()
    with descriptors_left(net, 1):
        pending = net.module.start("connect_stream", None, port, 10)
        time.sleep(2 * HEAD_START)  # what is tested is that nothing happens
        assert not pending.done()
    theirs = peers.accept(listener)
    outcome = pending.result()
    won_by(outcome, V6)
    theirs.close()
    settled(net, before, outcome)


def test_h120_time_up_without_a_descriptor(
    in_netns: None, net: Front, peers: Peers
) -> None:
    """What could not even be begun has not been tried."""
    port = silent(peers, V6)
    listening(peers, V4, port)
    with net.no_new_descriptors(), descriptors_left(net, 1):
        outcome = in_time(
            lambda sec: net.connect_stream(None, port, sec), 2 * HEAD_START, tried(1)
        )
    assert outcome.kind == "timeout"
    assert outcome.error is not None and outcome.error.attempts is not None
    assert [a.addr for a in outcome.error.attempts] == [f"[::1]:{port}"]


def test_ipv6_refuses(in_netns: None, net: Front, peers: Peers) -> None:
    """A refusal ends the head start: IPv4 has its turn at once."""
    port = peers.refused_port(INET6)
    listener = listening(peers, V4, port)

    def once() -> float:
        with measured() as watch:
            won_by(net.connect_stream(None, port, 5), V4)
        peers.accept(listener)
        return watch.took

    assert best(once, HEAD_START) < HEAD_START


def test_late_winner_is_the_first(in_netns: None, net: Front, peers: Peers) -> None:
    """IPv6 answers after IPv4 was started, IPv4 never: IPv6 has not been given up."""
    port = silent(peers, V4)
    six = peers.listener(INET6, (V6, port), backlog=0)
    fill_queue(six, peers.open(INET6))
    quiet = connecting(net)
    pending = net.start("connect_stream", "localhost", port, 20)
    wait_until(lambda: connecting(net) == quiet + 2, "both are on their way")
    peers.accept(six)  # room in the queue for the next SYN, which comes after a second
    outcome = pending.result(10)
    won_by(outcome, V6)
    assert connecting(net) <= quiet


def test_families_in_turn(in_netns: None, net: Front, peers: Peers, folder: Path) -> None:
    """Two of one family and one of the other, which is second, not last."""
    name = hosts(folder, V6, V4, "127.0.0.2")
    port = peers.refused_port(INET6)
    refusing(peers, V4, port)
    refusing(peers, "127.0.0.2", port)
    # A family whose answer is late is waited for as long as an attempt.
    error = net.connect_stream(name, port, 60, attempt_delay=60).failure
    assert error.attempts is not None
    order = [attempt.addr.rpartition(":")[0] for attempt in error.attempts]
    assert order == ["[::1]", "127.0.0.1", "127.0.0.2"]


def test_each_has_its_head_start(
    in_netns: None, net: Front, peers: Peers, folder: Path
) -> None:
    """Two that are silent, and the third is started after the head start of each."""
    name = hosts(folder, V6, V4, "127.0.0.2")
    port = silent(peers, V6)
    silent(peers, V4, port)
    listener = listening(peers, "127.0.0.2", port)
    before = net.descriptors()
    with measured() as watch:
        outcome = net.connect_stream(name, port, 10)
    won_by(outcome, "127.0.0.2")
    assert 2 * HEAD_START <= watch.took < 2 * HEAD_START + 2 * SLACK
    settled(net, before, outcome)
    peers.accept(listener)


def test_more_than_can_fly(
    in_netns: None, net: Front, peers: Peers, folder: Path
) -> None:
    """Six silent ones: not all fly at a time, the deadline holds, all is closed."""
    addresses = [V6, *(f"127.0.0.{i}" for i in range(1, 6))]
    name = hosts(folder, *addresses)
    port = silent(peers, V6)
    for host in addresses[1:]:
        silent(peers, host, port)
    before = process.cpu_seconds(net.pid)
    with net.no_new_descriptors(), measured() as watch:
        outcome = in_time(
            lambda sec: net.connect_stream(name, port, sec),
            0.9,
            lambda found: bool(found.error and len(found.error.attempts or ()) >= 4),
        )
    error = outcome.timeout
    assert error is not None and error.attempts is not None
    assert watch.took >= 0.9
    assert 4 <= len(error.attempts) <= len(addresses)
    assert {attempt.name for attempt in error.attempts} == {"ETIMEDOUT"}
    assert process.cpu_seconds(net.pid) - before < 0.2


@pytest.mark.parametrize("order", ["silent first", "refused first"])
def test_waits_without_spinning(
    in_netns: None, net: Front, peers: Peers, order: str
) -> None:
    """One refused and one silent: the rest of the time costs no processor time."""
    dead, closed = (V6, V4) if order == "silent first" else (V4, V6)
    port = silent(peers, dead)
    refusing(peers, closed, port)
    before = process.cpu_seconds(net.pid)
    with net.no_new_descriptors(), measured() as watch:
        outcome = net.connect_stream(None, port, 0.8)
    error = outcome.timeout
    assert error is not None and error.attempts is not None
    assert 0.8 <= watch.took < 0.8 + LATE
    assert [attempt.name for attempt in error.attempts] == ["ECONNREFUSED", "ETIMEDOUT"]
    assert process.cpu_seconds(net.pid) - before < 0.2


def test_losers_are_closed_at_the_peer(in_netns: None, net: Front, peers: Peers) -> None:
    """No SYN of a loser is repeated once the winner is there."""
    port = silent(peers, V6)
    listener = listening(peers, V4, port)
    quiet = connecting(net)
    made = net.connect_stream(None, port, 5).value
    assert connecting(net) == quiet
    peers.accept(listener)
    assert made.close().value is True


def test_h120_no_descriptor_to_resolve_with(
    in_netns: None, net: Front, peers: Peers
) -> None:
    """Running out of descriptors before there is an address; see test_attempts.py."""
    net.connect_stream("localhost", 1).fails("ECONNREFUSED")  # the resolver is loaded
    with net.no_new_descriptors(), descriptors_left(net, 0):
        net.connect_stream("localhost", 80).fails("EMFILE", op="eventfd")

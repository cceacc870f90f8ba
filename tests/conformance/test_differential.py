"""The same calls on both languages and on CPython's own socket, compared."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import Any

import pytest

from support.fronts import manifest
from support.fronts.front import Front
from support.fronts.outcome import Outcome
from support.net.peers import Peers, arrived, port_of

Step = tuple[str, Any]  # what came of a step: the kind, and its value or errno name


def of_outcome(outcome: Outcome) -> Step:
    if outcome.kind == "value":
        return ("value", outcome.value)
    if outcome.kind == "end":
        return ("value", b"")  # CPython does not tell them apart
    if outcome.kind == "again":
        return ("again", None)
    return (outcome.kind, outcome.failure.name)


def of_cpython(call: Callable[[], Any]) -> Step:
    try:
        value = call()
    except BlockingIOError:
        return ("again", None)
    except OSError as error:
        return ("error", errno.errorcode[error.errno or 0])
    return ("value", True if value is None else value)


def script_of_ours(net: Front) -> list[Step]:
    """A conversation over a pair: sends, receives, half-close, errors, close."""
    a, b = net.pair_stream().all
    rd, wr = net.const("SHUT_RD"), net.const("SHUT_WR")
    peek = net.const("MSG_PEEK")
    outcomes = [
        a.recv(10),
        a.send(b"hello"),
        b.recv(2),
        b.recv(10, peek),
        b.recv(10),
        b.recv(10),
        a.shutdown(wr),
        b.recv(10),
        b.send(b"after"),
        a.recv(10),
        a.send(b"x"),
        a.shutdown(wr),
        b.shutdown(rd),
        b.close(),
        a.recv(10),
        a.getpeername(),
        a.close(),
        a.recv(10),
        a.send(b"x"),
        a.shutdown(wr),
    ]
    return [of_outcome(outcome) for outcome in outcomes]


def script_of_cpython() -> list[Step]:
    a, b = socket.socketpair()
    for end in (a, b):
        end.setblocking(False)
    calls: list[Callable[[], Any]] = [
        lambda: a.recv(10),
        lambda: a.send(b"hello"),
        lambda: b.recv(2),
        lambda: b.recv(10, socket.MSG_PEEK),
        lambda: b.recv(10),
        lambda: b.recv(10),
        lambda: a.shutdown(socket.SHUT_WR),
        lambda: b.recv(10),
        lambda: b.send(b"after"),
        lambda: a.recv(10),
        lambda: a.send(b"x", socket.MSG_NOSIGNAL),
        lambda: a.shutdown(socket.SHUT_WR),
        lambda: b.shutdown(socket.SHUT_RD),
        lambda: b.close(),
        lambda: a.recv(10),
        lambda: a.getpeername(),
        lambda: a.close(),
        lambda: a.recv(10),
        lambda: a.send(b"x"),
        lambda: a.shutdown(socket.SHUT_WR),
    ]
    return [of_cpython(call) for call in calls]


def names_apart(step: Step) -> Step:
    """An unnamed peer is '' in CPython and an address object here."""
    kind, value = step
    plain = isinstance(value, (bytes, bool, int)) or value is None
    return step if kind != "value" or plain else (kind, "name")


def test_stream_script(both: tuple[Front, Front]) -> None:
    python, lua = ([names_apart(step) for step in script_of_ours(net)] for net in both)
    own = [names_apart(step) for step in script_of_cpython()]
    assert python == own
    assert lua == own


def datagrams_of_ours(net: Front, peers: Peers) -> list[Step]:
    a = net.bind_inet_dgram("127.0.0.1", 0).value
    theirs = peers.udp()
    ai = net.addrinfo.inet("127.0.0.1", port_of(theirs)).value
    steps = [
        of_outcome(a.recv(10)),
        of_outcome(a.sendto(b"", ai)),
        of_outcome(a.sendto(b"x", ai)),
    ]
    target = theirs.recvfrom(10)[1]
    theirs.sendto(b"0123456789", target)
    arrived(a)
    steps += [of_outcome(a.recv(4)), of_outcome(a.recv(4))]
    steps.append(of_outcome(a.sendto(b"x" * 70_000, ai)))
    steps.append(of_outcome(a.connect(ai)))
    steps.append(of_outcome(a.send(b"y")))
    return steps


def datagrams_of_cpython(peers: Peers) -> list[Step]:
    a, theirs = peers.udp(), peers.udp()
    a.setblocking(False)
    ai = theirs.getsockname()
    steps = [
        of_cpython(lambda: a.recv(10)),
        of_cpython(lambda: a.sendto(b"", ai)),
        of_cpython(lambda: a.sendto(b"x", ai)),
    ]
    theirs.sendto(b"0123456789", theirs.recvfrom(10)[1])
    a.settimeout(5)
    steps.append(of_cpython(lambda: a.recv(4)))
    a.setblocking(False)
    steps.append(of_cpython(lambda: a.recv(4)))
    steps.append(of_cpython(lambda: a.sendto(b"x" * 70_000, ai)))
    steps.append(of_cpython(lambda: a.connect(ai)))
    steps.append(of_cpython(lambda: a.send(b"y")))
    return steps


def test_datagram_script(both: tuple[Front, Front], peers: Peers) -> None:
    own = datagrams_of_cpython(peers)
    for net in both:
        assert datagrams_of_ours(net, peers) == own


def test_constants(net: Front) -> None:
    """Each of our constants that CPython has too is there, with CPython's value."""
    shared = {name for name in manifest.constants() if hasattr(socket, name)}
    assert {"AF_INET", "SOCK_STREAM", "MSG_PEEK", "SO_REUSEADDR", "SHUT_WR"} <= shared
    ours = {name: net.const(name) for name in shared if net.has(name)}
    assert ours == {name: int(getattr(socket, name)) for name in shared}


def test_listening_is_seen_by_cpython(both: tuple[Front, Front], peers: Peers) -> None:
    """A listener of each language serves CPython's client and the other language's."""
    for server, client in (both, both[::-1]):
        listener = server.bind_inet_stream("127.0.0.1", 0).value
        assert listener.listen().value is True
        port = listener.getsockname().value.port().value
        peers.own(socket.create_connection(("127.0.0.1", port)))
        client.connect_inet_stream("127.0.0.1", port, 5).value.fd()
        for _ in range(2):
            arrived(listener)
            assert listener.accept().value.family().value == socket.AF_INET


@pytest.mark.parametrize("size", [1, 100, 65536, 1 << 20])
def test_bytes_between_languages(
    both: tuple[Front, Front], peers: Peers, size: int
) -> None:
    """What one language sends, the other receives."""
    sender, receiver = both
    listener = receiver.bind_unix_stream(peers.path()).value
    listener.listen()
    out = sender.connect_unix_stream(listener.getsockname().value.addr().value, 5).value
    taken = listener.accept().value
    data = bytes(i * 7 & 255 for i in range(size))
    received, offset = b"", 0
    while len(received) < size:
        if offset < size:
            outcome = out.send(data[offset:])
            offset += outcome.value if outcome.kind == "value" else 0
        piece = taken.recv(1 << 20)
        if piece.kind == "value":
            received += piece.value
    assert received == data

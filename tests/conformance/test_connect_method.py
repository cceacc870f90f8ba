"""connect of the object: one connect(2) at a time, and going on with it."""

from __future__ import annotations

import socket

import pytest

from fronts.front import Front, Handle
from peers import Peers, port_of

covers = pytest.mark.covers

INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX


def address(net: Front, port: int, host: str = "127.0.0.1") -> Handle:
    ai: Handle = net.addrinfo.inet(host, port).value
    return ai


@covers("SOCKET.connect", "success")
@covers("SOCKET.connect", "again")
def test_h027_in_progress_then_done(net: Front, peers: Peers) -> None:
    """The first call starts, a later one with the same address completes."""
    listener = peers.listener()
    ai = address(net, port_of(listener))
    made = net.new_inet_stream().value
    started = made.connect(ai)
    assert started.is_again()
    assert started.error is not None
    assert (started.error.name, started.error.op) == ("EINPROGRESS", "connect")
    assert started.error.addr == f"127.0.0.1:{port_of(listener)}"
    assert made.sendable(5).value is True
    assert made.connect(ai).value is True
    theirs = peers.accept(listener)
    assert made.send(b"x").value == 1
    assert theirs.recv(5) == b"x"


def test_h027_ealready_is_not_success(net: Front, peers: Peers) -> None:
    """A connect that is still under way says so as often as it is asked."""
    ai = address(net, peers.black_hole()[1])
    made = net.new_inet_stream().value
    names = []
    for _ in range(3):
        outcome = made.connect(ai)
        assert outcome.is_again()
        assert outcome.error is not None
        names.append(outcome.error.name)
    assert names == ["EINPROGRESS", "EALREADY", "EALREADY"]
    assert made.close().value is True


@covers("SOCKET.connect", "error")
def test_refused(net: Front, peers: Peers) -> None:
    """The refusal comes from the call that completes; the object stays usable."""
    port = peers.refused_port()
    made = net.new_inet_stream().value
    first = made.connect(address(net, port))
    if first.kind == "again":
        assert made.sendable(5).value is True
        first = made.connect(address(net, port))
    first.fails("ECONNREFUSED", op="connect", addr=f"127.0.0.1:{port}")
    assert made.fd().value >= 0


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_SEQPACKET])
def test_unix(net: Front, peers: Peers, kind: int) -> None:
    """A unix connect is done at once."""
    path = peers.path()
    listener = peers.bound(UNIX, kind, path)
    listener.listen()
    made = net.new_unix(kind, 0).value
    assert made.connect(net.addrinfo.unix(path).value).value is True
    assert made.getpeername().value.addr().value == path.encode()


def test_unix_queue_full(net: Front, peers: Peers) -> None:
    """EAGAIN of a full listener is the again outcome, not an error."""
    path = peers.black_hole(UNIX)
    made = net.new_unix_stream().value
    outcome = made.connect(net.addrinfo.unix(path).value)
    assert outcome.is_again()


@pytest.mark.parametrize(
    "path, error", [("/nonexistent/nsk", "ENOENT"), ("\0nsk-nobody-here", "ECONNREFUSED")]
)
def test_unix_failures(net: Front, path: str, error: str) -> None:
    made = net.new_unix_stream().value
    addr = "@" + path[1:] if path[0] == "\0" else path
    made.connect(net.addrinfo.unix(path).value).fails(error, op="connect", addr=addr)


def test_h028_another_address_while_connected(net: Front, peers: Peers) -> None:
    """EISCONN, and the first connection stays."""
    one, two = peers.listener(), peers.listener()
    made = net.connect_inet_stream("127.0.0.1", port_of(one), 5).value
    made.connect(address(net, port_of(two))).fails("EISCONN", op="connect")
    assert made.getpeername().value.port().value == port_of(one)


def test_h028_same_address_while_connected(net: Front, peers: Peers) -> None:
    """No connect is pending, so a second one is a mistake."""
    listener = peers.listener()
    made = net.connect_inet_stream("127.0.0.1", port_of(listener), 5).value
    made.connect(address(net, port_of(listener))).fails("EISCONN", op="connect")


def test_h028_completing_with_another_address(net: Front, peers: Peers) -> None:
    """A connect to A that is done is no success of a connect to B."""
    one, two = peers.listener(), peers.listener()
    made = net.new_inet_stream().value
    assert made.connect(address(net, port_of(one))).is_again()
    assert made.sendable(5).value is True
    made.connect(address(net, port_of(two))).fails("EISCONN", op="connect")
    assert made.getpeername().value.port().value == port_of(one)


def test_h030_fresh_socket_is_not_connected(net: Front, peers: Peers) -> None:
    """A fresh TCP socket polls writable with no error; connect still starts."""
    listener = peers.listener()
    made = net.new_inet_stream().value
    made.sendable(0)
    assert made.error().value is None
    made.getpeername().fails("ENOTCONN", op="getpeername")
    assert made.connect(address(net, port_of(listener))).is_again()


@pytest.mark.parametrize(
    "function, family",
    [
        ("new_inet_stream", "inet6"),
        ("new_inet6_stream", "inet"),
        ("new_unix_stream", "inet6"),
    ],
)
def test_h018_another_family(net: Front, function: str, family: str) -> None:
    made = net.call(function).value
    ai = net.addrinfo.call(family, None, 80).value
    made.connect(ai).fails("EAFNOSUPPORT", op="connect")


def test_datagrams(net: Front, peers: Peers) -> None:
    """A datagram socket gets a default peer, and may change it."""
    one, two = peers.udp(), peers.udp()
    made = net.new_inet_dgram().value
    for theirs in (one, two):
        assert made.connect(address(net, port_of(theirs))).value is True
        assert made.send(b"x").value == 1
        assert theirs.recv(5) == b"x"


def test_blocking_object(net: Front, peers: Peers) -> None:
    """nonblock(false): connect waits until it is connected."""
    listener = peers.listener()
    made = net.new(INET, socket.SOCK_STREAM, 0, False).value
    assert made.connect(address(net, port_of(listener))).value is True
    peers.accept(listener)


def test_h034_closing_while_connecting(net: Front, peers: Peers) -> None:
    """Given up half way, nothing stays."""
    ai = address(net, peers.black_hole()[1])
    before = net.descriptors()
    made = net.new_inet_stream().value
    assert made.connect(ai).is_again()
    assert made.close().value is True
    assert net.descriptors() == before

"""connect of the object: one connect(2) at a time, and going on with it."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from support.fronts.front import Front, Handle
from support.machine_lag import LATE
from support.net.peers import Peers, port_of

covers = pytest.mark.covers

INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX


def address(net: Front, port: int, host: str = "127.0.0.1") -> Handle:
    ai: Handle = net.addrinfo.inet(host, port).value
    return ai


@covers("SOCKET.connect", "success")
@covers("SOCKET.connect", "again")
@pytest.mark.level("strict")
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


@pytest.mark.level("strict")
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


def bound_by_number(net: Front, family: str, host: str) -> Handle:
    """A datagram socket at a port that was asked for; below those that Linux chooses."""
    for port in range(10_000 + os.getpid() % 20_000, 32_000):
        outcome = net.call(f"bind_{family}_dgram", host, port)
        if outcome.kind == "value":
            break
        outcome.fails("EADDRINUSE")
    made: Handle = outcome.value
    return made


@covers("SOCKET.disconnect", "success")
@pytest.mark.parametrize("family", ["inet", "inet6"])
def test_disconnect(net: Front, family: str) -> None:
    """The peer can be taken back: others are heard again, and sendto says to whom."""
    host = "127.0.0.1" if family == "inet" else "::1"
    peer, other = (net.call(f"bind_{family}_dgram", host, 0).value for _ in range(2))
    assert other.disconnect().value is True  # there is none, and its port is the same
    assert other.sendto(b"x", other.getsockname().value).value == 1
    assert other.recvable(5).value is True
    assert other.recv().value == b"x"
    ours = bound_by_number(net, family, host)
    here, there = ours.getsockname().value, peer.getsockname().value
    assert ours.connect(there).value is True
    assert other.sendto(b"not heard", here).value == 9
    assert peer.sendto(b"heard", here).value == 5
    assert ours.recvable(5).value is True
    assert ours.recv().value == b"heard"
    assert ours.recv().is_again()
    assert ours.disconnect().value is True
    ours.getpeername().fails("ENOTCONN")
    ours.send(b"to whom").fails("EDESTADDRREQ")
    assert ours.getsockname().value.port().value == here.port().value
    assert other.sendto(b"now", here).value == 3
    assert ours.recvable(5).value is True
    assert ours.recv().value == b"now"
    assert ours.connect(other.getsockname().value).value is True
    assert ours.send(b"other").value == 5
    assert other.recvable(5).value is True
    assert other.recv().value == b"other"


def test_disconnect_over_unix(net: Front) -> None:
    """Of a pair, too; the kernel drops what that peer has sent before."""
    a, b = net.pair_dgram().all
    assert b.send(b"before").value == 6
    assert a.disconnect().value is True
    a.getpeername().fails("ENOTCONN")
    a.send(b"x").fails("ENOTCONN")
    assert a.recv().is_again()
    assert a.disconnect().value is True


@covers("SOCKET.disconnect", "error")
@pytest.mark.parametrize("made", ["pair_stream", "pair_seqpacket", "new_inet_stream"])
def test_disconnect_is_not_for_connections(net: Front, made: str) -> None:
    sock = net.call(made)
    own, *others = sock.all if made.startswith("pair") else [sock.value]
    own.disconnect().fails("EOPNOTSUPP", op="disconnect")
    for other in others:
        assert own.send(b"still").value == 5
        assert other.recv().value == b"still"
    own.close()
    own.disconnect().fails("EBADF", op="disconnect")


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


@pytest.mark.level("strict")
def test_h028_another_address_while_connected(net: Front, peers: Peers) -> None:
    """EISCONN, and the first connection stays."""
    one, two = peers.listener(), peers.listener()
    made = net.connect_inet_stream("127.0.0.1", port_of(one), 5).value
    made.connect(address(net, port_of(two))).fails("EISCONN", op="connect")
    assert made.getpeername().value.port().value == port_of(one)


@pytest.mark.level("strict")
def test_h028_same_address_while_connected(net: Front, peers: Peers) -> None:
    """No connect is pending, so a second one is a mistake."""
    listener = peers.listener()
    made = net.connect_inet_stream("127.0.0.1", port_of(listener), 5).value
    made.connect(address(net, port_of(listener))).fails("EISCONN", op="connect")


@pytest.mark.level("strict")
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


WILDCARDS = [("inet", "0.0.0.0"), ("inet6", "::"), ("inet6", "::1%lo")]


@pytest.mark.parametrize("family, host", WILDCARDS)
@pytest.mark.level("strict")
def test_h028_completing_with_a_wildcard(
    net: Front, peers: Peers, family: str, host: str
) -> None:
    """The kernel takes it for this host, and drops a scope that says nothing: what it
    has made of the address is no other address."""
    listener = peers.listener(INET if family == "inet" else INET6)
    port = port_of(listener)
    ai = net.addrinfo.call(family, host, port).value
    made = net.call(f"new_{family}_stream").value
    assert made.connect(ai).is_again()
    assert made.sendable(5).value is True
    assert made.connect(ai).value is True
    assert made.getpeername().value.port().value == port
    made.connect(ai).fails("EISCONN", op="connect")


@pytest.mark.parametrize("host", ["127.0.0.2", "0.0.0.0"])
@pytest.mark.level("strict")
def test_h028_completing_with_another_host(net: Front, peers: Peers, host: str) -> None:
    """Also where the port is the same, and where a wildcard would be elsewhere."""
    first = "127.0.0.1" if host != "0.0.0.0" else "127.0.0.3"
    port = port_of(peers.listener(at=(first, 0)))
    made = net.new_inet_stream().value
    assert made.connect(address(net, port, first)).is_again()
    assert made.sendable(5).value is True
    made.connect(address(net, port, host)).fails("EISCONN", op="connect")


def one_port_left() -> int:
    """The only port that the kernel may choose for a socket of this network."""
    own = Path("/proc/sys/net/ipv4/ip_local_port_range")
    own.write_text("40001 40001")
    return 40001


SELVES = [("inet", "127.0.0.1"), ("inet", "0.0.0.0"), ("inet6", "::1"), ("inet6", "::")]


@pytest.mark.parametrize("family, host", SELVES)
def test_h033_not_to_itself(in_netns: None, net: Front, family: str, host: str) -> None:
    """No socket listens, and this one is given the very port that it connects to."""
    ai = net.addrinfo.call(family, host, one_port_left()).value
    for nonblock in (True, False, True):
        made = net.call(f"new_{family}_stream").value
        made.nonblock(nonblock)
        outcome = made.connect(ai)
        if outcome.kind == "again":
            assert made.sendable(5).value is True
            outcome = made.connect(ai)
        outcome.fails("ECONNREFUSED", op="connect", addr=ai.text())
        made.getpeername().fails("ENOTCONN", op="getpeername")
        assert made.close().value is True


@pytest.mark.parametrize("family, host", SELVES)
def test_h033_no_connection_to_itself(
    in_netns: None, net: Front, family: str, host: str
) -> None:
    """As refused as with any other port, and the port is free for a server at once."""
    port = one_port_left()
    ai = net.addrinfo.call(family, host, port).value
    for _ in range(2):
        with net.no_new_descriptors():
            net.connect(ai, 5).fails("ECONNREFUSED", op="connect", addr=ai.text())
            net.call(f"connect_{family}_stream", host, port).fails("ECONNREFUSED")
            net.connect_stream(host, port, 5).fails("ECONNREFUSED")
    server = net.call(f"bind_{family}_stream", None, port).value
    assert server.listen().value is True


def test_h033_to_itself_on_purpose(net: Front) -> None:
    """A socket that is bound to the port first is meant to."""
    made = net.new_inet_stream().value
    assert made.bind(address(net, 0)).value is True
    ai = made.getsockname().value
    outcome = made.connect(ai)
    if outcome.kind == "again":
        assert made.sendable(5).value is True
        outcome = made.connect(ai)
    assert outcome.value is True
    assert made.send(b"x").value == 1
    assert made.recv().value == b"x"


LIMIT = 0.2


@pytest.mark.measures
@pytest.mark.parametrize("family", [INET, UNIX])
def test_a_blocking_connect_has_a_limit(net: Front, peers: Peers, family: int) -> None:
    """sndtimeo bounds the wait, and is as before; the connect stays where it was."""
    hole = peers.black_hole(family)
    ai = address(net, hole[1]) if family == INET else net.addrinfo.unix(hole).value
    made = net.new(family, socket.SOCK_STREAM, 0, False).value
    made.sndtimeo(LIMIT)
    start = time.monotonic()
    outcome = made.connect(ai)
    assert LIMIT <= time.monotonic() - start < LIMIT + LATE
    assert outcome.is_again()
    assert outcome.error is not None
    assert outcome.error.name == ("EINPROGRESS" if family == INET else "EAGAIN")
    assert made.sndtimeo().value >= LIMIT


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

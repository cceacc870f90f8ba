"""What a socket says of itself: its facts, its names, its pending error, its text."""

from __future__ import annotations

import socket

import pytest

from support.fronts.front import Front, Handle
from support.net.peers import Peers, port_of

covers = pytest.mark.covers

INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX


@covers("SOCKET.getsockname", "success")
@covers("SOCKET.getpeername", "success")
@pytest.mark.parametrize("family", [INET, INET6])
def test_names_of_a_connection(net: Front, peers: Peers, family: int) -> None:
    """Our names are the peer's the other way round."""
    ours, theirs = peers.stream(net, family)
    local, peer = ours.getsockname().value, ours.getpeername().value
    for ai, name in ((local, theirs.getpeername()), (peer, theirs.getsockname())):
        assert ai.addr().value == name[0].encode()
        assert ai.port().value == name[1]
        assert ai.family().value == family
        assert ai.socktype().value == socket.SOCK_STREAM


def test_names_of_a_unix_connection(net: Front, peers: Peers) -> None:
    ours, theirs = peers.stream(net, UNIX)
    assert ours.getpeername().value.addr().value == theirs.getsockname().encode()
    assert ours.getsockname().value.addr().value is None
    assert ours.getsockname().value.port().value is None


@covers("SOCKET.getpeername", "error")
@pytest.mark.parametrize(
    "function",
    ["new_inet_stream", "new_inet6_dgram", "new_unix_stream", "new_unix_dgram"],
)
def test_no_peer(net: Front, function: str) -> None:
    net.call(function).value.getpeername().fails("ENOTCONN", op="getpeername")


@covers("SOCKET.getsockname", "error")
def test_name_of_a_closed_socket(net: Front) -> None:
    made = net.new_inet_stream().value
    made.close()
    made.getsockname().fails("EBADF", op="getsockname")


def test_name_of_a_fresh_socket(net: Front) -> None:
    ai = net.new_inet_stream().value.getsockname().value
    assert (ai.addr().value, ai.port().value) == (b"0.0.0.0", 0)


def test_h017_unnamed_unix(net: Front) -> None:
    """A pair has no names: an address object without one."""
    a, _ = net.pair_stream().all
    for ai in (a.getsockname().value, a.getpeername().value):
        assert ai.addr().value is None
        assert ai.family().value == UNIX


@pytest.mark.parametrize("kind", ["stream", "dgram"])
@pytest.mark.parametrize("size", [0, 1, 57, 107])
def test_h014_abstract_names(net: Front, kind: str, size: int, peers: Peers) -> None:
    """Every length comes back byte for byte; 0 bytes is a name of its own kind."""
    name = (peers.abstract() + bytes(107))[: size + 1]
    if size < 20 and size:
        name = b"\0" + bytes([200 + len(kind)]) * size
    outcome = net.call(f"bind_unix_{kind}", name)
    if size == 0 and outcome.kind == "error":
        outcome.fails("EADDRINUSE", op="bind")
        return
    assert outcome.value.getsockname().value.addr().value == name


@covers("SOCKET.error", "success")
@covers("SOCKET.error", "error")
def test_pending_error(net: Front, peers: Peers) -> None:
    """The refusal of a connect in the background, once; then none; closed: EBADF."""
    port = peers.refused_port()
    made = net.new_inet_stream().value
    assert made.error().value is None
    assert made.connect(net.addrinfo.inet("127.0.0.1", port).value).is_again()
    assert made.sendable(5).value is True
    pending = made.error().value
    assert (pending.name, pending.code, pending.domain) == ("ECONNREFUSED", 111, "errno")
    assert pending.message == "Connection refused"
    assert made.error().value is None
    made.close()
    made.error().fails("EBADF", op="error")


@covers("SOCKET.fd", "success")
@covers("SOCKET.family", "success")
@covers("SOCKET.socktype", "success")
@covers("SOCKET.protocol", "success")
def test_facts_outlive_the_descriptor(net: Front) -> None:
    """Closed, fd() is -1 and the rest is as it was."""
    made = net.new_inet6_dgram().value
    protocol = made.protocol().value
    made.close()
    assert made.fd().value == -1
    assert made.family().value == INET6
    assert made.socktype().value == socket.SOCK_DGRAM
    assert made.protocol().value == protocol


def test_text_of_a_connection(net: Front, peers: Peers) -> None:
    """One look tells descriptor, family, type and both addresses."""
    ours, theirs = peers.stream(net)
    text = ours.text()
    for part in (
        f"fd={ours.fd().value}",
        "AF_INET",
        "SOCK_STREAM",
        f"127.0.0.1:{ours.getsockname().value.port().value}->127.0.0.1:{port_of(theirs)}",
    ):
        assert part in text


@pytest.mark.parametrize(
    "function, family, kind",
    [
        ("new_inet6_dgram", "AF_INET6", "SOCK_DGRAM"),
        ("new_unix_stream", "AF_UNIX", "SOCK_STREAM"),
    ],
)
def test_text_of_an_open_socket(
    net: Front, function: str, family: str, kind: str
) -> None:
    text = net.call(function).value.text()
    assert family in text
    assert kind in text


def test_text_of_a_closed_socket(net: Front) -> None:
    made = net.new_inet_stream().value
    made.close()
    assert "closed" in made.text()


def test_text_of_an_address_with_control_bytes(net: Front) -> None:
    """A name of any bytes cannot break a line of text."""
    made = net.bind_unix_dgram(b"\0nsk\n\x1b[31m" + str(net.pid).encode()).value
    assert "\n" not in made.text()
    assert "\x1b" not in made.text()


def same(a: Handle, b: Handle) -> bool:
    return a == b


def test_names_compare_equal(net: Front, peers: Peers) -> None:
    ours, _ = peers.stream(net)
    again = ours.getpeername().value
    assert same(ours.getpeername().value, again)
    assert not same(ours.getsockname().value, again)


def test_a_family_that_is_not_common(net: Front) -> None:
    """A socket's text names any family and type of the table of constants."""
    made = net.new(socket.AF_NETLINK, socket.SOCK_RAW, 0).value
    assert "AF_NETLINK" in made.text()
    assert "SOCK_RAW" in made.text()

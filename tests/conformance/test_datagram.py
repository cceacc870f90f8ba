"""Datagrams and packets: sendto, recvfrom and the rest on UDP and unix sockets."""

from __future__ import annotations

import socket

import pytest

from support.fronts.front import Front, Handle
from support.net.peers import Peers, arrived, port_of, wait_until

covers = pytest.mark.covers

INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX
DGRAM, SEQPACKET = socket.SOCK_DGRAM, socket.SOCK_SEQPACKET
HOSTS = {INET: "127.0.0.1", INET6: "::1"}


def bound(net: Front, peers: Peers, family: int = INET) -> Handle:
    """A datagram socket of ours with a name."""
    if family == UNIX:
        made: Handle = net.bind_unix_dgram(peers.path()).value
    else:
        name = "bind_inet6_dgram" if family == INET6 else "bind_inet_dgram"
        made = net.call(name, HOSTS[socket.AddressFamily(family)], 0).value
    return made


def address_of(net: Front, theirs: socket.socket) -> Handle:
    """The address of a CPython socket as an object of ours."""
    name = theirs.getsockname()
    if theirs.family == UNIX:
        ai: Handle = net.addrinfo.unix(name).value
    else:
        form = "inet6" if theirs.family == INET6 else "inet"
        ai = net.addrinfo.call(form, *name[:2]).value
    return ai


@covers("SOCKET.sendto", "success")
@covers("SOCKET.recvfrom", "success")
@pytest.mark.parametrize("family", [INET, INET6, UNIX])
def test_there_and_back(net: Front, peers: Peers, family: int) -> None:
    """The sender's address is the one to answer to."""
    ours, theirs = bound(net, peers, family), peers.udp(family)
    assert ours.sendto(b"there\0", address_of(net, theirs)).value == 6
    data, sender = theirs.recvfrom(100)
    assert data == b"there\0"
    theirs.sendto(b"back", sender)
    arrived(ours)
    data, ai = ours.recvfrom().all
    assert data == b"back"
    assert ai == address_of(net, theirs)
    assert ours.sendto(b"again", ai).value == 5
    assert theirs.recv(10) == b"again"


def test_unnamed_sender(net: Front, peers: Peers) -> None:
    """A unix socket without a name gives no address."""
    ours, theirs = bound(net, peers, UNIX), peers.open(UNIX, DGRAM)
    with ours.second_reader() as own:
        theirs.sendto(b"x", own.getsockname())
    arrived(ours)
    assert ours.recvfrom().all == (b"x", None)


def test_h015_abstract_sender(net: Front, peers: Peers) -> None:
    """The bytes of an abstract name come back exactly, NULs included."""
    ours = bound(net, peers, UNIX)
    name = peers.abstract() + b"\0mid\0"
    theirs = peers.bound(UNIX, DGRAM, name)
    with ours.second_reader() as own:
        theirs.sendto(b"x", own.getsockname())
    arrived(ours)
    _, ai = ours.recvfrom().all
    assert ai.addr().value == name


@pytest.mark.parametrize("receiver", ["recv", "read", "recvfrom"])
@pytest.mark.parametrize("kind", ["pair_dgram", "pair_seqpacket"])
def test_nothing_to_receive(net: Front, receiver: str, kind: str) -> None:
    a, _ = net.call(kind).all
    assert a.call(receiver).is_again()


@pytest.mark.parametrize("receiver", ["recv", "read", "recvfrom"])
@pytest.mark.parametrize("family", [INET, INET6, UNIX])
def test_h052_empty_datagram_is_data(
    net: Front, peers: Peers, family: int, receiver: str
) -> None:
    """One empty packet in; it is data and never the end."""
    ours, theirs = bound(net, peers, family), peers.udp(family)
    with ours.second_reader() as own:
        target = own.getsockname()
    theirs.sendto(b"", target)
    theirs.sendto(b"next", target)
    arrived(ours)
    assert ours.call(receiver).value == b""
    arrived(ours)
    assert ours.call(receiver).value == b"next"


@pytest.mark.parametrize("sender", ["send", "write", "sendto"])
@pytest.mark.parametrize("family", [INET, UNIX])
def test_h051_empty_datagram_is_sent(
    net: Front, peers: Peers, family: int, sender: str
) -> None:
    ours, theirs = bound(net, peers, family), peers.udp(family)
    ai = address_of(net, theirs)
    if sender == "sendto":
        assert ours.sendto(b"", ai).value == 0
    else:
        assert ours.connect(ai).value is True
        assert ours.call(sender, b"").value == 0
    assert theirs.recvfrom(10)[0] == b""


@pytest.mark.parametrize("sender", ["send", "write"])
def test_h051_empty_packet(net: Front, sender: str) -> None:
    """Seqpacket sends one empty packet too."""
    a, b = net.pair_seqpacket().all
    assert a.call(sender, b"").value == 0
    assert a.call(sender, b"next").value == 4
    assert b.recv().data == b""
    assert b.recv().value == b"next"


def test_packets_keep_their_borders(net: Front) -> None:
    a, b = net.pair_seqpacket().all
    for message in (b"one", b"two", b"three"):
        assert a.send(message).value == len(message)
    assert [b.recv().value for _ in range(3)] == [b"one", b"two", b"three"]


def test_h052_end_of_packets(net: Front) -> None:
    """The peer has gone: what it sent, then the end."""
    a, b = net.pair_seqpacket().all
    a.send(b"last")
    a.close()
    assert b.recv().value == b"last"
    assert b.recv().is_end()
    assert b.recvfrom().is_end()


@pytest.mark.parametrize("receiver", ["recv", "read", "recvfrom"])
@pytest.mark.level("outcomes")
def test_reset_of_packets_that_a_send_meets(net: Front, receiver: str) -> None:
    """The kernel tells it to the send alone: the receives give what came, then it."""
    a, b = net.pair_seqpacket().all
    b.send(b"last")
    a.send(b"unread")
    b.close()
    a.send(b"x").fails("ECONNRESET", op="send")
    assert a.call(receiver).value == b"last"
    a.call(receiver).fails("ECONNRESET")
    assert a.call(receiver).is_end()


LONG = bytes(range(251)) * 262


@pytest.mark.parametrize("args", [(), (None,)])
@pytest.mark.parametrize("receiver", ["recv", "read", "recvfrom"])
@pytest.mark.parametrize("kind", ["pair_dgram", "pair_seqpacket"])
@pytest.mark.level("strict")
def test_default_size_of_packets(
    net: Front, kind: str, receiver: str, args: tuple[None, ...]
) -> None:
    """65,536 bytes unless said otherwise; nil counts as absent."""
    a, b = net.call(kind).all
    for size in (4096, 4097, 65_535, 65_536, 65_537):
        assert a.send(LONG[:size]).value == size
        assert b.call(receiver, *args).value == LONG[: min(size, 65_536)]


@pytest.mark.parametrize("receiver", ["recv", "read", "recvfrom"])
@pytest.mark.level("strict")
def test_default_size_of_udp(net: Front, peers: Peers, receiver: str) -> None:
    """The longest datagram comes whole."""
    ours, theirs = bound(net, peers), peers.udp()
    with ours.second_reader() as own:
        theirs.sendto(LONG[:65_507], own.getsockname())
    arrived(ours)
    assert ours.call(receiver).value == LONG[:65_507]


@pytest.mark.skipif(not hasattr(socket, "AF_NETLINK"), reason="sockets of Linux")
@pytest.mark.parametrize("receiver", ["recv", "read", "recvfrom"])
@pytest.mark.level("strict")
def test_default_size_of_raw(net: Front, peers: Peers, receiver: str) -> None:
    usersock = 2  # the netlink protocol by which programs talk to each other
    ours = net.new(socket.AF_NETLINK, socket.SOCK_RAW, usersock).value
    theirs = peers.own(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, usersock))
    theirs.bind((0, 0))
    with ours.second_reader() as own:
        own.bind((0, 0))
        theirs.sendto(LONG[:20_000], own.getsockname())
    arrived(ours)
    assert ours.call(receiver).value == LONG[:20_000]


def test_long_datagram_is_cut(net: Front) -> None:
    """The buffer's worth; the rest of that datagram is gone, the next is whole."""
    a, b = net.pair_dgram().all
    a.send(b"0123456789")
    a.send(b"next")
    assert b.recv(4).value == b"0123"
    assert b.recv(100).value == b"next"


@pytest.mark.parametrize("receiver", ["recv", "recvfrom"])
@pytest.mark.parametrize("family", [INET, UNIX])
def test_h053_truncation_flag(
    net: Front, peers: Peers, family: int, receiver: str
) -> None:
    """MSG_TRUNC never returns bytes that were not received."""
    ours, theirs = bound(net, peers, family), peers.udp(family)
    with ours.second_reader() as own:
        theirs.sendto(b"0123456789", own.getsockname())
    arrived(ours)
    assert ours.call(receiver, 4, net.const("MSG_TRUNC")).value == b"0123"


@covers("SOCKET.sendto", "error")
@pytest.mark.parametrize("size, error", [(65_508, "EMSGSIZE"), (100_000, "EMSGSIZE")])
def test_h059_too_long(net: Front, peers: Peers, size: int, error: str) -> None:
    """An error, not again; nothing is sent."""
    ours, theirs = bound(net, peers), peers.udp()
    ai = address_of(net, theirs)
    target = f"127.0.0.1:{port_of(theirs)}"
    ours.sendto(b"x" * size, ai).fails(error, op="sendto", addr=target)
    assert ours.sendto(b"ok", ai).value == 2
    assert theirs.recv(100_000) == b"ok"


def test_largest_datagram(net: Front, peers: Peers) -> None:
    ours, theirs = bound(net, peers), peers.udp()
    data = bytes(range(251)) * 261
    data = data[:65_507]
    assert ours.sendto(data, address_of(net, theirs)).value == len(data)
    assert theirs.recv(70_000) == data


@pytest.mark.parametrize("family, other", [(INET, INET6), (INET6, INET), (UNIX, INET)])
def test_h018_sendto_another_family(
    net: Front, peers: Peers, family: int, other: int
) -> None:
    ours, theirs = bound(net, peers, family), peers.udp(other)
    ours.sendto(b"x", address_of(net, theirs)).fails("EAFNOSUPPORT", op="sendto")


def test_h058_refused_once(net: Front, peers: Peers) -> None:
    """A connected UDP socket reports a closed port once, and goes on working."""
    ours = bound(net, peers)
    assert ours.connect(address_of(net, peers.refused_udp())).value is True
    assert ours.send(b"x").value == 1
    wait_until(lambda: ours.recvable(0).kind == "value", "the refusal arrives")
    ours.recv().fails("ECONNREFUSED", op="recv")
    assert ours.recv().is_again()
    alive = peers.udp()
    assert ours.connect(address_of(net, alive)).value is True
    assert ours.send(b"alive").value == 5
    assert alive.recv(10) == b"alive"


def test_no_destination(net: Front) -> None:
    net.new_inet_dgram().value.send(b"x").fails("EDESTADDRREQ", op="send")


@pytest.mark.parametrize("path, error", [("/nonexistent/nsk", "ENOENT")])
def test_sendto_missing_path(net: Front, path: str, error: str) -> None:
    ai = net.addrinfo.unix(path).value
    net.new_unix_dgram().value.sendto(b"x", ai).fails(error, op="sendto", addr=path)


@covers("SOCKET.sendto", "again")
def test_full_receiver(net: Front, peers: Peers) -> None:
    """A unix receiver whose queue is full: again, and every counted packet is there."""
    ours, theirs = bound(net, peers, UNIX), peers.udp(UNIX)
    ai = address_of(net, theirs)
    sent = 0
    while (outcome := ours.sendto(b"packet", ai)).kind == "value":
        sent += 1
        assert sent < 100_000
    assert outcome.is_again()
    theirs.setblocking(False)
    received = 0
    while True:
        try:
            received += len(theirs.recv(100)) // len(b"packet")
        except BlockingIOError:
            break
    assert received == sent


def test_broadcast_is_refused_by_default(net: Front, peers: Peers) -> None:
    ours = bound(net, peers)
    ai = net.addrinfo.inet("255.255.255.255", 9).value
    outcome = ours.sendto(b"x", ai)
    assert outcome.failure.name in ("EACCES", "ENETUNREACH")


def test_h015_unix_peer_path_of_full_length(net: Front, peers: Peers) -> None:
    """A path that fills sun_path to its last byte but one is read to its end."""
    folder = peers.path()
    path = (folder + "x" * 107)[:107]
    ours = net.bind_unix_dgram(path).value
    theirs = bound(net, peers, UNIX)
    assert ours.sendto(b"x", theirs.getsockname().value).value == 1
    _, ai = theirs.recvfrom().all
    assert ai.addr().value == path.encode()

"""What travels beside the bytes: credentials, times, packet info, hops, classes."""

from __future__ import annotations

import os
import socket
import struct
import time
from typing import Any

import pytest

from conformance.parts import bytes_of, cmsg, flags_of, message, received
from support.fronts.front import Front, Handle
from support.net.peers import Peers, arrived, wait_until

SOL, IP, IPV6 = socket.SOL_SOCKET, socket.IPPROTO_IP, socket.IPPROTO_IPV6
CREDENTIALS, SO_TIMESTAMP, SO_TIMESTAMPNS = 2, 29, 35
SO_TIMESTAMPING = 37
IP_TOS, IP_TTL, IP_PKTINFO, IP_RECVTTL, IP_RECVTOS = 1, 2, 8, 12, 13
IPV6_RECVPKTINFO, IPV6_PKTINFO, IPV6_RECVHOPLIMIT, IPV6_HOPLIMIT = 49, 50, 51, 52
IPV6_RECVTCLASS, IPV6_TCLASS = 66, 67
IP_ORIGDSTADDR, IPV6_ORIGDSTADDR = 20, 74
Found = dict[tuple[int, int], Handle]


def by_kind(made: Handle) -> Found:
    return {(one.level().value, one.type().value): one for one in received(made)}


def take(net: Front, sock: Handle, into: Handle | None = None) -> Found:
    """Receive one message, and its control messages by level and type."""
    into = into or message(net, 64, control=[])
    arrived(sock)
    assert sock.recvmsg(into).value > 0
    assert not flags_of(into) & (socket.MSG_CTRUNC | socket.MSG_TRUNC)
    return by_kind(into)


def ours_and_address(net: Front, six: bool = False) -> tuple[Handle, Any]:
    made = net.bind_inet6_dgram("::1", 0) if six else net.bind_inet_dgram("127.0.0.1", 0)
    with made.value.second_reader() as own:
        return made.value, own.getsockname()


def own_credentials(net: Front) -> dict[bytes, int]:
    return {b"pid": net.pid, b"uid": os.getuid(), b"gid": os.getgid()}


@pytest.mark.parametrize("pair", ["pair_stream", "pair_dgram", "pair_seqpacket"])
def test_credentials_received(net: Front, pair: str) -> None:
    """With passcred each message says who sent it."""
    a, b = net.call(pair).all
    b.passcred(True)
    a.send(b"who")
    found = take(net, b)[SOL, CREDENTIALS]
    assert found.value().value == own_credentials(net)
    wanted = struct.pack("@iII", net.pid, os.getuid(), os.getgid())
    assert found.data().value == wanted


def test_credentials_sent(net: Front) -> None:
    """CPython's socket reads what we say we are."""
    a, b = net.pair_stream().all
    own = {k.decode(): v for k, v in own_credentials(net).items()}
    with b.second_reader() as theirs:
        theirs.setsockopt(SOL, socket.SO_PASSCRED, 1)
        made = message(net, b"me", control=[cmsg(net, SOL, CREDENTIALS, own)])
        assert a.sendmsg(made).value == 2
        data, control, _, _ = theirs.recvmsg(10, 100)
    assert data == b"me"
    assert control == [(SOL, CREDENTIALS, struct.pack("@III", *own.values()))]


def test_credentials_of_nobody(net: Front) -> None:
    """The kernel checks: a process that does not exist is refused, and nothing sent."""
    a, b = net.pair_stream().all
    stranger = cmsg(net, SOL, CREDENTIALS, {"pid": 2**22 + 5, "uid": 0, "gid": 0})
    assert a.sendmsg(message(net, b"x", control=[stranger])).failure.op == "sendmsg"
    assert b.recv().is_again()


def test_timestamp(net: Front, peers: Peers) -> None:
    """When the datagram came, in seconds with their fraction."""
    ours, at = ours_and_address(net)
    ours.timestamp(True)
    before = time.time()
    peers.udp().sendto(b"x", at)
    found = take(net, ours)[SOL, SO_TIMESTAMP]
    value = found.value().value
    assert before - 0.01 <= value <= time.time() + 0.01
    whole, micro = struct.unpack("@ll", found.data().value)
    assert value == pytest.approx(whole + micro / 1e6, abs=1e-6)


def test_timestamp_in_nanoseconds(net: Front, peers: Peers) -> None:
    ours, at = ours_and_address(net)
    ours.setsockopt(SOL, SO_TIMESTAMPNS, 1)
    before = time.time()
    peers.udp().sendto(b"x", at)
    found = take(net, ours)[SOL, SO_TIMESTAMPNS]
    whole, nano = struct.unpack("@ll", found.data().value)
    assert found.value().value == pytest.approx(whole + nano / 1e9, abs=1e-6)
    assert before - 0.01 <= found.value().value <= time.time() + 0.01


RX_SOFTWARE, SOFTWARE = 1 << 3, 1 << 4  # linux/net_tstamp.h


def test_timestamping(net: Front, peers: Peers) -> None:
    """The system's time is told; the device's, 0 here, does not stand in for it."""
    ours, at = ours_and_address(net)
    ours.setsockopt(SOL, SO_TIMESTAMPING, RX_SOFTWARE | SOFTWARE)
    theirs = peers.udp()

    def stamped() -> tuple[float, Handle] | None:
        before = time.time()
        theirs.sendto(b"x", at)
        found = take(net, ours).get((SOL, SO_TIMESTAMPING))
        return (before, found) if found else None

    # The kernel begins to look at the clock some time after it was asked to.
    stamp = wait_until(stamped, "a datagram has its time")
    assert stamp is not None
    before, found = stamp
    whole, nano, *others = struct.unpack("@6l", found.data().value)
    assert found.value().value == pytest.approx(whole + nano / 1e9, abs=1e-6)
    assert before - 0.01 <= found.value().value <= time.time() + 0.01
    assert others == [0, 0, 0, 0]


@pytest.mark.parametrize(
    "times, told",
    [((7, 500_000_000, 0, 0, 9, 0), 7.5), ((0, 0, 0, 0, 9, 250_000_000), 9.25)],
    ids=["system", "device"],
)
def test_timestamping_of_a_device(
    net: Front, times: tuple[int, ...], told: float
) -> None:
    data = struct.pack("@6l", *times)
    assert cmsg(net, SOL, SO_TIMESTAMPING, data).value().value == told


def test_packet_info_received(net: Front, peers: Peers) -> None:
    """Which interface and address a datagram came to, on a wildcard socket."""
    ours = net.bind_inet_dgram("*", 0).value
    ours.setsockopt(IP, IP_PKTINFO, 1)
    port = ours.getsockname().value.port().value
    peers.udp().sendto(b"x", ("127.0.0.3", port))
    found = take(net, ours)[IP, IP_PKTINFO]
    value = found.value().value
    assert value[b"ifindex"] == socket.if_nametoindex("lo")
    assert value[b"addr"].addr().value == b"127.0.0.3"
    assert value[b"local"].addr().value == b"127.0.0.3"
    index, local, addr = struct.unpack("@i4s4s", found.data().value)
    assert (index, socket.inet_ntoa(addr)) == (value[b"ifindex"], "127.0.0.3")
    assert socket.inet_ntoa(local) == "127.0.0.3"


def test_packet_info_of_ipv6_received(net: Front, peers: Peers) -> None:
    ours, at = ours_and_address(net, six=True)
    ours.setsockopt(IPV6, IPV6_RECVPKTINFO, 1)
    peers.udp(socket.AF_INET6).sendto(b"x", at)
    value = take(net, ours)[IPV6, IPV6_PKTINFO].value().value
    assert value[b"ifindex"] == socket.if_nametoindex("lo")
    assert value[b"addr"].addr().value == b"::1"


@pytest.mark.parametrize("six", [False, True], ids=["inet", "inet6"])
def test_original_destination_received(net: Front, peers: Peers, six: bool) -> None:
    """The address with its port, which the packet info does not have."""
    ours, at = ours_and_address(net, six)
    ours.recvorigdstaddr(True)
    peers.udp(socket.AF_INET6 if six else socket.AF_INET).sendto(b"x", at)
    value = take(net, ours)[(IPV6, IPV6_ORIGDSTADDR) if six else (IP, IP_ORIGDSTADDR)]
    found = value.value().value
    assert (found.addr().value, found.port().value) == (at[0].encode(), at[1])
    assert found.family().value == ours.family().value


def test_packet_info_sent(net: Front, peers: Peers) -> None:
    """The source address of one datagram, chosen with it."""
    ours = net.bind_inet_dgram("*", 0).value
    theirs = peers.udp()
    source = net.addrinfo.inet("127.0.0.9", 0).value
    to = net.addrinfo.inet(*theirs.getsockname()).value
    info = cmsg(net, IP, IP_PKTINFO, {"addr": source})
    assert ours.sendmsg(message(net, b"from 9", name=to, control=[info])).value == 6
    data, where = theirs.recvfrom(10)
    assert (data, where[0]) == (b"from 9", "127.0.0.9")


def test_packet_info_of_ipv6_sent(net: Front, peers: Peers) -> None:
    ours = net.bind_inet6_dgram("*", 0).value
    theirs = peers.udp(socket.AF_INET6)
    source = net.addrinfo.inet6("::1", 0).value
    to = net.addrinfo.inet6(*theirs.getsockname()[:2]).value
    info = cmsg(net, IPV6, IPV6_PKTINFO, {"ifindex": 1, "addr": source})
    assert ours.sendmsg(message(net, b"six", name=to, control=[info])).value == 3
    assert theirs.recvfrom(10)[1][0] == "::1"


def test_no_such_source(net: Front, peers: Peers) -> None:
    """An address that is not ours: the kernel refuses, the message stays usable."""
    ours = net.new_inet_dgram().value
    theirs = peers.udp()
    source = net.addrinfo.inet("192.0.2.1", 0).value
    made = message(net, b"x", name=net.addrinfo.inet(*theirs.getsockname()).value)
    made.control(None)
    queue = net.cmsghdrs.new().value
    queue.push(cmsg(net, IP, IP_PKTINFO, {"addr": source}))
    made.control(queue)
    assert ours.sendmsg(made).failure.op == "sendmsg"
    made.control(None)
    assert ours.sendmsg(made).value == 1
    assert theirs.recv(10) == b"x"


@pytest.mark.parametrize(
    "six, receive, kind, name, value",
    [
        (False, IP_RECVTTL, IP_TTL, IP_TTL, 33),
        (False, IP_RECVTOS, IP_TOS, IP_TOS, 0xB8),
        (True, IPV6_RECVHOPLIMIT, IPV6_HOPLIMIT, socket.IPV6_UNICAST_HOPS, 33),
        (True, IPV6_RECVTCLASS, IPV6_TCLASS, IPV6_TCLASS, 0xB8),
    ],
    ids=["ttl", "tos", "hoplimit", "tclass"],
)
def test_header_fields(
    net: Front, peers: Peers, six: bool, receive: int, kind: int, name: int, value: int
) -> None:
    """Received as integers whatever their size is, and sent with one datagram."""
    level = IPV6 if six else IP
    ours, at = ours_and_address(net, six)
    ours.setsockopt(level, receive, 1)
    theirs = peers.udp(socket.AF_INET6 if six else socket.AF_INET)
    theirs.setsockopt(level, name, value)
    theirs.sendto(b"x", at)
    found = take(net, ours)[level, kind]
    assert found.value().value == value
    assert found.data().value[0] == value
    # And the other way: one datagram of ours, another value than the socket's.
    theirs.setsockopt(level, receive, 1)
    make = net.addrinfo.inet6 if six else net.addrinfo.inet
    to = make(*theirs.getsockname()[:2]).value
    made = message(net, b"y", name=to, control=[cmsg(net, level, kind, value + 4)])
    assert ours.sendmsg(made).value == 1
    _, control, _, _ = theirs.recvmsg(10, 100)
    assert [(one[0], one[1], one[2][0]) for one in control] == [(level, kind, value + 4)]


@pytest.mark.parametrize("kind, receive", [(36, 75), (12, 82)], ids=["mark", "priority"])
def test_of_the_socket(net: Front, kind: int, receive: int) -> None:
    """SO_MARK and SO_PRIORITY go with a datagram, and come where they are told."""
    ours, at = ours_and_address(net)
    theirs = net.new_inet_dgram().value
    if theirs.setsockopt(SOL, kind, 5).kind == "error":
        pytest.skip("marking takes CAP_NET_ADMIN")
    if ours.setsockopt(SOL, receive, 1).kind == "error":
        pytest.skip("this kernel does not tell it")
    to = net.addrinfo.inet(*at).value
    assert theirs.sendto(b"the socket's", to).value == 12
    assert take(net, ours)[SOL, kind].value().value == 5
    made = message(net, b"its own", name=to, control=[cmsg(net, SOL, kind, 6)])
    assert theirs.sendmsg(made).value == 7
    assert take(net, ours)[SOL, kind].value().value == 6


UDP, UDP_SEGMENT, UDP_GRO, SO_RXQ_OVFL = socket.IPPROTO_UDP, 103, 104, 40


def test_segments_sent_and_received_together(net: Front, peers: Peers) -> None:
    """One send is many datagrams, and one receive takes them together, as it says."""
    ours, at = ours_and_address(net)
    theirs = peers.udp()
    to = net.addrinfo.inet(*theirs.getsockname()).value
    sizes = cmsg(net, UDP, UDP_SEGMENT, 100)
    made = message(net, bytes(range(250)), name=to, control=[sizes])
    assert ours.sendmsg(made).value == 250
    got = [theirs.recv(1000) for _ in range(3)]
    assert got == [bytes(range(100)), bytes(range(100, 200)), bytes(range(200, 250))]
    ours.udpgro(True)
    theirs.setsockopt(UDP, UDP_SEGMENT, 100)
    theirs.sendto(bytes(range(250)), at)
    into = message(net, 1000, control=[])
    found = take(net, ours, into)[UDP, UDP_GRO]
    assert found.value().value == 100
    assert bytes_of(into)[:250] == bytes(range(250))


def test_the_option_divides_too(net: Front, peers: Peers) -> None:
    ours, theirs = net.new_inet_dgram().value, peers.udp()
    ours.udpsegment(4)
    to = net.addrinfo.inet(*theirs.getsockname()).value
    assert ours.sendto(b"one two three", to).value == 13
    assert [theirs.recv(10) for _ in range(4)] == [b"one ", b"two ", b"thre", b"e"]


def test_datagrams_without_room_are_counted(net: Front, peers: Peers) -> None:
    """The count comes with what came after them."""
    ours, at = ours_and_address(net)
    ours.rcvbuf(1)
    ours.rxqovfl(True)
    theirs = peers.udp()
    for _ in range(200):
        theirs.sendto(bytes(100), at)
    while ours.recv().kind == "value":
        pass
    theirs.sendto(b"after", at)
    dropped = take(net, ours)[SOL, SO_RXQ_OVFL].value().value
    assert 0 < dropped < 200


def test_many_at_once(net: Front, peers: Peers) -> None:
    """Everything that can be switched on comes with one datagram, nothing is cut."""
    ours, at = ours_and_address(net)
    ours.timestamp(True)
    for name in (IP_PKTINFO, IP_RECVTTL, IP_RECVTOS):
        ours.setsockopt(IP, name, 1)
    peers.udp().sendto(b"x", at)
    found = take(net, ours)
    assert set(found) == {
        (SOL, SO_TIMESTAMP),
        (IP, IP_PKTINFO),
        (IP, IP_TTL),
        (IP, IP_TOS),
    }


def test_control_messages_are_refilled(net: Front, peers: Peers) -> None:
    """What the last receive left is gone with the next one."""
    ours, at = ours_and_address(net)
    ours.setsockopt(IP, IP_RECVTTL, 1)
    theirs = peers.udp()
    into = message(net, 64, control=[])
    for _ in range(3):
        theirs.sendto(b"x", at)
        arrived(ours)
        assert ours.recvmsg(into).value == 1
        assert len(into.control().value) == 1
    ours.setsockopt(IP, IP_RECVTTL, 0)
    theirs.sendto(b"last", at)
    arrived(ours)
    assert ours.recvmsg(into).value == 4
    assert len(into.control().value) == 0
    assert bytes_of(into)[:4] == b"last"


@pytest.mark.parametrize(
    "level, kind, data", [(SOL, 99, b"junk"), (SOL, CREDENTIALS, b"cut")]
)
def test_h076_what_the_kernel_refuses(
    net: Front, level: int, kind: int, data: bytes
) -> None:
    """EINVAL, and nothing goes out."""
    a, b = net.pair_stream().all
    a.sendmsg(message(net, b"x", control=[cmsg(net, level, kind, data)])).fails("EINVAL")
    assert b.recv().is_again()


def test_h075_more_control_than_the_system_allows(net: Front) -> None:
    a, b = net.pair_dgram().all
    big = cmsg(net, SOL, 99, bytes(1 << 20))
    a.sendmsg(message(net, b"x", control=[big])).fails("ENOBUFS", op="sendmsg")
    assert b.recv().is_again()


@pytest.mark.parametrize("elements", [(), (b"",)])
def test_h072_control_without_a_byte(net: Front, elements: tuple[bytes, ...]) -> None:
    """A stream would lose it in silence: EINVAL. A packet may be empty."""
    own = {k.decode(): v for k, v in own_credentials(net).items()}
    a, b = net.pair_stream().all
    made = message(net, *elements, control=[cmsg(net, SOL, CREDENTIALS, own)])
    a.sendmsg(made).fails("EINVAL", text="control")
    assert b.recv().is_again()
    a, b = net.pair_dgram().all
    b.passcred(True)
    assert a.sendmsg(made).value == 0
    into = message(net, 4, control=[])
    arrived(b)
    assert b.recvmsg(into).value == 0
    assert (SOL, CREDENTIALS) in by_kind(into)

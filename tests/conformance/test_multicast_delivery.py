"""Multicast between two machines: two networks of our own, joined by a virtual cable."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from conformance.parts import message, received
from support.fronts.front import Front, Handle
from support.net import veth_peer
from support.net.netns import NotAllowed
from support.net.peers import Peers, arrived

FAMILIES = ["inet", "inet6"]
IP_RECVTTL, IPV6_RECVHOPLIMIT = 12, 51


@dataclass(frozen=True)
class Plan:
    """The addresses of one family on both sides."""

    family: int
    group: str
    ours: str
    theirs: str
    another: str  # a second address on their side


PLANS = {
    "inet": Plan(socket.AF_INET, "239.77.0.9", "10.77.0.1", "10.77.0.2", "10.77.0.3"),
    "inet6": Plan(socket.AF_INET6, "ff15::77:9", "fd77::1", "fd77::2", "fd77::3"),
}


@pytest.fixture
def cable(in_netns: None) -> Iterator[veth_peer.VethPeer]:
    try:
        with veth_peer.connected() as side:
            yield side
    except NotAllowed as reason:
        pytest.skip(f"this machine allows no virtual cable: {reason}")


def sender(side: veth_peer.VethPeer, peers: Peers, plan: Plan, at: str) -> socket.socket:
    """Their socket, bound to an address of theirs, sending multicast on the cable."""
    with side.there():
        made = peers.bound(plan.family, socket.SOCK_DGRAM, (at, 0))
        index = socket.if_nametoindex(veth_peer.THERE)
    if plan.family == socket.AF_INET:
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(at))
    else:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    return made


def arrives(ours: Handle, theirs: socket.socket, plan: Plan, port: int) -> bool:
    """Whether their datagram to the group comes before the one to us that follows it."""
    theirs.sendto(b"group", (plan.group, port))
    theirs.sendto(b"marker", (plan.ours, port))
    arrived(ours)
    first = ours.recv().value
    if first == b"group":
        arrived(ours)
        assert ours.recv().value == b"marker"
    return bool(first == b"group")


@pytest.mark.parametrize("family", FAMILIES)
def test_h094_join_leave_and_sources(
    cable: veth_peer.VethPeer, net: Front, peers: Peers, family: str
) -> None:
    """From another machine: joined, left, for one source, with one source blocked."""
    plan = PLANS[family]
    ours = net.call(f"bind_{family}_dgram", "*", 0).value
    port = ours.getsockname().value.port().value
    one = sender(cable, peers, plan, plan.theirs)
    two = sender(cable, peers, plan, plan.another)
    make = net.addrinfo.inet if family == "inet" else net.addrinfo.inet6
    group, source = make(plan.group, 0).value, make(plan.theirs, 0).value

    def heard() -> tuple[bool, bool]:
        return arrives(ours, one, plan, port), arrives(ours, two, plan, port)

    assert heard() == (False, False)
    ours.mcastjoin(group, veth_peer.HERE)
    assert heard() == (True, True)
    ours.mcastblocksrc(group, source, veth_peer.HERE)
    assert heard() == (False, True)
    ours.mcastunblocksrc(group, source, veth_peer.HERE)
    assert heard() == (True, True)
    ours.mcastleave(group, veth_peer.HERE)
    assert heard() == (False, False)
    ours.mcastjoinsrc(group, source, veth_peer.HERE)
    assert heard() == (True, False)
    ours.mcastleavesrc(group, source, veth_peer.HERE)
    assert heard() == (False, False)


@pytest.mark.parametrize("family", FAMILIES)
def test_joined_on_another_interface(
    cable: veth_peer.VethPeer, net: Front, peers: Peers, family: str
) -> None:
    """Membership is an interface's: on lo it says nothing about the cable."""
    plan = PLANS[family]
    ours = net.call(f"bind_{family}_dgram", "*", 0).value
    port = ours.getsockname().value.port().value
    theirs = sender(cable, peers, plan, plan.theirs)
    make = net.addrinfo.inet if family == "inet" else net.addrinfo.inet6
    ours.mcastjoin(make(plan.group, 0).value, "lo")
    assert not arrives(ours, theirs, plan, port)


@pytest.mark.parametrize("family", FAMILIES)
def test_sending(
    cable: veth_peer.VethPeer, net: Front, peers: Peers, family: str
) -> None:
    """mcastif chooses the cable, mcastttl the hops."""
    plan = PLANS[family]
    six = family == "inet6"
    level = socket.IPPROTO_IPV6 if six else socket.IPPROTO_IP
    with cable.there():
        theirs = peers.bound(
            plan.family, socket.SOCK_DGRAM, ("::" if six else "0.0.0.0", 0)
        )
        index = socket.if_nametoindex(veth_peer.THERE)
    packed = socket.inet_pton(plan.family, plan.group)
    if six:
        theirs.setsockopt(
            level, socket.IPV6_JOIN_GROUP, packed + index.to_bytes(4, "little")
        )
    else:
        theirs.setsockopt(
            level, socket.IP_ADD_MEMBERSHIP, packed + socket.inet_aton(plan.theirs)
        )
    theirs.setsockopt(level, IPV6_RECVHOPLIMIT if six else IP_RECVTTL, 1)
    port = theirs.getsockname()[1]
    ours = net.call(f"new_{family}_dgram").value
    assert ours.mcastif(veth_peer.HERE).value is None
    assert ours.mcastif().value == veth_peer.HERE.encode()
    make = net.addrinfo.inet6 if six else net.addrinfo.inet
    to, straight = make(plan.group, port).value, make(plan.theirs, port).value
    ours.mcastttl(5)
    assert ours.sendto(b"five hops", to).value == 9
    assert ours.sendto(b"marker", straight).value == 6
    data, control, _, where = theirs.recvmsg(20, 100)
    assert (data, where[0]) == (b"five hops", plan.ours)
    assert [one[2][0] for one in control] == [5]
    assert theirs.recv(20) == b"marker"


@pytest.mark.parametrize("family", FAMILIES)
def test_loop(cable: veth_peer.VethPeer, net: Front, family: str) -> None:
    """mcastloop decides whether this machine hears its own datagrams."""
    plan = PLANS[family]
    member = net.call(f"bind_{family}_dgram", "*", 0).value
    port = member.getsockname().value.port().value
    make = net.addrinfo.inet if family == "inet" else net.addrinfo.inet6
    to = make(plan.group, port).value
    member.mcastjoin(make(plan.group, 0).value, veth_peer.HERE)
    ours = net.call(f"new_{family}_dgram").value
    ours.mcastif(veth_peer.HERE)
    for loop, text in ((False, b"silent"), (True, b"heard")):
        ours.mcastloop(loop)
        assert ours.sendto(text, to).value == len(text)
    into = message(net, 20, control=[])
    arrived(member)
    assert member.recvmsg(into).value == 5
    assert received(into) == []
    assert member.recv().is_again()


@pytest.mark.parametrize("where", ["fe80::77%nsk0", "fe80::77"])
def test_h023_scope_ids(
    cable: veth_peer.VethPeer, net: Front, peers: Peers, where: str
) -> None:
    """A link-local address needs its zone, keeps it, and prints it."""
    veth_peer.ip("addr add fe80::77/64 dev nsk0 nodad")
    ai = net.addrinfo.inet6(where, 0, socket.SOCK_DGRAM).value
    if "%" not in where:
        net.bind(ai).fails("EINVAL", op="bind")
        return
    ours = net.bind(ai).value
    name = ours.getsockname().value
    assert name.addr().value == b"fe80::77%nsk0"
    port = name.port().value
    assert name.text() == f"[fe80::77%nsk0]:{port}"
    with cable.there():
        veth_peer.ip("addr add fe80::78/64 dev nsk1 nodad")
        index = socket.if_nametoindex("nsk1")
        theirs = peers.bound(
            socket.AF_INET6, socket.SOCK_DGRAM, ("fe80::78", 0, 0, index)
        )
    theirs.sendto(b"link", ("fe80::77", port, 0, index))
    arrived(ours)
    data, sender_ai = ours.recvfrom().all
    assert (data, sender_ai.addr().value) == (b"link", b"fe80::78%nsk0")
    assert ours.sendto(b"back", sender_ai).value == 4
    assert theirs.recv(10) == b"back"
    assert sender_ai == net.addrinfo.inet6("fe80::78%nsk0", theirs.getsockname()[1]).value
    assert sender_ai != net.addrinfo.inet6("fe80::78%lo", theirs.getsockname()[1]).value

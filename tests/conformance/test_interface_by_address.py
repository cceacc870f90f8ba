"""An interface by an address that it has: joining groups, mcastif, bindtodevice."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from conformance.test_multicast import ACTIONS, WITH_SOURCE, group, source
from support.fronts.front import Front, Handle
from support.net import veth_peer
from support.net.netns import NotAllowed
from support.net.peers import Peers, arrived

pytestmark = pytest.mark.level("strict")

OF_LO = ["127.0.0.1", "::1"]
NOBODYS = ["192.0.2.77", "2001:db8::77", "fe80::77%nsk-none", "0.0.0.0", "::"]
OPTIONS = ["mcastif", "bindtodevice"]


def address(net: Front, text: str) -> Handle:
    make = net.addrinfo.inet6 if ":" in text else net.addrinfo.inet
    made: Handle = make(text, 0).value
    return made


def as_given(net: Front, text: str, form: str) -> Any:
    return text if form == "text" else address(net, text)


@pytest.mark.parametrize("form", ["text", "object"])
@pytest.mark.parametrize("at", OF_LO)
@pytest.mark.parametrize("family", ["inet", "inet6"])
def test_groups(net: Front, family: str, at: str, form: str) -> None:
    """The same interface as by its name, by an address of either family."""
    ours = net.call(f"new_{family}_dgram").value
    one, src, on = group(net, family), source(net, family), as_given(net, at, form)
    assert ours.mcastjoin(one, on).value is True
    ours.mcastjoin(one, "lo").fails("EADDRINUSE", op="mcastjoin")
    assert ours.mcastblocksrc(one, src, on).value is True
    ours.mcastblocksrc(one, src, "lo").fails("EADDRNOTAVAIL")
    assert ours.mcastunblocksrc(one, src, "lo").value is True
    assert ours.mcastleave(one, on).value is True
    ours.mcastleave(one, "lo").fails("EADDRNOTAVAIL")
    assert ours.mcastjoinsrc(one, src, on).value is True
    assert ours.mcastleavesrc(one, src, "lo").value is True


@pytest.mark.parametrize("form", ["text", "object"])
@pytest.mark.parametrize("at", OF_LO)
@pytest.mark.parametrize("family", ["inet", "inet6"])
@pytest.mark.parametrize("name", OPTIONS)
def test_options(net: Front, name: str, family: str, at: str, form: str) -> None:
    ours = net.call(f"new_{family}_dgram").value
    assert ours.call(name, as_given(net, at, form)).value is None
    assert ours.call(name).value == b"lo"


@pytest.mark.parametrize("at", NOBODYS)
@pytest.mark.parametrize("action", ACTIONS)
def test_unknown_to_groups(net: Front, action: str, at: str) -> None:
    """The error names the argument and the address."""
    ours = net.new_inet_dgram().value
    sources = [source(net, "inet")] if action in WITH_SOURCE else []
    outcome = ours.call(action, group(net, "inet"), *sources, at)
    failure = outcome.fails("EADDRNOTAVAIL", op=action, text="ifname")
    assert f"no interface has {at}" in failure.message


@pytest.mark.parametrize("at", NOBODYS)
@pytest.mark.parametrize("name", OPTIONS)
def test_unknown_to_options(net: Front, name: str, at: str) -> None:
    """The value stays."""
    ours = net.new_inet_dgram().value
    ours.call(name, "lo")
    failure = ours.call(name, at).fails("EADDRNOTAVAIL", op="setsockopt", text=name)
    assert f"no interface has {at}" in failure.message
    assert ours.call(name).value == b"lo"


def test_unknown_object(net: Front) -> None:
    ours = net.new_inet6_dgram().value
    nobodys = address(net, "2001:db8::77")
    outcome = ours.mcastjoin(group(net, "inet6"), nobodys)
    failure = outcome.fails("EADDRNOTAVAIL", op="mcastjoin", text="ifname")
    assert "no interface has 2001:db8::77" in failure.message


def test_of_another_kind(net: Front) -> None:
    """Only IPv4 and IPv6 addresses are an interface's."""
    ours = net.new_inet_dgram().value
    unix = net.addrinfo.unix("/some/where").value
    ours.mcastjoin(group(net, "inet"), unix).fails("EAFNOSUPPORT", text="ifname")
    for name in OPTIONS:
        ours.call(name, unix).fails("EAFNOSUPPORT", op="setsockopt", text=name)


@pytest.fixture
def cable(in_netns: None) -> Iterator[veth_peer.VethPeer]:
    try:
        with veth_peer.connected() as side:
            yield side
    except NotAllowed as reason:
        pytest.skip(f"this machine allows no virtual cable: {reason}")


CABLES = {
    "inet": (socket.AF_INET, "239.77.0.9", "10.77.0.2"),
    "inet6": (socket.AF_INET6, "ff15::77:9", "fd77::2"),
}


@pytest.mark.parametrize("at", ["10.77.0.1", "fd77::1", "fe80::77%nsk0", "fe80::77"])
@pytest.mark.parametrize("family", list(CABLES))
def test_joined_on_the_cable(
    cable: veth_peer.VethPeer, net: Front, peers: Peers, family: str, at: str
) -> None:
    """What the other machine sends to the group comes."""
    number, one, theirs_at = CABLES[family]
    veth_peer.ip("addr add fe80::77/64 dev nsk0 nodad")
    with cable.there():
        theirs = peers.bound(number, socket.SOCK_DGRAM, (theirs_at, 0))
        index = socket.if_nametoindex(veth_peer.THERE)
    if number == socket.AF_INET:
        packed = socket.inet_aton(theirs_at)
        theirs.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, packed)
    else:
        theirs.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    ours = net.call(f"bind_{family}_dgram", "*", 0).value
    port = ours.getsockname().value.port().value
    assert ours.mcastjoin(address(net, one), at).value is True
    theirs.sendto(b"group", (one, port))
    arrived(ours)
    assert ours.recv().value == b"group"


def test_the_zone_decides(cable: veth_peer.VethPeer, net: Front) -> None:
    """Of two interfaces with one link-local address."""
    veth_peer.ip("addr add fe80::77/64 dev nsk0 nodad")
    veth_peer.ip("addr add fe80::77/64 dev lo nodad")
    ours = net.new_inet6_dgram().value
    for name in (b"nsk0", b"lo"):
        zoned = "fe80::77%" + name.decode()
        for given in (zoned, address(net, zoned)):
            ours.mcastif(None)
            ours.mcastif(given)
            assert ours.mcastif().value == name


@pytest.mark.parametrize("at", ["10.77.0.1", "10.77.0.5"])
def test_sends_from_the_address(
    cable: veth_peer.VethPeer, net: Front, peers: Peers, at: str
) -> None:
    """The second address of the interface, when mcastif was given that."""
    veth_peer.ip("addr add 10.77.0.5/24 dev nsk0")
    with cable.there():
        theirs = peers.bound(socket.AF_INET, socket.SOCK_DGRAM, ("0.0.0.0", 0))
        joined = socket.inet_aton("239.77.0.9") + socket.inet_aton("10.77.0.2")
        theirs.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
    ours = net.new_inet_dgram().value
    ours.mcastif(at)
    assert ours.mcastif().value == b"nsk0"
    to = net.addrinfo.inet("239.77.0.9", theirs.getsockname()[1]).value
    assert ours.sendto(b"from", to).value == 4
    data, where = theirs.recvfrom(10)
    assert (data, where[0]) == (b"from", at)

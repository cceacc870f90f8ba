"""Group membership: who may join what, checked on the loopback interface."""

from __future__ import annotations

import os
import socket
import uuid
from pathlib import Path
from typing import Any

import pytest

from support.fronts.front import Front, Handle
from support.net.peers import Peers, arrived

covers = pytest.mark.covers

# Linux delivers a group to sockets that have not joined it once anybody has (H094): tests
# that run at the same time must not meet.
HIGH, LOW = divmod(os.getpid() % 2**16, 2**8)
GROUPS = {"inet": f"239.77.{HIGH}.{LOW}", "inet6": "ff15::77:1"}
ANOTHER_GROUP = f"239.78.{HIGH}.{LOW}"
SOURCES = {"inet": "127.0.0.1", "inet6": "::1"}
BAD_NAMES = [
    (b"", "EINVAL"),
    (b"nsk0123456789012", "EINVAL"),
    (b"x" * 5000, "EINVAL"),
    (b"lo\0", "EINVAL"),
    (b"nsk-no-such", "ENODEV"),
]
WITH_SOURCE = ["mcastjoinsrc", "mcastleavesrc", "mcastblocksrc", "mcastunblocksrc"]
ACTIONS = ["mcastjoin", "mcastleave", *WITH_SOURCE]
FAMILIES = ["inet", "inet6"]


def address(net: Front, family: str, text: str) -> Handle:
    made: Handle = net.addrinfo.call(family, text, 0).value
    return made


def group(net: Front, family: str) -> Handle:
    return address(net, family, GROUPS[family])


def source(net: Front, family: str) -> Handle:
    return address(net, family, SOURCES[family])


def bound(net: Front, family: str) -> tuple[Handle, int]:
    made: Handle = net.call(f"bind_{family}_dgram", "*", 0).value
    port: int = made.getsockname().value.port().value
    return made, port


def loopback_sender(peers: Peers) -> socket.socket:
    """A CPython socket that sends multicast on lo, from its loopback address."""
    theirs = peers.udp()
    theirs.setsockopt(
        socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1")
    )
    return theirs


def arrives(ours: Handle, theirs: socket.socket, port: int) -> bool:
    """Whether a datagram to the group comes; one to ourselves after it marks the end."""
    theirs.sendto(b"group", (GROUPS["inet"], port))
    theirs.sendto(b"marker", (SOURCES["inet"], port))
    arrived(ours)
    first = ours.recv().value
    if first == b"group":
        arrived(ours)
        assert ours.recv().value == b"marker"
    return bool(first == b"group")


@covers("SOCKET.mcastjoin", "success")
@covers("SOCKET.mcastleave", "success")
def test_join_and_leave(net: Front, peers: Peers) -> None:
    """A member gets what is sent to the group, and no other socket does."""
    ours, port = bound(net, "inet")
    theirs = loopback_sender(peers)
    assert not arrives(ours, theirs, port)
    assert ours.mcastjoin(group(net, "inet"), "lo").value is True
    assert arrives(ours, theirs, port)
    assert ours.mcastleave(group(net, "inet"), "lo").value is True
    assert not arrives(ours, theirs, port)


@covers("SOCKET.mcastjoinsrc", "success")
@covers("SOCKET.mcastleavesrc", "success")
def test_join_for_a_source(net: Front, peers: Peers) -> None:
    ours, port = bound(net, "inet")
    theirs = loopback_sender(peers)
    other = address(net, "inet", "127.0.0.2")
    assert ours.mcastjoinsrc(group(net, "inet"), other, "lo").value is True
    assert not arrives(ours, theirs, port)
    assert ours.mcastjoinsrc(group(net, "inet"), source(net, "inet"), "lo").value is True
    assert arrives(ours, theirs, port)
    assert ours.mcastleavesrc(group(net, "inet"), source(net, "inet"), "lo").value is True
    assert not arrives(ours, theirs, port)


@covers("SOCKET.mcastblocksrc", "success")
@covers("SOCKET.mcastunblocksrc", "success")
def test_block_and_unblock(net: Front, peers: Peers) -> None:
    ours, port = bound(net, "inet")
    theirs = loopback_sender(peers)
    ours.mcastjoin(group(net, "inet"), "lo")
    assert ours.mcastblocksrc(group(net, "inet"), source(net, "inet"), "lo").value is True
    assert not arrives(ours, theirs, port)
    assert (
        ours.mcastunblocksrc(group(net, "inet"), source(net, "inet"), "lo").value is True
    )
    assert arrives(ours, theirs, port)


def test_h094_what_others_have_joined(net: Front, peers: Peers) -> None:
    """It comes too, to a socket bound to the wildcard; IP_MULTICAST_ALL ends that."""
    ours, port = bound(net, "inet")
    other, _ = bound(net, "inet")
    theirs = loopback_sender(peers)
    other.mcastjoin(group(net, "inet"), "lo")
    assert arrives(ours, theirs, port)
    ours.setsockopt(socket.IPPROTO_IP, net.const("IP_MULTICAST_ALL"), 0)
    assert not arrives(ours, theirs, port)
    ours.mcastjoin(group(net, "inet"), "lo")
    assert arrives(ours, theirs, port)


def test_h094_bound_to_a_group(net: Front, peers: Peers) -> None:
    """Then only what is sent to that group comes, whatever else was joined."""
    ours = net.bind_inet_dgram(GROUPS["inet"], 0).value
    port = ours.getsockname().value.port().value
    theirs = loopback_sender(peers)
    for joined in (group(net, "inet"), address(net, "inet", ANOTHER_GROUP)):
        ours.mcastjoin(joined, "lo")
    theirs.sendto(b"another", (ANOTHER_GROUP, port))
    theirs.sendto(b"to us alone", (SOURCES["inet"], port))
    theirs.sendto(b"group", (GROUPS["inet"], port))
    arrived(ours)
    assert ours.recv().value == b"group"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_stream_has_no_groups(net: Front, family: str) -> None:
    """The kernel would let it join; nothing is ever sent to a stream that way."""
    ours = net.call(f"new_{family}_stream").value
    for action in ACTIONS:
        outcome = call(net, ours, action, family, "lo")
        outcome.fails("ESOCKTNOSUPPORT", text=GROUPS[family])
    for option, value in (("mcastloop", False), ("mcastttl", 3), ("mcastif", "lo")):
        for args in ((), (value,)):
            outcome = ours.call(option, *args)
            outcome.fails("ESOCKTNOSUPPORT", text=option)


@pytest.mark.parametrize("family", FAMILIES)
def test_errors_of_the_kernel(net: Front, family: str) -> None:
    """Twice a member, not a member: what the kernel says, with the group."""
    ours, _ = bound(net, family)
    one, src = group(net, family), source(net, family)
    ours.mcastleave(one, "lo").fails(
        "EADDRNOTAVAIL", op="mcastleave", text=GROUPS[family]
    )
    ours.mcastjoin(one, "lo")
    ours.mcastjoin(one, "lo").fails("EADDRINUSE", op="mcastjoin")
    assert ours.mcastunblocksrc(one, src, "lo").failure
    ours.mcastleave(one, "lo")
    ours.mcastleave(one, "lo").fails("EADDRNOTAVAIL")


def call(
    net: Front, made: Handle, action: str, family: str, *rest: Any, **given: Any
) -> Any:
    """An action with a good group and source, but for those given."""
    args = [given.get("group") or group(net, family)]
    if action in WITH_SOURCE:
        args.append(given.get("source") or source(net, family))
    return made.call(action, *args, *rest)


CLAIMED = [
    pytest.param(name, marks=covers(f"SOCKET.{name}", "error")) for name in ACTIONS
]


@pytest.mark.parametrize("action", CLAIMED)
@pytest.mark.parametrize("family", FAMILIES)
def test_h018_families(net: Front, action: str, family: str) -> None:
    """Group, source and socket are of one family: EAFNOSUPPORT before a field is read."""
    other = "inet6" if family == "inet" else "inet"
    ours, _ = bound(net, family)
    unix = net.addrinfo.unix("/some/where").value
    for wrong in (group(net, other), unix):
        call(net, ours, action, family, "lo", group=wrong).fails("EAFNOSUPPORT")
        if action in WITH_SOURCE:
            call(net, ours, action, family, "lo", source=wrong).fails("EAFNOSUPPORT")
    made = net.new_unix_dgram().value
    call(net, made, action, family).fails("EAFNOSUPPORT")


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("family", FAMILIES)
def test_not_a_group(net: Front, action: str, family: str) -> None:
    ours, _ = bound(net, family)
    failure = call(net, ours, action, family, "lo", group=source(net, family)).failure
    assert failure.name in ("EINVAL", "EADDRNOTAVAIL")


@pytest.mark.parametrize(
    "name, error", BAD_NAMES, ids=["empty", "16", "5000", "NUL", "unknown"]
)
@pytest.mark.parametrize("action", ACTIONS)
def test_interface_names(net: Front, action: str, name: bytes, error: str) -> None:
    """Never cut to one that exists."""
    ours, _ = bound(net, "inet")
    failure = call(net, ours, action, "inet", name).fails(error)
    assert failure.op == action


@pytest.mark.parametrize("wrong", [5, 1.5, True, [], {}])
def test_wrong_interface(net: Front, wrong: Any) -> None:
    ours, _ = bound(net, "inet")
    for action in ACTIONS:
        assert call(net, ours, action, "inet", wrong).raised


@pytest.mark.parametrize("wrong", ["239.77.0.1", 5, True, None, [], {}])
def test_wrong_group_and_source(net: Front, wrong: Any) -> None:
    ours, _ = bound(net, "inet")
    for action in ACTIONS:
        assert ours.call(action, wrong, source(net, "inet")).raised
    for action in WITH_SOURCE:
        assert ours.call(action, group(net, "inet"), wrong).raised


def test_mcastif_mcastttl_mcastloop(net: Front) -> None:
    """A member of our own hears us with the hops that were set, unless loop is off."""
    ours, port = bound(net, "inet")
    ours.mcastjoin(group(net, "inet"), "lo")
    sender = net.new_inet_dgram().value
    sender.mcastif("lo")
    sender.mcastttl(7)
    to = net.addrinfo.inet(GROUPS["inet"], port).value
    assert sender.sendto(b"looped", to).value == 6
    arrived(ours)
    data, ai = ours.recvfrom().all
    assert data == b"looped"
    assert ai.addr().value == SOURCES["inet"].encode()


def six_hex(text: str) -> str:
    return socket.inet_pton(socket.AF_INET6, text).hex()


def members(one: str) -> bool:
    """Whether the kernel lists the group on lo."""
    rows = Path("/proc/net/igmp6").read_text().splitlines()
    return any(row.split()[1:3] == ["lo", six_hex(one)] for row in rows)


def filters(one: str, src: str) -> list[str]:
    """How many sockets want, and do not want, what the source sends to the group."""
    for row in Path("/proc/net/mcfilter6").read_text().splitlines():
        if row.split()[1:4] == ["lo", six_hex(one), six_hex(src)]:
            return row.split()[4:]
    return ["0", "0"]


def test_ipv6_as_the_kernel_lists_it(net: Front) -> None:
    """On lo no IPv6 multicast is delivered; the kernel's tables tell what was asked."""
    text = f"ff15::77:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}"
    ours, _ = bound(net, "inet6")
    one, src = address(net, "inet6", text), address(net, "inet6", "fd00::5")
    assert not members(text)
    ours.mcastjoin(one, "lo")
    assert members(text)
    assert ours.mcastblocksrc(one, src, "lo").value is True
    assert filters(text, "fd00::5") == ["0", "1"]
    assert ours.mcastunblocksrc(one, src, "lo").value is True
    assert filters(text, "fd00::5") == ["0", "0"]
    ours.mcastleave(one, "lo")
    assert not members(text)
    assert ours.mcastjoinsrc(one, src, "lo").value is True
    assert filters(text, "fd00::5") == ["1", "0"]
    assert ours.mcastleavesrc(one, src, "lo").value is True
    assert not members(text)

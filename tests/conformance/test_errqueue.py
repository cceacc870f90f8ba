"""errqueue: what the kernel tells of what was sent, an entry a call."""

from __future__ import annotations

import errno
import socket
import struct
import time
from collections.abc import Mapping
from typing import Any

import pytest

from conformance.parts import cmsg, message
from support.fronts.front import Front, Handle
from support.net.error_queue import wait_for_entry
from support.net.peers import Peers

covers = pytest.mark.covers

SOL, SO_TIMESTAMPING = socket.SOL_SOCKET, 37
LIMIT = 10.0
# What is always there; the rest is absent in Lua and None in Python.
ALWAYS = {b"errno", b"type", b"code", b"info", b"data", b"msg"}
REST = {b"origin", b"offender", b"event", b"time_ns", b"device_time_ns", b"to"}


def entry(sock: Handle) -> Mapping[bytes, Any]:
    """The next entry, once there is one; its absent fields are left out."""
    with sock.second_reader() as own:
        wait_for_entry(own)
    found: dict[bytes, Any] = sock.errqueue().value
    assert ALWAYS <= set(found) <= ALWAYS | REST
    return {name: value for name, value in found.items() if value is not None}


def unanswered(
    net: Front, peers: Peers, family: int = socket.AF_INET
) -> tuple[Handle, Handle]:
    """A socket that keeps errors, and an address of its family where nothing listens."""
    six = family == socket.AF_INET6
    host, port = peers.refused_udp(family).getsockname()[:2]
    ours = net.call("new_inet6_dgram" if six else "new_inet_dgram").value
    ours.recverr(True)
    return ours, net.addrinfo.call("inet6" if six else "inet", host, port).value


@covers("SOCKET.errqueue", "success")
@pytest.mark.parametrize(
    "family, host, origin, kind, code",
    [
        (socket.AF_INET, "127.0.0.1", b"icmp", 3, 3),
        (socket.AF_INET6, "::1", b"icmp6", 1, 4),
    ],
    ids=["inet", "inet6"],
)
def test_an_error(
    net: Front,
    peers: Peers,
    family: socket.AddressFamily,
    host: str,
    origin: bytes,
    kind: int,
    code: int,
) -> None:
    ours, to = unanswered(net, peers, family)
    assert ours.sendto(b"is anyone there", to).value == 15
    told = entry(ours)
    assert told[b"errno"] == errno.ECONNREFUSED
    assert (told[b"origin"], told[b"type"], told[b"code"]) == (origin, kind, code)
    assert told[b"offender"].addr().value == host.encode()
    assert told[b"to"] == to
    assert told[b"to"].socktype().value == socket.SOCK_DGRAM
    assert told[b"to"].protocol().value == ours.protocol().value
    assert told[b"msg"] == b"is anyone there"
    assert not {b"event", b"time_ns", b"device_time_ns"} & set(told)
    assert ours.errqueue().value is None


def test_in_their_order(net: Front, peers: Peers) -> None:
    ours, to = unanswered(net, peers)
    for number in range(3):
        # An error that is there already ends a send, and is told once by that.
        while ours.sendto(b"%d" % number, to).kind == "error":
            pass
    assert [entry(ours)[b"msg"] for _ in range(3)] == [b"0", b"1", b"2"]
    assert ours.errqueue().value is None


@pytest.mark.parametrize("blocking", [False, True])
def test_none(net: Front, blocking: bool) -> None:
    """It never waits, and takes nothing that a receive is for."""
    ours = net.new_inet_dgram().value
    ours.bind(net.addrinfo.inet("127.0.0.1", 0).value)
    ours.nonblock(not blocking)
    if blocking:
        ours.timeout(30.0)
    assert ours.errqueue().value is None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as theirs:
        theirs.sendto(
            b"for a receive", ("127.0.0.1", ours.getsockname().value.port().value)
        )
        ours.recvable(LIMIT)
        assert ours.errqueue().value is None
    assert ours.recv().value == b"for a receive"


def stamped(net: Front, *more: str) -> int:
    flags = ("SOFTWARE", "OPT_ID", "OPT_CMSG", *more)
    return sum(net.const(f"SOF_TIMESTAMPING_{flag}") for flag in flags)


def test_times(net: Front, peers: Peers) -> None:
    """Each message has its number, and the time at which the device had it."""
    ours, theirs = net.new_inet_dgram().value, peers.udp()
    ours.timestamping(stamped(net, "TX_SOFTWARE"))
    to = net.addrinfo.inet(*theirs.getsockname()).value
    for number in range(2):
        before = time.time_ns()
        assert ours.sendto(b"when", to).value == 4
        told = entry(ours)
        assert (told[b"origin"], told[b"event"]) == (b"timestamping", b"sent")
        assert (told[b"errno"], told[b"data"]) == (errno.ENOMSG, number)
        assert told[b"msg"].endswith(b"when")
        assert before - 10**7 <= told[b"time_ns"] <= time.time_ns() + 10**7
        assert not {b"offender", b"device_time_ns"} & set(told)


def test_time_without_the_bytes(net: Front, peers: Peers) -> None:
    ours, theirs = net.new_inet_dgram().value, peers.udp()
    ours.timestamping(stamped(net, "TX_SOFTWARE", "OPT_TSONLY"))
    assert ours.sendto(b"when", net.addrinfo.inet(*theirs.getsockname()).value).value == 4
    told = entry(ours)
    assert told[b"msg"] == b""
    assert told[b"time_ns"] > 10**18


def test_acknowledged(net: Front, peers: Peers) -> None:
    """A stream counts bytes, and is told when the last of a send has arrived."""
    ours, theirs = peers.stream(net)
    ours.timestamping(stamped(net, "TX_ACK"))
    assert ours.send(b"hello").value == 5
    assert theirs.recv(5) == b"hello"
    told = entry(ours)
    assert (told[b"event"], told[b"data"]) == (b"acknowledged", 4)
    assert b"to" not in told


def test_of_one_packet(net: Front, peers: Peers) -> None:
    """Flags that go with a message ask for the times of this one alone."""
    ours, theirs = net.new_inet_dgram().value, peers.udp()
    ours.timestamping(stamped(net))
    to = net.addrinfo.inet(*theirs.getsockname()).value
    flag = net.const("SOF_TIMESTAMPING_TX_SOFTWARE")
    made = cmsg(net, SOL, SO_TIMESTAMPING, flag)
    assert made.data().value == struct.pack("=I", flag)
    assert ours.sendto(b"not this", to).value == 8
    assert ours.sendmsg(message(net, b"but this", name=to, control=[made])).value == 8
    assert entry(ours)[b"msg"].endswith(b"but this")
    assert ours.errqueue().value is None


def test_flags_are_a_number(net: Front) -> None:
    for wrong in (-1, 2**32):
        net.cmsghdr.new(SOL, SO_TIMESTAMPING, wrong).fails("EINVAL", text="data")
    assert net.cmsghdr.new(SOL, SO_TIMESTAMPING, {"pid": 1}).kind in ("error", "raised")


@covers("SOCKET.errqueue", "error")
def test_of_no_such_family(net: Front) -> None:
    """A unix socket would give a message that a receive is for."""
    a, b = net.pair_dgram().all
    assert b.send(b"kept").value == 4
    a.errqueue().fails("EOPNOTSUPP", op="errqueue")
    assert a.recv().value == b"kept"
    made = net.new_inet_dgram().value
    made.close()
    made.errqueue().fails("EBADF", op="errqueue")

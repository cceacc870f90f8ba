"""What comes back about what was sent: ICMP messages, and times of transmission."""

from __future__ import annotations

import errno
import socket
import struct
import time
from typing import Any

import pytest

from conformance.parts import bytes_of, cmsg, message, received
from support.fronts.front import Front, Handle
from support.net.error_queue import wait_for_entry
from support.net.peers import Peers, port_of

IP, IPV6, SOL = socket.IPPROTO_IP, socket.IPPROTO_IPV6, socket.SOL_SOCKET
IP_RECVERR, IPV6_RECVERR, SO_TIMESTAMPING = 11, 25, 37
ERRQUEUE = 0x2000  # MSG_ERRQUEUE, which CPython has under that name on Linux only
EXTENDED = "=IBBBBII"  # struct sock_extended_err

Values = dict[tuple[int, int], Any]


def queued(net: Front, sock: Handle) -> tuple[Handle, Values]:
    """The next message of the error queue, once there is one, and what came with it."""
    with sock.second_reader() as own:
        wait_for_entry(own)
    into = message(net, 2000, control=[])
    assert sock.recvmsg(into, ERRQUEUE).kind == "value"
    return into, {
        (one.level().value, one.type().value): one.value().value for one in received(into)
    }


@pytest.mark.parametrize(
    "family, host, level, kind, origin, type_and_code",
    [
        (socket.AF_INET, "127.0.0.1", IP, IP_RECVERR, b"icmp", (3, 3)),
        (socket.AF_INET6, "::1", IPV6, IPV6_RECVERR, b"icmp6", (1, 4)),
    ],
    ids=["inet", "inet6"],
)
def test_nobody_is_at_the_port(
    net: Front,
    peers: Peers,
    family: socket.AddressFamily,
    host: str,
    level: int,
    kind: int,
    origin: bytes,
    type_and_code: tuple[int, int],
) -> None:
    """The bytes that were sent, where to, and who has said that they did not arrive."""
    port = port_of(peers.refused_udp(family))
    six = family == socket.AF_INET6
    ours = net.call("new_inet6_dgram" if six else "new_inet_dgram").value
    ours.recverr(True)
    to = net.addrinfo.call("inet6" if six else "inet", host, port).value
    assert ours.sendto(b"is anyone there", to).value == 15
    into, values = queued(net, ours)
    value = values[level, kind]
    assert value[b"errno"] == errno.ECONNREFUSED
    assert value[b"origin"] == origin
    assert (value[b"type"], value[b"code"]) == type_and_code
    assert value[b"offender"].addr().value == host.encode()
    assert value.get(b"event") is None
    assert bytes_of(into)[:15] == b"is anyone there"
    assert into.name().value.port().value == port
    assert ours.recv().is_again()  # what was taken from the queue is told once


def test_empty(net: Front) -> None:
    ours = net.new_inet_dgram().value
    assert ours.recvmsg(message(net, 10, control=[]), ERRQUEUE).is_again()


def test_time_of_transmission(net: Front, peers: Peers) -> None:
    """Each sent message has its number and the time at which the device had it."""
    ours, theirs = net.new_inet_dgram().value, peers.udp()
    flags = ("TX_SOFTWARE", "SOFTWARE", "OPT_ID", "OPT_CMSG")
    ours.timestamping(sum(net.const(f"SOF_TIMESTAMPING_{flag}") for flag in flags))
    to = net.addrinfo.inet(*theirs.getsockname()).value
    for number in range(2):
        before = time.time()
        assert ours.sendto(b"when", to).value == 4
        _, values = queued(net, ours)
        value = values[IP, IP_RECVERR]
        assert (value[b"origin"], value[b"event"]) == (b"timestamping", b"sent")
        assert (value[b"errno"], value[b"data"]) == (errno.ENOMSG, number)
        assert value.get(b"offender") is None
        assert before - 0.01 <= values[SOL, SO_TIMESTAMPING] <= time.time() + 0.01


def test_made_up(net: Front) -> None:
    """What is not known here is absent, and nothing is read beyond the end."""
    data = struct.pack(EXTENDED, 111, 99, 1, 2, 0, 3, 4)
    whole = struct.pack("=H2x4s8x", socket.AF_INET, socket.inet_aton("192.0.2.7"))
    for offender in (b"", b"\x02", whole[:15], struct.pack("=H14x", 77)):
        value = cmsg(net, IP, IP_RECVERR, data + offender).value().value
        assert value.get(b"origin") is None
        assert value.get(b"offender") is None
        assert [value[name] for name in (b"type", b"code", b"info", b"data")] == [
            1,
            2,
            3,
            4,
        ]
    value = cmsg(net, IP, IP_RECVERR, data + whole).value().value
    assert value[b"offender"].addr().value == b"192.0.2.7"
    for length in range(16):
        assert cmsg(net, IP, IP_RECVERR, data[:length]).value().value is None
    assert net.cmsghdr.new(IP, IP_RECVERR, 5).kind in ("error", "raised")

"""Each type of control message that has a value: bytes as the kernel gives them, and the
value. The rows of core/message/cmsg_kind.c need a line here, and tests/docs says so."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import Any

import pytest

from support.fronts.front import Front


@dataclass
class Kind:
    level: str
    data: bytes
    value: Any
    field: bytes | str | None = None  # of a value with several; of an object its method


def number(level: str, value: int, form: str = "i") -> Kind:
    return Kind(level, struct.pack(f"={form}", value), value)


CREDENTIALS = struct.pack("@iII", 7, 8, 9)
HOST = socket.inet_aton("127.0.0.1")
# errno, origin (ICMP), type, code, pad, info, data
QUEUED = struct.pack("=IBBBBII", 111, 2, 3, 4, 0, 0, 0)
# family, port, address
TO = struct.pack("=H", socket.AF_INET) + struct.pack("!H", 53) + HOST + bytes(8)
TO_SIX = struct.pack("=H", socket.AF_INET6) + struct.pack("!H", 53) + bytes(24)

KINDS = {
    "SCM_CREDENTIALS": Kind("SOL_SOCKET", CREDENTIALS, 8, b"uid"),
    "SCM_TIMESTAMP": Kind("SOL_SOCKET", struct.pack("@ll", 5, 250_000), 5.25),
    "SCM_TIMESTAMPNS": Kind("SOL_SOCKET", struct.pack("@ll", 5, 250_000_000), 5.25),
    "SCM_TIMESTAMPING": Kind(
        "SOL_SOCKET", struct.pack("@6l", 5, 250_000_000, 0, 0, 0, 0), 5.25
    ),
    "IP_PKTINFO": Kind("IPPROTO_IP", struct.pack("=i4s4s", 3, HOST, HOST), 3, b"ifindex"),
    "IPV6_PKTINFO": Kind(
        "IPPROTO_IPV6", struct.pack("=16si", bytes(15) + b"\1", 3), 3, b"ifindex"
    ),
    "IP_ORIGDSTADDR": Kind("IPPROTO_IP", TO, 53, "port"),
    "IPV6_ORIGDSTADDR": Kind("IPPROTO_IPV6", TO_SIX, 53, "port"),
    "IP_RECVERR": Kind("IPPROTO_IP", QUEUED, 111, b"errno"),
    "IPV6_RECVERR": Kind("IPPROTO_IPV6", QUEUED, 111, b"errno"),
    "PACKET_TX_TIMESTAMP": Kind("SOL_PACKET", QUEUED, 111, b"errno"),
    "IP_TTL": number("IPPROTO_IP", 64),
    "IP_TOS": number("IPPROTO_IP", 16, "B"),
    "IP_RECVTTL": number("IPPROTO_IP", 64),
    "IPV6_HOPLIMIT": number("IPPROTO_IPV6", 64),
    "IPV6_TCLASS": number("IPPROTO_IPV6", 16),
    "SO_RXQ_OVFL": number("SOL_SOCKET", 2**32 - 1, "I"),
    "SO_MARK": number("SOL_SOCKET", 2**32 - 1, "I"),
    "SO_PRIORITY": number("SOL_SOCKET", 6, "I"),
    "UDP_GRO": number("IPPROTO_UDP", 1200),
    "UDP_SEGMENT": number("IPPROTO_UDP", 1200, "H"),
}
NUMBERS = {"PACKET_TX_TIMESTAMP": 16}  # has no name in tables/constant.def


def numbers(net: Front, name: str) -> tuple[int, int]:
    known = NUMBERS.get(name)
    return net.const(KINDS[name].level), net.const(name) if known is None else known


def part_of(value: Any, field: bytes | str | None) -> Any:
    if field is None:
        return value
    return value.call(field).value if isinstance(field, str) else value[field]


@pytest.mark.parametrize("name", KINDS)
def test_value(net: Front, name: str) -> None:
    kind = KINDS[name]
    made = net.cmsghdr.new(*numbers(net, name), kind.data).value
    assert part_of(made.value().value, kind.field) == kind.value


@pytest.mark.parametrize("name", KINDS)
def test_shorter_than_its_kind(net: Front, name: str) -> None:
    kind = KINDS[name]
    least = 0 if name in ("IP_TTL", "IP_TOS", "IP_RECVTTL") else 1
    made = net.cmsghdr.new(*numbers(net, name), kind.data[:least]).value
    assert made.value().value is None

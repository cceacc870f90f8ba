"""Addresses of other families than IPv4, IPv6 and unix, and what they are for."""

from __future__ import annotations

import socket
import struct
import sys
from typing import Any

import pytest

from support.fronts.front import Front, Handle
from support.net.peers import wait_until

covers = pytest.mark.covers
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="families of Linux")

VSOCK, NETLINK, PACKET = 40, 16, 17
RAW, DGRAM, STREAM = socket.SOCK_RAW, socket.SOCK_DGRAM, socket.SOCK_STREAM
MAC = "02:fc:00:00:00:01"
LO = socket.if_nametoindex("lo")
EVERYTHING = 3  # ETH_P_ALL
MPTCP = 262
LIMIT = 10.0

# function, arguments, (family, addr, port), the kernel's bytes, the text
MADE: list[tuple[str, tuple[Any, ...], tuple[Any, ...], bytes, str]] = [
    (
        "vsock",
        (2, 1024),
        (VSOCK, b"2", 1024),
        struct.pack("=HII4x", 0, 1024, 2),
        "vsock:2:1024",
    ),
    (
        "vsock",
        (2**32 - 1, 2**32 - 1),
        (VSOCK, b"4294967295", 2**32 - 1),
        struct.pack("=HII4x", 0, 2**32 - 1, 2**32 - 1),
        "vsock:4294967295:4294967295",
    ),
    ("netlink", (), (NETLINK, None, 0), bytes(10), "netlink:0:0x0"),
    (
        "netlink",
        (7, 17),
        (NETLINK, None, 7),
        struct.pack("=HII", 0, 7, 17),
        "netlink:7:0x11",
    ),
    ("packet", (), (PACKET, None, None), bytes(18), "packet::0x0000"),
    (
        "packet",
        ("lo", 0x800),
        (PACKET, None, None),
        struct.pack("!H", 0x800) + struct.pack("=iHBB8x", LO, 0, 0, 0),
        "packet:lo:0x0800",
    ),
    (
        "packet",
        (str(LO), 0x86DD, MAC.upper()),
        (PACKET, MAC.encode(), None),
        struct.pack("!H", 0x86DD)
        + struct.pack("=iHBB", LO, 0, 0, 6)
        + bytes.fromhex(MAC.replace(":", ""))
        + bytes(2),
        f"packet:lo:0x86dd:{MAC}",
    ),
    ("packet", ("999999",), (PACKET, None, None), b"", "packet:999999:0x0000"),
    ("raw", (77, b"abc"), (77, None, None), b"abc", "family-77:616263"),
    ("raw", (77, b""), (77, None, None), b"", "family-77:"),
    (
        "raw",
        (77, b"x" * 126),
        (77, None, None),
        b"x" * 126,
        "family-77:" + "78" * 32 + "...",
    ),
    (
        "raw",
        (int(socket.AF_INET), struct.pack("!H4s8x", 80, b"\x7f\0\0\1")),
        (socket.AF_INET, b"127.0.0.1", 80),
        b"",
        "127.0.0.1:80",
    ),
    ("raw", (1, b"/x\0"), (socket.AF_UNIX, b"/x", None), b"/x\0", "/x"),
]


@pytest.mark.parametrize(
    "function, args, facts, data, text",
    [
        pytest.param(
            *row,
            marks=[
                covers(f"ADDRESS.{row[0]}", "success"),
                covers("ADDRINFO.raw", "success"),
            ],
        )
        for row in MADE
    ],
)
def test_made(
    net: Front,
    function: str,
    args: tuple[Any, ...],
    facts: tuple[Any, ...],
    data: bytes,
    text: str,
) -> None:
    ai = net.addrinfo.call(function, *args).value
    assert (ai.family().value, ai.addr().value, ai.port().value) == facts
    assert ai.text() == text
    assert (ai.socktype().value, ai.protocol().value) == (0, 0)
    if data:
        assert ai.raw().value == data
    again = net.addrinfo.raw(facts[0], ai.raw().value, STREAM, 9).value
    assert again == ai
    assert (again.socktype().value, again.protocol().value) == (STREAM, 9)


def test_type_and_protocol(net: Front) -> None:
    for function, args in (
        ("vsock", (1, 2)),
        ("netlink", (0, 0)),
        ("packet", (None, 0, None)),
        ("raw", (77, b"")),
    ):
        ai = net.addrinfo.call(function, *args, DGRAM, 5).value
        assert (ai.socktype().value, ai.protocol().value) == (DGRAM, 5)


def test_equal(net: Front) -> None:
    """By what tells places apart; kinds of packet and device tell of a packet."""
    make = net.addrinfo.call
    different = [
        make(function, *args).value
        for function, args in [
            *((row[0], row[1]) for row in MADE),
            ("vsock", (2, 1025)),
            ("vsock", (3, 1024)),
            ("netlink", (7, 1)),
            ("packet", ("lo", 0x801)),
            ("packet", ("lo", 0x800, MAC)),
            ("packet", ("lo", 0x800, "02:fc:00:00:00:02")),
            ("packet", ("lo", 0x800, "02:fc:00:00:00")),
            ("raw", (78, b"abc")),
            ("raw", (77, b"abd")),
        ]
    ]
    for i, one in enumerate(different):
        assert [other == one for other in different].index(True) == i
        assert sum(other == one for other in different) == 1
    head = struct.pack("!H", 0x800) + struct.pack("=i", LO)
    tail = bytes(8)
    seen = make("raw", PACKET, head + struct.pack("=HBB", 772, 4, 0) + tail).value
    assert seen == make("packet", "lo", 0x800).value
    if net.language == "python":
        assert len({one.ref for one in different}) == len(different)
        assert hash(seen.ref) == hash(make("packet", "lo", 0x800).value.ref)


@pytest.mark.parametrize(
    "function, args, name, subject",
    [
        pytest.param(*row, marks=covers(f"ADDRESS.{row[0]}", "error"))
        for row in [
            ("vsock", (-1, 0), "EINVAL", "cid"),
            ("vsock", (2**32, 0), "EINVAL", "cid"),
            ("vsock", (0, -1), "EINVAL", "port"),
            ("vsock", (0, 2**32), "EINVAL", "port"),
            ("netlink", (-1,), "EINVAL", "port"),
            ("netlink", (0, 2**32), "EINVAL", "groups"),
            ("packet", (None, -1), "EINVAL", "ethertype"),
            ("packet", (None, 65536), "EINVAL", "ethertype"),
            ("packet", ("nsk-none",), "ENODEV", "nsk-none"),
            ("packet", ("",), "ENODEV", ""),
            ("packet", ("lo\0",), "ENODEV", ""),
            ("packet", ("x" * 300,), "ENODEV", ""),
            ("raw", (-1, b""), "EINVAL", "family"),
            ("raw", (65536, b""), "EINVAL", "family"),
            ("raw", (77, b"x" * 127), "EINVAL", "too long"),
            ("raw", (77, b"x" * 128), "EINVAL", "too long"),
            ("raw", (int(socket.AF_INET), b"x" * 13), "EINVAL", "data"),
            ("raw", (int(socket.AF_INET6), b"x" * 14), "EINVAL", "data"),
        ]
    ],
)
def test_refused(
    net: Front, function: str, args: tuple[Any, ...], name: str, subject: str
) -> None:
    net.addrinfo.call(function, *args).fails(name, op=function, text=subject)


@pytest.mark.parametrize(
    "text", ["", "0", "00:", ":00", "00:0", "0g", "00-00", "00:" * 40 + "00", "00\0"]
)
def test_bad_hardware_addresses(net: Front, text: str) -> None:
    net.addrinfo.packet("lo", 0, text).fails("EINVAL", text="hwaddr")


@pytest.mark.parametrize("octets", [1, 2, 8, 9, 20, 32])
def test_hardware_addresses(net: Front, octets: int) -> None:
    text = ":".join(f"{i * 7 % 256:02x}" for i in range(octets))
    ai = net.addrinfo.packet("lo", 0, text).value
    assert ai.addr().value == text.encode()


def answers(sock: Handle) -> list[bytes]:
    """The messages of one netlink answer, up to the one that says it is over."""
    found: list[bytes] = []
    while True:
        assert sock.recvable(LIMIT).value is True
        data, sender = sock.recvfrom(65536).all
        assert (sender.family().value, sender.port().value) == (NETLINK, 0)
        while data:
            length, kind = struct.unpack_from("=IH", data)
            if kind == 3:  # NLMSG_DONE
                return found
            found.append(data[:length])
            data = data[length + 3 & ~3 :]


def test_netlink_lists_the_interfaces(net: Front) -> None:
    own = net.new(NETLINK, RAW, 0).value
    assert own.bind(net.addrinfo.netlink().value).value is True
    ours = own.getsockname().value
    assert ours.family().value == NETLINK and ours.port().value > 0
    # RTM_GETLINK with NLM_F_REQUEST and NLM_F_DUMP
    request = struct.pack("=IHHIIBBHiII", 32, 18, 0x301, 1, 0, 0, 0, 0, 0, 0, 0)
    assert own.sendto(request, net.addrinfo.netlink().value).value == 32
    links = answers(own)
    assert {struct.unpack_from("=i", link, 20)[0] for link in links} >= {
        index for index, _ in socket.if_nameindex()
    }
    own.close()


def test_opened_by_its_address(net: Front) -> None:
    """An address brings its type and protocol."""
    made = net.bind(net.addrinfo.netlink(0, 0, RAW, 0).value).value
    assert made.family().value == NETLINK
    made.close()


def of_packets(net: Front, kind: int) -> Handle:
    made = net.new(PACKET, kind)
    if made.kind == "error":
        pytest.skip(f"no packet sockets here: {made.failure.name}")
    own: Handle = made.value
    assert own.bind(net.addrinfo.packet("lo", 0x800).value).value is True
    return own


def ping(number: int) -> bytes:
    """An echo request, with the checksum that it needs."""
    body = struct.pack("!BBHHH", 8, 0, 0, 7, number) + b"netsocket!"
    words = sum(struct.unpack(f"!{len(body) // 2}H", body))
    words = (words >> 16) + (words & 0xFFFF)
    return body[:2] + struct.pack("!H", ~(words + (words >> 16)) & 0xFFFF) + body[4:]


def echo(packet: bytes) -> tuple[int, bytes] | None:
    """The type of an ICMP message and what follows it."""
    at = (packet[0] & 15) * 4
    if packet[9] != socket.IPPROTO_ICMP:
        return None
    return packet[at], packet[at + 4 :]


def test_packets_of_ones_own_ping(in_netns: None, net: Front) -> None:
    own = of_packets(net, DGRAM)
    asker = net.new(socket.AF_INET, RAW, socket.IPPROTO_ICMP).value
    sent = ping(1)
    assert asker.sendto(sent, net.addrinfo.inet("127.0.0.1").value).value == len(sent)
    seen: list[tuple[int, bytes] | None] = []

    def both() -> bool:
        if own.recvable(0.1).kind != "value":
            return False
        data, sender = own.recvfrom(2000).all
        assert sender.addr().value == b"00:00:00:00:00:00"
        assert sender.text().startswith("packet:lo:0x0800:")
        # Loopback shows each packet twice: as it goes (4) and as it comes (0).
        assert sender.raw().value[8] in (0, 4)
        seen.append(echo(data))
        return {(8, sent[4:]), (0, sent[4:])} <= set(seen)

    wait_until(both, "the request and its answer are seen")
    asker.close()
    own.close()


def test_a_frame_is_sent(in_netns: None, net: Front) -> None:
    """Without the link's header, which the address makes up for."""
    sender, receiver = of_packets(net, DGRAM), net.new(PACKET, DGRAM).value
    assert receiver.bind(net.addrinfo.packet("lo", 0x88B5).value).value is True
    to = net.addrinfo.packet("lo", 0x88B5, "00:00:00:00:00:00").value
    assert sender.sendto(b"by hand", to).value == 7
    assert receiver.recvable(LIMIT).value is True
    data, at = receiver.recvfrom(2000).all
    assert data[:7] == b"by hand"
    assert at.family().value == PACKET and at.raw().value[:2] == b"\x88\xb5"
    sender.close()
    receiver.close()


def test_of_another_family(net: Front) -> None:
    own = net.new(NETLINK, RAW, 0).value
    own.sendto(b"x", net.addrinfo.inet("127.0.0.1", 9).value).fails("EAFNOSUPPORT")
    four = net.new_inet_dgram().value
    four.sendto(b"x", net.addrinfo.netlink().value).fails("EAFNOSUPPORT")
    own.close()


def test_vsock(net: Front) -> None:
    made = net.new(VSOCK, STREAM)
    if made.kind == "error":
        pytest.skip(f"no vsock here: {made.failure.name}")
    own = made.value
    assert own.bind(net.addrinfo.vsock(2**32 - 1, 2**32 - 1).value).value is True
    at = own.getsockname().value
    assert (at.family().value, at.addr().value) == (VSOCK, b"4294967295")
    assert 1024 <= at.port().value < 2**32 - 1
    own.listen()
    with socket.socket(socket.AF_VSOCK, STREAM) as trial:
        trial.settimeout(0.5)
        try:
            trial.connect((1, at.port().value))
        except OSError as error:
            own.close()
            pytest.skip(f"this kernel has no vsock loopback: {error}")
        taken, who = own.accept(True).all
        assert taken.getpeername().value == who
        assert who.addr().value == b"1"
        trial.sendall(b"hello")
        assert taken.recvable(LIMIT).value is True
        assert taken.recv().value == b"hello"
        taken.close()
    own.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_mptcp(net: Front, host: str) -> None:
    """By its protocol, for a server and a client; tcp's options are there."""
    six = ":" in host
    family = socket.AF_INET6 if six else socket.AF_INET
    at = net.addrinfo.call("inet6" if six else "inet", host, 0, STREAM, MPTCP).value
    made = net.bind(at)
    if made.kind == "error":
        pytest.skip(f"no MPTCP here: {made.failure.name}")
    server = made.value
    assert server.protocol().value == net.const("IPPROTO_MPTCP") == MPTCP
    server.listen()
    port = server.getsockname().value.port().value
    to = net.addrinfo.call("inet6" if six else "inet", host, port, STREAM, MPTCP).value
    client = net.connect(to, LIMIT).value
    assert (client.family().value, client.protocol().value) == (family, MPTCP)
    assert server.recvable(LIMIT).value is True
    taken = server.accept().value
    assert taken.protocol().value == MPTCP
    assert client.tcpnodelay(True).kind == "value"
    assert client.sendall(b"x" * 100_000, LIMIT).value == 100_000
    assert len(taken.recvall(100_000, LIMIT).value) == 100_000
    taken.close()
    assert client.recvall(1, LIMIT).is_end()
    for own in (client, server):
        own.close()

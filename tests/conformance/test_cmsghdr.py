"""Control messages as objects: made, read, queued."""

from __future__ import annotations

import os
import socket
import struct
from typing import Any

import pytest

from conformance.parts import cmsg, cmsgs
from support.fronts.front import Front
from support.processes.passed_fds import closing, identity, identity_here, passed_fds

covers = pytest.mark.covers

SOL, IP, IPV6 = socket.SOL_SOCKET, socket.IPPROTO_IP, socket.IPPROTO_IPV6
UDP, UDP_SEGMENT, UDP_GRO = 17, 103, 104
SO_MARK, SO_RXQ_OVFL, SO_PRIORITY = 36, 40, 12
RIGHTS, CREDENTIALS, TIMESTAMP = 1, 2, 29
IP_TTL, IP_TOS, IP_PKTINFO = 2, 1, 8
IPV6_PKTINFO, IPV6_HOPLIMIT, IPV6_TCLASS = 50, 52, 67
NO_INT = (2**31, -(2**31) - 1, 2**32, 2**63 - 1, 2**63)


@covers("CMSGHDR_MAKE.new", "success")
@covers("CMSGHDR.level", "success")
@covers("CMSGHDR.type", "success")
@covers("CMSGHDR.data", "success")
@covers("CMSGHDR.value", "success")
@pytest.mark.parametrize("data", [b"", b"x", b"\0\1\2", bytes(range(256)) * 20])
def test_bytes(net: Front, data: bytes) -> None:
    """Any bytes, any length; a kind that is not known has no value."""
    made = cmsg(net, 17, -4, data)
    assert (made.level().value, made.type().value) == (17, -4)
    assert made.data().value == data
    assert made.data().value == data  # only descriptors are taken
    assert len(made) == len(data)
    assert made.value().value is None


@pytest.mark.parametrize("number", NO_INT)
def test_h085_level_and_type(net: Front, number: int) -> None:
    net.cmsghdr.new(number, 1, b"x").fails("EINVAL")
    net.cmsghdr.new(1, number, b"x").fails("EINVAL")
    net.cmsghdr.new(number, 1, 5).fails("EINVAL")


@covers("CMSGHDR_MAKE.new", "error")
def test_too_long(net: Front) -> None:
    assert len(cmsg(net, 1, 1, bytes(1 << 20))) == 1 << 20
    net.cmsghdr.new(1, 1, bytes((1 << 20) + 1)).fails("EINVAL", text="data")


INTEGERS = [(IP, IP_TTL), (IP, IP_TOS), (IPV6, IPV6_HOPLIMIT), (IPV6, IPV6_TCLASS)]


@pytest.mark.parametrize("level, kind", INTEGERS)
def test_integers(net: Front, level: int, kind: int) -> None:
    """A number goes in as an int and comes out again."""
    made = cmsg(net, level, kind, 42)
    assert made.data().value == struct.pack("@i", 42)
    assert made.value().value == 42
    net.cmsghdr.new(level, kind, 2**31).fails("EINVAL", text="data")
    assert net.cmsghdr.new(level, kind, {"pid": 1}).kind in ("raised", "error")


def test_integers_of_their_own_size(net: Front) -> None:
    """The kernel takes no other size of them, and some have no sign."""
    made = cmsg(net, UDP, UDP_SEGMENT, 1200)
    assert made.data().value == struct.pack("@H", 1200)
    assert made.value().value == 1200
    made = cmsg(net, SOL, SO_MARK, 2**32 - 1)
    assert made.data().value == b"\xff" * 4
    assert made.value().value == 2**32 - 1
    made = cmsg(net, SOL, SO_PRIORITY, 2**32 - 1)
    assert made.data().value == b"\xff" * 4
    assert made.value().value == 2**32 - 1
    assert cmsg(net, SOL, SO_PRIORITY, b"\1\0\0").value().value is None
    assert cmsg(net, SOL, SO_RXQ_OVFL, b"\xff" * 4).value().value == 2**32 - 1
    assert cmsg(net, UDP, UDP_GRO, struct.pack("@i", 1200)).value().value == 1200
    for level, kind, number in (
        (UDP, UDP_SEGMENT, -1), (UDP, UDP_SEGMENT, 65536),
        (SOL, SO_MARK, -1), (SOL, SO_MARK, 2**32),
    ):  # fmt: skip
        net.cmsghdr.new(level, kind, number).fails("EINVAL", text="data")


def test_tos_comes_as_one_byte(net: Front) -> None:
    assert cmsg(net, IP, IP_TOS, b"\xb8").value().value == 0xB8


@pytest.mark.parametrize(
    "level, kind, least",
    [(IP, IP_TTL, 1), (IPV6, IPV6_HOPLIMIT, 4), (SOL, CREDENTIALS, 12),
     (UDP, UDP_SEGMENT, 2), (UDP, UDP_GRO, 4), (SOL, SO_MARK, 4),
     (SOL, TIMESTAMP, 16), (IP, IP_PKTINFO, 12), (IPV6, IPV6_PKTINFO, 20)],
)  # fmt: skip
def test_h076_too_short_for_its_kind(
    net: Front, level: int, kind: int, least: int
) -> None:
    """Cut data is bytes and no value; nothing beyond its end is read."""
    for length in range(least):
        made = cmsg(net, level, kind, b"\1" * length)
        assert made.value().value is None
        assert made.data().value == b"\1" * length
    assert cmsg(net, level, kind, b"\1" * least).value().value is not None


def test_credentials(net: Front) -> None:
    wanted = {"pid": 7, "uid": 2**32 - 1, "gid": 3}
    made = cmsg(net, SOL, CREDENTIALS, wanted)
    assert made.data().value == struct.pack("@III", 7, 2**32 - 1, 3)
    assert made.value().value == {k.encode(): v for k, v in wanted.items()}


@pytest.mark.parametrize("name", ["pid", "uid", "gid"])
@pytest.mark.parametrize("value", [-1, 2**32, 2**63, "1", 1.5, True, None])
def test_bad_credentials(net: Front, name: str, value: Any) -> None:
    """Never narrowed, never guessed."""
    data = {"pid": 1, "uid": 2, "gid": 3, name: value}
    assert net.cmsghdr.new(SOL, CREDENTIALS, data).kind in ("raised", "error")


@pytest.mark.parametrize(
    "data", [{}, {"pid": 1}, {"pid": 1, "uid": 2}, 5, [1, 2, 3], None]
)
def test_incomplete_credentials(net: Front, data: Any) -> None:
    """Leaving a field out does not make one root."""
    assert net.cmsghdr.new(SOL, CREDENTIALS, data).kind in ("raised", "error")


def test_packet_info(net: Front) -> None:
    """When sending, the address is the source to use."""
    ai = net.addrinfo.inet("127.0.0.2", 0).value
    made = cmsg(net, IP, IP_PKTINFO, {"ifindex": 1, "addr": ai})
    assert made.data().value == struct.pack("@i4s4s", 1, bytes([127, 0, 0, 2]), bytes(4))
    six = net.addrinfo.inet6("::1", 0).value
    made = cmsg(net, IPV6, IPV6_PKTINFO, {"ifindex": 3, "addr": six})
    assert made.data().value == socket.inet_pton(socket.AF_INET6, "::1") + struct.pack(
        "@I", 3
    )
    value = made.value().value
    assert value[b"ifindex"] == 3
    assert value[b"addr"].addr().value == b"::1"
    assert cmsg(net, IP, IP_PKTINFO, {}).data().value == bytes(12)


def test_h018_packet_info_of_another_family(net: Front) -> None:
    four = net.addrinfo.inet("127.0.0.2", 0).value
    six = net.addrinfo.inet6("::1", 0).value
    net.cmsghdr.new(IP, IP_PKTINFO, {"addr": six}).fails("EAFNOSUPPORT")
    net.cmsghdr.new(IPV6, IPV6_PKTINFO, {"addr": four}).fails("EAFNOSUPPORT")
    for index in (-1, 2**31, 2**32 + 1):
        net.cmsghdr.new(IP, IP_PKTINFO, {"ifindex": index}).fails("EINVAL")
    for wrong in ("127.0.0.1", 5, True):
        assert net.cmsghdr.new(IP, IP_PKTINFO, {"addr": wrong}).kind == "raised"


@pytest.mark.parametrize("data", [5, {"pid": 1, "uid": 1, "gid": 1}])
@pytest.mark.parametrize("kind", [99, TIMESTAMP, RIGHTS])
def test_values_of_no_kind(net: Front, kind: int, data: Any) -> None:
    """Only bytes can be meant where a value has no meaning."""
    net.cmsghdr.new(SOL, kind, data).fails("EINVAL", text="data")


@covers("CMSGHDR_MAKE.rights", "success")
def test_rights(net: Front) -> None:
    """Sending ones stay the caller's: data shows the numbers, as often as asked."""
    with closing(*os.pipe()) as ends, passed_fds(net, *ends) as fds:
        made = net.cmsghdr.rights(*fds).value
        assert (made.level().value, made.type().value) == (SOL, RIGHTS)
        assert len(made) == 8
        assert made.data().value == fds
        assert made.data().value == fds
        made.forget()
        assert set(fds) <= set(net.descriptors())


@covers("CMSGHDR_MAKE.rights", "error")
@pytest.mark.parametrize("count", [0, 254, 300, 1000])
def test_h075_rights_count(net: Front, count: int) -> None:
    net.cmsghdr.rights(*[0] * count).fails("EINVAL", text="253")


@pytest.mark.parametrize("fd", [-1, 2**31, 2**32, 2**63 - 1, 2**63])
def test_h006_rights_of_no_descriptor(net: Front, fd: int) -> None:
    net.cmsghdr.rights(0, fd).fails("EINVAL")


@pytest.mark.parametrize("fd", ["0", True, None, [], {}, b"\0"])
def test_rights_of_another_type(net: Front, fd: Any) -> None:
    assert net.cmsghdr.rights(0, fd).raised


@covers("CMSGHDRS_MAKE.new", "success")
@covers("CMSGHDRS.push", "success")
@covers("CMSGHDRS.shift", "success")
def test_queue(net: Front) -> None:
    """First in, first out; shift of an empty queue is nothing."""
    queue = net.cmsghdrs.new().value
    assert len(queue) == 0
    assert queue.shift().value is None
    for n in range(40):
        assert queue.push(cmsg(net, n, n + 1, b"d" * n)).value is True
    assert len(queue) == 40
    for n in range(40):
        first = queue.shift().value
        assert (first.level().value, first.type().value) == (n, n + 1)
        assert first.data().value == b"d" * n
    assert len(queue) == 0
    assert queue.shift().value is None


def test_queue_in_turns(net: Front) -> None:
    """Pushed and shifted by turns, it does not grow and loses nothing."""
    queue = cmsgs(net, cmsg(net, 0, 0, b"first"))
    for n in range(200):
        queue.push(cmsg(net, 0, n, b"x" * (n % 7)))
        assert queue.shift().value.type().value == max(0, n - 1)
    assert len(queue) == 1


def test_push_copies(net: Front) -> None:
    """The pushed object stays the caller's, and may go before the queue does."""
    made = cmsg(net, 5, 6, b"data")
    queue = cmsgs(net, made, made)
    assert made.data().value == b"data"
    made.forget()
    assert [queue.shift().value.data().value for _ in range(2)] == [b"data", b"data"]


def test_pushed_descriptors_stay_the_callers(net: Front) -> None:
    """A queue closes what was received into it, and nothing that was pushed."""
    with closing(os.memfd_create("nsk")) as (file,), passed_fds(net, file) as (fd,):
        with net.no_new_descriptors():
            cmsgs(net, net.cmsghdr.rights(fd).value).forget()
        assert identity(net, fd) == identity_here(file)

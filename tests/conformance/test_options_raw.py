"""getsockopt and setsockopt by number, the out-of-band mark, the send queue."""

from __future__ import annotations

import fcntl
import socket
import struct
import termios
from typing import Any

import pytest

from support.fronts.front import Front, Handle
from support.net.peers import Peers, arrived, wait_until

covers = pytest.mark.covers

SOL, TCP = socket.SOL_SOCKET, socket.IPPROTO_TCP
NO_INT = (2**31, -(2**31) - 1, 2**32 + SOL, 2**63 - 1, 2**63)
SIOCATMARK = 0x8905


@covers("SOCKET.getsockopt", "success")
@pytest.mark.parametrize("name", ["SO_TYPE", "SO_DOMAIN", "SO_RCVBUF", "SO_ERROR"])
def test_integer(net: Front, name: str) -> None:
    made = net.new_inet_stream().value
    number = getattr(socket, name)
    with made.second_reader() as own:
        assert made.getsockopt(SOL, number).value == own.getsockopt(SOL, number)
    assert made.getsockopt(SOL, number, None).value == made.getsockopt(SOL, number).value


@covers("SOCKET.setsockopt", "success")
def test_set_integer(net: Front) -> None:
    made = net.new_inet_stream().value
    assert made.setsockopt(TCP, socket.TCP_KEEPIDLE, 77).value is True
    assert made.getsockopt(TCP, socket.TCP_KEEPIDLE).value == 77
    with made.second_reader() as own:
        assert own.getsockopt(TCP, socket.TCP_KEEPIDLE) == 77


def test_bytes(net: Front) -> None:
    made = net.new_inet_stream().value
    wanted = struct.pack("@ii", 1, 9)
    assert made.setsockopt(SOL, socket.SO_LINGER, wanted).value is True
    assert made.linger().value == 9
    assert made.getsockopt(SOL, socket.SO_LINGER, 8).value == wanted


@pytest.mark.parametrize("size", [1, 3, 4, 8, 64, 65536])
@pytest.mark.level("strict")
def test_h084_returned_length(net: Front, size: int) -> None:
    """As many bytes as the kernel wrote, never what lay behind them in memory."""
    made = net.new_inet_stream().value
    made.linger(9)
    with made.second_reader() as own:
        wanted = own.getsockopt(SOL, socket.SO_LINGER, min(size, 1024))
    assert made.getsockopt(SOL, socket.SO_LINGER, size).value == wanted


def test_a_big_value(net: Front) -> None:
    made = net.new_inet_stream().value
    info = made.getsockopt(TCP, socket.TCP_INFO, 1024).value
    assert 100 < len(info) < 1024
    assert info[0] == 7  # TCP_CLOSE


@covers("SOCKET.getsockopt", "error")
@covers("SOCKET.setsockopt", "error")
def test_unknown_numbers(net: Front) -> None:
    """The kernel's own refusal, the same as another program gets."""
    made = net.new_inet_stream().value
    for level, name in ((SOL, 12345), (12345, 1), (TCP, -1)):
        with made.second_reader() as own:
            with pytest.raises(OSError, match="Errno") as got:
                own.getsockopt(level, name)
            with pytest.raises(OSError, match="Errno") as put:
                own.setsockopt(level, name, 1)
        assert made.getsockopt(level, name).failure.code == got.value.errno
        assert made.getsockopt(level, name, 8).failure.code == got.value.errno
        assert made.setsockopt(level, name, 1).failure.code == put.value.errno


@pytest.mark.parametrize("size", [0, -1, 65537, 2**31, 2**32 + 8, 2**63 - 1, 2**63])
@pytest.mark.level("strict")
def test_h054_sizes(net: Front, size: int) -> None:
    made = net.new_inet_stream().value
    made.getsockopt(SOL, socket.SO_LINGER, size).fails("EINVAL", text="size")


@pytest.mark.parametrize("number", NO_INT)
def test_h085_level_and_name(net: Front, number: int) -> None:
    """Never narrowed: 2^32 + SOL_SOCKET is not SOL_SOCKET."""
    made = net.new_inet_stream().value
    made.getsockopt(number, socket.SO_TYPE).fails("EINVAL")
    made.getsockopt(SOL, number).fails("EINVAL")
    made.setsockopt(number, socket.SO_KEEPALIVE, 1).fails("EINVAL")
    made.setsockopt(SOL, number, 1).fails("EINVAL")


@pytest.mark.parametrize("value", NO_INT)
def test_h085_value(net: Front, value: int) -> None:
    made = net.new_inet_stream().value
    made.setsockopt(SOL, socket.SO_RCVLOWAT, 3)
    made.setsockopt(SOL, socket.SO_RCVLOWAT, value).fails("EINVAL", text="value")
    assert made.rcvlowat().value == 3


@pytest.mark.parametrize("value", [b"", b"\1", b"\1\0\0"])
def test_too_few_bytes(net: Front, value: bytes) -> None:
    """The kernel says EINVAL; the value stays."""
    made = net.new_inet_stream().value
    made.setsockopt(SOL, socket.SO_KEEPALIVE, value).fails("EINVAL", op="setsockopt")
    assert made.keepalive().value is False


@pytest.mark.parametrize("value", [True, None, [], {}])
@pytest.mark.level("strict")
def test_wrong_value(net: Front, value: Any) -> None:
    made = net.new_inet_stream().value
    assert made.setsockopt(SOL, socket.SO_KEEPALIVE, value).raised
    assert made.keepalive().value is False


@covers("SOCKET.atmark", "success")
def test_atmark(net: Front, peers: Peers) -> None:
    """True just before the byte that follows the urgent one, as the kernel says too."""
    ours, theirs = peers.stream(net)
    theirs.sendall(b"before")
    theirs.send(b"!", socket.MSG_OOB)
    theirs.sendall(b"after")
    arrived(ours)
    wait_until(
        lambda: ours.recv(20, socket.MSG_PEEK).data == b"before", "the mark is known"
    )
    assert ours.atmark().value is False
    assert ours.recv(20).value == b"before"
    assert ours.atmark().value is True
    with ours.second_reader() as own:
        assert struct.unpack("@i", fcntl.ioctl(own, SIOCATMARK, bytes(4)))[0] == 1
    assert ours.recv(1, socket.MSG_OOB).value == b"!"
    wait_until(lambda: ours.recvable(5).value, "the rest is there")
    assert ours.recv(20).value == b"after"
    assert ours.atmark().value is False


@covers("SOCKET.atmark", "error")
def test_atmark_of_no_stream(net: Front) -> None:
    net.new_inet_dgram().value.atmark().fails("ENOTTY", op="atmark")


def kept_by_kernel(made: Handle) -> int:
    with made.second_reader() as own:
        return int(struct.unpack("@i", fcntl.ioctl(own, termios.TIOCOUTQ, bytes(4)))[0])


@covers("SOCKET.sendqueue", "success")
@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, socket.AF_UNIX])
def test_sendqueue_is_empty_when_the_peer_has_all(
    net: Front, peers: Peers, family: int
) -> None:
    ours, theirs = peers.stream(net, family)
    assert ours.sendqueue().value == 0
    sent = 0
    while (outcome := ours.send(bytes(100_000))).kind == "value":
        sent += outcome.value
    wait_until(lambda: ours.sendqueue().value == kept_by_kernel(ours) > 0, "it is full")
    while sent > 0:
        sent -= len(theirs.recv(100_000))
    wait_until(lambda: ours.sendqueue().value == 0, "all is acknowledged")


@covers("SOCKET.sendqueue", "error")
def test_sendqueue_of_what_has_none(net: Front) -> None:
    listening = net.bind_inet_stream("127.0.0.1", 0).value
    listening.listen()
    listening.sendqueue().fails("EINVAL", op="sendqueue")
    netlink = net.new(socket.AF_NETLINK, socket.SOCK_RAW).value
    netlink.sendqueue().fails("ENOTTY", op="sendqueue")

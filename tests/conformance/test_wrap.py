"""wrap: adopting a descriptor that was made elsewhere."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from support.fronts import process
from support.fronts.front import Front
from support.net.peers import Peers, arrived, port_of
from support.processes.limits import high_descriptors

covers = pytest.mark.covers

KINDS = [
    (socket.AF_INET, socket.SOCK_STREAM),
    (socket.AF_INET, socket.SOCK_DGRAM),
    (socket.AF_INET6, socket.SOCK_STREAM),
    (socket.AF_UNIX, socket.SOCK_SEQPACKET),
]


@covers("MODULE.wrap", "success")
@pytest.mark.parametrize("family, kind", KINDS)
def test_h004_wrap_asks_the_kernel(
    net: Front, peers: Peers, family: int, kind: int
) -> None:
    """Family, type and protocol are the kernel's; both flags are set."""
    theirs = peers.open(family, kind)
    theirs.setblocking(True)
    with net.given(theirs.fileno()) as (front, (fd,)):
        assert not process.flags(front.pid, fd) & os.O_NONBLOCK
        adopted = front.wrap(fd).value
        assert adopted.fd().value == fd
        assert adopted.family().value == family
        assert adopted.socktype().value == kind
        protocol = theirs.getsockopt(socket.SOL_SOCKET, socket.SO_PROTOCOL)
        assert adopted.protocol().value == protocol
        assert adopted.flags() & os.O_CLOEXEC
        assert adopted.flags() & os.O_NONBLOCK


@pytest.mark.parametrize("found", [True, False])
def test_h005_nonblock_false_keeps_the_mode(
    net: Front, peers: Peers, found: bool
) -> None:
    """The mode stays as found, and the object knows which it is."""
    theirs = peers.open()
    theirs.setblocking(not found)
    with net.given(theirs.fileno()) as (front, (fd,)):
        adopted = front.wrap(fd, False).value
        assert bool(adopted.flags() & os.O_NONBLOCK) is found
        assert adopted.nonblock().value is found
        assert adopted.flags() & os.O_CLOEXEC


@covers("MODULE.wrap", "error")
@pytest.mark.parametrize("what", ["file", "pipe", "tty", "folder"])
def test_h007_not_a_socket(net: Front, folder: Path, what: str) -> None:
    """ENOTSOCK; flags untouched, descriptor open, still the caller's."""
    path = folder / "file"
    path.write_text("x")
    ends = {
        "file": lambda: (os.open(path, os.O_RDWR),),
        "folder": lambda: (os.open(folder, os.O_RDONLY),),
        "pipe": os.pipe,
        "tty": os.openpty,
    }[what]()
    try:
        with net.given(ends[0]) as (front, (fd,)):
            before = process.flags(front.pid, fd)
            is_what = front.descriptors()[fd]
            front.wrap(fd).fails("ENOTSOCK", op="getsockopt")
            assert process.flags(front.pid, fd) == before
            assert front.descriptors()[fd] == is_what
    finally:
        for end in ends:
            os.close(end)


def test_closed_descriptor(net: Front) -> None:
    fd = net.new_inet_stream().value.unwrap().value
    assert net.close(fd).value is True
    net.wrap(fd).fails("EBADF", op="getsockopt")


@pytest.mark.parametrize("fd", [-1, -(2**31), 2**31, 2**32 + 3, 2**63 - 1, 2**64 + 3])
def test_h006_impossible_descriptor(net: Front, fd: int) -> None:
    """Refused before any system call, never narrowed to a valid number."""
    with net.no_new_descriptors():
        error = net.wrap(fd).fails("EINVAL")
    assert "Socket operation" not in error.message


def test_h006_narrowed_descriptor_is_untouched(net: Front) -> None:
    """2^32 + fd is not fd."""
    made = net.new_inet_stream().value
    fd = made.unwrap().value
    flags = process.flags(net.pid, fd)
    net.wrap(fd + 2**32).fails("EINVAL")
    assert process.flags(net.pid, fd) == flags
    assert net.close(fd).value is True


def test_unwrap_and_wrap(net: Front) -> None:
    """A round trip through the integer keeps the connection."""
    a, b = net.pair_stream().all
    fd = a.unwrap().value
    assert a.fd().value == -1
    again = net.wrap(fd).value
    assert again.send(b"round").value == 5
    assert b.recv(10).value == b"round"


def test_wrapped_listener_accepts(net: Front, peers: Peers) -> None:
    """A blocking listener made elsewhere gives non-blocking connections."""
    listener = peers.listener()
    with net.given(listener.fileno()) as (front, (fd,)):
        adopted = front.wrap(fd, False).value
        client = peers.open()
        client.connect(listener.getsockname())
        taken = adopted.accept().value
        assert taken.flags() & os.O_NONBLOCK
        assert taken.flags() & os.O_CLOEXEC


@pytest.mark.parametrize("lowest", [1024, 5000, 19900])
def test_h042_high_descriptor(net: Front, peers: Peers, lowest: int) -> None:
    """No wait has a limit on the descriptor's number."""
    a, b = socket.socketpair()
    peers.own(a)
    peers.own(b)
    with (
        high_descriptors(lowest + 8),
        net.given(a.fileno(), lowest=lowest) as (front, (fd,)),
    ):
        adopted = front.wrap(fd).value
        assert adopted.fd().value >= lowest
        assert adopted.sendable(5).value is True
        assert adopted.recvable(0).kind == "timeout"
        b.send(b"x")
        arrived(adopted)
        assert adopted.recv(1).value == b"x"


def test_h042_connect_with_high_descriptors(net: Front, peers: Peers) -> None:
    """A connect whose descriptor is beyond FD_SETSIZE, and one that times out there."""
    listener = peers.listener()
    silent = peers.black_hole()[1]
    ballast = [listener.fileno()] * 1100
    with high_descriptors(1300), net.given(*ballast) as (front, _):
        while front.new_unix_stream().value.fd().value < 1024:
            continue  # the low numbers that are still free
        made = front.connect_inet_stream("127.0.0.1", port_of(listener), 5).value
        assert made.fd().value > 1024
        peers.accept(listener).sendall(b"x")
        arrived(made)
        assert made.recv().value == b"x"
        assert front.connect_inet_stream("127.0.0.1", silent, 0.05).kind == "timeout"

"""close() wakes a call of another thread with EBADF in every family, also where
shutdown(2) does nothing (netlink, packet), and its number goes back when the call has
been left."""

from __future__ import annotations

import errno
import os
import resource
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import netsocket

from .inside import WAKE, Inside

Call = Callable[[netsocket.Socket], Callable[[], Any]]

FAMILIES = {
    "netlink": (16, socket.SOCK_RAW, 0),
    "packet": (17, socket.SOCK_RAW, 0),
    "raw": (socket.AF_INET, socket.SOCK_RAW, 253),  # RFC 3692: no one else's packets
    "udp": (socket.AF_INET, socket.SOCK_DGRAM, 0),
    "unix": (socket.AF_UNIX, socket.SOCK_DGRAM, 0),
}


def blocking(name: str, *args: Any) -> Call:
    def make(sock: netsocket.Socket) -> Callable[[], Any]:
        sock.nonblock(False)
        return partial(getattr(sock, name), *args)

    return make


def into(sock: netsocket.Socket) -> Callable[[], Any]:
    sock.nonblock(False)
    iov = netsocket.iovec.new()
    iov.addn(64)
    return lambda: sock.readv(iov)


CALLS: dict[str, Call] = {
    "recvable": lambda sock: lambda: sock.recvable(30),
    "select": lambda sock: lambda: netsocket.select([sock], None, 30),
    "select twice": lambda sock: lambda: netsocket.select([sock, sock], [], 30),
    "recv": blocking("recv"),
    "recv of much": blocking("recv", 1 << 20),
    "recvfrom": blocking("recvfrom"),
    "recv_into": blocking("recv_into", bytearray(64)),
    "readv": into,
}


def opened(family: str) -> netsocket.Socket:
    try:
        return netsocket.new(*FAMILIES[family])
    except PermissionError as error:
        pytest.skip(f"{family} sockets need a privilege: {error}")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("family", FAMILIES)
def test_close_wakes(family: str, call: str) -> None:
    sock = opened(family)
    number = sock.fd()
    inside = Inside(CALLS[call](sock))
    closed = time.monotonic()
    sock.close()
    inside.join()
    assert isinstance(inside.error, OSError), inside.value
    assert inside.error.errno == errno.EBADF
    assert inside.ended - closed < WAKE
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(number)


@pytest.mark.parametrize("call", ["recvable", "select", "recv"])
def test_several_threads(call: str) -> None:
    """All of them, by one event; nothing of it is left."""
    before = set(os.listdir("/proc/self/fd"))
    sock = opened("netlink")
    inside = [Inside(CALLS[call](sock)) for _ in range(3)]
    sock.close()
    for one in inside:
        one.join()
        assert isinstance(one.error, OSError) and one.error.errno == errno.EBADF
    assert set(os.listdir("/proc/self/fd")) == before


def test_unwrap_wakes() -> None:
    """The object is closed, and the descriptor goes on at its new owner's."""
    sock = opened("netlink")
    inside = Inside(lambda: sock.recvable(30))
    number = sock.unwrap()
    inside.join()
    assert isinstance(inside.error, OSError) and inside.error.errno == errno.EBADF
    with socket.socket(fileno=number) as plain:
        assert plain.family == socket.AF_NETLINK


def test_a_child_wakes_its_own() -> None:
    """The event is one for parent and child until the child makes its own."""
    sock = opened("netlink")
    inside = Inside(lambda: sock.recvable(30))
    child = os.fork()
    if child == 0:
        own = Inside(lambda: sock.recvable(30))
        sock.close()
        own.join()
        os._exit(0 if getattr(own.error, "errno", 0) == errno.EBADF else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert not inside.ended
    sock.close()
    inside.join()
    assert isinstance(inside.error, OSError) and inside.error.errno == errno.EBADF


def test_no_descriptor_for_the_event() -> None:
    """The wait fails, and the socket stays usable."""
    sock = opened("netlink")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    hoard: list[int] = []
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        try:
            while True:
                hoard.append(os.dup(sock.fd()))
        except OSError:
            pass
        with pytest.raises(OSError, match="Too many open files"):
            sock.recvable(30)
        with pytest.raises(OSError, match="Too many open files"):
            netsocket.select([sock], None, 30)
    finally:
        for fd in hoard:
            os.close(fd)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert sock.recvable(0) is False
    assert sock.recvable(0.001) is False
    sock.close()

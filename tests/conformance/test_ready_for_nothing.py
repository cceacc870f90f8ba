"""Waits for a socket that polls ready and gives nothing: its error queue is unread, or it
sends to a receiver that is full."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from support.fronts import process
from support.fronts.front import Front, Handle
from support.machine_lag import PATIENCE
from support.net.error_queue import leave_unread
from support.net.peers import Peers

WAIT = 0.4


@pytest.fixture
def unread(net: Front, peers: Peers) -> tuple[Handle, socket.socket]:
    ours, theirs = peers.stream(net)
    with ours.second_reader() as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4608)
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4608)
        leave_unread(own, theirs)
    return ours, theirs


def fill(handle: Handle) -> int:
    """Sends until nothing fits; how many bytes that were."""
    count = 0
    with handle.second_reader() as own:
        own.setblocking(False)
        try:
            while True:
                count += own.send(bytes(1 << 20))
        except BlockingIOError:
            return count


CALLS: dict[str, tuple[Any, ...]] = {
    "recvall": (1,),
    "recvline": (9,),
    "sendall": (bytes(1 << 17),),  # the kernel may move a little of it
}


@pytest.mark.parametrize("name", CALLS)
def test_waits_without_spinning(
    net: Front, unread: tuple[Handle, socket.socket], name: str
) -> None:
    ours, _ = unread
    fill(ours)
    before = process.cpu_seconds(net.pid)
    assert ours.call(name, *CALLS[name], WAIT).kind == "timeout"
    assert process.cpu_seconds(net.pid) - before < WAIT / 2


def test_what_comes_is_taken(net: Front, unread: tuple[Handle, socket.socket]) -> None:
    """However long it has waited, and more than once."""
    ours, theirs = unread
    theirs.sendall(b"one")
    assert ours.recvall(3, 20).value == b"one"
    assert ours.recvall(1, 0.1).kind == "timeout"
    pending = ours.start("recvall", 6, 20)
    for piece in (b"tw", b"o li"):
        assert not pending.done()
        theirs.sendall(piece)
    assert pending.result().value == b"two li"
    theirs.sendall(b"ne\n")
    assert ours.recvline(9, 20).value == b"ne\n"


def test_room_is_used(net: Front, unread: tuple[Handle, socket.socket]) -> None:
    """More than the buffers hold: of those the kernel may move a little on."""
    ours, theirs = unread
    more = 1 << 15
    left = fill(ours) + more
    pending = ours.start("sendall", b"x" * more, PATIENCE)
    assert not pending.done()
    while left:
        left -= len(theirs.recv(1 << 20))
    assert pending.result().value == more


# ------------------------------------------ a unix datagram for a receiver that is full


def to_full(net: Front, peers: Peers, connected: bool) -> tuple[Handle, Any, Handle]:
    """A socket of ours, the receiver, and its address."""
    receiver = peers.bound(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours = net.new_unix_dgram().value
    ai = net.addrinfo.unix(receiver.getsockname(), socket.SOCK_DGRAM).value
    if connected:
        assert ours.connect(ai).value is True
    while ours.sendto(b"fill", ai).kind != "again":
        pass
    return ours, receiver, ai


@pytest.mark.parametrize("name", ["sendto", "send", "sendall", "sendfd", "sendmsg"])
@pytest.mark.parametrize("connected", [False, True])
def test_a_full_receiver(net: Front, peers: Peers, name: str, connected: bool) -> None:
    """The sender itself polls writable all the time. Room is noticed all the same."""
    if name in ("send", "sendall") and not connected:
        pytest.skip("needs a peer")
    ours, receiver, ai = to_full(net, peers, connected)
    mh = net.msghdr.new().value
    iov = net.iovec.new().value
    iov.add(b"data")
    mh.iov(iov)
    if not connected:
        mh.name(ai)
    calls: dict[str, tuple[Any, ...]] = {
        "sendto": (b"data", ai),
        "send": (b"data",),
        "sendall": (b"data", WAIT),
        "sendfd": (ours, None if connected else ai),
        "sendmsg": (mh,),
    }
    ours.timeout(WAIT)
    before = process.cpu_seconds(net.pid)
    assert ours.call(name, *calls[name]).kind == "timeout"
    assert process.cpu_seconds(net.pid) - before < WAIT / 2
    ours.timeout(20)
    pending = ours.start(name, *(20 if arg == WAIT else arg for arg in calls[name]))
    assert not pending.done()
    receiver.recv(100)
    assert pending.result().value == (0 if name == "sendfd" else 4)

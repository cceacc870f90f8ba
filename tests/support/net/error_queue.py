"""The error queue. While it is not read, poll(2) calls its socket ready."""

from __future__ import annotations

import select
import socket

from support.net.peers import WITHIN

SO_ZEROCOPY = 60
MSG_ZEROCOPY = 0x4000000
SIZE = 1000


def wait_for_entry(own: socket.socket) -> None:
    watch = select.poll()
    watch.register(own, 0)  # POLLERR needs no asking
    found = watch.poll(WITHIN * 1000)
    assert found == [(own.fileno(), select.POLLERR)], "nothing in the error queue"


def leave_unread(own: socket.socket, peer: socket.socket) -> None:
    """Sends SIZE bytes over TCP, which the peer takes; that it did stays in the queue."""
    own.setsockopt(socket.SOL_SOCKET, SO_ZEROCOPY, 1)
    assert own.send(b"z" * SIZE, MSG_ZEROCOPY) == SIZE
    left = SIZE
    while left:
        left -= len(peer.recv(left))
    wait_for_entry(own)

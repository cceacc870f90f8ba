"""An error queue that nobody reads: poll(2) calls its socket ready all the while."""

from __future__ import annotations

import select
import socket

SO_ZEROCOPY = 60
MSG_ZEROCOPY = 0x4000000
SIZE = 1000


def leave_unread(own: socket.socket, peer: socket.socket) -> None:
    """Sends SIZE bytes over TCP, which the peer takes; that it did stays in the queue."""
    own.setsockopt(socket.SOL_SOCKET, SO_ZEROCOPY, 1)
    assert own.send(b"z" * SIZE, MSG_ZEROCOPY) == SIZE
    left = SIZE
    while left:
        left -= len(peer.recv(left))
    watch = select.poll()
    watch.register(own, 0)
    assert watch.poll(5000) == [(own.fileno(), select.POLLERR)]

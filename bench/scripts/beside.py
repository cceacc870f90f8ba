"""One call that moves much, beside a thread that wakes up every millisecond."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable

import netsocket

PART = 1 << 20


class Watch(threading.Thread):
    """How late its latest wake-up was, at most."""

    def __init__(self) -> None:
        super().__init__()
        self.worst = 0.0
        self.stopped = False

    def run(self) -> None:
        last = time.monotonic()
        while not self.stopped:
            time.sleep(0.001)
            now = time.monotonic()
            self.worst = max(self.worst, now - last - 0.001)
            last = now


def drain(fd: int, size: int) -> None:
    with socket.socket(fileno=fd) as peer:
        room = memoryview(bytearray(PART))
        while size > 0 and (n := peer.recv_into(room)) > 0:
            size -= n


def feed(fd: int, size: int) -> None:
    with socket.socket(fileno=fd) as peer:
        data = memoryview(bytearray(PART))
        while size > 0:
            size -= peer.send(data[: min(size, PART)])


def file_of(size: int) -> int:
    with tempfile.TemporaryFile() as file:
        file.truncate(size)
        return os.dup(file.fileno())


def pieces(size: int) -> netsocket.IoVec:
    iov = netsocket.iovec.new()
    for _ in range(size // (64 * PART)):
        iov.addn(64 * PART)
    return iov


# What a call moves is made before it, and its result is freed after the watch has ended:
# both are the caller's own.
def sending(sock: netsocket.Socket, name: str, size: int) -> Callable[[], object]:
    if name == "sleep":
        return lambda: time.sleep(1)
    if name in CPYTHON:
        return sending_theirs(socket.socket(fileno=sock.unwrap()), name, size)
    if name == "sendfile":
        file = file_of(size)
        return lambda: sock.sendfile(file, size)
    if name == "writev":
        iov = pieces(size)
        return lambda: sock.writev(iov)
    data = bytes(size)
    return lambda: sock.sendall(data) if name == "sendall" else sock.send(data)


def sending_theirs(sock: socket.socket, name: str, size: int) -> Callable[[], object]:
    if name == "os.sendfile":
        file = file_of(size)
        return lambda: os.sendfile(sock.fileno(), file, 0, size)
    data = bytes(size)
    return lambda: sock.send(data)


def receiving(sock: netsocket.Socket, name: str, size: int) -> Callable[[], object]:
    if name == "recv_into":
        room = bytearray(size)
        return lambda: sock.recv_into(room, 0, netsocket.MSG_WAITALL)
    if name == "recv":
        return lambda: sock.recv(size, netsocket.MSG_WAITALL)
    return lambda: sock.recvall(size)


CPYTHON = ("socket.send", "os.sendfile")
SENDING = ("sleep", *CPYTHON, "send", "sendall", "writev", "sendfile")


def main() -> None:
    name, size = sys.argv[1], int(sys.argv[2])
    ours, theirs = netsocket.pair_stream()
    ours.nonblock(False)
    theirs.nonblock(False)
    peer = drain if name in SENDING else feed
    child = os.fork()
    if child == 0:
        ours.close()
        peer(theirs.unwrap(), size)
        os._exit(0)
    theirs.close()
    make = sending if name in SENDING else receiving
    call = make(ours, name, size)
    watch = Watch()
    watch.start()
    time.sleep(0.05)
    watch.worst = 0.0
    begin = time.monotonic()
    result = call()
    took = time.monotonic() - begin
    time.sleep(0.05)
    worst = watch.worst
    watch.stopped = True
    watch.join()
    moved = len(result) if isinstance(result, bytes) else result or 0
    ours.close()
    os.waitpid(child, 0)
    print(worst, took, moved)


if __name__ == "__main__":
    main()

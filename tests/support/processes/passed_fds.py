"""Descriptors given to a front's process, and what lies behind its numbers.

A child that runs already can be given one over a socket of its own: our end is a
duplicate of one of its pair, so CPython sends and the library receives.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from support.fronts import process
from support.fronts.front import Front, Handle

Identity = tuple[int, int]


def give(net: Front, fd: int) -> int:
    """The number under which the front's process now has what our fd is."""
    if net.language == "python":
        return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 0)
    near, far = net.pair_stream().all
    with far.second_reader() as ours:
        socket.send_fds(ours, [b"."], [fd])
    number: int = near.recvfd().value
    near.close()
    far.close()
    return number


@contextmanager
def passed_fds(net: Front, *fds: int) -> Iterator[list[int]]:
    """Numbers in the front's process for our descriptors, closed at the end."""
    numbers: list[int] = []
    try:
        for fd in fds:
            numbers.append(give(net, fd))
        yield numbers
    finally:
        for number in numbers:
            if number in net.descriptors():
                assert net.close(number).value is True


@contextmanager
def closing(*fds: int) -> Iterator[tuple[int, ...]]:
    """Our own descriptors, closed at the end."""
    try:
        yield fds
    finally:
        for fd in fds:
            os.close(fd)


def identity(net: Front, fd: int) -> Identity:
    """The file behind a number of the front's process: device and inode."""
    return _identity(os.stat(f"/proc/{net.pid}/fd/{fd}"))


def identity_here(fd: int) -> Identity:
    return _identity(os.fstat(fd))


def _identity(stat: os.stat_result) -> Identity:
    return stat.st_dev, stat.st_ino


def is_open(net: Front, fd: int) -> bool:
    return fd in process.descriptors(net.pid)


def send_raw(far: Handle, data: bytes, fds: list[int]) -> None:
    """CPython sends, over the other end of our pair."""
    with far.second_reader() as own:
        socket.send_fds(own, [data], fds)


def close_all(net: Front, fds: list[int]) -> None:
    for fd in fds:
        assert net.close(fd).value is True

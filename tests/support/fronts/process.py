"""Looking into a process from outside: its descriptors and their flags.

Both fronts are watched the same way, through /proc, so that a library which reports
one thing and does another is seen.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

PIDFD_GETFD = 438  # the same number on every Linux architecture


def descriptors(pid: int) -> dict[int, str]:
    """The open descriptors of a process, each with what it is."""
    folder = f"/proc/{pid}/fd"
    found = {}
    for name in os.listdir(folder):
        try:
            found[int(name)] = os.readlink(f"{folder}/{name}")
        except FileNotFoundError:  # listdir's own, gone by now
            continue
    return found


def threads(pid: int) -> set[int]:
    return {int(name) for name in os.listdir(f"/proc/{pid}/task")}


def children(pid: int) -> set[int]:
    found: set[int] = set()
    for task in threads(pid):
        try:
            text = Path(f"/proc/{pid}/task/{task}/children").read_text()
        except FileNotFoundError:  # the thread has ended
            continue
        found.update(int(child) for child in text.split())
    return found


def flags(pid: int, fd: int) -> int:
    """F_GETFL of a descriptor, with O_CLOEXEC for FD_CLOEXEC."""
    for line in Path(f"/proc/{pid}/fdinfo/{fd}").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "flags":
            return int(value, 8)
    raise AssertionError(f"no flags in fdinfo of {fd}")


def take(pid: int, fd: int) -> int:
    """A descriptor of our own for what another process has open at fd."""
    if pid == os.getpid():
        return os.dup(fd)
    libc = ctypes.CDLL(None, use_errno=True)
    handle = os.pidfd_open(pid)
    try:
        taken: int = libc.syscall(PIDFD_GETFD, handle, fd, 0)
        if taken < 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), f"pidfd_getfd {fd}")
        return taken
    finally:
        os.close(handle)


def polls(pid: int) -> bool:
    """Whether its main thread waits for descriptors, in poll(2) or epoll_wait(2)."""
    return "poll" in Path(f"/proc/{pid}/wchan").read_text()


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has used; tells waiting from spinning."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

"""A second network beside a test's own, joined to it by a virtual cable (veth).

    this side: nsk0 10.77.0.1 fd77::1       other side: nsk1 10.77.0.2, .3 fd77::2, ::3

Call in a namespace only (see netns.py). Sockets that are opened inside `there` belong to
the other side for good.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from support.net.netns import CLONE_NEWNET, NotAllowed
from support.net.peers import wait_until

HERE, THERE = "nsk0", "nsk1"
OWN_NS = "/proc/thread-self/ns/net"


def ip(line: str) -> None:
    done = subprocess.run(["ip", *line.split()], capture_output=True, text=True)
    if done.returncode != 0:
        raise NotAllowed(f"ip {line}: {done.stderr.strip()}")


@dataclass(frozen=True)
class VethPeer:
    home: int  # descriptors of the two namespaces
    away: int

    @contextmanager
    def there(self) -> Iterator[None]:
        """The calling thread is on the other side."""
        libc = ctypes.CDLL(None, use_errno=True)
        assert libc.setns(self.away, CLONE_NEWNET) == 0
        try:
            yield
        finally:
            assert libc.setns(self.home, CLONE_NEWNET) == 0


def _make(home: int) -> VethPeer:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise NotAllowed("unshare")
    try:
        away = os.open(OWN_NS, os.O_RDONLY | os.O_CLOEXEC)
    finally:
        assert libc.setns(home, CLONE_NEWNET) == 0
    return VethPeer(home, away)


def _ready(name: str) -> bool:
    """The cable is seen to be plugged in: the kernel has made the multicast route."""
    routes = Path("/proc/thread-self/net/ipv6_route").read_text().splitlines()
    return any(line.startswith("ff00") and line.split()[-1] == name for line in routes)


def _connect(side: VethPeer) -> None:
    ip(f"link add {HERE} type veth peer name {THERE}")
    ip(f"link set {THERE} netns /proc/{os.getpid()}/fd/{side.away}")
    with side.there():
        for address in ("10.77.0.2/24", "10.77.0.3/24"):
            ip(f"addr add {address} dev {THERE}")
        for address in ("fd77::2/64", "fd77::3/64"):
            ip(f"addr add {address} dev {THERE} nodad")
        ip(f"link set {THERE} up")
    ip(f"addr add 10.77.0.1/24 dev {HERE}")
    ip(f"addr add fd77::1/64 dev {HERE} nodad")
    ip(f"link set {HERE} up")
    wait_until(partial(_ready, HERE), "this end is up")
    with side.there():
        wait_until(partial(_ready, THERE), "the other end is up")


@contextmanager
def connected() -> Iterator[VethPeer]:
    if not shutil.which("ip"):
        raise NotAllowed("there is no program ip here")
    home = os.open(OWN_NS, os.O_RDONLY | os.O_CLOEXEC)
    try:
        side = _make(home)
        try:
            _connect(side)
            yield side
        finally:
            os.close(side.away)
    finally:
        os.close(home)

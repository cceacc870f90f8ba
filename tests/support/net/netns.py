"""A network of a test's own: fresh namespaces with a loopback, a hosts file and no
name server but what the test runs itself.

The calling thread enters them, and so does every child and thread it starts; sockets
opened meanwhile stay in them. Needs a privilege that not every machine gives.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from support.net.peers import wait_until

CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8913, 0x8914
IFF_UP = 1

HOSTS = """127.0.0.1 localhost
::1 localhost
127.0.0.1 two
127.0.0.2 two
127.0.0.1 one
2001:db8::6 six
127.0.0.3 xn--bcher-kva.example
"""
# A resolver that asks the port 53 of the netns, and waits so long that no slow
# machine has it give up before the test does. A test that lets one hang ends it, as
# name_server does: its thread is left until then.
RESOLV = "nameserver 127.0.0.1\noptions timeout:30 attempts:1\n"


class NotAllowed(Exception):
    """This machine does not let us make namespaces."""


def _checked(status: int, what: str) -> None:
    if status != 0:
        raise NotAllowed(f"{what}: {os.strerror(ctypes.get_errno())}")


def _go_home(libc: ctypes.CDLL, home: int, flag: int) -> bool:
    return bool(libc.setns(home, flag) == 0)


def _go_back_to(root: int) -> None:
    """setns gives the root of the view of files, also to who had another (chroot)."""
    if not os.path.samestat(os.stat("/"), os.fstat(root)):
        os.fchdir(root)
        os.chroot(".")


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        answer = fcntl.ioctl(control, SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0))
        (flags,) = struct.unpack_from("h", answer, 16)
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def _replace_files(libc: ctypes.CDLL, folder: Path) -> None:
    _checked(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None), "mount private")
    for name, text in (("hosts", HOSTS), ("resolv.conf", RESOLV)):
        own = folder / name
        own.write_text(text)
        target = os.path.realpath(f"/etc/{name}")
        status = libc.mount(bytes(own), target.encode(), None, MS_BIND, None)
        _checked(status, f"mount {name}")


@contextmanager
def entered(folder: Path) -> Iterator[None]:
    """The calling thread is on its netns until the end of the block."""
    libc = ctypes.CDLL(None, use_errno=True)
    here = os.getcwd()
    root = os.open("/", os.O_PATH | os.O_CLOEXEC)
    kinds = {"net": CLONE_NEWNET, "mnt": CLONE_NEWNS}
    homes = [
        (os.open(f"/proc/thread-self/ns/{name}", os.O_RDONLY | os.O_CLOEXEC), flag)
        for name, flag in kinds.items()
    ]
    try:
        _checked(libc.unshare(CLONE_NEWNET | CLONE_NEWNS), "unshare")
        try:
            _loopback_up()
            _replace_files(libc, folder)
            yield
        finally:
            # A thread of the resolver that is still ending shares our file system's
            # view, and setns says EINVAL until it has gone.
            for home, flag in homes:
                wait_until(partial(_go_home, libc, home, flag), "setns back")
            _go_back_to(root)
            os.chdir(here)
    finally:
        for home, _ in [*homes, (root, 0)]:
            os.close(home)

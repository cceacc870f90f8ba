"""Who listens, by the kernel's tables: no connection is made, so no server sees one."""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path
from typing import Union

Where = Union[int, "tuple[str, int]", str, bytes]

LISTEN = "0A"  # the state of a TCP socket in /proc/net/tcp
ACCEPTS = 1 << 16  # __SO_ACCEPTCON in the flags of /proc/net/unix


def _rows(pid: int | str, name: str) -> list[list[str]]:
    try:
        text = Path(f"/proc/{pid}/net/{name}").read_text()
    except (FileNotFoundError, ProcessLookupError):  # no IPv6; or the process has ended
        return []
    return [line.split() for line in text.splitlines()[1:]]


def _host(text: str) -> str:
    """A host of /proc/net/tcp or tcp6: words of four bytes in the machine's order."""
    words = [int(text[i : i + 8], 16) for i in range(0, len(text), 8)]
    family = socket.AF_INET if len(words) == 1 else socket.AF_INET6
    return socket.inet_ntop(family, struct.pack(f"={len(words)}I", *words))


def _tcp(pid: int | str) -> set[tuple[str, int]]:
    found = set()
    for name in ("tcp", "tcp6"):
        for row in _rows(pid, name):
            if row[3] == LISTEN:
                host, _, port = row[1].rpartition(":")
                found.add((_host(host), int(port, 16)))
    return found


def listens(where: Where, pid: int | str = "self") -> bool:
    """Whether a port, an address or a path has a listener, seen from a process."""
    if isinstance(where, int):
        return any(port == where for _, port in _tcp(pid))
    if isinstance(where, tuple):
        return where[:2] in _tcp(pid)
    path = os.fsdecode(where).replace("\0", "@")
    return any(
        len(row) > 7 and row[7] == path and int(row[3], 16) & ACCEPTS
        for row in _rows(pid, "unix")
    )


def queue_is_full(listener: socket.socket) -> bool:
    """Of a listener, tcp_info tells how many wait (tcpi_unacked) and how many may
    (tcpi_sacked)."""
    info = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 32)
    waiting, room = struct.unpack_from("=II", info, 24)
    return bool(waiting > room)

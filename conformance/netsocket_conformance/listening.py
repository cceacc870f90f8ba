"""Who listens, by the kernel's tables: no connection is made, so no server sees one. A
datagram socket listens as soon as it has its address, and no peer."""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path
from typing import Union

Where = Union[int, "tuple[str, int]", str, bytes]

LISTEN, UNCONNECTED = "0A", "07"  # states of sockets in /proc/net/tcp and /proc/net/udp
ACCEPTS = 1 << 16  # __SO_ACCEPTCON in the flags of /proc/net/unix
DGRAM = f"{socket.SOCK_DGRAM:04x}"


def _rows(pid: int | str, name: str) -> list[list[str]]:
    try:
        # The name of anybody's unix socket may be in it, of whatever bytes.
        text = os.fsdecode(Path(f"/proc/{pid}/net/{name}").read_bytes())
    except (FileNotFoundError, ProcessLookupError):  # no IPv6; or the process has ended
        return []
    return [line.split() for line in text.splitlines()[1:]]


def _host(text: str) -> str:
    """A host of /proc/net/tcp or tcp6: words of four bytes in the machine's order."""
    words = [int(text[i : i + 8], 16) for i in range(0, len(text), 8)]
    family = socket.AF_INET if len(words) == 1 else socket.AF_INET6
    return socket.inet_ntop(family, struct.pack(f"={len(words)}I", *words))


def _inet(pid: int | str, kind: int) -> set[tuple[str, int]]:
    name, state = ("udp", UNCONNECTED) if kind == socket.SOCK_DGRAM else ("tcp", LISTEN)
    found = set()
    for row in _rows(pid, name) + _rows(pid, f"{name}6"):
        if row[3] == state:
            host, _, port = row[1].rpartition(":")
            found.add((_host(host), int(port, 16)))
    return found


def _unix(pid: int | str, path: str, kind: int) -> bool:
    for row in _rows(pid, "unix"):
        if len(row) > 7 and row[7] == path:
            if kind == socket.SOCK_DGRAM:
                return row[4] == DGRAM
            return bool(int(row[3], 16) & ACCEPTS)
    return False


def listens(
    where: Where, pid: int | str = "self", kind: int = socket.SOCK_STREAM
) -> bool:
    """Whether a port, an address or a path has a listener, seen from a process."""
    if isinstance(where, int):
        return any(port == where for _, port in _inet(pid, kind))
    if isinstance(where, tuple):
        return where[:2] in _inet(pid, kind)
    return _unix(pid, os.fsdecode(where).replace("\0", "@"), kind)


def queue_is_full(listener: socket.socket) -> bool:
    """Of a listener, tcp_info tells how many wait (tcpi_unacked) and how many may
    (tcpi_sacked)."""
    info = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 32)
    waiting, room = struct.unpack_from("=II", info, 24)
    return bool(waiting > room)

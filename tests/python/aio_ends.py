"""Calls of netsocket.aio that would block, one of each name, and what ends that."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import netsocket
from netsocket import aio

ROOM = 1 << 20
anything: Any = aio  # an iterator promises no coroutine

Begin = Callable[..., Coroutine[Any, Any, Any]]


@dataclass
class Ends:
    """Two ends, of which `a` is tried, and what makes its call go on."""

    a: netsocket.Socket
    b: netsocket.Socket
    begin: Begin  # takes `sec`, and flags where the call does
    ready: Callable[[], Any]
    right: Callable[[Any], bool]
    others: list[Any] = field(default_factory=list)

    def close(self) -> None:
        for made in (self.a, self.b, *self.others):
            made.close()


def fill(send: Callable[[], int]) -> None:
    try:
        while True:
            send()
    except BlockingIOError:
        pass


def message(data: bytes | int) -> tuple[netsocket.MsgHdr, netsocket.IoVec]:
    mh, iov = netsocket.msghdr.new(), netsocket.iovec.new()
    if isinstance(data, int):
        iov.addn(data)
    else:
        iov.add(data)
    mh.iov(iov)
    return mh, iov


def receives(name: str) -> Ends:
    a, b = netsocket.pair_dgram() if name == "recvmany" else netsocket.pair_stream()
    into = bytearray(10)
    mh, iov = message(10)
    begins: dict[str, Begin] = {
        "recv": lambda *f, **k: aio.recv(a, 10, *f, **k),
        "recvfrom": lambda *f, **k: aio.recvfrom(a, 10, *f, **k),
        "recv_into": lambda *f, **k: aio.recv_into(a, into, 0, *f, **k),
        "recvmsg": lambda *f, **k: aio.recvmsg(a, mh, *f, **k),
        "recvmany": lambda **k: aio.recvmany(a, 5, 100, **k),
        "recvfd": lambda *f, **k: aio.recvfd(a, *f, **k),
        "recvfds": lambda *f, **k: aio.recvfds(a, 10, *f, **k),
    }
    rights: dict[str, Callable[[Any], bool]] = {
        "recv": lambda got: bool(got == b"data"),
        "recvfrom": lambda got: bool(got == (b"data", None)),
        "recv_into": lambda got: got == 4 and into[:4] == b"data",
        "recvmsg": lambda got: got == 4 and (iov.get(1) or b"")[:4] == b"data",
        "recvmany": lambda got: [(one[0], one[1]) for one in got] == [(b"data", None)],
        "recvfd": lambda got: netsocket.close(got) is True,
        # Without memory for its number the descriptor is closed; the bytes come again.
        "recvfds": lambda got: got[1] == b"data" and all(map(netsocket.close, got[0])),
    }
    readies: dict[str, Callable[[], object]] = {
        "recvfd": lambda: b.sendfd(b),
        "recvfds": lambda: b.sendfds([b], b"data"),
    }
    ready = readies.get(name, lambda: b.send(b"data"))
    return Ends(a, b, begins[name], ready, rights[name])


def reads(name: str) -> Ends:
    """By a reader, or what holds bytes meanwhile."""
    a, b = netsocket.pair_stream()
    calls: dict[str, tuple[Begin, bytes]] = {
        "read": (lambda **k: aio.reader(a).read(9, **k), b"ab--\n"),
        "readexactly": (lambda **k: aio.reader(a).readexactly(4, **k), b"ab--"),
        "readuntil": (lambda **k: aio.reader(a).readuntil(b"--", **k), b"ab--"),
        "readline": (lambda **k: aio.reader(a).readline(**k), b"ab--\n"),
        "line": (lambda **k: aio.reader(a).line(**k), b"ab--"),
        "lines": (lambda **k: anything.reader(a).lines(**k).__anext__(), b"ab--"),
        "readall": (lambda **k: aio.reader(a).readall(9, **k), b"ab--\n"),
        "peek": (lambda **k: aio.reader(a).peek(4, **k), b"ab--"),
        "recvall": (lambda **k: aio.recvall(a, 4, **k), b"ab--"),
        "recvline": (lambda **k: aio.recvline(a, **k), b"ab--\n"),
        "recvable": (lambda **k: aio.recvable(a, **k), b""),
    }
    begin, expected = calls[name]

    def ready() -> None:
        b.send(b"ab--\n")
        if name == "readall":
            b.shutdown(netsocket.SHUT_WR)

    def right(got: Any) -> bool:
        return bool(got is True if name == "recvable" else got == expected)

    return Ends(a, b, begin, ready, right)


def sends(name: str, folder: Path) -> Ends:
    a, b = netsocket.pair_dgram() if name == "sendmany" else netsocket.pair_stream()
    fill(lambda: a.send(b"x" * 4096))
    path = folder / "file"
    path.write_bytes(b"some data")
    mh, _ = message(b"data")
    file = path.open("rb")
    begins: dict[str, Begin] = {
        "send": lambda *f, **k: aio.send(a, b"data", *f, **k),
        "sendmsg": lambda *f, **k: aio.sendmsg(a, mh, *f, **k),
        "sendmany": lambda *f, **k: aio.sendmany(a, [b"data"], None, *f, **k),
        "sendfile": lambda **k: aio.sendfile(a, file, 4, 5, **k),
        "sendall": lambda **k: aio.sendall(a, b"data", **k),
        "sendable": lambda **k: aio.sendable(a, **k),
    }

    def ready() -> None:
        """All that is there; what comes later is the call's own."""
        fill(lambda: len(b.recv(ROOM)))

    def right(sent: Any) -> bool:
        if name == "sendable":
            return sent is True
        return bool(
            sent == (1 if name == "sendmany" else 4) and b.recv(ROOM)[-4:] == b"data"
        )

    return Ends(a, b, begins[name], ready, right, [file])


def sendto(folder: Path) -> Ends:
    """To a full unix receiver, whose room poll(2) does not tell of."""
    b, a = netsocket.bind_unix_dgram(str(folder / "s")), netsocket.new_unix_dgram()
    ai = b.getsockname()
    fill(lambda: a.sendto(b"x", ai))
    return Ends(
        a,
        b,
        lambda *f, **k: aio.sendto(a, b"data", ai, *f, **k),
        lambda: fill(lambda: len(b.recv(ROOM))),
        lambda sent: bool(sent == 4 and b.recv(ROOM) == b"data"),
    )


def accept() -> Ends:
    a = netsocket.bind_inet_stream("127.0.0.1", 0)
    a.listen()
    b = netsocket.new_inet_stream()

    def right(made: Any) -> bool:
        with made:
            return bool(made.getpeername().port() == b.getsockname().port())

    def ready() -> None:
        b.timeout(20)
        b.connect(a.getsockname())

    return Ends(a, b, lambda **k: aio.accept(a, **k), ready, right)


RECEIVES = ["recv", "recvfrom", "recv_into", "recvmsg", "recvmany", "recvfd", "recvfds"]
READS = [
    *("read", "readexactly", "readuntil", "readline", "line", "lines", "readall", "peek"),
    *("recvall", "recvline", "recvable"),
]
SENDS = ["send", "sendmsg", "sendmany", "sendfile", "sendall", "sendable"]
NAMES = [*RECEIVES, *READS, *SENDS, "sendto", "accept"]
FLAGS = [
    *("recv", "recvfrom", "recv_into", "recvmsg", "recvfd", "recvfds"),
    *("send", "sendmsg", "sendmany", "sendto"),
]


def ends_of(name: str, folder: Path) -> Ends:
    if name in RECEIVES:
        return receives(name)
    if name in READS:
        return reads(name)
    if name == "accept":
        return accept()
    return sendto(folder) if name == "sendto" else sends(name, folder)

"""Plain calls that would block, one of each method of waits.def, and what makes room for
them or gives them something."""

from __future__ import annotations

import re
import select
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.fronts import process
from support.fronts.front import Front, Handle
from support.fronts.manifest import TABLES, surface
from support.fronts.outcome import Outcome
from support.net.peers import Peers, fill

UNIX = socket.AF_UNIX

ROWS = re.findall(
    r"^WAITS\((\w+), NSK_(READ|WRITE)\)$",
    (TABLES / "waits.def").read_text(),
    re.MULTILINE,
)
NEEDS = dict(ROWS)  # the method's name, and what it waits for

TAKES_FLAGS = {
    name
    for name in NEEDS
    for language in ("python", "lua")
    if name in surface("SOCKET", language)
    and any(param.rest for param in surface("SOCKET", language)[name].params)
}


@dataclass
class Blocked:
    """A call that would block now."""

    name: str
    sock: Handle
    args: tuple[Any, ...]
    ready: Callable[[], object]  # it no longer does
    right: Callable[[Outcome], bool]  # whether the outcome is that of the one call

    def call(self, *more: Any) -> Outcome:
        return self.sock.call(self.name, *self.args, *more)

    def start(self, *more: Any) -> Any:
        return self.sock.start(self.name, *self.args, *more)


Make = Callable[[str], Blocked]


def needs(net: Front, name: str) -> None:
    if name not in surface("SOCKET", net.language):
        pytest.skip(f"{net.language} has no {name}")


def other_end(net: Front, peers: Peers, handle: Handle) -> socket.socket:
    """CPython's own socket for an object of the front's."""
    return peers.own(socket.socket(fileno=process.take(net.pid, handle.fd().value)))


def drain(own: socket.socket) -> bytes:
    """All that is there, as one."""
    received = []
    while select.select([own], [], [], 0)[0]:
        received.append(own.recv(1 << 20))
    return b"".join(received)


def _ends(net: Front, peers: Peers) -> tuple[Handle, socket.socket]:
    ours, theirs = net.pair_stream().all
    return ours, other_end(net, peers, theirs)


def _iovec(net: Front, data: bytes | int) -> Handle:
    iov: Handle = net.iovec.new().value
    added = iov.addn(data) if isinstance(data, int) else iov.add(data)
    assert added.value == 1
    return iov


def _message(net: Front, data: bytes | int) -> Handle:
    mh: Handle = net.msghdr.new().value
    mh.iov(_iovec(net, data))
    return mh


def _receives(net: Front, peers: Peers, name: str, folder: Path) -> Blocked:
    ours, theirs = _ends(net, peers)
    args: dict[str, tuple[Any, ...]] = {
        "recvmsg": (_message(net, 10),) if name == "recvmsg" else (),
        "readv": (_iovec(net, 10),) if name == "readv" else (),
        "recv_into": (bytearray(10),),
    }
    counts = name in args
    return Blocked(
        name,
        ours,
        args.get(name, (10,)),
        lambda: theirs.sendall(b"x"),
        lambda outcome: outcome.value == (1 if counts else b"x"),
    )


def _recvfd(net: Front, peers: Peers, name: str, folder: Path) -> Blocked:
    ours, theirs = _ends(net, peers)

    def right(outcome: Outcome) -> bool:
        return bool(net.close(outcome.value).value is True)

    def right_with_bytes(outcome: Outcome) -> bool:
        (fd,), msg = outcome.all
        return bool(net.close(fd).value is True and msg == b".")

    def ready() -> None:
        socket.send_fds(theirs, [b"."], [theirs.fileno()])

    if name == "recvfds":
        return Blocked(name, ours, (10,), ready, right_with_bytes)
    return Blocked(name, ours, (), ready, right)


def _accepts(net: Front, peers: Peers, name: str, folder: Path) -> Blocked:
    listener = net.bind_unix_stream(peers.path()).value
    listener.listen()
    address = listener.getsockname().value.addr().value

    def right(outcome: Outcome) -> bool:
        if name == "acceptfd":
            return bool(net.close(outcome.value).value is True)
        return bool(outcome.value.timeout().value == 0)

    return Blocked(name, listener, (), lambda: peers.open(UNIX).connect(address), right)


def _connect(net: Front, peers: Peers, name: str, folder: Path) -> Blocked:
    listener = peers.listener(UNIX, backlog=0)
    peers.open(UNIX).connect(listener.getsockname())
    ours = net.new_unix_stream().value
    ai = net.addrinfo.unix(listener.getsockname(), socket.SOCK_STREAM).value
    return Blocked(
        name,
        ours,
        (ai,),
        lambda: peers.accept(listener),
        lambda outcome: outcome.value is True,
    )


def _sendto(net: Front, peers: Peers, name: str, folder: Path) -> Blocked:
    receiver = peers.bound(UNIX, socket.SOCK_DGRAM)
    ours = net.new_unix_dgram().value
    ai = net.addrinfo.unix(receiver.getsockname(), socket.SOCK_DGRAM).value
    while ours.sendto(b"fill", ai).kind != "again":
        pass
    return Blocked(
        name,
        ours,
        (b"data", ai),
        lambda: receiver.recv(100),
        lambda outcome: outcome.value == 4 and drain(receiver).endswith(b"data"),
    )


def _sendmany(net: Front, peers: Peers, name: str, folder: Path) -> Blocked:
    one = _sendto(net, peers, "sendto", folder)
    data, ai = one.args
    return Blocked(name, one.sock, ([data], ai), one.ready, lambda o: o.value == 1)


def _recvmany(net: Front, peers: Peers, name: str, folder: Path) -> Blocked:
    ours, other = net.pair_dgram().all
    theirs = other_end(net, peers, other)
    return Blocked(
        name,
        ours,
        (5, 100),
        lambda: theirs.send(b"x"),
        lambda outcome: outcome.value == [[b"x", None, False]],
    )


def _sends(net: Front, peers: Peers, name: str, folder: Path) -> Blocked:
    ours, theirs = _ends(net, peers)
    args: tuple[Any, ...] = (b"data",)
    sent = b"data"
    if name == "sendmsg":
        args = (_message(net, b"data"),)
    elif name == "writev":
        args = (_iovec(net, b"data"),)
    elif name == "sendfd":
        args, sent = (ours,), b"\0"
    elif name == "sendfds":
        args = ([ours], b"data", None)
    elif name == "sendfile":
        path = folder / "sent"
        path.write_bytes(b"some data")
        args = (net.open_file(path), 4, 5)
    left = fill(ours)

    def ready() -> None:
        nonlocal left
        left -= len(theirs.recv(left))

    def right(outcome: Outcome) -> bool:
        return outcome.value == (0 if name == "sendfd" else 4) and drain(theirs).endswith(
            bytes(min(left, 1)).replace(b"\0", b"x") + sent
        )

    return Blocked(name, ours, args, ready, right)


OTHERS = {
    "recvfd": _recvfd,
    "recvfds": _recvfd,
    "accept": _accepts,
    "acceptfd": _accepts,
    "connect": _connect,
    "sendto": _sendto,
    "sendmany": _sendmany,
    "recvmany": _recvmany,
}


def blocked(net: Front, peers: Peers, name: str, folder: Path) -> Blocked:
    """The call of this name, with all its arguments but flags."""
    make = OTHERS.get(name) or (_receives if NEEDS[name] == "READ" else _sends)
    return make(net, peers, name, folder)

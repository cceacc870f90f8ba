"""Recipes for plain calls of a socket that has a timeout, and for the timeout itself."""

from __future__ import annotations

import socket
from typing import Any

from conformance.parts import iovec
from fronts.outcome import TIMEOUT, Outcome

from .stage import Scene, Stage, done, equals, recipe

SHORT = 0.001


@recipe("SOCKET.timeout")
def timeout(s: Stage) -> Scene:
    a, b = s.pair()
    done(a.timeout(2))
    return Scene([3.0], a, check=equals(2.0), watched=[a, b])


@recipe("SOCKET.timeout/first")
def timeout_first(s: Stage) -> Scene:
    """The socket gets a record for it."""
    a, b = s.pair()
    return Scene([3.0], a, check=equals(0.0), watched=[a, b])


@recipe("PY_SOCKET.settimeout")
def settimeout(s: Stage) -> Scene:
    a, b = s.pair()
    return Scene([3.0], a, check=lambda _: a.timeout().value == 3, watched=[b])


@recipe("PY_SOCKET.setblocking")
def setblocking(s: Stage) -> Scene:
    a, b = s.pair()
    return Scene([True], a, watched=[b])


@recipe("MODULE.deadline")
def deadline(s: Stage) -> Scene:
    def check(outcome: Outcome) -> None:
        assert 0 < outcome.value.left().value <= 5

    return Scene([5.0], check=check)


@recipe("DEADLINE.left")
def left(s: Stage) -> Scene:
    made = done(s.front.call("deadline", 5.0))
    return Scene([], made, check=lambda outcome: 0 < outcome.value <= 5)


def is_late(outcome: Outcome) -> None:
    assert outcome.kind == TIMEOUT, outcome.describe()


@recipe("SOCKET.recv/late", "SOCKET.read/late", "SOCKET.recvfrom/late")
def receive(s: Stage) -> Scene:
    a, b = s.pair()
    done(a.timeout(SHORT))
    return Scene([4], a, check=is_late, watched=[a, b])


@recipe("SOCKET.recvfd/late")
def recvfd(s: Stage) -> Scene:
    a, b = s.pair()
    done(a.timeout(SHORT))
    return Scene([], a, check=is_late, watched=[a, b])


@recipe("SOCKET.accept/late", "SOCKET.acceptfd/late")
def accept(s: Stage) -> Scene:
    own = done(s.front.call("bind_inet_stream", "127.0.0.1", 0))
    done(own.listen())
    done(own.timeout(SHORT))
    return Scene([], own, check=is_late, watched=[own])


def fill(s: Stage) -> Any:
    """A socket with a timeout that takes no more."""
    a, b = s.pair()
    with a.second_reader() as own:
        own.settimeout(0)
        own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4608)
    while a.send(b"x" * 4096).kind != "again":
        pass
    done(a.timeout(SHORT))
    return a, b


@recipe("SOCKET.send/late", "SOCKET.write/late")
def send(s: Stage) -> Scene:
    a, b = fill(s)
    return Scene([b"x" * 4096], a, check=is_late, watched=[a, b])


@recipe("SOCKET.writev/late")
def writev(s: Stage) -> Scene:
    a, b = fill(s)
    return Scene([iovec(s.front, b"x" * 4096)], a, check=is_late, watched=[a, b])


@recipe("IOVEC.writev/late")
def iovec_writev(s: Stage) -> Scene:
    a, b = fill(s)
    own = iovec(s.front, b"x" * 4096)
    return Scene([a], own, check=is_late, watched=[a, b])


@recipe("IOVEC.readv/late")
def iovec_readv(s: Stage) -> Scene:
    a, b = s.pair()
    done(a.timeout(SHORT))
    return Scene([a], iovec(s.front, 4), check=is_late, watched=[a, b])

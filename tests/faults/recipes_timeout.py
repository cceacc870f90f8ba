"""Recipes for plain calls of a socket that has a timeout, and for the timeout itself."""

from __future__ import annotations

import socket
from typing import Any

from conformance.parts import iovec
from support.fronts.outcome import TIMEOUT, Outcome

from .setup import Case, Setup, done, equals, recipe

SHORT = 0.001


@recipe("SOCKET.timeout")
def timeout(s: Setup) -> Case:
    a, b = s.pair()
    done(a.timeout(2))
    return Case([3.0], a, check=equals(2.0), watched=[a, b])


@recipe("SOCKET.timeout/first")
def timeout_first(s: Setup) -> Case:
    """The socket gets a record for it."""
    a, b = s.pair()
    return Case([3.0], a, check=equals(0.0), watched=[a, b])


@recipe("PY_SOCKET.settimeout")
def settimeout(s: Setup) -> Case:
    a, b = s.pair()
    return Case([3.0], a, check=lambda _: a.timeout().value == 3, watched=[b])


@recipe("PY_SOCKET.setblocking")
def setblocking(s: Setup) -> Case:
    a, b = s.pair()
    return Case([True], a, watched=[b])


@recipe("MODULE.deadline")
def deadline(s: Setup) -> Case:
    def check(outcome: Outcome) -> None:
        assert 0 < outcome.value.left().value <= 5

    return Case([5.0], check=check)


@recipe("DEADLINE.left")
def left(s: Setup) -> Case:
    made = done(s.front.call("deadline", 5.0))
    return Case([], made, check=lambda outcome: 0 < outcome.value <= 5)


def is_late(outcome: Outcome) -> None:
    assert outcome.kind == TIMEOUT, outcome.describe()


@recipe("SOCKET.recv/late", "SOCKET.read/late", "SOCKET.recvfrom/late")
def receive(s: Setup) -> Case:
    a, b = s.pair()
    done(a.timeout(SHORT))
    return Case([4], a, check=is_late, watched=[a, b])


@recipe("SOCKET.recvfd/late", "SOCKET.recvfds/late")
def recvfd(s: Setup) -> Case:
    a, b = s.pair()
    done(a.timeout(SHORT))
    return Case([], a, check=is_late, watched=[a, b])


@recipe("SOCKET.accept/late", "SOCKET.acceptfd/late")
def accept(s: Setup) -> Case:
    own = done(s.front.call("bind_inet_stream", "127.0.0.1", 0))
    done(own.listen())
    done(own.timeout(SHORT))
    return Case([], own, check=is_late, watched=[own])


def fill(s: Setup) -> Any:
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
def send(s: Setup) -> Case:
    a, b = fill(s)
    return Case([b"x" * 4096], a, check=is_late, watched=[a, b])


@recipe("SOCKET.writev/late")
def writev(s: Setup) -> Case:
    a, b = fill(s)
    return Case([iovec(s.front, b"x" * 4096)], a, check=is_late, watched=[a, b])


@recipe("IOVEC.writev/late")
def iovec_writev(s: Setup) -> Case:
    a, b = fill(s)
    own = iovec(s.front, b"x" * 4096)
    return Case([a], own, check=is_late, watched=[a, b])


@recipe("IOVEC.readv/late")
def iovec_readv(s: Setup) -> Case:
    a, b = s.pair()
    done(a.timeout(SHORT))
    return Case([a], iovec(s.front, 4), check=is_late, watched=[a, b])

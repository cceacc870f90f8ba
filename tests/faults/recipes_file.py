"""Recipes for files, for the interfaces, and for counts above what is kept in store."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance.parts import iovec, message
from support.fronts.outcome import Outcome

from .setup import Case, Setup, done, recipe

# ------------------------------------------------------------------------------- files

TEXT = bytes(n % 251 for n in range(5000))


@recipe("SOCKET.sendfile")
def sendfile(s: Setup) -> Case:
    return _sendfile(s, s.file(TEXT), TEXT[100:1100])


@recipe("SOCKET.sendfileall")
def sendfileall(s: Setup) -> Case:
    case = sendfile(s)
    return replace(case, args=[*case.args, 5.0])


@recipe("SOCKET.sendfileall/end")
def sendfileall_end(s: Setup) -> Case:
    """To the end of the file, on a socket that would block in sendfile(2)."""
    a, b = s.pair()
    done(a.nonblock(False))
    file = s.front.open_file(s.file(TEXT))

    def arrived(outcome: Outcome) -> None:
        # A call that failed at the end of the file had sent it all.
        assert outcome.value == 1000
        assert b.recv(10000).value.endswith(TEXT[4000:])

    return Case([file, None, 4000, 5.0], a, check=arrived, watched=[a, b])


@recipe("SOCKET.sendfile/copied")
def sendfile_copied(s: Setup) -> Case:
    """sendfile(2) takes no such file of /proc: it is read and sent."""
    path = f"/proc/{os.getpid()}/environ"
    return _sendfile(s, path, Path(path).read_bytes()[100:1100])


def _sendfile(s: Setup, path: str, wanted: bytes) -> Case:
    a, b = s.pair()
    file = s.front.open_file(path)

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == len(wanted)
        assert b.recv().value == wanted
        assert b.recv().is_again()

    return Case([file, len(wanted), 100], a, check=arrived, watched=[a, b])


@recipe("SOCKET.sendfile/blocked")
def sendfile_blocked(s: Setup) -> Case:
    s.block_sigpipe()
    return sendfile_gone(s)


@recipe("SOCKET.sendfile/gone")
def sendfile_gone(s: Setup) -> Case:
    """An error, and no signal: sendfile(2) has no MSG_NOSIGNAL."""
    a, b = s.pair()
    done(b.close())
    file = s.front.open_file(s.file(TEXT))

    def check(outcome: Outcome) -> None:
        outcome.fails("EPIPE", op="sendfile")

    return Case([file, 1000], a, check=check, watched=[a])


# ---------------------------------------------------------------------- the interfaces


@recipe("DEVICE.getifaddrs")
def getifaddrs(s: Setup) -> Case:
    def check(outcome: Outcome) -> None:
        assert b"lo" in outcome.value

    return Case(check=check)


# ------------------------------------------- counts that no interpreter has in store

MUCH = b"x" * 3000


@recipe("SOCKET.sendmsg/much")
def sendmsg_much(s: Setup) -> Case:
    return _sends(s, [message(s.front, MUCH)])


@recipe("SOCKET.writev/much")
def writev_much(s: Setup) -> Case:
    return _sends(s, [iovec(s.front, MUCH)])


@recipe("SOCKET.sendall/much")
def sendall_much(s: Setup) -> Case:
    return _sends(s, [MUCH])


def _sends(s: Setup, args: list[Any]) -> Case:
    a, b = s.pair()

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == len(MUCH)
        assert b.recv(10000).value == MUCH
        assert b.recv().is_again()

    return Case(args, a, check=arrived, watched=[a, b])


@recipe("SOCKET.recvmsg/much")
def recvmsg_much(s: Setup) -> Case:
    return _receives(s, [message(s.front, len(MUCH))])


@recipe("SOCKET.readv/much")
def readv_much(s: Setup) -> Case:
    return _receives(s, [iovec(s.front, len(MUCH))])


@recipe("PY_SOCKET.recv_into/much")
def recv_into_much(s: Setup) -> Case:
    return _receives(s, [bytearray(len(MUCH))])


def _receives(s: Setup, args: list[Any]) -> Case:
    a, b = s.pair()
    done(b.send(MUCH))

    def once(outcome: Outcome) -> None:
        assert outcome.value == len(MUCH)
        assert a.recv().is_again()

    return Case(args, a, check=once, watched=[a, b])


@recipe("IOVEC.writev/much")
def iovec_writev_much(s: Setup) -> Case:
    a, b = s.pair()
    iov = iovec(s.front, MUCH)

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == len(MUCH)
        assert b.recv(10000).value == MUCH
        assert b.recv().is_again()

    return Case([a.fd().value], iov, check=arrived, watched=[a, b, iov])


@recipe("IOVEC.readv/much")
def iovec_readv_much(s: Setup) -> Case:
    a, b = s.pair()
    done(b.send(MUCH))
    iov = iovec(s.front, len(MUCH))

    def once(outcome: Outcome) -> None:
        assert outcome.value == len(MUCH)
        assert a.recv().is_again()

    return Case([a.fd().value], iov, check=once, watched=[a, b, iov])

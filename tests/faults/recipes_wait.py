"""Recipes for the calls that wait: until all is done, or until one of many is ready."""

from __future__ import annotations

import socket
from dataclasses import replace

from conformance.parts import iovec
from support.fronts.front import Handle
from support.fronts.outcome import END, TIMEOUT, VALUE, Outcome
from support.net.error_queue import leave_unread

from .recipes_socket import _listening
from .setup import Case, Setup, done, recipe


@recipe("MODULE.select")
def select(s: Setup) -> Case:
    """The socket is ready already, and nothing is waited for."""
    a, b = s.pair()
    done(b.send(b"x"))

    def check(outcome: Outcome) -> None:
        rd, wr = outcome.all
        assert (rd, wr) == ([a], [b]), outcome.describe()

    return Case([[a, b.fd().value], [b], 5.0], check=check, watched=[a, b])


@recipe("MODULE.select/timeout")
def select_timeout(s: Setup) -> Case:
    """The group that is waited for goes with the call; one is in it twice."""
    a, b = s.pair()
    with b.second_reader() as own:
        own.settimeout(0)
        _fill(own)

    def check(outcome: Outcome) -> None:
        assert list(outcome.all) == [[], []], outcome.describe()

    return Case([[b.fd().value, b], [b], 0.001], check=check, watched=[a, b])


def _fill(sock: socket.socket) -> int:
    count = 0
    try:
        while True:
            count += sock.send(b"x" * 65536)
    except BlockingIOError:
        return count


# --------------------------------------------------------------------------- all of it


@recipe("SOCKET.sendall")
def sendall(s: Setup) -> Case:
    a, b = s.pair()

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == 5
        assert b.recv().value == b"hello"

    return Case([b"hello", 5.0], a, check=arrived, watched=[a, b])


@recipe("SOCKET.sendall/pieces")
def sendall_pieces(s: Setup) -> Case:
    return replace(sendall(s), args=[[b"he", b"", b"llo"], 5.0])


@recipe("SOCKET.sendall/iovec")
def sendall_iovec(s: Setup) -> Case:
    return replace(sendall(s), args=[iovec(s.front, b"hel", b"lo"), 5.0])


@recipe("SOCKET.sendall/timeout")
def sendall_timeout(s: Setup) -> Case:
    """There is room for a part: what arrives is what was counted."""
    a, b = s.pair()
    with a.second_reader() as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4608)

    def check(outcome: Outcome) -> None:
        assert outcome.kind == TIMEOUT, outcome.describe()
        # Without memory for the count the exception goes without.
        assert isinstance(outcome.done, int) or s.front.language == "python"
        count = 0
        while (piece := b.recv(200000)).kind == "value":
            count += len(piece.value)
        assert (outcome.done or 0) <= count < 200000

    # Long enough that a busy machine comes to its first wait in time.
    return Case([b"x" * 200000, 0.05], a, check=check, watched=[a, b])


class Taken:
    """What a failed receive has left pending, and the error that comes after it, once."""

    def __init__(self, own: Handle) -> None:
        self._own = own
        self.bytes = b""

    def __call__(self, outcome: Outcome) -> None:
        left = self._own.recv(5)
        self.bytes += left.data if left.kind in (VALUE, END) else b""
        self._own.recv(1)


def drain(own: Handle) -> bytes:
    """What is there to receive now."""
    pieces = []
    while (outcome := own.recv()).kind == VALUE:
        pieces.append(outcome.value)
    return b"".join(pieces)


@recipe("SOCKET.recvall")
def recvall(s: Setup) -> Case:
    """A part is pending: a failure leaves it so, and the same call has the whole."""
    a, b = s.pair()
    done(b.send(b"hello"))
    assert a.recvall(10, 0).kind == TIMEOUT
    done(b.send(b"worldagainended"))

    def once(outcome: Outcome) -> None:
        assert outcome.value == b"helloworld"
        assert drain(a) == b"againended"

    return Case([10, 5.0], a, check=once, watched=[a, b])


@recipe("SOCKET.recvall/large")
def recvall_large(s: Setup) -> Case:
    """The object is made, and then filled."""
    a, b = s.pair()
    whole = b"x" * 70000
    done(b.send(whole + b"rest"))

    def once(outcome: Outcome) -> None:
        assert outcome.value == whole
        assert drain(a) == b"rest"

    return Case([70000, 5.0], a, check=once, watched=[a, b])


@recipe("SOCKET.recvall/end")
def recvall_end(s: Setup) -> Case:
    a, b = s.pair()
    done(b.send(b"hello"))
    done(b.close())
    taken = Taken(a)

    def once(outcome: Outcome) -> None:
        assert taken.bytes + outcome.data == b"hello"
        assert a.recv().is_end()

    return Case([1 << 20, 5.0], a, once, [a], failed=taken)


@recipe("SOCKET.recvall/timeout")
def recvall_timeout(s: Setup) -> Case:
    """What has come is pending."""
    a, b = s.pair()
    done(b.send(b"hello"))
    taken = Taken(a)

    def once(outcome: Outcome) -> None:
        assert outcome.kind == TIMEOUT, outcome.describe()
        left = drain(a)
        # Without memory for the count the exception goes without.
        assert outcome.done in (len(left), None), outcome
        assert taken.bytes + left == b"hello"

    return Case([10, 0.001], a, once, [a, b], failed=taken)


@recipe("SOCKET.recvall/unread")
def recvall_unread(s: Setup) -> Case:
    """Ready, and nothing there: it waits for what happens next."""
    listener = s.listener(socket.AF_INET)
    port = listener.getsockname()[1]
    a = s.front.call("connect_inet_stream", "127.0.0.1", port, 5.0).value
    peer = s.keep(listener.accept()[0])
    with a.second_reader() as own:
        leave_unread(own, peer)

    def check(outcome: Outcome) -> None:
        assert outcome.kind == TIMEOUT, outcome.describe()

    return Case([1, 0.005], a, check=check, watched=[a])


@recipe("SOCKET.recvline")
def recvline(s: Setup) -> Case:
    a, b = s.pair()
    done(b.send(b"line\nrest"))

    def once(outcome: Outcome) -> None:
        assert outcome.value == b"line\n"
        assert a.recv().value == b"rest"

    return Case([100, 5.0], a, check=once, watched=[a, b])


@recipe("SOCKET.recvline/long")
def recvline_long(s: Setup) -> Case:
    """The room grows while the line comes."""
    a, b = s.pair()
    line = b"x" * 20000 + b"\n"
    done(b.send(line + b"rest"))

    def once(outcome: Outcome) -> None:
        assert outcome.value == line
        assert a.recv().value == b"rest"

    return Case([None, 5.0], a, check=once, watched=[a, b])


@recipe("SOCKET.acceptwait")
def acceptwait(s: Setup) -> Case:
    own = _listening(s)
    return Case([5.0], own, check=s.is_socket, watched=[own])


@recipe("SOCKET.acceptwait/patient")
def acceptwait_patient(s: Setup) -> Case:
    own = _listening(s)
    return Case([5.0, True], own, check=s.is_socket, watched=[own])


@recipe("SOCKET.acceptwait/timeout")
def acceptwait_timeout(s: Setup) -> Case:
    own = s.front.call("bind_inet_stream", "127.0.0.1", 0).value
    done(own.listen())

    def check(outcome: Outcome) -> None:
        assert outcome.kind == TIMEOUT, outcome.describe()

    return Case([0.001], own, check=check, watched=[own])

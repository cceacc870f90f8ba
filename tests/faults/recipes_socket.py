"""Recipes for the methods of a socket."""

from __future__ import annotations

import errno
import socket
from dataclasses import replace

from support.fronts.front import Handle
from support.fronts.outcome import AGAIN, END, TIMEOUT, VALUE, Outcome

from .setup import Case, Setup, done, equals, recipe


@recipe(
    "SOCKET.fd",
    "SOCKET.family",
    "SOCKET.socktype",
    "SOCKET.protocol",
    "PY_SOCKET.fileno",
    "PY_SOCKET.gettimeout",
    "SOCKET.getsockname",
    "SOCKET.getpeername",
    "SOCKET.atmark",
    "SOCKET.sendqueue",
    "SOCKET.tcpinfo",
)
def ask(s: Setup) -> Case:
    at = s.listener(socket.AF_INET).getsockname()
    own = s.front.call("connect_inet_stream", at[0], at[1], 5.0).value
    return Case(target=own, watched=[own])


@recipe("SOCKET.error")
def error(s: Setup) -> Case:
    a, b = s.pair()
    return Case(target=a, check=equals(None), watched=[a, b])


@recipe("SOCKET.error/pending")
def pending(s: Setup) -> Case:
    """A datagram that was not taken: the error waits to be asked for."""
    own = s.front.call("new_inet_dgram").value
    own.connect(s.front.addrinfo.new_inet_dgram(*s.refused_udp()).value)
    done(own.send(b"x"))
    done(own.recvable(5))

    def check(outcome: Outcome) -> None:
        assert outcome.value.code == errno.ECONNREFUSED

    return Case(target=own, check=check)


@recipe("SOCKET.bind")
def bind(s: Setup) -> Case:
    own = s.front.call("new_inet_stream").value
    return Case([s.inet()], own, watched=[own])


@recipe("SOCKET.listen")
def listen(s: Setup) -> Case:
    own = s.front.call("bind_inet_stream", "127.0.0.1", 0).value
    return Case(target=own, watched=[own])


def _listening(s: Setup) -> Handle:
    """A listener with one connection in its queue."""
    own: Handle = s.front.call("bind_inet_stream", "127.0.0.1", 0).value
    done(own.listen())
    port = own.getsockname().value.port().value
    s.client(("127.0.0.1", port), socket.AF_INET)
    done(own.recvable(5))
    return own


@recipe("SOCKET.accept")
def accept(s: Setup) -> Case:
    own = _listening(s)
    return Case([True], own, check=s.is_socket, watched=[own])


@recipe("SOCKET.accept/alone")
def accept_alone(s: Setup) -> Case:
    own = _listening(s)
    return Case([], own, check=s.is_socket, watched=[own])


@recipe("SOCKET.acceptfd")
def acceptfd(s: Setup) -> Case:
    own = _listening(s)
    return Case([], own, watched=[own], after=s.close_fd)


@recipe("SOCKET.connect")
def connect(s: Setup) -> Case:
    name = s.name()
    own = s.front.call("new_unix_stream").value
    return Case([s.unix(name)], own, watched=[own])


@recipe("SOCKET.connect/again")
def connect_again(s: Setup) -> Case:
    """Over TCP a connect is always under way at first."""
    own = s.front.call("new_inet_stream").value

    def check(outcome: Outcome) -> None:
        assert outcome.kind in (VALUE, AGAIN), outcome.describe()

    return Case([s.inet(s.port())], own, check=check, watched=[own])


@recipe("SOCKET.connect/blocking")
def connect_blocking(s: Setup) -> Case:
    """It waits for room in slices, which SO_SNDTIMEO cuts."""
    name = s.name()
    own = s.front.call("new_unix_stream").value
    done(own.nonblock(False))
    return Case([s.unix(name)], own, watched=[own])


@recipe("SOCKET.disconnect")
def disconnect(s: Setup) -> Case:
    own, other = (done(s.front.call("bind_inet_dgram", "127.0.0.1", 0)) for _ in "ab")
    done(own.connect(done(other.getsockname())))
    return Case([], own)


# ------------------------------------------------------------------- send and receive


@recipe("SOCKET.send", "SOCKET.write")
def send(s: Setup) -> Case:
    a, b = s.pair()

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == 5
        assert b.recv().value == b"hello"

    return Case([b"hello"], a, check=arrived, watched=[a, b])


@recipe("SOCKET.send/part")
def send_part(s: Setup) -> Case:
    """More than there is room for: what arrives is what was counted."""
    a, b = s.pair()
    with a.second_reader() as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4608)

    def arrived(outcome: Outcome) -> None:
        count = 0
        while (piece := b.recv(20000)).kind == VALUE:
            count += len(piece.value)
        assert 0 < count == outcome.value < 20000

    return Case([b"x" * 20000], a, check=arrived, watched=[a, b])


def udp_pair(s: Setup) -> tuple[Handle, Handle]:
    own = s.front.call("bind_inet_dgram", "127.0.0.1", 0).value
    return own, own.getsockname().value


@recipe("SOCKET.sendto")
def sendto(s: Setup) -> Case:
    sender, _ = udp_pair(s)
    receiver, at = udp_pair(s)

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == 5
        done(receiver.recvable(5))
        assert receiver.recv().value == b"hello"

    return Case([b"hello", at], sender, check=arrived, watched=[sender])


def _sent_many(s: Setup, each: bool, messages: list[bytes]) -> Case:
    """To one address, or each message to an address of its own."""
    sender, _ = udp_pair(s)
    receiver, at = udp_pair(s)

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == len(messages)
        for msg in messages:
            done(receiver.recvable(5))
            assert receiver.recv().value == msg
        assert receiver.recv().is_again()

    to = [at] * len(messages) if each else at
    return Case([messages, to], sender, check=arrived, watched=[sender])


# Those of one size go as segments of one message.
recipe("SOCKET.sendmany")(lambda s: _sent_many(s, False, [b"1", b"two"]))
recipe("SOCKET.sendmany/each")(lambda s: _sent_many(s, True, [b"1", b"two"]))
recipe("SOCKET.sendmany/segments")(lambda s: _sent_many(s, True, [b"one", b"two"]))


def _received_many(s: Setup, joined: bool, *tables: list[bytes]) -> Case:
    """Whatever fails, all of them come, in their order."""
    sender, source = udp_pair(s)
    receiver, at = udp_pair(s)
    if joined:
        done(receiver.udpgro(True))
    assert done(sender.sendmany([b"one", b"two", b"3"], at)) == 3
    done(receiver.recvable(5))

    def once(outcome: Outcome) -> None:
        assert [packet[0] for packet in outcome.value] == [b"one", b"two", b"3"]
        assert all(packet[1] == source for packet in outcome.value)
        assert receiver.recv().is_again()

    return Case([64, 2000, *tables], receiver, check=once, watched=[receiver])


recipe("LUA_SOCKET.recvmany", "PY_SOCKET.recvmany")(lambda s: _received_many(s, False))
recipe("LUA_SOCKET.recvmany/joined", "PY_SOCKET.recvmany/joined")(
    lambda s: _received_many(s, True)
)
recipe("LUA_SOCKET.recvmany/into")(lambda s: _received_many(s, True, [b"old"] * 5, []))


@recipe("LUA_SOCKET.recvmany/cut", "PY_SOCKET.recvmany/cut")
def recvmany_cut(s: Setup) -> Case:
    """Of a sender without an address; one that was pending has its mark too."""
    a, b = s.pair("dgram")
    done(b.send(b"hello"))

    def once(outcome: Outcome) -> None:
        assert outcome.value == [[b"hel", None, True]]

    return Case([1, 3], a, check=once, watched=[a, b])


@recipe("SOCKET.recv", "SOCKET.read")
def recv(s: Setup) -> Case:
    a, b = s.pair()
    done(b.send(b"hello"))

    def once(outcome: Outcome) -> None:
        assert outcome.value == b"hello"
        assert a.recv().is_again()

    return Case([], a, check=once, watched=[a, b])


@recipe("SOCKET.recv/short", "SOCKET.read/short")
def recv_short(s: Setup) -> Case:
    """Into the memory that is kept for receiving, without a wait."""
    return replace(recv(s), args=[100])


@recipe("SOCKET.recv/peek")
def recv_peek(s: Setup) -> Case:
    """What was only looked at is still the system's, and comes once."""
    a, b = s.pair()
    done(b.send(b"hello"))

    def still(outcome: Outcome) -> None:
        assert outcome.value == b"hello"
        assert a.recv().value == b"hello"
        assert a.recv().is_again()

    return Case([100, s.const("MSG_PEEK")], a, check=still, watched=[a, b])


@recipe("SOCKET.recv/large")
def recv_large(s: Setup) -> Case:
    """Into more memory than is kept for receiving."""
    return replace(recv(s), args=[1 << 20])


@recipe("SOCKET.recv/packet")
def recv_packet(s: Setup) -> Case:
    a, b = s.pair("seqpacket")
    done(b.send(b"hello"))
    done(b.send(b"again"))

    def whole(outcome: Outcome) -> None:
        assert outcome.value == b"hello"
        assert a.recv().value == b"again"

    return Case([], a, check=whole, watched=[a, b])


def _no_bytes(outcome: Outcome) -> None:
    assert outcome.kind in (VALUE, END), outcome.describe()
    assert outcome.data == b""


@recipe("SOCKET.recv/empty")
def recv_empty(s: Setup) -> Case:
    a, b = s.pair("dgram")
    done(b.send(b""))
    return Case([], a, check=_no_bytes, watched=[a, b])


@recipe("SOCKET.recv/end", "SOCKET.recvfrom/end")
def recv_end(s: Setup) -> Case:
    a, b = s.pair("seqpacket")
    done(b.close())
    return Case([], a, check=_no_bytes, watched=[a])


@recipe("SOCKET.recvfrom")
def recvfrom(s: Setup) -> Case:
    sender, source = udp_pair(s)
    receiver, at = udp_pair(s)
    done(sender.sendto(b"hello", at))
    done(receiver.recvable(5))

    def once(outcome: Outcome) -> None:
        assert outcome.values[0] == b"hello"
        ai = next(item for item in outcome.values[1:] if isinstance(item, Handle))
        assert ai == source
        assert receiver.recv().is_again()

    return Case([], receiver, check=once, watched=[receiver])


@recipe("SOCKET.recvable")
def recvable(s: Setup) -> Case:
    a, b = s.pair()
    done(b.send(b"x"))
    return Case([5.0], a, check=equals(True), watched=[a, b])


@recipe("SOCKET.recvable/urgent")
def recvable_urgent(s: Setup) -> Case:
    a, b = s.pair()
    done(b.send(b"x"))
    return Case([5.0, True], a, check=equals(True), watched=[a, b])


@recipe("SOCKET.recvable/timeout")
def recvable_timeout(s: Setup) -> Case:
    a, b = s.pair()

    def check(outcome: Outcome) -> None:
        assert outcome.kind == TIMEOUT, outcome.describe()

    return Case([0.001], a, check=check, watched=[a, b])


@recipe("SOCKET.sendable")
def sendable(s: Setup) -> Case:
    a, b = s.pair()
    return Case([5.0], a, check=equals(True), watched=[a, b])


# ---------------------------------------------------------------------- the end of it


@recipe("SOCKET.shutdown")
def shutdown(s: Setup) -> Case:
    a, b = s.pair()
    return Case([], a, watched=[a, b])


@recipe("SOCKET.close")
def close(s: Setup) -> Case:
    a, b = s.pair()
    return Case([], a, watched=[b])


@recipe("SOCKET.close/flag")
def close_how(s: Setup) -> Case:
    a, b = s.pair()
    return Case([s.const("SHUT_RDWR")], a, watched=[b])


@recipe("SOCKET.unwrap")
def unwrap(s: Setup) -> Case:
    a, b = s.pair()
    return Case([], a, watched=[b], after=s.close_fd)


@recipe("PY_SOCKET.to_socket")
def to_socket(s: Setup) -> Case:
    a, b = s.pair()
    return Case([], a, watched=[b])


@recipe("SOCKET.dup")
def dup(s: Setup) -> Case:
    a, b = s.pair()
    return Case([], a, check=s.is_socket, watched=[a, b])

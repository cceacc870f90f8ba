"""Recipes for the methods of a socket."""

from __future__ import annotations

import errno
import socket

from fronts.front import Handle
from fronts.outcome import AGAIN, END, TIMEOUT, VALUE, Outcome

from .stage import Scene, Stage, done, equals, recipe


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
    "SOCKET.tcpinfo",
)
def ask(s: Stage) -> Scene:
    at = s.listener(socket.AF_INET).getsockname()
    own = s.front.call("connect_inet_stream", at[0], at[1], 5.0).value
    return Scene(target=own, watched=[own])


@recipe("SOCKET.error")
def error(s: Stage) -> Scene:
    a, b = s.pair()
    return Scene(target=a, check=equals(None), watched=[a, b])


@recipe("SOCKET.error/pending")
def pending(s: Stage) -> Scene:
    """A datagram that nobody took: the error waits to be asked for."""
    gone = s.keep(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    gone.bind(("127.0.0.1", 0))
    own = s.front.call("new_inet_dgram").value
    own.connect(s.front.addrinfo.new_inet_dgram("127.0.0.1", gone.getsockname()[1]).value)
    gone.close()
    done(own.send(b"x"))
    done(own.recvable(5))

    def check(outcome: Outcome) -> None:
        assert outcome.value.code == errno.ECONNREFUSED

    return Scene(target=own, check=check)


@recipe("SOCKET.bind")
def bind(s: Stage) -> Scene:
    own = s.front.call("new_inet_stream").value
    return Scene([s.inet()], own, watched=[own])


@recipe("SOCKET.listen")
def listen(s: Stage) -> Scene:
    own = s.front.call("bind_inet_stream", "127.0.0.1", 0).value
    return Scene(target=own, watched=[own])


def _listening(s: Stage) -> Handle:
    """A listener with one connection in its queue."""
    own: Handle = s.front.call("bind_inet_stream", "127.0.0.1", 0).value
    done(own.listen())
    port = own.getsockname().value.port().value
    s.client(("127.0.0.1", port), socket.AF_INET)
    done(own.recvable(5))
    return own


@recipe("SOCKET.accept")
def accept(s: Stage) -> Scene:
    own = _listening(s)
    return Scene([True], own, check=s.is_socket, watched=[own])


@recipe("SOCKET.accept/alone")
def accept_alone(s: Stage) -> Scene:
    own = _listening(s)
    return Scene([], own, check=s.is_socket, watched=[own])


@recipe("SOCKET.acceptfd")
def acceptfd(s: Stage) -> Scene:
    own = _listening(s)
    return Scene([], own, watched=[own], after=s.close_fd)


@recipe("SOCKET.connect")
def connect(s: Stage) -> Scene:
    name = s.name()
    own = s.front.call("new_unix_stream").value
    return Scene([s.unix(name)], own, watched=[own])


@recipe("SOCKET.connect/again")
def connect_again(s: Stage) -> Scene:
    """Over TCP a connect is always under way at first."""
    own = s.front.call("new_inet_stream").value

    def check(outcome: Outcome) -> None:
        assert outcome.kind in (VALUE, AGAIN), outcome.describe()

    return Scene([s.inet(s.port())], own, check=check, watched=[own])


@recipe("SOCKET.connect/blocking")
def connect_blocking(s: Stage) -> Scene:
    """It waits for room in slices, which SO_SNDTIMEO cuts."""
    name = s.name()
    own = s.front.call("new_unix_stream").value
    done(own.nonblock(False))
    return Scene([s.unix(name)], own, watched=[own])


@recipe("SOCKET.disconnect")
def disconnect(s: Stage) -> Scene:
    own, other = (done(s.front.call("bind_inet_dgram", "127.0.0.1", 0)) for _ in "ab")
    done(own.connect(done(other.getsockname())))
    return Scene([], own)


# ------------------------------------------------------------------- send and receive


@recipe("SOCKET.send", "SOCKET.write")
def send(s: Stage) -> Scene:
    a, b = s.pair()

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == 5
        assert b.recv().value == b"hello"

    return Scene([b"hello"], a, check=arrived, watched=[a, b])


@recipe("SOCKET.send/part")
def send_part(s: Stage) -> Scene:
    """More than there is room for: what arrives is what was counted."""
    a, b = s.pair()
    with a.second_reader() as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4608)

    def arrived(outcome: Outcome) -> None:
        count = 0
        while (piece := b.recv(20000)).kind == VALUE:
            count += len(piece.value)
        assert 0 < count == outcome.value < 20000

    return Scene([b"x" * 20000], a, check=arrived, watched=[a, b])


def udp_pair(s: Stage) -> tuple[Handle, Handle]:
    own = s.front.call("bind_inet_dgram", "127.0.0.1", 0).value
    return own, own.getsockname().value


@recipe("SOCKET.sendto")
def sendto(s: Stage) -> Scene:
    sender, _ = udp_pair(s)
    receiver, at = udp_pair(s)

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == 5
        done(receiver.recvable(5))
        assert receiver.recv().value == b"hello"

    return Scene([b"hello", at], sender, check=arrived, watched=[sender])


def _sent_many(s: Stage, each: bool, messages: list[bytes]) -> Scene:
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
    return Scene([messages, to], sender, check=arrived, watched=[sender])


# Those of one size go as segments of one message.
recipe("SOCKET.sendmany")(lambda s: _sent_many(s, False, [b"1", b"two"]))
recipe("SOCKET.sendmany/each")(lambda s: _sent_many(s, True, [b"1", b"two"]))
recipe("SOCKET.sendmany/segments")(lambda s: _sent_many(s, True, [b"one", b"two"]))


def _received_many(s: Stage, joined: bool, *tables: list[bytes]) -> Scene:
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

    return Scene([64, 2000, *tables], receiver, check=once, watched=[receiver])


recipe("LUA_SOCKET.recvmany", "PY_SOCKET.recvmany")(lambda s: _received_many(s, False))
recipe("LUA_SOCKET.recvmany/joined", "PY_SOCKET.recvmany/joined")(
    lambda s: _received_many(s, True)
)
recipe("LUA_SOCKET.recvmany/into")(lambda s: _received_many(s, True, [b"old"] * 5, []))


@recipe("LUA_SOCKET.recvmany/cut", "PY_SOCKET.recvmany/cut")
def recvmany_cut(s: Stage) -> Scene:
    """Of a sender without an address; one that was pending has its mark too."""
    a, b = s.pair("dgram")
    done(b.send(b"hello"))

    def once(outcome: Outcome) -> None:
        assert outcome.value == [[b"hel", None, True]]

    return Scene([1, 3], a, check=once, watched=[a, b])


@recipe("SOCKET.recv", "SOCKET.read")
def recv(s: Stage) -> Scene:
    a, b = s.pair()
    done(b.send(b"hello"))

    def once(outcome: Outcome) -> None:
        assert outcome.value == b"hello"
        assert a.recv().is_again()

    return Scene([], a, check=once, watched=[a, b])


@recipe("SOCKET.recv/large")
def recv_large(s: Stage) -> Scene:
    """Into more memory than is kept for receiving."""
    a, b = s.pair()
    done(b.send(b"hello"))

    def once(outcome: Outcome) -> None:
        assert outcome.value == b"hello"
        assert a.recv().is_again()

    return Scene([1 << 20], a, check=once, watched=[a, b])


@recipe("SOCKET.recv/packet")
def recv_packet(s: Stage) -> Scene:
    a, b = s.pair("seqpacket")
    done(b.send(b"hello"))
    done(b.send(b"again"))

    def whole(outcome: Outcome) -> None:
        assert outcome.value == b"hello"
        assert a.recv().value == b"again"

    return Scene([], a, check=whole, watched=[a, b])


def _no_bytes(outcome: Outcome) -> None:
    assert outcome.kind in (VALUE, END), outcome.describe()
    assert outcome.data == b""


@recipe("SOCKET.recv/empty")
def recv_empty(s: Stage) -> Scene:
    a, b = s.pair("dgram")
    done(b.send(b""))
    return Scene([], a, check=_no_bytes, watched=[a, b])


@recipe("SOCKET.recv/end", "SOCKET.recvfrom/end")
def recv_end(s: Stage) -> Scene:
    a, b = s.pair("seqpacket")
    done(b.close())
    return Scene([], a, check=_no_bytes, watched=[a])


@recipe("SOCKET.recvfrom")
def recvfrom(s: Stage) -> Scene:
    sender, source = udp_pair(s)
    receiver, at = udp_pair(s)
    done(sender.sendto(b"hello", at))
    done(receiver.recvable(5))

    def once(outcome: Outcome) -> None:
        assert outcome.values[0] == b"hello"
        ai = next(item for item in outcome.values[1:] if isinstance(item, Handle))
        assert ai == source
        assert receiver.recv().is_again()

    return Scene([], receiver, check=once, watched=[receiver])


@recipe("SOCKET.recvable")
def recvable(s: Stage) -> Scene:
    a, b = s.pair()
    done(b.send(b"x"))
    return Scene([5.0], a, check=equals(True), watched=[a, b])


@recipe("SOCKET.recvable/urgent")
def recvable_urgent(s: Stage) -> Scene:
    a, b = s.pair()
    done(b.send(b"x"))
    return Scene([5.0, True], a, check=equals(True), watched=[a, b])


@recipe("SOCKET.recvable/timeout")
def recvable_timeout(s: Stage) -> Scene:
    a, b = s.pair()

    def check(outcome: Outcome) -> None:
        assert outcome.kind == TIMEOUT, outcome.describe()

    return Scene([0.001], a, check=check, watched=[a, b])


@recipe("SOCKET.sendable")
def sendable(s: Stage) -> Scene:
    a, b = s.pair()
    return Scene([5.0], a, check=equals(True), watched=[a, b])


# ---------------------------------------------------------------------- the end of it


@recipe("SOCKET.shutdown")
def shutdown(s: Stage) -> Scene:
    a, b = s.pair()
    return Scene([], a, watched=[a, b])


@recipe("SOCKET.close")
def close(s: Stage) -> Scene:
    a, b = s.pair()
    return Scene([], a, watched=[b])


@recipe("SOCKET.close/flag")
def close_how(s: Stage) -> Scene:
    a, b = s.pair()
    return Scene([s.const("SHUT_RDWR")], a, watched=[b])


@recipe("SOCKET.unwrap")
def unwrap(s: Stage) -> Scene:
    a, b = s.pair()
    return Scene([], a, watched=[b], after=s.close_fd)


@recipe("SOCKET.dup")
def dup(s: Stage) -> Scene:
    a, b = s.pair()
    return Scene([], a, check=s.is_socket, watched=[a, b])

"""Recipes for messages, and for rows of bytes on descriptors of the user."""

from __future__ import annotations

import socket

from conformance.parts import bytes_of, iovec, message, received
from fronts.front import Handle
from fronts.outcome import END, Outcome

from .recipes_socket import udp_pair
from .stage import Scene, Stage, done, recipe

SOL, RIGHTS = socket.SOL_SOCKET, socket.SCM_RIGHTS

# ------------------------------------------------------------------- send and receive


@recipe("SOCKET.sendmsg")
def sendmsg(s: Stage) -> Scene:
    """With a descriptor, which the receiver gets too."""
    a, b = s.pair()
    made = message(s.front, b"hel", b"lo", control=[rights_of(s, a)])

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == 5
        into = message(s.front, 9, control=[])
        assert b.recvmsg(into).value == 5
        assert bytes_of(into)[:5] == b"hello"
        assert len(received(into)[0]) == 4

    return Scene([made], a, check=arrived, watched=[a, b, made])


def rights_of(s: Stage, *sockets: Handle) -> Handle:
    made: Handle = s.front.cmsghdr.rights(*[own.fd().value for own in sockets]).value
    return made


@recipe("SOCKET.sendmsg/name")
def sendmsg_name(s: Stage) -> Scene:
    sender, _ = udp_pair(s)
    receiver, at = udp_pair(s)
    made = message(s.front, b"hello", name=at)

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == 5
        done(receiver.recvable(5))
        assert receiver.recv().value == b"hello"

    return Scene([made], sender, check=arrived, watched=[sender, made])


@recipe("SOCKET.recvmsg")
def recvmsg(s: Stage) -> Scene:
    """Two descriptors come with the bytes; nobody takes them, so they go."""
    a, b = s.pair()
    done(b.sendmsg(message(s.front, b"hello", control=[rights_of(s, a, b)])))
    into = message(s.front, 3, 9, control=[])

    def once(outcome: Outcome) -> None:
        assert outcome.value == 5
        assert bytes_of(into) == b"hello" + bytes(7)
        (rights,) = received(into)
        assert (rights.level().value, rights.type().value) == (SOL, RIGHTS)
        assert len(rights) == 8
        assert a.recv().is_again()

    return Scene([into], a, check=once, watched=[a, b, into])


@recipe("SOCKET.recvmsg/taken")
def recvmsg_taken(s: Stage) -> Scene:
    """As above, but they are taken."""
    a, b = s.pair("seqpacket")
    done(b.sendmsg(message(s.front, b"hello", control=[rights_of(s, a, b)])))
    into = message(s.front, 9, control=[])

    def once(outcome: Outcome) -> None:
        assert outcome.value == 5
        fds = received(into)[0].data().value
        assert len(fds) == 2
        for fd in fds:
            done(s.front.module.close(fd))

    return Scene([into], a, check=once, watched=[a, b, into])


@recipe("SOCKET.recvmsg/name")
def recvmsg_name(s: Stage) -> Scene:
    """A sender's address, and a control message that holds bytes."""
    sender, source = udp_pair(s)
    receiver, at = udp_pair(s)
    done(receiver.timestamp(True))
    done(sender.sendto(b"hello", at))
    done(receiver.recvable(5))
    into = message(s.front, 9, control=[])

    def once(outcome: Outcome) -> None:
        assert outcome.value == 5
        assert into.name().value == source
        (stamp,) = received(into)
        assert stamp.value().value > 1e9
        assert receiver.recv().is_again()

    return Scene([into], receiver, check=once, watched=[receiver, into])


@recipe("SOCKET.recvmsg/end")
def recvmsg_end(s: Stage) -> Scene:
    a, b = s.pair("seqpacket")
    done(b.close())
    into = message(s.front, 9, control=[])

    def check(outcome: Outcome) -> None:
        # Without poll(2) it cannot be told from a packet of no bytes.
        assert outcome.kind == END or outcome.value == 0, outcome.describe()

    return Scene([into], a, check=check, watched=[a, into])


@recipe("SOCKET.recvfd/end")
def recvfd_end(s: Stage) -> Scene:
    a, b = s.pair("seqpacket")
    done(b.close())

    def check(outcome: Outcome) -> None:
        assert outcome.kind == END, outcome.describe()

    return Scene([], a, check=check, watched=[a])


@recipe("SOCKET.sendfd")
def sendfd(s: Stage) -> Scene:
    a, b = s.pair()

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == 0
        s.close_fd(b.recvfd())
        assert b.recvfd().is_again()

    return Scene([a.fd().value], a, check=arrived, watched=[a, b])


@recipe("SOCKET.recvfd")
def recvfd(s: Stage) -> Scene:
    a, b = s.pair()
    done(b.sendfd(b.fd().value))
    return Scene([], a, watched=[a, b], after=s.close_fd)


@recipe("SOCKET.recvfd/two")
def recvfd_two(s: Stage) -> Scene:
    """More than one: all are closed. The message is gone, so the next is what comes."""
    a, b = s.pair("seqpacket")
    for _ in range(2):
        done(b.sendmsg(message(s.front, b"x", control=[rights_of(s, a, b)])))

    def check(outcome: Outcome) -> None:
        outcome.fails("EMSGSIZE", op="recvfd")

    return Scene([], a, check=check, watched=[a, b])


@recipe("SOCKET.writev")
def writev(s: Stage) -> Scene:
    a, b = s.pair()
    iov = iovec(s.front, b"hel", b"lo")

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == 4
        assert b.recv().value == b"ello"

    return Scene([iov, 1], a, check=arrived, watched=[a, b, iov])


@recipe("SOCKET.readv")
def readv(s: Stage) -> Scene:
    a, b = s.pair()
    done(b.send(b"hello"))
    iov = iovec(s.front, 3, 9)

    def once(outcome: Outcome) -> None:
        assert outcome.value == 5
        assert done(iov.concat()) == b"\0hello" + bytes(6)
        assert a.recv().is_again()

    return Scene([iov, 1], a, check=once, watched=[a, b, iov])


@recipe("PY_SOCKET.recv_into")
def recv_into(s: Stage) -> Scene:
    a, b = s.pair()
    done(b.send(b"hello"))

    def once(outcome: Outcome) -> None:
        assert outcome.value == 5
        assert a.recv().is_again()

    return Scene([bytearray(9)], a, check=once, watched=[a, b])


# ------------------------------------------------------------- descriptors of the user


@recipe("IOVEC.writev")
def iovec_writev(s: Stage) -> Scene:
    a, b = s.pair()
    iov = iovec(s.front, b"hel", b"lo")

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == 5
        assert b.recv().value == b"hello"

    return Scene([a.fd().value], iov, check=arrived, watched=[a, b, iov])


@recipe("IOVEC.writev/blocked")
def iovec_writev_blocked(s: Stage) -> Scene:
    """The signal that the library raised is told from one that was there before."""
    s.block_sigpipe()
    return iovec_writev_gone(s)


@recipe("IOVEC.writev/gone")
def iovec_writev_gone(s: Stage) -> Scene:
    """An error, and no signal: in Lua nobody ignores SIGPIPE."""
    a, b = s.pair()
    done(b.close())
    iov = iovec(s.front, b"hello")

    def check(outcome: Outcome) -> None:
        outcome.fails("EPIPE", op="writev")

    return Scene([a.fd().value], iov, check=check, watched=[a, iov])


@recipe("IOVEC.readv")
def iovec_readv(s: Stage) -> Scene:
    a, b = s.pair()
    done(b.send(b"hello"))
    iov = iovec(s.front, 3, 9)

    def once(outcome: Outcome) -> None:
        assert outcome.value == 5
        assert done(iov.concat()) == b"hello" + bytes(7)
        assert a.recv().is_again()

    return Scene([a.fd().value], iov, check=once, watched=[a, b, iov])

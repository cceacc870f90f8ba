"""Recipes for messages, and for rows of bytes on descriptors of the user."""

from __future__ import annotations

import socket

from conformance.parts import bytes_of, iovec, message, received
from support.fronts.front import Handle
from support.fronts.outcome import END, Outcome
from support.net.error_queue import wait_for_entry

from .recipes_socket import udp_pair
from .setup import Case, Setup, done, equals, recipe

SOL, RIGHTS = socket.SOL_SOCKET, socket.SCM_RIGHTS

# ------------------------------------------------------------------- send and receive


@recipe("SOCKET.sendmsg")
def sendmsg(s: Setup) -> Case:
    """With a descriptor, which the receiver gets too."""
    a, b = s.pair()
    made = message(s.front, b"hel", b"lo", control=[rights_of(s, a)])

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == 5
        into = message(s.front, 9, control=[])
        assert b.recvmsg(into).value == 5
        assert bytes_of(into)[:5] == b"hello"
        assert len(received(into)[0]) == 4

    return Case([made], a, check=arrived, watched=[a, b, made])


def rights_of(s: Setup, *sockets: Handle) -> Handle:
    made: Handle = s.front.cmsghdr.rights(*[own.fd().value for own in sockets]).value
    return made


@recipe("SOCKET.sendmsg/name")
def sendmsg_name(s: Setup) -> Case:
    sender, _ = udp_pair(s)
    receiver, at = udp_pair(s)
    made = message(s.front, b"hello", name=at)

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == 5
        done(receiver.recvable(5))
        assert receiver.recv().value == b"hello"

    return Case([made], sender, check=arrived, watched=[sender, made])


@recipe("SOCKET.recvmsg")
def recvmsg(s: Setup) -> Case:
    """Two descriptors come with the bytes; they are not taken, so they go."""
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

    return Case([into], a, check=once, watched=[a, b, into])


@recipe("SOCKET.recvmsg/taken")
def recvmsg_taken(s: Setup) -> Case:
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

    return Case([into], a, check=once, watched=[a, b, into])


@recipe("SOCKET.recvmsg/name")
def recvmsg_name(s: Setup) -> Case:
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

    return Case([into], receiver, check=once, watched=[receiver, into])


@recipe("SOCKET.recvmsg/end")
def recvmsg_end(s: Setup) -> Case:
    a, b = s.pair("seqpacket")
    done(b.close())
    into = message(s.front, 9, control=[])

    def check(outcome: Outcome) -> None:
        # Without poll(2) it looks as a packet of no bytes does.
        assert outcome.kind == END or outcome.value == 0, outcome.describe()

    return Case([into], a, check=check, watched=[a, into])


@recipe("SOCKET.recvfd/end")
def recvfd_end(s: Setup) -> Case:
    a, b = s.pair("seqpacket")
    done(b.close())

    def check(outcome: Outcome) -> None:
        assert outcome.kind == END, outcome.describe()

    return Case([], a, check=check, watched=[a])


@recipe("SOCKET.errqueue")
def errqueue(s: Setup) -> Case:
    """What there is no memory for comes with the next call, and comes once."""
    own: Handle = s.front.call("new_inet_dgram").value
    done(own.recverr(True))
    to = s.inet(s.refused_udp()[1])
    done(own.sendto(b"hello", to))
    with own.second_reader() as second:
        wait_for_entry(second)

    def once(outcome: Outcome) -> None:
        told = outcome.value or done(own.errqueue())  # EAGAIN says that there is nothing
        assert (told[b"msg"], told[b"to"]) == (b"hello", to)
        assert told[b"offender"].addr().value == b"127.0.0.1"
        assert done(own.errqueue()) is None

    return Case([], own, check=once, watched=[own])


@recipe("SOCKET.errqueue/nothing")
def errqueue_nothing(s: Setup) -> Case:
    own: Handle = s.front.call("new_inet_dgram").value
    return Case([], own, check=equals(None), watched=[own])


@recipe("SOCKET.sendfd")
def sendfd(s: Setup) -> Case:
    a, b = s.pair()

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == 0
        s.close_fd(b.recvfd())
        assert b.recvfd().is_again()

    return Case([a.fd().value], a, check=arrived, watched=[a, b])


@recipe("SOCKET.recvfd")
def recvfd(s: Setup) -> Case:
    a, b = s.pair()
    done(b.sendfd(b.fd().value))
    return Case([], a, watched=[a, b], after=s.close_fd)


@recipe("SOCKET.recvfd/two")
def recvfd_two(s: Setup) -> Case:
    """More than one: all are closed. The message is gone, so the next is what comes."""
    a, b = s.pair("seqpacket")
    for _ in range(2):
        done(b.sendmsg(message(s.front, b"x", control=[rights_of(s, a, b)])))

    def check(outcome: Outcome) -> None:
        outcome.fails("EMSGSIZE", op="recvfd")

    return Case([], a, check=check, watched=[a, b])


@recipe("SOCKET.sendfds")
def sendfds(s: Setup) -> Case:
    a, b = s.pair()

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == 5
        fds, msg = b.recvfds().all
        for fd in fds:
            done(s.front.module.close(fd))
        assert (len(fds), msg) == (2, b"hello")
        assert b.recvfds().is_again()

    return Case([[a.fd().value, b], b"hello"], a, check=arrived, watched=[a, b])


@recipe("SOCKET.recvfds")
def recvfds(s: Setup) -> Case:
    a, b = s.pair()
    done(b.sendfds([a, b], b"hello"))

    def check(outcome: Outcome) -> None:
        """Without memory for the result they were closed, and the bytes come again."""
        fds, msg = outcome.all
        assert len(fds) in (0, 2)
        assert msg == b"hello"

    def after(outcome: Outcome) -> None:
        for fd in outcome.all[0]:
            done(s.front.module.close(fd))

    return Case([], a, check=check, watched=[a, b], after=after)


@recipe("SOCKET.recvfds/end")
def recvfds_end(s: Setup) -> Case:
    a, b = s.pair("seqpacket")
    done(b.close())

    def check(outcome: Outcome) -> None:
        # Without poll(2) it cannot be told from a packet of no bytes.
        assert outcome.kind == END or outcome.all == ([], b""), outcome.describe()

    return Case([], a, check=check, watched=[a])


@recipe("SOCKET.writev")
def writev(s: Setup) -> Case:
    a, b = s.pair()
    iov = iovec(s.front, b"hel", b"lo")

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == 4
        assert b.recv().value == b"ello"

    return Case([iov, 1], a, check=arrived, watched=[a, b, iov])


@recipe("SOCKET.readv")
def readv(s: Setup) -> Case:
    a, b = s.pair()
    done(b.send(b"hello"))
    iov = iovec(s.front, 3, 9)

    def once(outcome: Outcome) -> None:
        assert outcome.value == 5
        assert done(iov.concat()) == b"\0hello" + bytes(6)
        assert a.recv().is_again()

    return Case([iov, 1], a, check=once, watched=[a, b, iov])


@recipe("PY_SOCKET.recv_into")
def recv_into(s: Setup) -> Case:
    a, b = s.pair()
    done(b.send(b"hello"))

    def once(outcome: Outcome) -> None:
        assert outcome.value == 5
        assert a.recv().is_again()

    return Case([bytearray(9)], a, check=once, watched=[a, b])


# ------------------------------------------------------------- descriptors of the user


@recipe("IOVEC.writev")
def iovec_writev(s: Setup) -> Case:
    a, b = s.pair()
    iov = iovec(s.front, b"hel", b"lo")

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == 5
        assert b.recv().value == b"hello"

    return Case([a.fd().value], iov, check=arrived, watched=[a, b, iov])


@recipe("IOVEC.writev/blocked")
def iovec_writev_blocked(s: Setup) -> Case:
    """The signal that the library raised is told from one that was there before."""
    s.block_sigpipe()
    return iovec_writev_gone(s)


@recipe("IOVEC.writev/gone")
def iovec_writev_gone(s: Setup) -> Case:
    """An error, and no signal: Lua does not ignore SIGPIPE."""
    a, b = s.pair()
    done(b.close())
    iov = iovec(s.front, b"hello")

    def check(outcome: Outcome) -> None:
        outcome.fails("EPIPE", op="writev")

    return Case([a.fd().value], iov, check=check, watched=[a, iov])


@recipe("IOVEC.readv")
def iovec_readv(s: Setup) -> Case:
    a, b = s.pair()
    done(b.send(b"hello"))
    iov = iovec(s.front, 3, 9)

    def once(outcome: Outcome) -> None:
        assert outcome.value == 5
        assert done(iov.concat()) == b"hello" + bytes(7)
        assert a.recv().is_again()

    return Case([a.fd().value], iov, check=once, watched=[a, b, iov])

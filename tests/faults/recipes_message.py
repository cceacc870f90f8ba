"""Recipes for messages and their parts, for files and for the network interfaces."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.parts import bytes_of, cmsg, cmsgs, iovec, message, received
from fronts.front import Handle
from fronts.outcome import END, Outcome

from .recipes_socket import _udp, equals
from .stage import Scene, Stage, done, recipe

SOL, RIGHTS = socket.SOL_SOCKET, socket.SCM_RIGHTS

# ------------------------------------------------------------------- send and receive


@recipe("SOCKET.sendmsg")
def sendmsg(s: Stage) -> Scene:
    """With a descriptor, which the receiver gets too."""
    a, b = s.pair()
    made = message(s.front, b"hel", b"lo", control=[_rights(s, a)])

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == 5
        into = message(s.front, 9, control=[])
        assert b.recvmsg(into).value == 5
        assert bytes_of(into)[:5] == b"hello"
        assert len(received(into)[0]) == 4

    return Scene([made], a, check=arrived, watched=[a, b, made])


def _rights(s: Stage, *sockets: Handle) -> Handle:
    made: Handle = s.front.cmsghdr.rights(*[own.fd().value for own in sockets]).value
    return made


@recipe("SOCKET.sendmsg/name")
def sendmsg_name(s: Stage) -> Scene:
    sender, _ = _udp(s)
    receiver, at = _udp(s)
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
    done(b.sendmsg(message(s.front, b"hello", control=[_rights(s, a, b)])))
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
    done(b.sendmsg(message(s.front, b"hello", control=[_rights(s, a, b)])))
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
    sender, source = _udp(s)
    receiver, at = _udp(s)
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
        done(b.sendmsg(message(s.front, b"x", control=[_rights(s, a, b)])))

    def check(outcome: Outcome) -> None:
        outcome.fails("EMSGSIZE", op="recvmsg")

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


# ------------------------------------------------------------------- parts of messages


def _makes(size: int) -> Callable[[Outcome], None]:
    def check(outcome: Outcome) -> None:
        assert len(outcome.value) == size

    return check


recipe("IOVEC_MAKE.new", "CMSGHDRS_MAKE.new")(lambda s: Scene(check=_makes(0)))
recipe("MSGHDR_MAKE.new")(lambda s: Scene())
recipe("CMSGHDR_MAKE.new")(lambda s: Scene([17, 4, b"x" * 100], check=_makes(100)))
recipe("CMSGHDR_MAKE.new/integer")(
    lambda s: Scene([socket.IPPROTO_IP, socket.IP_TTL, 5], check=_makes(4))
)


@recipe("CMSGHDR_MAKE.rights")
def rights(s: Stage) -> Scene:
    a, b = s.pair()
    args = [a.fd().value, b.fd().value]
    return Scene(args, check=_makes(8), watched=[a, b])


@recipe("MSGHDR.name")
def msghdr_name(s: Stage) -> Scene:
    before, after = s.inet(80), s.inet(81)
    made = message(s.front, name=before)
    return Scene([after], made, check=_replaced(made, "name", before, after))


@recipe("MSGHDR.iov")
def msghdr_iov(s: Stage) -> Scene:
    before, after = iovec(s.front, b"one"), iovec(s.front, b"two")
    made = s.front.msghdr.new().value
    done(made.iov(before))
    return Scene([after], made, check=_replaced(made, "iov", before, after))


@recipe("MSGHDR.control")
def msghdr_control(s: Stage) -> Scene:
    before, after = cmsgs(s.front), cmsgs(s.front)
    made = message(s.front, control=before)
    return Scene([after], made, check=_replaced(made, "control", before, after))


def _replaced(
    made: Handle, name: str, before: Handle, after: Handle
) -> Callable[[Outcome], None]:
    def check(outcome: Outcome) -> None:
        # A call that fails has not set it, so the first that works gives the old one.
        assert outcome.value == before
        assert made.call(name).value == after

    return check


@recipe("MSGHDR.flags")
def msghdr_flags(s: Stage) -> Scene:
    return Scene([], message(s.front), check=equals(0))


@recipe("CMSGHDR.level", "CMSGHDR.type", "CMSGHDR.value")
def cmsghdr_ask(s: Stage) -> Scene:
    made = cmsg(s.front, socket.IPPROTO_IP, socket.IP_TTL, 5)
    return Scene([], made, watched=[made])


@recipe("CMSGHDR.value/credentials")
def cmsghdr_credentials(s: Stage) -> Scene:
    who = {"pid": s.front.pid, "uid": os.getuid(), "gid": os.getgid()}
    made = cmsg(s.front, SOL, 2, who)

    def check(outcome: Outcome) -> None:
        assert outcome.value == {key.encode(): who[key] for key in who}

    return Scene([], made, check=check, watched=[made])


@recipe("CMSGHDR_MAKE.new/credentials")
def cmsghdr_new_credentials(s: Stage) -> Scene:
    who = {"pid": s.front.pid, "uid": os.getuid(), "gid": os.getgid()}
    return Scene([SOL, 2, who], check=_makes(12))


@recipe("CMSGHDR.data")
def cmsghdr_data(s: Stage) -> Scene:
    made = cmsg(s.front, 17, 4, b"x" * 100)
    return Scene([], made, check=equals(b"x" * 100), watched=[made])


def _with_rights(s: Stage) -> tuple[Handle, Handle]:
    """A message that has come with two descriptors, and its receiver."""
    a, b = s.pair()
    done(b.sendmsg(message(s.front, b"x", control=[_rights(s, a, b)])))
    into = message(s.front, 1, control=[])
    done(a.recvmsg(into))
    return into, a


@recipe("CMSGHDR.data/rights")
def cmsghdr_data_rights(s: Stage) -> Scene:
    into, a = _with_rights(s)
    (made,) = received(into)

    def after(outcome: Outcome) -> None:
        for fd in outcome.value:
            done(s.front.module.close(fd))

    def check(outcome: Outcome) -> None:
        assert len(outcome.value) == 2
        assert done(made.data()) is None

    return Scene([], made, check=check, watched=[a, made], after=after)


@recipe("CMSGHDRS.push")
def cmsghdrs_push(s: Stage) -> Scene:
    queue = cmsgs(s.front, cmsg(s.front, 17, 4, b"first"))
    made = cmsg(s.front, 17, 4, b"second")

    def check(outcome: Outcome) -> None:
        assert outcome.value is True
        assert [done(queue.shift().value.data()) for _ in range(2)] == [
            b"first",
            b"second",
        ]
        assert done(queue.shift()) is None

    return Scene([made], queue, check=check, watched=[queue, made])


@recipe("CMSGHDRS.push/rights")
def cmsghdrs_push_rights(s: Stage) -> Scene:
    """The copy has descriptors of its own."""
    into, a = _with_rights(s)
    (made,) = received(into)
    queue = cmsgs(s.front)

    def check(outcome: Outcome) -> None:
        assert outcome.value is True
        assert len(queue) == 1
        assert len(queue.shift().value) == len(made) == 8

    return Scene([made], queue, check=check, watched=[queue, made])


@recipe("CMSGHDRS.shift")
def cmsghdrs_shift(s: Stage) -> Scene:
    into, a = _with_rights(s)
    queue = into.control().value

    def check(outcome: Outcome) -> None:
        assert len(outcome.value) == 8
        assert done(queue.shift()) is None

    return Scene([], queue, check=check, watched=[a, queue])


# ------------------------------------------------------- rows of bytes, counted from 1


def _row(s: Stage, *args: Any, value: Any, content: bytes) -> Scene:
    iov = iovec(s.front, b"one", b"two")

    def check(outcome: Outcome) -> None:
        assert outcome.value == value, outcome.describe()
        assert done(iov.concat()) == content

    return Scene(args, iov, check=check, watched=[iov])


recipe("IOVEC.add")(lambda s: _row(s, b"x" * 99, value=3, content=b"onetwo" + b"x" * 99))
recipe("IOVEC.addn")(lambda s: _row(s, 99, value=3, content=b"onetwo" + bytes(99)))
recipe("IOVEC.get")(lambda s: _row(s, 2, value=b"two", content=b"onetwo"))
recipe("IOVEC.set")(
    lambda s: _row(s, b"x" * 99, 1, value=True, content=b"x" * 99 + b"two")
)
recipe("IOVEC.del", "PY_IOVEC.delete")(lambda s: _row(s, 1, value=b"one", content=b"two"))
recipe("IOVEC.bytes")(lambda s: _row(s, value=6, content=b"onetwo"))
recipe("IOVEC.concat")(lambda s: _row(s, 1, 4, value=b"netw", content=b"onetwo"))
recipe("IOVEC.consume")(lambda s: _row(s, 4, value=2, content=b"wo"))


# ---------------------------------------------------------------------- the interfaces


@recipe("DEVICE.getifaddrs")
def getifaddrs(s: Stage) -> Scene:
    def check(outcome: Outcome) -> None:
        assert b"lo" in outcome.value

    return Scene(check=check)


# ------------------------------------------------------------------------------- files

TEXT = bytes(n % 251 for n in range(5000))


@recipe("SOCKET.sendfile")
def sendfile(s: Stage) -> Scene:
    return _sendfile(s, s.file(TEXT), TEXT[100:1100])


@recipe("SOCKET.sendfile/copied")
def sendfile_copied(s: Stage) -> Scene:
    """sendfile(2) takes no such file of /proc: it is read and sent."""
    path = f"/proc/{os.getpid()}/environ"
    return _sendfile(s, path, Path(path).read_bytes()[100:1100])


def _sendfile(s: Stage, path: str, wanted: bytes) -> Scene:
    a, b = s.pair()
    file = s.front.open_file(path)

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == len(wanted)
        assert b.recv().value == wanted
        assert b.recv().is_again()

    return Scene([file, len(wanted), 100], a, check=arrived, watched=[a, b])


@recipe("SOCKET.sendfile/blocked")
def sendfile_blocked(s: Stage) -> Scene:
    s.block_sigpipe()
    return sendfile_gone(s)


@recipe("SOCKET.sendfile/gone")
def sendfile_gone(s: Stage) -> Scene:
    """An error, and no signal: sendfile(2) has no MSG_NOSIGNAL."""
    a, b = s.pair()
    done(b.close())
    file = s.front.open_file(s.file(TEXT))

    def check(outcome: Outcome) -> None:
        outcome.fails("EPIPE", op="sendfile")

    return Scene([file, 1000], a, check=check, watched=[a])


# ------------------------------------------- counts that no interpreter has in store

MUCH = b"x" * 3000


@recipe("SOCKET.sendmsg/much")
def sendmsg_much(s: Stage) -> Scene:
    return _sends(s, [message(s.front, MUCH)])


@recipe("SOCKET.writev/much")
def writev_much(s: Stage) -> Scene:
    return _sends(s, [iovec(s.front, MUCH)])


@recipe("SOCKET.sendall/much")
def sendall_much(s: Stage) -> Scene:
    return _sends(s, [MUCH])


def _sends(s: Stage, args: list[Any]) -> Scene:
    a, b = s.pair()

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == len(MUCH)
        assert b.recv(10000).value == MUCH
        assert b.recv().is_again()

    return Scene(args, a, check=arrived, watched=[a, b])


@recipe("SOCKET.recvmsg/much")
def recvmsg_much(s: Stage) -> Scene:
    return _receives(s, [message(s.front, len(MUCH))])


@recipe("SOCKET.readv/much")
def readv_much(s: Stage) -> Scene:
    return _receives(s, [iovec(s.front, len(MUCH))])


@recipe("PY_SOCKET.recv_into/much")
def recv_into_much(s: Stage) -> Scene:
    return _receives(s, [bytearray(len(MUCH))])


def _receives(s: Stage, args: list[Any]) -> Scene:
    a, b = s.pair()
    done(b.send(MUCH))

    def once(outcome: Outcome) -> None:
        assert outcome.value == len(MUCH)
        assert a.recv().is_again()

    return Scene(args, a, check=once, watched=[a, b])


@recipe("IOVEC.writev/much")
def iovec_writev_much(s: Stage) -> Scene:
    a, b = s.pair()
    iov = iovec(s.front, MUCH)

    def arrived(outcome: Outcome) -> None:
        assert outcome.value == len(MUCH)
        assert b.recv(10000).value == MUCH
        assert b.recv().is_again()

    return Scene([a.fd().value], iov, check=arrived, watched=[a, b, iov])


@recipe("IOVEC.readv/much")
def iovec_readv_much(s: Stage) -> Scene:
    a, b = s.pair()
    done(b.send(MUCH))
    iov = iovec(s.front, len(MUCH))

    def once(outcome: Outcome) -> None:
        assert outcome.value == len(MUCH)
        assert a.recv().is_again()

    return Scene([a.fd().value], iov, check=once, watched=[a, b, iov])

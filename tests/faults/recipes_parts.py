"""Recipes for the parts of messages, and for rows of bytes."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable
from typing import Any

from conformance.parts import cmsg, cmsgs, iovec, message, received
from support.fronts.front import Handle
from support.fronts.outcome import Outcome

from .recipes_message import rights_of
from .setup import Case, Setup, done, equals, recipe

SOL = socket.SOL_SOCKET

# ------------------------------------------------------------------- parts of messages


def _makes(size: int) -> Callable[[Outcome], None]:
    def check(outcome: Outcome) -> None:
        assert len(outcome.value) == size

    return check


recipe("IOVEC_MAKE.new", "CMSGHDRS_MAKE.new")(lambda s: Case(check=_makes(0)))
recipe("MSGHDR_MAKE.new")(lambda s: Case())
recipe("CMSGHDR_MAKE.new")(lambda s: Case([17, 4, b"x" * 100], check=_makes(100)))
recipe("CMSGHDR_MAKE.new/integer")(
    lambda s: Case([socket.IPPROTO_IP, socket.IP_TTL, 5], check=_makes(4))
)


@recipe("CMSGHDR_MAKE.rights")
def rights(s: Setup) -> Case:
    a, b = s.pair()
    args = [a.fd().value, b.fd().value]
    return Case(args, check=_makes(8), watched=[a, b])


@recipe("MSGHDR.name")
def msghdr_name(s: Setup) -> Case:
    before, after = s.inet(80), s.inet(81)
    made = message(s.front, name=before)
    return Case([after], made, check=_replaced(made, "name", before, after))


@recipe("MSGHDR.iov")
def msghdr_iov(s: Setup) -> Case:
    before, after = iovec(s.front, b"one"), iovec(s.front, b"two")
    made = s.front.msghdr.new().value
    done(made.iov(before))
    return Case([after], made, check=_replaced(made, "iov", before, after))


@recipe("MSGHDR.control")
def msghdr_control(s: Setup) -> Case:
    before, after = cmsgs(s.front), cmsgs(s.front)
    made = message(s.front, control=before)
    return Case([after], made, check=_replaced(made, "control", before, after))


def _replaced(
    made: Handle, name: str, before: Handle, after: Handle
) -> Callable[[Outcome], None]:
    def check(outcome: Outcome) -> None:
        # A call that fails has not set it, so the first that works gives the old one.
        assert outcome.value == before
        assert made.call(name).value == after

    return check


@recipe("MSGHDR.control_room")
def msghdr_control_room(s: Setup) -> Case:
    made = message(s.front)

    def check(outcome: Outcome) -> None:
        assert outcome.value == 2048
        assert made.control_room().value == 100

    return Case([100], made, check=check)


@recipe("MSGHDR.flags")
def msghdr_flags(s: Setup) -> Case:
    return Case([], message(s.front), check=equals(0))


@recipe("CMSGHDR.level", "CMSGHDR.type", "CMSGHDR.value")
def cmsghdr_ask(s: Setup) -> Case:
    made = cmsg(s.front, socket.IPPROTO_IP, socket.IP_TTL, 5)
    return Case([], made, watched=[made])


@recipe("CMSGHDR.value/credentials")
def cmsghdr_credentials(s: Setup) -> Case:
    who = {"pid": s.front.pid, "uid": os.getuid(), "gid": os.getgid()}
    made = cmsg(s.front, SOL, 2, who)

    def check(outcome: Outcome) -> None:
        assert outcome.value == {key.encode(): who[key] for key in who}

    return Case([], made, check=check, watched=[made])


@recipe("CMSGHDR.value/pktinfo")
def cmsghdr_pktinfo(s: Setup) -> Case:
    hosts = [socket.inet_aton(host) for host in ("192.0.2.7", "192.0.2.8")]
    made = cmsg(s.front, socket.IPPROTO_IP, 8, struct.pack("=i4s4s", 3, *hosts))

    def check(outcome: Outcome) -> None:
        assert outcome.value[b"local"].addr().value == b"192.0.2.7"
        assert outcome.value[b"addr"].addr().value == b"192.0.2.8"

    return Case([], made, check=check, watched=[made])


@recipe("CMSGHDR.value/address")
def cmsghdr_address(s: Setup) -> Case:
    data = struct.pack("=H2x4s8x", socket.AF_INET, socket.inet_aton("192.0.2.7"))
    made = cmsg(s.front, socket.IPPROTO_IP, 20, data)

    def check(outcome: Outcome) -> None:
        assert outcome.value.addr().value == b"192.0.2.7"

    return Case([], made, check=check, watched=[made])


@recipe("CMSGHDR.value/time")
def cmsghdr_time(s: Setup) -> Case:
    made = cmsg(s.front, SOL, 29, struct.pack("@ll", 5, 250_000))
    return Case([], made, check=equals(5.25), watched=[made])


@recipe("CMSGHDR.value/queued")
def cmsghdr_queued(s: Setup) -> Case:
    """An error of the error queue, with the address of who has reported it."""
    data = struct.pack("=IBBBBII", 111, 2, 3, 3, 0, 0, 0)
    data += struct.pack("=H2x4s8x", socket.AF_INET, socket.inet_aton("192.0.2.7"))
    made = cmsg(s.front, socket.IPPROTO_IP, 11, data)

    def check(outcome: Outcome) -> None:
        assert outcome.value[b"offender"].addr().value == b"192.0.2.7"

    return Case([], made, check=check, watched=[made])


@recipe("CMSGHDR_MAKE.new/credentials")
def cmsghdr_new_credentials(s: Setup) -> Case:
    who = {"pid": s.front.pid, "uid": os.getuid(), "gid": os.getgid()}
    return Case([SOL, 2, who], check=_makes(12))


@recipe("CMSGHDR.data")
def cmsghdr_data(s: Setup) -> Case:
    made = cmsg(s.front, 17, 4, b"x" * 100)
    return Case([], made, check=equals(b"x" * 100), watched=[made])


def _with_rights(s: Setup) -> tuple[Handle, Handle]:
    """A message that has come with two descriptors, and its receiver."""
    a, b = s.pair()
    done(b.sendmsg(message(s.front, b"x", control=[rights_of(s, a, b)])))
    into = message(s.front, 1, control=[])
    done(a.recvmsg(into))
    return into, a


@recipe("CMSGHDR.data/rights")
def cmsghdr_data_rights(s: Setup) -> Case:
    into, a = _with_rights(s)
    (made,) = received(into)

    def after(outcome: Outcome) -> None:
        for fd in outcome.value:
            done(s.front.module.close(fd))

    def check(outcome: Outcome) -> None:
        assert len(outcome.value) == 2
        assert done(made.data()) is None

    return Case([], made, check=check, watched=[a, made], after=after)


@recipe("CMSGHDRS.push")
def cmsghdrs_push(s: Setup) -> Case:
    queue = cmsgs(s.front, cmsg(s.front, 17, 4, b"first"))
    made = cmsg(s.front, 17, 4, b"second")

    def check(outcome: Outcome) -> None:
        assert outcome.value is True
        assert [done(queue.shift().value.data()) for _ in range(2)] == [
            b"first",
            b"second",
        ]
        assert done(queue.shift()) is None

    return Case([made], queue, check=check, watched=[queue, made])


@recipe("CMSGHDRS.push/rights")
def cmsghdrs_push_rights(s: Setup) -> Case:
    """The copy has descriptors of its own."""
    into, a = _with_rights(s)
    (made,) = received(into)
    queue = cmsgs(s.front)

    def check(outcome: Outcome) -> None:
        assert outcome.value is True
        assert len(queue) == 1
        assert len(queue.shift().value) == len(made) == 8

    return Case([made], queue, check=check, watched=[queue, made])


@recipe("CMSGHDRS.shift")
def cmsghdrs_shift(s: Setup) -> Case:
    into, a = _with_rights(s)
    queue = into.control().value

    def check(outcome: Outcome) -> None:
        assert len(outcome.value) == 8
        assert done(queue.shift()) is None

    return Case([], queue, check=check, watched=[a, queue])


@recipe("CMSGHDRS.shift/pushed")
def cmsghdrs_shift_pushed(s: Setup) -> Case:
    """The very message comes out; where it cannot, it stays in."""
    into, a = _with_rights(s)
    (made,) = received(into)
    queue = cmsgs(s.front, made)

    def check(outcome: Outcome) -> None:
        assert len(outcome.value) == len(made) == 8
        assert done(queue.shift()) is None

    return Case([], queue, check=check, watched=[queue, made])


# ------------------------------------------------------- rows of bytes, counted from 1


def _row(s: Setup, *args: Any, value: Any, content: bytes) -> Case:
    iov = iovec(s.front, b"one", b"two")

    def check(outcome: Outcome) -> None:
        assert outcome.value == value, outcome.describe()
        assert done(iov.concat()) == content

    return Case(args, iov, check=check, watched=[iov])


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

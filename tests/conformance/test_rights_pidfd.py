"""SCM_PIDFD: a descriptor of the sender's process that comes with a message."""

from __future__ import annotations

import os
import socket

import pytest

from conformance.parts import cmsgs, flags_of, message
from support.fronts import process
from support.fronts.front import Front, Handle
from support.processes.passed_fds import close_all, identity, identity_here, send_raw

covers = pytest.mark.covers

SOL, CTRUNC = socket.SOL_SOCKET, socket.MSG_CTRUNC
PAIRS = ["pair_stream", "pair_dgram", "pair_seqpacket"]

pytestmark = pytest.mark.alias("rights_messages")

PASSPIDFD, PIDFD = 76, 4  # Linux 6.5; the headers may be older


def pidfds(net: Front, pair: str) -> tuple[Handle, Handle]:
    """A pair whose second end receives a descriptor of the sender with each message."""
    a, b = net.call(pair).all
    outcome = b.setsockopt(SOL, PASSPIDFD, 1)
    if outcome.kind == "error" and outcome.failure.name == "ENOPROTOOPT":
        pytest.skip("this kernel is older than SO_PASSPIDFD")
    return a, b


@pytest.mark.parametrize("pair", PAIRS)
def test_h067_pidfd_is_a_descriptor(net: Front, pair: str) -> None:
    """It belongs to the message until it is taken, once, as any other."""
    a, b = pidfds(net, pair)
    into = message(net, 9, control=[])
    a.send(b"x")
    assert b.recvmsg(into).value == 1
    first = into.control().value.shift().value
    assert (first.level().value, first.type().value) == (SOL, PIDFD)
    assert first.value().value is None
    (fd,) = first.data().value
    assert first.data().value is None
    assert process.flags(net.pid, fd) & os.O_CLOEXEC
    first.forget()
    close_all(net, [fd])


@pytest.mark.parametrize("how", ["recvfd", "recvfd none", "no queue", "queue", "cmsghdr"])
def test_h067_untaken_pidfds_are_closed(net: Front, file: int, how: str) -> None:
    a, b = pidfds(net, "pair_dgram")
    with net.no_new_descriptors():
        for _ in range(3):
            if how == "recvfd":
                send_raw(a, b"x", [file])
                fd = b.recvfd().value
                assert identity(net, fd) == identity_here(file)
                close_all(net, [fd])
            elif how == "recvfd none":
                a.send(b"x")
                b.recvfd().fails("ENOMSG")
            elif how == "no queue":
                into = message(net, 9)
                a.send(b"x")
                assert b.recvmsg(into).value == 1
                assert flags_of(into) & CTRUNC
            else:
                into = message(net, 9, control=[])
                a.send(b"x")
                assert b.recvmsg(into).value == 1
                queue = into.control().value
                if how == "cmsghdr":
                    queue.shift().value.forget()
                queue.forget()
                into.forget()


def test_h067_pidfd_sent_on(net: Front) -> None:
    """A queue keeps the one that it was given, and lets go of it with the message."""
    a, b = pidfds(net, "pair_dgram")
    with net.no_new_descriptors():
        into = message(net, 9, control=[])
        a.send(b"x")
        b.recvmsg(into)
        queue = cmsgs(net, into.control().value.shift().value)
        (fd,) = queue.shift().value.data().value
        close_all(net, [fd])

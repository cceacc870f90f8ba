"""Descriptors in messages that are sent: how many, once, and on to others."""

from __future__ import annotations

import socket

import pytest

from conformance.parts import cmsgs, message
from support.fronts.front import Front, Handle
from support.net.peers import fill
from support.processes.passed_fds import (
    close_all,
    closing,
    identity,
    identity_here,
    passed_fds,
    send_raw,
)

covers = pytest.mark.covers

pytestmark = pytest.mark.alias("rights_messages")


@pytest.mark.parametrize("counts", [(253, 1), (200, 200), (127, 127)])
def test_h075_over_253_together(net: Front, file: int, counts: tuple[int, int]) -> None:
    """The kernel merges them: more than 253 are refused before anything is sent."""
    a, b = net.pair_stream().all
    with passed_fds(net, file) as (fd,):
        parts = [net.cmsghdr.rights(*[fd] * count).value for count in counts]
        a.sendmsg(message(net, b"x", control=parts)).fails("EINVAL", text="253")
    assert b.recv().is_again()


def test_h075_two_messages_are_merged(net: Front, file: int) -> None:
    """Two control messages of descriptors arrive as one: every one of them is there."""
    a, b = net.pair_dgram().all
    with passed_fds(net, file) as (fd,):
        parts = [net.cmsghdr.rights(*[fd] * count).value for count in (2, 3)]
        assert a.sendmsg(message(net, b"x", control=parts)).value == 1
    into = message(net, 9, control=[])
    b.recvmsg(into)
    found = []
    while (one := into.control().value.shift().value) is not None:
        found += one.data().value
    assert len(found) == 5
    close_all(net, found)


@pytest.mark.parametrize("made", ["new_inet_dgram", "new_inet_stream", "new_inet6_dgram"])
def test_h073_not_a_unix_socket(net: Front, file: int, made: str) -> None:
    with passed_fds(net, file) as (fd,):
        out = message(net, b"x", control=[net.cmsghdr.rights(fd).value])
        net.call(made).value.sendmsg(out).fails("EOPNOTSUPP", text="control")


def test_closed_number_in_a_message(net: Front, file: int) -> None:
    """The kernel looks when it is sent: EBADF, and nothing goes out."""
    a, b = net.pair_stream().all
    with passed_fds(net, file) as (fd,):
        made = message(net, b"x", control=[net.cmsghdr.rights(fd).value])
    a.sendmsg(made).fails("EBADF", op="sendmsg")
    assert b.recv().is_again()


def test_h074_once_in_a_short_send(net: Front, file: int) -> None:
    """A message that goes out in pieces carries its descriptors with the first one
    only, and with a new one again."""
    a, b = net.pair_stream().all
    a.sndbuf(4096)
    size = 1 << 20
    seen, total = 0, 0
    into = message(net, 1 << 17, control=[])
    with passed_fds(net, file) as (fd,):
        queue = cmsgs(net, net.cmsghdr.rights(fd).value)
        made = message(net, bytes(size), control=queue)
        short = a.sendmsg(made).value
        assert short < size
        made.iov().value.consume(short)
        while total < size:
            outcome = b.recvmsg(into)
            if outcome.kind == "again":
                count = a.sendmsg(made).value
                made.iov().value.consume(count)
                continue
            total += outcome.value
            while (one := into.control().value.shift().value) is not None:
                fds = one.data().value
                seen += len(fds)
                close_all(net, fds)
        assert (total, seen) == (size, 1)
        assert len(queue) == 1
        # The same control part set again is a new message's.
        made.control(queue)
        made.iov().value.add(b"again")
        assert a.sendmsg(made).value == 5
    assert b.recvmsg(into).value == 5
    again = into.control().value.shift().value.data().value
    assert len(again) == 1
    close_all(net, again)


@pytest.mark.parametrize("part", ["name", "iov", "control"])
def test_h074_set_again_is_a_new_message(net: Front, file: int, part: str) -> None:
    """After a short send each of the three makes the control part go out once more."""
    a, b = net.pair_stream().all
    into = message(net, 1 << 18, control=[])
    counts: list[int] = []
    with passed_fds(net, file) as (fd,):
        made = message(net, bytes(1 << 20), control=[net.cmsghdr.rights(fd).value])
        assert a.sendmsg(made).value < 1 << 20
        made.call(part, made.call(part).value)
        drain(net, b, into, counts)
        a.sendmsg(made)
        drain(net, b, into, counts)
    assert counts == [1, 1]


def drain(net: Front, sock: Handle, into: Handle, counts: list[int]) -> None:
    """Receive until there is nothing, counting descriptors and closing them."""
    while sock.recvmsg(into).kind == "value":
        while (one := into.control().value.shift().value) is not None:
            fds = one.data().value
            counts.append(len(fds))
            close_all(net, fds)


def test_h074_again_keeps_them(net: Front, file: int) -> None:
    """A send that would block has sent no descriptor: the retry carries it."""
    a, b = net.pair_stream().all
    filled = fill(a)
    with passed_fds(net, file) as (fd,):
        made = message(net, b"x", control=[net.cmsghdr.rights(fd).value])
        assert a.sendmsg(made).is_again()
        assert a.sendmsg(made).is_again()
        while filled:
            filled -= len(b.recv(1 << 20).value)
        assert a.sendmsg(made).value == 1
    into = message(net, 9, control=[])
    assert b.recvmsg(into).value == 1
    close_all(net, into.control().value.shift().value.data().value)


def test_received_ones_can_be_sent_on(net: Front, file: int) -> None:
    """Passed on without being taken: they are sent, and still closed with their owner."""
    a, b = net.pair_dgram().all
    c, d = net.pair_dgram().all
    send_raw(a, b"x", [file])
    into = message(net, 9, control=[])
    with net.no_new_descriptors():
        b.recvmsg(into)
        first = into.control().value.shift().value
        queue = cmsgs(net, first)
        first.forget()
        out = message(net, b"on", control=queue)
        assert c.sendmsg(out).value == 2
        for made in (out, queue, into):
            made.forget()
    end = cmsgs(net)
    assert d.recvmsg(message(net, 9, control=end)).value == 2
    fds = end.shift().value.data().value
    assert [identity(net, fd) for fd in fds] == [identity_here(file)]
    close_all(net, fds)


def test_a_received_queue_is_sent_whole(net: Front, file: int) -> None:
    """The queue that a receive filled is the control part of a message to send."""
    a, b = net.pair_dgram().all
    c, d = net.pair_dgram().all
    send_raw(a, b"relay", [file, file])
    into = message(net, 5, control=[])
    with net.no_new_descriptors():
        b.recvmsg(into)
        assert c.sendmsg(into).value == 5
        into.control().value.forget()
        into.forget()
    with d.second_reader() as own:
        data, fds, _, _ = socket.recv_fds(own, 10, 10)
    with closing(*fds):
        assert data == b"relay"
        assert [identity_here(fd) for fd in fds] == [identity_here(file)] * 2

"""Descriptors in messages: whose they are, when they are closed, how many there are."""

from __future__ import annotations

import os
import socket

import pytest

from conformance.parts import bytes_of, cmsgs, flags_of, message
from support.fronts import process
from support.fronts.front import Front, Handle
from support.net.peers import Peers
from support.processes.limits import descriptors_left
from support.processes.passed_fds import (
    close_all,
    closing,
    identity,
    identity_here,
    passed_fds,
    send_raw,
)

covers = pytest.mark.covers

SOL, RIGHTS, CTRUNC = socket.SOL_SOCKET, socket.SCM_RIGHTS, socket.MSG_CTRUNC
PAIRS = ["pair_stream", "pair_dgram", "pair_seqpacket"]


@pytest.mark.parametrize("count", [1, 2, 100, 253])
@pytest.mark.parametrize("pair", PAIRS)
def test_h064_as_many_as_there_may_be(
    net: Front, file: int, pair: str, count: int
) -> None:
    """Sent by us, received by us: each arrives, close-on-exec, and is the caller's."""
    a, b = net.call(pair).all
    with passed_fds(net, file) as (fd,):
        made = message(net, b"all", control=[net.cmsghdr.rights(*[fd] * count).value])
        assert a.sendmsg(made).value == 3
    into = message(net, 3, control=[])
    assert b.recvmsg(into).value == 3
    assert not flags_of(into) & CTRUNC
    (first,) = [into.control().value.shift().value]
    assert (first.level().value, first.type().value) == (SOL, RIGHTS)
    assert first.value().value is None
    fds = first.data().value
    assert len(set(fds)) == count
    assert {identity(net, one) for one in fds} == {identity_here(file)}
    assert all(process.flags(net.pid, one) & os.O_CLOEXEC for one in fds)
    first.forget()
    assert set(fds) <= set(net.descriptors())
    close_all(net, fds)


def test_h067_data_takes_once(net: Front, file: int) -> None:
    """Afterwards they are the caller's integers: a second call gives nothing."""
    a, b = net.pair_stream().all
    send_raw(a, b"x", [file, file])
    into = message(net, 9, control=[])
    b.recvmsg(into)
    first = into.control().value.shift().value
    assert len(first) == 8
    fds = first.data().value
    assert len(fds) == 2
    assert first.data().value is None
    assert first.data().value is None
    close_all(net, fds)


@covers("CMSGHDRS.push", "error")
def test_h067_taken_ones_cannot_be_pushed(net: Front, file: int) -> None:
    a, b = net.pair_stream().all
    send_raw(a, b"x", [file])
    into = message(net, 9, control=[])
    b.recvmsg(into)
    queue = into.control().value
    first = queue.shift().value
    close_all(net, first.data().value)
    queue.push(first).fails("EINVAL", text="taken")
    assert len(queue) == 0


@pytest.mark.parametrize(
    "where", ["queue", "message", "cmsghdr", "socket refill", "shared"]
)
def test_h067_untaken_are_closed(net: Front, file: int, where: str) -> None:
    """What is not taken goes with what holds it: nothing is left open."""
    a, b = net.pair_dgram().all
    with net.no_new_descriptors():
        send_raw(a, b"x", [file] * 3)
        into = message(net, 9, control=[])
        assert b.recvmsg(into).value == 1
        queue = into.control().value
        if where == "cmsghdr":
            first = queue.shift().value
            first.forget()
        elif where == "socket refill":
            a.send(b"next")
            assert b.recvmsg(into).value == 4
        elif where == "shared":
            other = message(net, 9, control=queue)
            a.send(b"next")
            assert b.recvmsg(other).value == 4
            other.forget()
        if where in ("message", "queue"):
            into.control(None)
        queue.forget()
        into.forget()


def test_h065_without_a_queue(net: Front, file: int) -> None:
    """No control messages are attached: descriptors are closed, and the flag says so."""
    a, b = net.pair_dgram().all
    send_raw(a, b"x", [file, file])
    into = message(net, 9)
    with net.no_new_descriptors():
        assert b.recvmsg(into).value == 1
    assert flags_of(into) & CTRUNC
    a.send(b"y")
    assert b.recvmsg(into).value == 1
    assert not flags_of(into) & CTRUNC


@pytest.mark.parametrize("room", [0, 1])
def test_h065_table_is_full(net: Front, file: int, room: int) -> None:
    """The payload comes, descriptors are dropped by the kernel: CTRUNC tells."""
    a, b = net.pair_dgram().all
    send_raw(a, b"x", [file] * 3)
    into = message(net, 9, control=[])
    with descriptors_left(net, room):
        assert b.recvmsg(into).value == 1
    assert flags_of(into) & CTRUNC
    queue = into.control().value
    assert len(queue) == room
    if room:
        fds = queue.shift().value.data().value
        assert [identity(net, fd) for fd in fds] == [identity_here(file)]
        close_all(net, fds)


def pushed_on(net: Front, file: int) -> tuple[Handle, Handle]:
    """A queue with a received message between two others, and that message."""
    a, b = net.pair_dgram().all
    send_raw(a, b"x", [file])
    into = message(net, 9, control=[])
    b.recvmsg(into)
    first = into.control().value.shift().value
    plain = net.cmsghdr.new(SOL, 999, b"plain").value
    queue = cmsgs(net, plain, first, plain)
    for made in (a, b):
        made.close()
    return queue, first


def test_h067_shifted_with_its_descriptors(net: Front, file: int) -> None:
    """What is shifted out of a queue is what was pushed, and the queue has it no more."""
    with net.no_new_descriptors():
        queue, first = pushed_on(net, file)
        assert queue.shift().value.data().value == b"plain"
        shifted = queue.shift().value
        fds = shifted.data().value
        assert [identity(net, fd) for fd in fds] == [identity_here(file)]
        assert first.data().value is None  # one message, not two that own the same
        close_all(net, fds)
        assert queue.shift().value.data().value == b"plain"
        assert queue.shift().value is None


@pytest.mark.parametrize("how", ["shifted", "refilled"])
def test_h067_a_queue_holds_what_it_has(net: Front, file: int, how: str) -> None:
    """Messages that are no longer in it are not kept by it, nor are their descriptors."""
    a, b = net.pair_dgram().all
    with net.no_new_descriptors():
        queue, first = pushed_on(net, file)
        if how == "shifted":
            while (one := queue.shift().value) is not None:
                one.forget()
        else:
            a.send(b"next")
            assert b.recvmsg(message(net, 9, control=queue)).value == 4
            assert len(queue) == 0
        first.forget()
    assert queue.push(net.cmsghdr.new(SOL, 999, b"after").value).value is True
    assert queue.shift().value.data().value == b"after"


def test_h067_held_under_its_own_place(net: Front, file: int) -> None:
    """Through many turns each message comes out as it went in."""
    queue, first = pushed_on(net, file)
    for _ in range(3):
        queue.push(queue.shift().value)
    for _ in range(20):
        kinds = []
        for _ in range(3):
            one = queue.shift().value
            kinds.append((one.type().value, len(one)))
            queue.push(one)
        assert kinds == [(999, 5), (RIGHTS, 4), (999, 5)]
    queue.shift()
    fds = queue.shift().value.data().value
    assert [identity(net, fd) for fd in fds] == [identity_here(file)]
    close_all(net, fds)
    first.forget()


def test_h063_descriptors_of_a_plain_receive(net: Front, file: int) -> None:
    """recv has no place for them: the kernel drops them, none is left open."""
    a, b = net.pair_stream().all
    with net.no_new_descriptors():
        send_raw(a, b"x", [file] * 5)
        assert b.recv().value == b"x"
        send_raw(a, b"y", [file] * 5)
        assert b.recvfrom().all[0] == b"y"
        send_raw(a, b"z", [file] * 5)
        iov = net.iovec.new().value
        iov.addn(4)
        assert b.readv(iov).value == 1


def test_with_credentials(net: Front, file: int) -> None:
    """253 descriptors and the credentials: the room is always there for both."""
    a, b = net.pair_dgram().all
    b.passcred(True)
    send_raw(a, b"both", [file] * 253)
    into = message(net, 9, control=[])
    assert b.recvmsg(into).value == 4
    assert not flags_of(into) & CTRUNC
    assert bytes_of(into)[:4] == b"both"
    kinds = []
    while (one := into.control().value.shift().value) is not None:
        kinds.append(one.type().value)
        if one.type().value == RIGHTS:
            fds = one.data().value
            assert len(fds) == 253
            close_all(net, fds)
        else:
            assert one.value().value[b"uid"] == os.getuid()
    assert sorted(kinds) == [RIGHTS, 2]


def test_unix_socket_as_a_message_part(net: Front, peers: Peers, file: int) -> None:
    """With a name and descriptors in one message."""
    theirs = peers.bound(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours = net.new_unix_dgram().value
    to = net.addrinfo.unix(theirs.getsockname()).value
    with passed_fds(net, file) as (fd,):
        rights = net.cmsghdr.rights(fd).value
        assert ours.sendmsg(message(net, b"to", name=to, control=[rights])).value == 2
    data, fds, _, _ = socket.recv_fds(theirs, 10, 10)
    with closing(*fds):
        assert (data, len(fds)) == (b"to", 1)

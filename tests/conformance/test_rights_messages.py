"""Descriptors in messages: whose they are, when they are closed, how many there are."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from conformance.parts import bytes_of, cmsgs, flags_of, message
from support.fronts import process
from support.fronts.front import Front, Handle
from support.net.peers import Peers, fill
from support.processes.limits import descriptors_left
from support.processes.passed_fds import closing, identity, identity_here, passed_fds

covers = pytest.mark.covers

SOL, RIGHTS, CTRUNC = socket.SOL_SOCKET, socket.SCM_RIGHTS, socket.MSG_CTRUNC
PAIRS = ["pair_stream", "pair_dgram", "pair_seqpacket"]


@pytest.fixture
def file() -> Iterator[int]:
    """A descriptor of ours with an inode of its own."""
    with closing(os.memfd_create("nsk")) as (fd,):
        yield fd


def send_raw(far: Handle, data: bytes, fds: list[int]) -> None:
    """CPython sends, over the other end of our pair."""
    with far.second_reader() as own:
        socket.send_fds(own, [data], fds)


def close_all(net: Front, fds: list[int]) -> None:
    for fd in fds:
        assert net.close(fd).value is True


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


# ------------------------------------------------------------ a sender's process

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

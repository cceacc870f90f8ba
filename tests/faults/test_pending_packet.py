"""A packet that was received and could not be made into an object is pending as a packet:
over all of the next receive's room, cut where it does not fit, with its own sender."""

from __future__ import annotations

import errno
import socket

import pytest

from support.fronts.front import Handle

from .plan import Rule
from .setup import Setup, done
from .test_memory import FAR, is_memory_error

pytestmark = pytest.mark.parametrize("fault_net", ["python", "lua"], indirect=True)

# Longer than the strings that Lua has once.
PACKET = bytes(range(64))

KINDS = pytest.mark.parametrize("kind", ["dgram", "seqpacket"])


def leave(setup: Setup, ours: Handle, far: Handle, data: bytes, name: str) -> None:
    """Has a receive find no memory after the packet has been received."""
    done(far.send(data))
    for first in range(FAR):
        setup.net.window.limit_memory(first, 0)
        outcome = ours.call(name, 100)
        if not is_memory_error(outcome):
            done(far.send(data))
        elif ours.pending().value == len(data):
            return
    pytest.fail("no allocation comes after the packet")


def pending(setup: Setup, kind: str, data: bytes) -> tuple[Handle, Handle]:
    a, b = setup.pair(kind)
    leave(setup, a, b, data, "recv")
    return a, b


def room(setup: Setup, *sizes: int) -> Handle:
    iov: Handle = done(setup.front.iovec.new())
    for size in sizes:
        done(iov.addn(size))
    return iov


def contents(iov: Handle) -> bytes:
    whole: bytes = done(iov.concat())
    return whole


@KINDS
def test_over_all_pieces(setup: Setup, kind: str) -> None:
    a, b = pending(setup, kind, PACKET)
    done(b.send(b"next"))
    iov = room(setup, 3, 1, 100)
    assert a.readv(iov).value == 64
    assert contents(iov)[:64] == PACKET
    assert a.recv().value == b"next"


@KINDS
def test_cut_to_all_pieces(setup: Setup, kind: str) -> None:
    """The rest goes, as that of any packet."""
    a, b = pending(setup, kind, PACKET)
    done(b.send(b"next"))
    iov = room(setup, 3, 1, 2)
    assert a.readv(iov).value == 6
    assert contents(iov) == PACKET[:6]
    assert a.recv().value == b"next"


@KINDS
@pytest.mark.parametrize("asked", [False, True])
def test_marked_as_cut(setup: Setup, kind: str, asked: bool) -> None:
    """MSG_TRUNC is among the flags of the message, whether or not it was asked for, and
    the count is of what was received."""
    trunc = setup.const("MSG_TRUNC")
    a, b = pending(setup, kind, PACKET)
    done(b.send(b"next one"))
    mh = done(setup.front.msghdr.new())
    done(mh.iov(room(setup, 4, 2)))
    flags = [trunc] if asked else []
    assert a.recvmsg(mh, *flags).value == 6
    assert mh.call("flags").value & trunc
    assert contents(mh.iov().value) == PACKET[:6]
    done(mh.iov(room(setup, 4, 4)))
    assert a.recvmsg(mh, *flags).value == 8
    assert not mh.call("flags").value & trunc
    assert contents(mh.iov().value) == b"next one"


@KINDS
def test_peeked_and_taken(setup: Setup, kind: str) -> None:
    """MSG_TRUNC gives no more than was received."""
    peek, trunc = setup.const("MSG_PEEK"), setup.const("MSG_TRUNC")
    a, _ = pending(setup, kind, PACKET)
    assert a.recv(4, peek, trunc).value == PACKET[:4]
    assert a.pending().value == 64
    assert a.recv(4, trunc).value == PACKET[:4]
    assert a.pending().value == 0
    assert a.recv().is_again()


def test_its_own_sender(setup: Setup) -> None:
    """And not the one of a call between."""
    ours = done(setup.front.call("bind_inet_dgram", "127.0.0.1", 0))
    other = done(setup.front.call("bind_inet_dgram", "127.0.0.1", 0))
    near, far = (setup.keep(socket.socket(type=socket.SOCK_DGRAM)) for _ in range(2))
    ai = ours.getsockname().value
    client = done(setup.front.call("bind_inet_dgram", "127.0.0.1", 0))
    done(client.connect(ai))
    leave(setup, ours, client, PACKET, "recvfrom")
    near.sendto(b"between", ("127.0.0.1", other.getsockname().value.port().value))
    done(other.recvable(5))
    _, between = other.recvfrom().all
    assert between.port().value == near.getsockname()[1]
    far.sendto(b"next", ("127.0.0.1", ai.port().value))
    data, sender = ours.recvfrom().all
    assert data == PACKET
    assert sender.port().value == client.getsockname().value.port().value
    done(ours.recvable(5))
    data, sender = ours.recvfrom().all
    assert (data, sender.port().value) == (b"next", far.getsockname()[1])


def test_joined_packets_stay_apart(setup: Setup) -> None:
    """What came as one and was several is pending as several, of which one was cut."""
    ours = done(setup.front.call("bind_inet_dgram", "127.0.0.1", 0))
    client = done(setup.front.call("bind_inet_dgram", "127.0.0.1", 0))
    ai = ours.getsockname().value
    done(ours.udpgro(True))
    for first in range(FAR):
        assert client.sendmany([b"one", b"two", b"3"], ai).value == 3
        done(ours.recvable(5))
        setup.net.window.limit_memory(first, 0)
        outcome = ours.recvmany(8, 100)
        if is_memory_error(outcome) and ours.pending().value == 7:
            break
    else:
        pytest.fail("no allocation comes after the packets")
    assert ours.recv(2).value == b"on"
    data, sender = ours.recvfrom().all
    assert (data, sender == client.getsockname().value) == (b"two", True)
    assert [packet[0] for packet in done(ours.recvmany())] == [b"3"]
    assert ours.recv().is_again()


def test_those_that_went_before_an_error(setup: Setup) -> None:
    """They are counted, and the error comes with the next call."""
    ours = done(setup.front.call("bind_inet_dgram", "127.0.0.1", 0))
    client = done(setup.front.call("bind_inet_dgram", "127.0.0.1", 0))
    done(client.connect(ours.getsockname().value))
    with setup.net.plan.armed(Rule("sendmmsg", errno.EPERM, skip=1)) as seen:
        sent = client.sendmany([b"x"] * 3000).value
    assert seen.hits[0] == 1
    assert 0 < sent < 3000

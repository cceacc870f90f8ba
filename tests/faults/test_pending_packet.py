"""A packet that was received and could not be made into an object is pending as a packet:
over all of the next receive's room, cut where it does not fit, with its own sender."""

from __future__ import annotations

import socket

import pytest

from fronts.front import Handle

from .stage import Stage, done
from .test_memory import FAR, is_memory_error

pytestmark = pytest.mark.parametrize("fault_net", ["python", "lua"], indirect=True)

# Longer than the strings that Lua has once.
PACKET = bytes(range(64))

KINDS = pytest.mark.parametrize("kind", ["dgram", "seqpacket"])


def leave(stage: Stage, ours: Handle, far: Handle, data: bytes, name: str) -> None:
    """Has a receive find no memory after the packet has been received."""
    done(far.send(data))
    for first in range(FAR):
        stage.net.window.limit_memory(first, 0)
        outcome = ours.call(name, 100)
        if not is_memory_error(outcome):
            done(far.send(data))
        elif ours.pending().value == len(data):
            return
    pytest.fail("no allocation comes after the packet")


def pending(stage: Stage, kind: str, data: bytes) -> tuple[Handle, Handle]:
    a, b = stage.pair(kind)
    leave(stage, a, b, data, "recv")
    return a, b


def room(stage: Stage, *sizes: int) -> Handle:
    iov: Handle = done(stage.front.iovec.new())
    for size in sizes:
        done(iov.addn(size))
    return iov


def contents(iov: Handle) -> bytes:
    whole: bytes = done(iov.concat())
    return whole


@KINDS
def test_over_all_pieces(stage: Stage, kind: str) -> None:
    a, b = pending(stage, kind, PACKET)
    done(b.send(b"next"))
    iov = room(stage, 3, 1, 100)
    assert a.readv(iov).value == 64
    assert contents(iov)[:64] == PACKET
    assert a.recv().value == b"next"


@KINDS
def test_cut_to_all_pieces(stage: Stage, kind: str) -> None:
    """The rest goes, as that of any packet."""
    a, b = pending(stage, kind, PACKET)
    done(b.send(b"next"))
    iov = room(stage, 3, 1, 2)
    assert a.readv(iov).value == 6
    assert contents(iov) == PACKET[:6]
    assert a.recv().value == b"next"


@KINDS
@pytest.mark.parametrize("asked", [False, True])
def test_marked_as_cut(stage: Stage, kind: str, asked: bool) -> None:
    """MSG_TRUNC is among the flags of the message, whether or not it was asked for, and
    the count is of what was received."""
    trunc = stage.const("MSG_TRUNC")
    a, b = pending(stage, kind, PACKET)
    done(b.send(b"next one"))
    mh = done(stage.front.msghdr.new())
    done(mh.iov(room(stage, 4, 2)))
    flags = [trunc] if asked else []
    assert a.recvmsg(mh, *flags).value == 6
    assert mh.call("flags").value & trunc
    assert contents(mh.iov().value) == PACKET[:6]
    done(mh.iov(room(stage, 4, 4)))
    assert a.recvmsg(mh, *flags).value == 8
    assert not mh.call("flags").value & trunc
    assert contents(mh.iov().value) == b"next one"


@KINDS
def test_peeked_and_taken(stage: Stage, kind: str) -> None:
    """MSG_TRUNC gives no more than was received."""
    peek, trunc = stage.const("MSG_PEEK"), stage.const("MSG_TRUNC")
    a, _ = pending(stage, kind, PACKET)
    assert a.recv(4, peek, trunc).value == PACKET[:4]
    assert a.pending().value == 64
    assert a.recv(4, trunc).value == PACKET[:4]
    assert a.pending().value == 0
    assert a.recv().is_again()


def test_its_own_sender(stage: Stage) -> None:
    """And not the one of a call between."""
    ours = done(stage.front.call("bind_inet_dgram", "127.0.0.1", 0))
    other = done(stage.front.call("bind_inet_dgram", "127.0.0.1", 0))
    near, far = (stage.keep(socket.socket(type=socket.SOCK_DGRAM)) for _ in range(2))
    ai = ours.getsockname().value
    client = done(stage.front.call("bind_inet_dgram", "127.0.0.1", 0))
    done(client.connect(ai))
    leave(stage, ours, client, PACKET, "recvfrom")
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


def test_joined_packets_stay_apart(stage: Stage) -> None:
    """What came as one and was several is pending as several, of which one was cut."""
    ours = done(stage.front.call("bind_inet_dgram", "127.0.0.1", 0))
    client = done(stage.front.call("bind_inet_dgram", "127.0.0.1", 0))
    ai = ours.getsockname().value
    done(ours.udpgro(True))
    for first in range(FAR):
        assert client.sendmany([b"one", b"two", b"3"], ai).value == 3
        done(ours.recvable(5))
        stage.net.window.limit_memory(first, 0)
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

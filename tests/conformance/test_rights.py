"""sendfd and recvfd: one descriptor over a unix socket."""

from __future__ import annotations

import array
import os
import socket
from typing import Any

import pytest

from support.fronts import process
from support.fronts.front import Front, Handle
from support.net.peers import Peers, fill
from support.processes.limits import descriptors_left
from support.processes.passed_fds import (
    closing,
    identity,
    identity_here,
    passed_fds,
    send_raw,
)

covers = pytest.mark.covers

PAIRS = ["pair_stream", "pair_dgram", "pair_seqpacket"]
NUMBERS = [-1, 2**31, 2**32, 2**63 - 1, 2**63]


@covers("SOCKET.sendfd", "success")
@covers("SOCKET.recvfd", "success")
@pytest.mark.parametrize("pair", PAIRS)
def test_h069_one_descriptor(net: Front, file: int, pair: str) -> None:
    """It arrives as a new number for the same file, close-on-exec; ours stays open."""
    a, b = net.call(pair).all
    with passed_fds(net, file) as (fd,):
        assert a.sendfd(fd).value == 0
        assert identity(net, fd) == identity_here(file)
        taken = b.recvfd().value
        assert taken != fd
        assert identity(net, taken) == identity_here(file)
        assert process.flags(net.pid, taken) & os.O_CLOEXEC
        assert net.close(taken).value is True
    assert b.recvfd().is_again()


@pytest.mark.parametrize("pair", PAIRS)
def test_sendfd_as_another_program_sees_it(net: Front, file: int, pair: str) -> None:
    """One byte with one descriptor: what any program receives."""
    a, b = net.call(pair).all
    with passed_fds(net, file) as (fd,):
        assert a.sendfd(fd).value == 0
    with b.second_reader() as own:
        data, fds, _, _ = socket.recv_fds(own, 10, 10)
    with closing(*fds):
        assert len(data) == 1
        assert [identity_here(fd) for fd in fds] == [identity_here(file)]


@covers("SOCKET.recvfd", "again")
@pytest.mark.parametrize("pair", PAIRS)
def test_nothing_there(net: Front, pair: str) -> None:
    assert net.call(pair).all[0].recvfd().is_again()


@covers("SOCKET.recvfd", "end")
@pytest.mark.parametrize("pair", ["pair_stream", "pair_seqpacket"])
def test_end(net: Front, pair: str) -> None:
    a, b = net.call(pair).all
    a.close()
    assert b.recvfd().is_end()


@covers("SOCKET.sendfd", "again")
def test_no_room(net: Front, file: int) -> None:
    a, b = net.pair_stream().all
    fill(a)
    with passed_fds(net, file) as (fd,):
        assert a.sendfd(fd).is_again()
    assert b.recv(10).data == b"x" * 10


def test_in_order(net: Front) -> None:
    """Several sent one by one come one by one, each the right file."""
    a, b = net.pair_stream().all
    with closing(*(os.memfd_create(f"nsk{n}") for n in range(5))) as ours:
        with passed_fds(net, *ours) as fds:
            for fd in fds:
                assert a.sendfd(fd).value == 0
        taken = [b.recvfd().value for _ in ours]
        assert [identity(net, fd) for fd in taken] == [identity_here(fd) for fd in ours]
    for fd in taken:
        net.close(fd)
    assert b.recvfd().is_again()


@covers("SOCKET.sendfd", "error")
@pytest.mark.parametrize(
    "made", ["new_inet_stream", "new_inet_dgram", "new_inet6_stream"]
)
def test_h073_not_a_unix_socket(net: Front, file: int, made: str) -> None:
    """TCP would take the byte and drop the descriptor in silence."""
    with passed_fds(net, file) as (fd,):
        net.call(made).value.sendfd(fd).fails("EOPNOTSUPP", op="sendfd")


def test_h073_a_connected_stream(net: Front, peers: Peers, file: int) -> None:
    ours, theirs = peers.stream(net)
    with passed_fds(net, file) as (fd,):
        ours.sendfd(fd).fails("EOPNOTSUPP")
    ours.close()
    assert theirs.recv(10) == b""  # not a byte went out


@pytest.mark.parametrize("number", NUMBERS)
def test_h006_no_descriptor(net: Front, number: int) -> None:
    a, b = net.pair_stream().all
    a.sendfd(number).fails("EINVAL")
    assert b.recv().is_again()


def test_closed_descriptor(net: Front, file: int) -> None:
    a, b = net.pair_stream().all
    with passed_fds(net, file) as (fd,):
        pass
    a.sendfd(fd).fails("EBADF", op="sendfd")
    assert b.recv().is_again()


@pytest.mark.parametrize("wrong", ["0", True, None, [], {}, 1.5])
def test_wrong_descriptor(net: Front, wrong: Any) -> None:
    a, b = net.pair_stream().all
    assert a.sendfd(wrong).kind in ("raised", "error")
    assert b.recv().is_again()


def test_broken(net: Front, file: int) -> None:
    a, b = net.pair_stream().all
    b.close()
    with passed_fds(net, file) as (fd,):
        a.sendfd(fd).fails("EPIPE", op="sendfd")


def test_to_an_address(net: Front, peers: Peers, file: int) -> None:
    """A datagram socket without a peer."""
    theirs = peers.bound(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours = net.new_unix_dgram().value
    with passed_fds(net, file) as (fd,):
        assert ours.sendfd(fd, net.addrinfo.unix(theirs.getsockname()).value).value == 0
        ours.sendfd(fd, net.addrinfo.inet("127.0.0.1", 9).value).fails("EAFNOSUPPORT")
        ours.sendfd(fd).fails("ENOTCONN")
    _, fds, _, _ = socket.recv_fds(theirs, 10, 10)
    with closing(*fds):
        assert [identity_here(fd) for fd in fds] == [identity_here(file)]


@pytest.mark.parametrize("count", [2, 3, 253])
@pytest.mark.parametrize("pair", PAIRS)
def test_h063_more_than_one(net: Front, file: int, pair: str, count: int) -> None:
    """All are closed: none is installed and lost, and the next message is whole."""
    a, b = net.call(pair).all
    send_raw(a, b"x", [file] * count)
    with net.no_new_descriptors():
        b.recvfd().fails("EMSGSIZE", op="recvfd")
    send_raw(a, b"y", [file])
    assert net.close(b.recvfd().value).value is True


@covers("SOCKET.recvfd", "error")
@pytest.mark.parametrize("pair", PAIRS)
def test_h071_without_a_descriptor(net: Front, pair: str) -> None:
    """ENOMSG; the byte that was consumed is in the error, and only that byte."""
    a, b = net.call(pair).all
    for text in (b"a", b"\0", b"\xff"):
        a.send(text)
        assert lost_byte(net, b) == text
    assert b.recvfd().is_again()


def lost_byte(net: Front, sock: Handle) -> bytes | None:
    """What a recvfd that fails with ENOMSG says it has consumed."""
    failure = sock.recvfd().fails("ENOMSG", op="recvfd")
    data = failure.data
    assert data is None or isinstance(data, bytes)
    return data


def test_h071_stream_coalescing(net: Front, file: int) -> None:
    """Bytes sent before the descriptor come first, one by one; then the descriptor."""
    a, b = net.pair_stream().all
    a.send(b"abc")
    send_raw(a, b"F", [file])
    a.send(b"after")
    for text in (b"a", b"b", b"c"):
        assert lost_byte(net, b) == text
    taken = b.recvfd().value
    assert identity(net, taken) == identity_here(file)
    net.close(taken)
    assert b.recv(10).value == b"after"


def test_h071_an_empty_packet(net: Front) -> None:
    """No byte and no descriptor, and not the end."""
    a, b = net.pair_dgram().all
    a.send(b"")
    assert lost_byte(net, b) is None


def test_h063_bytes_behind_the_first_stay(net: Front, file: int) -> None:
    """A descriptor with three bytes: it is taken with the first, the others follow."""
    a, b = net.pair_stream().all
    send_raw(a, b"xyz", [file])
    net.close(b.recvfd().value)
    assert b.recv(10).value == b"yz"


@pytest.mark.parametrize("count", [1, 3])
def test_h065_table_is_full(net: Front, file: int, count: int) -> None:
    """The kernel drops descriptors without an errno: EMFILE, and none stays."""
    a, b = net.pair_dgram().all
    send_raw(a, b"x", [file] * count)
    send_raw(a, b"y", [file])
    with descriptors_left(net, 0):
        refused = b.recvfd()
    refused.fails("EMFILE", op="recvfd")
    taken = b.recvfd().value
    assert identity(net, taken) == identity_here(file)
    net.close(taken)


def test_h065_room_for_some(net: Front, file: int) -> None:
    """Of three two are dropped: the one that came is closed, the call fails."""
    a, b = net.pair_dgram().all
    send_raw(a, b"x", [file] * 3)
    with net.no_new_descriptors():
        with descriptors_left(net, 1):
            refused = b.recvfd()
    assert refused.failure.name in ("EMFILE", "EMSGSIZE")


def test_a_socket_over_a_socket(net: Front) -> None:
    """The usual use: a connection is handed on and goes on working."""
    a, b = net.pair_stream().all
    near, far = net.pair_stream().all
    assert a.sendfd(near.fd().value).value == 0
    near.close()
    heir = net.wrap(b.recvfd().value).value
    heir.send(b"through the heir")
    assert far.recv(20).value == b"through the heir"


@pytest.mark.parametrize("pair", PAIRS)
def test_peek_would_give_it_twice(net: Front, file: int, pair: str) -> None:
    """The kernel makes a descriptor for each look: refused, and the message stays."""
    a, b = net.call(pair).all
    send_raw(a, b"x", [file])
    with net.no_new_descriptors():
        b.recvfd(socket.MSG_PEEK).fails("EINVAL", text="flags")
        b.recvfd(0, socket.MSG_PEEK | socket.MSG_DONTWAIT).fails("EINVAL", text="flags")
    taken = b.recvfd().value
    assert identity(net, taken) == identity_here(file)
    net.close(taken)
    assert b.recvfd().is_again()


def test_padding_is_no_descriptor(net: Front, file: int) -> None:
    """CMSG_SPACE of one descriptor has room for two: the second is not made up."""
    a, b = net.pair_dgram().all
    with a.second_reader() as own:
        data = array.array("i", [file]).tobytes()
        own.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, data)])
    before = net.descriptors()
    taken = b.recvfd().value
    assert set(net.descriptors()) - set(before) == {taken}
    net.close(taken)

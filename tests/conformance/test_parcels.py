"""sendfds and recvfds: several descriptors with one message over a unix socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from support.fronts import process
from support.fronts.front import Front, Handle
from support.net.peers import Peers, fill
from support.processes.limits import descriptors_left
from support.processes.passed_fds import closing, identity, identity_here, passed_fds

covers = pytest.mark.covers

PAIRS = ["pair_stream", "pair_dgram", "pair_seqpacket"]
MOST = 253


@pytest.fixture
def files() -> Iterator[list[int]]:
    """Descriptors of ours, each with an inode of its own."""
    with closing(*(os.memfd_create(f"nsk{n}") for n in range(3))) as fds:
        yield list(fds)


def send_raw(far: Handle, data: bytes, fds: list[int]) -> None:
    """CPython sends, over the other end of our pair."""
    with far.second_reader() as own:
        socket.send_fds(own, [data], fds)


def received(net: Front, sock: Handle, files: list[int], data: bytes, *args: Any) -> None:
    """These files come with these bytes, close-on-exec; they are closed."""
    fds, msg = sock.recvfds(*args).all
    assert msg == data
    assert [identity(net, fd) for fd in fds] == [identity_here(fd) for fd in files]
    for fd in fds:
        assert process.flags(net.pid, fd) & os.O_CLOEXEC
        assert net.close(fd).value is True


@covers("SOCKET.sendfds", "success")
@covers("SOCKET.recvfds", "success")
@pytest.mark.parametrize("pair", PAIRS)
def test_three_with_a_message(net: Front, files: list[int], pair: str) -> None:
    """In their order, as new numbers for the same files; ours stay open."""
    a, b = net.call(pair).all
    with passed_fds(net, *files) as fds:
        assert a.sendfds(fds, b"three").value == 5
        assert [identity(net, fd) for fd in fds] == [identity_here(fd) for fd in files]
        received(net, b, files, b"three")
    assert b.recvfds().is_again()


@pytest.mark.parametrize("pair", PAIRS)
def test_without_a_message(net: Front, files: list[int], pair: str) -> None:
    """One zero byte, since a stream carries no descriptor without a byte."""
    a, b = net.call(pair).all
    with passed_fds(net, *files) as fds:
        assert a.sendfds(fds).value == 1
        received(net, b, files, b"\0")


@pytest.mark.parametrize("pair", PAIRS)
def test_without_descriptors(net: Front, pair: str) -> None:
    """A plain message, from either side."""
    a, b = net.call(pair).all
    assert a.sendfds([], b"none").value == 4
    assert b.recvfds().all == ([], b"none")
    assert a.send(b"plain").value == 5
    assert b.recvfds(3).all == ([], b"pla")


def test_empty_message(net: Front, files: list[int]) -> None:
    """A packet carries descriptors without a byte; a stream would lose them."""
    a, b = net.pair_seqpacket().all
    with passed_fds(net, *files) as fds:
        assert a.sendfds(fds, b"").value == 0
        received(net, b, files, b"")
        stream, _ = net.pair_stream().all
        stream.sendfds(fds, b"").fails("EINVAL", text="msg")


def test_objects(net: Front) -> None:
    """Sockets may stand for their descriptors; a closed one is EBADF."""
    a, b = net.pair_stream().all
    c, d = net.pair_stream().all
    assert a.sendfds([c, a.fd().value], b"x").value == 1
    (first, second), _ = b.recvfds().all
    assert net.wrap(first).value.send(b"through it").value == 10
    assert d.recv().value == b"through it"
    assert net.close(second).value is True
    c.close()
    a.sendfds([d, c]).fails("EBADF", op="sendfds")
    assert b.recvfds().is_again()


@pytest.mark.parametrize("pair", PAIRS)
def test_most(net: Front, file_count: int, pair: str) -> None:
    """253 come at once, one more is refused before anything is sent."""
    a, b = net.call(pair).all
    one = a.fd().value
    assert a.sendfds([one] * file_count, b"many").value == 4
    fds, msg = b.recvfds().all
    assert (len(set(fds)), msg) == (file_count, b"many")
    for fd in fds:
        assert net.close(fd).value is True
    a.sendfds([one] * (MOST + 1)).fails("EINVAL", text="fds")
    assert b.recvfds().is_again()


@pytest.fixture(params=[2, MOST])
def file_count(request: pytest.FixtureRequest) -> int:
    count: int = request.param
    return count


def test_as_another_program_sees_it(net: Front, files: list[int]) -> None:
    a, b = net.pair_stream().all
    with passed_fds(net, *files) as fds:
        assert a.sendfds(fds, b"out").value == 3
    with b.second_reader() as own:
        data, came, _, _ = socket.recv_fds(own, 10, 10)
    with closing(*came):
        assert data == b"out"
        assert [identity_here(fd) for fd in came] == [identity_here(fd) for fd in files]


def test_each_message_has_its_own(net: Front, files: list[int]) -> None:
    """A stream ends a receive where other descriptors begin."""
    a, b = net.pair_stream().all
    send_raw(a, b"one", files[:1])
    send_raw(a, b"two", files[1:])
    received(net, b, files[:1], b"one")
    received(net, b, files[1:], b"two")


def test_rest_of_a_stream(net: Front, files: list[int]) -> None:
    """They come with the first bytes; what was not asked for comes without."""
    a, b = net.pair_stream().all
    send_raw(a, b"0123456789", files)
    received(net, b, files, b"0123", 4)
    assert b.recvfds().all == ([], b"456789")


def test_pending_bytes_come_first(net: Front, files: list[int]) -> None:
    """They have no descriptors; those come with the bytes that are in the kernel."""
    a, b = net.pair_stream().all
    a.send(b"part")
    assert b.recvall(9, 0.05).kind == "timeout"
    send_raw(a, b"more", files)
    assert b.recvfds().all == ([], b"part")
    received(net, b, files, b"more")


@covers("SOCKET.recvfds", "again")
@pytest.mark.parametrize("pair", PAIRS)
def test_nothing_there(net: Front, pair: str) -> None:
    assert net.call(pair).all[0].recvfds().is_again()


@covers("SOCKET.recvfds", "end")
@pytest.mark.parametrize("pair", ["pair_stream", "pair_seqpacket"])
def test_end(net: Front, files: list[int], pair: str) -> None:
    a, b = net.call(pair).all
    send_raw(a, b"last", files)
    a.close()
    received(net, b, files, b"last")
    assert b.recvfds().is_end()


@covers("SOCKET.sendfds", "again")
def test_no_room(net: Front) -> None:
    a, b = net.pair_stream().all
    fill(a)
    assert a.sendfds([a.fd().value], b"more").is_again()
    assert b.recv(10).data == b"x" * 10


def test_short_send(net: Front, files: list[int]) -> None:
    """What a stream took of the bytes is counted, and the descriptors have gone."""
    a, b = net.pair_stream().all
    data = b"y" * (1 << 24)
    with passed_fds(net, *files) as fds:
        sent = a.sendfds(fds, data).value
    assert 0 < sent < len(data)
    received(net, b, files, b"yyyy", 4)


@covers("SOCKET.sendfds", "error")
@pytest.mark.parametrize("made", ["new_inet_stream", "new_inet_dgram"])
def test_h073_not_a_unix_socket(net: Front, made: str) -> None:
    ours = net.call(made).value
    ours.sendfds([ours.fd().value], b"x").fails("EOPNOTSUPP", op="sendfds")


@pytest.mark.parametrize("number", [-1, 2**31, 2**63 - 1, 2**63])
def test_bad_numbers(net: Front, number: int) -> None:
    """None goes where one cannot."""
    a, b = net.pair_stream().all
    a.sendfds([a.fd().value, number]).fails("EINVAL", text="fds")
    assert b.recvfds().is_again()


@pytest.mark.parametrize("wrong", ["text", 3, [b"text"], [True], [1.5]], ids=str)
def test_wrong_types(net: Front, wrong: Any) -> None:
    a, _ = net.pair_stream().all
    assert a.sendfds(wrong).kind in ("raised", "error")


def test_addresses(net: Front, peers: Peers, files: list[int]) -> None:
    """From a datagram socket that is not connected."""
    theirs = peers.bound(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours = net.new_unix_dgram().value
    to = net.addrinfo.unix(theirs.getsockname()).value
    with passed_fds(net, *files) as fds:
        assert ours.sendfds(fds, b"there", to).value == 5
        other = net.addrinfo.inet("127.0.0.1", 9).value
        ours.sendfds(fds, b"there", other).fails("EAFNOSUPPORT", op="sendfds")
        ours.sendfds(fds, b"there").fails("ENOTCONN", op="sendfds")
    data, came, _, _ = socket.recv_fds(theirs, 10, 10)
    with closing(*came):
        assert (data, len(came)) == (b"there", 3)


@covers("SOCKET.sendfds", "error")
def test_errors_of_a_send(net: Front, peers: Peers) -> None:
    ours = net.new_unix_dgram().value
    fds = [ours.fd().value]
    nothing = net.addrinfo.unix(peers.path()).value
    ours.sendfds(fds, b"x", nothing).fails("ENOENT", op="sendfds")
    gone = peers.bound(socket.AF_UNIX, socket.SOCK_DGRAM)
    to = net.addrinfo.unix(gone.getsockname()).value
    ours.sendfds(fds, b"x" * (1 << 24), to).fails("EMSGSIZE", op="sendfds")
    gone.close()
    ours.sendfds(fds, b"x", to).fails("ECONNREFUSED", op="sendfds")
    a, b = net.pair_stream().all
    b.close()
    a.sendfds(fds, b"x").fails("EPIPE", op="sendfds")


@covers("SOCKET.recvfds", "error")
@pytest.mark.parametrize("pair", PAIRS)
def test_h065_no_room_in_the_table(net: Front, files: list[int], pair: str) -> None:
    """Those that came are closed; the bytes come with the next receive."""
    a, b = net.call(pair).all
    send_raw(a, b"hello", files)
    send_raw(a, b"next", files)
    before = net.descriptors()
    with descriptors_left(net, 2):
        b.recvfds().fails("EMFILE", op="recvfds")
    assert net.descriptors() == before
    assert b.recv(10).value == b"hello"
    received(net, b, files, b"next")


def test_not_a_look(net: Front, files: list[int]) -> None:
    """MSG_PEEK would make new descriptors with each look."""
    a, b = net.pair_stream().all
    send_raw(a, b"once", files)
    b.recvfds(10, socket.MSG_PEEK).fails("EINVAL", text="flags")
    received(net, b, files, b"once")


@pytest.mark.parametrize("size", [0, -1, 2**63])
def test_sizes(net: Front, size: int) -> None:
    a, b = net.pair_stream().all
    send_raw(a, b"kept", [])
    b.recvfds(size).fails("EINVAL", text="bufsize")
    assert b.recvfds().all == ([], b"kept")


def test_closed(net: Front) -> None:
    a, _ = net.pair_stream().all
    number = a.fd().value
    a.close()
    a.sendfds([number]).fails("EBADF", op="sendfds")
    a.recvfds().fails("EBADF", op="recvfds")

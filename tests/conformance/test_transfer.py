"""sendall and recvall: all of it, or how far they came, and nothing lost afterwards."""

from __future__ import annotations

import os
import socket
import time
from typing import Any

import pytest

from support.fronts import process
from support.fronts.front import Front, Handle
from support.machine_lag import LATE
from support.net.peers import Peers, arrived, fill, receive_all, reset, taken

covers = pytest.mark.covers

INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX
FAMILIES = [INET, INET6, UNIX]
SHORT = 0.1
NONBLOCK = [True, False]


@covers("SOCKET.sendall", "success")
@covers("SOCKET.recvall", "success")
@pytest.mark.parametrize("family", FAMILIES)
def test_large(net: Front, peers: Peers, family: int) -> None:
    """More than any buffer holds, each way, in one call each."""
    ours, theirs = peers.stream(net, family)
    data = os.urandom(300_000)
    small_buffer(ours)
    pending = ours.start("sendall", data, 20)
    assert receive_exactly(theirs, len(data)) == data
    assert pending.result().value == len(data)
    pending = ours.start("recvall", len(data), 20)
    theirs.sendall(data)
    assert pending.result().value == data
    assert ours.recv().is_again()


def small_buffer(handle: Handle) -> None:
    """Little is taken at a time."""
    with handle.second_reader() as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)


def receive_exactly(sock: socket.socket, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        piece = sock.recv(count - len(received))
        assert piece, "the stream ended early"
        received += piece
    return bytes(received)


@pytest.mark.parametrize("sec", [(), (None,), (float("inf"),), (5,), (1e300,), (0,)])
def test_at_once(net: Front, sec: tuple[Any, ...]) -> None:
    """What can be done without waiting is, whatever the deadline: also with 0."""
    a, b = net.pair_stream().all
    assert a.sendall(b"12345678", *sec).value == 8
    assert b.recvall(3, *sec).value == b"123"
    assert b.recvall(5, *sec).value == b"45678"


def test_pieces(net: Front, peers: Peers) -> None:
    """recvall puts together what comes in parts, and takes no byte beyond."""
    ours, theirs = peers.stream(net)
    pending = ours.start("recvall", 10, 20)
    for piece in (b"0", b"1234", b"56789", b"rest"):
        assert not pending.done() or piece == b"rest"
        theirs.sendall(piece)
    assert pending.result().value == b"0123456789"
    assert ours.recvall(4, 5).value == b"rest"


# Around the sizes above which a call goes another way from the start.
SIZES = [1, 2, 16384, 16385, 65535, 65536, 65537]


@pytest.mark.parametrize("size", SIZES)
def test_rest_follows(net: Front, peers: Peers, size: int) -> None:
    """A part is there before the call, which has no time of its own; the rest follows."""
    ours, theirs = peers.stream(net, UNIX)
    data = os.urandom(size)
    theirs.sendall(data[: size // 2])
    pending = ours.start("recvall", size)
    theirs.sendall(data[size // 2 :] + b"next")
    assert pending.result().value == data
    assert ours.recvall(4).value == b"next"


@pytest.mark.parametrize("size", SIZES)
def test_end_follows(net: Front, size: int) -> None:
    """The stream ends within what is wanted, and before it."""
    a, b = net.pair_stream().all
    assert b.sendall(b"x" * (size // 2)).value == size // 2
    assert b.shutdown(socket.SHUT_WR).value
    if size > 1:
        assert a.recvall(size).value == b"x" * (size // 2)
    assert a.recvall(size).is_end()


@pytest.mark.parametrize("size", SIZES[2:])
def test_part_sent(net: Front, peers: Peers, size: int) -> None:
    """A part goes at once, and none twice; the call has no time of its own."""
    ours, theirs = peers.stream(net, UNIX)
    data = os.urandom(size)
    small_buffer(ours)
    pending = ours.start("sendall", data)
    assert receive_exactly(theirs, size) == data
    assert pending.result().value == size
    assert ours.send(b"next").value == 4
    assert theirs.recv(100) == b"next"


@covers("SOCKET.recvall", "end")
@pytest.mark.parametrize("family", FAMILIES)
def test_end(net: Front, peers: Peers, family: int) -> None:
    """Before the first byte it is the end; after one, a success that is short."""
    ours, theirs = peers.stream(net, family)
    theirs.sendall(b"last")
    theirs.shutdown(socket.SHUT_WR)
    assert ours.recvall(100, 5).value == b"last"
    for sec in (0, 5, None):
        assert ours.recvall(100, sec).is_end()
    assert ours.sendall(b"still open", 5).value == 10
    assert theirs.recv(100) == b"still open"


@pytest.mark.measures
@covers("SOCKET.recvall", "timeout")
@pytest.mark.parametrize("nonblock", NONBLOCK)
def test_receive_timeout(net: Front, nonblock: bool) -> None:
    """What had come stays with the socket, and comes first from the next call.

    Also on a blocking socket: it never waits beyond the deadline.
    """
    a, b = net.pair_stream().all
    a.nonblock(nonblock)
    b.send(b"partial")
    start = time.monotonic()
    outcome = a.recvall(100, SHORT)
    assert SHORT <= time.monotonic() - start < SHORT + LATE
    error = outcome.timeout
    assert error is not None
    assert (error.name, error.op) == ("ETIMEDOUT", "recvall")
    assert error.message == "not done within 0.1 s"
    assert outcome.done == 7
    b.send(b" and rest")
    assert a.recvall(12, 5).value == b"partial and "
    assert a.recv(100).value == b"rest"


@pytest.mark.measures
@pytest.mark.parametrize("nonblock", NONBLOCK)
@pytest.mark.parametrize("sec", [0, 0.0, 1e-9])
def test_h041_receive_once(net: Front, nonblock: bool, sec: float) -> None:
    """Deadline 0 is one attempt, which keeps what is there."""
    a, b = net.pair_stream().all
    a.nonblock(nonblock)
    start = time.monotonic()
    outcome = a.recvall(4, sec)
    assert outcome.timeout is not None
    assert outcome.done == 0
    b.send(b"ab")
    for _ in range(2):
        outcome = a.recvall(4, sec)
        assert outcome.timeout is not None
        assert outcome.done == 2
    b.send(b"cdef")
    assert a.recvall(4, sec).value == b"abcd"
    assert a.recvall(2, sec).value == b"ef"
    assert time.monotonic() - start < LATE


@pytest.mark.measures
@covers("SOCKET.sendall", "timeout")
@pytest.mark.parametrize("sec", [SHORT, 0])
@pytest.mark.parametrize("nonblock", NONBLOCK)
@pytest.mark.level("strict")
def test_send_timeout(net: Front, peers: Peers, nonblock: bool, sec: float) -> None:
    """The count is exactly what the peer gets."""
    ours, theirs = peers.stream(net, UNIX)
    ours.nonblock(nonblock)
    data = os.urandom(40_000)
    small_buffer(ours)
    start = time.monotonic()
    outcome = ours.sendall(data, sec)
    assert sec <= time.monotonic() - start < sec + LATE
    error = outcome.timeout
    assert error is not None
    assert (error.name, error.op) == ("ETIMEDOUT", "sendall")
    assert error.message == f"not done within {sec:g} s"
    assert 0 < outcome.done < len(data)
    again = ours.sendall(b"more", 0)
    assert again.timeout is not None
    assert again.done == 0
    ours.close()
    assert receive_all(theirs) == data[: outcome.done]


@covers("SOCKET.recvall", "error")
def test_h057_reset_after_bytes(net: Front, peers: Peers) -> None:
    """The bytes before a reset are pending after it, and it is told again after them: a
    reset is no end."""
    ours, theirs = peers.stream(net)
    with ours.second_reader() as own:
        theirs.sendall(b"before")
        arrived(ours)
        pending = ours.start("recvall", 100, 20)
        taken(own)
    reset(theirs)
    outcome = pending.result()
    outcome.fails("ECONNRESET", op="recvall")
    assert outcome.done == 6
    assert ours.recv(3).value == b"bef"
    assert ours.recv(100).value == b"ore"
    ours.recv(100).fails("ECONNRESET", op="recv")
    assert ours.recv(100).is_end()


@covers("SOCKET.sendall", "error")
@pytest.mark.level("strict")
def test_h057_peer_goes_while_sending(net: Front, peers: Peers) -> None:
    """EPIPE or ECONNRESET with the count so far; no SIGPIPE (the guard counts them)."""
    ours, theirs = peers.stream(net, UNIX)
    small_buffer(ours)
    pending = ours.start("sendall", b"x" * 400_000, 20)
    assert theirs.recv(10) == b"x" * 10
    theirs.close()
    outcome = pending.result()
    assert outcome.failure.name in ("EPIPE", "ECONNRESET")
    assert outcome.failure.op == "sendall"
    assert 0 < outcome.done < 400_000


@pytest.mark.level("strict")
def test_h050_peer_is_gone(net: Front) -> None:
    a, b = net.pair_stream().all
    b.close()
    for _ in range(2):
        outcome = a.sendall(b"x", 5)
        outcome.fails("EPIPE", op="sendall")
        assert outcome.done == 0
    assert a.recvall(1, 5).is_end()


def test_not_connected(net: Front) -> None:
    made = net.new_inet_stream().value
    outcome = made.recvall(1, 5)
    outcome.fails("ENOTCONN", op="recvall")
    assert outcome.done == 0
    made.sendall(b"x", 5).fails("EPIPE", op="sendall")


@pytest.mark.parametrize("sec", [0, 5, None])
@pytest.mark.level("strict")
def test_h043_closed(net: Front, sec: float | None) -> None:
    """EBADF at once, with nothing done; a send of nothing included."""
    a, _ = net.pair_stream().all
    a.close()
    for message in (b"x", b""):
        outcome = a.sendall(message, sec)
        outcome.fails("EBADF", op="sendall")
        assert outcome.done == 0
    outcome = a.recvall(5, sec)
    outcome.fails("EBADF", op="recvall")
    assert outcome.done == 0


def test_h051_empty_message(net: Front) -> None:
    """Nothing to send is done at once, also where a send would block."""
    a, b = net.pair_stream().all
    fill(a)
    assert a.sendall(b"", 0).value == 0
    assert a.sendall(b"").value == 0
    a.close()
    with b.second_reader() as own:
        own.settimeout(5)
        assert set(receive_all(own)) == set(b"x")


@pytest.mark.level("strict")
def test_waits_for_room_without_spinning(net: Front) -> None:
    """Waiting costs no processor time."""
    a, _ = net.pair_stream().all
    fill(a)
    before = process.cpu_seconds(net.pid)
    assert a.sendall(b"x" * 100, 0.4).timeout is not None
    assert a.recvall(10, 0.4).timeout is not None
    assert process.cpu_seconds(net.pid) - before < 0.2


@pytest.mark.measures
def test_h061_mode_changed_outside(net: Front) -> None:
    """O_NONBLOCK cleared behind our back: the deadline holds all the same."""
    a, _ = net.pair_stream().all
    with a.second_reader() as own:
        own.setblocking(True)
    start = time.monotonic()
    assert a.recvall(1, SHORT).timeout is not None
    fill(a)
    assert a.sendall(b"x", SHORT).timeout is not None
    assert time.monotonic() - start < 2 * SHORT + LATE


def test_both_directions_on_one_connection(net: Front, peers: Peers) -> None:
    """A request and its answer, then the next: nothing is left between them."""
    ours, theirs = peers.stream(net)
    for size in (1, 100, 70_000):
        question = os.urandom(size)
        pending = ours.start("sendall", question, 5)
        assert receive_exactly(theirs, size) == question
        assert pending.result().value == size
        theirs.sendall(question[::-1])
        arrived(ours)
        assert ours.recvall(size, 5).value == question[::-1]

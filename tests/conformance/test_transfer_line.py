"""recvline: up to and with a newline, and not a byte further."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from support.fronts.front import Front
from support.machine_lag import LATE
from support.net.peers import Peers, arrived, reset, taken

covers = pytest.mark.covers

INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX
SHORT = 0.1
INF = float("inf")


@covers("SOCKET.recvline", "success")
@pytest.mark.parametrize("family", [INET, INET6, UNIX])
def test_lines(net: Front, peers: Peers, family: int) -> None:
    """Each with its newline; NUL, CR and high bytes are ordinary; the last without."""
    ours, theirs = peers.stream(net, family)
    lines = [b"first\n", b"\n", b"\0\xff\r\n", b"x" * 10_000 + b"\n", b"no newline"]
    theirs.sendall(b"".join(lines))
    theirs.shutdown(socket.SHUT_WR)
    assert [ours.recvline(None, 5).value for _ in lines] == lines
    assert ours.recvline(None, 5).is_end()


def test_never_reads_ahead(net: Front, peers: Peers) -> None:
    """What follows the line is in the kernel still, for another reader of the socket."""
    ours, theirs = peers.stream(net)
    theirs.sendall(b"line\nnext\nand more")
    assert ours.recvline(None, 5).value == b"line\n"
    with ours.second_reader() as own:
        own.settimeout(5)
        assert own.recv(5) == b"next\n"
    assert ours.recv(100).value == b"and more"


def test_unfinished_line_stays_with_the_caller_alone(net: Front, peers: Peers) -> None:
    """While it waits for the newline it has taken the line's bytes and no other."""
    ours, theirs = peers.stream(net)
    pending = ours.start("recvline", 100, 20)
    theirs.sendall(b"be")
    theirs.sendall(b"gun")
    assert not pending.done()
    theirs.sendall(b" and done\nrest")
    assert pending.result().value == b"begun and done\n"
    with ours.second_reader() as own:
        own.settimeout(5)
        assert own.recv(100) == b"rest"


@pytest.mark.parametrize("limit", [1, 3, 4, 5, 6, 4096, 4097, 2**40, 2**63 - 1])
def test_max(net: Front, limit: int) -> None:
    """A line that is longer comes in parts; room is not taken before bytes come."""
    a, b = net.pair_stream().all
    b.send(b"12345\n!")
    whole = b"12345\n"
    parts = [whole[i : i + limit] for i in range(0, 6, min(limit, 6))]
    assert [a.recvline(limit, 5).value for _ in parts] == parts
    assert a.recv().value == b"!"


@pytest.mark.parametrize("args", [(), (None,), (None, 5), (65536, INF)])
def test_default_max(net: Front, args: tuple[Any, ...]) -> None:
    """65536 bytes unless said otherwise."""
    a, b = net.pair_stream().all
    assert b.sendall(b"y" * 65_540 + b"\n", 5).value == 65_541
    assert a.recvline(*args).value == b"y" * 65_536
    assert a.recvline(*args).value == b"yyyy\n"


def test_newline_at_the_limit(net: Front) -> None:
    """The newline is counted: at max bytes the line is whole, one less and it is not."""
    a, b = net.pair_stream().all
    b.send(b"123\n123\n")
    assert a.recvline(4, 5).value == b"123\n"
    assert a.recvline(3, 5).value == b"123"
    assert a.recvline(3, 5).value == b"\n"


@covers("SOCKET.recvline", "end")
def test_end(net: Front) -> None:
    a, b = net.pair_stream().all
    b.close()
    for sec in (0, 5, None):
        assert a.recvline(None, sec).is_end()


@pytest.mark.measures
@covers("SOCKET.recvline", "timeout")
@pytest.mark.parametrize("nonblock", [True, False])
@pytest.mark.parametrize("sec", [SHORT, 0])
def test_timeout(net: Front, nonblock: bool, sec: float) -> None:
    """The unfinished line stays with the socket, and the next call ends it."""
    a, b = net.pair_stream().all
    a.nonblock(nonblock)
    b.send(b"unfin")
    start = time.monotonic()
    outcome = a.recvline(100, sec)
    assert sec <= time.monotonic() - start < sec + LATE
    error = outcome.timeout
    assert error is not None
    assert (error.name, error.op) == ("ETIMEDOUT", "recvline")
    assert outcome.done == 5
    b.send(b"ished\nrest")
    assert a.recvline(100, sec).value == b"unfinished\n"
    assert a.recv().value == b"rest"


@covers("SOCKET.recvline", "error")
def test_h057_reset_after_bytes(net: Front, peers: Peers) -> None:
    ours, theirs = peers.stream(net)
    with ours.second_reader() as own:
        theirs.sendall(b"begun")
        arrived(ours)
        pending = ours.start("recvline", 100, 20)
        taken(own)
    reset(theirs)
    outcome = pending.result()
    outcome.fails("ECONNRESET", op="recvline")
    assert outcome.done == 5
    assert ours.recvall(5, 5).value == b"begun"
    ours.recvline(100, 5).fails("ECONNRESET", op="recvline")
    assert ours.recvline(100, 5).is_end()


def test_closed(net: Front) -> None:
    a, _ = net.pair_stream().all
    a.close()
    for sec in (0, None):
        outcome = a.recvline(100, sec)
        outcome.fails("EBADF", op="recvline")
        assert outcome.done == 0


@pytest.mark.parametrize("kind", ["pair_dgram", "pair_seqpacket"])
@pytest.mark.parametrize(
    ("name", "size"), [("recvline", 100), ("recvall", 3), ("recvall", 0)]
)
@pytest.mark.parametrize("sec", [0, 5, None])
def test_packets(net: Front, kind: str, name: str, size: int, sec: float | None) -> None:
    """Bytes beyond a line would go with the rest of their packet: refused at once, and
    nothing is taken."""
    a, b = net.call(kind).all
    for packet in (b"one\ntwo\n", b"abcdef"):
        b.send(packet)
    outcome = a.call(name, size, sec)
    outcome.fails("EOPNOTSUPP")
    assert outcome.done == 0
    assert [a.recv().value for _ in range(2)] == [b"one\ntwo\n", b"abcdef"]


def test_peeking_beside_it(net: Front) -> None:
    """MSG_PEEK shows the same bytes before and after."""
    a, b = net.pair_stream().all
    b.send(b"ab\ncd")
    peek = net.const("MSG_PEEK")
    assert a.recv(100, peek).value == b"ab\ncd"
    assert a.recvline(100, 5).value == b"ab\n"
    assert a.recv(100, peek).value == b"cd"
    assert a.recvall(2, 5).value == b"cd"

"""sendall of many pieces, and sendfileall."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.parts import iovec
from support.fronts.front import Front
from support.net.peers import Peers, receive_all, reset
from support.processes.passed_fds import closing, passed_fds

covers = pytest.mark.covers

SHORT = 0.1
LISTS: list[list[bytes]] = [
    [],
    [b""],
    [b"", b"", b""],
    [b"one"],
    [b"", b"one", b"", b"two", b""],
    [b"%d," % n for n in range(5000)],
    [b"", b"x"] * 2000,
]


def packed(net: Front, kind: str, pieces: list[bytes]) -> Any:
    return iovec(net, *pieces) if kind == "iovec" else pieces


@pytest.mark.parametrize("kind", ["list", "iovec"])
@pytest.mark.parametrize("pieces", LISTS, ids=[0, 1, 3, "one", "two", "many", "gaps"])
def test_pieces(net: Front, peers: Peers, kind: str, pieces: list[bytes]) -> None:
    """More than 1,024 pieces, which one sendmsg(2) takes, and empty ones."""
    ours, theirs = peers.stream(net)
    whole = b"".join(pieces)
    assert ours.sendall(packed(net, kind, pieces), 20).value == len(whole)
    ours.close()
    assert receive_all(theirs) == whole


@pytest.mark.parametrize("kind", ["list", "iovec"])
def test_much(net: Front, peers: Peers, kind: str) -> None:
    """A send that takes a part goes on in the middle of a piece."""
    ours, theirs = peers.stream(net)
    pieces = [os.urandom(size) for size in (1, 1_500_000, 0, 70_000, 3, 400_000)]
    pending = ours.start("sendall", packed(net, kind, pieces), 20)
    whole = b"".join(pieces)
    received = bytearray()
    while len(received) < len(whole):
        received += theirs.recv(65536)
    assert received == whole
    assert pending.result().value == len(whole)


@pytest.mark.parametrize("kind", ["list", "iovec"])
def test_deadline(net: Front, peers: Peers, kind: str) -> None:
    """What was counted over all pieces is what arrives."""
    ours, theirs = peers.stream(net)
    ours.sndbuf(65536)
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    pieces = [os.urandom(50_000) for _ in range(20)]
    outcome = ours.sendall(packed(net, kind, pieces), SHORT)
    assert outcome.timeout is not None and 0 < outcome.done < 1_000_000
    ours.close()
    assert receive_all(theirs) == b"".join(pieces)[: outcome.done]


@pytest.mark.parametrize("pair", ["pair_dgram", "pair_seqpacket"])
def test_one_packet(net: Front, pair: str) -> None:
    """A packet is not divided: all pieces are one, or it is refused."""
    a, b = net.call(pair).all
    assert a.sendall([b"one", b"", b"two"], 5).value == 6
    assert b.recv(10).value == b"onetwo"
    outcome = a.sendall([b"x"] * 1025, 5)
    outcome.fails("EMSGSIZE", "sendall")
    assert outcome.done == 0


@pytest.mark.parametrize("kind", ["list", "iovec"])
def test_errors(net: Front, peers: Peers, kind: str) -> None:
    ours, theirs = peers.stream(net)
    reset(theirs)
    outcome = ours.sendall(packed(net, kind, [b"x" * 1000] * 3), 20)
    outcome.fails("ECONNRESET", "sendall")
    assert outcome.done == 0
    ours.close()
    for pieces in ([b"x"], []):
        outcome = ours.sendall(packed(net, kind, pieces), 5)
        outcome.fails("EBADF", "sendall")
        assert outcome.done == 0


# --------------------------------------------------------------------------- sendfileall

TEXT = (bytes(range(251)) * 5_000)[:1_200_000]
PARTS = [
    (),
    (None,),
    (10,),
    (0,),
    (1_200_000, 0),
    (2**62, 1),
    (None, 1_199_999),
    (5, 10_000_000),
]


@pytest.fixture
def path(folder: Path) -> Path:
    made = folder / "file"
    made.write_bytes(TEXT)
    return made


@pytest.fixture
def fd(path: Path) -> Iterator[int]:
    with closing(os.open(path, os.O_RDONLY)) as (opened,):
        yield opened


def part_of(whole: bytes, n: int | None = None, offset: int = 0) -> bytes:
    return whole[offset:] if n is None else whole[offset:][:n]


def receive_while(theirs: socket.socket, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        received += theirs.recv(65536)
    return bytes(received)


@covers("SOCKET.sendfileall", "success")
@pytest.mark.parametrize("blocking", [False, True])
@pytest.mark.parametrize("part", PARTS, ids=str)
def test_file(
    net: Front, peers: Peers, path: Path, part: tuple[Any, ...], blocking: bool
) -> None:
    """The whole file, a part, from an offset, more than there is; the call waits for the
    peer, also on a blocking socket."""
    ours, theirs = peers.stream(net)
    ours.nonblock(not blocking)
    wanted = part_of(TEXT, *part)
    three = (*part, None, None)[:2]
    pending = ours.start("sendfileall", net.open_file(path), *three, 20)
    assert receive_while(theirs, len(wanted)) == wanted
    assert pending.result().value == len(wanted)


def test_file_object_with_unwritten_bytes(net: Front, folder: Path) -> None:
    """They are a part of the file; the position is neither used nor moved."""
    a, b = net.pair_stream().all
    file = net.open_file(folder / "new", "w+b", b"unwritten")
    assert a.sendfileall(file, None, 2, 5).value == 7
    assert b.recv(100).value == b"written"


@covers("SOCKET.sendfileall", "timeout")
@pytest.mark.parametrize("blocking", [False, True])
def test_file_deadline(net: Front, fd: int, blocking: bool) -> None:
    """What was counted has gone."""
    a, b = net.pair_stream().all
    a.nonblock(not blocking)
    with passed_fds(net, fd) as (number,):
        outcome = a.sendfileall(number, None, 0, SHORT)
    assert outcome.timeout is not None and 0 < outcome.done < len(TEXT)
    assert b.recvall(outcome.done, 5).value == TEXT[: outcome.done]
    assert b.recv().is_again()


@covers("SOCKET.sendfileall", "error")
def test_file_errors(net: Front, peers: Peers, fd: int) -> None:
    ours, theirs = peers.stream(net)
    read_end, write_end = os.pipe()
    with closing(read_end, write_end), passed_fds(net, fd, read_end) as (file, pipe):
        for args in ((-1,), (None, -1), (1, 0, -1), (1, 0, float("nan"))):
            outcome = ours.sendfileall(file, *args)
            outcome.fails("EINVAL")
            assert outcome.done is None  # nothing was begun
        ours.sendfileall(2**31 - 1).fails("EBADF", "sendfileall")
        ours.sendfileall(pipe).fails("ESPIPE", "sendfileall")
        reset(theirs)
        outcome = ours.sendfileall(file, None, 0, 20)
        outcome.fails("ECONNRESET", "sendfileall")
        assert outcome.done == 0
        ours.close()
        ours.sendfileall(file).fails("EBADF", "sendfileall")

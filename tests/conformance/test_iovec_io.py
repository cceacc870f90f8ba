"""readv and writev: of a socket object, and of an iovec over any descriptor."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.parts import iovec
from support.fronts.front import Front, Handle
from support.fronts.outcome import Outcome
from support.net.peers import Peers, fill, reset
from support.processes.passed_fds import closing, passed_fds

covers = pytest.mark.covers

PAIRS = ["pair_stream", "pair_dgram", "pair_seqpacket"]
SLICES = [
    (),
    (0,),
    (2,),
    (2, 3),
    (0, 0),
    (3, 100),
    (7,),
    (100,),
    (0, 2**63 - 1),
    (None, 4),
]


def cut(whole: bytes, offset: int | None = None, n: int | None = None) -> bytes:
    rest = whole[offset or 0 :]
    return rest if n is None else rest[:n]


@covers("SOCKET.writev", "success")
@covers("SOCKET.readv", "success")
@pytest.mark.parametrize("pair", PAIRS)
def test_gather_and_scatter(net: Front, pair: str) -> None:
    a, b = net.call(pair).all
    assert a.writev(iovec(net, b"one", b"", b"two")).value == 6
    into = iovec(net, 1, 0, 4, 10)
    assert b.readv(into).value == 6
    assert [into.get(i).value for i in (1, 2, 3, 4)] == [
        b"o",
        b"",
        b"netw",
        b"o" + bytes(9),
    ]


@pytest.mark.parametrize("args", SLICES, ids=str)
def test_slice_out(net: Front, args: tuple[Any, ...]) -> None:
    """Offset and n choose bytes of the row, over the borders of elements."""
    a, b = net.pair_stream().all
    out = iovec(net, b"one", b"", b"two", b"x")
    wanted = cut(b"onetwox", *args)
    assert a.writev(out, *args).value == len(wanted)
    assert b.recv(20).data == wanted if wanted else b.recv().is_again()
    assert out.concat().value == b"onetwox"


@pytest.mark.parametrize(
    "args", [args for args in SLICES if cut(b"0123456", *args)], ids=str
)
def test_slice_in(net: Front, args: tuple[Any, ...]) -> None:
    """Only those bytes of the row are written."""
    a, b = net.pair_stream().all
    a.send(b"NEWDATA")
    into = iovec(net, b"012", b"", b"345", b"6")
    room = len(cut(b"0123456", *args))
    assert b.readv(into, *args).value == room
    start = (args[0] if args else 0) or 0
    assert into.concat().value == (
        b"0123456"[:start] + b"NEWDATA"[:room] + b"0123456"[start + room :]
    )


@covers("SOCKET.readv", "again", "end")
@covers("SOCKET.writev", "again")
def test_again_and_end(net: Front) -> None:
    a, b = net.pair_stream().all
    into = iovec(net, b"kept")
    assert b.readv(into).is_again()
    assert into.concat().value == b"kept"
    fill(a)
    assert a.writev(iovec(net, b"x")).is_again()
    a.close()
    while b.recv(1 << 20).data:
        pass
    assert b.readv(into).is_end()


def test_no_room_is_no_end(net: Front, pipe: tuple[int, int]) -> None:
    """readv into nothing takes nothing of the bytes that are there."""
    a, b = net.pair_stream().all
    nothing = net.iovec.new().value
    a.send(b"bytes")
    os.write(pipe[1], b"bytes")
    with passed_fds(net, pipe[0]) as (reading,):
        for outcome in (b.readv(nothing), nothing.readv(reading)):
            # Python's 0 is both.
            assert (
                outcome.kind == "end" if net.language == "python" else not outcome.value
            )
    assert b.recv().value == os.read(pipe[0], 9) == b"bytes"


@covers("SOCKET.readv", "error")
@covers("SOCKET.writev", "error")
def test_errors(net: Front, peers: Peers) -> None:
    ours, theirs = peers.stream(net)
    reset(theirs)
    ours.recvable(5)
    ours.readv(iovec(net, 4)).fails("ECONNRESET", op="readv")
    ours.writev(iovec(net, b"x")).fails("EPIPE", op="writev")


def test_h057_short_and_on(net: Front) -> None:
    """A short writev says how much; from that offset it goes on."""
    a, b = net.pair_stream().all
    a.sndbuf(4096)
    out = iovec(net, *(bytes([n]) * 40_000 for n in range(6)))
    sent, seen = 0, []
    while sent < 240_000:
        outcome = a.writev(out, sent)
        if outcome.kind == "value":
            sent += outcome.value
        else:
            seen.append(b.recv(1 << 18).value)
    while (outcome := b.recv(1 << 18)).kind == "value":
        seen.append(outcome.value)
    assert b"".join(seen) == out.concat().value


@pytest.mark.parametrize("pair", ["pair_dgram", "pair_seqpacket"])
def test_h051_empty_packet(net: Front, pair: str) -> None:
    a, b = net.call(pair).all
    assert a.writev(net.iovec.new().value).value == 0
    assert a.writev(iovec(net, b"abc"), 3).value == 0
    for _ in range(2):
        outcome = b.recv()
        assert outcome.kind == "end" or outcome.value == b""


@pytest.mark.parametrize("offset", [-1, -(2**63), 2**63])
def test_h054_bad_slices(net: Front, offset: int) -> None:
    a, b = net.pair_stream().all
    b.send(b"there")
    made = iovec(net, b"abc")
    for args in ((offset,), (0, offset)):
        a.readv(made, *args).fails("EINVAL")
        a.writev(made, *args).fails("EINVAL")
        made.readv(a.fd().value, *args).fails("EINVAL")
        made.writev(a.fd().value, *args).fails("EINVAL")
    assert b.recv().is_again()
    assert a.recv().value == b"there"


@pytest.mark.parametrize("count", [1024, 1025, 3000])
def test_h057_over_1024_elements(net: Front, count: int) -> None:
    """The kernel takes 1024 in a call: the count tells, the rest follows."""
    a, b = net.pair_stream().all
    out = iovec(net, *(b"%02d" % (n % 100) for n in range(count)))
    into = iovec(net, *([1] * (2 * count)))
    sent = got = 0
    while sent < 2 * count:
        sent += a.writev(out, sent).value
    while got < 2 * count:
        got += b.readv(into, got).value
    assert into.concat().value == out.concat().value


@pytest.mark.parametrize("pair", ["pair_dgram", "pair_seqpacket"])
def test_h057_a_packet_is_not_divided(net: Front, pair: str) -> None:
    """1,024 elements make a packet and take one; more are refused, nothing moves."""
    a, b = net.call(pair).all
    fits = iovec(net, *([b"x", b""] * 1024))
    over = iovec(net, *([b"y"] * 1025))
    assert a.writev(fits).value == 1024
    assert over.writev(a, 1).value == 1024
    over.writev(a).fails("EMSGSIZE", op="writev")
    a.writev(over).fails("EMSGSIZE", op="writev")
    over.writev(a.fd().value).fails("EMSGSIZE", op="writev")
    into = iovec(net, *([1] * 1025))
    b.readv(into).fails("EMSGSIZE", op="readv")
    into.readv(b).fails("EMSGSIZE", op="readv")
    into.readv(b.fd().value).fails("EMSGSIZE", op="readv")
    assert b.readv(into, 1).value == 1024
    assert into.readv(b.fd().value, 0, 1024).value == 1024
    assert into.concat().value == b"y" * 1024 + b"x"
    assert b.recv().is_again()


# ------------------------------------------------------------ over any descriptor


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    with closing(*os.pipe()) as (reading, writing):
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        yield reading, writing


@covers("IOVEC.writev", "success")
@covers("IOVEC.readv", "success")
def test_pipe(net: Front, pipe: tuple[int, int]) -> None:
    with passed_fds(net, *pipe) as (reading, writing):
        out = iovec(net, b"through ", b"", b"a pipe")
        assert out.writev(writing).value == 14
        assert out.writev(writing, 8).value == 6
        into = iovec(net, 3, 30)
        assert into.readv(reading, 1, 10).value == 10
        assert into.concat(0, 12).value == b"\0through a \0"
        assert os.read(pipe[0], 99) == b"pipe" + b"a pipe"


@covers("IOVEC.readv", "again", "end")
@covers("IOVEC.writev", "again")
def test_pipe_empty_full_and_ended(net: Front) -> None:
    reading, writing = os.pipe()
    with closing(reading):
        fcntl.fcntl(writing, 1031, 4096)  # F_SETPIPE_SZ
        for fd in (reading, writing):
            os.set_blocking(fd, False)
        with passed_fds(net, reading, writing) as (theirs_in, theirs_out):
            into = iovec(net, b"kept")
            assert into.readv(theirs_in).is_again()
            assert into.concat().value == b"kept"
            assert iovec(net, 4096).writev(theirs_out).value == 4096
            assert iovec(net, 4096).writev(theirs_out).is_again()
            os.close(writing)
            net.close(theirs_out)
            assert len(os.read(reading, 5000)) == 4096
            assert into.readv(theirs_in).is_end()


@covers("IOVEC.readv", "error")
@covers("IOVEC.writev", "error")
def test_wrong_end(net: Front, pipe: tuple[int, int]) -> None:
    with passed_fds(net, *pipe) as (reading, writing):
        iovec(net, 4).readv(writing).fails("EBADF", op="readv")
        iovec(net, b"x").writev(reading).fails("EBADF", op="writev")


def test_h050_broken_pipe(net: Front) -> None:
    """A pipe has no MSG_NOSIGNAL: the signal is kept in all the same."""
    reading, writing = os.pipe()
    with closing(writing), passed_fds(net, writing) as (theirs,):
        os.close(reading)
        for _ in range(3):
            iovec(net, b"x").writev(theirs).fails("EPIPE", op="writev")


def test_file(net: Front, folder: Path) -> None:
    """Over a file, by number and by the language's own file object."""
    path = folder / "file"
    path.write_bytes(b"0123456789")
    fd = os.open(path, os.O_RDWR)
    with closing(fd), passed_fds(net, fd) as (theirs,):
        into = iovec(net, 4, 2)
        assert into.readv(theirs).value == 6
        assert into.concat().value == b"012345"
        assert iovec(net, b"AB", b"C").writev(theirs, 1).value == 2
        assert into.readv(theirs).value == 2
        assert into.readv(theirs).is_end()
    assert path.read_bytes() == b"012345BC89"
    file = net.open_file(path)
    into = iovec(net, 20)
    assert into.readv(file).value == 10
    assert into.concat(0, 10).value == b"012345BC89"


def test_what_a_file_has_not_written_goes_before(net: Front, folder: Path) -> None:
    path = folder / "file"
    file = net.open_file(path, "wb", b"first, ")
    assert iovec(net, b"sec", b"ond").writev(file).value == 6
    assert path.read_bytes() == b"first, second"


def test_socket_object(net: Front) -> None:
    a, b = net.pair_stream().all
    assert iovec(net, b"as an", b" object").writev(a).value == 12
    into = iovec(net, 5, 20)
    assert into.readv(b).value == 12
    assert into.concat(0, 12).value == b"as an object"


@pytest.mark.parametrize("fd", [-1, 2**31, 2**32, 2**63 - 1, 2**63])
def test_h006_no_descriptor(net: Front, fd: int) -> None:
    made = iovec(net, b"abc")
    made.readv(fd).fails("EINVAL")
    made.writev(fd).fails("EINVAL")


@pytest.mark.parametrize("wrong", ["0", True, None, [], {}])
def test_wrong_descriptor(net: Front, wrong: Any) -> None:
    made = iovec(net, b"abc")
    for outcome in (made.readv(wrong), made.writev(wrong)):
        assert outcome.raised


def test_closed_socket_object(net: Front) -> None:
    a, _ = net.pair_stream().all
    a.close()
    made = iovec(net, b"abc")
    outcomes: list[Outcome] = [
        made.readv(a),
        made.writev(a),
        a.readv(made),
        a.writev(made),
    ]
    for outcome in outcomes:
        outcome.fails("EBADF")
    assert made.concat().value == b"abc"


def test_steady_buffer(net: Front) -> None:
    """One iovec as a buffer for a whole stream: filled, read, filled again."""
    a, b = net.pair_stream().all
    into = iovec(net, 8)
    for n in range(50):
        text = b"%08d" % n
        a.send(text)
        assert b.readv(into).value == 8
        assert into.concat().value == text


def test_kept_alive_handles_do_not_share(net: Front) -> None:
    """Two iovecs of the same bytes are two memories."""
    text = b"same"
    one, two = iovec(net, text), iovec(net, text)
    a, b = net.pair_stream().all
    a.send(b"diff")
    b.readv(one)
    assert (one.concat().value, two.concat().value) == (b"diff", b"same")
    assert isinstance(one, Handle)


def test_msg_flags_stay_out(net: Front, peers: Peers) -> None:
    """Urgent data is not read in passing: readv takes the stream's bytes only."""
    ours, theirs = peers.stream(net)
    theirs.sendall(b"ab")
    theirs.send(b"!", socket.MSG_OOB)
    ours.recvable(5)
    into = iovec(net, 9)
    assert ours.readv(into).value == 2


@pytest.mark.parametrize("through", ["socket", "descriptor"])
def test_blocking_socket(net: Front, through: str) -> None:
    """On a blocking socket the bytes go by the same way, waited for in the kernel."""
    a, b = net.pair_stream().all
    for end in (a, b):
        assert end.nonblock(False).value is True
    sent, room = iovec(net, b"one", b"", b"three"), iovec(net, 5, 3)
    if through == "socket":
        assert (a.writev(sent).value, b.readv(room).value) == (8, 8)
    else:
        assert sent.writev(a.fd().value).value == 8
        assert room.readv(b.fd().value).value == 8
    assert room.concat().value == b"onethree"

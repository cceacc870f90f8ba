"""A reader: lines, exact counts and marks, and what is pending beside it."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from support.fronts.front import Front, Handle
from support.net.peers import Peers, reset

covers = pytest.mark.covers

SHORT = 0.05
STREAM = b"one\ntwo\r\nthree\n\nlast"

# Each method with arguments that need four bytes, or a line, that do not come.
WAITING: list[tuple[str, tuple[Any, ...]]] = [
    ("readexactly", (4,)),
    ("readuntil", (b"--",)),
    ("readline", ()),
    ("line", ()),
    ("readall", (100,)),
    ("peek", (4,)),
]


def arrived(ours: Handle, count: int) -> None:
    """So many bytes are pending, or in the system."""
    if count > 0:
        assert len(ours.reader(count).value.peek(count, 5).value) == count


def readers(net: Front, peers: Peers, *args: int) -> tuple[Handle, socket.socket, Handle]:
    ours, theirs = peers.stream(net)
    return ours, theirs, ours.reader(*args).value


@covers("SOCKET.reader", "success", "error")
def test_of_streams_alone(net: Front) -> None:
    a, _b = net.pair_stream().all
    assert a.reader().value
    for make in (net.pair_dgram, net.pair_seqpacket):
        c, _d = make().all
        c.reader().fails("EOPNOTSUPP", "reader")
    for limits in ((0,), (-1,), (10, 0), (10, -1), (10, 2**31)):
        a.reader(*limits).fails("EINVAL", "reader")
    a.close()
    a.reader().fails("EBADF", "reader")


@covers("READER.line", "success", "end")
@covers("READER.readline", "success", "end")
@covers("SOCKET.pending", "success")
def test_lines(net: Front, peers: Peers) -> None:
    ours, theirs, reader = readers(net, peers)
    theirs.sendall(STREAM)
    theirs.shutdown(socket.SHUT_WR)
    arrived(ours, len(STREAM))
    assert reader.line(5).value == b"one"
    assert ours.pending().value == len(STREAM) - 4
    assert reader.line(5).value == b"two"
    assert reader.readline(5).value == b"three\n"
    assert reader.line().value == b""
    assert reader.readline().value == b"last"
    assert reader.readline(5).is_end()
    assert reader.line(5).is_end()
    assert ours.pending().value == 0


@covers("READER.read", "success", "end", "timeout", "error")
def test_read(net: Front, peers: Peers) -> None:
    ours, theirs, reader = readers(net, peers)
    outcome = reader.read(10, SHORT)
    assert outcome.timeout is not None and outcome.done == 0
    theirs.sendall(b"hello")
    arrived(ours, 5)
    assert reader.read(2, 5).value == b"he"
    assert reader.read(100, 5).value == b"llo"
    assert reader.readexactly(0, 5).value == b""  # which waits for nothing
    theirs.shutdown(socket.SHUT_WR)
    assert reader.read(1, 5).is_end()
    for n in (0, -1):
        reader.read(n).fails("EINVAL", "read")
    ours.close()
    reader.read(1).fails("EBADF")


@covers("READER.readexactly", "success", "timeout", "error")
def test_exactly(net: Front, peers: Peers) -> None:
    ours, theirs, reader = readers(net, peers)
    assert reader.readexactly(0, SHORT).value == b""
    theirs.sendall(b"abc")
    outcome = reader.readexactly(4, SHORT)
    assert outcome.timeout is not None and outcome.done == 3
    theirs.sendall(b"defg")
    assert reader.readexactly(4, 5).value == b"abcd"
    theirs.shutdown(socket.SHUT_WR)
    outcome = reader.readexactly(4, 5)
    failure = outcome.fails("EPROTO", "readexactly", text="ended after 3 of 4 bytes")
    assert failure.message == "the stream ended after 3 of 4 bytes"
    assert outcome.done == 3 and ours.pending().value == 3
    assert ours.recv(10).value == b"efg"
    reader.readexactly(-1).fails("EINVAL", "readexactly")


def test_hostile_length(net: Front, peers: Peers) -> None:
    """The memory grows with what arrives, not with what a peer has announced."""
    _ours, theirs, reader = readers(net, peers)
    theirs.sendall(b"little")
    outcome = reader.readexactly(2**48, SHORT)
    assert outcome.timeout is not None and outcome.done == 6


@covers("READER.readuntil", "success", "timeout", "error")
def test_until(net: Front, peers: Peers) -> None:
    ours, theirs, reader = readers(net, peers)
    theirs.sendall(b"a-b--c-")
    assert reader.readuntil(b"--", 5).value == b"a-b--"
    outcome = reader.readuntil(b"--", SHORT)
    assert outcome.timeout is not None and outcome.done == 2
    theirs.sendall(b"-")
    assert reader.readuntil(b"--", 5).value == b"c--"
    reader.readuntil(b"").fails("EINVAL", "readuntil")
    theirs.sendall(b"rest")
    theirs.shutdown(socket.SHUT_WR)
    outcome = reader.readuntil(b"--", 5)
    outcome.fails("EPROTO", "readuntil", text="without the mark")
    assert outcome.done == ours.pending().value == 4


@covers("READER.readall", "success", "timeout", "error")
def test_all(net: Front, peers: Peers) -> None:
    ours, theirs, reader = readers(net, peers)
    theirs.sendall(b"x" * 100)
    outcome = reader.readall(1000, SHORT)
    assert outcome.timeout is not None and outcome.done == 100
    outcome = reader.readall(99, 5)
    outcome.fails("EMSGSIZE", "readall")
    assert outcome.done == ours.pending().value == 100
    theirs.shutdown(socket.SHUT_WR)
    assert reader.readall(100, 5).value == b"x" * 100
    assert reader.readall(0, 5).value == b""
    reader.readall(-1).fails("EINVAL", "readall")


@covers("READER.peek", "success", "end", "timeout", "error")
def test_peek(net: Front, peers: Peers) -> None:
    ours, theirs, reader = readers(net, peers, 8)
    theirs.sendall(b"abc")
    assert reader.peek(2, 5).value == b"ab"
    assert reader.peek(4, SHORT).timeout is not None
    theirs.shutdown(socket.SHUT_WR)
    assert reader.peek(4, 5).value == b"abc"
    assert ours.recv(10).value == b"abc"
    assert reader.peek(4, 5).is_end()
    for n in (0, 9):
        reader.peek(n).fails("EINVAL", "peek")


@covers("READER.line", "timeout", "error")
@covers("READER.readline", "timeout", "error")
def test_line_that_does_not_end(net: Front, peers: Peers) -> None:
    ours, theirs, reader = readers(net, peers, 8)
    theirs.sendall(b"half")
    for method in ("line", "readline"):
        outcome = reader.call(method, SHORT)
        assert outcome.timeout is not None and outcome.done == 4
    theirs.sendall(b"and more")
    arrived(ours, 12)
    for method in ("line", "readline", "line"):
        outcome = reader.call(method, 5)
        outcome.fails("EMSGSIZE", method)
        assert outcome.done == 12
    assert reader.read(5).value == b"halfa"
    theirs.shutdown(socket.SHUT_WR)
    outcome = reader.line(5)
    outcome.fails("EPROTO", "line", text="without the mark")
    assert ours.pending().value == 7
    assert reader.readline(5).value == b"nd more"


@pytest.mark.parametrize("method", ["line", "readline", "readuntil"])
def test_a_whole_line_that_is_too_long(net: Front, peers: Peers, method: str) -> None:
    """The limit is for what has come as well: a line of 8 bytes with its end, not 9."""
    ours, theirs, reader = readers(net, peers, 8, 100)
    theirs.sendall(b"1234567\n12345678\n")
    arrived(ours, 17)
    args = (b"\n",) if method == "readuntil" else ()
    assert reader.call(method, *args, 5).value.rstrip() == b"1234567"
    reader.call(method, *args, 5).fails("EMSGSIZE", method)
    assert ours.pending().value == 9


@covers("READER.lines", "success")
def test_iterator(net: Front, peers: Peers) -> None:
    _ours, _theirs, reader = readers(net, peers)
    assert reader.lines().value
    assert reader.lines(5).value


@pytest.mark.parametrize("size", [1, 2, 3, 5, 16384])
def test_split_at_every_byte(net: Front, peers: Peers, size: int) -> None:
    """However the stream comes, the lines are the same."""
    for cut in range(len(STREAM) + 1):
        ours, theirs, reader = readers(net, peers, 65536, size)
        theirs.sendall(STREAM[:cut])
        arrived(ours, cut)
        first = []
        while (outcome := reader.readline(0)).kind == "value":
            first.append(outcome.value)
        theirs.sendall(STREAM[cut:])
        theirs.shutdown(socket.SHUT_WR)
        while (outcome := reader.readline(5)).kind == "value":
            first.append(outcome.value)
        assert first == [b"one\n", b"two\r\n", b"three\n", b"\n", b"last"]
        ours.close()
        theirs.close()


def test_readers_share_what_is_pending(net: Front, peers: Peers) -> None:
    """Two readers, recv and recvline: each goes on where the one before ended."""
    ours, theirs, reader = readers(net, peers)
    other = ours.reader(100, 4).value
    theirs.sendall(b"1\n2\n3\n4\n5678")
    arrived(ours, 12)
    assert reader.line(5).value == b"1"
    assert other.line(5).value == b"2"
    assert ours.recvable(0).value is True
    assert ours.recv(2).value == b"3\n"
    assert ours.recvline(None, 5).value == b"4\n"
    assert ours.recvall(2, 5).value == b"56"
    assert other.readexactly(2, 5).value == b"78"
    ready = net.select([ours], [], 0).all
    assert ready == ([], [])


def test_one_receive_serves_many_lines(net: Front, peers: Peers) -> None:
    """The first line comes with all that there was, at most `size` bytes."""
    ours, theirs, reader = readers(net, peers, 65536, 1000)
    lines = [b"%03d\n" % n for n in range(300)]
    theirs.sendall(b"".join(lines))
    arrived(ours, 1200)  # a reader of its own, which reads ahead further
    assert ours.recv(4).value == lines[0]
    assert ours.pending().value == 1196
    theirs.sendall(b"".join(lines))
    for line in lines[1:]:
        assert reader.readline(0).value == line
    assert ours.pending().value == 0
    assert reader.readline(5).value == lines[0]
    assert ours.pending().value == 996


@pytest.mark.parametrize("mark", [b"--", b"-+-", b"0123456789"])
def test_mark_in_parts(net: Front, peers: Peers, mark: bytes) -> None:
    """It is found wherever it is cut, and however far it was looked for before."""
    ours, theirs, reader = readers(net, peers)
    for cut in range(len(mark) + 1):
        theirs.sendall(b"text" + mark[:cut])
        arrived(ours, 4 + cut)
        if cut < len(mark):
            assert reader.readuntil(mark, 0).timeout is not None
        theirs.sendall(mark[cut:] + b"rest")
        assert reader.readuntil(mark, 5).value == b"text" + mark
        assert reader.readexactly(4, 5).value == b"rest"


def test_unwrap_refuses(net: Front, peers: Peers) -> None:
    ours, theirs, reader = readers(net, peers)
    theirs.sendall(b"a\nb\n")
    arrived(ours, 4)
    assert reader.line(5).value == b"a"
    ours.unwrap().fails("EBUSY", "unwrap")
    assert ours.recv(10).value == b"b\n"
    assert net.close(ours.unwrap().value).value is True


@pytest.mark.parametrize("method, args", WAITING)
def test_reset(net: Front, peers: Peers, method: str, args: tuple[Any, ...]) -> None:
    """What came before it stays pending, and the reset is told again after it, once."""
    ours, theirs, reader = readers(net, peers)
    theirs.sendall(b"abc")
    assert reader.peek(3, 5).value == b"abc"
    reset(theirs)
    outcome = reader.call(method, *args, 5)
    outcome.fails("ECONNRESET", method)
    assert outcome.done == 3
    assert ours.recv(10).value == b"abc"
    ours.recv(10).fails("ECONNRESET")
    assert ours.recv(10).is_end()


@pytest.mark.parametrize("method, args", WAITING)
def test_closed(net: Front, peers: Peers, method: str, args: tuple[Any, ...]) -> None:
    ours, _theirs, reader = readers(net, peers)
    ours.close()
    outcome = reader.call(method, *args, 5)
    outcome.fails("EBADF", method)
    assert outcome.done == 0


@pytest.mark.parametrize("method, args", WAITING)
@pytest.mark.parametrize("sec", [-1, float("nan")])
def test_seconds(
    net: Front, peers: Peers, method: str, args: tuple[Any, ...], sec: float
) -> None:
    _ours, _theirs, reader = readers(net, peers)
    reader.call(method, *args, sec).fails("EINVAL", method)


@pytest.mark.parametrize("size", [100_000, 3_000_000])
def test_much(net: Front, peers: Peers, size: int) -> None:
    """More than one slice, written while it is read."""
    _ours, theirs, reader = readers(net, peers)
    theirs.setblocking(False)
    data = bytes(range(256)) * (size // 256)
    got, sent = bytearray(), 0
    while len(got) < len(data):
        try:
            sent += theirs.send(data[sent : sent + 65536]) if sent < len(data) else 0
        except BlockingIOError:
            pass
        got += reader.read(65536, 5).value
    assert bytes(got) == data

"""sendfile: from descriptors and file objects, short, at the end, and where the system
refuses the source."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.fronts import process
from support.fronts.agent_process import python_environment
from support.fronts.front import Front, Handle
from support.machine_lag import PATIENCE
from support.net.peers import Peers, fill
from support.processes.passed_fds import closing, passed_fds

covers = pytest.mark.covers

TEXT = bytes(n % 251 for n in range(50_000))
PROPERTY = settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def path(folder: Path) -> Path:
    made = folder / "file"
    made.write_bytes(TEXT)
    return made


@pytest.fixture
def fd(path: Path) -> Iterator[int]:
    with closing(os.open(path, os.O_RDONLY)) as (opened,):
        yield opened


def rest_of(sock: Handle) -> bytes:
    """What there is to receive now."""
    pieces = []
    while (outcome := sock.recv(1 << 18)).kind == "value":
        pieces.append(outcome.value)
    return b"".join(pieces)


@covers("SOCKET.sendfile", "success")
def test_from_a_descriptor(net: Front, fd: int) -> None:
    """The file's position is neither used nor moved."""
    a, b = net.pair_stream().all
    os.lseek(fd, 123, os.SEEK_SET)
    with passed_fds(net, fd) as (theirs,):
        assert a.sendfile(theirs, 1000).value == 1000
        assert a.sendfile(theirs, 10, 5000).value == 10
        assert a.sendfile(theirs, 0).value == 0
    assert os.lseek(fd, 0, os.SEEK_CUR) == 123
    assert rest_of(b) == TEXT[:1000] + TEXT[5000:5010]


def test_from_a_file_object(net: Front, path: Path) -> None:
    a, b = net.pair_stream().all
    file = net.open_file(path)
    assert a.sendfile(file, 3, 100).value == 3
    assert a.sendfile(file, 3).value == 3
    assert rest_of(b) == TEXT[100:103] + TEXT[:3]


@pytest.mark.parametrize("mode", ["w+b", "a+b", "r+b"])
def test_what_a_file_has_not_written(net: Front, folder: Path, mode: str) -> None:
    """It is a part of the file, and is written first."""
    a, b = net.pair_stream().all
    path = folder / "unwritten"
    path.write_bytes(b"")
    file = net.open_file(path, mode, b"hello")
    assert path.read_bytes() == b""
    assert a.sendfile(file, 10).value == 5
    assert a.sendfile(file, 3, 2).value == 3
    assert rest_of(b) == b"hellollo"
    assert path.read_bytes() == b"hello"


def test_what_cannot_be_written(net: Front) -> None:
    """Nothing is sent then. Python's error is its own file's, which names no call."""
    a, b = net.pair_stream().all
    file = net.open_file("/dev/full", "w+b", b"hello")
    failure = a.sendfile(file, 10).failure
    assert failure.name == "ENOSPC"
    assert failure.op == ("sendfile" if net.language == "lua" else None)
    assert b.recv().is_again()


@pytest.mark.parametrize("offset", [49_999, 49_990, 50_000, 50_001, 2**40])
def test_h079_end_of_file(net: Front, fd: int, offset: int) -> None:
    """Fewer than asked where the file ends, and 0 at the end of it: no spinning."""
    a, b = net.pair_stream().all
    with passed_fds(net, fd) as (theirs,):
        wanted = TEXT[offset : offset + 1000]
        assert a.sendfile(theirs, 1000, offset).value == len(wanted)
        assert a.sendfile(theirs, 1000, 50_000).value == 0
    assert rest_of(b) == wanted


@covers("SOCKET.sendfile", "again")
def test_no_room(net: Front, fd: int) -> None:
    a, b = net.pair_stream().all
    fill(a)
    with passed_fds(net, fd) as (theirs,):
        assert a.sendfile(theirs, 10).is_again()
    b.recv(1)


@covers("SOCKET.sendfile", "error")
@pytest.mark.parametrize(
    "bytes_, offset", [(-1, 0), (1, -1), (-(2**63), 0), (2**63, 0), (1, 2**63)]
)
def test_h080_negative_and_huge(net: Front, fd: int, bytes_: int, offset: int) -> None:
    a, b = net.pair_stream().all
    with passed_fds(net, fd) as (theirs,):
        a.sendfile(theirs, bytes_, offset).fails("EINVAL")
    assert b.recv().is_again()


@pytest.mark.parametrize("bytes_", [2**31, 2**32 + 1, 2**62, 2**63 - 1])
def test_h080_more_than_there_is(net: Front, fd: int, bytes_: int) -> None:
    """A length far beyond the file is clamped, not refused."""
    a, b = net.pair_stream().all
    with passed_fds(net, fd) as (theirs,):
        assert a.sendfile(theirs, bytes_, 40_000).value == 10_000
    assert rest_of(b) == TEXT[40_000:]


@pytest.mark.parametrize("more", [1, 91, 2**62])
def test_h080_beyond_the_last_offset(net: Front, fd: int, more: int) -> None:
    """The length is cut there, and the system says what it says of one that fits: that is
    an error of most file systems, and the end of the file on tmpfs."""
    a, _ = net.pair_stream().all
    with passed_fds(net, fd) as (theirs,):
        fits = a.sendfile(theirs, 9, 2**63 - 10)
        beyond = a.sendfile(theirs, 9 + more, 2**63 - 10)
    if fits.kind == "error":
        beyond.fails(fits.failure.name)
    else:
        assert fits.value == beyond.value == 0


@pytest.mark.parametrize("number", [-1, 2**31, 2**32 + 3, 2**63])
def test_h006_no_descriptor(net: Front, number: int) -> None:
    a, _ = net.pair_stream().all
    a.sendfile(number, 10).fails("EINVAL")


@pytest.mark.parametrize("wrong", ["0", True, None, [], {}])
def test_wrong_file(net: Front, wrong: Any) -> None:
    a, _ = net.pair_stream().all
    assert a.sendfile(wrong, 10).raised


def test_closed_file(net: Front, path: Path, fd: int) -> None:
    a, _ = net.pair_stream().all
    with passed_fds(net, fd) as (theirs,):
        pass
    a.sendfile(theirs, 10).fails("EBADF")


def test_fallback_for_a_file_without_pages(net: Front) -> None:
    """sendfile(2) does not take them: they are read and sent."""
    a, b = net.pair_stream().all
    wanted = Path("/proc/self/environ").read_bytes()[:5000]
    with (
        closing(os.open("/proc/self/environ", os.O_RDONLY)) as (fd,),
        passed_fds(net, fd) as (theirs,),
    ):
        assert a.sendfile(theirs, 5000).value == len(wanted)
        assert a.sendfile(theirs, 8, 3).value == 8
    assert rest_of(b) == wanted + wanted[3:11]


@pytest.mark.parametrize("pair", ["pair_dgram", "pair_seqpacket"])
def test_over_packets(net: Front, fd: int, pair: str) -> None:
    """What goes out are the file's bytes, in however many packets."""
    a, b = net.call(pair).all
    with passed_fds(net, fd) as (theirs,):
        assert a.sendfile(theirs, 3000).value == 3000
    assert rest_of(b) == TEXT[:3000]


def test_a_pipe_has_no_offset(net: Front) -> None:
    """Neither sendfile nor pread can: the error says so, and nothing is consumed."""
    a, b = net.pair_stream().all
    with closing(*os.pipe()) as (reading, writing), passed_fds(net, reading) as (theirs,):
        os.write(writing, b"stays")
        assert a.sendfile(theirs, 5).failure.name in ("ESPIPE", "EINVAL")
        assert os.read(reading, 9) == b"stays"
    assert b.recv().is_again()


def test_a_folder(net: Front, folder: Path) -> None:
    a, _ = net.pair_stream().all
    with closing(os.open(folder, os.O_RDONLY)) as (fd,), passed_fds(net, fd) as (theirs,):
        assert a.sendfile(theirs, 5).failure.name in ("EISDIR", "EINVAL")


def test_write_only_file(net: Front, path: Path) -> None:
    a, _ = net.pair_stream().all
    with closing(os.open(path, os.O_WRONLY)) as (fd,), passed_fds(net, fd) as (theirs,):
        a.sendfile(theirs, 5).fails("EBADF")


def test_not_connected(net: Front, fd: int) -> None:
    with passed_fds(net, fd) as (theirs,):
        failure = net.new_unix_stream().value.sendfile(theirs, 5).failure
        assert failure.name in ("ENOTCONN", "EPIPE")


def test_h079_file_shrinks(net: Front, path: Path, fd: int) -> None:
    a, b = net.pair_stream().all
    with passed_fds(net, fd) as (theirs,):
        os.truncate(path, 100)
        assert a.sendfile(theirs, 50_000).value == 100
        os.truncate(path, 0)
        assert a.sendfile(theirs, 50_000, 100).value == 0
    assert rest_of(b) == TEXT[:100]


def test_h081_short_count_first(net: Front, path: Path) -> None:
    """With a full socket the count so far comes, and the offset goes on from there."""
    big = os.urandom(1 << 20)
    path.write_bytes(big)
    a, b = net.pair_stream().all
    seen = []
    sent = 0
    with closing(os.open(path, os.O_RDONLY)) as (fd,), passed_fds(net, fd) as (theirs,):
        first = a.sendfile(theirs, len(big)).value
        assert 0 < first < len(big)
        sent = first
        while sent < len(big):
            outcome = a.sendfile(theirs, len(big) - sent, sent)
            if outcome.kind == "value":
                sent += outcome.value
            else:
                seen.append(b.recv(1 << 18).value)
    seen.append(rest_of(b))
    assert b"".join(seen) == big


def test_h081_count_before_the_error(net: Front, path: Path) -> None:
    """The peer goes while a blocking sendfile is under way: the count, then EPIPE."""
    path.write_bytes(bytes(1 << 22))
    a, b = net.pair_stream().all
    a.nonblock(False)
    with b.second_reader() as theirs, closing(os.open(path, os.O_RDONLY)) as (fd,):
        with passed_fds(net, fd) as (number,):
            with_peer = os.dup(theirs.fileno())
            if net.language == "lua":
                b.close()
            under_way = a.start("sendfile", number, 1 << 22)
            peer = socket.socket(fileno=with_peer)
            with peer:
                peer.setblocking(True)
                assert peer.recv(1 << 16)
                peer.shutdown(socket.SHUT_RDWR)
            outcome = under_way.result()
            assert outcome.kind in ("value", "error")
            if outcome.kind == "value":
                assert 0 < outcome.value < 1 << 22
            a.sendfile(number, 10).fails("EPIPE")


@pytest.mark.parametrize("source", ["file", "/proc/self/environ"])
def test_h078_sigpipe(net: Front, peers: Peers, path: Path, source: str) -> None:
    """EPIPE, no signal, nothing left pending or blocked, for unix and TCP."""
    name = path if source == "file" else Path(source)
    with closing(os.open(name, os.O_RDONLY)) as (fd,), passed_fds(net, fd) as (number,):
        a, b = net.pair_stream().all
        b.close()
        for _ in range(3):
            a.sendfile(number, 10).fails("EPIPE")
    status = Path(f"/proc/{net.pid}/status").read_text()
    masks = dict(
        line.split(":\t") for line in status.splitlines() if line.startswith("S")
    )
    for kind in ("SigBlk", "SigPnd", "ShdPnd"):
        assert not int(masks[kind], 16) & 1 << (signal.SIGPIPE - 1)
    assert process.descriptors(net.pid)


PROGRAM = """
import signal, socket, sys
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
import netsocket
a, b = netsocket.pair_stream()
b.close()
with open(sys.argv[1], "rb") as file:
    for _ in range(3):
        try:
            a.sendfile(file, 10)
        except BrokenPipeError:
            print("EPIPE")
iov = netsocket.iovec.new()
iov.add(b"x")
import os
r, w = os.pipe()
os.close(r)
try:
    iov.writev(w)
except BrokenPipeError:
    print("EPIPE")
a.close()
assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == set()
assert not signal.sigpending()
assert signal.getsignal(signal.SIGPIPE) is signal.SIG_DFL
"""


@pytest.mark.parametrize("source", ["file", "/proc/self/environ"])
def test_h078_python_with_default_action(path: Path, source: str) -> None:
    """In a process that SIGPIPE would end. The Lua child is one anyway."""
    environment = python_environment()
    name = str(path) if source == "file" else source
    command = [sys.executable, "-c", PROGRAM, name]
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, timeout=PATIENCE
    )
    assert done.returncode == 0
    assert done.stdout.split() == [b"EPIPE"] * 4


@PROPERTY
@given(
    size=st.integers(0, 70_000),
    offset=st.integers(0, 80_000),
    length=st.integers(0, 90_000),
    step=st.sampled_from([1 << 18, 5000, 999]),
)
def test_h083_exactly_that_part(
    net: Front, path: Path, size: int, offset: int, length: int, step: int
) -> None:
    """Whatever is asked, and however short the sends are, file[offset:offset+length]."""
    whole = (TEXT * 2)[:size]
    path.write_bytes(whole)
    a, b = net.pair_stream().all
    a.sndbuf(4096)
    sent, seen = 0, []
    with closing(os.open(path, os.O_RDONLY)) as (fd,), passed_fds(net, fd) as (number,):
        while sent < length:
            outcome = a.sendfile(number, min(step, length - sent), offset + sent)
            if outcome.kind == "again":
                seen.append(b.recv(1 << 18).value)
                continue
            if outcome.value == 0:
                break
            sent += outcome.value
    seen.append(rest_of(b))
    assert b"".join(seen) == whole[offset : offset + length]
    a.close()
    b.close()

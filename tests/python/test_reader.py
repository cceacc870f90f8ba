"""Readers in Python: as iterators, beside other threads, and what they are."""

from __future__ import annotations

import errno
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

import netsocket
from support.machine_lag import PATIENCE
from support.processes.children import output_of, run_python


@pytest.fixture
def pair() -> Iterator[tuple[netsocket.Socket, netsocket.Socket]]:
    a, b = netsocket.pair_stream()
    with a, b:
        yield a, b


class Reading(threading.Thread):
    """A read that waits, and what it came to."""

    def __init__(self, sock: netsocket.Socket, read: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._read = read
        self.result: object = None
        self.start()
        until = time.monotonic() + PATIENCE
        while not self._holds(sock):
            assert time.monotonic() < until

    @staticmethod
    def _holds(sock: netsocket.Socket) -> bool:
        try:
            sock.recv()
        except BlockingIOError:
            return False
        except OSError as error:
            return error.errno == errno.EBUSY
        raise AssertionError("there was something to receive")

    def run(self) -> None:
        try:
            self.result = self._read()
        except OSError as error:
            self.result = error

    def came_to(self) -> object:
        self.join(PATIENCE)
        assert not self.is_alive()
        return self.result


def test_iterators(pair: tuple[netsocket.Socket, netsocket.Socket]) -> None:
    """A reader is one of lines with their newline; lines() of whole lines without it."""
    a, b = pair
    rd = b.reader()
    assert iter(rd) is rd
    a.send(b"one\ntwo\r\nthree\n")
    assert next(rd) == b"one\n"
    lines = rd.lines(5)
    assert iter(lines) is lines
    assert next(lines) == b"two"
    a.send(b"last")
    a.close()
    assert list(rd) == [b"three\n", b"last"]
    assert list(rd) == list(lines) == []


def test_iterator_of_an_unfinished_line(
    pair: tuple[netsocket.Socket, netsocket.Socket],
) -> None:
    a, b = pair
    a.send(b"one\nunfinished")
    a.close()
    lines = b.reader().lines(5)
    assert next(lines) == b"one"
    with pytest.raises(netsocket.EndOfStream) as caught:
        next(lines)
    assert isinstance(caught.value, EOFError) and isinstance(caught.value, OSError)
    assert caught.value.errno == errno.EPROTO
    assert caught.value.done == 10
    assert b.recv() == b"unfinished"


def test_iterator_out_of_time(pair: tuple[netsocket.Socket, netsocket.Socket]) -> None:
    """The seconds are those of each line, and the iterator goes on afterwards."""
    a, b = pair
    lines = b.reader().lines(0.05)
    a.send(b"half")
    with pytest.raises(TimeoutError) as caught:
        next(lines)
    assert caught.value.done == 4  # type: ignore[attr-defined]  # of an OSError
    a.send(b" line\n")
    assert next(lines) == b"half line"


def test_lines_of_one_deadline(pair: tuple[netsocket.Socket, netsocket.Socket]) -> None:
    """The iterator keeps the deadline, which is one for all lines."""
    a, b = pair
    lines = b.reader().lines(netsocket.deadline(0.1))
    a.send(b"one\ntwo\n")
    assert next(lines) == b"one" and next(lines) == b"two"
    with pytest.raises(TimeoutError, match=r"within 0\.1 s"):
        next(lines)
    a.send(b"three\n")
    assert b.recvable(PATIENCE)
    assert next(lines) == b"three"
    with pytest.raises(TypeError, match="sec: float, int or Deadline expected, got"):
        b.reader().lines(b)  # type: ignore[arg-type]  # no time, which is the point


def test_others_are_refused(pair: tuple[netsocket.Socket, netsocket.Socket]) -> None:
    """While a read waits; what it had received comes with its result."""
    a, b = pair
    rd, other = b.reader(), b.reader()
    a.send(b"half")
    rd.peek(4)
    b.recv(4)
    reading = Reading(b, rd.line)
    for receive in (other.line, rd.line, b.recvline, lambda: b.recvall(1), b.unwrap):
        with pytest.raises(OSError, match="EBUSY|Errno 16"):
            receive()
    assert b.pending() == 0
    a.send(b"whole\nnext\n")
    assert reading.came_to() == b"whole"
    assert other.line(5) == b"next"


def test_closed_by_another_thread(
    pair: tuple[netsocket.Socket, netsocket.Socket],
) -> None:
    a, b = pair
    rd = b.reader()
    reading = Reading(b, lambda: rd.readexactly(10))
    b.close()
    error = reading.came_to()
    assert isinstance(error, OSError) and error.errno == errno.EBADF


def test_handler_that_raises(pair: tuple[netsocket.Socket, netsocket.Socket]) -> None:
    """What had been received stays pending."""
    a, b = pair
    rd = b.reader()
    a.send(b"half")

    class Enough(Exception):
        pass

    def enough(*_: object) -> None:
        raise Enough

    before = signal.signal(signal.SIGALRM, enough)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(Enough):
            rd.line(PATIENCE)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert b.pending() == 4
    a.send(b" line\n")
    assert rd.line(5) == b"half line"


OF_GARBAGE = """
import asyncio
import gc
import sys

import netsocket
from netsocket import aio


class Owner:
    def __init__(self, held: object) -> None:
        self.held, self.itself = held, self

    def __del__(self) -> None:
        got = next(self.held) if kind == "lines" else self.held.readline()
        print(asyncio.run(awaited(got)) if kind == "aio" else got)


async def awaited(call):
    return await call


kind = sys.argv[1]
a, b = netsocket.pair_stream()
b.sendall(b"text\\n")
made = aio.reader(a) if kind == "aio" else a.reader()
gc.disable()
Owner(made.lines() if kind == "lines" else made)
del made
gc.collect()
a.close()
b.close()
"""


@pytest.mark.parametrize("kind", ["reader", "lines", "aio"])
def test_used_by_a_finalizer_of_the_same_garbage(kind: str) -> None:
    """Whichever of the two is finalized first."""
    wanted = str(b"text" if kind == "lines" else b"text\n")
    assert output_of(run_python(OF_GARBAGE, kind)) == wanted + "\n"

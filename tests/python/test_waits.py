"""Calls that wait: closed by another thread, and interrupted by signals (h119, h115)."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import netsocket
from support.machine_lag import LATE
from support.net.peers import Peers
from support.processes.children import output_of, run_python

from .inside import WAKE, Inside, full_pair
from .test_signals import MANY
from .test_signals import PRELUDE as SIGNALS

pytestmark = pytest.mark.measures

LONG = 20


def listening() -> tuple[Any, Any]:
    made = netsocket.bind_inet_stream("127.0.0.1", 0)
    made.listen()
    return made, netsocket.new_inet_stream()


CALLS: dict[str, tuple[Callable[[], tuple[Any, Any]], Callable[[Any], Any]]] = {
    "sendall": (full_pair, lambda s: s.sendall(b"y" * 1000, LONG)),
    "sendall without end": (full_pair, lambda s: s.sendall(b"y" * 1000)),
    "recvall": (netsocket.pair_stream, lambda s: s.recvall(10, LONG)),
    "recvall without end": (netsocket.pair_stream, lambda s: s.recvall(10)),
    "recvline": (netsocket.pair_stream, lambda s: s.recvline(sec=LONG)),
    "acceptwait": (listening, lambda s: s.acceptwait(LONG)),
    "acceptwait without end": (listening, lambda s: s.acceptwait()),
    "select to receive": (netsocket.pair_stream, lambda s: netsocket.select([s])),
    "select to send": (full_pair, lambda s: netsocket.select([], [s], LONG)),
    "select both": (full_pair, lambda s: netsocket.select([s, s], [s], LONG)),
    "select a listener": (listening, lambda s: netsocket.select([s], [], LONG)),
}


@pytest.mark.parametrize("nonblock", [True, False])
@pytest.mark.parametrize("name", CALLS)
def test_h119_close_wakes(name: str, nonblock: bool) -> None:
    """EBADF within 50 ms, and the descriptor is gone."""
    make, call = CALLS[name]
    made, other = make()
    made.nonblock(nonblock)
    with other:
        inside = Inside(lambda: call(made))
        start = time.monotonic()
        made.close()
        inside.join()
        assert inside.ended - start < WAKE
        assert inside.error is not None, inside.value
        assert inside.error.errno == errno.EBADF
        assert made.fd() == -1


def test_h119_what_was_done_is_told() -> None:
    """The bytes that had come go with the socket; the count that had gone is told."""
    a, b = netsocket.pair_stream()
    with b:
        b.send(b"begun")
        inside = Inside(lambda: a.recvall(100))
        a.close()
        inside.join()
        assert inside.error is not None
        assert getattr(inside.error, "done", None) == 0
    a, b = netsocket.pair_stream()
    with b:
        inside = Inside(lambda: a.sendall(b"x" * (4 << 20)))
        a.close()
        inside.join()
        received = 0
        while piece := b.recv(1 << 16):
            received += len(piece)
        assert getattr(inside.error, "done", None) == received > 0


def test_h119_number_is_not_reused_early() -> None:
    """While select waits, no new socket gets the number of the one that was closed."""
    for _ in range(50):
        made, other = netsocket.pair_stream()
        with other:
            inside = Inside(partial(netsocket.select, [made], [], LONG))
            made.close()
            c, d = netsocket.pair_stream()
            with c, d:
                d.send(b"foreign")
                inside.join()
                assert inside.error is not None, inside.value
                assert inside.error.errno == errno.EBADF
                assert c.recv() == b"foreign"


def test_close_in_fileno_is_seen() -> None:
    """An object of the list closes a socket that was asked before it: EBADF."""
    made, other = netsocket.pair_stream()

    class Closing:
        def fileno(self) -> int:
            made.close()
            return other.fileno()

    with other:
        with pytest.raises(OSError, match="Bad file descriptor") as caught:
            netsocket.select([made, Closing()], None, 5)
        assert caught.value.errno == errno.EBADF


def test_close_removes_the_path_while_another_waits(folder: Path) -> None:
    path = folder / "s"
    made = netsocket.bind_unix_stream(path, None, True)
    made.listen()
    inside = Inside(lambda: made.acceptwait(LONG))
    made.close()
    inside.join()
    assert not path.exists()


PRELUDE = (
    SIGNALS
    + """
def listening():
    l = netsocket.bind_inet_stream("127.0.0.1", 0)
    l.listen()
    return l

def full():
    a, b = netsocket.pair_stream()
    try:
        while True: a.send(b"x" * 65536)
    except BlockingIOError:
        return a, b

a, b = netsocket.pair_stream()
f, g = full()
l = listening()
every = [a, b, f, g, l]
"""
)

WAITS = {
    "sendall": "f.sendall(b'y' * 1000, SEC)",
    "recvall": "a.recvall(10, SEC)",
    "recvline": "a.recvline(sec=SEC)",
    "acceptwait": "l.acceptwait(SEC)",
    "readexactly": "a.reader().readexactly(10, SEC)",
    "readuntil": "a.reader().readuntil(b'--', SEC)",
    "readline": "a.reader().readline(SEC)",
    "line": "a.reader().line(SEC)",
    "lines": "next(a.reader().lines(SEC))",
    "readall": "a.reader().readall(100, SEC)",
    "peek": "a.reader().peek(10, SEC)",
    "select": "netsocket.select([a, l], [f], SEC)",
}


def run(program: str) -> str:
    return output_of(run_python(PRELUDE + program)).strip()


@pytest.mark.parametrize("name", WAITS)
def test_h038_storm(name: str) -> None:
    """A thousand signals a second: the wait ends at its deadline all the same."""
    program = f"""
start = time.monotonic()
storm()
try:
    found = {WAITS[name].replace("SEC", "0.3")}
    print(found)
except TimeoutError as error:
    print(error.timeout, error.errno)
took = time.monotonic() - start
calm()
assert count > {MANY // 2}, count
assert 0.3 <= took < 0.3 + {LATE}, took
for s in every: s.close()
"""
    wanted = "([], [])" if name == "select" else f"True {errno.ETIMEDOUT}"
    assert run(program) == wanted


@pytest.mark.parametrize("name", WAITS)
def test_h115_handler_that_raises(name: str) -> None:
    """Its exception ends the call at once; nothing is lost and nothing left open."""
    program = f"""
class Stop(Exception):
    pass

def stop(number, frame):
    raise Stop

b.send(b"kept")
if {name == "select"}: assert a.recv() == b"kept"
signal.signal(signal.SIGALRM, stop)
before = sorted(os.listdir("/proc/self/fd"))
once(is_waiting, lambda: os.kill(os.getpid(), signal.SIGALRM))
start = time.monotonic()
try:
    {WAITS[name].replace("SEC", "20")}
except Stop:
    print("stopped")
assert time.monotonic() - start < {LATE}
assert sorted(os.listdir("/proc/self/fd")) == before
b.send(b"more")
if {name == "select"}: assert a.recv() == b"more"
else: assert a.recvall(8, 5) == b"keptmore"
for s in every: s.close()
"""
    assert run(program) == "stopped"


def test_fork_child_leaves_the_path(folder: Path) -> None:
    """Only the process that bound it removes the file."""
    program = f"""
path = {str(folder / "s")!r}
made = netsocket.bind_unix_stream(path, 0o600, True)
child = os.fork()
if child == 0:
    made.close()
    os._exit(0 if os.path.exists(path) else 1)
assert os.waitpid(child, 0)[1] == 0
assert os.path.exists(path)
made.close()
print(os.path.exists(path))
for s in every: s.close()
"""
    assert run(program) == "False"


def test_gil_is_given_up(peers: Peers) -> None:
    """While one thread waits, others run."""
    made, other = netsocket.pair_stream()
    with made, other:
        inside = Inside(lambda: netsocket.select([made], [], LONG))
        other.send(b"line\n")
        inside.join()
        assert inside.value == ([made], [])
        inside = Inside(lambda: made.recvall(10, LONG))
        other.send(b"12345")
        inside.join()
        assert inside.value == b"line\n12345"

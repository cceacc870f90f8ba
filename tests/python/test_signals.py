"""Signals (PEP 475, h038, h115): waits go on, deadlines hold, handlers may raise.

Each case is a program of its own, because a signal belongs to a whole process.
"""

from __future__ import annotations

import socket

import pytest

from support.machine_lag import LATE, QUIET
from support.net.peers import Peers
from support.processes.children import output_of, run_python

MANY = 100 if QUIET else 0  # signals that come in half a second

pytestmark = pytest.mark.measures

PRELUDE = """
import signal, sys, time, threading, os
import netsocket

count = 0

def handler(number, frame):
    global count
    count += 1

signal.signal(signal.SIGALRM, handler)

def storm():
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)

def calm():
    signal.setitimer(signal.ITIMER_REAL, 0)

MAIN = threading.get_native_id()

def is_waiting():
    # Who has the GIL sees the others at its door, or in the kernel for something else.
    with open(f"/proc/self/task/{MAIN}/wchan") as file:
        place = file.read()
    return place not in ("", "0") and "futex" not in place

def once(condition, action):
    def watch():
        until = time.monotonic() + 20
        seen = 0
        while seen < 3 and time.monotonic() < until:
            time.sleep(0.005)
            seen = seen + 1 if condition() else 0
        action()
    thread = threading.Thread(target=watch)
    thread.start()
    return thread

def many():
    return count > 100
"""


def run(program: str, *args: str) -> str:
    return output_of(run_python(PRELUDE + program, *args)).strip()


def holes(peers: Peers) -> tuple[str, str]:
    """A TCP port and a unix path whose listeners have no room."""
    return str(peers.black_hole()[1]), peers.black_hole(socket.AF_UNIX)


UNIX = "with netsocket.new(netsocket.AF_UNIX, netsocket.SOCK_STREAM, 0, False) as u: "
FULL = "u.connect(netsocket.addrinfo.unix(sys.argv[2]))"
TCP = "with netsocket.new(netsocket.AF_INET, netsocket.SOCK_STREAM, 0, False) as u: "
HOLE = "u.connect(netsocket.addrinfo.inet('127.0.0.1', int(sys.argv[1])))"

WAITS = {
    "unix connect": UNIX + "u.sndtimeo(0.5); " + FULL,
    "tcp connect": TCP + "u.sndtimeo(0.5); " + HOLE,
    "connect": "netsocket.connect_inet_stream('127.0.0.1', int(sys.argv[1]), 0.5)",
    "recvable": "print(a.recvable(0.5) or 'timed out')",
    "select": "print(netsocket.select([a], None, 0.5) == ([], []) and 'timed out')",
    "recvable with POLLPRI": "print(a.recvable(0.5, True) or 'timed out')",
}


@pytest.mark.parametrize("name", WAITS)
def test_h038_storm(peers: Peers, name: str) -> None:
    """A thousand signals a second: the wait ends at its deadline all the same."""
    program = f"""
a, b = netsocket.pair_stream()
start = time.monotonic()
storm()
try:
    {WAITS[name]}
except (TimeoutError, BlockingIOError):
    print("timed out")
took = time.monotonic() - start
calm()
assert count > {MANY}, count
assert 0.5 <= took < 0.5 + {LATE}, took
a.close(); b.close()
"""
    assert run(program, *holes(peers)) == "timed out"


@pytest.mark.parametrize(
    "call, wanted",
    [
        ("a.recv(10)", "b'late'"),
        ("a.recvfrom(10)", "(b'late', None)"),
        ("a.recvable(float('inf'))", "True"),
    ],
)
def test_h115_retried(call: str, wanted: str) -> None:
    """A handler that returns is not seen by the call: it goes on waiting."""
    program = f"""
a, b = netsocket.pair_stream()
a.nonblock(False)
once(many, lambda: b.send(b"late"))
storm()
value = {call}
calm()
assert count > 50, count
print(value)
a.close(); b.close()
"""
    assert run(program) == wanted


def test_h115_accept_is_retried() -> None:
    program = """
l = netsocket.bind_inet_stream("127.0.0.1", 0)
l.listen()
l.nonblock(False)
port = l.getsockname().port()
clients = []
def connect():
    clients.append(netsocket.connect_inet_stream("127.0.0.1", port, 5))
connecting = once(many, connect)
storm()
s = l.accept()
calm()
connecting.join()
assert count > 50, count
print(s.getsockname().port() == port)
s.close(); l.close(); clients[0].close()
"""
    assert run(program) == "True"


def test_h115_send_is_retried() -> None:
    """Bytes are counted once, however many signals arrive meanwhile."""
    program = """
a, b = netsocket.pair_stream()
a.nonblock(False)
b.nonblock(False)
total, got = 8 << 20, 0
def drain():
    global got
    while data := b.recv(65536):
        got += len(data)
thread = threading.Thread(target=drain)
thread.start()
storm()
sent = 0
while sent < total:
    sent += a.send(b"x" * (total - sent))
calm()
a.close()
thread.join()
b.close()
print(got == sent == total)
"""
    assert run(program) == "True"


RAISING = {
    "unix connect": UNIX + FULL,
    "connect": "netsocket.connect_inet_stream('127.0.0.1', int(sys.argv[1]), 20)",
    "connect without end": "netsocket.connect_inet_stream('127.0.0.1', int(sys.argv[1]))",
    "recv": "a.recv()",
    "recvable": "a.recvable(20)",
    "accept": "l.accept()",
}


@pytest.mark.parametrize("name", RAISING)
def test_h115_handler_that_raises(peers: Peers, name: str) -> None:
    """Its exception ends the call at once, and nothing is left open."""
    program = f"""
class Stop(Exception):
    pass

def stop(number, frame):
    raise Stop

a, b = netsocket.pair_stream()
a.nonblock(False)
l = netsocket.bind_inet_stream("127.0.0.1", 0)
l.listen()
l.nonblock(False)
signal.signal(signal.SIGALRM, stop)
before = sorted(os.listdir("/proc/self/fd"))
once(is_waiting, lambda: os.kill(os.getpid(), signal.SIGALRM))
start = time.monotonic()
try:
    {RAISING[name]}
except Stop:
    print("stopped")
assert time.monotonic() - start < {LATE}
assert sorted(os.listdir("/proc/self/fd")) == before
b.send(b"x")
assert a.recv() == b"x"
a.close(); b.close(); l.close()
"""
    assert run(program, *holes(peers)) == "stopped"


def test_h115_keyboard_interrupt(peers: Peers) -> None:
    # A shell starts what runs in its background with SIGINT ignored.
    program = """
signal.signal(signal.SIGINT, signal.default_int_handler)
once(is_waiting, lambda: os.kill(os.getpid(), signal.SIGINT))
try:
    netsocket.connect_inet_stream("127.0.0.1", int(sys.argv[1]))
except KeyboardInterrupt:
    print("interrupted")
"""
    assert run(program, str(peers.black_hole()[1])) == "interrupted"


def test_dispositions_are_untouched() -> None:
    """Importing and using the module changes no handler and no mask."""
    program = """
def state():
    handlers = [signal.getsignal(n) for n in sorted(signal.valid_signals())]
    return handlers, signal.pthread_sigmask(signal.SIG_BLOCK, [])
before = state()
a, b = netsocket.pair_stream()
b.close()
try:
    a.send(b"x")
except BrokenPipeError:
    print("broken")
a.close()
assert state() == before
"""
    assert run(program) == "broken"


def test_h119_fork_child_only_closes() -> None:
    """A child that drops its copy does not end the parent's connection."""
    program = """
a, b = netsocket.pair_stream()
child = os.fork()
if child == 0:
    a.close(); b.close()
    os._exit(0)
os.waitpid(child, 0)
assert a.send(b"x") == 1
print(b.recv())
a.close(); b.close()
"""
    assert run(program) == "b'x'"


def test_h004_exec_inherits_nothing() -> None:
    """A program started meanwhile has none of our descriptors."""
    program = """
import subprocess
l = netsocket.bind_inet_stream("127.0.0.1", 0)
l.listen()
a, b = netsocket.pair_stream()
c = netsocket.connect(l.getsockname(), 5)
s = l.accept()
d = s.dup()
kept = [l, a, b, c, s, d]
command = ["ls", "-l", "/proc/self/fd"]
listed = subprocess.run(command, close_fds=False, stdout=subprocess.PIPE, text=True)
print("socket:" in listed.stdout)
for s in kept: s.close()
"""
    assert run(program) == "False"


MUCH = """
class Stop(Exception):
    pass

def stop(number, frame):
    raise Stop

signal.signal(signal.SIGALRM, stop)
"""


def test_a_handler_ends_a_sendfile_whose_peer_keeps_up() -> None:
    """It is looked for after each MiB; `done` is what has gone."""
    program = """
import tempfile

SIZE = 1 << 30
a, b = netsocket.pair_stream()
a.nonblock(False)
b.nonblock(False)
room = bytearray(1 << 16)

def drain():
    b.recv_into(room)
    os.kill(os.getpid(), signal.SIGALRM)
    while b.recv_into(room):
        pass

thread = threading.Thread(target=drain)
thread.start()
with a, b, tempfile.TemporaryFile() as file:
    file.truncate(SIZE)
    try:
        a.sendfile(file, SIZE)
    except Stop as error:
        print(0 < error.done < SIZE)
    a.shutdown()
    thread.join()
"""
    assert run(MUCH + program) == "True"


def test_a_handler_ends_a_sendmany_that_blocks() -> None:
    """The system says how many packets went before the signal, and nothing of that."""
    program = """
a, b = netsocket.pair_dgram()
a.nonblock(False)
with a, b:
    thread = once(is_waiting, lambda: signal.pthread_kill(MAIN_THREAD, signal.SIGALRM))
    try:
        a.sendmany([b"x"] * 5000)
    except Stop as error:
        print(0 < error.done < 5000)
    thread.join()
"""
    main = "MAIN_THREAD = threading.get_ident()\n"
    assert run(MUCH + main + program) == "True"

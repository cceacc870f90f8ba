"""A time for every call, and the signals that come meanwhile."""

from __future__ import annotations

import math
import signal
from collections.abc import Callable

import pytest

from support.machine_lag import LATE
from support.net.peers import Peers
from support.processes.children import output_of, run_python

from .test_signals import PRELUDE
from .test_timeout import CALLS


def run(program: str) -> str:
    return output_of(run_python(PRELUDE + program)).strip()


STORMED = {
    "recv": "a.recv()",
    "recvmsg": "m = netsocket.msghdr.new(); m.iov(i); a.recvmsg(m)",
    "readv": "a.readv(i)",
    "accept": "l.accept()",
    "send of a datagram": "d.send(b'x')",
    "sendall": "f.sendall(b'x')",
    "send": "f.send(b'x')",
}
LIMITS = {
    "timeout": "s.timeout(0.5)",
    "the system's": "s.nonblock(False); s.rcvtimeo(0.5); s.sndtimeo(0.5)",
}


@pytest.mark.measures
@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("name", STORMED)
def test_storm(name: str, limit: str) -> None:
    """Each signal interrupts the wait, and none starts its time anew: neither that of the
    socket nor that which the system gives a blocking call."""
    if name == "sendall" and limit != "timeout":
        return  # it waits by itself, and its time is its own
    program = f"""
a, b = netsocket.pair_stream()
f, g = netsocket.pair_stream()
d, e = netsocket.pair_dgram()
for full in f, d:
    try:
        while True: full.send(b"x" * 2000)
    except BlockingIOError:
        pass
l = netsocket.bind_inet_stream("127.0.0.1", 0)
l.listen()
i = netsocket.iovec.new()
i.addn(10)
for s in a, f, d, l:
    {LIMITS[limit]}
start = time.monotonic()
storm()
try:
    {STORMED[name]}
except (TimeoutError, BlockingIOError) as error:
    print(type(error).__name__)
took = time.monotonic() - start
calm()
assert 0.5 <= took < 0.5 + {LATE}, took
for s in a, b, d, e, f, g, l:
    s.close()
"""
    wanted = "TimeoutError" if limit == "timeout" else "BlockingIOError"
    assert run(program) == wanted


class Stop(Exception):
    pass


def stop(*_: object) -> None:
    raise Stop


def stopped_soon(call: Callable[[], object]) -> None:
    """A signal comes, whose handler raises; it may come before the call waits."""
    before = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        call()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", CALLS)
def test_handler_that_raises(peers: Peers, name: str) -> None:
    """It ends the call, and the next one waits as ever."""
    make, call = CALLS[name]
    ours, theirs = make(peers)
    with ours, theirs:
        ours.timeout(math.inf)
        with pytest.raises(Stop):
            stopped_soon(lambda: call(ours))
        ours.timeout(0.01)
        with pytest.raises(TimeoutError):
            call(ours)


def test_waitall_after_a_signal() -> None:
    """A signal before the first byte leaves MSG_WAITALL what it is."""
    program = """
a, b = netsocket.pair_stream()
a.nonblock(False)
main = threading.get_ident()
def send(number, frame):
    b.send(b"one")
    once(is_waiting, lambda: b.send(b"two"))
signal.signal(signal.SIGALRM, send)
once(is_waiting, lambda: signal.pthread_kill(main, signal.SIGALRM))
print(a.recv(6, netsocket.MSG_WAITALL))
a.close(); b.close()
"""
    assert run(program) == "b'onetwo'"

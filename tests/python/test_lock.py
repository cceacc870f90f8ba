"""What happens to a call between the system and the GIL: h116, h119 and h115 in the
moments that a test must bring about.

Nothing here gives the GIL away until it waits, since the interval at which threads are
asked for it is longer than any test.
"""

from __future__ import annotations

import mmap
import os
import signal
import subprocess
import sys
from _thread import interrupt_main
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import netsocket
from support.fronts.agent_process import python_environment
from support.net.peers import wait_until

from .inside import Inside, full_pair

pytestmark = pytest.mark.measures

FOR_EVER = 1e6  # seconds
CALL: Any = partial.__call__


@pytest.fixture
def held_gil() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(FOR_EVER)
    yield
    sys.setswitchinterval(before)


def is_open(fd: int) -> bool:
    """Asked without giving the GIL away, as os.fstat does."""
    with suppress(OSError):
        os.get_inheritable(fd)
        return True
    return False


def test_h119_the_last_call_closes(held_gil: None) -> None:
    """While another is inside, the number is still theirs."""
    made, other = full_pair()
    made.nonblock(False)
    fd = made.fd()
    seen = []

    def ended(call: Any, *args: Any) -> None:
        with pytest.raises(OSError, match="Errno 9"):
            call(*args)
        seen.append(is_open(fd))

    with other:
        waiting = [
            Inside(lambda: ended(made.recv)),
            Inside(lambda: ended(made.send, b"more")),
        ]
        made.close()
        for inside in waiting:
            inside.join()
            assert inside.error is None
    assert seen == [True, False]


def test_h119_what_came_before_the_close(held_gil: None) -> None:
    """A call that has received returns it, also where the socket is closed before the
    call has the GIL again."""
    made, other = netsocket.pair_stream()
    made.nonblock(False)
    with other:
        inside = Inside(made.recv)
        other.send(b"x")
        made.close()
        inside.join()
        assert (inside.error, inside.value) == (None, b"x")


def test_h115_interrupted_before_the_wait() -> None:
    """SIGINT's handler runs before the call waits, which then finds what it sent. Between
    the two functions of one map there is no other place for it."""
    made, other = netsocket.pair_stream()
    with made, other:
        before = signal.signal(signal.SIGINT, lambda *_: other.send(b"x") and None)
        try:
            results = list(
                map(CALL, [partial(interrupt_main), partial(made.recvable, 20)])
            )
        finally:
            signal.signal(signal.SIGINT, before)
    assert results == [None, True]


def test_h115_signals_after_a_call_that_need_not_wait() -> None:
    """It has held them back, since it might have had to."""
    made, other = netsocket.pair_stream()
    with made, other:
        before = mask("thread-self")
        assert made.sendall(b"x" * 100_000) == 100_000
        assert mask("thread-self") == before


def test_h115_signals_after_a_resolver() -> None:
    """Its thread takes none; the one that started it does, as before."""
    with netsocket.bind_inet_stream("127.0.0.1", 0) as listener:
        listener.listen()
        before = mask("thread-self")
        port = listener.getsockname().port()
        with netsocket.connect_inet_stream("localhost", port, 20):
            assert mask("thread-self") == before


# The thread has the GIL until the test has seen what it wants to see.
WAITS_FOR_THE_GIL = """
import mmap, sys, threading
import netsocket
sys.setswitchinterval(1e6)
shared = mmap.mmap(int(sys.argv[1]), 1)
made, other = netsocket.pair_stream()
def send():
    while not made_waits(): pass
    other.send(b"x")
    shared[0] = 1
    while shared[0] == 1: pass
def made_waits():
    with open(f"/proc/self/task/{main}/syscall") as file:
        return file.read().split()[0] not in ("running", "202") # 202: a futex, the GIL's
main = threading.get_native_id()
thread = threading.Thread(target=send)
thread.start()
print(made.recvable(20), flush=True)
thread.join()
"""


def mask(task: str) -> int:
    """The signals that a thread blocks."""
    lines = Path(f"/proc/{task}/status").read_text().splitlines()
    return next(int(line.split()[1], 16) for line in lines if line.startswith("SigBlk"))


def test_h115_no_signal_is_held_back_at_the_gil(tmp_path: Path) -> None:
    """The call is over, and waits for the GIL that another thread does not give away."""
    with (tmp_path / "shared").open("w+b") as file:
        file.write(b"\0")
        file.flush()
        command = [sys.executable, "-c", WAITS_FOR_THE_GIL, str(file.fileno())]
        with (
            mmap.mmap(file.fileno(), 1) as shared,
            subprocess.Popen(
                command,
                env=python_environment(),
                pass_fds=[file.fileno()],
                stdout=subprocess.PIPE,
            ) as child,
        ):
            first = f"{child.pid}/task/{child.pid}"

            def at_the_gil() -> bool:
                number = Path(f"/proc/{first}/syscall").read_text().split()[0]
                return shared[0] == 1 and number == "202"

            wait_until(at_the_gil, "it waits for the GIL")
            free = mask(first) == mask("thread-self")
            shared[0] = 2
            assert child.communicate()[0] == b"True\n"
    assert free

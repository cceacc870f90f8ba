"""How late the machine was, measured beside the library: for bounds on time.

A bound holds as it stands on an idle machine; on one that is loaded it is wider by what
was measured, and by no more.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fronts.front import Front


def queued(pid: int) -> float:
    """For how long a process was ready to run and the machine ran others, in seconds."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9


@contextmanager
def witness(net: Front) -> Iterator[list[float]]:
    """What the machine was late by meanwhile, measured beside the library.

    How late bare waits of 20 ms came back, and how long the test and the front's process
    stood in the queue for a processor. On an idle machine that is a millisecond or so,
    and the bounds are as they stand.
    """
    late, stop = [0.0], threading.Event()

    def wait() -> None:
        while not stop.is_set():
            start = time.monotonic()
            stop.wait(0.02)
            late[0] = max(late[0], time.monotonic() - start - 0.02)

    pids = {os.getpid(), net.pid}
    before = sum(map(queued, pids))
    thread = threading.Thread(target=wait)
    thread.start()
    try:
        yield late
    finally:
        stop.set()
        thread.join()
        late[0] += sum(map(queued, pids)) - before


@dataclass
class Stopwatch:
    """How long a block took, and what the machine was late by meanwhile."""

    took: float = 0.0
    late: float = 0.0


@contextmanager
def measured(net: Front) -> Iterator[Stopwatch]:
    watch = Stopwatch()
    with witness(net) as late:
        start = time.monotonic()
        yield watch
        watch.took = time.monotonic() - start
    watch.late = late[0]


def best(measure: Callable[[], float], bar: float, tries: int = 6) -> float:
    """The least of several, since a busy machine is late by itself."""
    least = measure()
    while least > bar and tries > 1:
        least, tries = min(least, measure()), tries - 1
    return least

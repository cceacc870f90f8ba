"""What a test may not leave behind: descriptors, threads, children, files, signals."""

from __future__ import annotations

import gc
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from support.fronts import process
from support.net.peers import wait_until


@dataclass(frozen=True)
class Snapshot:
    descriptors: frozenset[tuple[int, str]]
    threads: frozenset[int]
    children: frozenset[int]
    files: frozenset[str]


class LeakCheck:
    """Compares this process before and after a test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder  # the current directory of the tests
        self.known_children: set[int] = set()  # pooled, ended with the session
        self._pipe_signals = 0
        # SIGPIPE is ignored in Python by default, and that would hide one that the
        # library lets out. Counted, each one fails its test.
        signal.signal(signal.SIGPIPE, self._count)

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self._pipe_signals += 1

    def forget_signals(self) -> None:
        self._pipe_signals = 0

    def snapshot(self) -> Snapshot:
        pid = os.getpid()
        return Snapshot(
            frozenset(process.descriptors(pid).items()),
            frozenset(process.threads(pid)),
            frozenset(process.children(pid) - self.known_children),
            frozenset(os.listdir(self._folder)),
        )

    def check(self, before: Snapshot, pooled: frozenset[int]) -> None:
        """Fail about whatever is there now and was not before, but pooled descriptors."""
        gc.collect()
        gc.freeze()  # what outlives the test need not be looked at after each other one
        # A thread that has answered may need a moment to end.
        wait_until(
            lambda: not process.threads(os.getpid()) - before.threads,
            "the test's threads end",
        )
        after = self.snapshot()
        new = after.descriptors - before.descriptors
        left = sorted((fd, what) for fd, what in new if fd not in pooled)
        assert not left, f"{len(left)} descriptors left open: {left[:8]}"
        assert not after.children - before.children, "a child process is left"
        assert not after.files - before.files, f"files: {after.files - before.files}"
        assert signal.getsignal(signal.SIGPIPE) == self._count, (
            "SIGPIPE's handler was changed"
        )
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [])
        assert not blocked, f"blocked signals are left: {blocked}"
        count, self._pipe_signals = self._pipe_signals, 0
        assert count == 0, f"{count} SIGPIPE got out"

"""Telling a process that sleeps until it is woken from one that looks now and then."""

from __future__ import annotations

import re
import time
from pathlib import Path

from fronts import process
from peers import wait_until

MOMENT = 0.3  # what looks every while does so at least once in it


def _switches(pid: int) -> int:
    """How often its threads have gone to sleep: each system call that waits does so."""
    found = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        status = (task / "status").read_text()
        count = re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status, re.MULTILINE)
        assert count, status
        found += int(count[1])
    return found


def _rested(pid: int) -> bool:
    before = _switches(pid), process.cpu_seconds(pid)
    time.sleep(MOMENT)
    after = _switches(pid), process.cpu_seconds(pid)
    return process.polls(pid) and before == after


def rests(pid: int) -> None:
    """It comes to a rest, and then sleeps in one wait without a look at anything."""
    wait_until(lambda: _rested(pid), "it rests")

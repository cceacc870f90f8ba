"""Telling a process that sleeps until it is woken from one that looks now and then."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from support.fronts import process
from support.machine_lag import PATIENCE, QUIET
from support.net.peers import wait_until
from support.processes.limits import high_descriptors

COUNT = 10_000 if QUIET else 1_000  # sockets of a process that idles

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


def rests_until_told(command: list[str], env: Mapping[str, str] | None = None) -> None:
    """A program that waits on so many sockets as its last argument says, and prints a UDP
    port: it rests until a datagram comes there, and then ends."""
    with (
        high_descriptors(COUNT + 100),
        subprocess.Popen(
            [*command, str(COUNT)], env=env, stdout=subprocess.PIPE, text=True
        ) as child,
    ):
        try:
            assert child.stdout is not None
            port = int(child.stdout.readline())
            rests(child.pid)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.sendto(b"x", ("127.0.0.1", port))
            assert child.stdout.read() == "ended\n"
            assert child.wait(PATIENCE) == 0
        finally:
            child.kill()

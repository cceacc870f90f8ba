"""A process that waits on many sockets for what does not come makes no system call."""

from __future__ import annotations

import socket
import subprocess

import pytest

from fronts.agent_process import lua_command
from lateness import PATIENCE, QUIET
from limits import high_descriptors
from lua.schedule import CONCURRENT, HERE, environment, missing
from rested import rests

pytestmark = pytest.mark.measures

COUNT = 10_000 if QUIET else 1_000


@pytest.mark.parametrize("scheduler", CONCURRENT)
def test_many_idle(scheduler: str) -> None:
    """Also though each was waited for before, and some have a deadline, far away."""
    if missing(scheduler):
        pytest.skip(f"{scheduler} is not installed")
    cases = str(HERE / "scheduler_cases.lua")
    with (
        high_descriptors(COUNT + 100),
        subprocess.Popen(
            [lua_command(), cases, scheduler, "many_idle", str(COUNT)],
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
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

"""A process that waits on many sockets for what does not come makes no system call."""

from __future__ import annotations

import pytest

from lua.schedule import CONCURRENT, HERE, environment, missing
from support.fronts.agent_process import lua_command
from support.processes.rested import rests_until_told

pytestmark = pytest.mark.measures


@pytest.mark.parametrize("scheduler", CONCURRENT)
def test_many_idle(scheduler: str) -> None:
    """Also though each was waited for before, and some have a deadline, far away."""
    if missing(scheduler):
        pytest.skip(f"{scheduler} is not installed")
    cases = str(HERE / "scheduler_cases.lua")
    rests_until_told([lua_command(), cases, scheduler, "many_idle"], environment())

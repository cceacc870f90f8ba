"""Coroutines that share sockets, under a poller that does what it likes: nothing is lost.

The rounds are a Lua program of their own, `coroutines/main.lua`, which has the model and
prints the seed of what fails. Under the host of `tests/faults` memory runs out as well.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from faults.child import faults_build
from fuzz.batches import BATCH, batches
from support.fronts.agent_process import lua_command, lua_environment

MAIN = Path(__file__).with_name("coroutines") / "main.lua"
NAME = "tests/fuzz/test_coroutines.py"
WITHIN = 30 * BATCH  # seconds


def run(command: list[str], environment: dict[str, str]) -> None:
    for first, count in batches():
        ended = subprocess.run(
            [*command, str(MAIN), str(first), str(count)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            timeout=WITHIN,
            check=False,
        )
        if ended.returncode != 0:
            seen = ended.stdout.decode(errors="replace").splitlines()
            seed = [line.split()[1] for line in seen if line.startswith("seed ")][-1]
            one = f"NSK_FUZZ_FIRST={seed.rstrip(':')} NSK_FUZZ_SEEDS=1"
            again = f"{one} ./dev test {NAME}"
            pytest.fail("\n".join([*seen[-80:], f"again: {again}"]), pytrace=False)


@pytest.mark.timeout(0)  # each process has its own
def test_nothing_is_lost() -> None:
    """Every byte and packet comes once and in order, and every failure is a legal one."""
    own = lua_environment()
    path = f"{os.environ['NSK_BUILD']}/tests/lua/?.so;{own['LUA_CPATH']}"
    run([lua_command()], {**own, "LUA_CPATH": path})


@pytest.mark.timeout(0)
def test_nothing_is_lost_without_memory() -> None:
    """The same where allocations of Lua fail in the middle of calls."""
    build = faults_build()
    environment = {
        **os.environ,
        "LUA_CPATH": f"{build}/lua/?.so;{build}/tests/lua/?.so;;",
        "LUA_PATH": f"{build}/lua/?.lua;;",
    }
    run([str(build / "tests" / "lua_host")], environment)

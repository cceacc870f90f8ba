"""Running scheduler_cases.lua: each scheduler that is installed, and none."""

from __future__ import annotations

import functools
import os
import subprocess
from pathlib import Path

import pytest

from support.fronts.agent_process import lua_command, lua_environment
from support.machine_lag import PATIENCE

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
# Debian has Copas for every Lua up to 5.2, and redis-lua (lua-redis) for 5.1 alone; they
# are plain Lua and work with 5.4 as well.
MORE_LUA = ";".join(f"/usr/share/lua/5.{minor}/?.lua" for minor in (2, 3, 1))
MODULES = {"cqueues": "cqueues", "luv": "luv", "copas": "copas"}
CONCURRENT = ("select", "cqueues", "luv", "copas")
ALL = ("poll", *CONCURRENT)


def environment() -> dict[str, str]:
    own = lua_environment()
    ours = f"{HERE}/?.lua;{EXAMPLES}/?.lua"
    return {
        **own,
        "LUA_PATH": f"{ours};{own['LUA_PATH']};{MORE_LUA}",
        "LUA_CPATH": f"{os.environ['NSK_BUILD']}/tests/lua/?.so;{own['LUA_CPATH']}",
    }


@functools.cache
def _has_luasec() -> bool:
    command = [lua_command(), "-e", "require 'ssl'"]
    done = subprocess.run(command, env=environment(), capture_output=True, check=False)
    return done.returncode == 0


def need_luasec() -> None:
    if not _has_luasec():
        pytest.skip("LuaSec is not installed")


@functools.cache
def missing(scheduler: str) -> str | None:
    """The Lua module that this machine lacks."""
    module = MODULES.get(scheduler)
    if module is None:
        return None
    command = [lua_command(), "-e", f"require '{module}'"]
    done = subprocess.run(command, env=environment(), capture_output=True, check=False)
    return module if done.returncode else None


def case(
    scheduler: str,
    name: str,
    *args: object,
    within: float = PATIENCE,
    program: str = "scheduler_cases.lua",
) -> list[str]:
    """What the case printed; its words when it failed."""
    module = missing(scheduler)
    if module:
        pytest.skip(f"{module} is not installed")
    done = subprocess.run(
        [
            lua_command(),
            str(HERE / program),
            scheduler,
            name,
            *map(str, args),
        ],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=within,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def ran(text: str, scheduler: str, *args: str) -> subprocess.CompletedProcess[str]:
    """A program that has ended, one way or another; it needs that scheduler."""
    module = missing(scheduler)
    if module:
        pytest.skip(f"{module} is not installed")
    return subprocess.run(
        [lua_command(), "-", *args],
        input=text,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def program(text: str, scheduler: str = "") -> None:
    """Runs a program, which needs that scheduler."""
    done = ran(text, scheduler)
    assert done.returncode == 0, done.stderr

"""The ways to wait that a benchmark compares, each in a process of its own."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lib import machine
from lib.build import Build
from lib.measure import Failed

ROOT = Path(__file__).resolve().parents[2]
# The Lua files that the benchmarks share with the tests and the examples; Debian has
# Copas, which is plain Lua, up to 5.2 alone.
LUA_FILES = ("tests/lua/?.lua", "examples/?.lua")
MORE_LUA = "/usr/share/lua/5.2/?.lua;/usr/share/lua/5.3/?.lua"


class NotInstalled(Exception):
    """The scheduler's module is not there."""


@dataclass(frozen=True)
class Way:
    """Its name in the table, its name for the program, and the program: a file of
    bench/scripts or one with its whole path."""

    title: str
    scheduler: str
    program: str

    def interpreter(self, build: Build) -> str:
        return machine.interpreter(build, self.program)


def environment(build: Build, pycache: str) -> dict[str, str]:
    own = build.environment(pycache)
    files = ";".join(str(ROOT / name) for name in LUA_FILES)
    return {**own, "LUA_PATH": f"{files};{own['LUA_PATH']};{MORE_LUA}"}


def run(build: Build, way: Way, *arguments: object, within: float) -> list[float]:
    """The numbers that its program prints."""
    with tempfile.TemporaryDirectory(prefix="nsk-bench-") as pycache:
        done = subprocess.run(
            [*build.command(way.program), way.scheduler, *map(str, arguments)],
            env=environment(build, pycache),
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )
    if done.returncode != 0:
        first = done.stderr.partition("\n")[0]
        # What Debian's Copas requires is not there for every Lua.
        if any(
            f"module '{name}' not found" in first for name in (way.scheduler, "coxpcall")
        ):
            raise NotInstalled
        raise Failed(f"{way.title}: {done.stderr}")
    return [float(word) for word in done.stdout.split()]

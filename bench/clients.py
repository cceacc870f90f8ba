"""Many clients at a time and their server in one process: messages per second, and how
late a ticker beside them ever was, for each scheduler.

Each client sends a line of 64 bytes, waits for it to come back, and begins again. Times,
not counts: they depend on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lib import machine
from lib.build import NOT_MEASURABLE, Build, Unusable
from lib.measure import Failed
from lib.table import number, table

ROOT = Path(__file__).resolve().parents[1]
# The Lua files that the benchmark shares with the tests and the examples; Debian has
# Copas, which is plain Lua, up to 5.2 alone.
LUA_FILES = ("tests/lua/?.lua", "examples/?.lua")
MORE_LUA = "/usr/share/lua/5.2/?.lua"


@dataclass(frozen=True)
class Way:
    """One way to wait: its name in the table, the script, its first argument."""

    title: str
    script: str
    scheduler: str


WAYS = (
    Way("net.socket.select (poll)", "clients.lua", "select"),
    Way("cqueues", "clients.lua", "cqueues"),
    Way("luv", "clients.lua", "luv"),
    Way("Copas", "clients.lua", "copas"),
)


def environment(build: Build, pycache: str) -> dict[str, str]:
    own = build.environment(pycache)
    files = ";".join(str(ROOT / name) for name in LUA_FILES)
    return {**own, "LUA_PATH": f"{files};{own['LUA_PATH']};{MORE_LUA}"}


def raise_limit(descriptors: int) -> None:
    """For this process and those that it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= descriptors:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, max(hard, descriptors)))
    except (ValueError, OSError) as error:
        raise Unusable(f"{descriptors} descriptors are too many: {error}") from error


def measure(build: Build, way: Way, count: int, seconds: float) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory(prefix="nsk-bench-") as pycache:
        done = subprocess.run(
            [*build.command(way.script), way.scheduler, str(count), str(seconds)],
            env=environment(build, pycache),
            capture_output=True,
            text=True,
            timeout=60 + 2 * seconds,
            check=False,
        )
    name = machine.interpreter(build, way.script)
    if done.returncode != 0:
        words = done.stderr.strip().splitlines() or ["no words"]
        if "not found" in words[0]:
            return name, way.title, "", "", "not installed"
        raise Failed(f"{way.title}: {done.stderr}")
    messages, took, late = map(float, done.stdout.split())
    return name, way.title, number(messages / took), f"{late * 1000:.1f}", ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--build", metavar="FOLDER", help="the build directory (NSK_BUILD)"
    )
    parser.add_argument(
        "--count", type=int, default=1000, help="clients at a time (1000)"
    )
    parser.add_argument("--seconds", type=float, default=5, help="how long (5)")
    asked = parser.parse_args()
    try:
        build = Build.find(asked.build)
        build.require_optimised()
        raise_limit(4 * asked.count + 100)
    except Unusable as reason:
        print(f"clients: {reason}", file=sys.stderr)
        return NOT_MEASURABLE
    print("\n".join(fact for fact in machine.facts(build) if fact.split()[1:]))
    head = "interpreter", "scheduler", "messages/s", "latest beat, ms", ""
    try:
        rows = [measure(build, way, asked.count, asked.seconds) for way in WAYS]
    except Failed as error:
        print(f"clients: {error}", file=sys.stderr)
        return 1
    print(f"\n{asked.count} clients and their server in one process\n")
    print(table(head, rows, left=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

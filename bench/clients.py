"""Many clients at a time and their server in one process: messages per second, how late a
ticker beside them ever was, and the processor's time for a message, for each way to wait.

Each client sends a line of 64 bytes, waits for it to come back, and begins again. Times,
not counts: they depend on the machine, and the first two on what else it does.
"""

from __future__ import annotations

import argparse
import sys

from lib import machine, ways
from lib.build import NOT_MEASURABLE, Build, Unusable
from lib.measure import Failed
from lib.table import number, table
from lib.ways import NotInstalled, Way

WAYS = (
    Way("poll(2), one after the other", "poll", "clients.lua"),
    Way("select_poller.lua of examples", "select", "clients.lua"),
    Way("cqueues", "cqueues", "clients.lua"),
    Way("luv", "luv", "clients.lua"),
    Way("Copas", "copas", "clients.lua"),
    Way("asyncio, netsocket.aio", "asyncio", "clients.py"),
)
HEAD = "interpreter", "scheduler", "messages/s", "latest beat, ms", "CPU, us/message", ""


def measure(build: Build, way: Way, count: int, seconds: float) -> tuple[str, ...]:
    name = way.interpreter(build)
    try:
        messages, took, late, cpu = ways.run(
            build, way, count, seconds, within=60 + 2 * seconds
        )
    except NotInstalled:
        return name, way.title, "", "", "", "not installed"
    if messages == 0 and seconds < 10:  # the machine had no time for it
        return measure(build, way, count, 4 * seconds)
    if messages == 0:
        raise Failed(f"{way.title}: nothing was answered")
    speed, each = number(messages / took), f"{cpu / messages * 1e6:.1f}"
    return name, way.title, speed, f"{late * 1000:.1f}", each, ""


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--build", metavar="FOLDER", help="the build directory (NSK_BUILD)"
    )
    parser.add_argument(
        "--count", type=int, default=1000, help="clients at a time (1000)"
    )
    parser.add_argument("--seconds", type=float, default=5, help="how long (5)")
    return parser.parse_args()


def main() -> int:
    asked = options()
    try:
        build = Build.find(asked.build)
        build.require_optimised()
        machine.raise_limit(4 * asked.count + 100)
    except Unusable as reason:
        print(f"clients: {reason}", file=sys.stderr)
        return NOT_MEASURABLE
    print("\n".join(machine.facts(build)))
    try:
        rows = [measure(build, way, asked.count, asked.seconds) for way in WAYS]
    except Failed as error:
        print(f"clients: {error}", file=sys.stderr)
        return 1
    print(f"\n{asked.count} clients and their server in one process\n")
    print(table(HEAD, rows, left=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

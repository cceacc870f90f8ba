"""What sockets and calls take in memory: an idle socket above its bare descriptor, a
million calls that find nothing, and a message that is sent and received a million times.

Fails where an idle socket takes more than its limit, or where the calls leave anything.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile

from lib import machine
from lib.build import NOT_MEASURABLE, Build, Unusable
from lib.measure import Failed
from lib.table import number, table

SCRIPTS = ("growth.lua", "growth.py")
IDLE = {"idle.lua": 96, "idle.py": 80}  # bytes above the bare descriptor, at most
CALLS = ("accept", "recv", "recvfrom", "recvfd", "recvmsg", "readv", "message")
# Python counts objects, of which measuring keeps one more at one time than at another; a
# process grows by pages.
LEFT = {"growth.lua": 0, "growth.py": 2}
GROWN = 16 * 1024
DESCRIPTORS = 20_000
Rows = list[tuple[str, ...]]


def run(build: Build, script: str, *arguments: object) -> list[float]:
    """The numbers that a script prints."""
    with tempfile.TemporaryDirectory(prefix="nsk-bench-") as pycache:
        done = subprocess.run(
            [*build.command(script), *map(str, arguments)],
            env=build.environment(pycache),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise Failed(f"{script}: {done.stderr}")
    return [float(word) for word in done.stdout.split()]


def idle(build: Build) -> tuple[Rows, bool]:
    rows: Rows = []
    right = True
    for script, limit in IDLE.items():
        (raw,), (made,) = run(build, script, "raw"), run(build, script, "socket")
        right = right and made - raw <= limit
        cells = (machine.interpreter(build, script), f"{raw:.1f}", f"{made:.1f}")
        rows.append((*cells, f"{made - raw:.1f}", str(limit)))
    return rows, right


def growth(build: Build, count: int) -> tuple[Rows, bool]:
    rows: Rows = []
    right = True
    for script in SCRIPTS:
        for call in CALLS:
            left, grown = run(build, script, call, count)
            right = right and left <= LEFT[script] and grown <= GROWN
            cells = (machine.interpreter(build, script), call)
            rows.append((*cells, number(count), number(left), number(grown)))
    return rows, right


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--build", metavar="FOLDER", help="the build directory (NSK_BUILD)"
    )
    parser.add_argument("--count", type=int, default=1_000_000, help="calls (1000000)")
    asked = parser.parse_args()
    try:
        build = Build.find(asked.build)
        build.require_optimised()
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if hard < DESCRIPTORS:
            raise Unusable(f"only {hard} descriptors are allowed")
        resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, hard))
        print("\n".join(machine.facts(build)))
        sizes, small = idle(build)
        left, clean = growth(build, asked.count)
    except Unusable as reason:
        print(f"memory: {reason}", file=sys.stderr)
        return NOT_MEASURABLE
    except Failed as error:
        print(f"memory: {error}", file=sys.stderr)
        return 1
    print("\nresident bytes of one of 18,000 idle sockets\n")
    head = "interpreter", "number", "object", "above", "limit"
    print(table(head, sizes))
    print("\nleft by calls that find nothing, and by the same message sent and received:")
    print("Lua's garbage in bytes, Python's objects\n")
    print(table(("interpreter", "call", "calls", "left", "grown, B"), left, left=2))
    return 0 if small and clean else 1


if __name__ == "__main__":
    sys.exit(main())

"""Datagrams of 64 bytes in batches: the processor's time for one, sent and received.

Two sockets of one process, on one CPU; what is compared takes turns, and the median of
the ratios to raw C that sends and receives one by one counts. The columns of the goals
are of batches of 64 and more.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lib import machine
from lib.build import NOT_MEASURABLE, Build, Unusable, require
from lib.measure import Failed, Lengths, slope
from lib.table import table

NATIVE = Path(__file__).parent / "native" / "datagrams.c"
BATCHES = (1, 8, 64, 512)
RUNS, COUNT = 5, 20_000
QUICK_RUNS, QUICK_COUNT = 1, 2_000
# Program, mode, and the goal for the modes that have one.
WAYS = (
    ("C", "each", None),
    ("C", "mmsg", None),
    ("C", "gso", None),
    ("C", "gro", None),
    ("datagrams.lua", "luv", None),
    ("datagrams.lua", "each", None),
    ("datagrams.lua", "mmsg", 0.80),
    ("datagrams.lua", "gso", 0.25),
    ("datagrams.lua", "gro", 0.03),
    ("datagrams.py", "cpython", None),
    ("datagrams.py", "each", None),
    ("datagrams.py", "mmsg", 0.80),
    ("datagrams.py", "gso", 0.25),
    ("datagrams.py", "gro", 0.03),
)
Way = tuple[str, str]
COUNTED = 64  # the batch whose instructions are counted
LENGTHS = Lengths(640, 6_400)


@dataclass(frozen=True)
class Measuring:
    build: Build
    folder: str
    count: int

    def one(self, program: str, mode: str, batch: int) -> tuple[float, str]:
        """Seconds for a datagram, and the garbage of a batch where it is known."""
        native = f"{self.folder}/datagrams"
        command = [native] if program == "C" else self.build.command(program)
        done = subprocess.run(
            [*command, mode, str(batch), str(self.count)],
            env=self.build.environment(self.folder),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Failed(f"{program} {mode}: {done.stderr}")
        seconds, _, garbage = done.stdout.strip().partition(" ")
        return float(seconds) / self.count, garbage

    def instructions(self) -> None:
        """User-space instructions of our own ways for one datagram."""
        rows = []
        for program, mode, goal in WAYS:
            if goal is None:
                continue
            command = [*self.build.command(program), mode, str(COUNTED)]
            each = slope(command, self.build.environment(self.folder), LENGTHS, 0)
            rows.append([machine.interpreter(self.build, program), mode, f"{each:,.0f}"])
        print(table([f"batches of {COUNTED}", "", "instructions for one"], rows, left=2))

    def has_luv(self) -> bool:
        command = [self.build.lua, "-e", "require 'luv'"]
        done = subprocess.run(command, stderr=subprocess.DEVNULL, check=False)
        return done.returncode == 0

    def turn(self, batch: int) -> dict[Way, tuple[float, str]]:
        return {
            (program, mode): self.one(program, mode, batch)
            for program, mode, _ in WAYS
            if mode != "luv" or self.has_luv()
        }


def report(build: Build, batch: int, turns: list[dict[Way, tuple[float, str]]]) -> bool:
    rows, good = [], True
    for program, mode, goal in WAYS:
        way = program, mode
        if way not in turns[0]:
            continue
        times = [one[way][0] for one in turns]
        middle = statistics.median(one[way][0] / one["C", "each"][0] for one in turns)
        verdict = ""
        if goal is not None and batch >= 64:
            good = good and middle <= goal
            verdict = f"{goal}: {'ok' if middle <= goal else 'NOT MET'}"
        name = "raw C" if program == "C" else machine.interpreter(build, program)
        each = f"{statistics.median(times) * 1e9:,.0f}"
        rows.append([name, mode, each, f"{middle:.3f}", turns[0][way][1], verdict])
    head = [f"batches of {batch}", "", "ns for one", "of raw C", "garbage", ""]
    print(table(head, rows, left=2), "\n")
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", help="build directory; NSK_BUILD by default")
    parser.add_argument("--quick", action="store_true", help="one short turn")
    parser.add_argument("--check", action="store_true", help="fail above the goals")
    options = parser.parse_args()
    runs, count = (QUICK_RUNS, QUICK_COUNT) if options.quick else (RUNS, COUNT)
    try:
        build = Build.find(options.build)
        build.require_optimised()
        require("cc", *([] if options.quick else ["valgrind"]))
        cpus = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cpus[os.getpid() % len(cpus)]})
        print("\n".join(machine.facts(build, "cc")))
        print(f"method    processor time, {runs} turns on one CPU\n")
        with tempfile.TemporaryDirectory(prefix="nsk-bench-") as folder:
            made = f"{folder}/datagrams"
            subprocess.run(
                ["cc", "-O2", "-D_GNU_SOURCE", "-o", made, str(NATIVE)], check=True
            )
            measuring = Measuring(build, folder, count)
            good = True
            for batch in BATCHES:
                turns = [measuring.turn(batch) for _ in range(runs)]
                good = report(build, batch, turns) and good
            if not options.quick:
                measuring.instructions()
    except Unusable as error:
        print(f"udp: {error}", file=sys.stderr)
        return NOT_MEASURABLE
    except Failed as error:
        print(f"udp: {error}", file=sys.stderr)
        return 1
    return 0 if good or not options.check else 1


if __name__ == "__main__":
    sys.exit(main())

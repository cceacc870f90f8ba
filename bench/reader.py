"""Lines, exact blocks and marks: the processor's time for one, ours beside others.

A thread of this process sends, the measured program reads, all on one CPU, so that there
is always something to read. The libraries take turns, and the median of the ratios within
a turn counts, so that a machine which grows slower meanwhile does not matter. A second
table has the receives, which strace counts.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from lib import machine
from lib.build import NOT_MEASURABLE, Build, Unusable, require
from lib.measure import Failed
from lib.table import table

RUNS, QUICK = 11, 1
QUICK_PART = 10  # of the counts, where nothing is compared
COUNT = re.compile(r"^(?:recvfrom|recvmsg|read)\(\d+<socket:.* = [1-9]", re.M)
STRACE = ("strace", "-qq", "-y", "-s", "0", "-e", "trace=recvfrom,recvmsg,read")
STRACE_COUNT = 20_000


@dataclass(frozen=True)
class Work:
    title: str
    name: str
    size: int
    count: int

    @property
    def item(self) -> bytes:
        end = {"line": b"\n", "mark": b"--", "block": b""}[self.name]
        return b"x" * (self.size - len(end)) + end


WORKS = (
    Work("lines of 20 bytes", "line", 20, 200_000),
    Work("lines of 64 bytes", "line", 64, 200_000),
    Work("lines of 1,000 bytes", "line", 1000, 30_000),
    Work("blocks of 1,000 bytes", "block", 1000, 30_000),
    Work("64 bytes up to a mark", "mark", 64, 200_000),
)
# Script, library, and what it cannot do.
LIBRARIES = (
    ("reader.lua", "netsocket", ()),
    ("reader.lua", "luasocket", ("mark",)),
    ("reader.lua", "cqueues", ("mark",)),
    ("reader.py", "netsocket", ()),
    ("reader.py", "makefile", ("mark",)),
    ("reader.py", "netsocket.aio", ()),
    ("reader.py", "asyncio", ()),
)
OURS = {"asyncio": "netsocket.aio"}  # which of ours is compared; else netsocket
# The most that ours may take of another's time.
LIMITS = {
    ("luasocket", "lines of 20 bytes"): 0.6,
    ("makefile", "lines of 20 bytes"): 0.8,
}


def sending(listener: socket.socket, work: Work, count: int) -> None:
    chunk = work.item * (65536 // work.size)
    left = work.size * count
    try:
        with listener.accept()[0] as peer:
            while left > 0:
                part = memoryview(chunk)[:left]
                peer.sendall(part)
                left -= len(part)
    except OSError:
        pass  # the program has failed, and says so itself


@dataclass(frozen=True)
class Reading:
    """Runs the measured programs of one build."""

    build: Build
    folder: str
    part: int  # the count of each work is divided by it

    def run(
        self, script: str, library: str, work: Work, count: int, *before: str
    ) -> subprocess.CompletedProcess[str]:
        path = str(Path(self.folder) / "socket")
        command = [*before, *self.build.command(script), library, work.name, path]
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen(1)
            sender = threading.Thread(target=sending, args=(listener, work, count))
            sender.start()
            done = subprocess.run(
                [*command, str(work.size), str(count)],
                env=self.build.environment(self.folder),
                capture_output=True,
                text=True,
                check=False,
            )
            listener.shutdown(socket.SHUT_RDWR)  # ends an accept
            sender.join()
        os.unlink(path)
        if done.returncode != 0:
            raise Failed(f"{library}, {work.title}: {done.stderr}")
        return done

    def seconds(self, script: str, library: str, work: Work) -> float:
        count = work.count // self.part
        done = self.run(script, library, work, count)
        return float(done.stdout) / count

    def receives(self, script: str, library: str, work: Work) -> int:
        done = self.run(script, library, work, STRACE_COUNT, *STRACE)
        return len(COUNT.findall(done.stderr))


def turn(reading: Reading, work: Work) -> dict[tuple[str, str], float]:
    return {
        (script, library): reading.seconds(script, library, work)
        for script, library, lacks in LIBRARIES
        if work.name not in lacks
    }


def report(build: Build, work: Work, turns: list[dict[tuple[str, str], float]]) -> bool:
    rows, good = [], True
    for script, library in turns[0]:
        times = [one[script, library] for one in turns]
        ours = OURS.get(library, "netsocket")
        ratios = [one[script, ours] / one[script, library] for one in turns]
        middle = statistics.median(ratios)
        limit = LIMITS.get((library, work.title))
        verdict = ""
        if limit is not None:
            good = good and middle <= limit
            verdict = f"at most {limit}: {'ok' if middle <= limit else 'NOT MET'}"
        shown = "" if library.startswith("netsocket") else f"{middle:.2f}"
        each = f"{statistics.median(times) * 1e9:,.0f}"
        name = machine.interpreter(build, script)
        rows.append([name, library, each, shown, verdict])
    print(table([work.title, "", "ns for one", "ours / this", ""], rows, left=2), "\n")
    return good


def report_receives(build: Build, reading: Reading) -> bool:
    """A receive serves 16 KiB of lines."""
    work, rows, good = WORKS[0], [], True
    most = -(-work.size * STRACE_COUNT // 16384) + 1
    for script, library, _lacks in LIBRARIES:
        count = reading.receives(script, library, work)
        verdict = ""
        if library.startswith("netsocket"):
            good = good and count <= most
            verdict = f"{most} of 16 KiB: {'ok' if count <= most else 'NOT MET'}"
        name = machine.interpreter(build, script)
        each = f"{count * 1000 / STRACE_COUNT:.2f}"
        rows.append([name, library, str(count), each, verdict])
    head = [f"{STRACE_COUNT:,} {work.title}", "", "receives", "for 1,000 lines", ""]
    print(table(head, rows, left=2))
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", help="build directory; NSK_BUILD by default")
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK} short turn, not {RUNS}"
    )
    parser.add_argument("--check", action="store_true", help="fail above the limits")
    options = parser.parse_args()
    runs = QUICK if options.quick else RUNS
    try:
        build = Build.find(options.build)
        build.require_optimised()
        require("strace")
        cpus = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cpus[os.getpid() % len(cpus)]})
        print("\n".join(machine.facts(build, "strace")))
        print(f"method    processor time, {runs} turns on one CPU\n")
        with tempfile.TemporaryDirectory(prefix="nsk-bench-") as folder:
            reading = Reading(build, folder, QUICK_PART if options.quick else 1)
            good = True
            for work in WORKS:
                turns = [turn(reading, work) for _ in range(runs)]
                good = report(build, work, turns) and good
            good = report_receives(build, reading) and good
    except Unusable as error:
        print(f"reader: {error}", file=sys.stderr)
        return NOT_MEASURABLE
    except Failed as error:
        print(f"reader: {error}", file=sys.stderr)
        return 1
    return 0 if good or not options.check else 1


if __name__ == "__main__":
    sys.exit(main())

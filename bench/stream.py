"""Moving much: the processor time of 64 KiB calls on a unix stream, against raw C.

One end is the measured program, the other a C program that only sends or receives;
both are on one CPU. The programs take turns, and the median of the ratios within a turn
counts, so that a machine which grows slower meanwhile does not matter.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from lib import machine
from lib.build import NOT_MEASURABLE, Build, Unusable, require
from lib.measure import Failed, pinned
from lib.table import table

NATIVE = Path(__file__).resolve().parent / "native" / "stream.c"
SCRIPTS = ("stream.lua", "stream.py")
RUNS, QUICK = 15, 5
ROUNDS = 4096  # of 64 KiB: 256 MiB
FILE_BYTES = 16 << 20

# What is measured, what raw C does meanwhile, and the most that ours may cost of it.
LIMITS = {"send": ("send", 1.08), "receive": ("receive", 1.30), "into": ("receive", 1.08)}
SENDFILE_AT_LEAST = 2.0  # times as fast as reading and sending


def seconds(
    command: list[str], env: dict[str, str], mode: str, native: str, *extra: str
) -> float:
    """Processor seconds of the command, whose far end is the C program."""
    ours, theirs = socket.socketpair()
    far = "send" if mode in ("receive", "into") else "receive"
    with ours, theirs:
        peer = subprocess.Popen(
            pinned([native, far, str(theirs.fileno()), str(ROUNDS)]),
            pass_fds=[theirs.fileno()],
            stdout=subprocess.DEVNULL,
        )
        done = subprocess.run(
            pinned([*command, mode, str(ours.fileno()), str(ROUNDS), *extra]),
            env=env,
            pass_fds=[ours.fileno()],
            capture_output=True,
            text=True,
            check=False,
        )
        theirs.close()
        ours.close()
        if peer.wait() != 0 or done.returncode != 0:
            raise Failed(f"{mode}: {done.stdout}{done.stderr}")
    return float(done.stdout)


def measure(
    build: Build, runs: int, native: str, folder: str
) -> dict[tuple[str, str], list[float]]:
    """Ratios, by script and mode; of sendfile how many times as fast as copying it is."""
    env = build.environment(folder)
    path = str(Path(folder) / "file")
    Path(path).write_bytes(os.urandom(1 << 20) * (FILE_BYTES >> 20))
    found: dict[tuple[str, str], list[float]] = {}
    for _ in range(runs):
        base = {
            mode: seconds([native], env, mode, native) for mode in ("send", "receive")
        }
        for script in SCRIPTS:
            command = build.command(script)
            for mode, (against, _limit) in LIMITS.items():
                ratio = seconds(command, env, mode, native, path) / base[against]
                found.setdefault((script, mode), []).append(ratio)
            copied = seconds(command, env, "copy", native, path)
            sent = seconds(command, env, "sendfile", native, path)
            found.setdefault((script, "sendfile"), []).append(copied / sent)
    return found


def report(build: Build, found: dict[tuple[str, str], list[float]]) -> bool:
    rows, good = [], True
    for (script, mode), ratios in found.items():
        middle = statistics.median(ratios)
        if mode == "sendfile":
            ok, limit = middle >= SENDFILE_AT_LEAST, f"at least {SENDFILE_AT_LEAST:.1f}"
        else:
            ok, limit = middle <= LIMITS[mode][1], f"at most {LIMITS[mode][1]:.2f}"
        good = good and ok
        name = machine.interpreter(build, script)
        shown = "read + send / sendfile" if mode == "sendfile" else f"{mode} / raw C"
        rows.append([name, shown, f"{middle:.2f}", limit, "ok" if ok else "NOT MET"])
    print(table(["", "processor time", "median", "limit", ""], rows, left=2))
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", help="build directory; NSK_BUILD by default")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} turns, not {RUNS}")
    options = parser.parse_args()
    runs = QUICK if options.quick else RUNS
    try:
        build = Build.find(options.build)
        build.require_optimised()
        require("taskset", "cc")
        with tempfile.TemporaryDirectory() as folder:
            native = str(Path(folder) / "native")
            subprocess.run(
                ["cc", "-O2", "-D_GNU_SOURCE", "-o", native, str(NATIVE)], check=True
            )
            print(
                "\n".join(
                    [*machine.facts(build, "cc"), f"command   {' '.join(sys.argv)}"]
                )
            )
            print(f"method    {ROUNDS} times 64 KiB, {runs} turns\n")
            return 0 if report(build, measure(build, runs, native, folder)) else 1
    except Unusable as error:
        print(error, file=sys.stderr)
        return NOT_MEASURABLE


if __name__ == "__main__":
    sys.exit(main())

"""How late a thread is that wants the interpreter every millisecond, while another one
makes a single call that moves 2 GB.

What keeps the thread waiting in every try is the call's doing; the machine's own delays
come and go, and hold a thread up beside CPython's own calls as well. So each call has its
best of several tries, and fails with --check above 20 ms.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from typing import NamedTuple

from lib import machine
from lib.build import NOT_MEASURABLE, Build, Unusable
from lib.measure import Failed
from lib.table import number, table

SCRIPT = "beside.py"
LATEST = 0.02
SYSTEM = ("sleep", "socket.send", "os.sendfile")  # CPython's own: what the machine does
CALLS = (
    *SYSTEM,
    "send",
    "sendall",
    "writev",
    "sendfile",
    "recv",
    "recvall",
    "recv_into",
)


class Try(NamedTuple):
    late: float
    took: float
    moved: float


def measured(build: Build, call: str, size: int) -> Try:
    with tempfile.TemporaryDirectory(prefix="nsk-bench-") as pycache:
        done = subprocess.run(
            [*build.command(SCRIPT), call, str(size)],
            env=build.environment(pycache),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise Failed(f"{call}: {done.stderr}")
    return Try(*map(float, done.stdout.split()))


def row(call: str, tries: list[Try]) -> tuple[str, ...]:
    best = min(one.late for one in tries)
    worst = max(one.late for one in tries)
    took = min(one.took for one in tries)
    moved = number(tries[0].moved / (1 << 20))
    return call, moved, f"{took:.2f}", f"{best * 1e3:.1f}", f"{worst * 1e3:.1f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--build", metavar="FOLDER", help="the build directory (NSK_BUILD)"
    )
    parser.add_argument("--size", type=int, default=2000, help="MiB a call (2000)")
    parser.add_argument("--tries", type=int, default=5, help="of each call (5)")
    parser.add_argument("--check", action="store_true", help="fail above 20 ms")
    asked = parser.parse_args()
    try:
        build = Build.find(asked.build)
        build.require_optimised()
        print("\n".join(machine.facts(build)), end="\n\n")
        size = asked.size << 20
        tries = {
            call: [measured(build, call, size) for _ in range(asked.tries)]
            for call in CALLS
        }
    except Unusable as reason:
        print(f"beside: {reason}", file=sys.stderr)
        return NOT_MEASURABLE
    except Failed as error:
        print(f"beside: {error}", file=sys.stderr)
        return 1
    head = "call", "MiB", "took, s", "best, ms", "worst, ms"
    print(table(head, [row(call, of) for call, of in tries.items()]))
    ours = [call for call in CALLS if call not in SYSTEM]
    late = [call for call in ours if min(one.late for one in tries[call]) > LATEST]
    if late and asked.check:
        print(f"\nmore than {LATEST * 1e3:.0f} ms: {', '.join(late)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

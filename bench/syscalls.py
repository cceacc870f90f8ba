"""The system calls of an operation, by strace: which ones, and how many.

A script marks the beginning and the end of each operation with a call on a path that
does not exist; what lies between the marks is the operation's.
"""

from __future__ import annotations

import argparse
import re
import shlex
import sys
import tempfile
from pathlib import Path

from lib import machine
from lib.build import NOT_MEASURABLE, Build, Unusable, require
from lib.measure import Failed, pinned, run
from lib.table import table

# An accept asks first for the mode, which another process may have changed.
EXPECTED = {
    "new": "socket",
    "pair": "socketpair",
    "send": "sendto",
    "recv": "recvfrom",
    "accept (empty)": "fcntl accept4",
    "connect, accept, 2 close: tcp": (
        "socket connect connect getsockname fcntl accept4 close close"
    ),
    "connect, accept, 2 close: unix": "socket connect fcntl accept4 close close",
}
# Python holds signals back from its last look at them until a wait that may come lets
# them in, and a connect may wait at each step.
HELD = "rt_sigprocmask {} rt_sigprocmask fcntl accept4 close close"
IN_PYTHON = {
    "connect, accept, 2 close: tcp": HELD.format("socket connect connect getsockname"),
    "connect, accept, 2 close: unix": HELD.format("socket connect"),
}
SCRIPTS = ("syscalls.lua", "syscalls.py")
STRACE = ("strace", "-f", "-qq", "-s", "200")

CALL = re.compile(r"(?:\d+\s+)?(?P<name>\w+)\(")
MARK = re.compile(r'"/nsk-mark/(?P<name>[^"]+)"')


def windows(log: str) -> dict[str, list[str]]:
    """The calls between each pair of marks. A call that another thread interrupts in the
    log appears once with its name and an opening bracket."""
    found: dict[str, list[str]] = {}
    inside: list[str] | None = None
    for line in log.splitlines():
        mark = MARK.search(line)
        if mark:
            inside = None if mark["name"] == "end" else found.setdefault(mark["name"], [])
            continue
        call = CALL.match(line)
        if call and inside is not None:
            inside.append(call["name"])
    return found


def trace(build: Build, script: str, folder: Path) -> dict[str, list[str]]:
    log = folder / "log"
    command = [*build.command(script), str(folder / "socket")]
    run(pinned([*STRACE, "-o", str(log), *command]), build.environment(str(folder)))
    (folder / "socket").unlink()
    return windows(log.read_text(errors="replace"))


def compare(build: Build, folder: Path) -> bool:
    """Prints the table; true when every operation makes the calls it should."""
    rows = []
    right = True
    for script in SCRIPTS:
        seen = trace(build, script, folder)
        own = IN_PYTHON if script.endswith(".py") else {}
        for operation, expected in {**EXPECTED, **own}.items():
            names = seen.get(operation, [])
            same = names == expected.split()
            right = right and same
            rows.append(
                (
                    machine.interpreter(build, script),
                    operation,
                    " ".join(names),
                    str(len(names)),
                    str(len(expected.split())),
                    "ok" if same else f"expected {expected}",
                )
            )
    print()
    print(
        table(
            ("interpreter", "operation", "system calls", "count", "limit", ""),
            rows,
            left=3,
        )
    )
    return right


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--build", metavar="FOLDER", help="the build directory (NSK_BUILD)"
    )
    asked = parser.parse_args()
    try:
        require("strace", "taskset")
        build = Build.find(asked.build)
        build.require_optimised()
        run(["strace", "-o", "/dev/null", "true"], {"PATH": "/usr/bin:/bin"})
    except (Unusable, Failed) as reason:
        print(f"syscalls: {reason}", file=sys.stderr)
        return NOT_MEASURABLE
    print("\n".join(machine.facts(build, "strace")))
    print(f"command   {shlex.join(STRACE)} INTERPRETER SCRIPT, on one CPU")
    with tempfile.TemporaryDirectory(prefix="nsk-bench-") as folder:
        try:
            return 0 if compare(build, Path(folder)) else 1
        except Failed as error:
            print(f"syscalls: {error}", file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main())

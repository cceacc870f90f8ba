"""Deadlines of 0.2 s, many at a time, against an address that never answers and a name
whose server never does: the shortest and the longest, and how late a ticker beside them
was, for each way to wait.

None may end early. The machine makes them late, too, so more than 0.3 s, and a beat more
than 20 ms late, fails with --check alone. The silent name server is on a network of its
own, which needs root.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from lib import machine, ways
from lib.build import NOT_MEASURABLE, Build, Unusable
from lib.measure import Failed
from lib.table import table
from lib.ways import ROOT, NotInstalled, Way

TESTS = ROOT / "tests"
sys.path.insert(0, str(TESTS))

from support.net import netns  # noqa: E402 (the tests' own)
from support.net.nameserver import name_server  # noqa: E402 (the tests' own)
from support.net.peers import Peers  # noqa: E402 (the same)

DEADLINE, LATEST, LATEST_BEAT = 0.2, 0.3, 0.02
CASES = str(TESTS / "lua" / "scheduler_cases.lua")
WAYS = (
    Way("select_poller.lua of examples", "select", CASES),
    Way("cqueues", "cqueues", CASES),
    Way("luv", "luv", CASES),
    Way("Copas", "copas", CASES),
    Way("threads", "threads", "deadlines.py"),
    Way("asyncio, netsocket.aio", "asyncio", "deadlines.py"),
)
HEAD = (
    "interpreter",
    "way to wait",
    "silent",
    "shortest, s",
    "longest, s",
    "latest beat, ms",
    "",
)


class Silence(NamedTuple):
    what: str
    host: str
    port: int


class Result(NamedTuple):
    cells: tuple[str, ...]
    fault: str = ""

    @property
    def row(self) -> tuple[str, ...]:
        return (*self.cells, self.fault)


@contextmanager
def silences() -> Iterator[tuple[Silence, ...]]:
    """The two that never answer, on a network of their own."""
    with tempfile.TemporaryDirectory(prefix="nsk-bench-") as folder:
        peers = Peers(Path(folder))
        try:
            with netns.entered(Path(folder)), name_server():
                address = Silence("address", *peers.black_hole())
                yield address, Silence("name", "hangs.example", 80)
        except netns.NotAllowed as reason:
            raise Unusable(f"no network of its own: {reason}") from reason
        finally:
            peers.close()


def measure(build: Build, way: Way, silence: Silence, count: int, at_once: int) -> Result:
    cells = way.interpreter(build), way.title, silence.what
    where = silence.host, silence.port, count, at_once
    within = 60 + 4 * DEADLINE * count / at_once
    try:
        least, most, beat = ways.run(build, way, "deadlines", *where, within=within)
    except NotInstalled:
        return Result((*cells, "", "", ""), "not installed")
    figures = f"{least:.4f}", f"{most:.4f}", f"{beat * 1000:.1f}"
    late = "late" if most > LATEST or beat > LATEST_BEAT else ""
    return Result((*cells, *figures), "early" if least < DEADLINE else late)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--build", metavar="FOLDER", help="the build directory (NSK_BUILD)"
    )
    parser.add_argument("--count", type=int, default=1000, help="deadlines (1000)")
    parser.add_argument("--at-once", type=int, default=50, help="at a time (50)")
    parser.add_argument("--check", action="store_true", help="fail on what is too late")
    return parser.parse_args()


def main() -> int:
    asked = options()
    try:
        build = Build.find(asked.build)
        build.require_optimised()
        print("\n".join(machine.facts(build)))
        print(f"\n{asked.count} deadlines of {DEADLINE} s, {asked.at_once} at a time\n")
        with silences() as silent:
            results = [
                measure(build, way, silence, asked.count, asked.at_once)
                for way in WAYS
                for silence in silent
            ]
    except Unusable as reason:
        print(f"deadlines: {reason}", file=sys.stderr)
        return NOT_MEASURABLE
    except Failed as error:
        print(f"deadlines: {error}", file=sys.stderr)
        return 1
    print(table(HEAD, [result.row for result in results], left=3))
    failing = {"early", "late"} if asked.check else {"early"}
    return int(any(result.fault in failing for result in results))


if __name__ == "__main__":
    sys.exit(main())

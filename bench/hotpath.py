"""What one call costs: user-space instructions, our modules beside others.

A figure is the slope of valgrind's instruction count between two loop lengths, so what
start and end of the process cost is not in it; the loop itself is. The least of several
runs counts. Instructions in the kernel do not.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

from lib import figures, machine
from lib.build import NOT_MEASURABLE, Build, Unusable, require
from lib.measure import VALGRIND, Failed, Lengths, run, slope
from lib.table import number, table

SAMPLES = 5
QUICK = 3
AT_MOST = 15  # samples before a figure that is too high is believed
ELSEWHERE = 1.05  # another compiler and another build of the interpreter count otherwise
LENGTHS = Lengths(1_000, 11_000)
FLOOR = ("empty.lua", "empty.py")


@dataclass(frozen=True)
class Case:
    """One exchange, as a script for each library; ours come first and are gated."""

    title: str
    ours: tuple[str, ...]
    others: tuple[str, ...] = ()
    limits: dict[str, int] = field(default_factory=dict)  # by interpreter, to 5.4 or 3.11
    lengths: Lengths = LENGTHS


CASES = (
    Case(
        "a.send(b'x'); b.recv(1) on a unix stream pair",
        ours=("pair.lua", "pair.py"),
        others=("pair_luasocket.lua", "pair_cpython.py"),
        limits={"Lua 5.4": 1_200, "CPython 3.11": 840},
    ),
    Case(
        "a.sendto(b'x', ai); b.recvfrom(1) on two UDP sockets",
        ours=("udp.lua", "udp.py"),
        others=("udp_luasocket.lua", "udp_cpython.py"),
        limits={"Lua 5.4": 2_400, "CPython 3.11": 2_500},
    ),
    Case(
        "a.sendall(100 bytes); b.recvall(100) on a unix stream pair",
        ours=("all.lua", "all.py"),
        limits={"Lua 5.4": 2_000, "CPython 3.11": 1_100},
    ),
    Case(
        "2 sends of 64 KiB, received as a string and into a buffer",
        ours=("block.lua", "block.py"),
        lengths=Lengths(50, 550),
    ),
)

LIBRARIES = {
    "luasocket": "luasocket",
    "cpython": "CPython's socket",
    "empty": "the loop alone",
}


def library(script: str) -> str:
    """By the last part of the script's name: pair_luasocket.lua is luasocket's."""
    return LIBRARIES.get(script.rpartition(".")[0].rpartition("_")[2], "ours")


@dataclass
class Result:
    script: str
    figure: float
    limit: int | None = None
    recorded: float | None = None
    known: bool = False  # the toolchain is one of those that have figures recorded

    @property
    def faults(self) -> list[str]:
        found = []
        if self.limit is not None and self.figure > self.most:
            found.append("above the limit")
        if self.recorded is not None and self.figure > self.bar:
            found.append(
                f"{self.figure / self.recorded - 1:.1%} above the recorded figure"
            )
        return found

    @property
    def most(self) -> float:
        """The limit, which is for known toolchains."""
        assert self.limit is not None
        return self.limit if self.known else self.limit * ELSEWHERE

    @property
    def bar(self) -> float:
        """What the figure must not exceed."""
        bars = [self.most] if self.limit is not None else []
        if self.recorded is not None:
            bars.append(self.recorded * (1 + figures.TOLERANCE))
        return min(bars, default=float("inf"))


class Bench:
    def __init__(self, build: Build, pycache: str, samples: int) -> None:
        self.build = build
        self.env = build.environment(pycache)
        self.samples = samples

    def possible(self, script: str) -> bool:
        """Others may be missing here; ours must work."""
        if library(script) == "ours":
            return True
        command = [*self.build.command(script), "1"]
        done = subprocess.run(command, env=self.env, capture_output=True, check=False)
        return done.returncode == 0

    def least(self, script: str, lengths: Lengths, bar: float = float("inf")) -> float:
        """The least of the samples; goes on for a while when that is above the bar."""
        command = self.build.command(script)
        run([*command, "1"], self.env)  # leaves Python's compiled files in the cache
        taken: list[float] = []
        while len(taken) < self.samples or (min(taken) > bar and len(taken) < AT_MOST):
            taken.append(slope(command, self.env, lengths, len(taken)))
            # CPython's count does not vary once its hash seed is fixed.
            if script.endswith(".py") and len(taken) > 1 and taken[-1] == taken[-2]:
                break
        return min(taken)

    def gated(self, case: Case, script: str, known: figures.Figures) -> Result:
        series = ".".join(machine.interpreter(self.build, script).split(".")[:2])
        toolchain = machine.toolchain(self.build, script)
        result = Result(script, 0.0, case.limits.get(series))
        result.known = toolchain in known.get("hotpath", {})
        result.recorded = figures.recorded(known, "hotpath", toolchain, script)
        result.figure = self.least(script, case.lengths, result.bar)
        return result


HEAD = "interpreter", "library", "instructions", "less the loop", "limit", "recorded", ""


def verdict(result: Result) -> str:
    if library(result.script) != "ours":
        return ""
    if result.faults:
        return ", ".join(result.faults)
    return "ok" if result.recorded else "ok, but nothing recorded for this toolchain"


def show(bench: Bench, results: list[Result], floors: dict[str, float]) -> str:
    rows = []
    for result in results:
        floor = floors.get(result.script.rpartition(".")[2])
        rows.append(
            (
                machine.interpreter(bench.build, result.script),
                library(result.script),
                number(result.figure),
                number(None if floor is None else result.figure - floor),
                number(result.limit),
                number(result.recorded),
                verdict(result),
            )
        )
    return table(HEAD, rows, left=2)


def measure(
    bench: Bench, cases: tuple[Case, ...], quick: bool, known: figures.Figures
) -> list[Result]:
    """Measures and prints the cases; the results of ours."""
    floors = {}
    if not quick:
        floors = {s.rpartition(".")[2]: bench.least(s, LENGTHS) for s in FLOOR}
    ours = []
    for case in cases:
        results = [bench.gated(case, s, known) for s in case.ours if bench.possible(s)]
        ours += results
        if not quick:
            results += [
                Result(s, bench.least(s, case.lengths))
                for s in case.others
                if bench.possible(s)
            ]
            results += [Result(s, floors[s.rpartition(".")[2]]) for s in FLOOR]
        results.sort(key=lambda result: result.script.rpartition(".")[2])
        print(f"\n{case.title}; between {case.lengths} turns\n")
        print(show(bench, results, floors), flush=True)
    return ours


def record(bench: Bench, results: list[Result], known: figures.Figures) -> None:
    for result in results:
        toolchain = machine.toolchain(bench.build, result.script)
        figures.put(known, "hotpath", toolchain, result.script, result.figure)
    figures.save(known)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--build", metavar="FOLDER", help="the build directory (NSK_BUILD)"
    )
    parser.add_argument("--quick", action="store_true", help="ours alone, fewer samples")
    parser.add_argument(
        "--shortest", action="store_true", help="ours alone, the first case, one sample"
    )
    parser.add_argument("--check", action="store_true", help="fail on what is too high")
    parser.add_argument(
        "--record", action="store_true", help="rewrite bench/figures.json"
    )
    asked = parser.parse_args()
    asked.quick = asked.quick or asked.shortest
    if asked.quick and asked.record:
        parser.error("--record wants every sample")
    return asked


def samples(asked: argparse.Namespace) -> int:
    if asked.shortest:
        return 1
    return QUICK if asked.quick else SAMPLES


def main() -> int:
    asked = options()
    try:
        require("valgrind", "taskset")
        build = Build.find(asked.build)
        build.require_optimised()
    except Unusable as reason:
        print(f"hotpath: {reason}", file=sys.stderr)
        return NOT_MEASURABLE
    pycache = tempfile.mkdtemp(prefix="nsk-bench-")
    try:
        bench = Bench(build, pycache, samples(asked))
        print("\n".join(machine.facts(build, "valgrind")))
        print(f"command   {shlex.join(VALGRIND)} INTERPRETER SCRIPT TURNS, on one CPU")
        known = figures.load()
        results = measure(
            bench, CASES[:1] if asked.shortest else CASES, asked.quick, known
        )
        if asked.record:
            record(bench, results, known)
    except Failed as error:
        print(f"hotpath: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(pycache)
    return int(asked.check and any(result.faults for result in results))


if __name__ == "__main__":
    sys.exit(main())

"""Echo servers with many connections: the processor's time that a message takes, ours
beside what a user would pick instead.

A load generator in C keeps one line in flight on each connection; the server is on one
CPU, the generator on another. All servers take turns, and the median of the ratios within
a turn counts, so that a machine which grows slower meanwhile does not matter.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from lib import machine, plot
from lib.build import NOT_MEASURABLE, Build, Unusable, require
from lib.measure import Failed
from lib.servers import MOST, NATIVE, RAW, SERVERS, Server, environment, is_missing
from lib.table import number, table
from lib.ways import NotInstalled

SPARE = 100  # descriptors that a server has beside its connections
PATIENCE = 120


@dataclass(frozen=True)
class Work:
    """`what` is done so many times a second, `per` of them make one of the table's."""

    title: str
    load: str
    count: int
    size: int
    what: str
    per: float = 1

    def __str__(self) -> str:
        return self.title.format(self)


SHORT = Work("{0.count} short connections at a time", "visits", 16, 64, "connections/s")
BULK = Work(
    "{0.count} connections, {0.size:,} bytes a line",
    *("load", 10, 1 << 15, "GB/s"),
    per=1e9 / (1 << 15),
)


def echo(count: int) -> Work:
    return Work("{0.count:,} connections", "load", count, 64, "messages/s")


class TooSlow(Exception):
    """The load has given up waiting."""


class Seen(NamedTuple):
    """What the load prints."""

    messages: float
    seconds: float
    cpu: float
    median: float
    late: float
    memory: float

    @property
    def each(self) -> float:
        return self.cpu / self.messages

    @property
    def speed(self) -> float:
        return self.messages / self.seconds


Turns = list[dict[str, Seen]]


@dataclass
class Run:
    """Starts the servers of one build, one at a time."""

    build: Build
    native: Path
    cpus: tuple[int, int]
    seconds: float
    without: dict[tuple[str, Work], str] = field(default_factory=dict)

    def measure(self, server: Server, work: Work) -> Seen:
        count = min(work.count, server.most)
        with (
            tempfile.TemporaryFile("w+") as errors,
            subprocess.Popen(
                [
                    "taskset",
                    "-c",
                    str(self.cpus[0]),
                    *server.command(self.build, self.native),
                ],
                env=environment(self.build, str(self.native)),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            ) as process,
        ):
            try:
                assert process.stdout is not None
                port = process.stdout.readline().strip()
                load = [str(self.native / work.load), port, process.pid, count]
                done = subprocess.run(
                    ["taskset", "-c", str(self.cpus[1])]
                    + [str(word) for word in (*load, self.seconds, work.size)],
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    text=True,
                    timeout=PATIENCE,
                    check=False,
                )
            finally:
                process.kill()
            errors.seek(0)
            said = errors.read()
        if done.returncode == 0:
            return Seen(*map(float, done.stdout.split()))
        if is_missing(said):
            raise NotInstalled
        if done.returncode == -signal.SIGALRM:
            raise TooSlow
        raise Failed(f"{server.name}: {said}")

    def turn(self, servers: list[Server], work: Work) -> dict[str, Seen]:
        seen = {}
        for server in servers:
            if (server.name, work) in self.without:
                continue
            try:
                seen[server.name] = self.measure(server, work)
            except NotInstalled:
                self.without[server.name, work] = "not installed"
            except TooSlow:
                self.without[server.name, work] = "not within a minute"
        return seen


def ratio(turns: Turns, name: str, other: str) -> float | None:
    found = [
        turn[name].each / turn[other].each
        for turn in turns
        if name in turn and other in turn
    ]
    return statistics.median(found) if found else None


def remark(server: Server, work: Work, found: float | None) -> str:
    words = []
    if work.count > server.most:
        words.append(f"{server.most:,} connections")
    if server.goal and found is not None and work.load == "load" and work.size == 64:
        words.append(
            f"at most {server.goal}: {'ok' if found <= server.goal else 'NOT MET'}"
        )
    return ", ".join(words)


def row(run: Run, server: Server, work: Work, turns: Turns) -> tuple[str, ...]:
    seen = [turn[server.name] for turn in turns if server.name in turn]
    if not seen:
        return (server.group, server.title, *[""] * 7, run.without[server.name, work])
    middle = Seen(*(statistics.median(values) for values in zip(*seen)))
    each = statistics.median(one.each for one in seen)
    speed = statistics.median(one.speed for one in seen) / work.per
    peer = ratio(turns, server.name, server.against)
    native = ratio(turns, server.name, RAW)
    return (
        server.group,
        server.title,
        f"{each * 1e6:.1f}",
        "" if native is None else f"{native:.2f}",
        "" if peer is None else f"{peer:.2f}",
        number(speed) if work.per == 1 else f"{speed:.2f}",
        f"{middle.median * 1e3:.2f}",
        f"{middle.late * 1e3:.2f}",
        number(middle.memory) if middle.memory else "",
        remark(server, work, peer),
    )


def report(run: Run, servers: list[Server], work: Work, rounds: int) -> Turns:
    turns = [run.turn(servers, work) for _ in range(rounds)]
    print(f"\n{work}, {rounds} turns of {run.seconds:g} s\n")
    head = "", "server", "CPU, us", "of raw C", "of peer", work.what, "p50, ms", "p99, ms"
    rows = [row(run, server, work, turns) for server in servers]
    print(table([*head, "bytes", ""], rows, left=2), flush=True)
    return turns


def plot_all(folder: Path, servers: list[Server], found: dict[int, Turns]) -> None:
    """Two pictures over the number of connections: costs, and ours by its peer's."""
    costs: dict[str, dict[str, plot.Line]] = {}
    ratios: dict[str, plot.Line] = {}
    for server in servers:
        for count, turns in found.items():
            seen = [turn[server.name].each for turn in turns if server.name in turn]
            # A turn may have been too short for the clock of processor time.
            cost = statistics.median(seen) if seen else 0
            if cost == 0 or count > server.most:
                continue
            lines = costs.setdefault(server.group, {})
            line = lines.setdefault(server.title, [])
            line.append((count, cost * 1e6))
            peer = ratio(turns, server.name, server.against)
            if peer is not None:
                ratios.setdefault(server.group, []).append((count, peer))
    raw = costs.pop(SERVERS[0].group, {})
    panels = {group: {**lines, **raw} for group, lines in costs.items()}
    plot.write(folder / "server-cost.svg", panels, "µs a message", logarithmic=True)
    plot.write(folder / "server-ratio.svg", {"": ratios}, "ours / peer's")


def compiled(folder: str) -> Path:
    for name in ("load", "visits", "echo"):
        source, made = NATIVE / f"{name}.c", Path(folder) / name
        subprocess.run(
            ["cc", "-O2", "-D_GNU_SOURCE", "-o", made, source],
            check=True,
        )
    return Path(folder)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", metavar="FOLDER", help="build directory (NSK_BUILD)")
    parser.add_argument("--rounds", type=int, default=5, help="turns of all servers (5)")
    parser.add_argument("--seconds", type=float, default=1, help="of each turn (1)")
    parser.add_argument("--only", metavar="WORD", help="servers with this in their names")
    parser.add_argument("--short", action="store_true", help="short connections, too")
    parser.add_argument("--bulk", action="store_true", help="long lines, too")
    parser.add_argument(
        "--plot", metavar="FOLDER", type=Path, help="write pictures over the connections"
    )
    parser.add_argument(
        "connections",
        nargs="*",
        type=int,
        default=[1000],
        help="at a time, a table for each (1000)",
    )
    return parser.parse_args()


def main() -> int:
    asked = options()
    servers = [one for one in SERVERS if not asked.only or asked.only in one.name]
    try:
        build = Build.find(asked.build)
        build.require_optimised()
        require("taskset", "cc")
        if not all(0 < count <= MOST for count in asked.connections):
            raise Unusable(f"connections: 1 to {MOST:,}")
        machine.raise_limit(max(asked.connections) + SPARE)
        cpus = sorted(os.sched_getaffinity(0))
        print("\n".join(machine.facts(build, "cc")))
        print(f"method    server on CPU {cpus[0]}, load on CPU {cpus[-1]}")
        with tempfile.TemporaryDirectory(prefix="nsk-bench-") as folder:
            run = Run(build, compiled(folder), (cpus[0], cpus[-1]), asked.seconds)
            found = {
                count: report(run, servers, echo(count), asked.rounds)
                for count in asked.connections
            }
            for work in [SHORT] * asked.short + [BULK] * asked.bulk:
                report(run, servers, work, asked.rounds)
        if asked.plot is not None:
            plot_all(asked.plot, servers, found)
    except Unusable as reason:
        print(f"server: {reason}", file=sys.stderr)
        return NOT_MEASURABLE
    except Failed as error:
        print(f"server: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

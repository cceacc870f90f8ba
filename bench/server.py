"""Echo servers with many connections: the processor's time that a message takes, ours
beside what a user would pick instead.

A load generator in C keeps one line in flight on each connection; the server is on one
CPU, the generator on another. All servers take turns, and the median of the ratios within
a turn counts, so that a machine which grows slower meanwhile does not matter.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from lib import machine, ways
from lib.build import NOT_MEASURABLE, Build, Unusable, require
from lib.measure import Failed
from lib.table import number, table
from lib.ways import NotInstalled

NATIVE = Path(__file__).resolve().parent / "native"
MISSING = re.compile(r"module '(?:copas|cqueues|luv|socket)' not found|named 'uvloop")
SIZE = 64
MOST, SPARE = 19_900, 100  # connections, and descriptors that a server has beside them
PATIENCE = 120


@dataclass(frozen=True)
class Server:
    """One row. `peer` is what it is compared with, `goal` how much of that one's time it
    may take; `most` is how many connections it can have, or is asked to."""

    name: str
    title: str
    program: str
    arguments: tuple[str, ...] = ()
    peer: str = ""
    goal: float = 0
    most: int = MOST

    def command(self, build: Build, native: Path) -> list[str]:
        if self.program.endswith(".c"):
            return [str(native / self.program[:-2])]
        return [*build.command(f"server/{self.program}"), *self.arguments]


def of_loop(loop: str, goal: float) -> list[Server]:
    streams = f"streams, {loop}"
    return [
        Server(f"aio, {loop}", "netsocket.aio", "aio.py", (loop,), streams, goal),
        Server(streams, "asyncio streams", "streams.py", (loop,)),
        Server(f"wait_for, {loop}", "streams, wait_for", "streams.py", (loop, "60")),
        Server(f"protocol, {loop}", "asyncio.Protocol", "protocol.py", (loop,)),
    ]


# luasocket's select(2) ends at descriptor 1,023.
SERVERS = (
    Server("c", "raw C, epoll", "echo.c"),
    Server("ours, cqueues", "net.socket", "ours.lua", ("cqueues",), "cqueues", 0.9),
    Server("cqueues", "its own sockets", "cqueues.lua"),
    Server("ours, Copas", "net.socket", "ours.lua", ("copas",), "Copas", 0.9),
    Server("Copas", "luasocket", "copas.lua", most=1000),
    Server("ours, luv", "net.socket", "ours.lua", ("luv",), "luv", 1.5),
    Server("luv", "its callbacks", "luv.lua"),
    *of_loop("asyncio", 0.45),
    *of_loop("uvloop", 0.8),
    Server("ours, threads", "netsocket", "threads.py", (), "threads", 0.85, 100),
    Server("threads", "socket, makefile", "threads_cpython.py", most=100),
)


class Seen(NamedTuple):
    """What load.c prints."""

    messages: float
    seconds: float
    cpu: float
    median: float
    late: float
    memory: float

    @property
    def each(self) -> float:
        return self.cpu / self.messages


@dataclass
class Run:
    """Starts the servers of one build, one at a time."""

    build: Build
    native: Path
    cpus: tuple[int, int]
    seconds: float
    missing: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        env = ways.environment(self.build, str(self.native))
        env["PYTHONPATH"] += f":{NATIVE.parent}"
        uvloop = importlib.util.find_spec("uvloop")
        if uvloop is not None and uvloop.origin is not None:
            env["PYTHONPATH"] += f":{Path(uvloop.origin).parents[1]}"
        return env

    def measure(self, server: Server, count: int) -> Seen:
        with (
            tempfile.TemporaryFile("w+") as errors,
            subprocess.Popen(
                [
                    "taskset",
                    "-c",
                    str(self.cpus[0]),
                    *server.command(self.build, self.native),
                ],
                env=self.environment(),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            ) as process,
        ):
            try:
                assert process.stdout is not None
                port = process.stdout.readline().strip()
                load = [str(self.native / "load"), port, str(process.pid), str(count)]
                done = subprocess.run(
                    [
                        "taskset",
                        "-c",
                        str(self.cpus[1]),
                        *load,
                        str(self.seconds),
                        str(SIZE),
                    ],
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
        if MISSING.search(said):
            raise NotInstalled
        raise Failed(f"{server.name}: {said}")

    def turn(self, servers: list[Server], count: int) -> dict[str, Seen]:
        seen = {}
        for server in servers:
            if server.name in self.missing:
                continue
            try:
                seen[server.name] = self.measure(server, min(count, server.most))
            except NotInstalled:
                self.missing[server.name] = "not installed"
        return seen


def ratio(turns: list[dict[str, Seen]], name: str, other: str) -> float | None:
    found = [
        turn[name].each / turn[other].each
        for turn in turns
        if name in turn and other in turn
    ]
    return statistics.median(found) if found else None


def verdict(server: Server, found: float | None) -> str:
    if not server.goal or found is None:
        return ""
    return f"at most {server.goal}: {'ok' if found <= server.goal else 'NOT MET'}"


def row(
    run: Run, server: Server, turns: list[dict[str, Seen]], count: int
) -> tuple[str, ...]:
    seen = [turn[server.name] for turn in turns if server.name in turn]
    group = server.name.rpartition(", ")[2] if server.program != "echo.c" else ""
    if not seen:
        return (group, server.title, *[""] * 7, run.missing[server.name])
    each = statistics.median(one.each for one in seen)
    speed = statistics.median(one.messages / one.seconds for one in seen)
    median = statistics.median(one.median for one in seen)
    late = statistics.median(one.late for one in seen)
    memory = statistics.median(one.memory for one in seen)
    peer = ratio(turns, server.name, server.peer)
    native = ratio(turns, server.name, "c")
    words = verdict(server, peer)
    if count > server.most:
        words = f"{server.most:,} connections{', ' if words else ''}{words}"
    return (
        group,
        server.title,
        f"{each * 1e6:.1f}",
        "" if native is None else f"{native:.2f}",
        "" if peer is None else f"{peer:.2f}",
        number(speed),
        f"{median * 1e3:.2f}",
        f"{late * 1e3:.2f}",
        number(memory) if memory else "",
        words,
    )


HEAD = (
    *("", "server", "CPU, us", "of raw C", "of peer", "messages/s", "p50, ms", "p99, ms"),
    *("bytes", ""),
)


def report(run: Run, servers: list[Server], count: int, rounds: int) -> None:
    turns = [run.turn(servers, count) for _ in range(rounds)]
    print(f"\n{count:,} connections, {rounds} turns of {run.seconds:g} s\n")
    rows = [row(run, server, turns, count) for server in servers]
    print(table(HEAD, rows, left=2), flush=True)


def compiled(folder: str) -> Path:
    for name in ("load", "echo"):
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
            native = compiled(folder)
            run = Run(build, native, (cpus[0], cpus[-1]), asked.seconds)
            for count in asked.connections:
                report(run, servers, count, asked.rounds)
    except Unusable as error:
        print(f"server: {error}", file=sys.stderr)
        return NOT_MEASURABLE
    except Failed as error:
        print(f"server: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

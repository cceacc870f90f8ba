"""What a message costs an echo server: user-space instructions and system calls.

Both are slopes between two numbers of messages, so what start and end of the server cost
is in neither; its scheduler or loop is. Counts, not times: they do not depend on what
else runs on the machine. The clients' lines all come at once, while the server is
stopped, so that with several connections each turn of its loop finds all of them.

With --lines also the lines of memory, 64 bytes each, that a message touches and a cache
of 256 KiB does not hold: with many connections they are why a message costs more.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lib import figures, machine
from lib.build import NOT_MEASURABLE, Build, Unusable, require
from lib.measure import (
    CACHE,
    COUNT,
    MISSES,
    VALGRIND,
    Failed,
    Lengths,
    number_in,
)
from lib.servers import SERVERS, Server, environment, is_missing
from lib.table import number, table
from lib.ways import NotInstalled

LINE = b"x" * 63 + b"\n"
PATIENCE = 120
CALL = re.compile(r"^\d+ +(?P<name>\w+)\(")
SPARE = 100  # descriptors beside those of the connections
AT_MOST = 5  # samples before a figure that is too high is believed


def traced(log: Path) -> str:
    """What strace has written when the server has ended, which it says last."""
    until = time.monotonic() + PATIENCE
    while True:
        text = log.read_text(errors="replace")
        if text.rstrip().endswith(" +++"):
            return text
        if time.monotonic() > until:
            raise Failed(f"strace has not ended: {text[-200:]}")
        time.sleep(0.01)


@dataclass
class Run:
    """The servers of one build, each with so many connections."""

    build: Build
    folder: Path
    connections: int
    lengths: Lengths
    lines: bool

    @contextmanager
    def served(self, server: Server, *tool: str) -> Iterator[tuple[int, int, Path]]:
        """Its port and its process, and where its words go; ended afterwards."""
        said = self.folder / "said"
        command = [*tool, *server.command(self.build, self.folder)]
        with (
            said.open("wb") as errors,
            subprocess.Popen(
                command,
                env=environment(self.build, str(self.folder)),
                stdout=subprocess.PIPE,
                stderr=errors,
            ) as process,
        ):
            assert process.stdout is not None
            port = process.stdout.readline()
            try:
                if not port:
                    words = said.read_text(errors="replace")
                    raise NotInstalled if is_missing(words) else Failed(words)
                yield int(port), process.pid, said
            finally:
                process.terminate()
                process.wait(PATIENCE)

    def talk(self, port: int, pid: int, rounds: int) -> None:
        """So many lines on each connection, and as many back; `pid` is stopped while they
        come."""
        clients = [
            socket.create_connection(("127.0.0.1", port), PATIENCE)
            for _ in range(self.connections)
        ]
        for _ in range(rounds):
            if pid:
                os.kill(pid, signal.SIGSTOP)
            for client in clients:
                client.sendall(LINE)
            if pid:
                os.kill(pid, signal.SIGCONT)
            for client in clients:
                if client.recv(len(LINE), socket.MSG_WAITALL) != LINE:
                    raise Failed("another line came back")
        for client in clients:
            client.close()

    def warm(self, server: Server) -> None:
        """What only a first start does, compiling Python's modules, is no message's."""
        with self.served(server) as (port, _, _):
            self.talk(port, 0, 1)

    def counts(self, server: Server, rounds: int) -> tuple[int, int]:
        """Instructions, and the misses of a cache where they are asked for."""
        tool = (*VALGRIND, *CACHE) if self.lines else VALGRIND
        with self.served(server, *tool) as (port, pid, said):
            self.talk(port, pid if self.connections > 1 else 0, rounds)
        report = said.read_text(errors="replace")
        misses = number_in(report, MISSES) if self.lines else 0
        return number_in(report, COUNT), misses

    def calls(self, server: Server, rounds: int) -> Counter[str]:
        log = self.folder / "calls"
        # With -D the server is the process that was started, and strace another one.
        with self.served(server, "strace", "-D", "-f", "-o", str(log)) as (port, pid, _):
            self.talk(port, pid if self.connections > 1 else 0, rounds)
        lines = traced(log).splitlines()
        return Counter(found["name"] for found in map(CALL.match, lines) if found)

    @property
    def between(self) -> int:
        return (self.lengths.long - self.lengths.short) * self.connections

    def counts_each(self, server: Server) -> tuple[float, float]:
        few, many = (
            self.counts(server, length)
            for length in (self.lengths.short, self.lengths.long)
        )
        instructions, misses = (
            (after - before) / self.between for before, after in zip(few, many)
        )
        return instructions, misses

    def calls_each(self, server: Server) -> dict[str, float]:
        few, many = (
            self.calls(server, length)
            for length in (self.lengths.short, self.lengths.long)
        )
        return {
            name: (many[name] - few[name]) / self.between
            for name in sorted(many)
            if abs(many[name] - few[name]) / self.between >= 0.01
        }


@dataclass
class Result:
    server: Server
    recorded: float | None
    figure: float = 0
    lines: float = 0
    calls: dict[str, float] | None = None
    remark: str = ""

    @property
    def bar(self) -> float:
        """What the figure must not exceed."""
        if self.recorded is None:
            return float("inf")
        return self.recorded * (1 + figures.TOLERANCE)

    @property
    def gated(self) -> bool:
        return bool(self.server.goal)

    @property
    def listed(self) -> str:
        return ", ".join(
            f"{name} {each:.2f}" for name, each in (self.calls or {}).items()
        )

    def verdict(self) -> str:
        if self.remark or not self.gated:
            return self.remark
        if self.figure > self.bar:
            return f"{self.figure / self.bar - 1:.1%} above what is recorded and allowed"
        return "ok" if self.recorded else "ok, but nothing recorded for this toolchain"


def measure(run: Run, server: Server, known: float | None, traced: bool) -> Result:
    """The least of several samples, where the first one is too high."""
    result = Result(server, known)
    try:
        run.warm(server)
        taken = [run.counts_each(server)]
        while result.gated and min(taken)[0] > result.bar and len(taken) < AT_MOST:
            taken.append(run.counts_each(server))
        result.figure, result.lines = min(taken)
        if traced:
            result.calls = run.calls_each(server)
    except NotInstalled:
        result.remark = "not installed"
    return result


HEAD = "", "server", "instructions", "recorded", "lines", "system calls", ""


def show(results: list[Result]) -> str:
    rows = [
        (
            one.server.group,
            one.server.title,
            number(one.figure or None),
            number(one.recorded),
            f"{one.lines:.1f}" if one.lines else "",
            one.listed,
            one.verdict(),
        )
        for one in results
    ]
    return table(HEAD, rows, left=2)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", metavar="FOLDER", help="build directory (NSK_BUILD)")
    parser.add_argument("--only", metavar="WORD", help="servers with this in their names")
    parser.add_argument("--ours", action="store_true", help="our servers alone")
    parser.add_argument("--untraced", action="store_true", help="no system calls")
    parser.add_argument("--lines", action="store_true", help="lines of memory, too")
    parser.add_argument("--check", action="store_true", help="fail on what is too high")
    parser.add_argument(
        "--record", action="store_true", help="rewrite bench/figures.json"
    )
    parser.add_argument(
        "--rounds", type=int, default=300, help="on each connection, and 3 times as many"
    )
    parser.add_argument("connections", nargs="?", type=int, default=1, help="(1)")
    return parser.parse_args()


def main() -> int:
    asked = options()
    results = []
    try:
        require("valgrind", "strace")
        build = Build.find(asked.build)
        build.require_optimised()
        machine.raise_limit(asked.connections + SPARE)
        print("\n".join(machine.facts(build, "valgrind", "strace")))
        known = figures.load()
        title = f"messages, {asked.connections}"
        print(f"\n{asked.connections:,} connections, each message\n")
        with tempfile.TemporaryDirectory(prefix="nsk-bench-") as folder:
            lengths = Lengths(asked.rounds, 3 * asked.rounds)
            run = Run(build, Path(folder), asked.connections, lengths, asked.lines)
            for server in SERVERS:
                if server.program.endswith(".c") or (asked.ours and not server.goal):
                    continue
                if asked.connections > server.most:
                    continue
                if asked.only and asked.only not in server.name:
                    continue
                toolchain = machine.toolchain(build, server.program)
                recorded = figures.recorded(known, title, toolchain, server.name)
                found = measure(run, server, recorded, not asked.untraced)
                results.append(found)
                if found.gated and not found.remark:
                    figures.put(known, title, toolchain, server.name, found.figure)
        print(show(results))
        if asked.record:
            figures.save(known)
    except Unusable as reason:
        print(f"messages: {reason}", file=sys.stderr)
        return NOT_MEASURABLE
    except Failed as error:
        print(f"messages: {error}", file=sys.stderr)
        return 1
    return int(asked.check and any(one.figure > one.bar for one in results if one.gated))


if __name__ == "__main__":
    sys.exit(main())

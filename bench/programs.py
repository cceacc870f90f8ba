"""Small programs, each written with net.socket and with what is usual: how many lines
they have, and how much of the other's processor time ours take.

bench/programs has them. Ours are `NAME.lua` and `NAME.py`; `NAME_luasocket.lua` and
`NAME_cpython.py` do the same on the other library's socket, with its timeouts; and
`NAME_module.*` with the usual module that knows the protocol, so that its lines are no
measure. Each runs with a few operations and with many, against the same peer and on one
CPU. What many take beyond a few counts, and the interpreter's start does not. The
programs take turns, and the median of the ratios within a turn is shown.

A luasocket program has to give the same answer with one line changed, which makes it one
on net.socket.luasocket; that is not measured.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from lib import lines, machine, peers, peers_tls
from lib.build import NOT_MEASURABLE, Build, Unusable, require
from lib.measure import Failed
from lib.table import table

FOLDER = Path(__file__).parent / "programs"
TURNS = 7
FEW = 10  # operations
GOAL = 1.1
WITHIN = 300  # seconds for one program
HEAD = ("program", "ours", "beside", "lines", "theirs", "µs", "theirs", "time", "")


@dataclass(frozen=True)
class Program:
    """`count` is how many operations take about a quarter of a second; `modules` has the
    names of those that know the protocol."""

    title: str
    name: str
    peer: Callable[[Path], peers.Peer]
    count: int
    modules: dict[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ("lua", "py")


PROGRAMS = (
    Program("redis client", "redis_client", peers.redis, 2_000),
    Program("DNS stub", "dns_stub", peers.dns, 4_000),
    Program(
        *("HTTP client", "http_client", peers.http, 2_000),
        {"lua": "socket.http", "py": "http.client"},
    ),
    Program(
        *("syslog client", "syslog_client", peers.Syslog, 20_000),
        {"py": "SysLogHandler"},
    ),
    Program(
        *("SMTP client", "smtp_client", peers.Smtp, 1_000),
        {"lua": "socket.smtp", "py": "smtplib"},
    ),
    Program("MQTT client", "mqtt_client", peers.mqtt, 4_000),
    Program(
        *("HTTP server", "http_server", peers_tls.HttpClient, 200),
        {"py": "http.server"},
    ),
    Program(
        *("prefork server", "prefork", peers_tls.LineClient, 2_000),
        languages=("py",),  # Lua has no fork(2) of its own
    ),
    Program("TLS client", "tls_client", peers_tls.tls_echo, 3_000),
    Program("TLS server", "tls_server", peers_tls.TlsClient, 100),
)


@dataclass(frozen=True)
class Way:
    """A program as it is written with one library."""

    library: str
    path: Path
    knows_protocol: bool = False


def ways(program: Program, language: str) -> list[Way]:
    """Ours, and then those beside it."""

    def file(ending: str) -> Path:
        return FOLDER / f"{program.name}{ending}.{language}"

    lua = language == "lua"
    made = [
        Way("net.socket" if lua else "netsocket", file("")),
        Way("luasocket", file("_luasocket")) if lua else Way("socket", file("_cpython")),
    ]
    if language in program.modules:
        made.append(Way(program.modules[language], file("_module"), True))
    return made


# What a luasocket program requires, and what stands there when it has come here.
MOVES = {
    "require 'socket'": "require 'net.socket.luasocket'",
    "require 'socket.unix'": "require('net.socket.luasocket').unix",
}


def moved(program: Program, folder: Path) -> list[Way]:
    """The luasocket program on net.socket.luasocket: one line of it is another."""
    if "lua" not in program.languages:
        return []
    text = ways(program, "lua")[1].path.read_text(encoding="utf-8")
    changed = "\n".join(
        re.sub(r"require '[\w.]+'$", lambda it: MOVES.get(it[0], it[0]), line)
        for line in text.split("\n")
    )
    pairs = zip(text.split("\n"), changed.split("\n"))
    if sum(theirs != ours for theirs, ours in pairs) != 1:
        raise Failed(f"{program.name}: not one line has to change")
    path = folder / f"{program.name}_moved.lua"
    path.write_text(changed, encoding="utf-8")
    return [Way("net.socket.luasocket", path)]


@dataclass(frozen=True)
class Runner:
    build: Build
    folder: Path

    def run(self, way: Way, peer: peers.Peer, count: int) -> tuple[float, str]:
        """Its processor time, and its answer: what it says and what the peer heard."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        answer = ""
        with subprocess.Popen(
            [*self.build.command(str(way.path)), peer.where, str(count), *peer.more],
            env=self.build.environment(str(self.folder)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as child:
            assert child.stdout is not None
            try:
                with suppress(OSError, ValueError):  # the program says what went wrong
                    answer = peer.drive(child.stdout, count)
                said, errors = child.communicate(timeout=WITHIN)
            finally:
                child.kill()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if child.returncode != 0:
            raise Failed(f"{way.path.name}: {errors}")
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return spent, answer + said + peer.heard()

    def answers(self, program: Program, chosen: list[Way]) -> None:
        """All of a program's ways have to give the same one."""
        with closing(program.peer(self.folder)) as peer:
            given = {way: self.run(way, peer, FEW)[1] for way in chosen}
        if len(set(given.values())) != 1:
            told = "\n".join(f"{way.path.name}: {words}" for way, words in given.items())
            raise Failed(f"the answers differ:\n{told}")

    def turn(self, program: Program, chosen: list[Way]) -> dict[Way, float]:
        """The seconds of one operation."""
        with closing(program.peer(self.folder)) as peer:
            return {
                way: (
                    self.run(way, peer, FEW + program.count)[0]
                    - self.run(way, peer, FEW)[0]
                )
                / program.count
                for way in chosen
            }


def compare(
    program: Program, turns: list[dict[Way, float]]
) -> tuple[list[list[str]], bool]:
    """The rows of one program in one language, and whether they meet the goals."""
    ours, *others = turns[0]
    own_lines, rows, good = lines.count(ours.path), [], True
    own = statistics.median(turn[ours] for turn in turns)
    for other in others:
        ratio = statistics.median(turn[ours] / turn[other] for turn in turns)
        time = statistics.median(turn[other] for turn in turns)
        other_lines = lines.count(other.path)
        missed = ["time"] * (ratio > GOAL)
        missed += ["lines"] * (own_lines > other_lines and not other.knows_protocol)
        good = good and not missed
        counts = f"{own_lines}", f"{other_lines}"
        times = f"{own * 1e6:.1f}", f"{time * 1e6:.1f}", f"{ratio:.2f}"
        verdict = f"NOT MET: {', '.join(missed)}" if missed else "ok"
        rows.append(
            [program.title, ours.library, other.library, *counts, *times, verdict]
        )
    return rows, good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", help="build directory; NSK_BUILD by default")
    parser.add_argument("--quick", action="store_true", help="only compare the answers")
    parser.add_argument(
        "--check", action="store_true", help="fail where a goal is missed"
    )
    parser.add_argument("--only", help="a part of the name of those to run", default="")
    parser.add_argument("--turns", type=int, default=TURNS)
    options = parser.parse_args()
    try:
        build = Build.find(options.build)
        build.require_optimised()
        require("openssl")
        command = [
            build.lua,
            "-e",
            "require 'socket' require 'socket.unix' require 'ssl'",
        ]
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            raise Unusable("luasocket or LuaSec is not installed")
        cpus = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cpus[os.getpid() % len(cpus)]})
        print("\n".join(machine.facts(build)))
        print(
            f"method    processor time, {options.turns} turns, goal {GOAL} of the time\n"
        )
        all_rows, all_good = [], True
        with tempfile.TemporaryDirectory(prefix="nsk-bench-") as folder:
            runner = Runner(build, Path(folder))
            for program in PROGRAMS:
                if options.only not in program.name:
                    continue
                both = [ways(program, language) for language in program.languages]
                here = moved(program, runner.folder)
                runner.answers(program, [*chain(*both), *here])
                for chosen in [] if options.quick else both:
                    turns = [runner.turn(program, chosen) for _ in range(options.turns)]
                    rows, good = compare(program, turns)
                    all_rows += rows
                    all_good = all_good and good
        if all_rows:
            print(table(HEAD, all_rows, left=3))
    except Unusable as error:
        print(f"programs: {error}", file=sys.stderr)
        return NOT_MEASURABLE
    except Failed as error:
        print(f"programs: {error}", file=sys.stderr)
        return 1
    return 0 if all_good or not options.check else 1


if __name__ == "__main__":
    sys.exit(main())

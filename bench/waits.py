"""Waits that end on time and for a reason, in both languages, beside the goals.

The latest end of a deadline of 0.2 s while the peer floods, signals come at 1 kHz, or
four processes share a listener; the processor time of a wait of 1 s of each kind; how
long after a close its waiter goes on, in each family; select of 4,000 sockets both ways
against poll(2). The machine makes all of them late: a goal that is missed fails with
--check alone.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from lib import machine, ways
from lib.build import NOT_MEASURABLE, Build, Unusable
from lib.measure import Failed
from lib.table import table

sys.path.insert(0, str(ways.ROOT / "tests"))

from support.net.peers import Peers

PROGRAMS = "waits.lua", "waits.py"
KINDS = (
    "recvable", "sendable", "recvall", "recvline", "sendall", "select", "acceptwait",
    "connect", "reader",
)  # fmt: skip
FAMILIES = "tcp", "udp", "unix", "raw", "netlink", "packet"
ON_TIME, COST, WOKEN, RATIO = 0.21, 0.005, 0.05, 1.3
NO_GOAL = float("inf")
SHARERS = 4


class Figure(NamedTuple):
    interpreter: str
    what: str
    value: float
    goal: float
    unit: str = "ms"

    @property
    def missed(self) -> bool:
        return self.value > self.goal

    @property
    def row(self) -> tuple[str, ...]:
        scale = 1000 if self.unit == "ms" else 1
        goal = "" if self.goal == NO_GOAL else f"{self.goal * scale:g}"
        figures = f"{self.value * scale:.2f}", goal
        return (
            self.interpreter,
            self.what,
            *figures,
            self.unit,
            "missed" * self.missed,
        )


class Bench:
    """One build, and the folder its programs keep their compiled files in."""

    def __init__(self, build: Build, folder: str) -> None:
        self.build = build
        self.environment = ways.environment(build, folder)
        self.figures: list[Figure] = []

    def start(
        self, program: str, *arguments: object, fds: tuple[int, ...] = ()
    ) -> subprocess.Popen[str]:
        scheduler = ["select"] if program.endswith(".lua") else []
        command = [*self.build.command(program), *scheduler, *map(str, arguments)]
        return subprocess.Popen(
            command,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=fds,
        )

    def number(self, running: subprocess.Popen[str]) -> float:
        out, err = running.communicate(timeout=120)
        if running.returncode != 0:
            raise Failed(f"status {running.returncode}: {running.args!r}\n{err}")
        return float(out.split()[-1])

    def run(self, program: str, *arguments: object) -> float:
        return self.number(self.start(program, *arguments))

    def add(
        self, program: str, what: str, value: float, goal: float, unit: str = "ms"
    ) -> None:
        interpreter = machine.interpreter(self.build, program)
        self.figures.append(Figure(interpreter, what, value, goal, unit))


# ------------------------------------------------------------------------- deadlines --


@contextmanager
def flooding() -> Iterator[int]:
    """A port whose connections are sent to without end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                with peer:
                    try:
                        while True:
                            peer.sendall(bytes(1 << 20))
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def flood(bench: Bench, program: str) -> None:
    with flooding() as port:
        value = bench.run(program, "flood", port)
    bench.add(program, "0.2 s, the peer floods", value, ON_TIME)


def signals(bench: Bench, program: str) -> None:
    running = bench.start(program, "signals")
    assert running.stdout is not None
    if running.stdout.readline() == "ready\n":
        while running.poll() is None:
            running.send_signal(signal.SIGALRM)
            time.sleep(0.001)
    elif program.endswith(".lua") and "cqueues.signal" in running.communicate()[1]:
        return  # Lua itself has no signals
    value = bench.number(running)
    bench.add(program, "0.2 s, signals at 1 kHz", value, ON_TIME)


def shared(bench: Bench, program: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        fd = listener.fileno()
        all_ = [bench.start(program, "shared", fd, fds=(fd,)) for _ in range(SHARERS)]
        while any(running.poll() is None for running in all_):
            try:
                socket.create_connection(listener.getsockname(), 1).close()
            except OSError:
                pass
            time.sleep(0.01)
        value = max(map(bench.number, all_))
    bench.add(program, f"0.2 s, {SHARERS} accept from one", value, ON_TIME)


# ------------------------------------------------------------------------- the others --


def processor(bench: Bench, program: str) -> None:
    with tempfile.TemporaryDirectory(prefix="nsk-bench-") as folder:
        peers = Peers(Path(folder))
        port = peers.black_hole()[1]
        for kind in KINDS:
            value = bench.run(program, "processor", kind, port)
            bench.add(program, f"processor, {kind}", value, COST)
        peers.close()


def closed(bench: Bench, program: str) -> None:
    for family in FAMILIES:
        if family in ("raw", "netlink", "packet") and os.geteuid() != 0:
            continue
        value = bench.run(program, "closed", family)
        bench.add(program, f"close, {family}", value, WOKEN)


MEASURES: tuple[Callable[[Bench, str], None], ...] = (
    flood, signals, shared, processor, closed,
)  # fmt: skip


def many(bench: Bench, count: int) -> None:
    value = bench.run("waits.py", "many", count)
    bench.add("waits.py", f"select / poll(2), {count}", value, RATIO, "times")
    lua = bench.run("waits.lua", "many", count)
    bench.add("waits.lua", f"select, {count}, a call", lua, NO_GOAL)


def room_for(count: int) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if 2 * count + 100 > most:
        raise Unusable(f"{count} pairs need more descriptors than {most}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 2 * count + 100), most))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--build", metavar="FOLDER", help="the build directory (NSK_BUILD)"
    )
    parser.add_argument("--count", type=int, default=4000, help="sockets (4000)")
    parser.add_argument("--check", action="store_true", help="fail on a missed goal")
    parser.add_argument("--quick", action="store_true", help="what takes no time alone")
    asked = parser.parse_args()
    try:
        build = Build.find(asked.build)
        build.require_optimised()
        room_for(asked.count)
        print("\n".join(machine.facts(build)), end="\n\n")
        with tempfile.TemporaryDirectory(prefix="nsk-bench-") as folder:
            bench = Bench(build, folder)
            for measure in MEASURES[-1:] if asked.quick else MEASURES:
                for program in PROGRAMS:
                    measure(bench, program)
            many(bench, 200 if asked.quick else asked.count)
    except Unusable as reason:
        print(f"waits: {reason}", file=sys.stderr)
        return NOT_MEASURABLE
    except Failed as error:
        print(f"waits: {error}", file=sys.stderr)
        return 1
    head = "interpreter", "what", "figure", "goal", "", ""
    print(table(head, [figure.row for figure in bench.figures], left=2))
    missed = any(figure.missed for figure in bench.figures)
    return 1 if missed and asked.check else 0


if __name__ == "__main__":
    sys.exit(main())

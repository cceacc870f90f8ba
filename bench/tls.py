"""TLS: the processor time of a client, ours beside the libraries that are there.

The server is a thread of this process with CPython's ssl, on the client's CPU: two that
share a core would slow down whichever waits less. The libraries take turns, and the
median of the ratios within a turn counts, so that a machine which grows slower meanwhile
does not matter. A ratio of 0.9 means that ours does 0.9 of the other's work in
the same time.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from lib import certificate, machine
from lib.build import NOT_MEASURABLE, Build, Unusable, require
from lib.measure import Failed
from lib.table import table

TURNS, QUICK = 3, 1
GOAL = 0.9
MIB = 1 << 20
COUNTS = {"handshake": 50, "send": 100, "receive": 100}
QUICK_PART = 10  # of the counts, where nothing is compared
UNITS = {"handshake": "handshakes/s", "send": "MiB/s", "receive": "MiB/s"}
# Script, ours, and what it is compared with.
PAIRS = (
    ("tls.lua", "net.socket", "luasocket"),
    ("tls.py", "netsocket", "ssl.SSLSocket"),
    ("tls.py", "netsocket.aio", "asyncio"),
)


def serve_one(conn: ssl.SSLSocket, work: str, count: int) -> None:
    if work == "handshake":
        conn.sendall(b"x")
    if work == "receive":
        for _ in range(count):
            conn.sendall(bytes(MIB))
    while conn.recv(65536):
        pass


def serve(
    listener: socket.socket, context: ssl.SSLContext, work: str, count: int
) -> None:
    for _ in range(count if work == "handshake" else 1):
        # A client that fails says so itself, and one that only closes is no failure.
        with contextlib.suppress(OSError):
            plain, _ = listener.accept()
            with context.wrap_socket(plain, server_side=True) as conn:
                serve_one(conn, work, count)


class Clients:
    """Runs the measured programs of one build."""

    def __init__(self, build: Build, folder: Path, part: int) -> None:
        self.build = build
        self.part = part  # the counts are divided by it
        self.folder = folder
        self.context = certificate.make(folder)

    def rate(self, script: str, library: str, work: str) -> float:
        """Handshakes or MiB in a second of processor time."""
        count = COUNTS[work] // self.part
        with socket.create_server(("127.0.0.1", 0)) as listener:
            server = threading.Thread(
                target=serve, args=(listener, self.context, work, count)
            )
            server.start()
            port = str(listener.getsockname()[1])
            arguments = (library, work, port, str(count), str(self.folder / "cert.pem"))
            done = subprocess.run(
                [*self.build.command(script), *arguments],
                env=self.build.environment(str(self.folder)),
                capture_output=True,
                text=True,
                check=False,
            )
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # ends an accept
            server.join()
        if done.returncode != 0:
            raise Failed(f"{library}, {work}: {done.stderr}")
        return count / float(done.stdout)


def has_luasec(build: Build) -> bool:
    command = [build.lua, "-e", "require 'ssl' require 'socket'"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def report(clients: Clients, turns: int) -> bool:
    rows, good = [], True
    luasec = has_luasec(clients.build)
    pairs = [pair for pair in PAIRS if luasec or pair[0] != "tls.lua"]
    for work in COUNTS:
        for script, ours, theirs in pairs:
            both = [
                (clients.rate(script, ours, work), clients.rate(script, theirs, work))
                for _ in range(turns)
            ]
            ratio = statistics.median(own / other for own, other in both)
            own, other = (statistics.median(side) for side in zip(*both))
            good = good and ratio >= GOAL
            rows.append(
                [
                    f"{work}, {UNITS[work]}",
                    *(ours, theirs, f"{own:,.0f}", f"{other:,.0f}", f"{ratio:.2f}"),
                    "ok" if ratio >= GOAL else "NOT MET",
                ]
            )
    head = ["processor time", "ours", "beside", "ours", "beside", "ratio", ""]
    print(table(head, rows, left=3))
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", help="build directory; NSK_BUILD by default")
    parser.add_argument("--quick", action="store_true", help="one short turn, no goals")
    parser.add_argument("--turns", type=int, default=TURNS, help="of all libraries")
    parser.add_argument("--spread", action="store_true", help="over all CPUs")
    options = parser.parse_args()
    turns = QUICK if options.quick else options.turns
    try:
        build = Build.find(options.build)
        build.require_optimised()
        require("openssl")
        cpus = sorted(os.sched_getaffinity(0))
        if not options.spread:
            os.sched_setaffinity(0, {cpus[os.getpid() % len(cpus)]})
        where = "all CPUs" if options.spread else "one CPU"
        with tempfile.TemporaryDirectory(prefix="nsk-bench-") as folder:
            clients = Clients(build, Path(folder), QUICK_PART if options.quick else 1)
            print("\n".join([*machine.facts(build), f"openssl   {ssl.OPENSSL_VERSION}"]))
            print(f"method    processor time, {turns} turns on {where}, goal {GOAL}\n")
            good = report(clients, turns)
        return 0 if good or options.quick else 1
    except Unusable as error:
        print(error, file=sys.stderr)
        return NOT_MEASURABLE


if __name__ == "__main__":
    sys.exit(main())

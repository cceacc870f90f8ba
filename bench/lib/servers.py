"""The echo servers that bench/server.py compares."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path

from lib import ways
from lib.build import Build

NATIVE = Path(__file__).resolve().parents[1] / "native"
MISSING = re.compile(
    r"module '(?:copas|coxpcall|cqueues|luv|socket)' not found|named 'uvloop"
)
MOST = 19_900  # connections


@dataclass(frozen=True)
class Server:
    """`group` is how it waits; `peer` is what it is compared with, `goal` how much of the
    peer's time it may take; `most` is how many connections it can, or shall, have."""

    group: str
    title: str
    program: str
    arguments: tuple[str, ...] = ()
    peer: str = ""
    goal: float = 0
    most: int = MOST

    @property
    def name(self) -> str:
        return f"{self.group}, {self.title}"

    @property
    def against(self) -> str:
        """The name of its peer."""
        return f"{self.group}, {self.peer}"

    def command(self, build: Build, native: Path) -> list[str]:
        if self.program.endswith(".c"):
            return [str(native / self.program[:-2])]
        return [*build.command(f"server/{self.program}"), *self.arguments]


def environment(build: Build, pycache: str) -> dict[str, str]:
    """Of a server of that build."""
    env = ways.environment(build, pycache)
    env["PYTHONPATH"] += f":{NATIVE.parent}"
    uvloop = importlib.util.find_spec("uvloop")
    if uvloop is not None and uvloop.origin is not None:
        env["PYTHONPATH"] += f":{Path(uvloop.origin).parents[1]}"
    return env


def is_missing(words: str) -> bool:
    """Whether a server's last words say that its scheduler or loop is not there."""
    return MISSING.search(words) is not None


def of_loop(loop: str, goal: float) -> list[Server]:
    return [
        Server(loop, "netsocket.aio", "aio.py", (loop,), "streams", goal),
        Server(loop, "streams", "streams.py", (loop,)),
        Server(loop, "streams, wait_for", "streams.py", (loop, "60")),
        Server(loop, "asyncio.Protocol", "protocol.py", (loop,)),
    ]


# luasocket's select(2) ends at descriptor 1,023.
SERVERS = (
    Server("epoll", "raw C", "echo.c"),
    Server("cqueues", "net.socket", "ours.lua", ("cqueues",), "its sockets", 0.9),
    Server("cqueues", "its sockets", "cqueues.lua"),
    Server("Copas", "net.socket", "ours.lua", ("copas",), "luasocket", 0.9),
    Server("Copas", "luasocket", "copas.lua", most=1000),
    Server("luv", "net.socket", "ours.lua", ("luv",), "its callbacks", 1.5),
    Server("luv", "its callbacks", "luv.lua"),
    *of_loop("asyncio", 0.45),
    *of_loop("uvloop", 0.8),
    Server("threads", "netsocket", "threads.py", (), "makefile", 0.85, 100),
    Server("threads", "makefile", "threads_cpython.py", most=100),
)
RAW = SERVERS[0].name

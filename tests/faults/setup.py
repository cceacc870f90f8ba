"""Recipes: how to call each function of the manifest so that it succeeds.

A recipe sets the setup, afresh each time, and says what to call, what the answer must
be and which objects a failure must leave as they were. Both seams run all of them.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.fronts.front import Call, Handle
from support.fronts.manifest import Row, options, rows
from support.fronts.outcome import Outcome
from support.net.peers import fill_queue, refuse_datagrams

from .child import Net

BOTH_FLAGS = os.O_NONBLOCK | os.O_CLOEXEC


def done(outcome: Outcome) -> Any:
    """A step on the way, which must succeed; its first value."""
    return outcome.value


@dataclass
class Case:
    """One call, ready to be made, and made again when it has failed."""

    args: Sequence[Any] = ()
    target: Handle | None = None
    check: Callable[[Outcome], Any] = lambda outcome: outcome.all
    watched: Sequence[Handle | int] = ()
    # Undoes what a success has given away to the caller.
    after: Callable[[Outcome], Any] = lambda outcome: None
    # Sees the error of a call that is made again.
    failed: Callable[[Outcome], Any] = lambda outcome: None
    # What an opener has besides its positions.
    named: dict[str, Any] = field(default_factory=dict)


class Setup:
    """What recipes build with; everything on it goes when the case is over."""

    def __init__(self, net: Net, folder: Path) -> None:
        self.net = net
        self.front = net.front
        self.folder = folder
        self._kernel = ExitStack()

    def __enter__(self) -> Setup:
        return self

    def __exit__(self, *_: object) -> None:
        self._kernel.close()

    def clear(self) -> None:
        # The peers first: what they reset leaves no TIME_WAIT behind.
        self._kernel.close()
        self.net.reset()

    def keep(self, sock: socket.socket) -> socket.socket:
        return self._kernel.enter_context(sock)

    def const(self, *names: str) -> int:
        value = 0
        for name in names:
            value |= self.front.const(name)
        return value

    # ---------------------------------------------------------- the kernel's side

    def abstract(self) -> bytes:
        return b"\0nsk-faults-" + uuid.uuid4().hex.encode()

    def path(self) -> str:
        return str(self.folder / uuid.uuid4().hex[:8])

    def relative(self, path: str) -> str:
        """A path as the child may write it."""
        return os.path.relpath(path, os.readlink(f"/proc/{self.front.pid}/cwd"))

    def file(self, content: bytes) -> str:
        path = self.path()
        Path(path).write_bytes(content)
        return path

    def block_sigpipe(self) -> None:
        """The program has it blocked. One that the library lets out kills the Lua child
        when the case is over."""
        self.net.window.block_sigpipe(True)
        self._kernel.callback(self.net.window.block_sigpipe, False)

    def refused_udp(self) -> tuple[str, int]:
        """An address that refuses datagrams for as long as the test runs."""
        sock = self.keep(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        sock.bind(("127.0.0.1", 0))
        at: tuple[str, int] = refuse_datagrams(sock).getsockname()
        return at

    def listener(self, family: int, at: Any = None, backlog: int = 64) -> socket.socket:
        """A listening socket of CPython, with room for every attempt of a test."""
        sock = self.keep(socket.socket(family, socket.SOCK_STREAM))
        hosts = {socket.AF_INET: ("127.0.0.1", 0), socket.AF_INET6: ("::1", 0)}
        sock.bind(at or hosts.get(socket.AddressFamily(family)) or self.abstract())
        sock.listen(backlog)
        return sock

    def name(self) -> bytes:
        """The abstract name of a unix listener."""
        at: bytes = self.listener(socket.AF_UNIX).getsockname()
        return at

    def port(self, family: int = socket.AF_INET) -> int:
        number: int = self.listener(family).getsockname()[1]
        return number

    def silent(self, family: int, port: int = 0) -> Any:
        """The address of a listener whose queue is full."""
        host = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}
        at = (host[socket.AddressFamily(family)], port) if port else None
        listener = self.listener(family, at, backlog=0)
        fill_queue(listener, self.keep(socket.socket(family, socket.SOCK_STREAM)))
        return listener.getsockname()

    def client(self, address: Any, family: int) -> socket.socket:
        sock = self.keep(socket.socket(family, socket.SOCK_STREAM))
        sock.connect(address)
        return sock

    # ---------------------------------------------------------- the library's side

    def pair(self, kind: str = "stream") -> tuple[Handle, Handle]:
        a, b = self.front.call(f"pair_{kind}").value, None
        if isinstance(a, list):
            a, b = a
        else:
            a, b = self.front.call(f"pair_{kind}").all
        return a, b

    def raw_fd(self, handle: Handle) -> int:
        """A descriptor in the child that no object owns."""
        fd: int = handle.unwrap().value
        return fd

    def inet(self, port: int = 0) -> Handle:
        ai: Handle = self.front.addrinfo.new_inet_stream("127.0.0.1", port).value
        return ai

    def unix(self, name: bytes) -> Handle:
        ai: Handle = self.front.addrinfo.new_unix_stream(name).value
        return ai

    def close_fd(self, outcome: Outcome) -> None:
        done(self.front.module.close(outcome.value))

    # ----------------------------------------------------------------- the answers

    def is_socket(self, outcome: Outcome) -> None:
        """An object with a descriptor that is non-blocking and close-on-exec."""
        for item in outcome.values:
            made = item if isinstance(item, list) else [item]
            for handle in made:
                if isinstance(handle, Handle) and handle.chapter == "SOCKET":
                    assert handle.flags() & BOTH_FLAGS == BOTH_FLAGS


Recipe = Callable[[Setup], Case]
_recipes: dict[str, dict[str, Recipe]] = {}


def recipe(*ids: str) -> Callable[[Recipe], Recipe]:
    """Registers a recipe for rows; "SOCKET.accept/fd" is a variant of SOCKET.accept."""

    def register(function: Recipe) -> Recipe:
        for name in ids:
            row, _, variant = name.partition("/")
            known = _recipes.setdefault(row, {})
            assert variant not in known, f"two recipes for {name}"
            known[variant] = function
        return function

    return register


@dataclass(frozen=True)
class Trial:
    """A recipe in a language."""

    row: Row
    variant: str
    recipe: Recipe
    language: str

    @property
    def id(self) -> str:
        variant = f"/{self.variant}" if self.variant else ""
        return f"{self.row.id}{variant}-{self.language}"

    def set(self, setup: Setup) -> tuple[Case, Call]:
        case = self.recipe(setup)
        return case, Call(self.row, case.target, tuple(case.args), case.named)


def all_rows() -> list[Row]:
    return [*rows(), *(option.row for option in options())]


def missing() -> list[str]:
    """The rows of the manifest that no recipe knows how to call."""
    return [row.id for row in all_rows() if row.id not in _recipes]


def trials() -> list[Trial]:
    return [
        Trial(row, variant, function, language)
        for row in all_rows()
        for variant, function in _recipes.get(row.id, {}).items()
        for language in row.languages
    ]


def equals(wanted: Any) -> Callable[[Outcome], None]:
    def check(outcome: Outcome) -> None:
        assert outcome.value == wanted, outcome.describe()

    return check

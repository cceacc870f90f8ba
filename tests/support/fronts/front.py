"""What both fronts have in common: names checked against the manifest, handles,
calls that run while the test goes on, and a record of what was seen."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from support.machine_lag import PATIENCE

from . import process
from .choice import STRICT
from .manifest import Row, surface
from .outcome import VALUE, Failure, Outcome
from .words import LAST, Letters, Told, shown

RESOLVER_ENDS = 5.0  # seconds, of which it needs one

MODULE = "MODULE"
SOCKET = "SOCKET"
ADDRINFO = "ADDRINFO"
MSGHDR, CMSGHDR, CMSGHDRS, IOVEC = "MSGHDR", "CMSGHDR", "CMSGHDRS", "IOVEC"
READER = "READER"
DEADLINE = "DEADLINE"
POLLER, POLLSET = "POLLER", "POLLSET"

# The tables of functions other than the module itself: where each is found.
NAMESPACES = {
    "ADDRESS": "addrinfo",
    "MSGHDR_MAKE": "msghdr",
    "CMSGHDR_MAKE": "cmsghdr",
    "CMSGHDRS_MAKE": "cmsghdrs",
    "IOVEC_MAKE": "iovec",
    "DEVICE": "device",
    "POLLER": "poller",
}

NOTHING = object()  # stands for an argument that was not passed
ANSWER_WITHIN = PATIENCE / 2  # far above every deadline that a test uses


@dataclass(frozen=True)
class Call:
    """A call of a row of the manifest: on an object, or on a table of functions."""

    row: Row
    target: Handle | None
    args: tuple[Any, ...]
    named: dict[str, Any]

    def __str__(self) -> str:
        params = [param.name for param in self.row.params]
        said = [
            shown(arg, params[i] if i < len(params) else "")
            for i, arg in enumerate(self.args)
        ]
        said += [f"{name}={shown(arg, name)}" for name, arg in self.named.items()]
        owner = "" if self.target is None else f"{self.target!r}."
        return f"{owner}{self.row.name}({', '.join(said)})"


class Pending(ABC):
    """A call under way; the test acts as the peer meanwhile."""

    @abstractmethod
    def done(self) -> bool: ...

    @abstractmethod
    def result(self, within: float = ANSWER_WITHIN) -> Outcome: ...


class Functions:
    """The functions of one chapter as attributes: `net.addrinfo.inet(...)`."""

    def __init__(self, front: Front, chapter: str) -> None:
        self._front = front
        self._rows = surface(chapter, front.language)

    def __getattr__(self, name: str) -> Callable[..., Outcome]:
        if name not in self._rows:
            raise AttributeError(f"the manifest has no {name}")
        return lambda *args, **named: self.call(name, *args, **named)

    def call(self, name: str, *args: Any, **named: Any) -> Outcome:
        return self._front.perform(Call(self._rows[name], None, args, named))

    def start(self, name: str, *args: Any, **named: Any) -> Pending:
        return self._front.begin(Call(self._rows[name], None, args, named))


class Handle:
    """An object of the library. `ref` is what its front knows it by."""

    def __init__(self, front: Front, chapter: str, ref: Any) -> None:
        self.front = front
        self.chapter = chapter
        self.ref = ref
        self.letter = front.letters.next()

    def __repr__(self) -> str:
        return self.letter

    def __getattr__(self, name: str) -> Callable[..., Outcome]:
        if name not in surface(self.chapter, self.front.language):
            raise AttributeError(f"the manifest has no {self.chapter}.{name}")
        return lambda *args, **named: self.call(name, *args, **named)

    def __eq__(self, other: object) -> bool:
        """The same object, or equal by the library's own rule."""
        return isinstance(other, Handle) and self.front.equal(self, other)

    def __hash__(self) -> int:
        return hash(self.chapter)

    def _call(self, name: str, args: tuple[Any, ...], named: dict[str, Any]) -> Call:
        row = surface(self.chapter, self.front.language)[name]
        return Call(row, self, args, named)

    def call(self, name: str, *args: Any, **named: Any) -> Outcome:
        return self.front.perform(self._call(name, args, named))

    def start(self, name: str, *args: Any, **named: Any) -> Pending:
        return self.front.begin(self._call(name, args, named))

    def __len__(self) -> int:
        return self.front.length(self)

    def __bool__(self) -> bool:
        return True

    def text(self) -> str:
        """tostring of Lua, str of Python."""
        return self.front.text(self)

    def forget(self) -> None:
        """Drop the object and collect garbage; the handle is dead."""
        self.front.forget(self)

    def flags(self) -> int:
        """The kernel's flags of the descriptor, O_CLOEXEC included."""
        return process.flags(self.front.pid, self.call("fd").value)

    @contextmanager
    def second_reader(self) -> Iterator[socket.socket]:
        """CPython's own socket over the same open socket: a second reader."""
        taken = process.take(self.front.pid, self.call("fd").value)
        with socket.socket(fileno=taken) as own:
            yield own


def _check_op(call: Call, outcome: Outcome) -> None:
    """The error of a method names the method; an option's, or of what opens, a step."""
    error = outcome.error
    if call.target is None or call.row.owner == "OPTION" or error is None:
        return
    if error.domain in ("errno", "argument") and error.op is not None:
        assert error.op == call.row.name, f"{call} failed, and says {error.op}"


class Front(ABC):
    """One language's net.socket."""

    language: str
    level = STRICT

    def __init__(self) -> None:
        self.name = self.language
        self.letters = Letters()
        self.told: deque[Told] = deque(maxlen=LAST)  # of the case
        self.module = Functions(self, MODULE)
        for chapter, name in NAMESPACES.items():
            self.__dict__[name] = Functions(self, chapter)
        self.observed: set[tuple[str, str]] = set()
        # Read now what is kept from then on: a test may leave no descriptor for it.
        for chapter in (SOCKET, ADDRINFO):
            surface(chapter, self.language)

    addrinfo: Functions
    msghdr: Functions
    cmsghdr: Functions
    cmsghdrs: Functions
    iovec: Functions
    device: Functions

    def functions(self, chapter: str) -> Functions:
        """The table of functions of a chapter."""
        name = NAMESPACES.get(chapter)
        found: Functions = self.__dict__[name] if name else self.module
        return found

    def __getattr__(self, name: str) -> Callable[..., Outcome]:
        module = self.__dict__.get("module")
        if module is None:
            raise AttributeError(name)
        function: Callable[..., Outcome] = getattr(module, name)
        return function

    def call(self, name: str, *args: Any, **named: Any) -> Outcome:
        return self.module.call(name, *args, **named)

    def start(self, name: str, *args: Any, **named: Any) -> Pending:
        return self.module.start(name, *args, **named)

    def begin_case(self) -> None:
        self.letters = Letters()
        self.told.clear()

    def note(self, call: Call, outcome: Outcome) -> Outcome:
        """Remember that this outcome of this row was really seen."""
        if self.level == STRICT:
            _check_op(call, outcome)
        kind = "success" if outcome.kind == VALUE else outcome.kind
        self.observed.add((call.row.id, kind))
        outcome = replace(outcome, front=self.name, row=call.row.name)
        self.told.append(Told.of(outcome))
        return outcome

    def transcript(self) -> list[str]:
        """The calls of the case in words."""
        return [one.text for one in self.told]

    @property
    @abstractmethod
    def pid(self) -> int: ...

    @abstractmethod
    def perform(self, call: Call) -> Outcome: ...

    @abstractmethod
    def begin(self, call: Call) -> Pending: ...

    @abstractmethod
    def borrow(self, owner: Handle, name: str, *args: Any) -> Outcome:
        """A method of owner's class with args[0] as self."""

    @abstractmethod
    def const(self, name: str) -> int: ...

    @abstractmethod
    def has(self, *path: str) -> bool:
        """Whether the module has a value at this path of names."""

    @abstractmethod
    def equal(self, a: Handle, b: Handle) -> bool: ...

    @abstractmethod
    def text(self, handle: Handle) -> str: ...

    @abstractmethod
    def length(self, handle: Handle) -> int:
        """`#object` of Lua, `len(object)` of Python."""

    @abstractmethod
    def recorded(self) -> list[list[Any]]:
        """What the test's callbacks were called with since this was last asked."""

    @abstractmethod
    def open_file(self, path: Any, mode: str = "rb", unwritten: bytes = b"") -> Any:
        """A file object of the language's own, closed at the end of the test; with bytes
        that it was told to write and still holds."""

    @abstractmethod
    def forget(self, handle: Handle) -> None: ...

    @abstractmethod
    def reset(self) -> None:
        """Close and collect what a test has left."""

    @abstractmethod
    def names_parameter(self, raised: Failure, row: Row, position: int, got: Any) -> None:
        """Check what an argument error says of argument `position` (from 0)."""

    @abstractmethod
    def given(self, *fds: int, lowest: int = 0) -> Any:
        """A context with (front, numbers): copies of fds that the front's process owns,
        each numbered `lowest` or above."""

    def change_folder(self, folder: str) -> None:
        """chdir(2) in the front's process; of Lua, in one that `given` has made."""
        raise NotImplementedError

    @contextmanager
    def working_in(self, folder: Path) -> Iterator[None]:
        """The front's process has another current directory inside."""
        before = os.readlink(f"/proc/{self.pid}/cwd")
        self.change_folder(str(folder))
        try:
            yield
        finally:
            self.change_folder(before)

    def descriptors(self) -> dict[int, str]:
        return process.descriptors(self.pid)

    @contextmanager
    def no_new_descriptors(self) -> Iterator[None]:
        """What runs inside leaves no descriptor, not even until the next collection. The
        resolver's thread, which is waited for no more, ends by itself and has its own."""
        before, threads = self.descriptors(), process.threads(self.pid)
        yield
        until = time.monotonic() + RESOLVER_ENDS
        while process.threads(self.pid) - threads and time.monotonic() < until:
            time.sleep(0.001)
        left = {
            fd: what for fd, what in self.descriptors().items() if before.get(fd) != what
        }
        assert not left, f"left open: {left}"


def copies_of(fds: tuple[int, ...], lowest: int) -> list[int]:
    return [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, lowest) for fd in fds]


def close_quietly(fd: int) -> None:
    try:
        os.close(fd)
    except OSError:  # the test has closed it
        pass

"""One call's outcome, the same for every language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .words import gave, told

VALUE, AGAIN, END, TIMEOUT, ERROR, RAISED = KINDS = (
    "value",
    "again",
    "end",
    "timeout",
    "error",
    "raised",
)

WANTED = {
    VALUE: "a success",
    AGAIN: "again",
    END: "the end",
    TIMEOUT: "a timeout",
    ERROR: "an error",
    RAISED: "an error about its arguments",
}

# An error as one line.
LINE = re.compile(
    r"(?P<op>\w+)(?: (?P<addr>.+))?: (?P<name>E\w+) \((?P<code>-?\d+)\) (?P<message>.+)",
    re.DOTALL,
)


class Malformed(AssertionError):
    """A front end answered with something that is no idiom of its language."""


class NotOffered(Exception):
    """The front lacks what a case asks for: the case neither passes nor fails."""


@dataclass(frozen=True)
class Attempt:
    """One address that a failed connect has tried."""

    addr: str
    op: str
    code: int
    name: str
    seconds: float


def attempts_of(listed: Any) -> tuple[Attempt, ...] | None:
    """The list of an error, strictly: these fields and no other; None without one."""
    if listed is None:
        return None
    if not isinstance(listed, list):
        raise Malformed(f"attempts are no list: {listed!r}")
    found = tuple(Attempt(**one) for one in listed)
    for attempt in found:
        wanted = {"addr": str, "op": str, "code": int, "name": str, "seconds": float}
        if not all(type(getattr(attempt, k)) is t for k, t in wanted.items()):
            raise Malformed(f"not an attempt: {attempt}")
    return found


@dataclass(frozen=True)
class Failure:
    """The error of an outcome, as far as the language shows it."""

    name: str
    code: int
    op: str | None
    message: str
    addr: str | None
    text: str
    domain: str  # errno, resolver, argument (Python alone tells it from errno), raised
    data: bytes | None = None  # what was consumed before the failure
    attempts: tuple[Attempt, ...] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Outcome:
    """What a call came to: `values` for a success, `error` for a failure."""

    kind: str
    values: tuple[Any, ...] = ()
    error: Failure | None = None
    extra: Any = None  # Lua's `ai` after the socket; Python has no place for it
    what: str = ""  # the call, for the message of a failed assertion
    done: Any = None  # how far a call had come that failed or ran out of time
    front: str = field(default="", compare=False)
    row: str = field(default="", compare=False)  # the name of what was called
    # Whether names of calls, subjects and words count, beside the error's own name.
    strict: bool = field(default=True, compare=False)

    def _must_be(self, kind: str) -> Outcome:
        if not self.strict and kind == ERROR and self.kind == RAISED:
            raise NotOffered(f"an error for the arguments of {self.what}: it raises")
        assert self.kind == kind, self.but(WANTED[kind])
        return self

    def but(self, wanted: str) -> str:
        """The message of an assertion: `lua: a.send(b'hello') gave 4, wanted 5`."""
        front = f"{self.front}: " if self.front else ""
        return f"{front}{told(self)}, wanted {wanted}"

    @property
    def value(self) -> Any:
        """The first value; the call must have succeeded."""
        values = self._must_be(VALUE).values
        return values[0] if values else None

    @property
    def all(self) -> tuple[Any, ...]:
        """All values; the call must have succeeded."""
        return self._must_be(VALUE).values

    @property
    def data(self) -> bytes:
        """The bytes received; the end of a stream is no bytes."""
        if self.kind == END:
            return b""
        received = self.value
        assert isinstance(received, bytes)
        return received

    @property
    def failure(self) -> Failure:
        """The error; the call must have failed."""
        error = self._must_be(ERROR).error
        assert error is not None
        return error

    @property
    def raised(self) -> Failure:
        """What the language raised about a wrong or missing argument."""
        error = self._must_be(RAISED).error
        assert error is not None
        return error

    @property
    def timeout(self) -> Failure | None:
        """The error of a passed deadline, None where the call just says no."""
        return self._must_be(TIMEOUT).error

    def is_again(self) -> bool:
        return self._must_be(AGAIN).kind == AGAIN

    def is_end(self) -> bool:
        return self._must_be(END).kind == END

    def fails(
        self,
        name: str,
        op: str | None = None,
        addr: str | None = None,
        text: str | None = None,
    ) -> Failure:
        """Check the error strictly; what is None is not looked at."""
        failure = self.failure
        assert failure.name == name, self.but(name)
        if not self.strict:
            return failure
        if op is not None:
            assert failure.op == op, self.but(f"it of {op}, not of {failure.op}")
        if addr is not None:
            assert failure.addr == addr, self.but(f"{addr!r}, not {failure.addr!r}")
        if text is not None:
            assert text in failure.text, self.but(f"a text with {text!r}")
        return failure

    def describe(self) -> str:
        return gave(self)

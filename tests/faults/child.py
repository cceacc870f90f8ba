"""A child process with the fault build: the part that is the same for both languages.

The runner itself has the plain build, and survives whatever a fault does to a child.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest

from support.fronts import process
from support.fronts.front import Front, Handle
from support.fronts.outcome import Outcome
from support.net.peers import wait_until

from .counts import Counts
from .plan import Plan

TESTS = Path(__file__).resolve().parents[1]


def faults_build() -> Path:
    """The build whose system calls are wrapped; without it these tests prove nothing."""
    named = os.environ.get("NSK_FAULTS_BUILD")
    if not named:
        pytest.fail("NSK_FAULTS_BUILD must name a build with faults", pytrace=False)
    return Path(named)


def environment(build: Path, plan: Plan) -> dict[str, str]:
    """Where a child of either language finds the fault build and its plan."""
    return {
        **os.environ,
        "NSK_BUILD": str(build),
        "NSK_FAULT_FILE": str(plan.path),
        "LUA_CPATH": f"{build}/lua/?.so;;",
        "LUA_PATH": f"{build}/lua/?.lua;;",
        "PYTHONPATH": f"{build}/python:{TESTS}",
    }


class Window(Protocol):
    """What both fault fronts can do beside what every front can."""

    def limit_memory(self, first: int, count: int) -> None:
        """The next call's allocations first .. first+count-1 fail; count 0: all after."""

    def reached(self) -> bool:
        """Whether the latest limited call may have come as far as its first refusal."""

    def indexes(self) -> int:
        """How many indexes from 0 on have made a difference."""

    def limited_text(self, handle: Handle) -> str | None:
        """What tostring or str says under the limit; None for a memory error."""

    def collect(self) -> None: ...

    def environ(self, name: str, value: str | None) -> None:
        """Set a variable of the child's environment, or remove it."""

    def block_sigpipe(self, block: bool) -> None:
        """The child's only thread has SIGPIPE blocked, or not any more."""

    def alive(self) -> bool: ...

    def end(self) -> None: ...


class Net:
    """One language's library in a child, under a plan."""

    def __init__(self, front: Front, window: Window, plan: Plan) -> None:
        self.front = front
        self.window = window
        self.plan = plan
        self.language = front.language
        self.counts = Counts()  # of the test that runs
        self.reset()
        self._descriptors = self.descriptors()
        self._threads = process.threads(front.pid)
        self._blocks = plan.blocks

    def usable(self) -> bool:
        """False once the fault build has ended the child, or is about to."""
        return not self.plan.reason and self.window.alive()

    def descriptors(self) -> dict[int, str]:
        return process.descriptors(self.front.pid)

    def state(self, *watched: Handle | int) -> list[Any]:
        """What can be seen of objects and descriptors from outside and inside."""
        seen: list[Any] = []
        for item in watched:
            if isinstance(item, int):
                seen.append(("flags", process.flags(self.front.pid, item)))
                continue
            if item.chapter != "SOCKET":
                seen.append(_content(item))
                continue
            fd = item.fd().value
            flags = process.flags(self.front.pid, fd) if fd >= 0 else None
            seen.append((item.text(), flags))
        return seen

    def reset(self) -> None:
        """Close and collect everything that the child still has."""
        self.front.reset()

    def check_nothing_left(self) -> None:
        """After a reset: no descriptor, no heap block, no resolver's list."""
        self._wait_for_threads()
        left = self.descriptors().items() - self._descriptors.items()
        self._none(len(left), f"left open: {sorted(left)}")
        owned = self.plan.owned()
        self._none(len(owned), f"the tracker still has {sorted(owned)}")
        self._none(self.plan.lists, "an answer of getaddrinfo is not freed")

    def check_descriptors(self, before: dict[int, str]) -> None:
        """The same are open; the thread of a resolver that was dropped may still read."""
        try:
            wait_until(lambda: self.descriptors() == before, "descriptors are as before")
        except AssertionError:
            assert self.descriptors() == before, "a descriptor is left or gone"

    def settle(self) -> None:
        """Take the caches that the first calls have filled as given."""
        self._blocks = self.plan.blocks

    def check_heap(self) -> None:
        self._wait_for_threads()
        left = self.plan.blocks - self._blocks
        self._none(max(left, 0), f"{left} heap blocks are left")

    def _wait_for_threads(self) -> None:
        """A resolver that is waited for no more ends by itself, and frees what it has."""
        wait_until(
            lambda: process.threads(self.front.pid) <= self._threads, "no thread is left"
        )

    def _none(self, count: int, words: str) -> None:
        self.counts.leak(count)
        assert count == 0, words

    @contextmanager
    def explained(self, doing: str) -> Iterator[None]:
        """A failure inside says what was done, and what the tracker said about it."""
        try:
            yield
        except (AssertionError, OSError, EOFError) as error:
            said = self.plan.reason or f"{type(error).__name__}: {error}"
            raise AssertionError(f"{doing}: {said}") from error


def _content(item: Handle) -> tuple[Any, ...]:
    """What a message, or a part of one, holds; looking changes nothing."""
    if item.chapter == "IOVEC":
        return len(item), item.concat().value
    if item.chapter == "MSGHDR":
        parts = [item.call(name).value for name in ("name", "iov", "control")]
        held = [part and (part.text(), *_content(part)) for part in parts]
        return (item.call("flags").value, *held)
    if item.chapter == "CMSGHDRS":
        return (len(item),)
    return (item.text(),)


def handles_in(outcome: Outcome) -> list[Handle]:
    """The objects that a call has made."""
    found: list[Handle] = []
    stack: list[Any] = [*outcome.values, outcome.extra]
    while stack:
        item = stack.pop()
        if isinstance(item, Handle):
            found.append(item)
        elif isinstance(item, (list, tuple)):
            stack += item
    return found

"""The test's side of the fault seam: the file that fault.h describes."""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAGIC = 0x464B534E
RULES, NAMES, NAME, TRACE, WORDS, FDS = 8, 64, 24, 512, 240, 1 << 16
RETURN, AFTER, SHORT, STORM, SHIFT, HOLD, SIGNAL = range(1, 8)
OWNED = 1
ALWAYS = 0xFFFFFFFF


class _Rule(ctypes.Structure):
    _fields_ = (
        ("kind", ctypes.c_uint32),
        ("call", ctypes.c_uint32),
        ("skip", ctypes.c_uint32),
        ("times", ctypes.c_uint32),
        ("value", ctypes.c_int64),
        ("code", ctypes.c_int32),
        ("hits", ctypes.c_uint32),
    )


class _Layout(ctypes.Structure):
    _fields_ = (
        ("magic", ctypes.c_uint32),
        ("size", ctypes.c_uint32),
        ("calls", ctypes.c_uint32),
        ("armed", ctypes.c_uint32),
        ("limit", ctypes.c_uint32),
        ("total", ctypes.c_uint32),
        ("blocks", ctypes.c_int32),
        ("lists", ctypes.c_int32),
        ("rules", _Rule * RULES),
        ("names", (ctypes.c_char * NAME) * NAMES),
        ("counts", ctypes.c_uint32 * NAMES),
        ("trace", ctypes.c_uint8 * TRACE),
        ("reason", ctypes.c_char * WORDS),
        ("fds", ctypes.c_uint8 * FDS),
    )


@dataclass(frozen=True)
class Rule:
    """What one system call does instead of its work, from its use `skip` on."""

    call: str
    code: int = 0  # errno, or of SIGNAL its number
    skip: int = 0
    times: int = 1
    value: int = -1
    kind: int = RETURN

    def __str__(self) -> str:
        what = errno.errorcode.get(self.code, str(self.code))
        use = "every use" if self.times == ALWAYS else f"use {self.skip + 1}"
        return f"{use} of {self.call}: {what} ({self.value})"


@dataclass
class Seen:
    """What happened while the plan was armed; filled when that ends."""

    counts: dict[str, int] = field(default_factory=dict)
    trace: list[str] = field(default_factory=list)  # system calls in their order
    hits: list[int] = field(default_factory=list)  # by rule

    @property
    def total(self) -> int:
        """System calls; allocations are in counts alone."""
        return len(self.trace)


class Plan:
    """A fault file, mapped here and in one child."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.ftruncate(self._fd, ctypes.sizeof(_Layout))
        self._map = mmap.mmap(self._fd, ctypes.sizeof(_Layout))
        self._at: Any = _Layout.from_buffer(self._map)
        self._at.magic = MAGIC
        self._at.size = ctypes.sizeof(_Layout)
        self._index: dict[str, int] = {}

    def close(self) -> None:
        del self._at
        self._map.close()
        os.close(self._fd)
        self.path.unlink()

    @property
    def names(self) -> dict[str, int]:
        """The calls that can be named, once the child has loaded the module."""
        if not self._index:
            calls = self._at.calls
            assert calls, "the child has not loaded a fault build"
            self._index = {self._at.names[i].value.decode(): i for i in range(calls)}
        return self._index

    @property
    def reason(self) -> str:
        """Why the fault build has ended the child; empty when it did not."""
        text: bytes = self._at.reason
        return text.decode()

    def owned(self) -> frozenset[int]:
        """The descriptors that the core owns."""
        states, found = bytes(self._at.fds), []
        fd = states.find(OWNED)
        while fd >= 0:
            found.append(fd)
            fd = states.find(OWNED, fd + 1)
        return frozenset(found)

    @property
    def blocks(self) -> int:
        """Heap blocks that the module has allocated and not freed."""
        return int(self._at.blocks)

    @property
    def lists(self) -> int:
        """Answers of getaddrinfo that have not been freed."""
        return int(self._at.lists)

    def arm(self, *rules: Rule, limit: int = 0) -> None:
        at = self._at
        assert not at.armed, "the plan is armed"
        assert len(rules) <= RULES
        for slot in at.rules:
            ctypes.memset(ctypes.addressof(slot), 0, ctypes.sizeof(slot))
        for slot, rule in zip(at.rules, rules):
            slot.call = self.names[rule.call]
            slot.skip, slot.times = rule.skip, rule.times
            slot.value, slot.code = rule.value, rule.code
            slot.kind = rule.kind
        ctypes.memset(ctypes.addressof(at.counts), 0, ctypes.sizeof(at.counts))
        at.total = 0
        at.limit = limit
        at.armed = 1

    def disarm(self) -> Seen:
        at = self._at
        at.armed = 0
        by_index = list(self.names)
        return Seen(
            {name: at.counts[i] for name, i in self.names.items() if at.counts[i]},
            [by_index[at.trace[i]] for i in range(min(at.total, TRACE))],
            [slot.hits for slot in at.rules],
        )

    @contextmanager
    def armed(self, *rules: Rule, limit: int = 0) -> Iterator[Seen]:
        """The rules hold inside; what was seen is filled in at the end."""
        seen = Seen()
        self.arm(*rules, limit=limit)
        try:
            yield seen
        finally:
            seen.__dict__.update(self.disarm().__dict__)

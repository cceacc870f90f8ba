"""Counting instructions: one program, two loop lengths, the slope between them."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Without its caches, cachegrind is the cheapest tool that counts instructions.
VALGRIND = (
    "valgrind",
    "--tool=cachegrind",
    "--cache-sim=no",
    "--cachegrind-out-file=/dev/null",
)
COUNT = re.compile(r"I\s+refs:\s+([\d,]+)")

# A cache that keeps what all messages touch, and hardly what one connection's do.
CACHE = ("--cache-sim=yes", "--D1=262144,16,64")
MISSES = re.compile(r"D1\s+misses:\s+([\d,]+)")


class Failed(Exception):
    """A measured program did not do its work."""


def pinned(command: Sequence[str]) -> list[str]:
    """The command on one CPU; processes that measure at a time take different ones."""
    cpus = sorted(os.sched_getaffinity(0))
    return ["taskset", "-c", str(cpus[os.getpid() % len(cpus)]), *command]


def run(command: Sequence[str], env: Mapping[str, str]) -> str:
    """What the command writes to standard error."""
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"{shlex.join(command)}\n{done.stdout}{done.stderr}")
    return done.stderr


def number_in(report: str, what: re.Pattern[str]) -> int:
    """A count out of cachegrind's report."""
    found = what.search(report)
    if found is None:
        raise Failed(f"valgrind gave no count:\n{report}")
    return int(found[1].replace(",", ""))


@dataclass(frozen=True)
class Lengths:
    short: int
    long: int

    def __str__(self) -> str:
        return f"{self.short} and {self.long}"


def instructions(command: Sequence[str], env: Mapping[str, str], length: int) -> int:
    """User-space instructions of the whole process; a system call counts as one."""
    report = run(pinned([*VALGRIND, *command, str(length)]), env)
    return number_in(report, COUNT)


def slope(
    command: Sequence[str], env: Mapping[str, str], lengths: Lengths, sample: int
) -> float:
    """Instructions for one turn of the loop.

    Lua seeds its hashes with an address of the stack and the time, and a name that
    collides costs a few instructions more. Each sample shifts the stack, hence takes
    another seed, the same for both lengths unless the clock's second changes.
    """
    shifted = {**env, "NSK_SHIFT": "x" * (16 * sample)}
    few = instructions(command, shifted, lengths.short)
    many = instructions(command, shifted, lengths.long)
    return (many - few) / (lengths.long - lengths.short)

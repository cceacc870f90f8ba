"""Threads that share sockets with signal handlers, finalizers and coroutines.

The rounds are a program of their own, `threads_main.py`, which has the model and prints
the seed of what fails.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

TESTS = Path(__file__).parents[1]
BATCH = 20  # seeds of a process
WITHIN = 30 * BATCH  # seconds


def batches() -> Iterator[tuple[int, int]]:
    """The first seed and how many: the same few, or new ones for as long as is asked."""
    hours = float(os.environ.get("NSK_FUZZ_HOURS", "0"))
    short = settings().max_examples < 1000
    count = int(os.environ.get("NSK_FUZZ_SEEDS", BATCH if short else 1000))
    first = 1 if short else random.randrange(1 << 40)
    first = int(os.environ.get("NSK_FUZZ_FIRST", first))
    until = time.monotonic() + 3600 * hours
    done = 0
    while time.monotonic() < until if hours else done < count:
        size = BATCH if hours else min(BATCH, count - done)
        yield first + done, size
        done += size


def environment() -> dict[str, str]:
    own = {**os.environ, "PYTHONPATH": f"{os.environ['NSK_BUILD']}/python:{TESTS}"}
    own.setdefault("PYTHONMALLOC", "debug")  # the sanitizers want libc's
    return own


@pytest.mark.timeout(0)  # each process has its own
def test_nothing_is_lost() -> None:
    """Every byte and packet comes once and in order, and every failure is a legal one."""
    for first, count in batches():
        command = ["-m", "fuzz.threads_main", str(first), str(count)]
        ended = subprocess.run(
            [sys.executable, *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(),
            timeout=WITHIN,
            check=False,
        )
        if ended.returncode != 0:
            seen = ended.stdout.decode(errors="replace").splitlines()
            seed = [line for line in seen if line.startswith("seed ")][-1].split()[1]
            again = f"python -m fuzz.threads_main {seed} 1 100"
            again = f"PYTHONPATH={environment()['PYTHONPATH']} {again}"
            pytest.fail("\n".join([*seen[-80:], f"again: {again}"]), pytrace=False)

"""Threads that share sockets with signal handlers, finalizers and coroutines.

The rounds are a program of their own, `threads_main.py`, which has the model and prints
the seed of what fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fuzz.batches import BATCH, batches

TESTS = Path(__file__).parents[1]
WITHIN = 30 * BATCH  # seconds


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

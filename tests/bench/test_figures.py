"""The gates on what a call costs: instructions and system calls, in both languages.

Counts, not times: they do not depend on what else runs on the machine.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"
NOT_MEASURABLE = 77


def bench(name: str, *arguments: str) -> None:
    command = [sys.executable, str(BENCH / f"{name}.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stdout)
    if done.returncode == NOT_MEASURABLE:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(300)
def test_instructions_on_the_hot_path() -> None:
    bench("hotpath", "--check", "--quick")


@pytest.mark.timeout(120)
def test_system_calls() -> None:
    bench("syscalls")

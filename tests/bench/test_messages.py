"""The gate on what a message costs an echo server: instructions and system calls."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.machine_lag import QUIET

pytestmark = pytest.mark.measures

BENCH = Path(__file__).resolve().parents[2] / "bench"
NOT_MEASURABLE = 77


@pytest.mark.timeout(900)
def test_messages() -> None:
    """All of ours where the machine is quiet; else one, which only has to work."""
    options = ["--check"] if QUIET else ["--only", "cqueues", "--rounds", "20"]
    done = subprocess.run(
        [sys.executable, str(BENCH / "messages.py"), "--ours", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout)
    if done.returncode == NOT_MEASURABLE:
        pytest.skip(done.stderr.strip())
    if not QUIET and "not installed" in done.stdout:
        pytest.skip("cqueues is not installed")
    assert done.returncode == 0, done.stdout + done.stderr
    # A receive and a send each message. What the runs that are compared do once, one more
    # look when a client leaves for instance, is shared by their messages.
    for call in "recvfrom", "sendto":
        counts = [float(each) for each in re.findall(rf"{call} ([0-9.]+)", done.stdout)]
        assert counts and all(0.8 <= each <= 1.2 for each in counts), done.stdout

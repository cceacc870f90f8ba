"""netsocket.sharing: a Socket goes to another process of multiprocessing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support.machine_lag import PATIENCE

PROGRAM = Path(__file__).with_name("sharing.py")


@pytest.mark.parametrize("method", ["spawn", "forkserver", "fork"])
@pytest.mark.parametrize("way", ["argument", "pipe"])
def test_to_another_process(way: str, method: str) -> None:
    """It serves there; pickle by itself refuses."""
    done = subprocess.run(
        [sys.executable, str(PROGRAM), way, method],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "b'QUESTION\\n'",
        "cannot pickle <class 'netsocket.Socket'>",
    ]

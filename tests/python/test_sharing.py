"""netsocket.sharing: a Socket goes to another process of multiprocessing."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.machine_lag import PATIENCE

sharing: Any = importlib.import_module("netsocket.sharing")
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


def test_without_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has come and can be no socket is closed."""

    class Handle:
        def detach(self) -> int:
            return fd

    def without_memory(*args: object) -> None:
        raise MemoryError

    fd = os.open(os.devnull, os.O_RDONLY)
    monkeypatch.setattr(sharing, "_wrap", without_memory)
    with pytest.raises(MemoryError):
        sharing._made(Handle(), 0)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(fd)

"""What `./dev` installs is what the tests then find."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from lua.schedule import MODULES, missing

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("scheduler", MODULES)
def test_probe_of_a_scheduler(scheduler: str, tmp_path: Path) -> None:
    """Missing for `./dev` and for the tests, or for neither."""
    done = subprocess.run(
        ["sh", "-c", ". scripts/dev/common.sh; missing extra"],
        cwd=ROOT,
        env={**os.environ, "NSK_BUILD_ROOT": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    lacking = f"lua-{MODULES[scheduler]}" in done.stdout.split()
    assert lacking == (missing(scheduler) is not None)

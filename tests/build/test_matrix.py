"""The quick run of `dev matrix`: the same rows, of fewer versions, not optimised. All
parts run under `./dev check`; those that build little and need nothing run with the other
tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.machine_lag import QUIET

pytestmark = pytest.mark.measures

ROOT = Path(__file__).parents[2]
# Parts in one string share a build directory.
PARTS = ["limited", "musl"]
LONG = ["python", "lua install", "plain", "cross", "sdist", "rock"]
WITHIN = 580.0  # seconds; the first build takes some 20 of one core, later ones 2


def rows_of(part: str) -> list[str]:
    build = Path(os.environ["NSK_BUILD"])
    environment = {
        **os.environ,
        "NSK_BUILD_ROOT": str(build.parent),
        "NSK_VENV": sys.prefix,
    }
    done = subprocess.run(
        ["sh", "scripts/dev/matrix", "--quick", *part.split()],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout.splitlines()[1:]


@pytest.mark.skipif("NSK_SANITIZED" in os.environ, reason="builds without sanitizers")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", PARTS + LONG * QUIET)
def test_part(part: str) -> None:
    """Nothing failed; a part that the machine has none of skips with its reason."""
    rows = rows_of(part)
    assert rows, "no row at all"
    if all(row.startswith("absent") for row in rows):
        pytest.skip("; ".join(" ".join(row.split()[1:]) for row in rows))
    assert all(row.startswith(("ok", "absent")) for row in rows), rows

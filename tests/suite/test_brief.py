"""What the workers of a parallel run tell is all that a reader of its end is shown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.machine_lag import PATIENCE

TESTS = Path(__file__).resolve().parents[1]
CASES = """
import pytest

@pytest.fixture
def left():
    yield
    raise ValueError("in the teardown")

@pytest.fixture
def refused():
    raise ValueError("in the setup")

def test_passes(): pass
def test_fails(): raise ValueError("in the call")
def test_errs_first(refused): pass
def test_errs_last(left): pass
@pytest.mark.skip(reason="for this one")
def test_skips(): pass
@pytest.mark.xfail(raises=ValueError)
def test_fails_as_expected(): raise ValueError
"""


@pytest.mark.parametrize("asked", [[], ["--durations=0", "--durations-min=0"]])
def test_a_run_of_workers(tmp_path: Path, asked: list[str]) -> None:
    pytest.importorskip("xdist")
    (tmp_path / "test_it.py").write_text(CASES)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = subprocess.run(
        [
            *[sys.executable, "-m", "pytest", "-p", "support.run.brief", "-n", "2"],
            *["-c", os.devnull, "--rootdir", str(tmp_path), "-q", "-ra", *asked, "."],
        ],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    said = done.stdout + done.stderr
    assert "1 failed, 2 passed, 1 skipped, 1 xfailed, 2 errors" in said, said
    for words in ("in the setup", "in the call", "in the teardown", "for this one"):
        assert words in said
    phases = re.findall(r"^\d+\.\d+s (\w+) +test_it.py::test_passes", said, re.M)
    assert sorted(phases) == (["call", "setup", "teardown"] if asked else []), said

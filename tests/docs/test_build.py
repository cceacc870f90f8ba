"""The pages build, and a warning is an error; docs/requirements.txt says with what."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from lateness import PATIENCE

from .pages import ROOT

NEEDED = ("sphinx", "myst_parser", "furo")


@pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in NEEDED),
    reason="docs/requirements.txt is not installed",
)
def test_build(folder: Path) -> None:
    sphinx = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-n"]
    done = subprocess.run(
        [*sphinx, "-d", str(folder / "cache"), str(ROOT / "docs"), str(folder / "html")],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "html" / "reference" / "sockets.html").exists()

"""Files that call each other in a circle are told, and those in one direction are not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINE = {"a": "int b(void); int a(void) { return b(); }", "b": "int b(void) { return 1; }"}
CIRCLE = LINE | {"b": "int a(void); int b(void) { return a(); }"}


@pytest.mark.parametrize(("sources", "status"), [(LINE, 0), (CIRCLE, 1)])
def test_told(tmp_path: Path, sources: dict[str, str], status: int) -> None:
    objects = tmp_path / "objects"
    objects.mkdir()
    for name, text in sources.items():
        (tmp_path / f"{name}.c").write_text(text)
        target = str(objects / f"{name}.c.o")
        subprocess.run(["cc", "-c", f"{name}.c", "-o", target], cwd=tmp_path, check=True)
    done = subprocess.run(
        [sys.executable, "-m", "scripts.circles", "objects"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done
    assert ("in a circle" in done.stdout) == bool(status)


def test_nothing_to_look_at(tmp_path: Path) -> None:
    """A wrong folder is no good news."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.circles", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no object files" in done.stderr

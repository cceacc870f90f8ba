"""NSK_ORDER shuffles the tests, the same way for the same seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from support.machine_lag import PATIENCE

TESTS = Path(__file__).resolve().parents[1]


def collected(folder: Path, seed: str) -> list[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "--collect-only"),
            *("-p", "support.run.order", "-p", "no:cacheprovider", str(folder)),
        ],
        env={**environment, "NSK_ORDER": seed, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        cwd=folder,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if "::" in line]


def test_order(tmp_path: Path) -> None:
    cases = [f"def test_{i}(): pass\n" for i in range(50)]
    (tmp_path / "test_it.py").write_text("".join(cases))
    plain, once = collected(tmp_path, ""), collected(tmp_path, "1")
    assert len(plain) == len(cases)
    assert once != plain
    assert sorted(once) == sorted(plain)
    assert once == collected(tmp_path, "1")
    assert once != collected(tmp_path, "2")

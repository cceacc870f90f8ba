"""docs/hazards.md names every hazard that has a test, and every test of each."""

from __future__ import annotations

import re
from collections import defaultdict

from .pages import ROOT

ROW = re.compile(r"^\| (h\d{3}) \| (.+) \| (.+) \| (.+) \|$", re.M)
TESTS = ROOT / "tests"


def files_by_hazard() -> dict[str, list[str]]:
    """The files that name a hazard, in a test's name or in a comment."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in TESTS.rglob("*.*"):
        if path.suffix not in (".py", ".lua", ".c"):
            continue
        text = path.read_text()
        ids = re.findall(r"\btest_(h\d{3})_", text) + re.findall(r"\bH\d{3}\b", text)
        for name in ids:
            found[name.lower()].add(str(path.relative_to(TESTS)))
    return {name: sorted(files) for name, files in found.items()}


def test_each_hazard_has_its_row_and_its_tests() -> None:
    rows = ROW.findall((ROOT / "docs" / "hazards.md").read_text())
    assert [row[0] for row in rows] == sorted({row[0] for row in rows})
    written = {name: re.findall(r"`([^`]+)`", tests) for name, _, _, tests in rows}
    assert written == files_by_hazard()

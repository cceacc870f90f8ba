"""What CMake looks for is what a source asks for."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOUND = re.compile(r"^#(?:cmakedefine|define) (NSK_\w+)", re.M)


def test_every_feature_is_asked_for() -> None:
    named = FOUND.findall((ROOT / "cmake" / "nsk_config.h.in").read_text())
    sources = [
        path.read_text()
        for folder in ("core", "include", "lua", "python", "tables", "tests/core")
        for path in (ROOT / folder).rglob("*.[chd]*")
        if path.is_file()
    ]
    asked = set(re.findall(r"\bNSK_\w+", "\n".join(sources)))
    assert [name for name in named if name not in asked | {"NSK_CONFIG_H"}] == []


def test_every_feature_is_looked_for() -> None:
    asked = set()
    for path in (ROOT / "core").rglob("*.[ch]"):
        asked.update(re.findall(r"\bNSK_HAVE_\w+", path.read_text()))
    named = FOUND.findall((ROOT / "cmake" / "nsk_config.h.in").read_text())
    assert asked <= set(named)

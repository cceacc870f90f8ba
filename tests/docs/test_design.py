"""What the pages for contributors say of the tree is so."""

from __future__ import annotations

import re

import pytest

from .pages import ROOT

DESIGN = (ROOT / "docs" / "design.md").read_text()
CONTRIBUTING = (ROOT / "docs" / "contributing.md").read_text()
FILE = re.compile(r"`([\w./-]+\.(?:c|h|def|py|lua|md|toml|cmake|sh|hpp))`")
NOT_OURS = re.compile(
    r"NAME|CHAPTER|ROOM|std\w+\.h"
)  # stands for a name, or is the system's


def test_picture_has_the_rooms() -> None:
    drawn = re.findall(r"^ +\| core/(\w+) ", DESIGN, re.M)
    rooms = [path.name for path in (ROOT / "core").iterdir() if path.is_dir()]
    assert sorted(drawn) == sorted(rooms)
    for room in rooms:
        for path in (ROOT / "core" / room).glob("*.c"):
            for other in re.findall(r'^#include "(\w+)/', path.read_text(), re.M):
                assert other not in rooms or drawn.index(other) >= drawn.index(room), path


@pytest.mark.parametrize("page", [DESIGN, CONTRIBUTING], ids=["design", "contributing"])
def test_files_exist(page: str) -> None:
    known = [
        f"/{path.relative_to(ROOT)}"
        for folder in ROOT.iterdir()
        if folder.name not in ("build", ".venv", ".git")
        for path in (folder.rglob("*") if folder.is_dir() else [folder])
    ]
    named = {name for name in FILE.findall(page) if not NOT_OURS.search(name)}
    assert named
    lost = [name for name in named if not any(one.endswith(f"/{name}") for one in known)]
    assert lost == []

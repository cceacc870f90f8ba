"""Sentences have a subject that is there, as docs/contributing.md asks."""

from __future__ import annotations

import re
from pathlib import Path

from .pages import ROOT

FOLDERS = [
    *("bench", "conformance", "core", "docs", "examples", "include", "lua", "python"),
    *("scripts", "tables", "tests"),
]
SUFFIXES = {".c", ".h", ".def", ".lua", ".md", ".py", ".pyi", ".toml", ""}
# Also where a line or a comment breaks between the words.
VAGUE = re.compile(r"\b(?:nobody|somebody|whoever|for[\s#*/]+ever)\b", re.I)
DATA = re.compile(r"nsk-nobody|b?\"nobody\"|[*]nobody-here")  # what goes over a socket
NAMES_THEM = {Path(__file__).resolve(), ROOT / "docs" / "contributing.md"}


def test_no_subject_is_vague() -> None:
    files = [path for name in FOLDERS for path in (ROOT / name).rglob("*")]
    vague = []
    for path in files:
        named = path in NAMES_THEM or "__pycache__" in path.parts
        if named or path.suffix not in SUFFIXES or not path.is_file():
            continue
        text = DATA.sub("", path.read_text("utf-8", "replace"))
        vague += [f"{path.relative_to(ROOT)}: {one}" for one in VAGUE.findall(text)]
    assert not vague

"""What the tests of a session claim to cover; read by test_completeness.py."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Claims:
    """Of every test that was collected, before any is left out."""

    made: list[tuple[str, str, str]]  # row, outcome, language
    files: frozenset[Path]


CLAIMS = pytest.StashKey[Claims]()

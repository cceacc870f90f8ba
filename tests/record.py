"""What a session knows about its tests, for the fixtures and for test_completeness.py."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Claims:
    """What every test that was collected claims to cover, before any is left out."""

    made: list[tuple[str, str, str]]  # row, outcome, language
    files: frozenset[Path]


CLAIMS = pytest.StashKey[Claims]()  # of the config
PASSED = pytest.StashKey[bool]()  # of an item, once it has been called

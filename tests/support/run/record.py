"""What a session knows about its tests, for the fixtures and for test_completeness.py."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from support.fronts.choice import Spec


@dataclass(frozen=True)
class Claims:
    """What every test that was collected claims to cover, before any is left out."""

    made: list[tuple[str, str, str]]  # row, outcome, language
    files: frozenset[Path]


CLAIMS = pytest.StashKey[Claims]()  # of the config
PASSED = pytest.StashKey[bool]()  # of an item, once it has been called
SPECS = pytest.StashKey[dict[str, Spec]]()  # of the config: the fronts of the run


def front_of(item: pytest.Item) -> str | None:
    """The name of the front that a case runs on; of a case of both, none."""
    spec = getattr(item, "callspec", None)
    found = spec.params.get("net") if spec is not None else None
    return str(found) if found is not None else None

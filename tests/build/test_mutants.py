"""The changes of `./dev mutate` can still be made."""

from __future__ import annotations

from collections import Counter

import pytest

from scripts.mutate.mutants import ROOT, Mutant, all_mutants

MUTANTS = all_mutants()


@pytest.mark.parametrize("path", sorted({mutant.path for mutant in MUTANTS}))
def test_each_change_can_be_made(path: str) -> None:
    """What a change replaces stands once in its file, and its tests are there."""
    text = (ROOT / path).read_text(encoding="utf-8")
    for mutant in MUTANTS:
        if mutant.path != path:
            continue
        assert mutant.apply(text) != text, mutant.id
        missing = [test for test in mutant.tests if not (ROOT / test).exists()]
        assert not missing, mutant.id


def test_ids_are_unique() -> None:
    counts = Counter(mutant.id for mutant in MUTANTS)
    assert [name for name, count in counts.items() if count > 1] == []


def reason(mutant: Mutant) -> str:
    return (mutant.equivalent or "").strip()


def test_those_that_no_test_can_see_have_a_reason() -> None:
    unseen = [mutant for mutant in MUTANTS if mutant.equivalent is not None]
    assert [mutant.id for mutant in unseen if len(reason(mutant)) < 20] == []
    assert len(MUTANTS) - len(unseen) >= 150

"""Every row of api.def and option.def has a case for each outcome, in each language.

The claims are those that this pytest has collected; where it was given a part of the
suite only, a second one collects all. That a claim is true is checked where the test runs
(conftest.check_claims).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.fronts import manifest
from support.run.record import CLAIMS

TESTS = Path(__file__).resolve().parents[1]
FOLDERS = ("conformance", "lua", "python")


def wanted() -> set[tuple[str, str, str]]:
    """(row, outcome, language) of everything that needs a case."""
    rows = {
        (row.id, outcome, language)
        for row in manifest.rows()
        for outcome in row.outcomes
        for language in row.languages
    }
    options = {
        (option.row.id, outcome, language)
        for option in manifest.options()
        for outcome in option.row.outcomes
        for language in option.row.languages
    }
    return rows | options


@pytest.fixture(scope="module")
def claimed(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> set[tuple[str, str, str]]:
    own = pytestconfig.stash[CLAIMS]
    every = {file for folder in FOLDERS for file in (TESTS / folder).glob("test_*.py")}
    if every <= own.files and not any("::" in arg for arg in pytestconfig.args):
        return set(own.made)
    return collected(tmp_path_factory.mktemp("covers") / "claims.json")


def collected(report: Path) -> set[tuple[str, str, str]]:
    command = [
        sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider",
        "--rootdir", str(TESTS.parent), "--covers-report", str(report),
        *(str(TESTS / folder) for folder in FOLDERS),
    ]  # fmt: skip
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, cwd=TESTS
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {
        (row, outcome, language)
        for row, outcome, language in json.loads(report.read_text())
    }


def test_every_outcome_has_a_case(claimed: set[tuple[str, str, str]]) -> None:
    missing = sorted(wanted() - claimed)
    assert not missing, "no case for:\n" + "\n".join(map(str, missing))


def test_no_claim_about_what_is_not_there(claimed: set[tuple[str, str, str]]) -> None:
    """A claim for an outcome that RESULT does not name, or for no row at all."""
    unknown = sorted(claimed - wanted())
    assert not unknown, "\n".join(map(str, unknown))

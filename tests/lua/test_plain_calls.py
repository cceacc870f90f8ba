"""Every call that may wait, under each scheduler: cases/blocked.lua has the calls,
cases/plain.lua what happens to them."""

from __future__ import annotations

import re

import pytest

from lua.schedule import ALL, CONCURRENT, HERE, case
from support.fronts.manifest import TABLES, rows

pytestmark = pytest.mark.measures


def test_every_call_is_here() -> None:
    text = (HERE / "cases" / "blocked.lua").read_text()
    here = set(re.findall(r"^(?:\w+\(')?(?:blocked\.)?([\w:]+)(?:', |\(\)$)", text, re.M))
    here |= set(re.findall(r"^function blocked\.(\w+)", text, re.M))
    waits = re.findall(r"^\w*WAITS\((\w+), NSK", (TABLES / "waits.def").read_text(), re.M)
    only_python = {row.name for row in rows() if row.owner == "PY_SOCKET"}
    assert not set(waits) - only_python - here
    late = {
        row.name for row in rows() if row.owner == "READER" and "timeout" in row.outcomes
    }
    assert {name.rpartition(":")[2] for name in here} >= late


@pytest.mark.parametrize("scheduler", CONCURRENT)
@pytest.mark.parametrize("what", ["waits", "closed", "ended"])
def test_beside_others(scheduler: str, what: str) -> None:
    """It waits until it can go on; its socket is closed; its coroutine is."""
    case(scheduler, f"plain_{what}")


@pytest.mark.parametrize("scheduler", ALL)
@pytest.mark.parametrize("what", ["time_up", "in_place"])
def test_alone(scheduler: str, what: str) -> None:
    """The time is up, in the scheduler and where no coroutine may yield."""
    case(scheduler, f"plain_{what}")

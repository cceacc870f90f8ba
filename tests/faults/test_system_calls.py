"""Every use of every system call, by every function, in both languages, fails once.

Which calls a function makes is found by running it and reading the counters, so a new
function or a new call is tried without a line changed here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from fronts.outcome import AGAIN, ERROR, RAISED

from .catalogue import Case, cases, missing
from .child import Net
from .plan import Rule, Seen
from .stage import Stage
from .tally import HEAP, SYSTEM
from .verdict import HEAP as HEAP_CALLS
from .verdict import SCARCE, right, rules_for

# What a call may need more than it does when all goes well: the rest is a spin (H120).
ROOM = 10
# After these the descriptor has gone, whatever close(2) said (H096).
CLOSING = ("MODULE.close",)


def test_every_row_has_a_recipe() -> None:
    assert not missing(), f"tests/faults does not know how to call {missing()}"


# What another system would call, and what is asked for in a race with a thread.
# Python has no pollset, which alone waits by epoll_pwait.
ELSEWHERE = {
    "python": {"accept", "pipe", "fflush", "epoll_pwait"},
    "lua": {"accept", "pipe"},
}
RACING = {"read", "write"}


@pytest.mark.parametrize("fault_net", ["python", "lua"], indirect=True)
def test_every_system_call_is_made(fault_net: Net, folder: Path) -> None:
    """A call that no recipe comes to is one that no fault has been tried on."""
    made: set[str] = set()
    with Stage(fault_net, folder) as stage:
        for case in cases():
            if case.language == fault_net.language:
                made |= rehearse(case, stage).counts.keys()
    assert set(fault_net.plan.names) - made - RACING == ELSEWHERE[fault_net.language]


def rehearse(case: Case, stage: Stage) -> Seen:
    """The call with nothing in its way; how it goes is the measure of the others."""
    scene, call = case.set(stage)
    with stage.net.plan.armed() as seen:
        outcome = stage.front.perform(call)
    scene.check(outcome)
    scene.after(outcome)
    stage.clear()
    stage.net.check_nothing_left()
    return seen


def fail_once(case: Case, stage: Stage, rule: Rule, limit: int) -> None:
    """One fault; afterwards all is as before, and the same call works."""
    net = stage.net
    scene, call = case.set(stage)
    before, descriptors, owned = (
        net.state(*scene.watched), net.descriptors(), net.plan.owned(),
    )  # fmt: skip
    with net.plan.armed(rule, limit=limit) as seen:
        outcome = stage.front.perform(call)
    # How often there is a wait, for a thread or for the time to pass, is a race.
    racing = case.variant in ("worker", "silent", "unread") and rule.call != "socket"
    assert seen.hits[0] == 1 or racing, "the fault did not happen"
    if seen.hits[0]:
        right(case, rule).check(outcome)
    if outcome.kind in (ERROR, AGAIN, RAISED):
        closing = case.row.id in CLOSING
        if not closing and case.row.id != "SOCKET.close":
            net.window.collect()
            net.check_descriptors(descriptors)
            assert net.plan.owned() == owned, "the ledger has changed"
        if not _in_progress(case, outcome.kind):
            assert net.state(*scene.watched) == before, "the object has changed"
        if not closing:
            scene.failed(outcome)
            outcome = stage.front.perform(call)
    if outcome.kind != ERROR or case.row.id not in CLOSING:
        scene.check(outcome)
        scene.after(outcome)
    stage.clear()
    net.check_nothing_left()


def _in_progress(case: Case, kind: str) -> bool:
    return case.row.id == "SOCKET.connect" and kind == AGAIN


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_h001_h120_every_system_call_fails(
    case: Case, fault_net: Net, folder: Path
) -> None:
    with Stage(fault_net, folder) as stage:
        rehearse(case, stage)  # the first call may fill a cache
        seen = rehearse(case, stage)
        for name, uses in seen.counts.items():
            for rule in rules_for(name, uses):
                # Without a descriptor all of it may be made again.
                times = 2 if rule.code in SCARCE else 1
                with fault_net.explained(f"{case.id}, {rule}"):
                    fail_once(case, stage, rule, times * seen.total + ROOM)
                fault_net.tally.add(HEAP if name in HEAP_CALLS else SYSTEM, case.language)

"""Every use of every system call, by every function, in both languages, fails once.

Which calls a function makes is found by running it and reading the counters, so a new
function or a new call is tried without a line changed here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.fronts.outcome import AGAIN, ERROR, RAISED

from .catalogue import Trial, missing, trials
from .child import Net
from .counts import HEAP, SYSTEM
from .expected import HEAP as HEAP_CALLS
from .expected import SCARCE, may_be_late, right, rules_for
from .plan import Rule, Seen
from .setup import Setup

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
    with Setup(fault_net, folder) as setup:
        for trial in trials():
            if trial.language == fault_net.language:
                made |= rehearse(trial, setup).counts.keys()
    assert set(fault_net.plan.names) - made - RACING == ELSEWHERE[fault_net.language]


def rehearse(trial: Trial, setup: Setup) -> Seen:
    """The call with nothing in its way; how it goes is the measure of the others."""
    case, call = trial.set(setup)
    with setup.net.plan.armed() as seen:
        outcome = setup.front.perform(call)
    case.check(outcome)
    case.after(outcome)
    setup.clear()
    setup.net.check_nothing_left()
    return seen


def fail_once(trial: Trial, setup: Setup, rule: Rule, limit: int) -> None:
    """One fault; afterwards all is as before, and the same call works."""
    net = setup.net
    case, call = trial.set(setup)
    before, descriptors, owned = (
        net.state(*case.watched), net.descriptors(), net.plan.owned(),
    )  # fmt: skip
    with net.plan.armed(rule, limit=limit) as seen:
        outcome = setup.front.perform(call)
    # How often there is a wait, for a thread or for the time to pass, is a race.
    racing = trial.variant in ("worker", "silent", "unread") and rule.call != "socket"
    racing = racing or may_be_late(trial, rule)
    assert seen.hits[0] == 1 or racing, "the fault did not happen"
    if seen.hits[0]:
        right(trial, rule).check(outcome)
    if outcome.kind in (ERROR, AGAIN, RAISED):
        closing = trial.row.id in CLOSING
        if not closing and trial.row.id != "SOCKET.close":
            net.window.collect()
            net.check_descriptors(descriptors)
            assert net.plan.owned() == owned, "the tracker has changed"
        if not _in_progress(trial, outcome.kind):
            assert net.state(*case.watched) == before, "the object has changed"
        if not closing:
            case.failed(outcome)
            outcome = setup.front.perform(call)
    if outcome.kind != ERROR or trial.row.id not in CLOSING:
        case.check(outcome)
        case.after(outcome)
    setup.clear()
    net.check_nothing_left()


def _in_progress(trial: Trial, kind: str) -> bool:
    return trial.row.id == "SOCKET.connect" and kind == AGAIN


@pytest.mark.parametrize("trial", trials(), ids=lambda trial: trial.id)
def test_h001_h120_every_system_call_fails(
    trial: Trial, fault_net: Net, folder: Path
) -> None:
    with Setup(fault_net, folder) as setup:
        rehearse(trial, setup)  # the first call may fill a cache
        seen = rehearse(trial, setup)
        for name, uses in seen.counts.items():
            for rule in rules_for(name, uses):
                # Without a descriptor all of it may be made again.
                times = 2 if rule.code in SCARCE else 1
                with fault_net.explained(f"{trial.id}, {rule}"):
                    fail_once(trial, setup, rule, times * seen.total + ROOM)
                fault_net.counts.add(
                    HEAP if name in HEAP_CALLS else SYSTEM, trial.language
                )

"""Every allocation that every function makes, in both languages, fails in its turn.

The indexes go up until the call no longer comes as far. After each failure the object
is as before, nothing is open or allocated that was not, and the same call then works:
no connection, no descriptor and no byte has been lost (H001, H046, H055, H066).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.fronts.front import Handle
from support.fronts.outcome import RAISED, Outcome

from .catalogue import Trial, trials
from .child import Net
from .counts import BOTH, MEMORY
from .expected import HEAP, Right, may_be_late, right, rules_for
from .plan import Rule
from .setup import Setup, done

# How many allocations fail from the index on; 0 is all of them until the call is over.
# Lua collects its garbage at a first failure and tries again: 1 is that collection, and
# 2 are a memory error.
WIDTHS = {"python": (1, 0), "lua": (1, 2, 0)}
# A call that needs more than this many allocations has another problem.
FAR = 400
# Python gives the whole length's object back right before it makes that of the count:
# no allocator refuses what it has just been given, but set_nomemory does.
TRIALS = [trial for trial in trials() if trial.id != "SOCKET.send/part-python"]
# Python has no exception in store: a connect that has begun stays under way when the
# BlockingIOError that says so cannot be made. Calling again goes on with it.
MAY_CHANGE = ("SOCKET.connect/again-python",)


def is_memory_error(outcome: Outcome) -> bool:
    if outcome.kind != RAISED:
        return False
    error = outcome.raised
    assert error.name == "MemoryError" or error.text == "not enough memory", error
    return True


def attempt(trial: Trial, setup: Setup, first: int, width: int) -> None:
    """The call with one index failing, and its aftermath."""
    net = setup.net
    case, call = trial.set(setup)
    before, descriptors, owned = (
        net.state(*case.watched), net.descriptors(), net.plan.owned(),
    )  # fmt: skip
    net.window.limit_memory(first, width)
    outcome = setup.front.perform(call)
    if is_memory_error(outcome):
        net.window.collect()
        net.check_descriptors(descriptors)
        assert net.plan.owned() == owned, "the tracker has changed"
        if trial.id not in MAY_CHANGE:
            assert net.state(*case.watched) == before, "the object has changed"
        case.failed(outcome)
        outcome = setup.front.perform(call)
    case.check(outcome)
    case.after(outcome)
    setup.clear()
    net.check_nothing_left()
    net.check_heap()


def warm_up(trial: Trial, setup: Setup) -> None:
    """The first calls may fill caches, which are no leaks."""
    for _ in range(2):
        case, call = trial.set(setup)
        outcome = setup.front.perform(call)
        case.check(outcome)
        case.after(outcome)
        setup.clear()
    setup.net.settle()


def indexes(net: Net) -> Iterator[int]:
    """From 0 on, until a call no longer comes as far."""
    for first in range(FAR):
        yield first
        if not net.window.reached():
            return
    pytest.fail(f"more than {FAR} allocations")


OBJECTS: dict[str, Callable[[Setup], Handle]] = {
    "socket": lambda s: s.pair()[0],
    "connected": lambda s: done(
        s.front.call("connect_inet_stream", "127.0.0.1", s.port())
    ),
    "address": lambda s: s.inet(80),
    "path": lambda s: s.unix(b"/a/path"),
    "deadline": lambda s: done(s.front.call("deadline", float("inf"))),
    "list": lambda s: done(s.front.addrinfo.getaddrinfo("::1", 80))[0],
}


@pytest.mark.parametrize("fault_net", ["python", "lua"], indirect=True)
@pytest.mark.parametrize("name", OBJECTS)
def test_h106_no_memory_for_the_text(setup: Setup, name: str) -> None:
    """An object tells what it is, or that there is no memory to tell."""
    net = setup.net
    handle = OBJECTS[name](setup)
    whole = handle.text()
    for width in WIDTHS[net.language]:
        for first in indexes(net):
            net.window.limit_memory(first, width)
            assert net.window.limited_text(handle) in (whole, None)
        net.counts.add(MEMORY, net.language, net.window.indexes())
    assert handle.text() == whole


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.id)
def test_h001_h010_h046_h055_h066_every_allocation_fails(
    trial: Trial, fault_net: Net, folder: Path
) -> None:
    with Setup(fault_net, folder) as setup:
        warm_up(trial, setup)
        for width in WIDTHS[trial.language]:
            for first in indexes(fault_net):
                with fault_net.explained(f"{trial.id}, allocation {first} ({width})"):
                    attempt(trial, setup, first, width)
            fault_net.counts.add(MEMORY, trial.language, fault_net.window.indexes())


def one_error_each(trial: Trial, setup: Setup) -> list[tuple[Rule, Right]]:
    """For each system call that the function makes, one fault that is an error."""
    case, call = trial.set(setup)
    with setup.net.plan.armed() as seen:
        outcome = setup.front.perform(call)
    case.after(outcome)
    setup.clear()
    found = []
    for name in seen.counts:
        if name in HEAP or (trial.variant in ("worker", "silent") and name == "ppoll"):
            continue
        for rule in rules_for(name, 1):
            wanted = right(trial, rule)
            if wanted.kinds == ("error",):
                found.append((rule, wanted))
                break
    return found


def both(trial: Trial, setup: Setup, rule: Rule, wanted: Right, first: int) -> None:
    """A system call fails, and then the memory for its error: never nothing at all."""
    net = setup.net
    case, call = trial.set(setup)
    before = net.state(*case.watched)
    net.window.limit_memory(first, 0)
    with net.plan.armed(rule) as seen:
        outcome = setup.front.perform(call)
    no_memory = is_memory_error(outcome)
    happened = no_memory or seen.hits[0] > 0 or not may_be_late(trial, rule)
    if happened and not no_memory:
        wanted.check(outcome)
    net.window.collect()
    if not happened:
        case.check(outcome)
        case.after(outcome)
    elif not trial.row.id.endswith(".close"):
        case.failed(outcome)
        assert net.state(*case.watched) == before, "the object has changed"
        outcome = setup.front.perform(call)
        case.check(outcome)
        case.after(outcome)
    setup.clear()
    net.check_nothing_left()
    net.check_heap()


@pytest.mark.parametrize("trial", trials(), ids=lambda trial: trial.id)
def test_h106_no_memory_for_the_error(trial: Trial, fault_net: Net, folder: Path) -> None:
    with Setup(fault_net, folder) as setup:
        warm_up(trial, setup)
        for rule, wanted in one_error_each(trial, setup):
            for first in indexes(fault_net):
                with fault_net.explained(f"{trial.id}, {rule}, allocation {first}"):
                    both(trial, setup, rule, wanted, first)
            fault_net.counts.add(BOTH, trial.language, fault_net.window.indexes())

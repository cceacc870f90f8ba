"""Every allocation that every function makes, in both languages, fails in its turn.

The indexes go up until the call no longer comes as far. After each failure the object
is as before, nothing is open or allocated that was not, and the same call then works:
no connection, no descriptor and no byte has been lost (H001, H046, H055, H066).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fronts.front import Handle
from fronts.outcome import RAISED, Outcome

from .catalogue import Case, cases
from .child import Net
from .plan import Rule
from .stage import Stage, done
from .tally import BOTH, MEMORY
from .verdict import HEAP, Right, right, rules_for

# How many allocations fail from the index on; 0 is all of them until the call is over.
# Lua collects its garbage at a first failure and tries again: 1 is that collection, and
# 2 are a memory error.
WIDTHS = {"python": (1, 0), "lua": (1, 2, 0)}
# A call that needs more than this many allocations has another problem.
FAR = 400
# Python gives the whole length's object back right before it makes that of the count:
# no allocator refuses what it has just been given, but set_nomemory does.
CASES = [case for case in cases() if case.id != "SOCKET.send/part-python"]
# Python has no exception in store: a connect that has begun stays under way when the
# BlockingIOError that says so cannot be made. Calling again goes on with it.
MAY_CHANGE = ("SOCKET.connect/again-python",)


def is_memory_error(outcome: Outcome) -> bool:
    if outcome.kind != RAISED:
        return False
    error = outcome.raised
    assert error.name == "MemoryError" or error.text == "not enough memory", error
    return True


def attempt(case: Case, stage: Stage, first: int, width: int) -> None:
    """The call with one index failing, and its aftermath."""
    net = stage.net
    scene, call = case.set(stage)
    before, descriptors, owned = (
        net.state(*scene.watched), net.descriptors(), net.plan.owned(),
    )  # fmt: skip
    net.window.limit_memory(first, width)
    outcome = stage.front.perform(call)
    if is_memory_error(outcome):
        net.window.collect()
        net.check_descriptors(descriptors)
        assert net.plan.owned() == owned, "the ledger has changed"
        if case.id not in MAY_CHANGE:
            assert net.state(*scene.watched) == before, "the object has changed"
        scene.failed(outcome)
        outcome = stage.front.perform(call)
    scene.check(outcome)
    scene.after(outcome)
    stage.clear()
    net.check_nothing_left()
    net.check_heap()


def warm_up(case: Case, stage: Stage) -> None:
    """The first calls may fill caches, which are no leaks."""
    for _ in range(2):
        scene, call = case.set(stage)
        outcome = stage.front.perform(call)
        scene.check(outcome)
        scene.after(outcome)
        stage.clear()
    stage.net.settle()


def indexes(net: Net) -> Iterator[int]:
    """From 0 on, until a call no longer comes as far."""
    for first in range(FAR):
        yield first
        if not net.window.reached():
            return
    pytest.fail(f"more than {FAR} allocations")


OBJECTS: dict[str, Callable[[Stage], Handle]] = {
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
def test_h106_no_memory_for_the_text(stage: Stage, name: str) -> None:
    """An object tells what it is, or that there is no memory to tell."""
    net = stage.net
    handle = OBJECTS[name](stage)
    whole = handle.text()
    for width in WIDTHS[net.language]:
        for first in indexes(net):
            net.window.limit_memory(first, width)
            assert net.window.limited_text(handle) in (whole, None)
        net.tally.add(MEMORY, net.language, net.window.indexes())
    assert handle.text() == whole


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_h001_h010_h046_h055_h066_every_allocation_fails(
    case: Case, fault_net: Net, folder: Path
) -> None:
    with Stage(fault_net, folder) as stage:
        warm_up(case, stage)
        for width in WIDTHS[case.language]:
            for first in indexes(fault_net):
                with fault_net.explained(f"{case.id}, allocation {first} ({width})"):
                    attempt(case, stage, first, width)
            fault_net.tally.add(MEMORY, case.language, fault_net.window.indexes())


def one_error_each(case: Case, stage: Stage) -> list[tuple[Rule, Right]]:
    """For each system call that the function makes, one fault that is an error."""
    scene, call = case.set(stage)
    with stage.net.plan.armed() as seen:
        outcome = stage.front.perform(call)
    scene.after(outcome)
    stage.clear()
    found = []
    for name in seen.counts:
        if name in HEAP or (case.variant in ("worker", "silent") and name == "ppoll"):
            continue
        for rule in rules_for(name, 1):
            wanted = right(case, rule)
            if wanted.kinds == ("error",):
                found.append((rule, wanted))
                break
    return found


def both(case: Case, stage: Stage, rule: Rule, wanted: Right, first: int) -> None:
    """A system call fails, and then the memory for its error: never nothing at all."""
    net = stage.net
    scene, call = case.set(stage)
    before = net.state(*scene.watched)
    net.window.limit_memory(first, 0)
    with net.plan.armed(rule):
        outcome = stage.front.perform(call)
    if not is_memory_error(outcome):
        wanted.check(outcome)
    net.window.collect()
    if not case.row.id.endswith(".close"):
        scene.failed(outcome)
        assert net.state(*scene.watched) == before, "the object has changed"
        outcome = stage.front.perform(call)
        scene.check(outcome)
        scene.after(outcome)
    stage.clear()
    net.check_nothing_left()
    net.check_heap()


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_h106_no_memory_for_the_error(case: Case, fault_net: Net, folder: Path) -> None:
    with Stage(fault_net, folder) as stage:
        warm_up(case, stage)
        for rule, wanted in one_error_each(case, stage):
            for first in indexes(fault_net):
                with fault_net.explained(f"{case.id}, {rule}, allocation {first}"):
                    both(case, stage, rule, wanted, first)
            fault_net.tally.add(BOTH, case.language, fault_net.window.indexes())

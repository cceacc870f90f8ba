"""Bounds on time.

Anything may run beside the tests, and on a machine that does much else every wait ends
late, by any amount. So an upper bound is wide here: it tells a call that ended by its own
deadline, or was woken, from one that would have waited without end. That nothing is early
is exact everywhere.

`./dev check` has the machine to itself and says so by NSK_QUIET. There the same tests
take the narrow bound.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from support.fronts.outcome import VALUE, Outcome

QUIET = "NSK_QUIET" in os.environ
PATIENCE = 100.0  # seconds until what must come is given up; pytest's own limit is wider


def late(quiet: float) -> float:
    """How late a call may be: this much where the machine is quiet."""
    return quiet if QUIET else 15.0


LATE = late(0.1)


@dataclass
class Stopwatch:
    took: float = 0.0


@contextmanager
def measured() -> Iterator[Stopwatch]:
    """How long the block takes."""
    watch = Stopwatch()
    start = time.monotonic()
    yield watch
    watch.took = time.monotonic() - start


def best(measure: Callable[[], float], bar: float, tries: int = 6) -> float:
    """The least of several, for a bar that only the machine can make a call miss."""
    least = measure()
    while least > bar and tries > 1:
        least, tries = min(least, measure()), tries - 1
    return least


def ended(_: Outcome) -> bool:
    return True


def succeeded(outcome: Outcome) -> bool:
    return outcome.kind == VALUE


def tried(count: int) -> Callable[[Outcome], bool]:
    """So many addresses of a failed connect have had their turn."""

    def all_of_them(outcome: Outcome) -> bool:
        assert outcome.error is not None and outcome.error.attempts is not None
        return len(outcome.error.attempts) == count

    return all_of_them


def in_time(
    call: Callable[[float], Outcome], deadline: float, right: Callable[[Outcome], bool]
) -> Outcome:
    """What a call comes to that has something to do inside its deadline: where the
    machine has let that time pass, it has ten times as much."""
    with measured() as watch:
        outcome = call(deadline)
    assert watch.took < deadline + LATE
    if right(outcome) or QUIET:
        return outcome
    return call(10 * deadline)

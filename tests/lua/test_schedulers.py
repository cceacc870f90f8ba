"""The same cases under plain poll(2) and under each scheduler that net.socket adapts to.

Each runs in a Lua of its own: see scheduler_cases.lua.
"""

from __future__ import annotations

import math
import os

import pytest

from lua.schedule import ALL, CONCURRENT, case
from support.machine_lag import LATE, QUIET, best, late
from support.processes.limits import high_descriptors

pytestmark = pytest.mark.measures

CROWD = int(os.environ.get("NSK_CROWD", "200"))
DEADLINES = int(os.environ.get("NSK_DEADLINES", "100"))
AT_ONCE = 50
BEATS = 20 if QUIET else 3  # that come while a connect takes half a second

WAITS = ("recvable", "recvline", "recvall", "acceptwait", "sendable", "sendall")
HOLDERS = ("recvline", "recvall")  # they hold bytes while they wait

every = pytest.mark.parametrize("scheduler", ALL)
each = pytest.mark.parametrize("scheduler", CONCURRENT)


@every
def test_crowd(scheduler: str) -> None:
    """So many clients at a time, and their server, in one process."""
    with high_descriptors(4 * CROWD + 100):  # under Copas a sleep needs two as well
        assert case(scheduler, "crowd", CROWD) == [str(3 * CROWD)]


@each
@pytest.mark.parametrize("wait", WAITS)
def test_second_waiter(scheduler: str, wait: str) -> None:
    """EBUSY at once; the first waiter is not lost."""
    case(scheduler, "second", wait)


@each
def test_both_directions(scheduler: str) -> None:
    case(scheduler, "both_directions")


@each
@pytest.mark.parametrize(
    ("wait", "how"),
    [(wait, how) for wait in WAITS for how in ("close", "variable")]
    + [(wait, "unwrap") for wait in WAITS if wait not in HOLDERS],
)
def test_close_wakes(scheduler: str, wait: str, how: str) -> None:
    """EBADF, soon; the next owner of the descriptor's number is not disturbed."""
    case(scheduler, "close", wait, how)


@each
@pytest.mark.parametrize("ending", ["room", "closed", "late"])
def test_accept_waits_out_a_shortage(scheduler: str, ending: str) -> None:
    """Others go on, and the pauses need no descriptor."""
    with high_descriptors(60):
        case(scheduler, "patient", ending)


@each
def test_close_wakes_select(scheduler: str) -> None:
    case(scheduler, "close", "select", "close")


@each
def test_close_takes_what_was_received(scheduler: str) -> None:
    """The bytes go with the socket, and the error says that none are pending."""
    case(scheduler, "close_takes_what_was_received")


@each
@pytest.mark.parametrize("wait", HOLDERS)
def test_receive_beside_another(scheduler: str, wait: str) -> None:
    """EBUSY for every receive and unwrap; recvable gives the kernel's answer."""
    case(scheduler, "beside", wait)


@each
def test_h055_closed_coroutine(scheduler: str) -> None:
    """coroutine.close in a wait: the bytes are the next receive's; no waiter is left."""
    case(scheduler, "unwind")


NESTED = {
    "select": "recvline: ETIMEDOUT (110) not done within 0.05 s",
    "cqueues": "recvline: ETIMEDOUT (110) not done within 0.05 s",
    "luv": "recvline: ECANCELED (125) resumed from elsewhere",
    "copas": "recvline: ECANCELED (125) resumed from elsewhere",
}


@each
def test_coroutine_inside_another(scheduler: str) -> None:
    """It waits in place where the scheduler can be asked; else it fails when resumed."""
    assert " ".join(case(scheduler, "nested")) == NESTED[scheduler]


@each
def test_blocking_socket_stays_so(scheduler: str) -> None:
    """Some loops make what they watch non-blocking, behind its object."""
    case(scheduler, "blocking")


@each
@pytest.mark.parametrize("what", ["close", "wait", "close_another"])
def test_fork(scheduler: str, what: str) -> None:
    """A child ends no wait of its parent's, whatever it closes or waits for itself."""
    case(scheduler, "fork", what)


def test_fork_to_a_controller_of_its_own() -> None:
    case("cqueues", "fork", "controller")


@each
@pytest.mark.parametrize("how", ["close", "unwrap", "variable", "collection"])
def test_number_of_what_had_been_waited_for(scheduler: str, how: str) -> None:
    """The loop has forgotten it, whichever way the socket went."""
    case(scheduler, "number_again", how)


@each
def test_number_is_another_sockets_before_the_first_goes_on(scheduler: str) -> None:
    case(scheduler, "number_taken")


@pytest.mark.parametrize("scheduler", sorted({*CONCURRENT} - {"cqueues"}))
def test_descriptor_closed_behind_us(scheduler: str) -> None:
    """The next call says so. (cqueues' own loop ends with EBADF, as the guide says.)"""
    case(scheduler, "closed_behind")


@each
@pytest.mark.parametrize("what", ["bytes", "end", "reset"])
def test_ready_while_nothing_waits(scheduler: str, what: str) -> None:
    """The loop does not spin."""
    case(scheduler, "idle", what)


@each
def test_end_with_sockets_open(scheduler: str) -> None:
    case(scheduler, "ends")


@each
def test_deadlines_of_many_waits(scheduler: str) -> None:
    """None is early, and none is another wait's."""
    case(scheduler, "deadlines_between")


@each
def test_shared_deadline(scheduler: str) -> None:
    """Two coroutines have one point of time for all their calls."""
    first, last = map(float, case(scheduler, "shared_deadline", 0.3))
    assert 0.3 <= first <= last < 0.3 + LATE


@each
def test_select(scheduler: str) -> None:
    case(scheduler, "select")


def test_luasocket_select() -> None:
    """The one that Copas waits in takes every descriptor, whichever coroutine waits."""
    with high_descriptors(1100):
        case("copas", "luasocket_select")


@each
def test_ticker(scheduler: str, silence: tuple[str, int]) -> None:
    """While one coroutine connects in vain, another has its turns, never 20 ms late."""

    def worst() -> float:
        latest, beats = case(scheduler, "ticker", *silence)
        return float(latest) if int(beats) >= BEATS else math.inf

    assert best(worst, late(0.02)) <= late(0.02)


@every
def test_h036_deadlines(scheduler: str, silence: tuple[str, int]) -> None:
    """Many deadlines of 0.2 s: none is early, nor 0.1 s late on a quiet machine."""
    at_once = 1 if scheduler == "poll" else AT_ONCE
    count = DEADLINES // 5 if scheduler == "poll" else DEADLINES

    def longest() -> float:
        least, most, _ = case(scheduler, "deadlines", *silence, count, at_once)
        assert float(least) >= 0.2
        return float(most)

    assert best(longest, 0.2 + LATE) <= 0.2 + LATE

"""The kernel's times: ETIMEDOUT is a failure of the connection, and not a time of ours;
rcvtimeo and sndtimeo begin with the call."""

from __future__ import annotations

import errno as e
import time

import pytest

from support.machine_lag import measured

from .plan import ALWAYS, SHIFT, Rule
from .setup import Setup, done

pytestmark = pytest.mark.parametrize("fault_net", ["python", "lua"], indirect=True)


@pytest.mark.parametrize("name, args", [("recv", (5,)), ("send", (b"x",))])
def test_it_is_an_error(setup: Setup, name: str, args: tuple[object, ...]) -> None:
    a, _ = setup.front.call("pair_stream").all
    with setup.net.plan.armed(Rule(name, e.ETIMEDOUT)):
        outcome = a.call(name, *args)
    assert (outcome.kind, outcome.failure.name) == ("error", "ETIMEDOUT")


def test_beside_a_deadline(setup: Setup) -> None:
    """Also of a call that has one, and has reached it not."""
    a, b = setup.front.call("pair_stream").all
    done(b.send(b"x"))
    with setup.net.plan.armed(Rule("recv", e.ETIMEDOUT)):
        outcome = a.recvall(5, 30)
    assert (outcome.kind, outcome.failure.name) == ("error", "ETIMEDOUT")


@pytest.mark.parametrize("kind", ["stream", "dgram"])
def test_a_late_signal(setup: Setup, kind: str) -> None:
    """It interrupts the call when the time is up already: there is nothing to wait for,
    and the call does not take that time once more."""
    a, _ = setup.pair(kind)
    done(a.nonblock(False))
    done(a.rcvtimeo(20))
    first = 1 if setup.front.language == "python" else 0  # it looks before it blocks
    signal = Rule("recv", e.EINTR, skip=first)
    later = Rule(
        "clock_gettime",
        time.CLOCK_MONOTONIC,
        skip=1,
        times=ALWAYS,
        value=40 * 10**9,
        kind=SHIFT,
    )
    with setup.net.plan.armed(signal, later) as seen, measured() as watch:
        assert a.recv(5).is_again()
    assert seen.hits[0] == 1
    assert watch.took < 20


DAY = 86_400 * 1_000_000_000
SLICE = 1 << 20  # what is moved between two looks at the clock


@pytest.mark.parametrize("name", ["sendall", "recvall"])
def test_a_peer_that_keeps_up(setup: Setup, name: str) -> None:
    """The kernel moves all it is asked to, and the time passes meanwhile."""
    a, _ = setup.front.call("pair_stream").all
    moved = Rule("send" if name == "sendall" else "recv", times=ALWAYS, value=SLICE)
    late = Rule(
        "clock_gettime", time.CLOCK_MONOTONIC, skip=1, times=ALWAYS, value=DAY, kind=SHIFT
    )
    what = bytes(3 * SLICE) if name == "sendall" else 3 * SLICE
    with setup.net.plan.armed(moved, late) as seen:
        outcome = a.call(name, what, 3600)
    assert outcome.kind == "timeout", outcome.describe()
    assert seen.hits[0] < 3

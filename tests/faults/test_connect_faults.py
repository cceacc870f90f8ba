"""Connecting and resolving when the system fails, is slow, or interrupts."""

from __future__ import annotations

import errno as e
import os
import socket
import time

import pytest

from support.fronts.outcome import AGAIN, TIMEOUT, VALUE, Outcome
from support.machine_lag import LATE, QUIET, in_time, tried
from support.net.peers import wait_until

from .plan import AFTER, ALWAYS, HOLD, SHIFT, STORM, Rule
from .setup import Setup, done

pytestmark = [
    pytest.mark.measures,
    pytest.mark.parametrize("fault_net", ["python", "lua"], indirect=True),
]

MILLISECOND = 1_000_000
DAY = 86_400 * 1_000_000_000


def test_h024_every_list_is_freed(setup: Setup) -> None:
    with setup.net.plan.armed() as seen:
        done(setup.front.addrinfo.getaddrinfo("localhost", 80))
        setup.is_socket(setup.front.call("bind_inet_stream", "localhost", 0))
    assert seen.counts["getaddrinfo"] == seen.counts["freeaddrinfo"] == 2
    assert setup.net.plan.lists == 0


@pytest.mark.parametrize("use", range(2))
def test_h024_freed_also_without_memory_for_the_copy(setup: Setup, use: int) -> None:
    name = ("calloc", "strdup")[use]
    with setup.net.plan.armed(Rule(name, e.ENOMEM, value=0)) as seen:
        outcome = setup.front.addrinfo.getaddrinfo_stream("localhost", 80, False, True)
    assert outcome.kind == "raised", outcome.describe()
    assert seen.hits[0] == 1
    assert setup.net.plan.lists == 0


@pytest.mark.parametrize("form", ["connect_inet_stream", "connect_stream"])
def test_h024_h025_a_resolver_that_answers_too_late(setup: Setup, form: str) -> None:
    """The call ends at its deadline; each thread frees its answer when it gets it."""
    blocks = setup.net.plan.blocks
    before = setup.net.descriptors()
    with setup.net.plan.armed(Rule("getaddrinfo", times=ALWAYS, kind=HOLD)):
        outcome = setup.front.call(form, "127.1", 1, 0.03)
        assert outcome.kind == TIMEOUT, outcome.describe()
        assert setup.net.descriptors() == before
    error = outcome.timeout
    assert error is not None
    assert (error.name, error.op, error.addr) == ("ETIMEDOUT", "getaddrinfo", "127.1")
    wait_until(
        lambda: setup.net.plan.blocks <= blocks, "the worker has freed its request"
    )
    assert setup.net.plan.lists == 0


def test_h120_one_family_is_waited_for_without_spinning(setup: Setup) -> None:
    """Whichever is answered first, the event that said so is clear again."""
    rule = Rule("getaddrinfo", skip=1, times=ALWAYS, kind=HOLD)
    blocks = setup.net.plan.blocks
    with setup.net.plan.armed(rule, limit=40) as seen:
        sec = 0.2 if QUIET else 1.0  # in which both threads ask
        outcome = setup.front.call("connect_stream", "127.1", setup.port(), sec)
    assert outcome.kind in (VALUE, TIMEOUT), outcome.describe()
    assert seen.hits[0] == 1
    setup.clear()
    wait_until(
        lambda: setup.net.plan.blocks <= blocks, "the worker has freed its request"
    )


@pytest.mark.parametrize("code", [e.EIO, e.EMFILE], ids=e.errorcode.get)
def test_h026_the_errno_behind_eai_system(setup: Setup, code: int) -> None:
    rule = Rule("getaddrinfo", code, times=ALWAYS, value=socket.EAI_SYSTEM)
    with setup.net.plan.armed(rule):
        outcome = setup.front.addrinfo.getaddrinfo("localhost", 80)
    failure = outcome.fails("EAI_SYSTEM", op="getaddrinfo", addr="localhost")
    assert failure.domain == "resolver"
    assert failure.message == os.strerror(code)


def test_h026_eai_memory(setup: Setup) -> None:
    with setup.net.plan.armed(Rule("getaddrinfo", value=socket.EAI_MEMORY)):
        outcome = setup.front.addrinfo.getaddrinfo("localhost", 80)
    assert (
        outcome.raised.name == "MemoryError" or outcome.raised.text == "not enough memory"
    )


def test_h029_an_interrupted_connect_goes_on(setup: Setup) -> None:
    """The kernel goes on with the handshake; a second attempt would be refused."""
    with setup.net.plan.armed(Rule("connect", e.EINTR, kind=AFTER)):
        outcome = setup.front.call("connect_inet_stream", "127.0.0.1", setup.port(), 5.0)
    setup.is_socket(outcome)


def test_h029_the_method_says_that_it_is_under_way(setup: Setup) -> None:
    own = done(setup.front.call("new_inet_stream"))
    ai = setup.inet(setup.port())
    with setup.net.plan.armed(Rule("connect", e.EINTR, kind=AFTER)):
        assert own.connect(ai).kind in (VALUE, AGAIN)
    done(own.sendable(5))
    assert done(own.connect(ai)) is True


def test_h035_the_next_address(setup: Setup) -> None:
    """::1, where no socket listens, then 127.0.0.1: the loser is closed at once."""
    with setup.net.plan.armed(limit=30) as seen:
        outcome = setup.front.call("connect_stream", None, setup.port(), 5.0)
    setup.is_socket(outcome)
    assert seen.counts["socket"] == 1 + seen.counts.get("close", 0)


@pytest.mark.parametrize("code", [e.EMFILE, e.ENFILE, e.ENOBUFS], ids=e.errorcode.get)
def test_h035_nothing_left_stops_the_search(setup: Setup, code: int) -> None:
    """There is one more after a collection, which comes at most once a second."""
    with setup.net.plan.armed(Rule("socket", code, times=ALWAYS), limit=30) as seen:
        outcome = setup.front.call("connect_stream", None, setup.port(), 5.0)
    outcome.fails(e.errorcode[code], op="socket")
    assert seen.counts["socket"] <= (1 if code == e.ENOBUFS else 2)


def _silent_on_both(setup: Setup) -> int:
    """A port that answers over neither family; one may be in use over the other."""
    for _ in range(20):
        port: int = setup.silent(socket.AF_INET6)[1]
        try:
            setup.silent(socket.AF_INET, port)
        except OSError:
            continue
        return port
    raise AssertionError("every port is taken")


def test_h035_a_race_that_cannot_go_on(setup: Setup) -> None:
    """Two addresses that are silent, and a call that fails while they are under way: both
    are closed, and both are told. Lua has a call of its own for the first short time."""
    rule = Rule("ppoll", e.ENOMEM, skip=2 if setup.net.language == "lua" else 1)
    addresses = ["[::1]", "127.0.0.1"]
    port = _silent_on_both(setup)
    before = setup.net.descriptors()
    with setup.net.plan.armed(rule, limit=40) as seen:
        outcome = setup.front.call("connect_stream", None, port, 5.0)
    assert seen.hits == [1, *[0] * 7]
    error = outcome.failure
    assert setup.net.descriptors() == before
    assert error.attempts is not None
    assert [a.addr.rpartition(":")[0] for a in error.attempts] == addresses
    names = {a.name for a in error.attempts}
    assert names <= {error.name, "ECANCELED"}
    assert "ECANCELED" in names


@pytest.mark.parametrize("code", [e.EMFILE, e.ENOBUFS], ids=e.errorcode.get)
@pytest.mark.parametrize("call, skip", [("socket", 1), ("connect", 3)])
def test_h120_a_race_goes_on(setup: Setup, call: str, skip: int, code: int) -> None:
    """What the second attempt lacks is no fault of the first: that has all the time, and
    one for which there was no socket has another turn."""
    port = _silent_on_both(setup)
    before = setup.net.descriptors()
    hits = []

    def race(sec: float) -> Outcome:
        with setup.net.plan.armed(Rule(call, code, skip=skip), limit=60) as seen:
            ended = setup.front.call("connect_stream", None, port, sec)
        hits.append(seen.hits[0])
        return ended

    outcome = in_time(race, 0.8, tried(2))
    assert hits[-1] == 1
    assert outcome.kind == TIMEOUT, outcome.describe()
    assert setup.net.descriptors() == before
    assert outcome.error is not None and outcome.error.attempts is not None
    told = {(a.addr.rpartition(":")[0], a.name) for a in outcome.error.attempts}
    lost = e.errorcode[code] if call == "connect" else "ETIMEDOUT"
    assert told == {("[::1]", "ETIMEDOUT"), ("127.0.0.1", lost)}


FORMS = [("connect_inet_stream", 5.0), ("connect_stream", 5.0), ("connect_stream", None)]


@pytest.mark.parametrize("use", range(2))
@pytest.mark.parametrize("form, deadline", FORMS)
def test_no_thread_for_the_resolver(
    setup: Setup, form: str, deadline: float | None, use: int
) -> None:
    """EAGAIN would mean "not now"; and who has the time can ask in place."""
    port = setup.port()
    before, blocks = setup.net.descriptors(), setup.net.plan.blocks
    with setup.net.plan.armed(Rule("pthread_create", value=e.EAGAIN, skip=use)) as seen:
        outcome = setup.front.call(form, "127.1", port, deadline)
    if seen.hits[0] == 0 or deadline is None:
        setup.is_socket(outcome)
        return
    failure = outcome.fails("EAI_MEMORY", op="pthread_create", addr="127.1")
    assert failure.message == "no thread for the resolver"
    assert failure.attempts == ()
    setup.clear()
    wait_until(lambda: setup.net.descriptors() == before, "all is closed")
    wait_until(lambda: setup.net.plan.blocks <= blocks, "the request is freed")


def test_h001_a_race_without_memory_for_late_addresses(setup: Setup) -> None:
    """The answer that cannot be kept is freed, and so is the one that can."""
    blocks = setup.net.plan.blocks
    for skip in range(2):
        with setup.net.plan.armed(Rule("realloc", e.ENOMEM, value=0, skip=skip)):
            outcome = setup.front.call("connect_stream", "127.1", setup.port(), 5.0)
        assert outcome.kind in ("raised", VALUE), outcome.describe()
        setup.clear()
    wait_until(lambda: setup.net.plan.blocks <= blocks, "all of it is freed")
    assert setup.net.plan.lists == 0


def test_h037_the_wall_clock_does_not_matter(setup: Setup) -> None:
    rule = Rule(
        "clock_gettime", time.CLOCK_REALTIME, skip=1, times=ALWAYS, value=DAY, kind=SHIFT
    )
    port = setup.silent(socket.AF_INET)[1]
    began = time.monotonic()
    with setup.net.plan.armed(rule):
        outcome = setup.front.call("connect_inet_stream", "127.0.0.1", port, 0.05)
    assert outcome.kind == TIMEOUT, outcome.describe()
    assert 0.05 <= time.monotonic() - began < 0.05 + LATE


def test_h037_the_monotonic_clock_does(setup: Setup) -> None:
    """The proof that the test above steps what the library would read."""
    rule = Rule(
        "clock_gettime", time.CLOCK_MONOTONIC, skip=2, times=ALWAYS, value=DAY, kind=SHIFT
    )
    port = setup.silent(socket.AF_INET)[1]
    began = time.monotonic()
    with setup.net.plan.armed(rule):
        outcome = setup.front.call("connect_inet_stream", "127.0.0.1", port, 3600.0)
    assert outcome.kind == TIMEOUT, outcome.describe()
    assert time.monotonic() - began < LATE


def test_h038_a_signal_in_connect(setup: Setup) -> None:
    """The connection is under way all the same."""
    rule = Rule("connect", e.EINTR, kind=AFTER)
    with setup.net.plan.armed(rule) as seen:
        outcome = setup.front.call("connect_inet_stream", "127.0.0.1", setup.port(), 20)
    assert outcome.kind == VALUE, outcome.describe()
    assert seen.hits[0] == 1


def test_h038_a_storm_of_signals_while_connecting(setup: Setup) -> None:
    """One each millisecond: the wait is for the rest of the time, not for all of it."""
    rule = Rule("ppoll", times=ALWAYS, value=MILLISECOND, kind=STORM)
    port = setup.silent(socket.AF_INET)[1]
    began = time.monotonic()
    with setup.net.plan.armed(rule) as seen:
        outcome = setup.front.call("connect_inet_stream", "127.0.0.1", port, 0.1)
    assert outcome.kind == TIMEOUT, outcome.describe()
    assert 0.1 <= time.monotonic() - began < 0.1 + LATE
    assert (2 if QUIET else 0) < seen.counts["ppoll"] <= 102


@pytest.mark.parametrize("method", ["recvable", "sendable"])
def test_h038_a_storm_of_signals_while_waiting(setup: Setup, method: str) -> None:
    rule = Rule("ppoll", times=ALWAYS, value=MILLISECOND, kind=STORM)
    own, _peer = setup.pair()
    if method == "sendable":
        while own.send(b"x" * 65536).kind == VALUE:
            pass
    began = time.monotonic()
    with setup.net.plan.armed(rule) as seen:
        outcome = own.call(method, 0.1)
    assert outcome.kind == TIMEOUT, outcome.describe()
    assert 0.1 <= time.monotonic() - began < 0.1 + LATE
    # After each signal it looks once more, and waits again.
    assert (2 if QUIET else 0) < seen.counts["ppoll"] <= 2 * 102


@pytest.mark.parametrize("times", [1, 100])
@pytest.mark.parametrize("call", ["send", "recv", "accept4"])
def test_h038_interrupted_calls_are_made_again(
    setup: Setup, call: str, times: int
) -> None:
    a, b = setup.pair()
    done(b.send(b"hello"))
    listener = done(setup.front.call("bind_inet_stream", "127.0.0.1", 0))
    done(listener.listen())
    setup.client(("127.0.0.1", listener.getsockname().value.port().value), socket.AF_INET)
    done(listener.recvable(5))
    with setup.net.plan.armed(Rule(call, e.EINTR, times=times)) as seen:
        made = {"send": lambda: a.send(b"x"), "recv": a.recv, "accept4": listener.accept}
        assert made[call]().kind == VALUE
    assert [made for made in seen.trace if made != "fcntl"] == [call] * (times + 1)

"""Sockets that are being made when the system fails."""

from __future__ import annotations

import errno as e
import resource
from collections.abc import Callable

import pytest

from support.fronts import process
from support.fronts.outcome import ERROR, Outcome

from .expected import EXHAUSTED, SCARCE
from .plan import AFTER, ALWAYS, Rule
from .setup import Setup, done

pytestmark = pytest.mark.parametrize("fault_net", ["python", "lua"], indirect=True)

Making = Callable[[Setup], Outcome]

MAKERS: dict[str, tuple[str, Making]] = {
    "new": ("socket", lambda s: s.front.call("new_inet_stream")),
    "pair": ("socketpair", lambda s: s.front.call("pair_stream")),
    "bind": ("socket", lambda s: s.front.call("bind_inet_stream", "127.0.0.1", 0)),
    "connect": (
        "socket",
        lambda s: s.front.call("connect_unix_stream", s.name()),
    ),
    "dup": ("fcntl", lambda s: s.pair()[0].dup()),
}


@pytest.mark.parametrize(
    ("maker", "calls"),
    [
        ("new", ["socket"]),
        ("pair", ["socketpair"]),
        ("bind", ["socket", "bind"]),
        ("connect", ["socket", "connect"]),
    ],
)
def test_h001_h004_the_system_call_comes_once(
    setup: Setup, maker: str, calls: list[str]
) -> None:
    """Flags come with the descriptor: no second call sets them, no other program started
    meanwhile can inherit it. (The way of systems without SOCK_CLOEXEC and accept4 is not
    in a Linux build.)"""
    with setup.net.plan.armed() as seen:
        outcome = MAKERS[maker][1](setup)
    setup.is_socket(outcome)
    assert seen.trace == calls


def test_h002_h011_options_before_bind(setup: Setup) -> None:
    with setup.net.plan.armed() as seen:
        done(setup.front.call("bind_inet_stream", "127.0.0.1", 0, True, True))
    assert seen.trace == ["socket", "setsockopt", "setsockopt", "bind"]


@pytest.mark.parametrize(("use", "name"), [(0, "reuseaddr"), (1, "reuseport")])
def test_h002_h011_the_first_failure_names_the_option(
    setup: Setup, use: int, name: str
) -> None:
    with setup.net.plan.armed(Rule("setsockopt", e.ENOPROTOOPT, skip=use)) as seen:
        outcome = setup.front.call("bind_inet_stream", "127.0.0.1", 0, True, True)
    outcome.fails("ENOPROTOOPT", op="setsockopt", addr=name)
    assert seen.trace == ["socket", *["setsockopt"] * (use + 1), "close"]


@pytest.mark.parametrize("call", ["setsockopt", "bind"])
def test_h003_cleaning_up_does_not_change_the_error(setup: Setup, call: str) -> None:
    rules = Rule(call, e.EACCES), Rule("close", e.EIO, kind=AFTER)
    with setup.net.plan.armed(*rules) as seen:
        outcome = setup.front.call("bind_inet_stream", "127.0.0.1", 0, True)
    outcome.fails("EACCES", op=call)
    assert seen.hits[:2] == [1, 1]


@pytest.mark.parametrize("use", range(4))
def test_h005_wrap_puts_back_what_it_has_set(setup: Setup, use: int) -> None:
    made = done(setup.front.call("new_unix_stream"))
    done(made.nonblock(False))
    done(made.cloexec(False))
    fd = setup.raw_fd(made)
    before = process.flags(setup.front.pid, fd)
    with setup.net.plan.armed(Rule("fcntl", e.EIO, skip=use)):
        setup.front.call("wrap", fd).fails("EIO", op="fcntl")
    assert process.flags(setup.front.pid, fd) == before
    setup.is_socket(setup.front.call("wrap", fd))


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("code", EXHAUSTED, ids=e.errorcode.get)
def test_h120_exhausted(setup: Setup, maker: str, code: int) -> None:
    """Said at once, with this errno; and when there is room again, it works again."""
    call, make = MAKERS[maker]
    with setup.net.plan.armed(Rule(call, code, times=ALWAYS)) as seen:
        outcome = make(setup)
    outcome.fails(e.errorcode[code])
    if code in SCARCE:
        # Garbage may have been collected and the call made again, once.
        assert maker == "dup" or seen.counts[call] in (1, 2)
    else:
        assert maker == "dup" or seen.counts[call] == 1
        assert "close" not in seen.counts
    setup.is_socket(make(setup))


@pytest.mark.parametrize("maker", ["new", "pair", "bind"])
def test_h120_the_table_is_really_full(setup: Setup, maker: str) -> None:
    pid = setup.front.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    make = MAKERS[maker][1]
    full = max(process.descriptors(pid)) + 9
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (full, before[1]))
    try:
        made = []
        with setup.net.plan.armed(limit=100):
            while (outcome := make(setup)).kind != ERROR:
                made.append(outcome)
                assert len(made) <= full
        outcome.fails("EMFILE")
        first = made[0].value
        for handle in first if isinstance(first, list) else made[0].values[:2]:
            if handle is not None and handle.chapter == "SOCKET":
                done(handle.close())
        setup.is_socket(make(setup))
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize("call", ["getsockname", "getpeername"])
def test_an_object_without_its_addresses(setup: Setup, call: str) -> None:
    """Its text says what is known."""
    own, _peer = setup.pair()
    fd = done(own.fd())
    with setup.net.plan.armed(Rule(call, e.ENOBUFS)):
        text = own.text()
    assert f"fd={fd} AF_UNIX SOCK_STREAM" in text


def test_h120_a_bound_address_is_free_after_a_failure(setup: Setup) -> None:
    """What a failed attempt had opened is closed, so its path is not in use."""
    name = setup.abstract()
    with setup.net.plan.armed(Rule("bind", e.ENOMEM)):
        setup.front.call("bind_unix_stream", name).fails("ENOMEM", op="bind")
    first = setup.front.call("bind_unix_stream", name)
    setup.is_socket(first)
    setup.front.call("bind_unix_stream", name).fails("EADDRINUSE", op="bind")


@pytest.mark.parametrize("name", ["ENOBUFS", "ENOMEM"])
def test_exhaustion_stops_the_candidates(setup: Setup, name: str) -> None:
    """An absent host is two addresses. The second is not bound for want of memory."""
    with setup.net.plan.armed(Rule("socket", getattr(e, name))) as seen:
        setup.front.call("bind_stream", None, 0).fails(name, op="socket")
    assert seen.trace.count("socket") == 1

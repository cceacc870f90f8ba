"""Sockets that are being made when the system fails."""

from __future__ import annotations

import errno as e
import resource
from collections.abc import Callable

import pytest

from fronts import process
from fronts.outcome import ERROR, Outcome

from .plan import AFTER, ALWAYS, Rule
from .stage import Stage, done
from .verdict import EXHAUSTED, SCARCE

pytestmark = pytest.mark.parametrize("fault_net", ["python", "lua"], indirect=True)

Making = Callable[[Stage], Outcome]

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
    stage: Stage, maker: str, calls: list[str]
) -> None:
    """Flags come with the descriptor: no second call sets them, no other program started
    meanwhile can inherit it. (The way of systems without SOCK_CLOEXEC and accept4 is not
    in a Linux build.)"""
    with stage.net.plan.armed() as seen:
        outcome = MAKERS[maker][1](stage)
    stage.is_socket(outcome)
    assert seen.trace == calls


def test_h002_h011_options_before_bind(stage: Stage) -> None:
    with stage.net.plan.armed() as seen:
        done(stage.front.call("bind_inet_stream", "127.0.0.1", 0, True, True))
    assert seen.trace == ["socket", "setsockopt", "setsockopt", "bind"]


@pytest.mark.parametrize(("use", "name"), [(0, "reuseaddr"), (1, "reuseport")])
def test_h002_h011_the_first_failure_names_the_option(
    stage: Stage, use: int, name: str
) -> None:
    with stage.net.plan.armed(Rule("setsockopt", e.ENOPROTOOPT, skip=use)) as seen:
        outcome = stage.front.call("bind_inet_stream", "127.0.0.1", 0, True, True)
    outcome.fails("ENOPROTOOPT", op="setsockopt", addr=name)
    assert seen.trace == ["socket", *["setsockopt"] * (use + 1), "close"]


@pytest.mark.parametrize("call", ["setsockopt", "bind"])
def test_h003_cleaning_up_does_not_change_the_error(stage: Stage, call: str) -> None:
    rules = Rule(call, e.EACCES), Rule("close", e.EIO, kind=AFTER)
    with stage.net.plan.armed(*rules) as seen:
        outcome = stage.front.call("bind_inet_stream", "127.0.0.1", 0, True)
    outcome.fails("EACCES", op=call)
    assert seen.hits[:2] == [1, 1]


@pytest.mark.parametrize("use", range(4))
def test_h005_wrap_puts_back_what_it_has_set(stage: Stage, use: int) -> None:
    made = done(stage.front.call("new_unix_stream"))
    done(made.nonblock(False))
    done(made.cloexec(False))
    fd = stage.raw_fd(made)
    before = process.flags(stage.front.pid, fd)
    with stage.net.plan.armed(Rule("fcntl", e.EIO, skip=use)):
        stage.front.call("wrap", fd).fails("EIO", op="fcntl")
    assert process.flags(stage.front.pid, fd) == before
    stage.is_socket(stage.front.call("wrap", fd))


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("code", EXHAUSTED, ids=e.errorcode.get)
def test_h120_exhausted(stage: Stage, maker: str, code: int) -> None:
    """Said at once, with this errno; and when there is room again, it works again."""
    call, make = MAKERS[maker]
    with stage.net.plan.armed(Rule(call, code, times=ALWAYS)) as seen:
        outcome = make(stage)
    outcome.fails(e.errorcode[code])
    if code in SCARCE:
        # Garbage may have been collected and the call made again, once.
        assert maker == "dup" or seen.counts[call] in (1, 2)
    else:
        assert maker == "dup" or seen.counts[call] == 1
        assert "close" not in seen.counts
    stage.is_socket(make(stage))


@pytest.mark.parametrize("maker", ["new", "pair", "bind"])
def test_h120_the_table_is_really_full(stage: Stage, maker: str) -> None:
    pid = stage.front.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    make = MAKERS[maker][1]
    full = max(process.descriptors(pid)) + 9
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (full, before[1]))
    try:
        made = []
        with stage.net.plan.armed(limit=100):
            while (outcome := make(stage)).kind != ERROR:
                made.append(outcome)
                assert len(made) <= full
        outcome.fails("EMFILE")
        first = made[0].value
        for handle in first if isinstance(first, list) else made[0].values[:2]:
            if handle is not None and handle.chapter == "SOCKET":
                done(handle.close())
        stage.is_socket(make(stage))
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize("call", ["getsockname", "getpeername"])
def test_an_object_without_its_addresses(stage: Stage, call: str) -> None:
    """Its text says what is known."""
    own, _peer = stage.pair()
    fd = done(own.fd())
    with stage.net.plan.armed(Rule(call, e.ENOBUFS)):
        text = own.text()
    assert f"fd={fd} AF_UNIX SOCK_STREAM" in text


def test_h120_a_bound_address_is_free_after_a_failure(stage: Stage) -> None:
    """What a failed attempt had opened is closed, so its path is not in use."""
    name = stage.abstract()
    with stage.net.plan.armed(Rule("bind", e.ENOMEM)):
        stage.front.call("bind_unix_stream", name).fails("ENOMEM", op="bind")
    first = stage.front.call("bind_unix_stream", name)
    stage.is_socket(first)
    stage.front.call("bind_unix_stream", name).fails("EADDRINUSE", op="bind")

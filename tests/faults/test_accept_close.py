"""Accepting when connections die or descriptors run out; closing, whatever it says."""

from __future__ import annotations

import errno as e
import resource
import socket

import pytest

from support.fronts import process
from support.fronts.front import Handle

from .expected import EXHAUSTED, TRANSIENT
from .plan import ALWAYS, Rule
from .setup import Setup, done

pytestmark = pytest.mark.parametrize("fault_net", ["python", "lua"], indirect=True)


def listening(setup: Setup, connections: int = 1) -> Handle:
    own: Handle = done(setup.front.call("bind_inet_stream", "127.0.0.1", 0))
    done(own.listen())
    port = own.getsockname().value.port().value
    for _ in range(connections):
        setup.client(("127.0.0.1", port), socket.AF_INET)
    if connections:
        done(own.recvable(5))
    return own


@pytest.mark.parametrize("code", TRANSIENT, ids=e.errorcode.get)
def test_h044_the_next_connection_may_be_fine(setup: Setup, code: int) -> None:
    own = listening(setup)
    with setup.net.plan.armed(Rule("accept4", code, times=3), limit=10) as seen:
        setup.is_socket(own.accept())
    assert seen.trace == ["fcntl", *["accept4"] * 4]


def test_h044_but_not_for_ever(setup: Setup) -> None:
    own = listening(setup)
    rule = Rule("accept4", e.ECONNABORTED, times=ALWAYS)
    with setup.net.plan.armed(rule, limit=100):
        own.accept().fails("ECONNABORTED", op="accept")
    setup.is_socket(own.accept())


def test_h044_errors_of_the_listener_stay(setup: Setup) -> None:
    idle = done(setup.front.call("bind_inet_stream", "127.0.0.1", 0))
    packets = done(setup.front.call("bind_inet_dgram", "127.0.0.1", 0))
    with setup.net.plan.armed(limit=10) as seen:
        idle.accept().fails("EINVAL", op="accept")
        packets.accept().fails("EOPNOTSUPP", op="accept")
    # What follows each accept4 is for the words.
    first = ["fcntl", "accept4", "getsockopt", "getsockname"]
    assert seen.trace == [*first, "fcntl", "accept4", "getsockname"]


@pytest.mark.parametrize("method", ["accept", "acceptfd"])
@pytest.mark.parametrize("code", EXHAUSTED, ids=e.errorcode.get)
def test_h045_no_descriptor_left(setup: Setup, method: str, code: int) -> None:
    """An error, not again; one accept, or one more after a collection, and the connection
    waits for the next."""
    own = listening(setup)
    with setup.net.plan.armed(Rule("accept4", code, times=ALWAYS), limit=10) as seen:
        own.call(method).fails(e.errorcode[code], op=method)
    once = ["fcntl", "accept4", "getsockname"]  # the last for the words
    assert seen.trace in (once, 2 * once if code in (e.EMFILE, e.ENFILE) else once)
    assert done(own.recvable()) is True
    outcome = own.call(method)
    if method == "acceptfd":
        setup.close_fd(outcome)
    else:
        setup.is_socket(outcome)


def test_h045_the_table_is_really_full(setup: Setup) -> None:
    own = listening(setup)
    pid = setup.front.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    full = max(process.descriptors(pid)) + 1
    spare = []
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (full, before[1]))
    try:
        while (made := setup.front.call("new_unix_stream")).kind == "value":
            spare.append(made.value)
        with setup.net.plan.armed(limit=10):
            own.accept().fails("EMFILE", op="accept")
        if spare:
            done(spare[0].close())
        else:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (full + 1, before[1]))
        setup.is_socket(own.accept())
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


def test_h047_an_empty_queue_is_one_accept(setup: Setup) -> None:
    own = listening(setup, 0)
    with setup.net.plan.armed() as seen:
        assert own.accept().is_again()
    assert seen.trace == ["fcntl", "accept4"]


@pytest.mark.parametrize("code", [e.EINTR, e.EINPROGRESS], ids=e.errorcode.get)
def test_h096_an_interrupted_close_has_closed(setup: Setup, code: int) -> None:
    own, _peer = setup.pair()
    with setup.net.plan.armed(Rule("close", code)) as seen:
        assert done(own.close()) is True
        assert done(own.close()) is True
    assert seen.trace == ["close"]
    assert done(own.fd()) == -1


def test_h096_an_error_is_said_once(setup: Setup) -> None:
    own, _peer = setup.pair()
    with setup.net.plan.armed(Rule("close", e.EIO)) as seen:
        own.close().fails("EIO", op="close")
        assert done(own.fd()) == -1
        assert done(own.close()) is True
    assert seen.trace == ["close"]
    own.send(b"x").fails("EBADF")


def test_h096_a_raw_descriptor(setup: Setup) -> None:
    own, _peer = setup.pair()
    fd = setup.raw_fd(own)
    with setup.net.plan.armed(Rule("close", e.EINTR)) as seen:
        assert done(setup.front.module.close(fd)) is True
    assert seen.trace == ["close"]
    assert fd not in setup.net.descriptors()


@pytest.mark.parametrize("code", [e.ENOTCONN, e.EPIPE], ids=e.errorcode.get)
def test_h097_closed_whatever_shutdown_says(setup: Setup, code: int) -> None:
    own, _peer = setup.pair()
    rules = Rule("shutdown", code), Rule("close", e.EIO)
    with setup.net.plan.armed(*rules) as seen:
        own.close(setup.const("SHUT_RDWR")).fails(e.errorcode[code], op="close")
    assert seen.trace == ["shutdown", "close"]
    assert done(own.fd()) == -1


def test_h097_collecting_does_not_shut_down(setup: Setup) -> None:
    """Another process may have the same connection."""
    own, peer = setup.pair()
    with setup.net.plan.armed() as seen:
        own.forget()
        setup.net.window.collect()
    # Python asks for the addresses, for its warning.
    assert [call for call in seen.trace if not call.startswith("get")] == ["close"]
    assert peer.recv().is_end()


def test_h097_the_peer_was_gone_already(setup: Setup) -> None:
    own = done(setup.front.call("new_inet_stream"))
    own.close(setup.const("SHUT_RDWR")).fails("ENOTCONN", op="close")
    assert done(own.fd()) == -1

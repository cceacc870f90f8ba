"""What an error is about, where the call has no peer to name: the listener's own
address, the parameter, the descriptor, the option."""

from __future__ import annotations

import os

import pytest

from support.fronts.front import Front, Handle
from support.fronts.outcome import Failure, Outcome
from support.net.peers import Peers

pytestmark = pytest.mark.level("strict")


def late(outcome: Outcome) -> Failure:
    error = outcome.timeout
    assert error is not None
    return error


def bound(net: Front) -> tuple[Handle, str]:
    made: Handle = net.bind_inet_stream("127.0.0.1", 0).value
    return made, f"127.0.0.1:{made.getsockname().value.port().value}"


@pytest.mark.parametrize("call", ["accept", "acceptfd", "acceptwait"])
def test_a_socket_that_does_not_listen(net: Front, call: str) -> None:
    made, address = bound(net)
    error = made.call(call).fails("EINVAL", op=call, addr=address)
    assert error.message == "the socket does not listen"


def test_a_listener_that_has_no_connection(net: Front) -> None:
    made, address = bound(net)
    assert made.listen().value is True
    error = late(made.acceptwait(0.01))
    assert (error.op, error.addr) == ("acceptwait", address)
    assert error.message == "no connection within 0.01 s"


@pytest.mark.parametrize("call", ["accept", "acceptfd"])
def test_a_listener_with_a_timeout(net: Front, call: str) -> None:
    made, address = bound(net)
    assert made.listen().value is True
    assert made.timeout(0.01).value == 0
    error = late(made.call(call))
    assert (error.op, error.addr) == (call, address)


def test_two_of_one_port(net: Front) -> None:
    """Both are bound to it, and the second cannot listen."""
    first = net.bind_inet_stream("127.0.0.1", 0, True).value
    port = first.getsockname().value.port().value
    second = net.bind_inet_stream("127.0.0.1", port, True).value
    assert first.listen().value is True
    second.listen().fails("EADDRINUSE", op="listen", addr=f"127.0.0.1:{port}")


def test_a_listener_of_a_path(net: Front, peers: Peers) -> None:
    path = peers.path()
    made = net.bind_unix_stream(path).value
    assert made.listen().value is True
    assert late(made.acceptwait(0)).addr == path


@pytest.mark.parametrize("flag", [3, -1, 2**32])
def test_an_unknown_direction(net: Front, flag: int) -> None:
    ours, _ = net.pair_stream().all
    for outcome in (ours.shutdown(flag), net.shutdown(ours.fd().value, flag)):
        error = outcome.fails("EINVAL", op="shutdown", text="flag")
        assert error.message == "must be SHUT_RD, SHUT_WR or SHUT_RDWR"


def test_a_descriptor_that_is_no_socket(net: Front) -> None:
    ends = os.pipe()
    try:
        with net.given(ends[0]) as (front, (number,)):
            front.wrap(number).fails("ENOTSOCK", op="getsockopt", addr=f"fd {number}")
    finally:
        for end in ends:
            os.close(end)


def test_an_option_without_a_name(net: Front) -> None:
    made = net.new_inet_stream().value
    for outcome, op in (
        (made.getsockopt(1, 9999), "getsockopt"),
        (made.setsockopt(1, 9999, 1), "setsockopt"),
    ):
        outcome.fails("ENOPROTOOPT", op=op, addr="level 1, name 9999")


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_number_that_is_no_port(net: Front, port: int) -> None:
    outcome = net.connect_inet_stream("127.0.0.1", port)
    error = outcome.fails("EAI_SERVICE", addr=str(port))
    assert error.message == "not a port"

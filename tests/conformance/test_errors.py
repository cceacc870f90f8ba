"""Errors: the same fault has the same name in both languages, and full words."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from typing import Any

import pytest

from support.fronts.front import Front, Handle
from support.fronts.outcome import Failure, Outcome
from support.net.peers import Peers, arrived, fill, port_of, reset


def handles(outcome: Outcome) -> tuple[Handle, Handle]:
    first, second = outcome.all
    return first, second


def _closed(net: Front, peers: Peers) -> Outcome:
    made: Handle = net.new_inet_stream().value
    made.close()
    return made.recv()


def _reset(net: Front, peers: Peers) -> Outcome:
    ours, theirs = peers.stream(net)
    reset(theirs)
    arrived(ours)
    return ours.recv()


def _broken_pipe(net: Front, peers: Peers) -> Outcome:
    a, b = handles(net.pair_stream())
    b.close()
    return a.send(b"x")


def _in_use(net: Front, peers: Peers) -> Outcome:
    return net.bind_inet_stream("127.0.0.1", port_of(peers.listener()))


def _too_long(net: Front, peers: Peers) -> Outcome:
    a, _ = handles(net.pair_dgram())
    return a.send(b"x" * (300_000))


def _is_connected(net: Front, peers: Peers) -> Outcome:
    ours, _ = peers.stream(net)
    return ours.connect(net.addrinfo.inet("127.0.0.1", 9).value)


def _bound_twice(net: Front, peers: Peers) -> Outcome:
    made: Handle = net.bind_inet_stream("127.0.0.1", 0).value
    return made.bind(net.addrinfo.inet("127.0.0.1", 0).value)


FAULTS: dict[str, Callable[[Front, Peers], Outcome]] = {
    "EBADF": _closed,
    "ECONNRESET": _reset,
    "EPIPE": _broken_pipe,
    "EADDRINUSE": _in_use,
    "EMSGSIZE": _too_long,
    "EISCONN": _is_connected,
    "EADDRNOTAVAIL": lambda net, peers: net.bind_inet_stream("192.0.2.77", 0),
    "ECONNREFUSED": lambda net, peers: net.connect_inet_stream(
        "127.0.0.1", peers.refused_port()
    ),
    "ENOENT": lambda net, peers: net.connect_unix_stream(peers.path()),
    "ENOTDIR": lambda net, peers: net.bind_unix_stream("/dev/null/x"),
    "ENOTCONN": lambda net, peers: net.new_inet_stream().value.recv(),
    "EDESTADDRREQ": lambda net, peers: net.new_inet_dgram().value.send(b"x"),
    "EAFNOSUPPORT": lambda net, peers: net.new(9999, 1),
    "EPROTONOSUPPORT": lambda net, peers: net.new_inet(1, 17),
    "ESOCKTNOSUPPORT": lambda net, peers: net.pair(4),
    "EOPNOTSUPP": lambda net, peers: net.new_inet_dgram().value.listen(),
    "ENAMETOOLONG": lambda net, peers: net.bind_unix_stream("/" + "x" * 200),
    "EINVAL": _bound_twice,
}
RESOLVER_FAULTS: dict[str, Callable[[Front, Peers], Outcome]] = {
    "EAI_NONAME": lambda net, peers: net.addrinfo.getaddrinfo(),
    "EAI_ADDRFAMILY": lambda net, peers: net.addrinfo.getaddrinfo(
        "::1", 1, socket.AF_INET
    ),
    "EAI_SERVICE": lambda net, peers: net.addrinfo.getaddrinfo(None, "no-such-service"),
    "EAI_FAMILY": lambda net, peers: net.addrinfo.getaddrinfo("::1", 1, 12345),
    "EAI_SOCKTYPE": lambda net, peers: net.addrinfo.getaddrinfo("::1", 1, 0, 99),
    "EAI_BADFLAGS": lambda net, peers: net.addrinfo.getaddrinfo(
        "::1", 1, 0, 1, 0, 0x40000000
    ),
}


def check_errno(failure: Failure, name: str) -> None:
    assert failure.name == name
    assert failure.code == getattr(errno, name)
    assert failure.domain == "errno"
    assert failure.op


@pytest.mark.parametrize("name", FAULTS)
def test_h108_errno_faults(net: Front, peers: Peers, name: str) -> None:
    """Name, code, the system's words and the system call."""
    failure = FAULTS[name](net, peers).failure
    check_errno(failure, name)
    assert failure.message == os.strerror(failure.code)


@pytest.mark.parametrize("name", RESOLVER_FAULTS)
def test_h026_resolver_faults(net: Front, peers: Peers, name: str) -> None:
    """In their own domain, with the resolver's words."""
    failure = RESOLVER_FAULTS[name](net, peers).failure
    assert (failure.name, failure.domain) == (name, "resolver")
    assert failure.code == getattr(socket, name)
    assert failure.op == "getaddrinfo"
    assert failure.message


@pytest.mark.parametrize("name", [*FAULTS, *RESOLVER_FAULTS])
def test_h108_parity(both: tuple[Front, Front], peers: Peers, name: str) -> None:
    """The same fault reads the same in both languages, but for its own address."""
    faults = {**FAULTS, **RESOLVER_FAULTS}
    first, second = (faults[name](net, peers).failure for net in both)
    for part in ("name", "code", "op", "message", "domain"):
        assert getattr(first, part) == getattr(second, part)
    assert (first.addr is None) == (second.addr is None)


def test_again_carries_no_error_in_lua_and_eagain_in_python(net: Front) -> None:
    a, _ = net.pair_stream().all
    fill(a)
    for outcome in (a.send(b"x"), a.recv()):
        assert outcome.is_again()
        if net.language == "lua":
            assert outcome.error is None
        else:
            assert outcome.error is not None
            assert outcome.error.name == "EAGAIN"


@pytest.mark.parametrize(
    "call, wanted",
    [
        (
            lambda net, peers: net.connect_unix_stream("/nonexistent/x"),
            ("connect", "/nonexistent/x", "ENOENT"),
        ),
        (
            lambda net, peers: net.bind_unix_stream("/nonexistent/x"),
            ("bind", "/nonexistent/x", "ENOENT"),
        ),
        (
            lambda net, peers: net.addrinfo.inet("nonsense", 1),
            ("inet", "nonsense", "EAFNOSUPPORT"),
        ),
        (
            lambda net, peers: net.new_unix_dgram().value.connect(
                net.addrinfo.unix(b"\0nsk-nobody").value
            ),
            ("connect", "@nsk-nobody", "ECONNREFUSED"),
        ),
    ],
)
def test_subjects(
    net: Front, peers: Peers, call: Any, wanted: tuple[str, str, str]
) -> None:
    """What the call was about is in the error."""
    op, addr, name = wanted
    call(net, peers).fails(name, op=op, addr=addr)


def test_h106_failure_leaves_the_object_usable(net: Front, peers: Peers) -> None:
    """After any failed call the object is as before it."""
    made = net.new_inet_stream().value
    number = made.fd().value
    assert made.recv().kind == "error"
    assert made.getpeername().kind == "error"
    assert made.shutdown().kind == "error"
    assert made.bind(net.addrinfo.inet("192.0.2.77", 0).value).kind == "error"
    assert made.accept().kind == "error"
    assert made.fd().value == number
    assert made.bind(net.addrinfo.inet("127.0.0.1", 0).value).value is True
    assert made.listen().value is True

"""No descriptor left: every call that opens one says EMFILE, and works again after."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from support.fronts.front import Front, Handle
from support.fronts.outcome import Outcome
from support.net.peers import Peers, port_of
from support.processes.limits import descriptors_left

covers = pytest.mark.covers

Maker = Callable[[], Outcome]


def _port(peers: Peers, family: int = socket.AF_INET) -> int:
    return port_of(peers.listener(family))


def _plain(name: str, *args: Any) -> Callable[[Front, Peers], Maker]:
    return lambda net, peers: lambda: net.call(name, *args)


def _bind_ai(net: Front, peers: Peers) -> Maker:
    ai = net.addrinfo.new_inet_stream("127.0.0.1", 0).value
    return lambda: net.bind(ai)


def _connect_ai(net: Front, peers: Peers) -> Maker:
    ai = net.addrinfo.new_inet_stream("127.0.0.1", _port(peers)).value
    return lambda: net.connect(ai)


def _connect(name: str, family: int, host: str) -> Callable[[Front, Peers], Maker]:
    def prepare(net: Front, peers: Peers) -> Maker:
        port = _port(peers, family)
        return lambda: net.call(name, host, port, 5)

    return prepare


def _connect_unix(net: Front, peers: Peers) -> Maker:
    path = peers.listener(socket.AF_UNIX).getsockname()
    return lambda: net.connect_unix_stream(path)


def _bind_unix(name: str) -> Callable[[Front, Peers], Maker]:
    def prepare(net: Front, peers: Peers) -> Maker:
        path = peers.path()
        return lambda: net.call(name, path)

    return prepare


MAKERS: dict[str, tuple[Callable[[Front, Peers], Maker], str]] = {
    "new": (_plain("new", 2, 1), "socket"),
    "new_inet": (_plain("new_inet", 1, 0), "socket"),
    "new_inet_stream": (_plain("new_inet_stream"), "socket"),
    "new_inet_dgram": (_plain("new_inet_dgram"), "socket"),
    "new_inet6": (_plain("new_inet6", 1, 0), "socket"),
    "new_inet6_stream": (_plain("new_inet6_stream"), "socket"),
    "new_inet6_dgram": (_plain("new_inet6_dgram"), "socket"),
    "new_unix": (_plain("new_unix", 1, 0), "socket"),
    "new_unix_stream": (_plain("new_unix_stream"), "socket"),
    "new_unix_dgram": (_plain("new_unix_dgram"), "socket"),
    "pair": (_plain("pair", 1), "socketpair"),
    "pair_stream": (_plain("pair_stream"), "socketpair"),
    "pair_dgram": (_plain("pair_dgram"), "socketpair"),
    "pair_seqpacket": (_plain("pair_seqpacket"), "socketpair"),
    "bind": (_bind_ai, "socket"),
    "bind_inet_stream": (_plain("bind_inet_stream", "127.0.0.1", 0), "socket"),
    "bind_inet6_stream": (_plain("bind_inet6_stream", "::1", 0), "socket"),
    "bind_stream": (_plain("bind_stream", "::1", 0), "socket"),
    "bind_dgram": (_plain("bind_dgram", "::1", 0), "socket"),
    "bind_inet_dgram": (_plain("bind_inet_dgram", "127.0.0.1", 0), "socket"),
    "bind_inet6_dgram": (_plain("bind_inet6_dgram", "::1", 0), "socket"),
    "bind_unix_stream": (_bind_unix("bind_unix_stream"), "socket"),
    "bind_unix_dgram": (_bind_unix("bind_unix_dgram"), "socket"),
    "connect": (_connect_ai, "socket"),
    "connect_inet_stream": (
        _connect("connect_inet_stream", socket.AF_INET, "127.0.0.1"),
        "socket",
    ),
    "connect_inet6_stream": (
        _connect("connect_inet6_stream", socket.AF_INET6, "::1"),
        "socket",
    ),
    "connect_stream": (_connect("connect_stream", socket.AF_INET, "127.0.0.1"), "socket"),
    "connect_unix_stream": (_connect_unix, "socket"),
    "connect_inet_dgram": (_plain("connect_inet_dgram", "127.0.0.1", 9), "socket"),
    "connect_inet6_dgram": (_plain("connect_inet6_dgram", "::1", 9), "socket"),
    "connect_dgram": (_plain("connect_dgram", "127.0.0.1", 9), "socket"),
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=covers(f"MODULE.{name}", "error")) for name in MAKERS],
)
def test_h120_no_descriptor_left(net: Front, peers: Peers, name: str) -> None:
    """EMFILE from the system call, no descriptor more, and success when there is room."""
    prepare, op = MAKERS[name]
    make = prepare(net, peers)
    before = net.descriptors()
    with descriptors_left(net, 0):
        refused = [make(), make()]
    for outcome in refused:
        outcome.fails("EMFILE", op=op)
    assert net.descriptors() == before
    assert make().kind == "value"


@pytest.mark.parametrize("name", ["pair", "pair_stream", "pair_dgram", "pair_seqpacket"])
def test_h010_room_for_half_a_pair(net: Front, name: str) -> None:
    args = (1,) if name == "pair" else ()
    before = net.descriptors()
    with descriptors_left(net, 1):
        refused = net.call(name, *args)
    refused.fails("EMFILE", op="socketpair")
    assert net.descriptors() == before


def test_h120_dup(net: Front) -> None:
    made: Handle = net.pair_stream().all[0]
    with descriptors_left(net, 0):
        refused = made.dup()
    refused.fails("EMFILE")
    assert made.dup().value.fd().value >= 0


def test_h120_last_descriptor_is_usable(net: Front) -> None:
    with descriptors_left(net, 1):
        last = net.new_inet_stream()
        refused = net.new_inet_stream()
        closed = last.value.close()
        again = net.new_inet_stream()
    assert closed.value is True
    refused.fails("EMFILE", op="socket")
    assert again.value.fd().value >= 0


def test_h035_exhaustion_stops_the_candidates(net: Front) -> None:
    """Trying the next address cannot help: the error is about the first, not the last.

    An absent host is two addresses that need no resolver, IPv6 first.
    """
    with descriptors_left(net, 0):
        connected = net.connect_stream(None, 1, 5)
        bound = net.bind_stream(None, 0)
    connected.fails("EMFILE", op="socket", addr="[::1]:1")
    bound.fails("EMFILE", op="socket")

"""connect_inet_dgram, connect_inet6_dgram, connect_dgram, connect_unix_dgram."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest

from support.fronts.front import Front
from support.net.peers import Peers, port_of

covers = pytest.mark.covers

DGRAM = socket.SOCK_DGRAM
INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX

# name, host, family
BY_HOST = [
    ("connect_inet_dgram", "127.0.0.1", INET),
    ("connect_inet6_dgram", "::1", INET6),
    ("connect_dgram", "127.0.0.1", INET),
    ("connect_dgram", "::1", INET6),
]


def marked(outcome: str) -> list[Any]:
    return [
        pytest.param(*row, marks=covers(f"MODULE.{row[0]}", outcome)) for row in BY_HOST
    ]


@pytest.mark.parametrize("name, host, family", marked("success"))
@pytest.mark.parametrize("deadline", [(), (None,), (0,), (5.5,)])
def test_peer(
    net: Front,
    peers: Peers,
    name: str,
    host: str,
    family: int,
    deadline: tuple[float | None, ...],
) -> None:
    """What is sent goes to the peer alone, and what it answers comes back."""
    theirs = peers.bound(family, DGRAM)
    ours = net.call(name, host, port_of(theirs), *deadline).value
    assert (ours.family().value, ours.socktype().value) == (family, DGRAM)
    assert ours.getpeername().value.port().value == port_of(theirs)
    assert ours.flags() & os.O_NONBLOCK
    assert ours.send(b"question").value == 8
    question, asker = theirs.recvfrom(100)
    theirs.sendto(b"answer", asker)
    assert ours.recvable(5).value is True
    assert (question, ours.recv().value) == (b"question", b"answer")


@pytest.mark.parametrize("name, host, family", marked("timeout"))
def test_name_without_time(net: Front, name: str, host: str, family: int) -> None:
    """A name that needs the resolver, and no time for it."""
    with net.no_new_descriptors():
        assert net.call(name, "localhost", 9, 0).kind == "timeout"
        passed = net.deadline(1e-9).value
        while passed.left().value > 0:
            pass
        assert net.call(name, "localhost", 9, passed).kind == "timeout"
    assert net.call(name, host, 9, net.deadline(60).value).kind == "value"


@pytest.mark.parametrize("name, host, family", marked("error"))
def test_no_way(net: Front, name: str, host: str, family: int) -> None:
    """A broadcast address is refused at once, and so is a way that there is not."""
    where = "ff02::1" if family == INET6 else "255.255.255.255"
    code = "EINVAL" if family == INET6 else "EACCES"
    with net.no_new_descriptors():
        refused = net.call(name, where, 9)
    refused.fails(code, op="connect")


def test_name_of_either_family(net: Front) -> None:
    """A name is asked for, and the first address with a way wins."""
    made = net.connect_dgram("localhost", 9, 60).value
    assert made.getpeername().value.addr().value in (b"127.0.0.1", b"::1")


@covers("MODULE.connect_unix_dgram", "success")
@pytest.mark.parametrize("abstract", [False, True])
def test_unix_peer(net: Front, peers: Peers, abstract: bool) -> None:
    path = peers.abstract() if abstract else peers.path().encode()
    theirs = peers.bound(UNIX, DGRAM, path)
    ours = net.connect_unix_dgram(path).value
    assert ours.send(b"x").value == 1
    assert theirs.recv(10) == b"x"
    assert ours.getpeername().value.addr().value == path


@covers("MODULE.connect_unix_dgram", "error")
def test_no_unix_peer(net: Front, peers: Peers) -> None:
    """Nothing there; a file that outlived its socket; one of streams."""
    path = peers.path()
    with net.no_new_descriptors():
        net.connect_unix_dgram(path).fails("ENOENT", op="connect", addr=path)
    peers.bound(UNIX, DGRAM, path).close()
    with net.no_new_descriptors():
        net.connect_unix_dgram(path).fails("ECONNREFUSED", op="connect", addr=path)
    other = peers.path()
    peers.bound(UNIX, socket.SOCK_STREAM, other)
    net.connect_unix_dgram(other).fails("EPROTOTYPE", op="connect", addr=other)

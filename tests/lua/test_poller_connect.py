"""A connect in a coroutine waits through the poller, and its peers go on."""

from __future__ import annotations

import math
import socket
import time

import pytest

from lua.tasks import CONNECT, PROMPT, Task
from support.fronts.lua_front import LuaFront
from support.net.nameserver import AAAA, A, name_server
from support.net.peers import Peers, port_of

pytestmark = pytest.mark.measures

RACE = "return require 'net.socket'.connect_stream(...)"


def test_connects(lua_net: LuaFront, peers: Peers) -> None:
    """A connect in a coroutine yields its wish and ends connected."""
    listener = peers.listener()
    task = Task(lua_net, CONNECT, "127.0.0.1", port_of(listener), 5)
    sock, err, timeout, ai = task.run()
    assert (err, timeout) == (None, None)
    assert ai.port().value == port_of(listener)
    assert sock.send(b"x").value == 1
    assert peers.accept(listener).recv(5) == b"x"


def test_wish_of_a_connect(lua_net: LuaFront, peers: Peers) -> None:
    """Writable, on the connecting descriptor, for what is left of the deadline."""
    task = Task(lua_net, CONNECT, "127.0.0.1", peers.black_hole()[1], 5)
    wish = task.wish
    assert wish is not None
    assert wish.direction == b"write"
    assert wish.fd in lua_net.descriptors()
    assert wish.seconds is not None and 4 < wish.seconds <= 5
    task.close()


def test_wish_without_a_deadline(lua_net: LuaFront, peers: Peers) -> None:
    """sec nil is no limit."""
    for deadline in (None, math.inf):
        task = Task(lua_net, CONNECT, "127.0.0.1", peers.black_hole()[1], deadline)
        assert task.wish is not None and task.wish.seconds is None
        task.close()


def test_h034_deadline_in_a_coroutine(lua_net: LuaFront, peers: Peers) -> None:
    """nil, err, true at the deadline; every resume came back at once."""
    before = lua_net.descriptors()
    start = time.monotonic()
    task = Task(lua_net, CONNECT, "127.0.0.1", peers.black_hole()[1], 0.3)
    sock, err, timeout = task.run()
    assert time.monotonic() - start >= 0.3
    assert (sock, timeout, err.name) == (None, True, "ETIMEDOUT")
    assert task.wishes and task.longest < PROMPT
    assert lua_net.descriptors() == before


def test_h025_resolver_in_a_coroutine(in_netns: None, lua_net: LuaFront) -> None:
    """A name server that never answers holds up this coroutine alone."""
    with name_server():
        task = Task(lua_net, CONNECT, "slow.example", 80, 0.4)
        sock, err, timeout = task.run()
    assert (sock, timeout, err.name, err.op) == (None, True, "ETIMEDOUT", "getaddrinfo")
    assert task.longest < PROMPT


@pytest.mark.parametrize("deadline", [None, 5])
def test_name_in_a_coroutine(
    in_netns: None, lua_net: LuaFront, peers: Peers, deadline: float | None
) -> None:
    """With and without a deadline the resolver runs beside the program."""
    listener = peers.listener(at=("127.0.0.2", 0))
    task = Task(lua_net, CONNECT, "two", port_of(listener), deadline)
    sock, *_ = task.run()
    assert sock.getpeername().value.addr().value == b"127.0.0.2"
    # A worker that has answered before the first look needs no wait for it.
    assert {wish.direction for wish in task.wishes} <= {b"read", b"write"}
    assert task.longest < PROMPT


@pytest.mark.parametrize("deadline", [None, 5])
def test_ipv6_without_an_answer(
    in_netns: None, lua_net: LuaFront, peers: Peers, deadline: float | None
) -> None:
    """The name server keeps silent about IPv6: over IPv4, and nothing blocks."""
    port = port_of(peers.listener())
    with name_server() as server:
        task = Task(lua_net, RACE, "dual.example", port, deadline)
        server.asked(A, AAAA)
        server.answer(A, "127.0.0.1")
        sock, *_ = task.run()
        server.answer(AAAA)
    assert sock.getpeername().value.addr().value == b"127.0.0.1"
    delay = [wish.seconds for wish in task.wishes if wish.direction == b"read"][-1]
    assert delay is not None and delay <= 0.05
    assert task.longest < PROMPT


def test_refused_in_a_coroutine(lua_net: LuaFront, peers: Peers) -> None:
    port = peers.refused_port()
    sock, err = Task(lua_net, CONNECT, "127.0.0.1", port, 5).run()
    assert sock is None
    assert (err.name, err.addr) == ("ECONNREFUSED", f"127.0.0.1:{port}")


def test_unix_queue_in_a_coroutine(lua_net: LuaFront, peers: Peers) -> None:
    """A full listener is waited for without a spinning poll."""
    path = peers.black_hole(socket.AF_UNIX)
    body = "return require 'net.socket'.connect_unix_stream(...)"
    task = Task(lua_net, body, path, 0.3)
    sock, err, timeout = task.run()
    assert (sock, timeout, err.name) == (None, True, "ETIMEDOUT")
    assert len(task.wishes) < 40
    assert task.longest < PROMPT


def test_two_coroutines(lua_net: LuaFront, peers: Peers) -> None:
    """One waits without end, the other goes on."""
    stuck = Task(lua_net, CONNECT, "127.0.0.1", peers.black_hole()[1])
    listener = peers.listener()
    sock, *_ = Task(lua_net, CONNECT, "127.0.0.1", port_of(listener), 5).run()
    assert sock.fd().value >= 0
    assert stuck.results is None
    stuck.close()


def test_close_while_waiting(lua_net: LuaFront, peers: Peers) -> None:
    """coroutine.close ends the operation: its descriptor is closed at once."""
    before = lua_net.descriptors()
    task = Task(lua_net, CONNECT, "127.0.0.1", peers.black_hole()[1], 30)
    assert len(lua_net.descriptors()) == len(before) + 1
    assert task.close() == [True]
    assert lua_net.descriptors() == before


def test_forgotten_while_waiting(lua_net: LuaFront, peers: Peers) -> None:
    """A coroutine that is never resumed is collected, and its descriptor with it."""
    before = lua_net.descriptors()
    task = Task(lua_net, CONNECT, "127.0.0.1", peers.black_hole()[1], 30)
    assert task.results is None
    lua_net.agent.request("forget", h=task.thread.id)
    assert lua_net.descriptors() == before


def test_many_coroutines(lua_net: LuaFront, peers: Peers) -> None:
    """Two hundred connects under way in one process."""
    listener = peers.listener(backlog=300)
    tasks = [
        Task(lua_net, CONNECT, "127.0.0.1", port_of(listener), 20) for _ in range(200)
    ]
    for task in tasks:
        sock, *_ = task.run()
        assert sock.close().value is True

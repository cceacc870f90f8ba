"""One deadline over everything: what hangs, refuses and works, in every order of three;
and many short deadlines at a time.

NSK_DEADLINES is how many, 100 by default; 50 are under way at once.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from support.fronts import process
from support.fronts.front import Front
from support.fronts.lua_front import LuaFront
from support.machine_lag import LATE, ended, in_time, measured, succeeded, tried
from support.net.nameserver import name_server
from support.net.peers import Peers, port_of, wait_until

pytestmark = pytest.mark.measures

INET = socket.AF_INET
ADDRESSES = ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
SHORT = 0.2
AT_A_TIME = 50


def new(net: Front, before: dict[int, str]) -> dict[int, str]:
    """The descriptors that were not there before."""
    return {fd: what for fd, what in net.descriptors().items() if before.get(fd) != what}


def alone(net: Front, threads: set[int]) -> None:
    """Wait until the resolver's threads have ended."""
    wait_until(lambda: process.threads(net.pid) == threads, "no thread is left")


# --------------------------------------------------------------- a name of three


def prepare(peers: Peers, kind: str, host: str, port: int) -> None:
    if kind == "refuses":
        peers.bound(INET, socket.SOCK_STREAM, (host, port))
        return
    if kind == "hangs":
        peers.black_hole(at=(host, port))
    else:
        peers.listener(at=(host, port))


def free_port(peers: Peers) -> int:
    """A port that is free on every address of the namespace."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return port_of(probe)


@pytest.mark.parametrize("form", ["connect_inet_stream", "connect_stream"])
@pytest.mark.parametrize("order", itertools.permutations(["hangs", "refuses", "works"]))
def test_addresses_of_a_name(
    in_netns: None,
    net: Front,
    peers: Peers,
    folder: Path,
    order: tuple[str, ...],
    form: str,
) -> None:
    """The one that works is connected inside the deadline; the others are closed."""
    (folder / "hosts").write_text("".join(f"{host} three\n" for host in ADDRESSES))
    port = free_port(peers)
    for kind, host in zip(order, ADDRESSES):
        prepare(peers, kind, host, port)
    before = net.descriptors()
    made = in_time(lambda sec: net.call(form, "three", port, sec), 0.6, succeeded).value
    peer = made.getpeername().value.addr().value
    assert peer == ADDRESSES[order.index("works")].encode()
    # The thread that asks for the other family may need a moment to end.
    wait_until(lambda: set(new(net, before)) == {made.fd().value}, "no loser is open")
    assert made.sendall(b"through", 1).value == 7


# Without one that works: what the call comes to. A refusal at the end is told at once,
# a hang uses up what is left.
HOPELESS = [
    kinds
    for kinds in itertools.product(["hangs", "refuses"], repeat=3)
    if "hangs" in kinds
]


@pytest.mark.parametrize("kinds", HOPELESS, ids="-".join)
@pytest.mark.parametrize("form", ["connect_inet_stream", "connect_stream"])
def test_no_address_works(
    in_netns: None,
    net: Front,
    peers: Peers,
    folder: Path,
    kinds: tuple[str, ...],
    form: str,
) -> None:
    (folder / "hosts").write_text("".join(f"{host} three\n" for host in ADDRESSES))
    port = free_port(peers)
    for kind, host in zip(kinds, ADDRESSES):
        prepare(peers, kind, host, port)
    right = tried(3) if form == "connect_inet_stream" else ended
    with net.no_new_descriptors(), measured() as watch:
        outcome = in_time(lambda sec: net.call(form, "three", port, sec), 0.3, right)
    error = outcome.error
    assert error is not None and error.attempts is not None
    if form == "connect_inet_stream" and kinds[-1] == "refuses":
        assert outcome.kind == "error" and error.name == "ECONNREFUSED"
    else:
        assert outcome.kind == "timeout" and error.name == "ETIMEDOUT"
        assert watch.took >= 0.3
    if form == "connect_inet_stream":
        names = {"hangs": "ETIMEDOUT", "refuses": "ECONNREFUSED"}
        assert [a.name for a in error.attempts] == [names[kind] for kind in kinds]


# ------------------------------------------------------------- calls in a row


KINDS = ["name hangs", "hangs", "refuses", "works"]


@pytest.mark.parametrize("order", itertools.permutations(KINDS, 3), ids="-".join)
def test_calls_in_a_row(
    in_netns: None, net: Front, peers: Peers, order: tuple[str, ...]
) -> None:
    """Each call ends inside its own deadline, whatever the one before has left under way;
    the abandoned resolver's late answer leaves no descriptor and no thread."""
    port = free_port(peers)
    for kind, host in zip(KINDS[1:], ADDRESSES):
        prepare(peers, kind, host, port)
    hosts = dict(zip(KINDS[1:], ADDRESSES))
    threads = process.threads(net.pid)
    with name_server() as server:
        before = net.descriptors()
        for kind in order:
            host = hosts.get(kind, "slow.example")
            deadline = 0.12 if kind.endswith("hangs") else 10
            with measured() as watch:
                outcome = net.connect_inet_stream(host, port, deadline)
            assert watch.took < 0.12 + LATE
            if kind == "works":
                assert outcome.value.close().value is True
            elif kind == "refuses":
                outcome.fails("ECONNREFUSED")
            else:
                assert watch.took >= 0.12
                assert outcome.timeout is not None
                assert outcome.timeout.name == "ETIMEDOUT"
        server.answer_until(lambda: process.threads(net.pid) == threads)
        assert new(net, before) == {}


class Info(ctypes.Structure):
    """mallinfo2(3): ten sizes."""

    _fields_ = (("before", ctypes.c_size_t * 7), ("uordblks", ctypes.c_size_t),
                ("after", ctypes.c_size_t * 2))  # fmt: skip


@pytest.mark.parametrize("form", ["connect_inet_stream", "connect_stream"])
def test_late_answers_leave_no_byte(in_netns: None, python_net: Front, form: str) -> None:
    """Freed by the thread that is waited for no more; the core is the same under Lua."""
    libc = ctypes.CDLL(None)
    libc.mallinfo2.restype = Info
    used: list[int] = []
    with name_server() as server:
        threads = process.threads(python_net.pid)
        for _ in range(5):
            for _ in range(30):
                outcome = python_net.call(form, "slow.example", 80, 0.005)
                assert outcome.timeout is not None
                del outcome
            # A call whose time is up before it asks has asked nothing.
            server.answer_until(lambda: process.threads(python_net.pid) == threads)
            used.append(libc.mallinfo2().uordblks)
    # One request that is kept is more than a kilobyte. What the run of the tests itself
    # allocates meanwhile, for a message of its controller, is not in every round.
    grown = [later - earlier for earlier, later in zip(used[1:], used[2:])]
    assert min(grown) < 30 * 512, grown


# ------------------------------------------------------------------- many at a time


def many_in_threads(net: Front, host: str, port: int, count: int) -> list[float]:
    """Python: so many threads, each one call after the other."""
    took: list[float] = []

    def work(calls: int) -> None:
        for _ in range(calls):
            start = time.monotonic()
            outcome = net.connect_inet_stream(host, port, SHORT)
            took.append(time.monotonic() - start)
            assert outcome.kind == "timeout"

    threads = [
        threading.Thread(target=work, args=(count // AT_A_TIME,))
        for _ in range(AT_A_TIME)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


# Lua: so many coroutines, under the scheduler of the examples, which is text here.
IN_COROUTINES = """
    local host, port, sec, count, at_a_time, text = ...
    local socket = require 'net.socket'
    local now = require 'net.socket.poller'.now
    local scheduler = assert(load(text))('select_poller')
    local took, left = {}, count
    local function work()
      while left > 0 do
        left = left - 1
        local start = now()
        local made, err, timeout = socket.connect_inet_stream(host, port, sec)
        took[#took + 1] = now() - start
        assert(made == nil and err.name == 'ETIMEDOUT' and timeout == true, err)
      end
    end
    for _ = 1, at_a_time do scheduler.spawn(work) end
    scheduler.run()
    return table.unpack(took)
"""
SCHEDULER = Path(__file__).parents[2] / "examples" / "select_poller.lua"


def many_in_coroutines(net: LuaFront, host: str, port: int, count: int) -> list[float]:
    text = SCHEDULER.read_text()
    return net.run(IN_COROUTINES, host, port, SHORT, count, AT_A_TIME, text)


@pytest.mark.parametrize("what", ["black hole", "hanging name"])
def test_many_deadlines(in_netns: None, net: Front, peers: Peers, what: str) -> None:
    """None is early, on a quiet machine none is 0.1 s late, and nothing is left."""
    count = int(os.environ.get("NSK_DEADLINES", "100"))
    port = free_port(peers)
    prepare(peers, "hangs", ADDRESSES[0], port)
    host = ADDRESSES[0] if what == "black hole" else "slow.example"
    run: Callable[[], list[float]]
    if isinstance(net, LuaFront):
        lua = net
        run = lambda: many_in_coroutines(lua, host, port, count)  # noqa: E731
    else:
        run = lambda: many_in_threads(net, host, port, count)  # noqa: E731
    threads = process.threads(net.pid)
    with name_server():
        before = net.descriptors()
        took = run()
    assert len(took) == count
    assert min(took) >= SHORT
    assert max(took) < SHORT + LATE
    # The name server has gone, which ends the questions; what they had goes with them.
    alone(net, threads)
    wait_until(lambda: new(net, before) == {}, "their sockets are closed")

"""select: one of many, without limits."""

from __future__ import annotations

import os
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from support.fronts import process
from support.fronts.front import Front, Handle
from support.fronts.lua_front import LuaFront
from support.machine_lag import LATE
from support.net.peers import Peers, fill, reset
from support.processes.limits import descriptors_left, high_descriptors

covers = pytest.mark.covers

SHORT = 0.1


@covers("MODULE.select", "success")
@pytest.mark.parametrize("sec", [(), (None,), (5,), (0,), (float("inf"),), (1e300,)])
def test_ready_at_once(net: Front, sec: tuple[Any, ...]) -> None:
    """Each list has what is ready of its own, the very objects, in their order."""
    a, b = net.pair_stream().all
    c, d = net.pair_stream().all
    fill(c)
    b.send(b"x")
    assert net.select([d, c, a], [c, b, a], *sec).all == ([d, a], [b, a])
    assert net.select([a, b], None, *sec).all == ([a], [])
    assert net.select(None, [b, c], *sec).all == ([], [b])
    assert a.recv().value == b"x"


def with_pending(net: Front) -> Handle:
    """A full socket with bytes that the kernel does not know of any more."""
    pair: tuple[Handle, Handle] = net.pair_stream().all
    a, b = pair
    b.send(b"abc")
    assert a.recvall(9, 0).kind == "timeout"
    assert a.pending().value == 3
    fill(a)
    return a


@pytest.mark.measures
def test_pending_bytes_are_for_readers(net: Front) -> None:
    """They make a reader ready at once, and no writer."""
    a = with_pending(net)
    c, _ = net.pair_stream().all
    start = time.monotonic()
    assert net.select([c, a], [a], 30).all == ([a], [])
    assert time.monotonic() - start < LATE
    start = time.monotonic()
    assert net.select([c], [a], SHORT).all == ([], [])
    assert time.monotonic() - start >= SHORT


@pytest.mark.measures
@pytest.mark.parametrize("sec", [SHORT, 0, 1e-9])
@pytest.mark.parametrize("lists", [([], []), ([], None), (None, None), (None, [])])
def test_nothing_to_wait_for(net: Front, sec: float, lists: tuple[Any, Any]) -> None:
    """Without a socket it waits out its time."""
    start = time.monotonic()
    assert net.select(*lists, sec).all == ([], [])
    assert sec <= time.monotonic() - start < sec + LATE


@pytest.mark.measures
@pytest.mark.parametrize("sec", [SHORT, 0, 1e-9])
def test_time_is_up(net: Front, sec: float) -> None:
    """Two empty lists, never early, no descriptor left."""
    a, _ = net.pair_stream().all
    full, _ = net.pair_stream().all
    fill(full)
    start = time.monotonic()
    with net.no_new_descriptors():
        assert net.select([a], [full], sec).all == ([], [])
    assert sec <= time.monotonic() - start < sec + LATE


def test_is_woken(net: Front, peers: Peers) -> None:
    """By bytes, by room, by a connection: long before its time."""
    reader, theirs = peers.stream(net)
    writer, room = peers.stream(net, socket.AF_UNIX)
    listener = net.bind_inet_stream("127.0.0.1", 0).value
    listener.listen()
    address = ("127.0.0.1", listener.getsockname().value.port().value)
    fill(writer)
    everything = ([reader, listener], [writer], 20)
    pending = net.start("select", *everything)
    assert not pending.done()
    theirs.sendall(b"x")
    assert pending.result(5).all == ([reader], [])
    assert reader.recv().value == b"x"
    pending = net.start("select", *everything)
    peers.open().connect(address)
    assert pending.result(5).all == ([listener], [])
    assert listener.accept().kind == "value"
    pending = net.start("select", *everything)
    room.setblocking(False)
    while not pending.done():
        try:
            room.recv(1 << 16)
        except BlockingIOError:
            continue
    assert pending.result(5).all == ([], [writer])


def test_end_and_reset_count_as_ready(net: Front, peers: Peers) -> None:
    """In both directions: the receive or the send that follows says what it is."""
    a, b = net.pair_stream().all
    b.close()
    assert net.select([a], [a], 5).all == ([a], [a])
    assert a.recv().is_end()
    ours, theirs = peers.stream(net)
    reset(theirs)
    assert net.select([ours], [], 5).all == ([ours], [])
    ours.recv().fails("ECONNRESET")


def test_one_socket_often(net: Front) -> None:
    """In both lists, and twice in one: each place is answered."""
    a, b = net.pair_stream().all
    quiet, _ = net.pair_stream().all
    fill(quiet)
    assert net.select([a, a, quiet], [a, a, quiet], 5).all == ([], [a, a])
    b.send(b"x")
    assert net.select([a, a], [a], 5).all == ([a, a], [a])
    pending = net.start("select", [quiet, quiet], [quiet, quiet], SHORT)
    assert pending.result().all == ([], [])


def test_descriptors_and_objects(net: Front) -> None:
    """A bare descriptor comes back as the number that was given."""
    a, b = net.pair_stream().all
    number = a.fd().value
    b.send(b"x")
    assert net.select([number, b, a], [number], 5).all == ([number, a], [number])


def test_plain_file(net: Front, folder: Path) -> None:
    """A file is always ready, as poll(2) has it; epoll alone would refuse it."""
    path = folder / "file"
    path.write_bytes(b"x")
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with net.given(fd) as (front, (number,)):
            a, _ = front.pair_stream().all
            assert front.select([number, a], [], 5).all == ([number], [])
    finally:
        os.close(fd)


@covers("MODULE.select", "error")
@pytest.mark.parametrize("sec", [0, 5, None])
def test_h043_closed_socket(net: Front, sec: float | None) -> None:
    """EBADF at once, wherever it is and whatever else is ready; nothing is left."""
    a, b = net.pair_stream().all
    closed, _ = net.pair_stream().all
    closed.close()
    b.send(b"x")
    with net.no_new_descriptors():
        for lists in (([a, closed], []), ([closed], [a]), ([a], [b, closed])):
            net.select(*lists, sec).fails("EBADF", op="select")


@pytest.mark.parametrize("number", [2**31 - 1, 987_654])
def test_descriptor_that_is_not_open(net: Front, number: int) -> None:
    a, _ = net.pair_stream().all
    for sec in (0, 5):
        net.select([a, number], [], sec).fails("EBADF", op="select")
        net.select([], [number], sec).fails("EBADF", op="select")


@pytest.mark.parametrize("number", [-1, -(2**31), 2**31, 2**32 + 1, 2**63])
def test_h006_impossible_descriptor(net: Front, number: int) -> None:
    """No number of a descriptor is ever taken for another one."""
    a, b = net.pair_stream().all
    b.send(b"x")
    outcome = net.select([a, number], [], 0)
    assert outcome.failure.name in ("EINVAL", "EBADF")


@pytest.mark.parametrize("wrong", ["3", True, None, 1.5, b"x", [3]])
def test_wrong_element(net: Front, wrong: Any) -> None:
    """Raises, with the parameter's name, and the right ones are left alone."""
    a, b = net.pair_stream().all
    b.send(b"x")
    for lists, name in ((([a, wrong], []), "rd"), (([a], [wrong, a]), "wr")):
        if wrong is None and net.language == "lua":
            continue  # the end of a list
        outcome = net.select(*lists, 0)
        if wrong == 1.5 and net.language == "lua":
            outcome.fails("EINVAL", text=name)
        else:
            assert name in outcome.raised.text
    assert a.recv().value == b"x"


@contextmanager
def room_for(net: Front, count: int) -> Iterator[None]:
    """The front's process may have so many descriptors more."""
    soft, hard = resource.prlimit(net.pid, resource.RLIMIT_NOFILE)
    wanted = max(soft, count + 200)
    highest = max(hard, wanted)
    resource.prlimit(net.pid, resource.RLIMIT_NOFILE, (wanted, highest))
    try:
        yield
    finally:
        resource.prlimit(net.pid, resource.RLIMIT_NOFILE, (soft, highest))


def test_h042_thousands(net: Front) -> None:
    """2,400 descriptors, up to beyond 1024: the one that becomes ready is found."""
    count = 1200
    with room_for(net, 2 * count):
        pairs = [net.pair_stream().all for _ in range(count)]
        assert pairs[-1][1].fd().value > 2 * count
        left, right = [a for a, _ in pairs], [b for _, b in pairs]
        assert net.select(left, [], 0).all == ([], [])
        with right[700].second_reader() as own:
            pending = net.start("select", left + right, [], 20)
            assert not pending.done()
            own.send(b"x")
            assert pending.result(10).all == ([left[700]], [])
        assert net.select([left[0]], right, 5).all == ([], right)
        for made in left + right:
            made.close()


@pytest.mark.parametrize("lowest", [1024, 5000, 19900])
def test_h042_high_numbers(net: Front, peers: Peers, lowest: int) -> None:
    """Numbers that no fd_set can hold."""
    a, b = socket.socketpair()
    peers.own(a), peers.own(b)
    with high_descriptors(lowest + 50):
        with net.given(a.fileno(), lowest=lowest) as (front, (number,)):
            made = front.wrap(number).value
            assert made.fd().value >= lowest
            assert front.select([made], [made], 5).all == ([], [made])
            assert front.select([made], [], SHORT).all == ([], [])
            pending = front.start("select", [made], [], 20)
            b.send(b"line\n")
            assert pending.result(5).all == ([made], [])
            assert made.recvline(100, 5).value == b"line\n"
            assert made.recvall(1, 0).timeout is not None
            assert made.sendall(b"x", 5).value == 1


def test_without_a_descriptor_for_the_wait(net: Front) -> None:
    """Neither what is ready nor a wait needs one."""
    a, b = net.pair_stream().all
    b.send(b"x")
    with b.second_reader() as own, descriptors_left(net, 0):
        assert net.select([a], [], 5).all == ([a], [])
        assert a.recv().value == b"x"
        assert net.select([a], [], 0).all == ([], [])
        pending = net.start("select", [a], [], 20)
        assert not pending.done()
        own.send(b"x")
        assert pending.result(5).all == ([a], [])


def test_more_than_the_limit(net: Front) -> None:
    """poll(2) refuses more than RLIMIT_NOFILE: often the same, or lowered since."""
    pairs = [net.pair_stream().all for _ in range(100)]
    left = [a for a, _ in pairs]
    soft, hard = resource.prlimit(net.pid, resource.RLIMIT_NOFILE)
    with pairs[70][1].second_reader() as own:
        resource.prlimit(net.pid, resource.RLIMIT_NOFILE, (60, hard))
        try:
            assert net.select(left * 3, [], 0).all == ([], [])
            assert net.select(left, left, 5).all == ([], left)
            pending = net.start("select", left, [], 20)
            assert not pending.done()
            own.send(b"x")
            assert pending.result(5).all == ([left[70]], [])
        finally:
            resource.prlimit(net.pid, resource.RLIMIT_NOFILE, (soft, hard))


def test_waits_without_spinning(net: Front) -> None:
    a, _ = net.pair_stream().all
    before = process.cpu_seconds(net.pid)
    assert net.select([a], [], 0.4).all == ([], [])
    assert process.cpu_seconds(net.pid) - before < 0.2


CHANGED_WHILE_WAITING = """
    local a, b, limit = ...
    local poller = require 'net.socket'.poller
    local rd, waits = {a}, 0
    poller.use {
      wait_readable = function(fd, sec)
        waits = waits + 1
        rd[1], rd[2] = nil, 'no socket'
        collectgarbage()
        b:send('x')
        return true
      end,
      wait_writable = function() error('not asked for') end,
    }
    local ready = coroutine.wrap(function()
      local found = assert(require 'net.socket'.select(rd, nil, limit))
      return found
    end)()
    poller.use(nil)
    return #ready, rawequal(ready[1], a), waits, rawequal(ready, rd)
"""


def test_h077_list_that_changes(net: Front) -> None:
    """The lists are read once; what becomes of them afterwards is not looked at."""
    a, b = net.pair_stream().all
    if isinstance(net, LuaFront):
        assert net.run(CHANGED_WHILE_WAITING, a, b, 5) == [1, True, 1, False]
        return
    import netsocket

    class Emptying:
        """Asked for its descriptor, it empties the list that it is in."""

        def fileno(self) -> int:
            given.clear()
            return int(a.ref.fileno())

    own = Emptying()
    given: list[Any] = [own, a.ref, b.ref]
    b.send(b"x")
    ready, _ = netsocket.select(given, None, 5)
    assert given == []
    assert ready == [own, a.ref]

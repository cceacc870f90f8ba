"""Pollsets: what a scheduler in Lua waits by."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from lua.schedule import program as with_processes
from support.fronts import process
from support.fronts.front import Handle
from support.fronts.lua_front import LuaFront
from support.machine_lag import LATE, measured
from support.net.peers import fill, wait_until
from support.processes.children import output_of, run_lua
from support.processes.limits import descriptors_left

covers = pytest.mark.covers

Make = Callable[[], Handle]


@pytest.fixture
def pollset(lua_net: LuaFront) -> Make:
    return lambda: lua_net.poller.pollset().value


@covers("LUA_POLLER.pollset", "success")
@covers("LUA_POLLSET.watch", "success")
@covers("LUA_POLLSET.wait", "success")
def test_ready(lua_net: LuaFront, pollset: Make) -> None:
    """Each list has what is ready of its own, as often as it is asked."""
    a, b = lua_net.pair_stream().all
    c, d = lua_net.pair_stream().all
    fill(c)
    b.send(b"x")
    own = pollset()
    for sock, events in ((a, b"rw"), (b, b"r"), (c, b"w"), (d, b"r")):
        assert own.watch(sock, events).value is True
    for sec in ((), (None,), (5,), (0,), (float("inf"),)):
        readers, writers = own.wait(*sec).all
        assert sorted(readers) == sorted([a.fd().value, d.fd().value])
        assert writers == [a.fd().value]
    assert a.recv().value == b"x"
    assert own.wait(0).all[0] == [d.fd().value]


@pytest.mark.parametrize("events", [None, b""])
def test_forgotten(lua_net: LuaFront, pollset: Make, events: bytes | None) -> None:
    """Also what is not in it, or not open any more; an error is none of it then."""
    a, b = lua_net.pair_stream().all
    own = pollset()
    assert own.watch(a, events).value is True
    own.watch(a, b"rw")
    assert own.watch(a, events).value is True
    b.close()
    assert own.wait(0).all == ([], [])
    fd = a.fd().value
    own.watch(a, b"r")
    a.close()
    assert own.watch(fd, events).value is True
    assert own.wait(0).all == ([], [])


def test_replaced(lua_net: LuaFront, pollset: Make) -> None:
    """What is said last counts; a number and a socket are the same."""
    a, b = lua_net.pair_stream().all
    b.send(b"x")
    own, fd = pollset(), a.fd().value
    for events, wanted in (
        (b"w", ([], [fd])),
        (b"r", ([fd], [])),
        (b"rw", ([fd], [fd])),
        (b"r", ([fd], [])),
    ):
        own.watch(fd if events == b"r" else a, events)
        assert own.wait(5).all == wanted


def test_an_end_and_an_error_count(lua_net: LuaFront, pollset: Make) -> None:
    a, b = lua_net.pair_stream().all
    c, d = lua_net.pair_stream().all
    own = pollset()
    own.watch(a, b"r")
    own.watch(c, b"rw")
    b.shutdown(lua_net.const("SHUT_WR"))
    assert own.wait(5).all[0] == [a.fd().value]
    own.watch(a)
    d.close()
    assert own.wait(5).all == ([c.fd().value], [c.fd().value])


def test_deadline_object(lua_net: LuaFront, pollset: Make) -> None:
    """One time for two waits: what the first has used the second has not."""
    own = pollset()
    with measured() as watch:
        deadline = lua_net.deadline(0.05).value
        assert own.wait(deadline).all == ([], [])
    assert watch.took >= 0.05
    assert deadline.left().value == 0
    assert own.wait(deadline).all == ([], [])


def test_all_come(lua_net: LuaFront, pollset: Make) -> None:
    """More than come at once: none is left out."""
    count = 300
    pairs = [lua_net.pair_stream().all for _ in range(count)]
    own = pollset()
    for a, b in pairs:
        own.watch(a, b"r")
        b.send(b"x")
    wanted = {a.fd().value for a, _ in pairs}
    seen: set[int] = set()
    for _ in range(4):
        found = own.wait(5).all[0]
        assert 0 < len(found) <= 256
        seen.update(found)
    assert seen == wanted


@pytest.mark.parametrize("sec", [0, 0.001, 0.05])
def test_nothing_in_time(pollset: Make, sec: float) -> None:
    with measured() as watch:
        assert pollset().wait(sec).all == ([], [])
    assert sec <= watch.took < sec + LATE


@covers("LUA_POLLSET.wait", "error")
@pytest.mark.parametrize("sec", [-1, -0.5, float("nan")])
def test_times_of_no_use(pollset: Make, sec: float) -> None:
    pollset().wait(sec).fails("EINVAL", op="wait")


@covers("LUA_POLLSET.watch", "error")
def test_what_cannot_be_watched(lua_net: LuaFront, pollset: Make, folder: Path) -> None:
    a, b = lua_net.pair_stream().all
    own, fd = pollset(), b.fd().value
    for events in (b"x", b"wr", b"rr", b"rwx", b"r\0"):
        own.watch(a, events).fails("EINVAL", op="watch")
    for number in (-1, 2**31, 2**40, 1.5):
        own.watch(number, b"r").fails("EINVAL")
    b.close()
    for gone in (b, fd):
        own.watch(gone, b"r").fails("EBADF", op="watch")
    (folder / "file").write_bytes(b"x")
    own.watch(lua_net.open_file(str(folder / "file")), b"r").fails("EPERM", op="watch")
    assert own.wait(0).all == ([], [])
    assert "bad argument #1 to 'watch'" in own.watch(None, b"r").raised.text
    assert "bad argument #2 to 'watch'" in own.watch(a, 5).raised.text
    assert "bad argument #1 to 'wait'" in own.wait(b"x").raised.text


@covers("LUA_POLLSET.fd", "success")
@covers("LUA_POLLSET.fd", "error")
@covers("LUA_POLLSET.close", "success")
def test_one_for_all(lua_net: LuaFront, pollset: Make) -> None:
    a, b = lua_net.pair_stream().all
    own = pollset()
    own.watch(a, b"r")
    fd = own.fd().value
    assert lua_net.select([fd], None, 0).all == ([], [])
    b.send(b"x")
    assert lua_net.select([fd], None, 5).all == ([fd], [])
    for _ in range(2):
        assert own.close().value is None
    assert fd not in lua_net.descriptors()
    own.fd().fails("EBADF", op="fd")
    own.wait(0).fails("EBADF", op="wait")
    own.watch(a, b"r").fails("EBADF", op="watch")


@covers("LUA_POLLER.pollset", "error")
def test_no_descriptor_left(lua_net: LuaFront) -> None:
    with descriptors_left(lua_net, 0):
        lua_net.poller.pollset().fails("EMFILE", op="epoll_create1")
    assert lua_net.poller.pollset().kind == "value"


def test_collected(lua_net: LuaFront, pollset: Make) -> None:
    own = pollset()
    fd = own.fd().value
    own.forget()
    assert fd not in lua_net.descriptors()


PROGRAM = """
    local socket = require 'net.socket'
    local poller = socket.poller
    local set = assert(poller.pollset())
    local a, b = table.unpack(assert(socket.pair_stream()))
    assert(set:watch(a, 'r'))
"""


def test_a_coroutine_waits_in_place(lua_net: LuaFront) -> None:
    """A poller waits by it, so it does not come back to the poller."""
    program = """
        poller.use {
          wait_readable = function() error 'asked' end,
          wait_writable = function() error 'asked' end,
        }
        coroutine.wrap(function()
          local readers, writers = assert(set:wait(0.001))
          assert(#readers + #writers == 0)
          b:send 'x'
          print(set:wait(5)[1] == a:fd())
        end)()
    """
    assert output_of(run_lua(PROGRAM + program)) == "true\n"


@pytest.mark.parametrize("first", ["wait", "watch", "fd"])
def test_a_child_has_its_own(first: str) -> None:
    """An empty one; what it does is nothing to its parent's."""
    program = f"""
        local process = require 'process'
        local first = "{first}"
        local child = process.fork()
        if child == 0 then
          local c, d = table.unpack(assert(socket.pair_stream()))
          b:send 'x'
          if first == 'wait' then assert(#set:wait(0) == 0) end
          if first == 'fd' then assert(#socket.select({{set:fd()}}, nil, 0) == 0) end
          if first == 'watch' then assert(set:watch(a)) end
          d:send 'x'
          assert(set:watch(c, 'r'))
          local found = set:wait(5)
          assert(#found == 1 and found[1] == c:fd())
          set:close()
          process.exit(0)
        end
        assert(process.wait(child) == 0)
        assert(set:wait(5)[1] == a:fd())
    """
    with_processes(PROGRAM + program)


def test_a_signal_ends_the_wait(lua_net: LuaFront, pollset: Make) -> None:
    """SIGINT: lua's own hook raises. The set is as it was."""
    a, b = lua_net.pair_stream().all
    own = pollset()
    own.watch(a, b"r")
    waiting = own.start("wait")
    wait_until(lambda: process.polls(lua_net.pid), "it waits")
    os.kill(lua_net.pid, signal.SIGINT)
    assert "interrupted!" in waiting.result().raised.text
    b.send(b"x")
    assert own.wait(5).all == ([a.fd().value], [])


def test_what_ends_with_the_state() -> None:
    """The finalizer of one that is older than a socket's runs late, and harms none."""
    program = """
        local keep = setmetatable({}, {__gc = function() pcall(set.wait, set, 0) end})
        local value = set
        print(keep ~= nil and value ~= nil)
    """
    assert output_of(run_lua(PROGRAM + program)) == "true\n"

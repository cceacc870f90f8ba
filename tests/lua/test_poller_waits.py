"""Calls of one socket that wait through the poller, and coroutines that end meanwhile."""

from __future__ import annotations

import pytest

from lua.tasks import Task
from support.fronts.lua_front import LuaFront
from support.net.peers import Peers
from support.processes.children import output_of, run_lua

pytestmark = pytest.mark.measures

WAITING = ["recvline()", "recvall(9)", "recvable(9)", "acceptwait()", "sendall('x')"]


def made_to_wait(call: str) -> str:
    """How a program begins: a `sock` whose call has to wait, and a `peer` to keep."""
    program = """
        local socket = require 'net.socket'
        local sock, peer = table.unpack(socket.pair_stream())
    """
    if call.startswith("accept"):
        program += """
        sock = socket.bind_inet_stream('127.0.0.1', 0)
        sock:listen()
        """
    if call.startswith("send"):
        program += "repeat local _, _, again = sock:send(('x'):rep(65536)) until again"
    return program


@pytest.mark.parametrize("call", WAITING)
def test_dropped_coroutine_holds_no_place(call: str) -> None:
    """A second waiter finds the place of one that cannot be resumed any more."""
    program = f"""
        {made_to_wait(call)}
        socket.poller.use {{
          wait_readable = coroutine.yield, wait_writable = coroutine.yield,
        }}
        local function begin()
          local thread = coroutine.create(function() return sock:{call} end)
          local _, fd = coroutine.resume(thread)
          return fd == sock:fd()
        end
        print(begin() and begin() and peer:fd() >= 0)
    """
    assert output_of(run_lua(program)) == "true\n"


@pytest.mark.parametrize("call", WAITING)
def test_closed_beside_a_waiter(call: str) -> None:
    """A call on a closed socket says so, though the coroutine that waited is not resumed
    yet."""
    program = f"""
        {made_to_wait(call)}
        socket.poller.use {{
          wait_readable = coroutine.yield, wait_writable = coroutine.yield,
          cancel = function() end,
        }}
        local thread = coroutine.create(function() return sock:{call} end)
        assert(coroutine.resume(thread))
        sock:close()
        local _, err = sock:{call}
        print(err.name, peer:fd() >= 0)
        assert(coroutine.status(thread) == 'suspended')
    """
    assert output_of(run_lua(program)) == "EBADF\ttrue\n"


def test_a_finalizer_spends_no_collection() -> None:
    """In a finalizer nothing is collected; a call after it still finds the place of a
    coroutine that was dropped."""
    program = """
        local socket = require 'net.socket'
        local sock, peer = table.unpack(socket.pair_stream())
        socket.poller.use { wait_readable = coroutine.yield, wait_writable = print }
        local function begin()
          local thread = coroutine.create(function() return sock:recvall(1) end)
          return select(2, coroutine.resume(thread))
        end
        begin()
        collectgarbage 'stop'
        local refused
        setmetatable({}, {__gc = function()
          refused = select(2, sock:recvall(1))
        end})
        repeat collectgarbage 'step' until refused
        collectgarbage()
        print(refused.name, begin() == sock:fd() and begin() == sock:fd(), peer:fd() >= 0)
    """
    assert output_of(run_lua(program)) == "EBUSY\ttrue\ttrue\n"


def test_recvable_through_the_poller(lua_net: LuaFront, peers: Peers) -> None:
    ours, theirs = peers.stream(lua_net)
    task = Task(lua_net, "local s = ... return s:recvable(select(2, ...))", ours.ref, 5)
    assert task.wish is not None
    assert (task.wish.direction, task.wish.fd) == (b"read", ours.fd().value)
    assert task.wish.seconds is not None and 4 < task.wish.seconds <= 5
    theirs.sendall(b"x")
    assert task.run() == [True]


def test_recvable_for_ever(lua_net: LuaFront) -> None:
    a, b = lua_net.pair_stream().all
    task = Task(lua_net, "local s = ... return s:recvable(math.huge)", a.ref)
    assert task.wish is not None and task.wish.seconds is None
    assert b.send(b"x").value == 1
    assert task.run() == [True]


def test_sendable_through_the_poller(lua_net: LuaFront) -> None:
    a, b = lua_net.pair_stream().all
    while a.send(b"x" * 65536).kind == "value":
        pass
    task = Task(lua_net, "local s = ... return s:sendable(5)", a.ref)
    assert task.wish is not None and task.wish.direction == b"write"
    while b.recv(65536).kind == "value":
        pass
    assert task.run() == [True]


def test_wait_times_out_through_the_poller(lua_net: LuaFront) -> None:
    a, _ = lua_net.pair_stream().all
    task = Task(lua_net, "local s = ... return s:recvable(0.2)", a.ref)
    assert task.run() == [False, None, True]


@pytest.mark.parametrize("arguments", ["", "0", "nil", "5, true", "nil, true"])
def test_waits_that_ask_no_poller(lua_net: LuaFront, arguments: str) -> None:
    """Nothing to wait for, or POLLPRI too: poll(2) in place."""
    a, b = lua_net.pair_stream().all
    b.send(b"x")
    task = Task(lua_net, f"local s = ... return s:recvable({arguments})", a.ref)
    assert task.results == [True, True]


def test_ready_at_once_asks_no_poller(lua_net: LuaFront) -> None:
    a, _ = lua_net.pair_stream().all
    assert Task(lua_net, "local s = ... return s:sendable(5)", a.ref).results == [
        True,
        True,
    ]


def test_closed_while_waiting(lua_net: LuaFront) -> None:
    """The object is closed by another coroutine: EBADF when the wait ends."""
    a, _ = lua_net.pair_stream().all
    task = Task(lua_net, "local s = ... return s:recvable(30)", a.ref)
    assert a.close().value is True
    task.resume(True)
    assert task.results is not None
    ok, result, err = task.results
    assert (ok, result, err.name) == (True, False, "EBADF")


def test_a_finalizer_closes_before_the_wait() -> None:
    """Making the operation of a sendall may collect. No poller is asked for a descriptor
    that was closed before it could be told."""
    program = """
        local socket = require 'net.socket'
        local gone, told
        local function wait(fd)
          if fd == gone and fd ~= told then print(fd) end
          coroutine.yield()
        end
        local function cancel(fd)
          told = fd
        end
        socket.poller.use {wait_readable = wait, wait_writable = wait, cancel = cancel}
        local waiting = {}
        for garbage = 0, 40 do
          gone, told = nil, nil
          collectgarbage 'restart'
          -- It has the userdata of the operation before: the next one is made anew.
          local other = assert(socket.pair_stream())
          waiting[garbage] = {other, coroutine.create(other[1].recvall)}
          assert(coroutine.resume(waiting[garbage][2], other[1], 1))
          local a, b = table.unpack(assert(socket.pair_stream()))
          local much, co = ('x'):rep(1 << 22), coroutine.create(a.sendall)
          collectgarbage()
          collectgarbage 'stop'
          setmetatable({}, {__gc = function()
            gone = a:fd()
            a:close()
          end})
          for _ = 1, garbage do local _ = {} end
          collectgarbage('incremental', 0, 1000, 1)
          collectgarbage 'restart'
          assert(coroutine.resume(co, a, much, 20))
          collectgarbage('incremental', 200, 100, 13)
        end
    """
    assert output_of(run_lua(program)) == ""

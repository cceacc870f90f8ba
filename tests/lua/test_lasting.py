"""What a poller keeps of a socket between two waits, and when it is told to let go."""

from __future__ import annotations

import subprocess

import pytest

from fronts.agent_process import lua_command
from lateness import PATIENCE
from lua.schedule import environment, missing


def lua(program: str, scheduler: str = "") -> None:
    if scheduler and missing(scheduler):
        pytest.skip(f"{scheduler} is not installed")
    done = subprocess.run(
        [lua_command(), "-"],
        input=program,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr


RECORDER = """
local socket = require 'net.socket'
local told = {}
local function wait(fd, sec, lasts)
  told[#told + 1] = ('wait %s'):format(lasts)
  coroutine.yield()
  return true
end
local recorder = {
  wait_readable = wait, wait_writable = wait,
  cancel = function(fd) told[#told + 1] = 'cancel ' .. fd end,
}
socket.poller.use(recorder)
local a, b = table.unpack(assert(socket.pair_stream()))
local fd = a:fd()
local function waited()
  local thread = coroutine.create(function() return a:recvable(5) end)
  assert(coroutine.resume(thread))
  return assert(coroutine.resume(thread))
end
local function is(...)
  local words = table.concat(told, ', ')
  assert(words == table.concat({...}, ', '), words)
end
"""

GOING = {
    "close": "a:close()",
    "unwrap": "socket.close(a:unwrap())",
    "variable": "do local gone <close> = a end",
    "collection": "a = nil collectgarbage() collectgarbage()",
}


@pytest.mark.parametrize("how", GOING)
def test_told_of_what_was_waited_for(how: str) -> None:
    """Once, while the descriptor is open still; and never of another socket."""
    lua(
        RECORDER
        + f"""
        waited() waited()
        local function go() {GOING[how]} end
        go()
        b:close()
        is('wait true', 'wait true', 'cancel ' .. fd)
        """
    )


def test_told_once_where_somebody_waits() -> None:
    lua(
        RECORDER
        + """
        local thread = coroutine.create(function() return a:recvable(5) end)
        assert(coroutine.resume(thread))
        a:close()
        local _, ready, err = coroutine.resume(thread)
        assert(not ready and err.type == socket.errno.EBADF)
        is('wait true', 'cancel ' .. fd)
        """
    )


def test_told_after_the_functions_of_addgcfn() -> None:
    lua(
        RECORDER
        + """
        waited()
        a:addgcfn(print, function() told[#told + 1] = 'gcfn' end)
        a:close()
        is('wait true', 'gcfn', 'cancel ' .. fd)
        """
    )


def test_not_of_what_is_no_socket() -> None:
    """A select, whose descriptor goes with it."""
    lua(
        RECORDER
        + """
        local function both() return socket.select({a, b}, nil, 5) end
        local thread = coroutine.create(both)
        assert(coroutine.resume(thread))
        assert(b:send 'x')
        assert(coroutine.resume(thread))
        a:close()
        is('wait false')
        """
    )


def test_without_cancel() -> None:
    """Who cannot be told may keep nothing."""
    lua(
        RECORDER
        + """
        recorder.cancel = nil
        socket.poller.use(recorder)
        waited()
        a:close()
        is('wait false')
        """
    )


def test_told_after_the_program_has_changed_to_none() -> None:
    """The poller that has kept it is the one to be told."""
    lua(
        RECORDER
        + """
        waited()
        socket.poller.use()
        a:close()
        is('wait true', 'cancel ' .. fd)
        """
    )


def test_error_of_cancel_is_a_warning() -> None:
    lua(
        RECORDER
        + """
        recorder.cancel = function() error('x', 0) end
        socket.poller.use(recorder)
        waited()
        assert(a:close())
        """
    )


def test_two_adapted_pollers() -> None:
    """Each lets go of what waited in it."""
    lua(
        """
        local socket = require 'net.socket'
        local poller = require 'net.socket.poller'
        local told = {}
        local function scheduler(name)
          return {
            wait = error, forget = error,
            lasting = function() coroutine.yield() return true end,
            cancel = function(fd, reader, writer)
              assert(not reader and not writer)
              told[#told + 1] = name
            end,
          }
        end
        local one = poller.adapt(scheduler 'one')
        local two = poller.adapt(scheduler 'two')
        local a = assert(socket.pair_stream())[1]
        poller.use(one)
        local thread = coroutine.create(function() return a:recvable(5) end)
        assert(coroutine.resume(thread))
        assert(coroutine.resume(thread))
        poller.use(two)
        collectgarbage()
        a:close()
        table.sort(told)
        assert(table.concat(told, ' ') == 'one two')
        """
    )


CQUEUES = """
local cqueues = require 'cqueues'
local socket = require 'net.socket'
require 'net.socket.poller.cqueues'
local a, b = table.unpack(assert(socket.pair_stream()))
local function exchange(queue, words)
  local line
  queue:wrap(function() line = a:recvline(nil, 5) end)
  queue:wrap(function() assert(b:sendall(words .. '\\n', 5)) end)
  assert(queue:loop())
  assert(line == words .. '\\n', line)
end
"""


def test_second_controller_of_cqueues() -> None:
    """The socket moves there and back, and goes when both are there or one has gone."""
    lua(
        CQUEUES
        + """
        local one, two = cqueues.new(), cqueues.new()
        for i = 1, 5 do
          exchange(one, 'one' .. i)
          exchange(two, 'two' .. i)
        end
        one = nil
        collectgarbage()
        exchange(two, 'left')
        a:close()
        b:close()
        a, b = table.unpack(assert(socket.pair_stream()))
        exchange(two, 'two')
        exchange(cqueues.new(), 'three')
        """,
        "cqueues",
    )


def test_coroutine_of_cqueues_that_is_closed() -> None:
    """It is not resumed, and another one waits in its place; one beside it, for the other
    direction, goes on waiting."""
    lua(
        CQUEUES
        + """
        exchange(cqueues.new(), 'first')
        repeat local _, _, again = a:send(('x'):rep(65536)) until again
        local queue = cqueues.new()
        local thread, line, sent
        queue:wrap(function()
          thread = coroutine.running()
          a:recvline(nil, 5)
          error 'it should not go on'
        end)
        queue:wrap(function() sent = a:sendall('y', 5) end)
        queue:wrap(function()
          repeat cqueues.sleep(0.01) until thread
          assert(coroutine.close(thread))
          cqueues.sleep(0.01)
          assert(not sent)
          queue:wrap(function() line = a:recvline(nil, 5) end)
          assert(b:sendall('line\\n', 5))
          repeat local _, _, again = b:recv(1 << 20) until again
        end)
        for _ = 1, 100 do
          if queue:empty() then break end
          queue:loop(0.05) -- it says that the closed one is dead
        end
        assert(line == 'line\\n' and sent == 1, line)
        """,
        "cqueues",
    )


LUV = """
local uv = require 'luv'
local socket = require 'net.socket'
require 'net.socket.poller.luv'
local function spawn(call) coroutine.wrap(call)() end
local a, b = table.unpack(assert(socket.pair_stream()))
local function exchange()
  local line
  spawn(function() line = a:recvline(nil, 5) end)
  spawn(function() assert(b:sendall('x\\n', 5)) end)
  uv.run()
  assert(line == 'x\\n', line)
end
local function alive()
  local count = 0
  uv.walk(function(handle)
    if handle:is_active() and handle:has_ref() then count = count + 1 end
  end)
  return count
end
local function all()
  local count = 0
  uv.walk(function() count = count + 1 end)
  return count
end
"""


def test_waits_of_luv_make_no_more_handles() -> None:
    """None keeps the loop running after its wait, though the sockets stay open."""
    lua(
        LUV
        + """
        exchange()
        local before = all()
        for _ = 1, 50 do
          exchange()
          assert(alive() == 0)
        end
        assert(all() == before, all())
        """,
        "luv",
    )


def test_coroutine_of_luv_that_is_closed() -> None:
    """Another one waits in its place, and one beside it goes on waiting."""
    lua(
        LUV
        + """
        exchange()
        repeat local _, _, again = a:send(('x'):rep(65536)) until again
        local sent, line
        local thread = coroutine.create(function() a:recvline(nil, 5) end)
        assert(coroutine.resume(thread))
        spawn(function() sent = a:sendall('y', 5) end)
        assert(coroutine.close(thread))
        spawn(function() line = a:recvline(nil, 5) end)
        uv.run 'nowait'
        assert(not sent and not line)
        assert(b:sendall 'line\\n')
        repeat local _, _, again = b:recv(1 << 20) until again
        uv.run()
        assert(line == 'line\\n' and sent == 1)
        """,
        "luv",
    )


def test_handles_of_luv_that_somebody_has_closed() -> None:
    """The same socket waits again, with its deadline."""
    lua(
        LUV
        + """
        for _ = 1, 3 do
          exchange()
          uv.walk(function(handle) handle:close() end)
          uv.run()
        end
        local late
        spawn(function() late = select(3, a:recvline(nil, 0.02)) end)
        uv.run()
        assert(late)
        """,
        "luv",
    )


def test_wait_of_luv_that_another_has_resumed() -> None:
    """It ends, and the socket can be waited for again."""
    lua(
        LUV
        + """
        exchange()
        local err
        local function read() err = select(2, a:recvline(nil, 5)) end
        local thread = coroutine.create(read)
        assert(coroutine.resume(thread))
        assert(coroutine.resume(thread))
        assert(tostring(err):find 'resumed by somebody else', err)
        exchange()
        """,
        "luv",
    )

"""What a poller keeps of a socket between two waits, and when it is told to let go."""

from __future__ import annotations

import pytest

from lua.schedule import program as lua

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

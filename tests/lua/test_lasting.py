"""What a poller keeps of a socket between two waits, and when it is told to let go."""

from __future__ import annotations

import pytest

from lua.schedule import program as lua

RECORDER = """
local socket = require 'net.socket'
local told = {}
local function wait(fd, sec, lasts, known)
  told[#told + 1] = ('wait %s'):format(lasts and (known and 'again' or 'first') or 'once')
  coroutine.yield()
  return true
end
local recorder = {
  wait_readable = wait, wait_writable = wait,
  cancel = function(fd, ended)
    told[#told + 1] = ('cancel %d%s'):format(fd, ended and ' ' .. ended or '')
  end,
}
socket.poller.use(recorder)
local a, b = table.unpack(assert(socket.pair_stream()))
local fd = a:fd()
local function waited()
  local thread = coroutine.create(function() return a:recvable(5) end)
  assert(coroutine.resume(thread))
  assert(b:send 'x')
  assert(select(2, assert(coroutine.resume(thread))))
  assert(a:recv(1))
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
        is('wait first', 'wait again', 'cancel ' .. fd)
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
        is('wait first', 'cancel ' .. fd)
        """
    )


def test_told_of_a_coroutine_that_is_ended_in_its_wait() -> None:
    """And the one that waits for the other direction waits again."""
    lua(
        RECORDER
        + """
        repeat local _, _, again = a:send(('x'):rep(65536)) until again
        local reader = coroutine.create(function() return a:recvable(5) end)
        local writer = coroutine.create(function() return a:sendable(5) end)
        assert(coroutine.resume(reader))
        assert(coroutine.resume(writer))
        assert(coroutine.close(reader))
        assert(coroutine.resume(writer))
        is('wait first', 'wait again', ('cancel %d r'):format(fd), 'wait first')
        assert(coroutine.close(writer))
        waited()
        is('wait first', 'wait again', ('cancel %d r'):format(fd), 'wait first',
           ('cancel %d w'):format(fd), 'wait first')
        """
    )


def test_told_of_a_coroutine_that_is_collected_in_its_wait() -> None:
    lua(
        RECORDER
        + """
        assert(coroutine.resume(coroutine.create(function() return a:recvable(5) end)))
        collectgarbage()
        is('wait first', ('cancel %d r'):format(fd))
        """
    )


def test_none_of_the_schedulers_waits_in_place() -> None:
    """And what it knows of the socket stays as it was."""
    lua(
        RECORDER
        + """
        local function wait(fd, sec, lasts, known)
          told[#told + 1] = ('not %s'):format(known)
          return nil, false
        end
        waited()
        recorder.wait_readable = wait
        socket.poller.use(recorder)
        local thread = coroutine.wrap(function() return a:recvable(0.01) end)
        assert(select(3, thread()))
        thread = coroutine.wrap(function() return b:recvable(0.01) end)
        assert(select(3, thread()))
        b:close()
        a:close()
        is('wait first', 'not true', 'not false', 'cancel ' .. fd)
        """
    )


def test_told_after_the_functions_of_addgcfn() -> None:
    lua(
        RECORDER
        + """
        waited()
        a:addgcfn(print, function() told[#told + 1] = 'gcfn' end)
        a:close()
        is('wait first', 'gcfn', 'cancel ' .. fd)
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
        is('wait once')
        """
    )


def test_a_select_whose_socket_is_closed() -> None:
    """It waits for another descriptor, and its poller is told of that."""
    lua(
        RECORDER
        + """
        local function both() return socket.select({a, b}, nil, 5) end
        local thread = coroutine.create(both)
        assert(coroutine.resume(thread))
        a:close()
        assert(#told == 2 and told[2]:match '^cancel %d+$', told[2])
        assert(told[2] ~= 'cancel ' .. fd)
        local _, found, err = coroutine.resume(thread)
        assert(not found and err.name == 'EBADF', err)
        """
    )


def test_without_cancel() -> None:
    """A poller that hears of no close may keep nothing."""
    lua(
        RECORDER
        + """
        recorder.cancel = nil
        socket.poller.use(recorder)
        waited()
        a:close()
        is('wait once')
        """
    )


def test_told_after_the_program_has_changed_to_none() -> None:
    """The poller that has kept it is the one that hears."""
    lua(
        RECORDER
        + """
        waited()
        socket.poller.use()
        a:close()
        is('wait first', 'cancel ' .. fd)
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
        local a, b = table.unpack(assert(socket.pair_stream()))
        poller.use(one)
        local thread = coroutine.create(function() return a:recvable(5) end)
        assert(coroutine.resume(thread))
        assert(b:send 'x')
        assert(select(2, coroutine.resume(thread)))
        poller.use(two)
        collectgarbage()
        a:close()
        table.sort(told)
        assert(table.concat(told, ' ') == 'one two')
        """
    )


def test_adapted_poller_that_is_only_waited_in() -> None:
    """It is told, although the program has another one and no reference to it."""
    lua(
        """
        local socket = require 'net.socket'
        local poller = require 'net.socket.poller'
        local told
        poller.adapt {
          wait = function() return coroutine.yield() end,
          forget = function() end,
          cancel = function(fd, reader) told = reader.closed and fd end,
        }
        local a = assert(socket.pair_stream())[1]
        local fd, thread = a:fd(), coroutine.create(function() return a:recvable(5) end)
        assert(coroutine.resume(thread))
        poller.adapt {wait = error, forget = error, cancel = error}
        collectgarbage()
        collectgarbage()
        a:close()
        assert(told == fd)
        local _, found, err = coroutine.resume(thread, true)
        assert(found == false and err.name == 'EBADF', err)
        """
    )

"""What poller.adapt makes of a scheduler that keeps no descriptor: who may wait, and what
the scheduler is told."""

from __future__ import annotations

import pytest

from lua.schedule import program as lua

# The scheduler's waits yield their waiter, and go on with what they are resumed with.
BEGIN = """
local socket = require 'net.socket'
local poller = require 'net.socket.poller'
local told = {}
local made = poller.adapt {
  wait = function(waiter) return coroutine.yield(waiter) end,
  forget = function(waiter, other)
    local left = other and other.fd == waiter.fd and other.events or 'none'
    told[#told + 1] = ('%s goes, %s stays'):format(waiter.events, left)
  end,
  cancel = function(fd, reader, writer)
    told[#told + 1] = ('cancel %s %s'):format(reader and reader.closed, writer ~= nil)
  end,
}
local fd = assert(socket.pair_stream())[1]:unwrap()
local function start(wait)
  local thread = coroutine.create(function() return wait(fd, 5) end)
  local _, waiter, err = assert(coroutine.resume(thread))
  return thread, waiter, err
end
local function says(...)
  local wanted = table.concat({...}, ', ')
  local words = table.concat(told, ', ')
  assert(words == wanted, words)
  told = {}
end
"""


def adapted(program: str) -> None:
    lua(BEGIN + program)


@pytest.mark.parametrize("wait", ["wait_readable", "wait_writable"])
def test_second_waiter(wait: str) -> None:
    """It is refused, and the first one goes on; then there may be another."""
    adapted(
        f"""
        local first = start(made.{wait})
        local _, none, err = start(made.{wait})
        assert(none == nil and err == socket.errno.EBUSY)
        says()
        local _, ok = coroutine.resume(first, true)
        assert(ok == true)
        local _, waiter = start(made.{wait})
        assert(waiter.fd == fd)
        """
    )


def test_the_other_direction() -> None:
    """Who stays is told of with who goes."""
    adapted(
        """
        local reader, writer = start(made.wait_readable), start(made.wait_writable)
        assert(coroutine.resume(reader, true))
        says 'r goes, w stays'
        assert(coroutine.resume(writer, true))
        says 'w goes, none stays'
        """
    )


def test_closed_in_the_wait() -> None:
    """EBADF, whatever the scheduler says then."""
    adapted(
        """
        local reader = start(made.wait_readable)
        made.cancel(fd)
        says 'cancel true false'
        local _, none, err = coroutine.resume(reader, true)
        assert(none == nil and err == socket.errno.EBADF)
        """
    )


def test_the_numbers_next_waiter() -> None:
    """One that goes on after its descriptor was closed leaves it its place."""
    adapted(
        """
        local old = start(made.wait_readable)
        made.cancel(fd)
        local new = start(made.wait_readable)
        assert(coroutine.resume(old, true))
        assert(select(3, start(made.wait_readable)) == socket.errno.EBUSY)
        assert(select(2, coroutine.resume(new, true)) == true)
        """
    )


def test_waiters_of_the_parent() -> None:
    """A child has places of its own, and its scheduler hears nothing of them."""
    adapted(
        """
        local process = require 'process'
        local parents = start(made.wait_readable)
        local pid = process.fork()
        if pid == 0 then
          local fine, words = pcall(function()
            made.cancel(fd)
            says()
            local own, waiter = start(made.wait_readable)
            assert(waiter and waiter.fd == fd)
            assert(coroutine.resume(parents, true))
            says()
            assert(select(3, start(made.wait_readable)) == socket.errno.EBUSY)
            assert(coroutine.resume(own, true))
            says 'r goes, none stays'
          end)
          if not fine then io.stderr:write(words, '\\n') end
          process.exit(fine and 0 or 1)
        end
        assert(process.wait(pid) == 0)
        """
    )


def test_poller_that_is_used_no_more() -> None:
    """It is collected, with its scheduler, when no coroutine waits in it."""
    lua(
        """
        local socket = require 'net.socket'
        local poller = require 'net.socket.poller'
        local weak = setmetatable({}, {__mode = 'k'})
        local function adapt()
          local scheduler = {wait = error, forget = error, cancel = error}
          weak[scheduler] = true
          poller.adapt(scheduler)
        end
        adapt()
        socket.poller.use(nil)
        poller.adapt {wait = error, forget = error, cancel = error}
        collectgarbage()
        collectgarbage()
        assert(next(weak) == nil)
        """
    )


def test_what_is_no_scheduler() -> None:
    """The error names what is missing, before anything is used."""
    lua(
        """
        local socket = require 'net.socket'
        local poller = require 'net.socket.poller'
        local words = "bad argument #1 to 'adapt' (%s expected, got %s, for %s)"
        local used = poller.use(nil)
        for _, wrong in ipairs {
          {nil, 'table', 'nil', 'scheduler'},
          {5, 'table', 'number', 'scheduler'},
          {{}, 'function', 'nil', 'wait'},
          {{wait = error, forget = 1}, 'function', 'number', 'forget'},
          {{wait = error, forget = error}, 'function', 'nil', 'cancel'},
          {{wait = error, forget = error, cancel = error, lasting = true},
            'function', 'boolean', 'lasting'},
        } do
          local scheduler, wanted, got, name = table.unpack(wrong, 1, 4)
          local made, err = pcall(function() poller.adapt(scheduler) end)
          local said = words:format(wanted, got, name)
          assert(not made and err:sub(-#said) == said, err)
        end
        assert(used == nil and poller.use(nil) == nil)
        """
    )

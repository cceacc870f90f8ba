"""A hook that closes a socket: at each of the first instructions of a wait, or of a
signal that comes while the scheduler sleeps."""

from __future__ import annotations

import pytest

from lua.schedule import CONCURRENT, ran


def run(text: str, scheduler: str, *args: str) -> None:
    done = ran(text, scheduler, *args)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("known", ["new", "known"])
@pytest.mark.parametrize("sec", ["nil", "3600"])
@pytest.mark.parametrize("call", ["recvline", "select"])
@pytest.mark.parametrize("scheduler", CONCURRENT)
def test_hook_of_a_count(scheduler: str, call: str, sec: str, known: str) -> None:
    """After one instruction, two and so on, until the hook is later than the wait."""
    run(
        """
        local scheduler = require 'schedulers'
        local socket = require 'net.socket'
        local call, known, sec = arg[2], arg[3] == 'known', tonumber(arg[4])
        local calls = {
          recvline = function(a) return a:recvline(nil, sec) end,
          select = function(a) return socket.select({a}, {}, sec) end,
        }
        local function closed_after(count)
          local a, b = table.unpack(assert(socket.pair_stream()))
          if known then
            scheduler.spawn(function() assert(a:recvline(nil, 3600) == 'x\\n') end)
            scheduler.spawn(function() assert(b:sendall 'x\\n') end)
            scheduler.run()
          end
          local thread, hooked, err
          scheduler.spawn(function()
            thread = coroutine.running()
            debug.sethook(function()
              debug.sethook()
              hooked = true
              a:close()
            end, '', count)
            err = select(2, calls[call](a))
            debug.sethook()
          end)
          scheduler.spawn(function()
            while not thread do scheduler.sleep(0.001) end
            debug.sethook(thread) -- it waits now
            if not hooked then b:close() end
          end)
          scheduler.run()
          a:close()
          b:close()
          err = tostring(err)
          assert(not hooked or err:find 'EBADF', count .. ': ' .. err)
          return hooked
        end
        local count = 1
        while closed_after(count) do count = count + 1 end
        assert(count > 10, count)
        """,
        scheduler,
        scheduler,
        call,
        known,
        sec,
    )


@pytest.mark.parametrize("known", ["new", "known"])
@pytest.mark.parametrize("sec", ["nil", "3600"])
@pytest.mark.parametrize("call", ["recvline", "select"])
@pytest.mark.parametrize("scheduler", CONCURRENT)
def test_hook_that_raises(scheduler: str, call: str, sec: str, known: str) -> None:
    """As one that limits how long a coroutine may run: the call ends with the error, and
    the socket can be waited for again."""
    run(
        """
        local scheduler = require 'schedulers'
        local socket = require 'net.socket'
        local known, sec = arg[3] == 'known', tonumber(arg[4])
        local calls = {
          recvline = function(a) return a:recvline(nil, sec) end,
          select = function(a) return socket.select({a}, {}, sec) end,
        }
        local call = calls[arg[2]]
        local function exchange(a, b)
          local line
          scheduler.spawn(function() line = a:recvline(nil, 3600) end)
          scheduler.spawn(function()
            scheduler.sleep(0)
            assert(b:sendall 'x\\n')
          end)
          scheduler.run()
          assert(line == 'x\\n')
        end
        local function raised_after(count)
          local a, b = table.unpack(assert(socket.pair_stream()))
          local thread, hooked
          if known then exchange(a, b) end
          local function hook()
            debug.sethook()
            hooked = true
            error('raised', 0)
          end
          scheduler.spawn(function()
            local ok, err = pcall(function() -- which under this Copas is a coroutine
              thread = coroutine.running()
              debug.sethook(hook, '', count)
              call(a)
              debug.sethook()
            end)
            assert(ok == not hooked and (ok or err == 'raised'), err)
          end)
          scheduler.spawn(function()
            while not thread do scheduler.sleep(0.001) end
            debug.sethook(thread) -- it waits now
            if not hooked then b:close() end
          end)
          scheduler.run()
          if hooked then exchange(a, b) end
          a:close()
          b:close()
          return hooked
        end
        local count = 1
        while raised_after(count) do count = count + 1 end
        assert(count > 10, count)
        if arg[1] ~= 'luv' then return end
        local uv = require 'luv'
        local a, b = table.unpack(assert(socket.pair_stream()))
        coroutine.wrap(function() assert(a:recvline() == 'x\\n') end)()
        assert(uv.loop_alive(), 'nothing keeps the loop')
        assert(b:sendall 'x\\n')
        uv.run()
        """,
        scheduler,
        scheduler,
        call,
        known,
        sec,
    )


ALARM = """
local process = require 'process'
local copas = require 'copas'
local socket = require 'net.socket'
require 'net.socket.poller.copas'
local a, b = table.unpack(assert(socket.pair_stream()))
local err
copas.addthread(function() err = select(2, a:recvline()) end)
assert(process.hook(function() a:close() end))
process.alarm(1)
while not err do copas.step() end
assert(tostring(err):find 'EBADF', err)
"""


def test_signal_while_copas_sleeps() -> None:
    """What waits for the socket goes on, though nothing else comes."""
    run(ALARM, "copas")


def test_signal_while_copas_sleeps_with_others() -> None:
    """For objects of luasocket as well, and after that as ever."""
    run(
        """
        local luasocket = require 'socket'
        local listener = assert(luasocket.bind('127.0.0.1', 0))
        require 'copas'.addserver(listener, function() end)
        """
        + ALARM
        + """
        local c, d = table.unpack(assert(socket.pair_stream()))
        local line
        copas.addthread(function() line = c:recvline() end)
        copas.addthread(function() d:sendall 'x\\n' end)
        repeat copas.step() until line
        assert(line == 'x\\n')
        assert(copas.step(0) == false)
        """,
        "copas",
    )


def test_signal_while_a_set_waits() -> None:
    """The wait ends where the hook has changed the set, and goes on where it has not."""
    run(
        """
        local process = require 'process'
        local socket = require 'net.socket'
        local set = assert(socket.poller.pollset())
        local a, b = table.unpack(assert(socket.pair_stream()))
        assert(set:watch(a, 'r'))
        assert(process.hook(function() assert(set:watch(a)) end))
        process.alarm(1)
        local r, w = assert(set:wait())
        assert(#r == 0 and #w == 0)
        assert(set:watch(a, 'r'))
        assert(process.hook(function() assert(b:send 'x') end))
        process.alarm(1)
        r = assert(set:wait())
        assert(r[1] == a:fd())
        """,
        "",
    )

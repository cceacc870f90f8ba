"""Bytes whose call did not come to its end: a hook raises where the slot of its operation
is closed, which in a program memory does that has run out."""

from __future__ import annotations

import pytest

from support.fronts.lua_front import LuaFront

# A poller whose wait has the next call of a function raise, and that is the slot's.
BEGIN = """
local socket = require "net.socket"
local poller = require "net.socket.poller"
local a, b = table.unpack(assert(socket.pair_stream()))
local function wait()
  coroutine.yield()
  debug.sethook(function()
    debug.sethook()
    error("hook", 0)
  end, "c")
  return true
end
poller.use { wait_readable = wait, wait_writable = wait, cancel = function() end }
local give = function() assert(b:send "text") end
local function broken(...)
  local co = coroutine.create(function(self, method, ...)
    return pcall(self[method], self, ...)
  end)
  assert(coroutine.resume(co, ...))
  assert(coroutine.status(co) == "suspended", "it does not wait")
  give()
  local _, ok, err = assert(coroutine.resume(co))
  assert(not ok and err == "hook", err)
  poller.use(nil)
end
local function collect()
  collectgarbage()
  collectgarbage()
end
"""


@pytest.mark.parametrize("method", ["recvfd", "recvfds"])
def test_a_descriptor_is_closed(lua_net: LuaFront, method: str) -> None:
    """Its caller has not got its number."""
    lua_net.run(
        BEGIN
        + """
        local function lowest()
          local made <close> = assert(socket.new_inet_dgram())
          return made:fd()
        end
        give = function() assert(b:sendfd(b)) end
        a:timeout(20)
        local before = lowest()
        broken(a, ..., 20)
        collect()
        assert(lowest() == before)""".replace("...", f"'{method}'")
    )


def test_a_whole_is_pending(lua_net: LuaFront) -> None:
    """Its caller has not seen it: it comes from the next receive."""
    lua_net.run(
        BEGIN
        + """
        broken(a, "recvall", 4, 20)
        collect()
        assert(a:pending() == 4)
        assert(a:recv(10) == "text")"""
    )


def test_a_plain_receive_is_pending(lua_net: LuaFront) -> None:
    lua_net.run(
        BEGIN
        + """
        a:timeout(20)
        broken(a, "recv", 10)
        assert(a:pending() == 4)
        assert(a:recv(10) == "text")"""
    )


@pytest.mark.parametrize("method", ["recv", "recvfrom", "read"])
def test_a_hook_that_receives(lua_net: LuaFront, method: str) -> None:
    """Where a slot is closed a hook may receive too: what has its caller comes once."""
    lua_net.run(
        BEGIN
        + f"""
        local c, d = table.unpack(assert(socket.pair_stream()))
        assert(d:send(('x'):rep(100)))
        a:timeout(20)
        local hooked = 0
        local function hook()
          if c:recv(1) then hooked = hooked + 1 end
        end
        local co = coroutine.create(function()
          local wait = coroutine.yield
          poller.use {{ wait_readable = wait, wait_writable = wait }}
          local bytes = a:{method}(10)
          debug.sethook()
          return bytes
        end)
        assert(coroutine.resume(co))
        assert(b:send "text")
        debug.sethook(co, hook, "cr")
        local _, bytes = assert(coroutine.resume(co, true))
        poller.use(nil)
        assert(bytes == "text" and hooked > 0)
        assert(a:pending() == 0)"""
    )


def test_bytes_of_a_socket_that_has_gone(lua_net: LuaFront) -> None:
    """No other socket gets them, though one may be where it was in memory."""
    lua_net.run(
        BEGIN
        + """
        a:timeout(20)
        broken(a, "recv", 10)
        a:close()
        a = nil
        collect()
        local made = {}
        for i = 1, 20 do made[i] = assert(socket.new_inet_dgram()) end
        for i = 1, 20 do assert(made[i]:pending() == 0) end"""
    )


def test_bytes_in_hand_of_a_socket_that_a_finalizer_closes(lua_net: LuaFront) -> None:
    """They are the caller's already, also where the finalizer needs their memory."""
    assert lua_net.run("""
        local socket = require 'net.socket'
        local c, d = table.unpack(assert(socket.pair_stream()))
        local text = ('x'):rep(50000)
        local inside, lost, tries = 0, 0, 0
        while inside < 3 and tries < 20000 do
          tries = tries + 1
          local a, b = table.unpack(assert(socket.pair_stream()))
          local closed = false
          setmetatable({}, {__gc = function()
            if b:fd() < 0 or b:sendqueue() > 0 then return end
            closed = true
            a:close()
            assert(d:send 'x')
            assert(c:recv(1) == 'x')
          end})
          assert(b:send(text) == #text)
          local bytes = a:recv(#text)
          if closed then inside = inside + 1 end
          if bytes ~= text then lost = lost + 1 end
          a:close()
          b:close()
        end
        c:close()
        d:close()
        return inside, lost
        """) == [3, 0]

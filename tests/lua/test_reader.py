"""Readers in Lua: as iterators, beside other coroutines, and when one ends in a wait."""

from __future__ import annotations

from support.fronts.lua_front import LuaFront

BEGIN = """
local socket = require "net.socket"
local poller = require "net.socket.poller"
local a, b = table.unpack(assert(socket.pair_stream()))
local rd = assert(b:reader())
local function wait() return coroutine.yield() end
poller.use { wait_readable = wait, wait_writable = wait }
local results
local function start(method, ...)
  local co = coroutine.create(function(...) results = table.pack(rd[method](rd, ...)) end)
  results = nil
  assert(coroutine.resume(co, ...))
  assert(not results, "it does not wait")
  return co
end
"""


def test_lines_of_one_deadline(lua_net: LuaFront) -> None:
    """The iterator keeps the deadline, which is one for all lines."""
    lua_net.run(
        BEGIN
        + """
        poller.use(nil)
        local deadline = socket.deadline(0.1)
        local lines = rd:lines(deadline)
        deadline = nil
        collectgarbage()
        a:send "one\\ntwo\\n"
        assert(lines() == "one" and lines() == "two")
        local ok, err = pcall(lines)
        assert(not ok and err.name == "ETIMEDOUT", err)
        a:send "three\\n"
        b:recvable(30)
        assert(lines() == "three")
        ok, err = pcall(rd.lines, rd, b)
        assert(not ok and err:find "number or net.socket.deadline expected", err)
        """
    )


def test_iterator(lua_net: LuaFront) -> None:
    """A failure is raised, as io.lines does, and takes nothing."""
    lua_net.run(
        BEGIN
        + """
        a:send "one\\ntwo\\r\\nunfinished"
        a:close()
        local got = {}
        local ok, err = pcall(function()
          for line in rd:lines(5) do got[#got + 1] = line end
        end)
        assert(table.concat(got, ",") == "one,two")
        assert(not ok and err.name == "EPROTO", err)
        assert(b:pending() == 10 and rd:readline() == "unfinished")
        for line in rd:lines() do error(line) end"""
    )


def test_others_are_refused(lua_net: LuaFront) -> None:
    lua_net.run(
        BEGIN
        + """
        local co = start("line", 20)
        a:send "half"
        assert(coroutine.resume(co, true))
        for name, call in pairs {
          recv = function() return b:recv() end,
          line = function() return rd:line() end,
          other = function() return b:reader():read(1) end,
          recvall = function() return b:recvall(1) end,
          unwrap = function() return b:unwrap() end } do
          local value, err = call()
          assert(not value and err.name == "EBUSY", name)
        end
        assert(b:pending() == 0)
        a:send " line\\nnext\\n"
        assert(coroutine.resume(co, true))
        assert(results[1] == "half line" and rd:line() == "next")"""
    )


def test_wait_before_a_receive_that_would_find_nothing(lua_net: LuaFront) -> None:
    """A receive that left room has taken all: the next read waits without one. It looks
    where it may not wait, where there is no poller, and while bytes are pending."""
    lua_net.run(
        BEGIN
        + """
        a:send "one\\ntwo\\n"
        assert(coroutine.wrap(function() return rd:line(20) end)() == "one")
        assert(coroutine.wrap(function() return rd:line(20) end)() == "two")
        a:send "three\\n"
        local co = start("line", 20)
        assert(coroutine.resume(co, true))
        assert(results[1] == "three")
        a:send "four\\n"
        assert(coroutine.wrap(function() return rd:line(0) end)() == "four")
        a:send "five\\n"
        assert(rd:line(20) == "five")
        a:send(("x"):rep(16384))
        co = start("read", 16384, 20)
        assert(coroutine.resume(co, true))
        assert(#results[1] == 16384)
        a:send "full\\n"
        assert(coroutine.wrap(function() return rd:line(20) end)() == "full")"""
    )


def test_coroutine_that_ends_in_the_wait(lua_net: LuaFront) -> None:
    """Closed, dropped, or the poller raised or gave up: the bytes are pending."""
    lua_net.run(
        BEGIN
        + """
        a:send "half"
        coroutine.close(start("line", 20))
        assert(b:pending() == 4)
        start("readexactly", 10, 20)
        collectgarbage()
        collectgarbage()
        assert(b:pending() == 4)
        local co = start("readuntil", "--", 20)
        assert(coroutine.resume(co, nil, "the poller failed"))
        assert(results[1] == nil and results[4] == 4)
        poller.use { wait_readable = function() error "out" end, wait_writable = wait }
        assert(coroutine.wrap(function() return not pcall(rd.line, rd, 20) end)())
        assert(b:pending() == 4 and b:recv(10) == "half")"""
    )


def test_closed_meanwhile(lua_net: LuaFront) -> None:
    lua_net.run(
        BEGIN
        + """
        local co = start("line", 20)
        b:close()
        assert(coroutine.resume(co, true))
        assert(results[1] == nil and results[2].name == "EBADF")"""
    )


def test_string_whose_making_receives(lua_net: LuaFront) -> None:
    """A finalizer that runs while a line is being copied takes from the same socket:
    each byte is given once."""
    lua_net.run(
        BEGIN
        + """
        local count, got = 20000, {}
        local function again()
          setmetatable({}, { __gc = function()
            local line = rd:line(0)
            if line then got[#got + 1] = line end
            if #got < count then again() end
          end })
        end
        local text = {}
        for i = 1, count do text[i] = ("%080d"):format(i) end
        collectgarbage "generational"
        again()
        for first = 1, count, 500 do
          assert(a:sendall(table.concat(text, "\\n", first, first + 499) .. "\\n", 5))
          while #got < first + 499 do
            local line = rd:line(0)
            if line then got[#got + 1] = line end
          end
        end
        table.sort(got)
        for i = 1, count do assert(got[i] == text[i], i) end"""
    )

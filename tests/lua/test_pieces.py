"""sendall of pieces and sendfileall in Lua: what may change while they wait."""

from __future__ import annotations

from pathlib import Path

from support.fronts.lua_front import LuaFront

# A poller that yields, and a peer that has to be read before the send goes on.
BEGIN = """
local socket = require "net.socket"
local poller = require "net.socket.poller"
local function wait()
  coroutine.yield()
  return true
end
poller.use { wait_readable = wait, wait_writable = wait }
local a, b = table.unpack(socket.pair_stream())
local MUCH <const> = 1500000
local results
local function start(method, ...)
  local co = coroutine.create(function(...) results = table.pack(a[method](a, ...)) end)
  results = nil
  assert(coroutine.resume(co, ...))
  assert(not results, "it does not wait")
  return co
end
local function finish(co)
  local got = {}
  while not results do
    got[#got + 1] = b:recv(65536)
    assert(coroutine.resume(co))
  end
  local piece = b:recv(65536)
  while piece do
    got[#got + 1], piece = piece, b:recv(65536)
  end
  return table.concat(got)
end
"""


def test_sequence_that_changes(lua_net: LuaFront) -> None:
    """The strings that were there at the beginning, also when nothing else has them."""
    lua_net.run(
        BEGIN
        + """
        local pieces = { ("a"):rep(MUCH), ("b"):rep(MUCH) }
        local co = start("sendall", pieces, 20)
        for i = 1, 2 do pieces[i] = "c" end
        collectgarbage()
        assert(finish(co) == ("a"):rep(MUCH) .. ("b"):rep(MUCH))
        assert(results[1] == 2 * MUCH)"""
    )


def test_iovec_that_may_not_change(lua_net: LuaFront) -> None:
    lua_net.run(
        BEGIN
        + """
        local iov = socket.iovec.new()
        iov:add(("a"):rep(MUCH))
        local co = start("sendall", iov, 20)
        for name, results in pairs {
          set = table.pack(iov:set("x", 1)), del = table.pack(iov:del(1)),
          consume = table.pack(iov:consume(1)) } do
          assert(not results[1] and results[2].name == "EBUSY", name)
          assert(results[2].op == name)
        end
        do local closed <close> = iov end
        assert(iov:bytes() == MUCH)
        iov:add("more")
        assert(finish(co) == ("a"):rep(MUCH))
        assert(results[1] == MUCH)
        assert(iov:consume(MUCH) == 4 and iov:del(1) == "more")"""
    )


def test_dropped_send(lua_net: LuaFront) -> None:
    """A coroutine that is closed, or dropped, lets go of the iovec."""
    lua_net.run(
        BEGIN
        + """
        local iov = socket.iovec.new()
        iov:add(("a"):rep(MUCH))
        coroutine.close(start("sendall", iov, 20))
        assert(iov:consume(1))
        start("sendall", iov, 20)
        collectgarbage()
        collectgarbage()
        assert(iov:consume(1))"""
    )


def test_no_strings(lua_net: LuaFront) -> None:
    lua_net.run(
        BEGIN
        + """
        for _, pieces in ipairs { { "x", 5 }, { "x", {} }, { true, "x" } } do
          local ok, words = pcall(a.sendall, a, pieces)
          assert(not ok and words:match "string expected, got %a+, for msg%.%d", words)
        end
        assert(select("#", b:recv()) == 3)"""
    )


def test_file_that_is_closed(lua_net: LuaFront, tmp_path: Path) -> None:
    """Its number may be another file's by then; the call has one of its own."""
    path = tmp_path / "file"
    path.write_bytes(b"f" * 1_500_000)
    lua_net.run(
        BEGIN
        + """
        local file = assert(io.open(..., "rb"))
        local co = start("sendfileall", file, nil, nil, 20)
        file:close()
        assert(finish(co) == ("f"):rep(MUCH))
        assert(results[1] == MUCH)""",
        str(path),
    )


def test_sendfileall_beside_another(lua_net: LuaFront, tmp_path: Path) -> None:
    """EBUSY, and the one that waits goes on."""
    path = tmp_path / "file"
    path.write_bytes(b"file")
    lua_net.run(
        BEGIN
        + """
        local file = assert(io.open(..., "rb"))
        local co = start("sendall", ("a"):rep(MUCH), 20)
        local none, err = a:sendfileall(file)
        assert(none == nil and err.name == "EBUSY", err)
        assert(finish(co) == ("a"):rep(MUCH))""",
        str(path),
    )

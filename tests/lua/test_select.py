"""select: what Lua's lists may hold, and calls that are never resumed."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.fronts.lua_front import LuaFront
from support.processes.children import output_of, run_lua


def test_file_of_io(lua_net: LuaFront) -> None:
    """Waiting for a program's output and a socket at once."""
    assert lua_net.run("""
        local socket = require 'net.socket'
        local a, b = table.unpack(assert(socket.pair_stream()))
        local file <close> = assert(io.tmpfile())
        local output <close> = assert(io.popen('echo done', 'r'))
        local readers, writers = {}, {}
        while #readers == 0 do
          readers, writers = assert(socket.select({b, output}, {file}, 20))
        end
        local line = output:read()
        a:send('x')
        local after = assert(socket.select({b}, nil, 20))
        local right = #readers == 1 and readers[1] == output and writers[1] == file
        a:close() b:close()
        return right, line, after[1] == b
    """) == [True, b"done", True]


def test_file_that_is_closed(lua_net: LuaFront, folder: Path) -> None:
    (folder / "file").write_bytes(b"x")
    assert lua_net.run(
        """
        local socket = require 'net.socket'
        local file = assert(io.open((...)))
        local readers = assert(socket.select({file}, nil, 20))
        file:close()
        local none, err = socket.select({file}, nil, 20)
        return readers[1] == file, none == nil, err.name
        """,
        str(folder / "file"),
    ) == [True, True, b"EBADF"]


ABANDONED = """
local socket = require 'net.socket'
socket.poller.use {wait_readable = coroutine.yield, wait_writable = coroutine.yield}
local pair = assert(socket.pair_stream())
local many = {}
for i = 1, 10000 do many[i] = pair[1] end
do
  local co = coroutine.create(function() socket.select(many, nil, 100) end)
  assert(coroutine.resume(co))
end
do
  local later <const> = socket.new_inet_dgram() -- its finalizer runs first
  assert(later)
end
"""


@pytest.mark.parametrize(
    "end", ["collectgarbage() collectgarbage()", "os.exit(true, true)"]
)
def test_abandoned(end: str) -> None:
    """The memory that closing looks at is there until the operation has ended."""
    program = ABANDONED + f"io.write('here ')\n{end}\n"
    assert output_of(run_lua(program)).startswith("here")


def test_nothing_is_left(lua_net: LuaFront) -> None:
    """What a poller waits for in the place of several sockets goes with the call."""
    before = lua_net.descriptors()
    assert lua_net.run("""
        local socket = require 'net.socket'
        local a, b = table.unpack(assert(socket.pair_stream()))
        local c, d = table.unpack(assert(socket.pair_stream()))
        local waited
        local function wait(fd)
          waited = fd
          assert(b:send 'x')
          return true
        end
        socket.poller.use {wait_readable = wait, wait_writable = wait}
        local readers = coroutine.wrap(function()
          return assert(socket.select({a, c}, nil, 20))
        end)()
        socket.poller.use(nil)
        local own = waited and waited ~= a:fd() and waited ~= c:fd()
        a:close() b:close() c:close() d:close()
        return own, readers[1] == a
    """) == [True, True]
    assert lua_net.descriptors() == before

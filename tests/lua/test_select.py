"""select: what Lua's lists may hold, and calls that nobody comes back to."""

from __future__ import annotations

from pathlib import Path

import pytest

from children import output_of, run_lua
from fronts.lua_front import LuaFront


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

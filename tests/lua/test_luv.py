"""What the poller of luv keeps: handles that are stopped, and no more than it needs."""

from __future__ import annotations

import subprocess

import pytest

from lua.schedule import environment, missing
from support.fronts.agent_process import lua_command
from support.machine_lag import PATIENCE

PRELUDE = """
local uv = require 'luv'
local socket = require 'net.socket'
require 'net.socket.poller.luv'

local function spawn(call) coroutine.wrap(call)() end

local function handles()
  local active, all = 0, 0
  uv.walk(function(handle)
    all = all + 1
    if handle:is_active() then active = active + 1 end
  end)
  return active, all
end

-- A deadline that passes, then a line that comes.
local function exchange()
  local a, b = table.unpack(assert(socket.pair_stream()))
  local line
  spawn(function()
    local _, _, timeout = b:recvline(nil, 0.01)
    assert(timeout)
    spawn(function() assert(a:sendall('x\\n', 5)) end)
    line = b:recvline(nil, 5)
  end)
  uv.run()
  assert(line == 'x\\n')
  a:close()
  b:close()
end
"""


def luv(program: str) -> None:
    if missing("luv"):
        pytest.skip("luv is not installed")
    done = subprocess.run(
        [lua_command(), "-"],
        input=PRELUDE + program,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_handles_are_used_again() -> None:
    """None is active when no call waits, and more exchanges make no more of them."""
    luv(
        """
        exchange()
        local active, before = handles()
        assert(active == 0, active)
        for _ = 1, 50 do exchange() end
        local _, after = handles()
        assert(after == before, after)
        """
    )


def test_handles_that_somebody_has_closed() -> None:
    """A program that closes whatever there is may go on and wait again."""
    luv(
        """
        for _ = 1, 3 do
          exchange()
          uv.walk(function(handle) handle:close() end)
          uv.run()
          collectgarbage()
        end
        assert(uv.loop_close() == 0)
        """
    )


def test_descriptor_of_another_handle() -> None:
    """The number of a socket that was waited for may be a luv handle's next."""
    luv(
        """
        exchange()
        local pipe = assert(uv.new_pipe(false))
        local a, b = table.unpack(assert(socket.pair_stream()))
        assert(pipe:open(b:unwrap()))
        local got
        pipe:read_start(function(err, data)
          assert(not err, err)
          got = data
          pipe:close()
        end)
        spawn(function() assert(a:sendall('to luv', 5)) end)
        uv.run()
        assert(got == 'to luv')
        exchange()
        """
    )

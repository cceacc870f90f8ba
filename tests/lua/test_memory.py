"""What Lua calls leave in memory: nothing, and how much a socket takes.

NSK_STEADY is how many calls are counted; a million takes some seconds.
"""

from __future__ import annotations

import os

import pytest

import measured

pytestmark = pytest.mark.skipif(
    "NSK_SANITIZED" in os.environ, reason="a sanitizer has memory of its own"
)
CALLS = os.environ.get("NSK_STEADY", "20000")

PRELUDE = """
local socket = require 'net.socket'
local what, calls = ...
calls = tonumber(calls) or calls
local function resident()
  local file = assert(io.open '/proc/self/statm')
  local pages = file:read 'a':match '%d+ (%d+)'
  file:close()
  return pages * 4096
end
local function bytes()
  return collectgarbage 'count' * 1024
end
"""

GROWTH = (
    PRELUDE
    + """
local a, b = table.unpack(assert(socket.pair_stream()))
local listener = assert(socket.bind_inet_stream('127.0.0.1', 0))
assert(listener:listen())
local into, iov = socket.msghdr.new(), socket.iovec.new()
iov:addn(64)
into:iov(iov)
into:control(socket.cmsghdrs.new())
local run = ({
  accept = function() return listener:accept() end,
  recv = function() return b:recv() end,
  recvfrom = function() return b:recvfrom() end,
  recvfd = function() return b:recvfd() end,
  recvmsg = function() return b:recvmsg(into) end,
  readv = function() return b:readv(iov) end,
  send = function() return a:send '' end,
})[what]
local function loop(n)
  for _ = 1, n do
    run()
  end
end
assert(what == 'send' or select(3, run()) == true)
loop(2000)
collectgarbage()
collectgarbage 'stop'
loop(10) -- a full collection gives back what calling functions needs
local memory = resident()
local before = bytes()
loop(calls)
local after = bytes()
print(after - before, resident() - memory)
"""
)


@pytest.mark.parametrize(
    "call", ["accept", "recv", "recvfrom", "recvfd", "recvmsg", "readv", "send"]
)
def test_h047_nothing_there(call: str) -> None:
    """An again makes no garbage at all: with the collector stopped nothing grows."""
    garbage, resident = measured.lua(GROWTH, call, CALLS)
    assert garbage == 0
    assert resident <= 16 * 1024


STEADY = (
    PRELUDE
    + """
local a, b = table.unpack(assert(socket[what]()))
local function message(control)
  local made, iov = socket.msghdr.new(), socket.iovec.new()
  iov:addn(64)
  made:iov(iov)
  if control then
    made:control(socket.cmsghdrs.new())
  end
  return made
end
local out, into = message(false), message(calls == 'control')
b:passcred(calls == 'control')
local function loop(n)
  for _ = 1, n do
    assert(a:sendmsg(out) == 64)
    assert(b:recvmsg(into) == 64)
  end
end
loop(100)
collectgarbage()
collectgarbage 'stop'
loop(10) -- a full collection gives back what calling functions needs
local memory = resident()
local before = bytes()
loop(5000)
local after = bytes()
print(after - before, resident() - memory)
"""
)


@pytest.mark.parametrize("control", ["plain", "control"])
@pytest.mark.parametrize("pair", ["pair_stream", "pair_dgram"])
def test_reused_message_allocates_nothing(pair: str, control: str) -> None:
    garbage, resident = measured.lua(STEADY, pair, control)
    assert garbage == 0
    assert resident <= 16 * 1024


IDLE = (
    PRELUDE
    + """
local kept = table.pack(table.unpack({}, 1, 200))
for i = 1, 20000 do
  kept[i] = false -- the table has its room before anything is measured
end
local n = 0
local function make(count)
  for _ = 1, count do
    local pair = assert(socket.pair_stream())
    for _, one in ipairs(pair) do
      n = n + 1
      kept[n] = what == 'raw' and one:unwrap() or one
    end
  end
  collectgarbage()
end
make(100)
local before, memory = bytes(), resident()
make(9000)
print((bytes() - before) / 18000, (resident() - memory) / 18000)
"""
)


def test_idle_socket() -> None:
    """9,000 pairs: a socket object takes at most 96 bytes more than its bare number."""
    raw = measured.lua(IDLE, "raw")
    made = measured.lua(IDLE, "socket")
    assert made[1] - raw[1] <= 96, (
        f"{made} B an object, {raw} B a number (Lua's count, RSS)"
    )

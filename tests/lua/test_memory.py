"""What Lua calls leave in memory: nothing, and how much a socket takes.

`./dev bench memory` does the same with a million calls, and prints what it finds.
"""

from __future__ import annotations

import os

import pytest

from support.processes import measured

pytestmark = [
    pytest.mark.measures,
    pytest.mark.skipif(
        "NSK_SANITIZED" in os.environ, reason="a sanitizer has memory of its own"
    ),
]
CALLS = os.environ.get("NSK_STEADY", "20000")


@pytest.mark.parametrize(
    "call", ["accept", "recv", "recvfrom", "recvfd", "recvmsg", "readv", "send"]
)
def test_h047_nothing_there(call: str) -> None:
    """An again makes no garbage at all: with the collector stopped nothing grows."""
    garbage, resident = measured.script("growth.lua", call, CALLS)
    assert garbage == 0
    assert resident <= 16 * 1024


def test_many_datagrams() -> None:
    """64 a call, over a million in `check`, into tables that are used again."""
    garbage, resident = measured.script("growth.lua", "recvmany", str(int(CALLS) // 10))
    assert garbage <= 16 * 1024  # strings of messages that came in two parts
    assert resident <= 64 * 1024


STEADY = """
local socket = require 'net.socket'
local pair, control = ...
local function resident() -- as bench/scripts/growth.lua looks
  local file = assert(io.open '/proc/self/smaps_rollup')
  local kilobytes = file:read 'a':match 'Anonymous: +(%d+)'
  file:close()
  return kilobytes * 1024
end
local a, b = table.unpack(assert(socket[pair]()))
local function message(control)
  local made, iov = socket.msghdr.new(), socket.iovec.new()
  iov:addn(64)
  made:iov(iov)
  if control then
    made:control(socket.cmsghdrs.new())
  end
  return made
end
local out, into = message(false), message(control == 'control')
b:passcred(control == 'control')
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
local before = collectgarbage 'count'
loop(5000)
local after = collectgarbage 'count'
print((after - before) * 1024, resident() - memory)
"""


@pytest.mark.parametrize("control", ["plain", "control"])
@pytest.mark.parametrize("pair", ["pair_stream", "pair_dgram"])
def test_reused_message_allocates_nothing(pair: str, control: str) -> None:
    garbage, resident = measured.lua(STEADY, pair, control)
    assert garbage == 0
    assert resident <= 16 * 1024


def test_idle_socket() -> None:
    """9,000 pairs: a socket object takes at most 96 bytes more than its bare number."""
    (raw,) = measured.script("idle.lua", "raw")
    (made,) = measured.script("idle.lua", "socket")
    assert made - raw <= 96, f"{made} B an object, {raw} B a number"

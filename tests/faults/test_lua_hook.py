"""A hook that raises where a call looks for one between two parts of its work."""

from __future__ import annotations

import pytest

from .lua_child import LuaChild
from .plan import ALWAYS, Rule
from .setup import Setup

pytestmark = pytest.mark.parametrize("fault_net", ["lua"], indirect=True)

SLICE = 1 << 20  # what one step of a transfer moves at most

# It raises in the function without a name that the library calls for its sake.
RUN = """
local length, call = ...
local socket = require 'net.socket'
local a, b = table.unpack(assert(socket.pair_stream()))
local bytes, file = ('x'):rep(length), assert(io.tmpfile())
assert(file:write(bytes) and file:flush())
local make = load('local a, bytes, file = ... return ' .. call)
debug.sethook(function()
  local called = debug.getinfo(2, 'Sn')
  if called.what ~= 'C' or called.name then return end
  debug.sethook()
  error('raised by the hook', 0)
end, 'c')
local ok, words = pcall(function() make(a, bytes, file) end)
a:close() b:close() file:close()
return ok, words
"""


@pytest.mark.parametrize(
    ("call", "system"),
    [
        ("a:sendall(bytes)", "send"),
        ("a:sendall{bytes}", "sendmsg"),
        ("a:sendfileall(file)", "sendfile"),
    ],
)
def test_it_ends_the_call(setup: Setup, call: str, system: str) -> None:
    """The kernel takes as much as a step gives it, so the call never waits."""
    front = setup.front
    assert isinstance(front, LuaChild)
    with setup.net.plan.armed(Rule(system, value=SLICE, times=ALWAYS)) as seen:
        ok, words = front.run(RUN, 9 * SLICE, call)
    assert (ok, words) == (False, b"raised by the hook")
    assert 0 < seen.hits[0] < 9

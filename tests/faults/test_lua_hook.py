"""A hook that raises where a call looks for one between two parts of its work."""

from __future__ import annotations

import signal

import pytest

from .lua_child import LuaChild
from .plan import ALWAYS, SIGNAL, Rule
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
        ("a:sendfile(file, #bytes)", "sendfile"),
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


# The call is made by pcall itself, so that no other call meets the hook.
WAIT = """
local owner, method = ...
local socket = require 'net.socket'
local a, b = table.unpack(assert(socket.pair_stream()))
local own = owner == 'reader' and assert(a:reader()) or a
fault.hook_by_sigint(true)
local ok, words = pcall(own[method], own, select(3, ...))
fault.hook_by_sigint(false)
a:close() b:close()
return ok, words
"""
LONG = 1000  # more than a test may take


@pytest.mark.parametrize(
    ("call", "wait"),
    [
        (("socket", "recvable", LONG), 1),  # a look, which takes no time
        (("socket", "recvable", LONG), 2),  # the short one
        (("socket", "recvable", LONG), 3),  # the long one
        (("socket", "recvall", 5, LONG), 1),
        (("socket", "recvall", 5, LONG), 2),
        (("reader", "line", LONG), 1),  # the reader's own, a short one too
        (("reader", "line", LONG), 2),
        (("reader", "line", LONG), 3),
    ],
)
def test_h038_a_signal_right_before_a_wait(
    setup: Setup, call: tuple[object, ...], wait: int
) -> None:
    """The call has asked for a hook already. A look that takes no time and the short wait
    miss the signal, and the call asks once more before the next wait. That is long, and
    lets the signal in by itself."""
    front = setup.front
    assert isinstance(front, LuaChild)
    rule = Rule("ppoll", signal.SIGINT, skip=wait - 1, kind=SIGNAL)
    with setup.net.plan.armed(rule) as seen:
        ok, words = front.run(WAIT, *call)
    assert (ok, words) == (False, b"interrupted")
    assert seen.trace.count("ppoll") == wait

"""Connecting inside a coroutine, through a poller, while memory runs out.

Here the operation lives on the heap and in a slot that is closed when the coroutine is
unwound. A socket that is connected already goes with its owner, at a collection: Lua
may lack the memory to close the slot when the function returns.
"""

from __future__ import annotations

import errno as e

import pytest

from support.net.peers import wait_until

from .counts import BOTH, MEMORY
from .lua_child import LuaChild
from .plan import ALWAYS, Rule
from .setup import Setup

pytestmark = pytest.mark.parametrize("fault_net", ["lua"], indirect=True)

# The scheduler has one coroutine, and resumes it at once whatever it waits for: an early
# step does no harm. coroutine.wrap closes a coroutine that has failed.
CONNECT = """
local first, count, host, port = ...
local socket = require 'net.socket'
local wait = coroutine.yield
socket.poller.use {wait_readable = wait, wait_writable = wait}
local function main()
  local over, sock, err = false, nil, nil
  local resume = coroutine.wrap(function()
    sock, err = socket.connect_inet_stream(host, port, 5)
    over = true
  end)
  repeat resume(true) until over
  return sock, err
end
local ok, _, refused, sock, err = fault.call(first, count, main)
socket.poller.use(nil)
if not ok then return false, refused, sock end
if sock then assert(sock:close()) end
return sock ~= nil, refused, err and err.name
"""
LOOKUP = """
local first, count, names = ...
local socket = require 'net.socket'
local wait = coroutine.yield
local home = assert(socket.addrinfo.inet('127.0.0.1', 80))
socket.poller.use {wait_readable = wait, wait_writable = wait}
local function main()
  local over, found, err = false, nil, nil
  local resume = coroutine.wrap(function()
    if names then
      found, err = home:getnameinfo()
    else
      found, err = socket.addrinfo.getaddrinfo('localhost', 80)
    end
    over = true
  end)
  repeat resume(true) until over
  return found, err
end
local ok, _, refused, found, err = fault.call(first, count, main)
socket.poller.use(nil)
if not ok then return false, refused, found end
return found ~= nil, refused, err and err.name
"""
FAR = 400


def connect(setup: Setup, host: str, first: int, count: int) -> tuple[bool, int, object]:
    front = setup.front
    assert isinstance(front, LuaChild)
    blocks = setup.net.plan.blocks
    connected, refused, words = front.run(CONNECT, first, count, host, setup.port())
    if not connected:
        setup.net.window.collect()
    assert not setup.net.plan.owned(), "a descriptor is still open"
    # The worker frees its request when it sees that no call waits.
    wait_until(lambda: setup.net.plan.blocks <= blocks, "the request is freed")
    assert setup.net.plan.lists == 0
    return connected, refused, words


@pytest.mark.parametrize("count", [1, 2, 1 << 40])
@pytest.mark.parametrize("names", [False, True])
def test_h001_every_allocation_of_a_lookup_fails(
    setup: Setup, names: bool, count: int
) -> None:
    front = setup.front
    assert isinstance(front, LuaChild)
    plan = setup.net.plan
    blocks = plan.blocks
    for first in range(FAR):
        found, refused, words = front.run(LOOKUP, first, count, names)
        if not found:
            setup.net.window.collect()
        assert not plan.owned(), "a descriptor is still open"
        wait_until(lambda: plan.blocks <= blocks, "the request is freed")
        assert plan.lists == 0
        if refused == 0:
            break
        assert found or words == b"not enough memory", words
        setup.net.counts.add(MEMORY, "lua")
    else:
        pytest.fail(f"more than {FAR} allocations")
    assert found
    assert first > 5, "nothing was allocated: the poller was not used"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("count", [1, 2, 1 << 40])
def test_h001_every_allocation_fails(setup: Setup, host: str, count: int) -> None:
    assert connect(setup, host, 0, 0)[0]
    for first in range(FAR):
        connected, refused, words = connect(setup, host, first, count)
        if refused == 0:
            break
        assert connected or words == b"not enough memory", words
        setup.net.counts.add(MEMORY, "lua")
    else:
        pytest.fail(f"more than {FAR} allocations")
    assert first > 5, "nothing was allocated: the poller was not used"


@pytest.mark.parametrize(
    "rule",
    [
        Rule("socket", e.EMFILE, times=ALWAYS),
        Rule("connect", e.ECONNREFUSED),
        Rule("eventfd", e.EMFILE, times=ALWAYS),
    ],
    ids=str,
)
def test_h106_no_memory_for_the_error(setup: Setup, rule: Rule) -> None:
    assert connect(setup, "localhost", 0, 0)[0]
    for first in range(FAR):
        with setup.net.plan.armed(rule):
            connected, refused, words = connect(setup, "localhost", first, 1 << 40)
        assert not connected
        if refused == 0:
            break
        assert words == b"not enough memory", words
        setup.net.counts.add(BOTH, "lua")
    assert words == e.errorcode[rule.code].encode()

"""Calls whose coroutine is dropped while they wait: what others get meanwhile, and what a
finalizer does with them."""

from __future__ import annotations

import pytest

from support.processes.children import output_of, run_lua

# A scheduler that forgets who waits. The collector runs where it is said to.
SETUP = """
collectgarbage 'stop'
local socket = require 'net.socket'
local function wait() return coroutine.yield() end
socket.poller.use {wait_readable = wait, wait_writable = wait}
local a, b = table.unpack(assert(socket.pair_stream()))
local listener = assert(socket.bind_inet_stream('127.0.0.1', 0))
assert(listener:listen())
local function begin(call)
  local co = coroutine.create(call)
  assert(coroutine.resume(co))
  assert(coroutine.status(co) == 'suspended')
  return co
end
local function resume(co)
  local ok, err = coroutine.resume(co, true)
  io.write(tostring(ok), ' ', err:match 'the call has ended')
end
"""
WAITING = [
    "b:recvall(5, 5)",
    "b:timeout(5) b:recv(5)",
    "b:reader():line(5)",
    "listener:acceptwait(5)",
    "socket.select({b}, nil, 5)",
    "a:sendall(('x'):rep(1 << 24), 5)",
]


@pytest.mark.parametrize("call", WAITING)
def test_finalizer_resumes_a_call_that_was_collected(call: str) -> None:
    """Of what is collected together the youngest is finalized first: the call, and then
    what was made before it."""
    program = f"""
        {SETUP}
        local old = setmetatable({{}}, {{__gc = function(t) resume(t.co) end}})
        old.co = begin(function() {call} end)
        old = nil
        collectgarbage()
    """
    assert output_of(run_lua(program)) == "false the call has ended"


def test_finalizer_resumes_a_call_when_the_state_has_ended() -> None:
    """It is older than the module, whose own finalizer comes before it."""
    program = f"""
        local co, again
        KEEP = setmetatable({{}}, {{__gc = function() again(co) end}})
        {SETUP}
        again = resume
        co = begin(function() b:recvall(5, 5) end)
    """
    assert output_of(run_lua(program)) == "false the call has ended"


def test_finalizer_keeps_a_coroutine_whose_call_was_collected() -> None:
    """It is resumed when all of it is over."""
    program = f"""
        {SETUP}
        local old = setmetatable({{}}, {{__gc = function(t) KEPT = t.co end}})
        old.co = begin(function() b:recvall(5, 5) end)
        old = nil
        collectgarbage()
        resume(KEPT)
        a:send 'later'
        io.write(' ', b:recv())
    """
    assert output_of(run_lua(program)) == "false the call has ended later"


def test_what_a_collected_call_has_left_serves_no_other() -> None:
    """A finalizer that comes before the call's has it end. The object that it would have
    given is still to be finalized, and so is no other call's connection."""
    program = f"""
        {SETUP}
        local port, kept = listener:getsockname():port(), nil
        local co = begin(function() return listener:acceptwait(60) end)
        setmetatable({{co}}, {{__gc = function(t)
          local _, sock, err = coroutine.resume(t[1], false, nil, true) -- no time is left
          io.write(tostring(sock), ' ', err.name, ' ')
          kept = {{
            assert(socket.connect_inet_stream('127.0.0.1', port, 10)),
            assert(listener:acceptwait(10)),
          }}
        end}})
        co = nil
        collectgarbage()
        kept[1]:send 'alive'
        io.write(kept[2]:recvall(5, 10))
    """
    assert output_of(run_lua(program)) == "nil ETIMEDOUT alive"


# Each says what it got.
RECEIVES = {
    "recv": "b:recv()",
    "recv with a timeout": "b:timeout(10) and b:recv()",
    "recvfrom": "b:recvfrom()",
    "recvall": "b:recvall(2, 10)",
    "read": "b:reader():read(5, 10)",
    "readv": "row:readv(b) == 2 and row:concat(0, 2)",
    "unwrap": "b:unwrap() and 'unwrapped'",
}
DROPPED = {
    "dropped": "wait_readable = wait",
    "failed": "wait_readable = function() error 'the poller has failed' end",
}


@pytest.mark.parametrize("end", DROPPED)
@pytest.mark.parametrize("call", RECEIVES)
def test_call_that_was_dropped_holds_nothing(call: str, end: str) -> None:
    """Before a receive is refused beside another, garbage is collected. A coroutine that
    has failed keeps its calls until then, as Lua has it."""
    program = f"""
        {SETUP}
        local row = socket.iovec.new()
        row:addn(10)
        socket.poller.use {{{DROPPED[end]}, wait_writable = wait}}
        coroutine.resume(coroutine.create(function() b:recvall(5, 10) end))
        a:send 'ab'
        socket.poller.use(nil)
        io.write(assert({RECEIVES[call]}))
    """
    expected = "unwrapped" if call == "unwrap" else "ab"
    assert output_of(run_lua(program)) == expected


@pytest.mark.parametrize("change", ["set('new', 1)", "del(1)", "consume(1)"])
def test_buffers_of_a_call_that_was_dropped_are_free(change: str) -> None:
    program = f"""
        {SETUP}
        local row = socket.iovec.new()
        row:add(('x'):rep(1 << 24))
        begin(function() a:sendall(row, 10) end)
        assert(row:{change})
        io.write(#row:concat() < 1 << 24 and 'changed' or 'as before')
    """
    assert output_of(run_lua(program)) == "changed"

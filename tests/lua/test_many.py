"""recvmany in Lua: tables that are used again."""

from __future__ import annotations

from support.fronts.lua_front import LuaFront

BEGIN = """
local socket = require 'net.socket'
local ours = assert(socket.bind_inet_dgram('127.0.0.1', 0))
local theirs = assert(socket.bind_inet_dgram('127.0.0.1', 0))
local at = ours:getsockname()
ours:timeout(20)
local function batch(messages, ...)
  assert(theirs:sendmany(messages, at) == #messages)
  return ours:recvmany(64, ...)
end
"""
END = "ours:close() theirs:close()"


def test_the_tables_are_the_callers(lua_net: LuaFront) -> None:
    """What they had from a longer batch goes; an object that fits stays."""
    assert lua_net.run(f"""{BEGIN}
        local into, senders = {{}}, {{}}
        local long = ('x'):rep(100)
        local got, none, again, from, cut = batch({{long, 'b', 'c'}}, 1000, into, senders)
        local same = got == into and from == senders and #got == 3 and #from == 3
        local sender = senders[1]
        same = same and senders[2] == sender and sender == theirs:getsockname()
        batch({{long, 'd'}}, 1000, into, senders)
        same = same and rawequal(senders[1], sender) and rawequal(senders[2], sender)
        {END}
        return same, none == nil and again == nil and cut == nil,
               #into, into[2], into[3], #senders
        """) == [True, True, 2, b"d", None, 2]


def test_one_table_of_the_two(lua_net: LuaFront) -> None:
    assert lua_net.run(f"""{BEGIN}
        local into, senders = {{'old', 'old', 'old'}}, {{1, 2, 3}}
        local got, _, _, from = batch({{'a'}}, 1000, into)
        local right = got == into and #into == 1 and #from == 1
        got, _, _, from = batch({{'b'}}, 1000, nil, senders)
        right = right and from == senders and #senders == 1 and got[1] == 'b'
        {END}
        return right
        """) == [True]


def test_nothing_received_leaves_them(lua_net: LuaFront) -> None:
    assert lua_net.run(f"""{BEGIN}
        local into, senders = {{'old'}}, {{'old'}}
        ours:timeout(0)
        local none, err, again = ours:recvmany(64, 1000, into, senders)
        ours:close()
        local closed, why = ours:recvmany(64, 1000, into, senders)
        theirs:close()
        return none == nil and err == nil and again, closed == nil and why.name,
               into[1], senders[1]
        """) == [True, b"EBADF", b"old", b"old"]


def test_senders_without_a_name(lua_net: LuaFront) -> None:
    assert lua_net.run("""
        local socket = require 'net.socket'
        local a, b = table.unpack(assert(socket.pair_dgram()))
        a:sendmany {'one', 'two'}
        local senders = {'old', 'old', 'old'}
        local got = b:recvmany(64, 2, nil, senders)
        a:sendmany {'one', 'two'}
        local _, _, _, from, cut = b:recvmany(64, 2)
        a:close() b:close()
        return got, next(senders), next(from), cut
        """) == [[b"on", b"tw"], None, None, [True, True]]


def test_holes_of_the_last_batch(lua_net: LuaFront) -> None:
    """What is beyond one goes as well, though a table's length may end before it."""
    assert lua_net.run("""
        local socket = require 'net.socket'
        local paths = {os.tmpname(), os.tmpname()}
        for _, path in ipairs(paths) do os.remove(path) end
        local ours = assert(socket.bind_unix_dgram(paths[1]))
        local named = assert(socket.bind_unix_dgram(paths[2]))
        local nameless = assert(socket.connect_unix_dgram(paths[1]))
        local into, senders = {}, {}
        assert(nameless:sendmany {'one', 'two', 'three'} == 3)
        assert(named:sendto('four', ours:getsockname()))
        ours:recvmany(64, 100, into, senders)
        local from = senders[4] == named:getsockname()
        into[2], into[3], into.own = nil, nil, 'stays'
        assert(nameless:send 'five')
        ours:recvmany(64, 100, nil, senders)
        assert(nameless:send 'six')
        ours:recvmany(64, 100, into, senders)
        ours:close() named:close() nameless:close()
        return from, next(senders), into[1], into[4], into.own
        """) == [True, None, b"six", None, b"stays"]


def test_no_garbage(lua_net: LuaFront) -> None:
    """Messages that repeat, whether they came joined or not: less than two
    bytes a batch, since Lua itself may take some once."""
    assert lua_net.run(f"""{BEGIN}
        local into, senders, messages = {{}}, {{}}, {{}}
        for i = 1, 40 do messages[i] = ('%060d'):format(i % 7) end
        for i = 41, 60 do messages[i] = ('%020d'):format(i) end
        local function received()
          assert(theirs:sendmany(messages, at) == 60)
          local count = 0
          repeat count = count + #ours:recvmany(64, 2000, into, senders) until count == 60
          return #into == 60
        end
        local garbage = {{}}
        for joins = 0, 1 do
          ours:udpgro(joins == 1)
          repeat until received() and received()
          collectgarbage() collectgarbage 'stop'
          local before, whole = collectgarbage 'count', 0
          for _ = 1, 50 do whole = whole + (received() and 1 or 0) end
          local after = collectgarbage 'count'
          collectgarbage 'restart'
          -- A batch that came in two parts has made strings of what was in another place.
          garbage[#garbage + 1] = whole == 50 and (after - before) * 1024 // 100 or 0
        end
        {END}
        return garbage
        """) == [[0.0, 0.0]]

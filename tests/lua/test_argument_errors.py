"""Argument errors of Lua: the caller's line, the parameter, self not counted."""

from __future__ import annotations

import pytest

from support.fronts.lua_front import LuaFront

CASES = [
    (
        "socket.bind_inet_stream('127.0.0.1', 0, 5)",
        "bad argument #3 to 'bind_inet_stream' "
        "(boolean expected, got number, for reuseaddr)",
    ),
    (
        "socket.wrap()",
        "bad argument #1 to 'wrap' (integer expected, got no value, for fd)",
    ),
    (
        "socket.wrap('5')",
        "bad argument #1 to 'wrap' (integer expected, got string, for fd)",
    ),
    (
        "s:recv('10')",
        "bad argument #1 to 'recv' (integer expected, got string, for bufsize)",
    ),
    (
        "s:recv(10, true)",
        "bad argument #2 to 'recv' (integer expected, got boolean, for flags)",
    ),
    ("s:send()", "bad argument #1 to 'send' (string expected, got no value, for msg)"),
    ("s:send(5)", "bad argument #1 to 'send' (string expected, got number, for msg)"),
    ("s:sendto('x', s)", "(net.socket.addrinfo expected, got net.socket, for ai)"),
    (
        "s:recvable({})",
        "(number or net.socket.deadline expected, got table, for sec)",
    ),
    (
        "socket.new_inet_stream({['no such'] = true})",
        "bad argument #1 to 'new_inet_stream' (unknown option 'no such')",
    ),
    (
        "socket.new(socket.AF_INET, socket.SOCK_STREAM, 0, {keepalive = 1})",
        "bad argument #4 to 'new' (boolean expected, got number, for options.keepalive)",
    ),
    (
        "socket.bind_inet_stream('127.0.0.1', 0, {reuseport = 1})",
        "bad argument #3 to 'bind_inet_stream' "
        "(boolean expected, got number, for reuseport)",
    ),
    (
        "socket.bind_inet_stream('127.0.0.1', 0, nil, nil, {reuseaddr = 1})",
        "bad argument #5 to 'bind_inet_stream' "
        "(boolean expected, got number, for reuseaddr)",
    ),
    (
        "socket.bind_inet_stream('127.0.0.1', 0, 1, {reuseport = 2})",
        "bad argument #3 to 'bind_inet_stream' "
        "(boolean expected, got number, for reuseaddr)",
    ),
    (
        "socket.bind_unix_stream({mode = 'x'})",
        "bad argument #1 to 'bind_unix_stream' (integer expected, got string, for mode)",
    ),
    (
        "socket.bind(socket.addrinfo.inet('127.0.0.1', 0), {tcpnodelay = 1})",
        "bad argument #2 to 'bind' "
        "(boolean expected, got number, for options.tcpnodelay)",
    ),
    (
        "socket.connect_inet_stream('127.0.0.1', 1, {local_addr = 1})",
        "bad argument #3 to 'connect_inet_stream' "
        "(net.socket.addrinfo expected, got number, for options.local_addr)",
    ),
    (
        "socket.connect_stream('127.0.0.1', 1, nil, {attempt_delay = 'x'})",
        "bad argument #4 to 'connect_stream' "
        "(number expected, got string, for options.attempt_delay)",
    ),
    (
        "socket.connect_unix_dgram('x', {no_such = 1})",
        "bad argument #2 to 'connect_unix_dgram' (unknown option 'no_such')",
    ),
    (
        "socket.new_inet_stream{reuseport = false} socket.new_inet_stream(true, 1)",
        "bad argument #2 to 'new_inet_stream' "
        "(boolean expected, got number, for reuseport)",
    ),
    (
        "socket.new_inet_stream(true, true, {['tcpnodelay\\0x'] = true})",
        "bad argument #3 to 'new_inet_stream' (unknown option 'tcpnodelay",
    ),
    (
        "s:nonblock(1)",
        "bad argument #1 to 'nonblock' (boolean expected, got number, for value)",
    ),
]


@pytest.mark.parametrize("call, wanted", CASES)
def test_message(lua_net: LuaFront, call: str, wanted: str) -> None:
    """The whole sentence, with the line where the user wrote the call."""
    code = f"""local socket = require 'net.socket'
        local s = socket.new_unix_stream()
        local ok, message = pcall(function()
          {call}
        end)
        s:close()
        return ok, message
    """
    ok, message = lua_net.run(code, name="user.lua")
    assert ok is False
    text = message.decode()
    assert text.startswith("user.lua:4: "), text
    assert wanted in text


def test_wrong_self(lua_net: LuaFront) -> None:
    """A method without its object says what was missing, by the method's name."""
    ok, message = lua_net.run("""
        local s = require 'net.socket'.new_unix_stream()
        local recv = s.recv
        s:close()
        return pcall(recv, 5)
    """)
    assert ok is False
    assert b"net.socket" in message
    assert b"number" in message


def test_renamed_function_keeps_its_name(lua_net: LuaFront) -> None:
    """The name in the message is the function's, not the variable's."""
    ok, message = lua_net.run("""
        local anything = require 'net.socket'.wrap
        return pcall(function() anything(true) end)
    """)
    assert ok is False
    assert b"to 'wrap'" in message


@pytest.mark.parametrize(
    "value", ["3.5", "0/0", "1/0", "-1/0", "2^63", "-2^70"], ids=lambda value: str(value)
)
def test_h113_numbers_that_are_no_integers(lua_net: LuaFront, value: str) -> None:
    """A number of the right type never raises: nil and EINVAL."""
    results = lua_net.run(f"""
        local socket = require 'net.socket'
        local made, err, more = socket.wrap({value})
        return made, err.type == socket.errno.EINVAL, more
    """)
    assert results == [None, True, None]


def test_h113_integral_float(lua_net: LuaFront) -> None:
    results = lua_net.run("""
        local socket = require 'net.socket'
        local a, b = table.unpack(socket.pair(socket.SOCK_STREAM + 0.0))
        a:send 'abc'
        local got = b:recv(2.0)
        a:close() b:close()
        return got
    """)
    assert results == [b"ab"]


def test_extra_arguments_are_ignored(lua_net: LuaFront) -> None:
    """As everywhere in Lua."""
    assert lua_net.run("""
        local socket = require 'net.socket'
        local s = assert(socket.new_inet_stream(true, false, 'extra', {}))
        return s:close(nil, 'extra')
    """) == [True]


def test_h077_lists_are_read_as_they_are(lua_net: LuaFront) -> None:
    """No metamethod runs that could change a list, or anything else, while it is read."""
    results = lua_net.run("""
        local socket = require 'net.socket'
        local a, b = table.unpack(socket.pair_stream())
        b:close()
        local ran = false
        local function run()
          ran = true
          a:close()
        end
        local list = setmetatable({a}, {__index = run, __len = run})
        local rd = assert(socket.select(list, setmetatable({}, {__len = run}), 5))
        a:close()
        return #rd, ran
    """)
    assert results == [1, False]


def test_h113_many_flags(lua_net: LuaFront) -> None:
    """A hundred thousand arguments are read one by one."""
    results = lua_net.run("""
        local socket = require 'net.socket'
        local a, b = table.unpack(socket.pair_stream())
        a:send 'x'
        local flags = {}
        for i = 1, 100000 do flags[i] = 0 end
        local got = b:recv(10, table.unpack(flags))
        a:close() b:close()
        return got
    """)
    assert results == [b"x"]


def test_the_first_wrong_number_is_blamed(lua_net: LuaFront) -> None:
    """It is a parameter, which is no address."""
    line, addr = lua_net.run("""
        local _, err = require 'net.socket'.new(1.5, 2.5, 3.5)
        return tostring(err), err.addr or 'none'
    """)
    assert line == b"new family: EINVAL (22) not an integer in range"
    assert addr == b"none"

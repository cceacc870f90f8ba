"""Functions before the close in Lua: yields, warnings, values that are no strings."""

from __future__ import annotations

import pytest

from support.fronts.lua_front import LuaFront
from support.fronts.wire import Callback
from support.processes import measured


def test_h100_yield_inside(lua_net: LuaFront) -> None:
    """A yield is an error of that function; the others run and the socket is closed."""
    made, peer = lua_net.pair_stream().all
    record = Callback("record")
    made.addgcfn(record, record, b"last")
    made.addgcfn(record, Callback("yield"))
    assert made.close().value is True
    (error,), last = lua_net.recorded()
    assert b"yield" in error
    assert last == [b"last"]
    assert peer.recv().is_end()


def test_h100_yield_inside_a_coroutine(lua_net: LuaFront) -> None:
    """Also where the closing code itself runs in a coroutine."""
    results = lua_net.run(
        """
        local socket = require 'net.socket'
        local a, b = table.unpack(socket.pair_stream())
        local seen = {}
        a:addgcfn(function(e) seen[#seen + 1] = tostring(e) end, coroutine.yield)
        local co = coroutine.create(function() return a:close() end)
        local alive, closed = coroutine.resume(co)
        return alive, closed, coroutine.status(co), #seen, a:fd()
        """
    )
    assert results == [True, True, b"dead", 1, -1]


@pytest.mark.parametrize(
    "value", ["nil", "{}", "42", "setmetatable({}, {__tostring = error})", "'x\\0y'"]
)
def test_h100_errors_that_are_no_strings(lua_net: LuaFront, value: str) -> None:
    """errfn gets the value itself; without errfn it becomes a warning, safely."""
    results = lua_net.run(
        f"""
        local socket = require 'net.socket'
        local value, got, ran = {value}, 'nothing', 0
        local a, b = table.unpack(socket.pair_stream())
        a:addgcfn(nil, function() ran = ran + 1 end)
        a:addgcfn(function(e) got = e end, function() error(value, 0) end)
        a:addgcfn(nil, function() error(value, 0) end)
        local closed = a:close()
        return closed, rawequal(got, value) or got == value, ran, a:fd()
        """
    )
    assert results == [True, True, 1, -1]


def test_h100_errfn_that_fails(lua_net: LuaFront) -> None:
    """An error of errfn stops nothing either."""
    results = lua_net.run(
        """
        local socket = require 'net.socket'
        local a, b = table.unpack(socket.pair_stream())
        local ran = 0
        a:addgcfn(nil, function() ran = ran + 1 end)
        a:addgcfn(error, error, 'again')
        return a:close(), ran, a:fd()
        """
    )
    assert results == [True, 1, -1]


def test_h100_warning(capfd: pytest.CaptureFixture[str]) -> None:
    """Where there is no errfn the words come as a warning, if warnings are on."""
    numbers = measured.lua(
        """
        warn '@on'
        local socket = require 'net.socket'
        local a, b = table.unpack(socket.pair_stream())
        a:addgcfn(nil, error, 'words of the test')
        a:close()
        print(a:fd())
        """
    )
    assert numbers == [-1]
    assert "words of the test" in capfd.readouterr().err


def test_unwrap_that_a_function_made_impossible(lua_net: LuaFront) -> None:
    """What it left pending stops the unwrap. The socket stays as it is, and can be
    closed."""
    lua_net.run("""
        local socket = require 'net.socket'
        local a, b = table.unpack(assert(socket.pair_stream()))
        assert(a:send 'text')
        b:addgcfn(nil, function() assert(b:reader():peek(1)) end)
        local fd, err = b:unwrap()
        assert(not fd and err.type == socket.errno.EBUSY, tostring(err))
        assert(b:recv(9) == 'text')
        assert(b:addgcfn(nil, function() end))
        assert(b:close() and a:recv() == nil)""")


@pytest.mark.parametrize("how", ["collected", "to-be-closed", "state ends"])
def test_every_end_of_an_object(how: str) -> None:
    """They run when the object is collected, leaves its scope, or the state ends."""
    program = """
    local socket = require 'net.socket'
    local how = ...
    local pair = assert(socket.pair_stream())
    pair[1]:addgcfn(nil, print, 1)
    pair[1]:addgcfn(nil, print, 2)
    if how == 'collected' then
      pair = nil
      collectgarbage()
      print(3)
    elseif how == 'to-be-closed' then
      do local a <close> = pair[1] end
      print(3)
    else
      print(3)
    end
    """
    wanted = [3, 2, 1] if how == "state ends" else [2, 1, 3]
    assert measured.lua(program, how) == wanted

"""socket.warnleaks: a warning for each socket that is collected open."""

from __future__ import annotations

import pytest

from support.fronts.lua_front import LuaFront
from support.processes.children import run_lua

covers = pytest.mark.covers


@covers("LUA_MODULE.warnleaks", "success")
def test_what_was_so_before(lua_net: LuaFront) -> None:
    lua_net.warnleaks(False)  # the agent's state is every test's
    assert lua_net.warnleaks().value is False
    assert lua_net.warnleaks(True).value is True
    assert lua_net.warnleaks(False).value is True
    assert lua_net.warnleaks(False).value is False


def warnings(program: str) -> list[str]:
    """What a program warns of, without the prefix."""
    ended = run_lua("warn '@on' socket = require 'net.socket' " + program)
    assert ended.status == 0, ended
    prefix = "Lua warning: net.socket: collected open: "
    lines = [line for line in ended.errors.splitlines() if line]
    assert all(line.startswith(prefix) for line in lines), lines
    return [line[len(prefix) :] for line in lines]


COLLECT = "\ncollectgarbage() collectgarbage()\n"


def test_the_line_that_made_it() -> None:
    (warned,) = warnings(
        "socket.warnleaks()\n\nlocal s = socket.new_inet_stream()\ns = nil" + COLLECT
    )
    text, _, line = warned.partition(", made at ")
    assert "AF_INET SOCK_STREAM" in text
    assert line.endswith(":3")


@pytest.mark.parametrize(
    "makes",
    [
        "socket.new_unix_dgram()",
        "socket.bind_inet_stream('127.0.0.1', 0)",
        "listener:accept()",
        "socket.connect_inet_stream('127.0.0.1', port)",
        "socket.wrap(socket.new_inet_stream():unwrap())",
        "listener:dup()",
        "require 'net.socket.luasocket'.bind('127.0.0.1', 0)",
        "coroutine.wrap(function() return socket.new_inet_stream() end)()",
    ],
)
def test_every_maker(makes: str) -> None:
    (warned,) = warnings(f"""
        local listener <close> = assert(socket.bind_inet_stream('127.0.0.1', 0))
        assert(listener:listen())
        local port = listener:getsockname():port()
        local first <close> = assert(socket.connect_inet_stream('127.0.0.1', port))
        assert(listener:recvable(60))
        socket.warnleaks()
        local made = {makes}
        assert(made)
        made = nil
        {COLLECT}
    """)
    assert warned.endswith(":8"), warned


def test_a_pair() -> None:
    assert len(warnings("socket.warnleaks() socket.pair_stream()" + COLLECT)) == 2


def test_no_line() -> None:
    """Made before, or by no function of Lua."""
    made = warnings(
        "local s = socket.new_inet_stream() socket.warnleaks() s = nil" + COLLECT
    )
    made += warnings(
        "socket.warnleaks() coroutine.wrap(socket.new_inet_stream)()" + COLLECT
    )
    assert len(made) == 2
    assert not any("made at" in warned for warned in made)


def test_of_none() -> None:
    """Closed in any way, handed over, or off again."""
    assert not warnings(
        """
        socket.warnleaks()
        do local t <close> = socket.new_inet_stream() end
        do local t = socket.new_inet_stream() t:close() end
        local fd
        do local t = socket.new_inet_stream() fd = t:unwrap() end
        socket.close(fd)
        local listener <close> = socket.bind_inet_stream('127.0.0.1', 0)
        listener:listen()
        assert(listener:accept() == nil)
        socket.warnleaks(false)
        socket.new_inet_stream()"""
        + COLLECT
    )


def test_at_the_end_of_the_state() -> None:
    (warned,) = warnings("socket.warnleaks() s = socket.new_inet_stream()")
    assert warned.endswith(":1")

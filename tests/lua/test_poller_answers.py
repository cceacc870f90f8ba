"""What a poller may answer, and what the call makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from lua.tasks import CONNECT, RAISE, Task
from support.fronts.lua_front import LuaFront
from support.net.peers import Peers

pytestmark = pytest.mark.measures

LONG = 30


@pytest.mark.parametrize(
    "call", ["recvall(9, %d)", "recvline(nil, %d)", "reader():line(%d)", "recvable(%d)"]
)
def test_giving_up_long_before_time(lua_net: LuaFront, call: str) -> None:
    """It is told, and not asked again and again until the time is up."""
    body = f"""
        local socket = require 'net.socket'
        local sock, asked = ..., 0
        local function wait() asked = asked + 1 return nil, nil, true end
        socket.poller.use {{wait_readable = wait, wait_writable = wait}}
        local _, err, timeout = sock:{call % LONG}
        return asked, timeout, err and tostring(err)
    """
    a, _ = lua_net.pair_stream().all
    results = Task(lua_net, body, a.ref).results
    assert results is not None
    ok, asked, timeout, words = results
    assert (ok, asked, timeout) == (True, 1, True)
    assert "recvable" in call or b"the poller gave up before the deadline" in words


def test_an_error_of_its_own_is_kept(lua_net: LuaFront) -> None:
    """As data, whatever it is; its words are the error's."""
    body = """
        local socket = require 'net.socket'
        local sock = ...
        local mine = setmetatable({}, {__tostring = function() return 'my own' end})
        local function wait() return nil, mine end
        socket.poller.use {wait_readable = wait, wait_writable = wait}
        local _, err = sock:recvall(9)
        return err.message, rawequal(err.data, mine), err.name
    """
    a, _ = lua_net.pair_stream().all
    assert Task(lua_net, body, a.ref).results == [True, b"my own", True, b"ECANCELED"]


def test_poller_that_raises(lua_net: LuaFront, peers: Peers) -> None:
    """Its error is the caller's, and the descriptor is closed as it passes."""
    before = lua_net.descriptors()
    lua_net.poller.use(RAISE)
    port = peers.black_hole()[1]
    ok, caught, message = lua_net.run(
        """
        local socket = require 'net.socket'
        local co = coroutine.create(function(...)
          return pcall(socket.connect_inet_stream, ...)
        end)
        return coroutine.resume(co, '127.0.0.1', ..., 30)
        """,
        port,
    )
    assert (ok, caught, message) == (True, False, b"raised by the test")
    assert lua_net.descriptors() == before


def test_poller_that_fails(lua_net: LuaFront, peers: Peers) -> None:
    """`nil, err` of the poller is the result of the call."""
    before = lua_net.descriptors()
    task = Task(lua_net, CONNECT, "127.0.0.1", peers.black_hole()[1], 30)
    task.resume(None, "no more room")
    assert task.results is not None
    ok, sock, err = task.results[:3]
    assert (ok, sock) == (True, None)
    assert "no more room" in err.text
    assert lua_net.descriptors() == before


def test_error_of_a_poller_is_not_altered(lua_net: LuaFront, peers: Peers) -> None:
    """Nor is it that of a connect, whose own errors have the attempts."""
    body = """
        local socket = require 'net.socket'
        local sock, server, host, port = ...
        local _, err = socket.wrap(-1)
        local words = tostring(err)
        local function wait() return nil, err end
        socket.poller.use {wait_readable = wait, wait_writable = wait}
        local calls = {
          {sock.recvall, sock, 9}, {sock.recvline, sock}, {server.acceptwait, server},
          {sock.recvable, sock, 9}, {socket.select, {sock}, {}},
          {sock:reader().readexactly, sock:reader(), 9},
          {socket.connect_inet_stream, host, port},
          {socket.connect_stream, host, port},
        }
        local same = 0
        for _, call in ipairs(calls) do
          local _, got = call[1](table.unpack(call, 2))
          if rawequal(got, err) and tostring(got) == words and not got.attempts then
            same = same + 1
          end
        end
        return same, #calls
    """
    a, _ = lua_net.pair_stream().all
    server = lua_net.bind_inet_stream("127.0.0.1", 0).value
    server.listen()
    port = peers.black_hole()[1]
    task = Task(lua_net, body, a.ref, server.ref, "127.0.0.1", port)
    assert task.results == [True, 8, 8]


def test_coroutine_inside_another_waits_in_place(lua_net: LuaFront) -> None:
    """Where the poller knows that it is no coroutine of its scheduler's."""
    body = """
        local socket = require 'net.socket'
        local sock, mine = ..., coroutine.running()
        local function wait(...)
          if coroutine.running() ~= mine then return nil, false end
          return coroutine.yield(...)
        end
        socket.poller.use {wait_readable = wait, wait_writable = wait}
        local inner = coroutine.wrap(function() return sock:recvline(nil, 0.05) end)
        local line, err, timeout = inner()
        return line, err.name, timeout, sock:recvline()
    """
    a, b = lua_net.pair_stream().all
    task = Task(lua_net, body, a.ref)
    assert task.results is None  # it has yielded, and did not before
    b.send(b"line\n")
    task.resume(True)
    assert task.results == [True, None, b"ETIMEDOUT", True, b"line\n"]


def test_poller_that_will_not_wait_may_close_the_socket(lua_net: LuaFront) -> None:
    body = """
        local sock = ...
        local function wait()
          sock:close()
          return nil, false
        end
        require 'net.socket'.poller.use {wait_readable = wait, wait_writable = wait}
        return sock:recvable(9)
    """
    a, _ = lua_net.pair_stream().all
    results = Task(lua_net, body, a.ref).results
    assert results is not None and results[:2] == [True, False]
    assert results[2].name == "EBADF"


def test_poller_with_an_error_of_ours(lua_net: LuaFront, peers: Peers) -> None:
    """An error object of the library comes back as it is."""
    body = """
        local socket = require 'net.socket'
        local _, refused = socket.wrap(-1)
        socket.poller.use {
          wait_readable = function() return nil, refused end,
          wait_writable = function() return nil, refused end,
        }
        local sock, err = socket.connect_inet_stream(...)
        return sock, rawequal(err, refused)
    """
    assert Task(lua_net, body, "127.0.0.1", peers.black_hole()[1], 9).results == [
        True,
        None,
        True,
    ]


@pytest.mark.parametrize("answer", [(), (None,), (False,), (None, None, None)])
def test_poller_that_says_nothing(
    lua_net: LuaFront, peers: Peers, answer: tuple[Any, ...]
) -> None:
    """Neither ready nor timed out nor an error: an error, never nil, nil."""
    task = Task(lua_net, CONNECT, "127.0.0.1", peers.black_hole()[1], 30)
    task.resume(*answer)
    assert task.results is not None
    ok, sock, err = task.results[:3]
    assert (ok, sock) == (True, None)
    assert err.name and err.text


@pytest.mark.parametrize("ready", [True, 1, "yes", []])
def test_any_true_value_is_ready(lua_net: LuaFront, peers: Peers, ready: Any) -> None:
    """`ok` is any true value, and a poller that lies is only asked again."""
    task = Task(lua_net, CONNECT, "127.0.0.1", peers.black_hole()[1], 30)
    for _ in range(3):
        task.resume(ready)
        assert task.results is None
    task.close()

"""net.socket.poller: waiting through the functions of a Lua program."""

from __future__ import annotations

import errno
import os
import signal
import time
from typing import Any

import pytest

from lua.tasks import RAISE
from support.fronts.lua_front import LuaFront
from support.fronts.wire import Callback
from support.net.peers import Peers
from support.processes.children import run_lua

pytestmark = pytest.mark.measures

covers = pytest.mark.covers

RECORD = {"wait_readable": Callback("record"), "wait_writable": Callback("record")}


@covers("LUA_POLLER.use", "success")
def test_use(lua_net: LuaFront) -> None:
    """A table with both functions; nil restores poll(2)."""
    assert lua_net.poller.use(RECORD).kind == "value"
    assert lua_net.poller.use(None).kind == "value"
    assert lua_net.poller.use().kind == "value"


@covers("LUA_POLLER.now", "success")
def test_now(lua_net: LuaFront) -> None:
    """The clock that time.monotonic reads, with its fractions."""
    before = time.monotonic()
    told = lua_net.poller.now().value
    assert before <= told <= time.monotonic()
    assert lua_net.poller.now().value > told


@covers("LUA_POLLER.time", "success")
def test_time(lua_net: LuaFront) -> None:
    """The clock that time.time reads, as a float says it."""
    before = time.time()
    assert before - 1e-6 <= lua_net.poller.time().value <= time.time() + 1e-6


@pytest.mark.parametrize("poller", [5, "x", True, [], {}, {"wait_readable": 1}])
def test_use_of_something_else(lua_net: LuaFront, poller: Any) -> None:
    """Refused where it is given, not where it is first needed."""
    assert "bad argument #1 to 'use'" in lua_net.poller.use(poller).raised.text


@pytest.mark.parametrize("missing", ["wait_readable", "wait_writable"])
def test_use_of_half_a_poller(lua_net: LuaFront, missing: str) -> None:
    half = {name: call for name, call in RECORD.items() if name != missing}
    assert missing in lua_net.poller.use(half).raised.text


def test_not_used_where_nobody_can_yield(lua_net: LuaFront, peers: Peers) -> None:
    """Outside a yieldable coroutine the process waits by poll(2)."""
    lua_net.poller.use(RAISE)
    port = peers.black_hole()[1]
    assert lua_net.connect_inet_stream("127.0.0.1", port, 0.05).kind == "timeout"
    a, _ = lua_net.pair_stream().all
    assert a.recvable(0.05).kind == "timeout"


@covers("LUA_POLLER.generation", "success")
def test_generation(lua_net: LuaFront) -> None:
    """The same for as long as the process is."""
    first = lua_net.poller.generation().value
    assert first == lua_net.poller.generation().value


@covers("LUA_POLLER.error", "success")
def test_error_for_another_library(lua_net: LuaFront) -> None:
    """What it is given; a long text is cut."""
    error = lua_net.poller.error(errno.EPROTO, "handshake", None, "a:1").value
    assert error.text == "handshake a:1: EPROTO (71) Protocol error"
    words = lua_net.run(
        """
        local socket = require 'net.socket'
        local made, errno = socket.poller.error, socket.errno
        local err = made(errno.EPROTO, 'hand' .. 'shake', 'no certificate', 'a:1')
        local plain = made(errno.EPIPE, 'send')
        collectgarbage()
        assert(err.type == errno.EPROTO and plain.addr == nil)
        local long = made(errno.EPROTO, 'x', ('y'):rep(200), ('z'):rep(1000))
        return tostring(err), tostring(plain), #long.message, #long.addr
        """
    )
    assert words[0] == b"handshake a:1: EPROTO (71) no certificate"
    assert words[1] == b"send: EPIPE (32) Broken pipe"
    assert words[2:] == [79, 272]
    with pytest.raises(AssertionError, match="bad argument #1 to 'error'"):
        lua_net.run("require 'net.socket'.poller.error('EPIPE', 'send')")


@covers("LUA_POLLER.nosigpipe", "success")
def test_writes_of_another_library() -> None:
    """SIGPIPE, which ends a process at its default, does not come out."""
    program = """
        local socket = require 'net.socket'
        local nosigpipe = socket.poller.nosigpipe
        assert(select('#', nosigpipe(function(...) return ... end, 1, nil, nil)) == 3)
        local ok, err = pcall(nosigpipe, error, 'words', 0)
        assert(not ok and err == 'words')
        local pipe = io.popen('exec true', 'w')
        pipe:setvbuf 'no'
        local done, words
        repeat done, words = nosigpipe(pipe.write, pipe, 'x') until not done
        print(words)
        io.stdout:flush()
        repeat pipe:write 'x' until false
    """
    ended = run_lua(program)
    assert ended.output == "Broken pipe\n"
    assert ended.status == -signal.SIGPIPE


@covers("LUA_POLLER.sendpart", "success", "again", "error")
def test_part_of_a_string(lua_net: LuaFront) -> None:
    """From one place to another, as string.sub counts them; never waited for."""
    a, b = lua_net.pair_stream().all
    sendpart, text = lua_net.poller.sendpart, b"0123456789"
    for first, last in [(1, -1), (3, 5), (-3, -2), (-99, 2), (10, 99), (0, 1)]:
        begin = max(first + 11 if first < 0 else first, 1) - 1
        end = last + 11 if last < 0 else last
        part = text[begin:end]
        assert sendpart(a, text, first, last).value == len(part)
        assert b.recv(20).value == part
    for first, last in [(5, 4), (11, 99), (1, -11), (-(2**63), 0), (2**63 - 1, -1)]:
        assert sendpart(a, text, first, last).value == 0
    assert b.recv(20).kind == "again"
    a.timeout(60)
    large = bytes(1 << 20)
    while (outcome := sendpart(a, large, 2)).kind == "value":
        assert outcome.value <= len(large) - 1
    assert outcome.kind == "again"
    assert sendpart(a, text, 2**63).failure.name == "EINVAL"
    b.close()
    assert sendpart(a, text, 2, 3).failure.name == "EPIPE"
    a.close()
    assert sendpart(a, text).failure.name == "EBADF"


@covers("LUA_POLLER.nonblock", "success")
def test_nonblock(lua_net: LuaFront) -> None:
    """Of the descriptor; with a value, what it was before. The object goes by its own."""
    a, _ = lua_net.pair_stream().all
    fd = a.fd().value
    assert lua_net.poller.nonblock(fd).value is True
    assert lua_net.poller.nonblock(fd, False).value is True
    assert lua_net.poller.nonblock(fd, False).value is False
    assert not a.flags() & os.O_NONBLOCK
    assert lua_net.poller.nonblock(fd, True).value is False
    assert a.flags() & os.O_NONBLOCK
    assert a.nonblock().value is True


@covers("LUA_POLLER.nonblock", "error")
@pytest.mark.parametrize("fd", [-1, 2**31, 999999])
def test_nonblock_of_no_descriptor(lua_net: LuaFront, fd: int) -> None:
    error = lua_net.poller.nonblock(fd, True).error
    assert error is not None
    assert error.name == ("EBADF" if fd == 999999 else "EINVAL")

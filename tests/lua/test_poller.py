"""net.socket.poller: waiting through the functions of a Lua program."""

from __future__ import annotations

import errno
import math
import os
import signal
import socket
import time
from typing import Any

import pytest

from children import output_of, run_lua
from fronts.lua_front import LuaFront
from fronts.wire import Callback
from lua.tasks import PROMPT, Task
from nameserver import AAAA, A, name_server
from peers import Peers, port_of

pytestmark = pytest.mark.measures

covers = pytest.mark.covers

CONNECT = "return require 'net.socket'.connect_inet_stream(...)"
RACE = "return require 'net.socket'.connect_stream(...)"
RECORD = {"wait_readable": Callback("record"), "wait_writable": Callback("record")}
RAISE = {"wait_readable": Callback("raise"), "wait_writable": Callback("raise")}


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


def test_connects(lua_net: LuaFront, peers: Peers) -> None:
    """A connect in a coroutine yields its wish and ends connected."""
    listener = peers.listener()
    task = Task(lua_net, CONNECT, "127.0.0.1", port_of(listener), 5)
    sock, err, timeout, ai = task.run()
    assert (err, timeout) == (None, None)
    assert ai.port().value == port_of(listener)
    assert sock.send(b"x").value == 1
    assert peers.accept(listener).recv(5) == b"x"


def test_wish_of_a_connect(lua_net: LuaFront, peers: Peers) -> None:
    """Writable, on the connecting descriptor, for what is left of the deadline."""
    task = Task(lua_net, CONNECT, "127.0.0.1", peers.black_hole()[1], 5)
    wish = task.wish
    assert wish is not None
    assert wish.direction == b"write"
    assert wish.fd in lua_net.descriptors()
    assert wish.seconds is not None and 4 < wish.seconds <= 5
    task.close()


def test_wish_without_a_deadline(lua_net: LuaFront, peers: Peers) -> None:
    """sec nil is for ever."""
    for deadline in (None, math.inf):
        task = Task(lua_net, CONNECT, "127.0.0.1", peers.black_hole()[1], deadline)
        assert task.wish is not None and task.wish.seconds is None
        task.close()


def test_h034_deadline_in_a_coroutine(lua_net: LuaFront, peers: Peers) -> None:
    """nil, err, true at the deadline; every resume came back at once."""
    before = lua_net.descriptors()
    start = time.monotonic()
    task = Task(lua_net, CONNECT, "127.0.0.1", peers.black_hole()[1], 0.3)
    sock, err, timeout = task.run()
    assert time.monotonic() - start >= 0.3
    assert (sock, timeout, err.name) == (None, True, "ETIMEDOUT")
    assert task.wishes and task.longest < PROMPT
    assert lua_net.descriptors() == before


def test_h025_resolver_in_a_coroutine(
    on_island: None, lua_net: LuaFront, peers: Peers
) -> None:
    """A name server that never answers holds up this coroutine alone."""
    peers.bound(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 53))
    task = Task(lua_net, CONNECT, "slow.example", 80, 0.4)
    sock, err, timeout = task.run()
    assert (sock, timeout, err.name, err.op) == (None, True, "ETIMEDOUT", "getaddrinfo")
    assert task.longest < PROMPT


@pytest.mark.parametrize("deadline", [None, 5])
def test_name_in_a_coroutine(
    on_island: None, lua_net: LuaFront, peers: Peers, deadline: float | None
) -> None:
    """With and without a deadline the resolver runs beside the program."""
    listener = peers.listener(at=("127.0.0.2", 0))
    task = Task(lua_net, CONNECT, "two", port_of(listener), deadline)
    sock, *_ = task.run()
    assert sock.getpeername().value.addr().value == b"127.0.0.2"
    # A worker that has answered before the first look needs no wait for it.
    assert {wish.direction for wish in task.wishes} <= {b"read", b"write"}
    assert task.longest < PROMPT


@pytest.mark.parametrize("deadline", [None, 5])
def test_ipv6_without_an_answer(
    on_island: None, lua_net: LuaFront, peers: Peers, deadline: float | None
) -> None:
    """The name server keeps silent about IPv6: over IPv4, and nothing blocks."""
    port = port_of(peers.listener())
    with name_server() as server:
        task = Task(lua_net, RACE, "dual.example", port, deadline)
        server.asked(A, AAAA)
        server.answer(A, "127.0.0.1")
        sock, *_ = task.run()
        server.answer(AAAA)
    assert sock.getpeername().value.addr().value == b"127.0.0.1"
    delay = [wish.seconds for wish in task.wishes if wish.direction == b"read"][-1]
    assert delay is not None and delay <= 0.05
    assert task.longest < PROMPT


def test_refused_in_a_coroutine(lua_net: LuaFront, peers: Peers) -> None:
    port = peers.refused_port()
    sock, err = Task(lua_net, CONNECT, "127.0.0.1", port, 5).run()
    assert sock is None
    assert (err.name, err.addr) == ("ECONNREFUSED", f"127.0.0.1:{port}")


def test_unix_queue_in_a_coroutine(lua_net: LuaFront, peers: Peers) -> None:
    """A full listener is waited for without a spinning poll."""
    path = peers.black_hole(socket.AF_UNIX)
    body = "return require 'net.socket'.connect_unix_stream(...)"
    task = Task(lua_net, body, path, 0.3)
    sock, err, timeout = task.run()
    assert (sock, timeout, err.name) == (None, True, "ETIMEDOUT")
    assert len(task.wishes) < 40
    assert task.longest < PROMPT


def test_two_coroutines(lua_net: LuaFront, peers: Peers) -> None:
    """One waits for ever, the other goes on."""
    stuck = Task(lua_net, CONNECT, "127.0.0.1", peers.black_hole()[1])
    listener = peers.listener()
    sock, *_ = Task(lua_net, CONNECT, "127.0.0.1", port_of(listener), 5).run()
    assert sock.fd().value >= 0
    assert stuck.results is None
    stuck.close()


def test_close_while_waiting(lua_net: LuaFront, peers: Peers) -> None:
    """coroutine.close ends the operation: its descriptor is closed at once."""
    before = lua_net.descriptors()
    task = Task(lua_net, CONNECT, "127.0.0.1", peers.black_hole()[1], 30)
    assert len(lua_net.descriptors()) == len(before) + 1
    assert task.close() == [True]
    assert lua_net.descriptors() == before


def test_forgotten_while_waiting(lua_net: LuaFront, peers: Peers) -> None:
    """A coroutine that nobody resumes is collected, and its descriptor with it."""
    before = lua_net.descriptors()
    task = Task(lua_net, CONNECT, "127.0.0.1", peers.black_hole()[1], 30)
    assert task.results is None
    lua_net.agent.request("forget", h=task.thread.id)
    assert lua_net.descriptors() == before


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
        socket.poller.use {
          wait_readable = coroutine.yield, wait_writable = coroutine.yield,
          running = function() return coroutine.running() == mine end,
        }
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


def test_running_may_close_the_socket(lua_net: LuaFront) -> None:
    body = """
        local sock = ...
        local function wait() error 'there is nothing to wait for' end
        require 'net.socket'.poller.use {
          wait_readable = wait, wait_writable = wait,
          running = function() sock:close() return true end,
        }
        return sock:recvable(9)
    """
    a, _ = lua_net.pair_stream().all
    results = Task(lua_net, body, a.ref).results
    assert results is not None and results[:2] == [True, False]
    assert results[2].name == "EBADF"


WAITING = ["recvline()", "recvall(9)", "recvable(9)", "acceptwait()", "sendall('x')"]


@pytest.mark.parametrize("call", WAITING)
def test_dropped_coroutine_holds_no_place(call: str) -> None:
    """A second waiter finds the place of one that cannot be resumed any more."""
    program = f"""
        local socket = require 'net.socket'
        local sock, peer = table.unpack(socket.pair_stream()) -- both are kept
        if ("{call}"):find '^accept' then
          sock = socket.bind_inet_stream('127.0.0.1', 0)
          sock:listen()
        end
        socket.poller.use {{
          wait_readable = coroutine.yield, wait_writable = coroutine.yield,
        }}
        if ("{call}"):find '^send' then
          repeat local _, _, again = sock:send(('x'):rep(65536)) until again
        end
        local function begin()
          local thread = coroutine.create(function() return sock:{call} end)
          local _, fd = coroutine.resume(thread)
          return fd == sock:fd()
        end
        print(begin() and begin() and peer:fd() >= 0)
    """
    assert output_of(run_lua(program)) == "true\n"


@pytest.mark.parametrize("call", WAITING)
def test_closed_beside_a_waiter(call: str) -> None:
    """A call on a closed socket says so, though the coroutine that waited is not resumed
    yet."""
    program = f"""
        local socket = require 'net.socket'
        local sock, peer = table.unpack(socket.pair_stream())
        if ("{call}"):find '^accept' then
          sock = socket.bind_inet_stream('127.0.0.1', 0)
          sock:listen()
        end
        socket.poller.use {{
          wait_readable = coroutine.yield, wait_writable = coroutine.yield,
          cancel = function() end,
        }}
        if ("{call}"):find '^send' then
          repeat local _, _, again = sock:send(('x'):rep(65536)) until again
        end
        local thread = coroutine.create(function() return sock:{call} end)
        assert(coroutine.resume(thread))
        sock:close()
        local _, err = sock:{call}
        print(err.name, peer:fd() >= 0)
        assert(coroutine.status(thread) == 'suspended')
    """
    assert output_of(run_lua(program)) == "EBADF\ttrue\n"


def test_a_finalizer_spends_no_collection() -> None:
    """In a finalizer nothing is collected; a call after it still finds the place of a
    coroutine that was dropped."""
    program = """
        local socket = require 'net.socket'
        local sock, peer = table.unpack(socket.pair_stream())
        socket.poller.use { wait_readable = coroutine.yield, wait_writable = print }
        local function begin()
          local thread = coroutine.create(function() return sock:recvall(1) end)
          return select(2, coroutine.resume(thread))
        end
        begin()
        collectgarbage 'stop'
        local refused
        setmetatable({}, {__gc = function()
          refused = select(2, sock:recvall(1))
        end})
        repeat collectgarbage 'step' until refused
        collectgarbage()
        print(refused.name, begin() == sock:fd() and begin() == sock:fd(), peer:fd() >= 0)
    """
    assert output_of(run_lua(program)) == "EBUSY\ttrue\ttrue\n"


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


def test_recvable_through_the_poller(lua_net: LuaFront, peers: Peers) -> None:
    ours, theirs = peers.stream(lua_net)
    task = Task(lua_net, "local s = ... return s:recvable(select(2, ...))", ours.ref, 5)
    assert task.wish is not None
    assert (task.wish.direction, task.wish.fd) == (b"read", ours.fd().value)
    assert task.wish.seconds is not None and 4 < task.wish.seconds <= 5
    theirs.sendall(b"x")
    assert task.run() == [True]


def test_recvable_for_ever(lua_net: LuaFront) -> None:
    a, b = lua_net.pair_stream().all
    task = Task(lua_net, "local s = ... return s:recvable(math.huge)", a.ref)
    assert task.wish is not None and task.wish.seconds is None
    assert b.send(b"x").value == 1
    assert task.run() == [True]


def test_sendable_through_the_poller(lua_net: LuaFront) -> None:
    a, b = lua_net.pair_stream().all
    while a.send(b"x" * 65536).kind == "value":
        pass
    task = Task(lua_net, "local s = ... return s:sendable(5)", a.ref)
    assert task.wish is not None and task.wish.direction == b"write"
    while b.recv(65536).kind == "value":
        pass
    assert task.run() == [True]


def test_wait_times_out_through_the_poller(lua_net: LuaFront) -> None:
    a, _ = lua_net.pair_stream().all
    task = Task(lua_net, "local s = ... return s:recvable(0.2)", a.ref)
    assert task.run() == [False, None, True]


@pytest.mark.parametrize("arguments", ["", "0", "nil", "5, true", "nil, true"])
def test_waits_that_ask_no_poller(lua_net: LuaFront, arguments: str) -> None:
    """Nothing to wait for, or POLLPRI too: poll(2) in place."""
    a, b = lua_net.pair_stream().all
    b.send(b"x")
    task = Task(lua_net, f"local s = ... return s:recvable({arguments})", a.ref)
    assert task.results == [True, True]


def test_ready_at_once_asks_no_poller(lua_net: LuaFront) -> None:
    a, _ = lua_net.pair_stream().all
    assert Task(lua_net, "local s = ... return s:sendable(5)", a.ref).results == [
        True,
        True,
    ]


def test_closed_while_waiting(lua_net: LuaFront) -> None:
    """The object is closed by another coroutine: EBADF when the wait ends."""
    a, _ = lua_net.pair_stream().all
    task = Task(lua_net, "local s = ... return s:recvable(30)", a.ref)
    assert a.close().value is True
    task.resume(True)
    assert task.results is not None
    ok, result, err = task.results
    assert (ok, result, err.name) == (True, False, "EBADF")


def test_many_coroutines(lua_net: LuaFront, peers: Peers) -> None:
    """Two hundred connects under way in one process."""
    listener = peers.listener(backlog=300)
    tasks = [
        Task(lua_net, CONNECT, "127.0.0.1", port_of(listener), 20) for _ in range(200)
    ]
    for task in tasks:
        sock, *_ = task.run()
        assert sock.close().value is True

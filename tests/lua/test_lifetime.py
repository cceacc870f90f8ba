"""__gc, <close>, coroutines that die, and the end of the state."""

from __future__ import annotations

import fcntl
import os
import signal
import socket

import pytest

from support.fronts import process
from support.fronts.lua_front import LuaFront
from support.net.peers import Peers, wait_until
from support.processes.children import output_of, run_lua
from support.processes.limits import high_descriptors


def test_close_variable(lua_net: LuaFront) -> None:
    """The end of the block closes, however it ends; twice is harmless."""
    before = lua_net.descriptors()
    values = lua_net.run("""
        local socket = require 'net.socket'
        local outer = {}
        do
          local s <close> = assert(socket.new_unix_stream())
          outer[1] = s
        end
        local ok, message = pcall(function()
          local s <close> = assert(socket.new_unix_stream())
          outer[2] = s
          error('on the way', 0)
        end)
        do
          local s <close> = assert(socket.new_unix_stream())
          outer[3] = s
          assert(s:close())
        end
        return outer[1]:fd(), outer[2]:fd(), outer[3]:fd(), ok, message
    """)
    assert values == [-1, -1, -1, False, b"on the way"]
    assert lua_net.descriptors() == before


def test_close_variable_in_a_dead_coroutine(lua_net: LuaFront) -> None:
    before = lua_net.descriptors()
    assert lua_net.run("""
        local socket = require 'net.socket'
        local co = coroutine.create(function()
          local s <close> = assert(socket.new_unix_stream())
          coroutine.yield()
        end)
        assert(coroutine.resume(co))
        return coroutine.close(co)
    """) == [True]
    assert lua_net.descriptors() == before


def test_finalizer_called_by_hand(lua_net: LuaFront) -> None:
    """__gc twice, then a method: closed once, EBADF, no crash."""
    values = lua_net.run("""
        local socket = require 'net.socket'
        local s = assert(socket.new_unix_stream())
        local gc = getmetatable(s).__gc
        gc(s) gc(s)
        local other = assert(socket.new_unix_stream())
        gc(s)
        local _, err = s:recv()
        local fd = other:fd()
        local alive = other:getsockname() ~= nil
        other:close()
        return s:fd(), err.name, alive
    """)
    assert values == [-1, b"EBADF", True]


@pytest.mark.parametrize(
    "value", ["nil", "5", "{}", "io.stdout", "coroutine.create(print)"]
)
def test_finalizer_on_something_else(lua_net: LuaFront, value: str) -> None:
    """The metamethods of the class take nothing else for a socket."""
    assert lua_net.run(f"""
        local s = require 'net.socket'.new_unix_stream()
        local meta = getmetatable(s)
        pcall(meta.__gc, {value})
        pcall(meta.__close, {value})
        local ok = pcall(meta.__tostring, {value})
        local open = s:fd() >= 0
        s:close()
        return ok, open
    """) == [False, True]


def test_h001_collection_in_a_loop(lua_net: LuaFront) -> None:
    """Sockets that are not closed do not pile up: the collector closes them."""
    before = lua_net.descriptors()
    lua_net.run("""
        local socket = require 'net.socket'
        for i = 1, 3000 do
          assert(socket.new_unix_stream())
          if i % 100 == 0 then collectgarbage() end
        end
        collectgarbage() collectgarbage()
    """)
    assert lua_net.descriptors() == before


def test_finalizer_receives_while_a_reader_makes_its_string() -> None:
    """It gets the first bytes, and the reader's result is what follows them. Nothing has
    been received into the state's own memory before."""
    program = """
        collectgarbage 'stop'
        local pair = assert(require 'net.socket'.pair_stream())
        local rd, seen = pair[1]:reader(), nil
        setmetatable({}, {__gc = function() seen = pair[1]:recv(3) end})
        pair[2]:send('onetwo' .. ('x'):rep(100) .. '\\n')
        collectgarbage('incremental', 0, 1000, 1)
        collectgarbage 'restart'
        local line = rd:line()
        io.write(seen, ' ', line:sub(1, 3), ' ', #line)
    """
    assert output_of(run_lua(program)) == "one two 103"


def test_finalizer_receives_where_a_reader_has_left_its_memory() -> None:
    """What the call under way gives back to its socket comes as it was received."""
    program = """
        collectgarbage 'stop'
        local pair = assert(require 'net.socket'.pair_stream())
        pair[2]:send(('x'):rep(3000) .. '\\n')
        assert(#pair[1]:reader():line() == 3000)
        local seen
        setmetatable({}, {__gc = function() seen = pair[1]:recv(3) end})
        pair[2]:send('onetwo' .. ('y'):rep(100))
        collectgarbage('incremental', 0, 1000, 1)
        collectgarbage 'restart'
        local got = pair[1]:recv(1000)
        io.write(seen, ' ', got:sub(1, 4), ' ', #got)
    """
    assert output_of(run_lua(program)) == "one twoy 103"


def test_end_of_the_state_closes(peers: Peers) -> None:
    """lua_close closes what is open; the peer sees the end."""
    listener = peers.listener(socket.AF_UNIX)
    path = listener.getsockname()
    program = """
        s = assert(require 'net.socket'.connect_unix_stream(arg[1]))
        t = setmetatable({}, {__gc = function()
          io.stdout:write(s:fd() >= 0 and 'open' or 'shut')
        end})
    """
    assert output_of(run_lua(program, path)) in ("open", "shut")
    assert peers.accept(listener).recv(10) == b""


def test_objects_used_in_finalizers_at_the_end() -> None:
    """Whatever the order of finalizers, a method answers and nothing crashes."""
    program = """
        local socket = require 'net.socket'
        for i = 1, 50 do
          local s = assert(socket.new_unix_stream())
          setmetatable({s}, {__gc = function(t)
            t[1]:recv() t[1]:fd() t[1]:close() tostring(t[1])
            socket.connect_unix_stream '/none/x'
            socket.new_unix_stream()
          end})
        end
        print 'end'
    """
    assert output_of(run_lua(program)) == "end\n"


def test_objects_made_after_the_end() -> None:
    """A finalizer older than the module runs after all of the module's: what would need
    one of its own is refused, the rest answers."""
    program = """
        local socket, row
        KEEP = setmetatable({}, {__gc = function()
          for _, make in ipairs {
            socket.new_inet_stream, socket.pair_stream, socket.iovec.new,
            socket.cmsghdrs.new, function() return socket.cmsghdr.new(1, 2, 'x') end,
            function() return row:add 'x' end, function() return row:addn(1) end,
          } do
            local ok, err = pcall(make)
            io.write(tostring(not ok and err:find 'is closing' ~= nil), ' ')
          end
          io.write(tostring(socket.addrinfo.inet('127.0.0.1', 80)), ' ', row:bytes())
        end})
        socket = require 'net.socket'
        row = socket.iovec.new()
    """
    assert output_of(run_lua(program)) == "true " * 7 + "127.0.0.1:80 0"


def test_made_while_the_state_ends() -> None:
    """It gets no finalizer, so its descriptor is closed with the state's own, whichever
    number it has. A close that comes later leaves the number's next owner alone."""
    program = """
        local socket, pair, high, numbers
        local function missing(fd)
          return select(3, io.open('/proc/self/fd/' .. fd)) == 2 -- ENOENT
        end
        KEEP = setmetatable({}, {__gc = function() -- older than the module: after it
          for _, fd in ipairs(numbers) do io.write(tostring(missing(fd)), ' ') end
          local one, other = io.open '/proc/self/stat', io.open '/proc/self/stat'
          for _, sock in ipairs {pair[1], pair[2], high} do sock:close() end
          io.write(tostring(one:read() ~= nil and other:read() ~= nil))
        end})
        socket = require 'net.socket'
        LATER = setmetatable({}, {__gc = function()
          pair = assert(socket.pair_stream())
          high = assert(socket.wrap(tonumber(arg[1])))
          numbers = {pair[1]:fd(), pair[2]:fd(), high:fd()}
        end})
    """
    with high_descriptors(1200), socket.socket() as sock:
        high = fcntl.fcntl(sock, fcntl.F_DUPFD, 1100)
        try:
            ended = run_lua(program, str(high), pass_fds=(high,))
        finally:
            os.close(high)
    assert output_of(ended) == "true true true true"


def test_each_way_of_making_one_while_the_state_ends() -> None:
    program = """
        local socket, numbers = nil, {}
        KEEP = setmetatable({}, {__gc = function() -- older than the module: after it
          local left = {}
          for name, fd in pairs(numbers) do
            local _, _, code = io.open('/proc/self/fd/' .. fd)
            if code ~= 2 then left[#left + 1] = name end -- ENOENT
          end
          io.write('left:', table.concat(left, ' '))
        end})
        socket = require 'net.socket'
        local l = assert(socket.bind_inet_stream('127.0.0.1', 0))
        assert(l:listen())
        local port = l:getsockname():port()
        local waiting = {}
        for i = 1, 2 do
          waiting[i] = assert(socket.connect_inet_stream('127.0.0.1', port, 10))
        end
        LATER = setmetatable({}, {__gc = function() -- what it makes gets no finalizer
          local ways = {
            accept = function() return l:accept() end,
            acceptwait = function() return l:acceptwait(10) end,
            bind = function() return socket.bind_inet_stream('127.0.0.1', 0) end,
            connect = function() return socket.connect_inet_stream('127.0.0.1', port) end,
            dup = function() return l:dup() end,
            new = socket.new_inet_stream,
          }
          for name, make in pairs(ways) do numbers[name] = assert(make()):fd() end
        end})
    """
    assert output_of(run_lua(program)) == "left:"


def test_unwrap_that_a_function_made_impossible() -> None:
    """What it left pending stops the unwrap, and the descriptor is still the state's."""
    program = """
        local socket, fd
        KEEP = setmetatable({}, {__gc = function() -- older than the module: after it
          io.write(tostring(select(3, io.open('/proc/self/fd/' .. fd)) == 2)) -- ENOENT
        end})
        socket = require 'net.socket'
        LATER = setmetatable({}, {__gc = function() -- what it makes gets no finalizer
          local a, b = table.unpack(assert(socket.pair_stream()))
          fd = a:fd()
          a:addgcfn(nil, function() assert(b:send 'x' and not a:recvall(9, 0)) end)
          local _, err = a:unwrap()
          io.write(tostring(err), ' ')
        end})
    """
    output = output_of(run_lua(program))
    assert output == "unwrap: EBUSY (16) received bytes are pending true"


def test_h110_exit_without_closing_the_state() -> None:
    ended = run_lua("""
        s = assert(require 'net.socket'.new_unix_stream())
        os.exit(3, false)
    """)
    assert ended.status == 3


def test_h047_empty_accepts_make_no_garbage(lua_net: LuaFront) -> None:
    """A hundred thousand accepts and receives that find nothing: memory stays."""
    (growth,) = lua_net.run("""
        local socket = require 'net.socket'
        local l = assert(socket.bind_inet_stream('127.0.0.1', 0))
        assert(l:listen())
        local a, b = table.unpack(socket.pair_stream())
        local function round(n)
          for _ = 1, n do l:accept() a:recv() a:recvfrom() end
        end
        round(1000)
        collectgarbage() collectgarbage 'stop'
        local before = collectgarbage 'count'
        round(100000)
        local growth = (collectgarbage 'count' - before) * 1024
        collectgarbage 'restart'
        l:close() a:close() b:close()
        return growth
    """)
    assert growth < 4096


def test_interrupted_by_the_user(lua_net: LuaFront, peers: Peers) -> None:
    """SIGINT ends a connect that waits: lua's own hook raises, and nothing is left."""
    port = peers.black_hole()[1]
    with lua_net.given() as (front, _):
        before = front.descriptors()
        pending = front.start("connect_inet_stream", "127.0.0.1", port, 20)
        wait_until(lambda: process.polls(front.pid), "it waits")
        os.kill(front.pid, signal.SIGINT)
        assert "interrupted" in pending.result(10).raised.text
        assert front.descriptors() == before


def test_collected_with_unread_bytes(lua_net: LuaFront) -> None:
    """Closing while data waits in the kernel drops it quietly."""
    before = lua_net.descriptors()
    lua_net.run("""
        local a, b = table.unpack(require 'net.socket'.pair_stream())
        a:send 'unread'
        a, b = nil, nil
        collectgarbage() collectgarbage()
    """)
    assert lua_net.descriptors() == before


def test_h111_made_in_a_coroutine_that_is_gone(lua_net: LuaFront) -> None:
    """Sockets, errors and the poller outlive the coroutine that made them."""
    values = lua_net.run("""
        local socket = require 'net.socket'
        local kept = {}
        local co = coroutine.create(function()
          kept.a, kept.b = table.unpack(socket.pair_stream())
          local _, err = socket.connect_unix_stream '/none/x'
          kept.err = err
          socket.poller.use {wait_readable = print, wait_writable = print}
        end)
        assert(coroutine.resume(co))
        co = nil
        for _ = 1, 3 do
          collectgarbage()
          local stack = {}
          for i = 1, 1000 do stack[i] = coroutine.create(print) end
        end
        kept.a:send 'x'
        local got = kept.b:recv()
        local waited = kept.b:recvable(0.001)
        kept.a:close() kept.b:close()
        socket.poller.use(nil)
        return got, waited, kept.err.name, tostring(kept.err)
    """)
    assert values == [
        b"x",
        False,
        b"ENOENT",
        b"connect /none/x: ENOENT (2) No such file or directory",
    ]


def test_h103_used_from_many_coroutines(lua_net: LuaFront) -> None:
    """Each call allocates on the coroutine that runs it, however many there were."""
    (total,) = lua_net.run("""
        local a, b = table.unpack(require 'net.socket'.pair_dgram())
        local total = 0
        for i = 1, 500 do
          local co = coroutine.wrap(function()
            a:send('message ' .. i)
            coroutine.yield()
            total = total + #b:recv()
            b:recv()
          end)
          co()
          if i % 7 == 0 then collectgarbage() end
          co()
        end
        a:close() b:close()
        return total
    """)
    assert total == sum(len(f"message {i}") for i in range(1, 501))


def test_finalizers_change_what_a_call_uses(lua_net: LuaFront) -> None:
    """They run where a call allocates: what it gives and does are of one moment."""
    results = lua_net.run(
        """
        local socket = require 'net.socket'
        local wrong, during = 0, 0
        collectgarbage 'generational'
        for i = 1, 3000 do
          local iov, gone = socket.iovec.new(), {}
          for _, letter in ipairs {'a', 'b', 'c'} do iov:add(letter:rep(3000)) end
          setmetatable({}, {__gc = function() table.insert(gone, (iov:del(1))) end})
          local before = #gone
          local got = iov:del(1)
          during = during + #gone - before
          gone[#gone + 1] = got
          while #iov > 0 do table.insert(gone, (iov:del(1))) end
          for k, bytes in ipairs(gone) do gone[k] = bytes:sub(1, 1) end
          table.sort(gone)
          if table.concat(gone) ~= 'abc' then wrong = wrong + 1 end
        end
        collectgarbage 'incremental'
        return wrong, during > 0
        """
    )
    assert results == [0, True]


@pytest.mark.parametrize(
    "call", ["a:sendall(data)", "a:sendall{data, data}", "a:sendfileall(file)"]
)
def test_hook_that_closes_leaves_what_was_done(call: str) -> None:
    """Without a poller, before the wait: `done` is what the peer has received."""
    program = f"""
        local socket = require 'net.socket'
        local a, b = table.unpack(assert(socket.pair_stream()))
        local data, file = ('x'):rep(1 << 22), assert(io.tmpfile())
        assert(file:write(data) and file:flush())
        debug.sethook(function() if b:recvable(0) then a:close() end end, 'c')
        local none, err, late, done = {call}
        debug.sethook()
        assert(none == nil and late == nil and err.name == 'EBADF' and done > 0, err)
        print(done == #b:recvall(2 * #data))
    """
    assert output_of(run_lua(program)) == "true\n"

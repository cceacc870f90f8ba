"""What the modules for cqueues, luv and Copas keep of a socket between two waits."""

from __future__ import annotations

import pytest

from lua.schedule import program as lua

CQUEUES = """
local cqueues = require 'cqueues'
local socket = require 'net.socket'
require 'net.socket.poller.cqueues'
local a, b = table.unpack(assert(socket.pair_stream()))
local function exchange(queue, words)
  local line
  queue:wrap(function() line = a:recvline(nil, 5) end)
  queue:wrap(function() assert(b:sendall(words .. '\\n', 5)) end)
  assert(queue:loop())
  assert(line == words .. '\\n', line)
end
"""


def test_second_controller_of_cqueues() -> None:
    """The socket moves there and back, and goes when both are there or one has gone."""
    lua(
        CQUEUES
        + """
        local one, two = cqueues.new(), cqueues.new()
        for i = 1, 5 do
          exchange(one, 'one' .. i)
          exchange(two, 'two' .. i)
        end
        one = nil
        collectgarbage()
        exchange(two, 'left')
        a:close()
        b:close()
        a, b = table.unpack(assert(socket.pair_stream()))
        exchange(two, 'two')
        exchange(cqueues.new(), 'three')
        """,
        "cqueues",
    )


@pytest.mark.parametrize("how", ["closed", "closed and dropped", "dropped"])
@pytest.mark.parametrize("waiting", ["true", "false"])
def test_controller_of_cqueues_that_is_gone(how: str, waiting: str) -> None:
    """With a socket that has been waited for, or still is: another one has it then."""
    lua(
        CQUEUES
        + f"""
        local how, waiting, one = '{how}', {waiting}, cqueues.new()
        exchange(one, 'one')
        if waiting then
          one:wrap(function() a:recvline() end)
          assert(one:step(0))
        end
        if how ~= 'dropped' then one:close() end
        if how ~= 'closed' then one = nil end
        collectgarbage()
        collectgarbage()
        local two = cqueues.new()
        exchange(two, 'two')
        assert(a:close() and b:close())
        assert(two:loop())
        """,
        "cqueues",
    )


def test_coroutine_of_cqueues_that_is_closed() -> None:
    """It is not resumed, and another one waits in its place; one beside it, for the other
    direction, goes on waiting."""
    lua(
        CQUEUES
        + """
        exchange(cqueues.new(), 'first')
        repeat local _, _, again = a:send(('x'):rep(65536)) until again
        local queue = cqueues.new()
        local thread, line, sent
        queue:wrap(function()
          thread = coroutine.running()
          a:recvline(nil, 5)
          error 'it should not go on'
        end)
        queue:wrap(function() sent = a:sendall('y', 5) end)
        queue:wrap(function()
          repeat cqueues.sleep(0.01) until thread
          assert(coroutine.close(thread))
          cqueues.sleep(0.01)
          assert(not sent)
          queue:wrap(function() line = a:recvline(nil, 5) end)
          assert(b:sendall('line\\n', 5))
          repeat local _, _, again = b:recv(1 << 20) until again
        end)
        for _ = 1, 100 do
          if queue:empty() then break end
          queue:loop(0.05) -- it says that the closed one is dead
        end
        assert(line == 'line\\n' and sent == 1, line)
        """,
        "cqueues",
    )


LUV = """
local uv = require 'luv'
local socket = require 'net.socket'
require 'net.socket.poller.luv'
local function spawn(call) coroutine.wrap(call)() end
local a, b = table.unpack(assert(socket.pair_stream()))
local function exchange()
  local line
  spawn(function() line = a:recvline(nil, 5) end)
  spawn(function() assert(b:sendall('x\\n', 5)) end)
  uv.run()
  assert(line == 'x\\n', line)
end
local function alive()
  local count = 0
  uv.walk(function(handle)
    if handle:is_active() and handle:has_ref() then count = count + 1 end
  end)
  return count
end
local function all()
  local count = 0
  uv.walk(function() count = count + 1 end)
  return count
end
"""


def test_waits_of_luv_make_no_more_handles() -> None:
    """None keeps the loop running after its wait, though the sockets stay open."""
    lua(
        LUV
        + """
        exchange()
        local before = all()
        for _ = 1, 50 do
          exchange()
          assert(alive() == 0)
        end
        assert(all() == before, all())
        """,
        "luv",
    )


def test_coroutine_of_luv_that_is_closed() -> None:
    """Another one waits in its place, and one beside it goes on waiting."""
    lua(
        LUV
        + """
        exchange()
        repeat local _, _, again = a:send(('x'):rep(65536)) until again
        local sent, line
        local thread = coroutine.create(function() a:recvline(nil, 5) end)
        assert(coroutine.resume(thread))
        spawn(function() sent = a:sendall('y', 5) end)
        assert(coroutine.close(thread))
        spawn(function() line = a:recvline(nil, 5) end)
        uv.run 'nowait'
        assert(not sent and not line)
        assert(b:sendall 'line\\n')
        repeat local _, _, again = b:recv(1 << 20) until again
        uv.run()
        assert(line == 'line\\n' and sent == 1)
        """,
        "luv",
    )


def test_handles_of_luv_that_somebody_has_closed() -> None:
    """The same socket waits again, with its deadline."""
    lua(
        LUV
        + """
        for _ = 1, 3 do
          exchange()
          uv.walk(function(handle) handle:close() end)
          uv.run()
        end
        local late
        spawn(function() late = select(3, a:recvline(nil, 0.02)) end)
        uv.run()
        assert(late)
        """,
        "luv",
    )


def test_wait_of_luv_that_another_has_resumed() -> None:
    """It ends, and the socket can be waited for again."""
    lua(
        LUV
        + """
        exchange()
        local err
        local function read() err = select(2, a:recvline(nil, 5)) end
        local thread = coroutine.create(read)
        assert(coroutine.resume(thread))
        assert(coroutine.resume(thread))
        assert(tostring(err):find 'resumed from elsewhere', err)
        exchange()
        """,
        "luv",
    )


def test_coroutine_of_luv_that_is_closed_after_its_socket() -> None:
    """It is dead when its turn comes, and the loop goes on and ends."""
    lua(
        LUV
        + """
        exchange()
        local thread = coroutine.create(function() a:recvline(nil, 5) end)
        assert(coroutine.resume(thread))
        assert(a:close())
        assert(coroutine.close(thread))
        uv.run()
        assert(alive() == 0)
        a, b = table.unpack(assert(socket.pair_stream()))
        exchange()
        """,
        "luv",
    )


COPAS = """
local copas = require 'copas'
local luasocket = require 'socket'
local socket = require 'net.socket'
require 'net.socket.poller.copas'
local a, b = table.unpack(assert(socket.pair_stream()))
local function until_it(condition)
  for _ = 1, 1000 do
    if condition() then return end
    copas.step(0.05)
  end
  error 'it does not come'
end
local function exchange()
  local line
  copas.addthread(function() line = a:recvline(nil, 5) end)
  copas.addthread(function() assert(b:sendall('x\\n', 5)) end)
  until_it(function() return line end)
  assert(line == 'x\\n', line)
end
"""


def test_coroutine_of_copas_that_is_closed() -> None:
    """Another one waits in its place, and one beside it goes on waiting."""
    lua(
        COPAS
        + """
        exchange()
        repeat local _, _, again = a:send(('x'):rep(65536)) until again
        local sent, line, thread
        copas.addthread(function()
          thread = coroutine.running()
          a:recvline(nil, 5)
        end)
        copas.addthread(function() sent = a:sendall('y', 5) end)
        assert(coroutine.close(thread))
        copas.addthread(function() line = a:recvline(nil, 5) end)
        copas.step(0)
        assert(not sent and not line)
        assert(b:sendall 'line\\n')
        repeat local _, _, again = b:recv(1 << 20) until again
        until_it(function() return line and sent end)
        assert(line == 'line\\n' and sent == 1)
        """,
        "copas",
    )


def test_wait_of_copas_that_another_has_resumed() -> None:
    """It ends, and the socket can be waited for again."""
    lua(
        COPAS
        + """
        exchange()
        local err, thread
        copas.addthread(function()
          thread = coroutine.running()
          err = select(2, a:recvline(nil, 5))
        end)
        assert(coroutine.resume(thread))
        assert(tostring(err):find 'resumed from elsewhere', err)
        exchange()
        """,
        "copas",
    )


def test_wait_of_copas_that_takes_minutes() -> None:
    """Copas wakes whatever has waited in its own calls for two minutes; here a clock of
    hours passes."""
    lua(
        """
        local time, later = os.time, 0
        os.time = function() return time() + later end
        """
        + COPAS
        + """
        local line, err
        copas.addthread(function() line, err = a:recvline(nil, 5) end)
        for _ = 1, 3 do
          copas.step(0)
          later = later + 3600
        end
        assert(not line and not err, err)
        assert(b:sendall('x\\n', 5))
        until_it(function() return line end)
        """,
        "copas",
    )


def test_sockets_of_luasocket_beside_ours_under_copas() -> None:
    """Each is told of its own, also while many of the others wait."""
    lua(
        COPAS
        + """
        local crowd, over = {}, 0
        for i = 1, 50 do
          crowd[i] = assert(socket.pair_stream())
          copas.addthread(function()
            assert(crowd[i][1]:recvline(nil, 5))
            over = over + 1
          end)
        end
        local server = assert(luasocket.bind('127.0.0.1', 0))
        local _, port = server:getsockname()
        copas.addserver(server, function(sock)
          copas.send(sock, copas.receive(sock) .. '\\n')
        end)
        local answers = 0
        for i = 1, 5 do
          copas.addthread(function()
            local sock = assert(luasocket.connect('127.0.0.1', port))
            sock:settimeout(0)
            sock = copas.wrap(sock)
            assert(sock:send(i .. '\\n'))
            assert(sock:receive() == tostring(i))
            answers = answers + 1
          end)
        end
        until_it(function() return answers == 5 end)
        exchange()
        for _, ends in ipairs(crowd) do assert(ends[2]:send 'x\\n') end
        until_it(function() return over == 50 end)
        local r, w, err = luasocket.select({server}, {}, 0)
        assert(#r == 0 and #w == 0 and err == 'timeout')
        """,
        "copas",
    )


def test_program_that_asks_luasocket_itself_while_coroutines_of_copas_wait() -> None:
    """Its select has nothing of theirs, and takes nothing from them."""
    lua(
        COPAS
        + """
        local line
        copas.addthread(function() line = a:recvline(nil, 5) end)
        assert(b:send 'x\\n')
        local server = assert(luasocket.bind('127.0.0.1', 0))
        assert(#luasocket.select({server}, nil, 0) == 0 and not line)
        until_it(function() return line end)
        """,
        "copas",
    )

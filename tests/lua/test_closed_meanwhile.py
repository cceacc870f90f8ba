"""What a scheduler's module meets in the midst of a wait: a finalizer that closes the
socket, a number that is another socket's, a step of Copas that is left or nested."""

from __future__ import annotations

import pytest

from lua.schedule import program as lua

# `finalize` ends with a collection, as any allocation may.
PRELUDE = """
local socket = require 'net.socket'
local a, b = table.unpack(assert(socket.pair_stream()))
local armed, err
local function finalize()
  if not armed then return end
  armed = false
  setmetatable({}, {__gc = function() a:close() end})
  collectgarbage()
end
local function receive(sec)
  armed = true
  err = select(2, a:recvline(nil, sec))
end
local function check()
  assert(not armed)
  assert(tostring(err):find 'EBADF', err)
end
"""


def test_finalizer_while_luv_makes_a_handle() -> None:
    """libuv would abort: it is not to watch what is closed."""
    lua(
        PRELUDE
        + """
        local uv = require 'luv'
        require 'net.socket.poller.luv'
        local new_poll = uv.new_poll
        function uv.new_poll(fd)
          local poll = assert(new_poll(fd))
          finalize()
          return poll
        end
        coroutine.wrap(receive)()
        check()
        uv.run()
        """,
        "luv",
    )


def test_finalizer_while_luv_makes_a_timer() -> None:
    """The coroutine is not left in a wait of an hour."""
    lua(
        PRELUDE
        + """
        local uv = require 'luv'
        require 'net.socket.poller.luv'
        coroutine.wrap(function() assert(a:recvline() == 'x\\n') end)()
        assert(b:send 'x\\n')
        uv.run()
        local new_timer = uv.new_timer
        function uv.new_timer()
          local timer = new_timer()
          finalize()
          return timer
        end
        coroutine.wrap(receive)(3600)
        check()
        uv.run()
        """,
        "luv",
    )


def test_finalizer_while_copas_begins_a_wait() -> None:
    lua(
        PRELUDE
        + """
        local copas = require 'copas'
        local deadlines = require 'net.socket.poller.deadlines'
        require 'net.socket.poller.copas'
        local arm = deadlines.arm
        function deadlines.arm(...)
          arm(...)
          finalize()
        end
        copas.addthread(function() receive(3600) end)
        check()
        copas.step(0)
        """,
        "copas",
    )


def test_finalizer_while_cqueues_begins_a_wait() -> None:
    """Its loop would end: it is not to poll what is closed."""
    lua(
        PRELUDE
        + """
        local generation = socket.poller.generation
        function socket.poller.generation()
          finalize()
          return generation()
        end
        local queue = require 'cqueues'.new()
        require 'net.socket.poller.cqueues'
        queue:wrap(receive)
        assert(queue:step(0))
        check()
        assert(queue:loop())
        """,
        "cqueues",
    )


def test_finalizer_while_a_waiter_is_made() -> None:
    """Of a select, which waits for a descriptor of its own."""
    lua(
        PRELUDE
        + """
        local made = setmetatable
        local poller = require 'net.socket.poller'
        poller.adapt {
          wait = function() error 'it waits' end,
          forget = function() end,
          cancel = function() end,
        }
        function setmetatable(...)
          local value = made(...)
          finalize()
          return value
        end
        coroutine.wrap(function()
          armed = true
          err = select(2, socket.select({a}, {}))
        end)()
        check()
        """
    )


@pytest.mark.parametrize(
    ("scheduler", "turn"), [("luv", "require 'luv'.run 'nowait'"), ("copas", "")]
)
def test_number_of_a_socket_closed_under_another_poller(
    scheduler: str, turn: str
) -> None:
    """The module has not been told, and watches the next socket of that number."""
    lua(
        f"""
        local socket = require 'net.socket'
        local own = require 'net.socket.poller.{scheduler}'
        local function turn() {turn or "require 'copas'.step(0)"} end
        local a, b = table.unpack(assert(socket.pair_stream()))
        local fd, lines = a:fd(), 0
        local function exchange(a, b)
          coroutine.wrap(function()
            local copas = package.loaded.copas
            local function receive()
              assert(a:recvline() == 'x\\n')
              lines = lines + 1
            end
            if copas then copas.addthread(receive) else receive() end
          end)()
          assert(b:send 'x\\n')
          turn()
          turn()
        end
        exchange(a, b)
        assert(lines == 1)
        local function none() return nil, false end
        socket.poller.use {{wait_readable = none, wait_writable = none}}
        a:close()
        socket.poller.use(own)
        local c, d = table.unpack(assert(socket.pair_stream()))
        assert(c:fd() == fd)
        exchange(c, d)
        assert(lines == 2)
        """,
        scheduler,
    )


COPAS = """
local copas = require 'copas'
local socket = require 'net.socket'
require 'net.socket.poller.copas'
local lines, ends = 0, {}
local within
for i = 1, 6 do
  local a, b = table.unpack(assert(socket.pair_stream()))
  ends[i] = b
  copas.addthread(function()
    while true do
      assert(a:recvline() == 'x\\n')
      lines = lines + 1
      if within then within() end
    end
  end)
end
local function send()
  for i = 1, 6 do assert(ends[i]:send 'x\\n') end
end
"""


def test_step_of_copas_within_another() -> None:
    """Copas tells what is left of the outer one of nothing, and of others twice."""
    lua(
        COPAS
        + """
        for round = 1, 3 do
          local calls = 0
          function within()
            calls = calls + 1
            if calls == round then copas.step(0) end
          end
          send()
          copas.step(0)
          copas.step(0)
          assert(lines == 6 * round, lines)
        end
        """,
        "copas",
    )


def test_step_of_copas_that_an_error_leaves() -> None:
    """What it has not resumed is resumed by the next one."""
    lua(
        COPAS
        + """
        local x, y = table.unpack(assert(socket.pair_stream()))
        local server = {
          getfd = function() return x:fd() end,
          settimeout = function() end,
          accept = function() x:recv() error 'in a handler' end,
        }
        copas.addserver(server, function() end)
        send()
        assert(y:send 'x')
        local ok, err = pcall(copas.step, 0)
        assert(not ok and err:find 'in a handler', err)
        copas.step(0)
        assert(lines == 6, lines)
        """,
        "copas",
    )


def test_coroutine_of_copas_that_is_closed_after_its_socket() -> None:
    """Copas does not resume it: it would print that it cannot."""
    lua(
        """
        local copas = require 'copas'
        local socket = require 'net.socket'
        require 'net.socket.poller.copas'
        local a, b = table.unpack(assert(socket.pair_stream()))
        local said, thread, err
        function print(words) said = words end
        copas.addthread(function()
          thread = coroutine.running()
          a:recvline()
        end)
        copas.addthread(function() err = select(2, b:recvline()) end)
        assert(a:close() and b:close())
        assert(coroutine.close(thread))
        copas.step(0)
        assert(tostring(err):find 'EBADF', err)
        assert(not said, said)
        """,
        "copas",
    )


TURNS = {
    "luv": """
        local uv = require 'luv'
        function spawn(call) coroutine.wrap(call)() end
        function turn() uv.run 'nowait' end
    """,
    "copas": """
        local copas = require 'copas'
        spawn = copas.addthread
        function turn() copas.step(0) end
    """,
    "cqueues": """
        local queue = require 'cqueues'.new()
        function spawn(call) queue:wrap(call) end
        function turn() assert(queue:step(0)) end
    """,
}


@pytest.mark.parametrize("scheduler", TURNS)
def test_finalizer_as_the_stack_grows(scheduler: str) -> None:
    """That collects garbage too: at calls of different depths, also of a socket that has
    been waited for, where a wait allocates nothing else."""
    lua(
        TURNS[scheduler]
        + f"""
        local socket = require 'net.socket'
        require 'net.socket.poller.{scheduler}'
        collectgarbage('incremental', 100, 1000, 25) -- each step is a whole cycle
        local a, b, err
        local function receive(depth)
          if depth > 0 then return (receive(depth - 1)) end
          collectgarbage 'restart'
          err = select(2, a:recvline(nil, 3600))
        end
        local function round(depth, known)
          a, b = table.unpack(assert(socket.pair_stream()))
          if known then
            spawn(function() assert(a:recvline(nil, 3600)) end)
            turn()
            assert(b:send 'x\\n')
            for _ = 1, 3 do turn() end
          end
          err = nil
          collectgarbage 'stop'
          setmetatable({{}}, {{__gc = function() a:close() end}})
          spawn(function() receive(depth) end)
          collectgarbage()
          collectgarbage 'restart'
          for _ = 1, 10 do turn() end
          assert(tostring(err):find 'EBADF', depth .. ': ' .. tostring(err))
          b:close()
        end
        for depth = 0, 40 do
          round(depth, false)
          round(depth, true)
        end
        """,
        scheduler,
    )

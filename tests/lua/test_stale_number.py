"""A descriptor that is closed behind its object, and whose number another socket has; and
handles of luv that the program closes."""

from __future__ import annotations

import pytest

from lua.schedule import ran

PRELUDE = """
local scheduler = require 'schedulers'
local socket = require 'net.socket'
local a, b = table.unpack(assert(socket.pair_stream()))
local number = a:fd()

-- Another pair, of which the first has that number.
local function again()
  assert(socket.close(number))
  local c, d = table.unpack(assert(socket.pair_stream()))
  if d:fd() == number then c, d = d, c end
  assert(c:fd() == number)
  return c, d
end
"""


def run(text: str, scheduler: str) -> None:
    done = ran(PRELUDE + text, scheduler, scheduler)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("scheduler", ["select", "luv", "copas"])
def test_number_of_a_socket_that_has_been_waited_for(scheduler: str) -> None:
    """The scheduler is told of the new socket."""
    run(
        """
        local line
        scheduler.spawn(function()
          assert(a:recvline() == 'x\\n')
          local c, d = again()
          scheduler.spawn(function() line = c:recvline() end)
          scheduler.sleep(0.01)
          assert(d:sendall 'y\\n')
          while not line do scheduler.sleep(0.01) end
        end)
        scheduler.spawn(function() assert(b:sendall 'x\\n') end)
        scheduler.run()
        assert(line == 'y\\n', line)
        """,
        scheduler,
    )


@pytest.mark.parametrize("scheduler", ["select", "luv", "copas"])
def test_number_of_a_socket_that_is_waited_for(scheduler: str) -> None:
    """Who waits for the old one hears that it is closed: nothing would wake it, the new
    one being in its place."""
    run(
        """
        local waits, err, line
        scheduler.spawn(function()
          waits = true
          err = select(2, a:recvline())
        end)
        scheduler.spawn(function()
          while not waits do scheduler.sleep(0.01) end
          local c, d = again()
          scheduler.spawn(function()
            line = c:recvline()
          end)
          scheduler.sleep(0.01)
          assert(d:sendall 'y\\n')
          while not (line and err) do scheduler.sleep(0.01) end
        end)
        scheduler.run()
        assert(line == 'y\\n', line)
        assert(tostring(err):find 'EBADF', err)
        """,
        scheduler,
    )


@pytest.mark.parametrize("scheduler", ["select", "luv", "copas"])
def test_number_that_a_select_has(scheduler: str) -> None:
    """Its descriptor is not the socket's, for which another coroutine still waits."""
    run(
        """
        local waits, err, ready
        local c, d = table.unpack(assert(socket.pair_stream()))
        scheduler.spawn(function()
          waits = true
          err = select(2, a:recvline())
        end)
        scheduler.spawn(function()
          while not waits do scheduler.sleep(0.01) end
          assert(socket.close(number))
          scheduler.spawn(function() ready = assert(socket.select({c, d}, {}))[1] end)
          scheduler.sleep(0.01)
          assert(d:sendall 'y\\n')
          while not (ready and err) do scheduler.sleep(0.01) end
        end)
        scheduler.run()
        assert(ready == c)
        assert(tostring(err):find 'EBADF', err)
        """,
        scheduler,
    )


@pytest.mark.parametrize("scheduler", ["select", "copas"])
def test_number_that_stays_in_the_set(scheduler: str) -> None:
    """While a copy of the descriptor is open, the set tells of it in each turn, and has
    no way to forget it: another one takes its place, once."""
    run(
        """
        local made, pollset = 0, socket.poller.pollset
        function socket.poller.pollset()
          made = made + 1
          return pollset()
        end
        local c, d = table.unpack(assert(socket.pair_stream()))
        local waits, err, line
        scheduler.spawn(function()
          waits = true
          err = select(2, a:recvline())
        end)
        scheduler.spawn(function() line = c:recvline() end)
        scheduler.spawn(function()
          while not waits do scheduler.sleep(0.01) end
          local copy, before = assert(a:dup()), made
          assert(socket.close(number))
          local file <close> = assert(io.open '/dev/null') -- it has the number
          assert(b:sendall 'x\\n')
          while made == before do scheduler.sleep(0.01) end
          scheduler.sleep(0.01)
          assert(made == before + 1, made)
          assert(tostring(err):find 'ENOTSOCK', err)
          assert(d:sendall 'y\\n')
          while not line do scheduler.sleep(0.01) end
          assert(copy:recv() == 'x\\n')
        end)
        scheduler.run()
        assert(line == 'y\\n', line)
        """,
        scheduler,
    )


def test_luv_whose_handles_are_closed() -> None:
    """What waited hears so with the next wait, and the loop goes on."""
    run(
        """
        local uv = require 'luv'
        local lines, first, second = 0, nil, nil
        coroutine.wrap(function() first = select(2, a:recvline()) end)()
        coroutine.wrap(function() second = select(2, b:recvline(nil, 3600)) end)()
        local closed = coroutine.create(function() socket.select({a, b}, {}) end)
        assert(coroutine.resume(closed))
        uv.run 'nowait'
        uv.walk(function(handle) if not handle:is_closing() then handle:close() end end)
        uv.run()
        assert(not first and not second)
        assert(coroutine.close(closed))
        local c, d = table.unpack(assert(socket.pair_stream()))
        coroutine.wrap(function()
          assert(c:recvline() == 'x\\n')
          lines = lines + 1
        end)()
        assert(d:sendall 'x\\n')
        uv.run()
        assert(lines == 1)
        assert(tostring(first):find 'ECANCELED', first)
        assert(tostring(second):find 'ECANCELED', second)
        coroutine.wrap(function() assert(a:recvline() == 'y\\n') lines = lines + 1 end)()
        assert(b:sendall 'y\\n')
        uv.run()
        assert(lines == 2)
        """,
        "luv",
    )

-- Cases of scheduler_cases.lua: what lies between two waits.
local common = require 'cases.common'
local socket = require 'net.socket'

local await, is, listener, pair = common.await, common.is, common.listener, common.pair
local run, sleep, spawn = common.run, common.sleep, common.spawn
local LATE, WITHIN = common.LATE, common.WITHIN
local now = require 'net.socket.poller'.now
local cases = {}

local lose = {
  close = function(sock) assert(sock:close()) end,
  unwrap = function(sock) assert(socket.close(sock:unwrap())) end,
  variable = function(sock) local _ <close> = sock end,
  collection = function() end,
}

-- A socket that was waited for goes while nothing waits. The next ones have its number.
function cases.number_again(how)
  local numbers, count, rounds = {}, 0, 20
  local function round()
    local a, b = pair()
    if not numbers[a:fd()] then numbers[a:fd()], count = true, count + 1 end
    local line
    spawn(function() line = a:recvline(nil, WITHIN) end)
    spawn(function()
      sleep(0.001)
      assert(b:sendall('x\n', WITHIN))
    end)
    run()
    assert(line == 'x\n', line)
    lose[how](a)
    b:close()
  end
  for _ = 1, rounds do
    round()
    collectgarbage()
  end
  assert(count < rounds, count)
end

-- What comes while nothing waits takes no turn of the loop: bytes, an end, a reset.
function cases.idle(what)
  local server, port = listener()
  local a = assert(socket.connect_inet_stream('127.0.0.1', port, WITHIN))
  local b = assert(server:acceptwait(WITHIN))
  local busy, took
  spawn(function()
    assert(a:sendall('x\n', WITHIN))
    assert(b:recvline(nil, WITHIN) == 'x\n')
    spawn(function() assert(a:sendall('y\n', WITHIN)) end)
    assert(b:recvline(nil, WITHIN) == 'y\n')
    if what == 'reset' then
      assert(b:send 'never received')
      a:close()
    else
      assert(a:sendall('unread\n', WITHIN))
      if what == 'end' then a:shutdown(socket.SHUT_WR) end
    end
    local clock, start = os.clock(), now()
    sleep(0.3)
    busy, took = os.clock() - clock, now() - start
    local line, err = b:recvline(nil, WITHIN)
    if what == 'reset' then is(err, 'ECONNRESET') else assert(line == 'unread\n') end
    if what == 'end' then assert(b:recvline(nil, WITHIN) == nil) end
  end)
  run()
  assert(busy < took / 2, ('%.3f s of %.3f s'):format(busy, took))
end

-- The number of a socket that is closed while one waits is another's, and waited for,
-- before the first goes on.
function cases.number_taken()
  local a = pair()
  local fd, begun, err, line = a:fd(), nil, nil, nil
  spawn(function()
    begun = true
    err = select(2, a:recvline(nil, WITHIN))
  end)
  spawn(function()
    await(function() return begun end)
    a:close()
    local c, d = pair()
    assert(c:fd() == fd)
    spawn(function()
      await(function() return err end)
      assert(d:sendall('mine\n', WITHIN))
    end)
    line = c:recvline(nil, WITHIN)
  end)
  run()
  is(err, 'EBADF')
  assert(line == 'mine\n')
end

-- The number of a socket that was waited for is closed by another part of the program:
-- the next call says so, and the loop goes on.
function cases.closed_behind()
  local a, b = pair()
  local c, d = pair()
  local over
  spawn(function()
    assert(select(3, a:recvline(nil, 0.01)))
    assert(socket.close(a:fd()))
    is(select(2, a:recvline(nil, WITHIN)), 'EBADF')
    is(select(2, a:close()), 'EBADF')
    assert(b:recvline(nil, WITHIN) == nil)
    spawn(function()
      sleep(0.001)
      assert(d:send 'x\n')
    end)
    assert(c:recvline(nil, WITHIN) == 'x\n')
    over = true
  end)
  run()
  assert(over)
end

-- So many sockets are waited for, half of them with a deadline. Prints the port of one
-- more, where the word to end comes, once they have been waited for before as well.
function cases.many_idle(count)
  local one = assert(socket.bind_inet_dgram('127.0.0.1', 0))
  local port, socks, awake = one:getsockname():port(), {}, 0
  local sender = assert(socket.new_inet_dgram())
  for i = 1, tonumber(count) do
    local sock = assert(socket.bind_inet_dgram('127.0.0.1', 0))
    socks[i] = sock
    spawn(function()
      for _ = 1, 2 do
        assert(sock:recvable(i % 2 == 0 and 3600 or math.huge))
        awake = awake + 1
        sock:recv()
      end
    end)
  end
  local function wake()
    for _, sock in ipairs(socks) do assert(sender:sendto('x', sock:getsockname())) end
  end
  spawn(function()
    wake()
    await(function() return awake == #socks end)
    print(port)
    io.stdout:flush()
    assert(one:recvable(math.huge))
    wake()
  end)
  run()
  assert(awake == 2 * #socks)
  return 'ended'
end

-- A program with nothing left to do ends, whatever it has waited for.
function cases.ends()
  local a, b = pair()
  spawn(function() assert(a:recvline(nil, WITHIN) == 'x\n') end)
  spawn(function() assert(b:sendall('x\n', WITHIN)) end)
  local start = now()
  run()
  assert(now() - start < LATE, now() - start)
  return a:close() and b:close()
end

-- Two sides of a conversation; one waits with deadlines that are shorter, longer or
-- missing, and once in a while one passes.
function cases.deadlines_between()
  local a, b = pair()
  local answered, late = 0, 0
  spawn(function()
    for i = 1, 300 do
      local sec = ({WITHIN, 2 * WITHIN, 1})[i % 3 + 1]
      if i % 50 == 0 then
        local start = now()
        local line, _, timeout = a:recvline(nil, 0.02)
        assert(not line and timeout and now() - start >= 0.02)
        late = late + 1
      end
      assert(a:sendall('x\n', sec))
      assert(a:recvline(nil, i % 2 == 0 and sec or nil) == 'x\n')
      answered = answered + 1
    end
    a:close()
  end)
  spawn(function()
    for line in function() return b:recvline(nil, WITHIN) end do
      assert(b:sendall(line, WITHIN))
    end
  end)
  run()
  assert(answered == 300 and late == 6)
end

return cases

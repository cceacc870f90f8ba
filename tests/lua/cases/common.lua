-- What the cases of schedulers have in common.
local scheduler = require 'schedulers'
local socket = require 'net.socket'

local common = {
  spawn = scheduler.spawn,
  sleep = scheduler.sleep,
  run = scheduler.run,
  sequential = arg[1] == 'poll',
  WITHIN = 20,
  LATE = os.getenv 'NSK_QUIET' and 0.05 or 15, -- see machine_lag.py
}

function common.listener()
  local sock = assert(socket.bind_inet_stream('127.0.0.1', 0))
  assert(sock:listen())
  return sock, sock:getsockname():port()
end

function common.pair()
  local ends = assert(socket.pair_stream())
  return ends[1], ends[2]
end

function common.fill(sock)
  repeat local _, err, again = sock:send(('x'):rep(65536)) until again or err
end

function common.is(err, code)
  local words = ('%s expected, got %s'):format(code, err)
  assert(err and err.type == socket.errno[code], words)
end

-- Who has begun waits by the time that another coroutine runs.
function common.await(condition)
  while not condition() do scheduler.sleep(0.001) end
end

return common

-- clients.lua SCHEDULER COUNT SECONDS: COUNT clients and their server in one process.
-- Each client sends a line and waits for it to come back, again and again; a ticker beats
-- every 5 ms beside them. Prints how many messages were answered, the seconds it took and
-- how late the latest beat was.
local scheduler = require 'schedulers'
local socket = require 'net.socket'
local now = require 'net.socket.poller'.now

local count, seconds = tonumber(arg[2]), tonumber(arg[3])
local spawn, sleep = scheduler.spawn, scheduler.sleep
local LINE = ('x'):rep(63) .. '\n'
local connected, over, answered, total, took, late = 0, false, 0, 0, 0, 0

local server = assert(socket.bind_inet_stream('127.0.0.1', 0))
assert(server:listen())
local port = server:getsockname():port()

local function serve(peer)
  local _ <close> = peer
  for line in function() return peer:recvline() end do assert(peer:sendall(line)) end
end

spawn(function()
  for _ = 1, count do
    local peer = assert(server:acceptwait())
    spawn(function() serve(peer) end)
  end
end)

local function client()
  local sock <close> = assert(socket.connect_inet_stream('127.0.0.1', port, 20))
  connected = connected + 1
  while connected < count do sleep(0.05) end
  while not over do
    assert(sock:sendall(LINE))
    assert(sock:recvline() == LINE)
    answered = answered + 1
  end
end

for _ = 1, count do spawn(client) end

spawn(function()
  while connected < count do sleep(0.05) end
  local began, before = now(), answered
  repeat
    local start = now()
    sleep(0.005)
    late = math.max(late, now() - start - 0.005)
    took = now() - began
  until took >= seconds
  total, over = answered - before, true
end)

scheduler.run()
print(total, took, late)

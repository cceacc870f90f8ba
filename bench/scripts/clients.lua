-- clients.lua SCHEDULER COUNT SECONDS: COUNT clients and their server in one process.
-- Each client sends a line and waits for it to come back, again and again; a ticker beats
-- every 5 ms beside them. Prints how many messages were answered, the seconds it took,
-- how late the latest beat was, and the seconds of the processor.
local scheduler = require 'schedulers'
local socket = require 'net.socket'
local now = require 'net.socket.poller'.now

local count, seconds = tonumber(arg[2]), tonumber(arg[3])
local spawn, sleep = scheduler.spawn, scheduler.sleep
local BEAT, WITHIN = 0.005, 20
local LINE = ('x'):rep(63) .. '\n'

local server = assert(socket.bind_inet_stream('127.0.0.1', 0))
assert(server:listen())
local port = server:getsockname():port()

local function connect()
  return assert(socket.connect_inet_stream('127.0.0.1', port, WITHIN))
end

-- Without a scheduler: every client asks, then every one is answered, then every one
-- looks at its answer. The ticker beats between two calls.
local function in_turn()
  local clients, peers = {}, {}
  for i = 1, count do
    clients[i] = connect()
    peers[i] = assert(server:acceptwait(WITHIN))
  end
  local answered, late, began, cpu = 0, 0, now(), os.clock()
  local due = began + BEAT
  local function tick()
    local time = now()
    if time < due then return end
    late = math.max(late, time - due)
    due = time + BEAT
  end
  repeat
    for i = 1, count do assert(clients[i]:sendall(LINE, WITHIN)) tick() end
    for i = 1, count do
      assert(peers[i]:sendall(assert(peers[i]:recvline(nil, WITHIN)), WITHIN))
      tick()
    end
    for i = 1, count do
      assert(clients[i]:recvline(nil, WITHIN) == LINE)
      answered = answered + 1
      tick()
    end
  until now() - began >= seconds
  return answered, now() - began, late, os.clock() - cpu
end

local function at_a_time()
  local connected, over, answered = 0, false, 0
  local total, took, late, cpu = 0, 0, 0, 0

  local function serve(peer)
    local _ <close> = peer
    for line in function() return peer:recvline(nil, WITHIN) end do
      assert(peer:sendall(line, WITHIN))
    end
  end

  local function client()
    local sock <close> = connect()
    connected = connected + 1
    while connected < count do sleep(0.05) end
    while not over do
      assert(sock:sendall(LINE, WITHIN))
      assert(sock:recvline(nil, WITHIN) == LINE)
      answered = answered + 1
    end
  end

  local function ticker()
    while connected < count do sleep(0.05) end
    local began, before, cpu_before = now(), answered, os.clock()
    repeat
      local start = now()
      sleep(BEAT)
      late = math.max(late, now() - start - BEAT)
      took = now() - began
    until took >= seconds
    total, cpu, over = answered - before, os.clock() - cpu_before, true
  end

  spawn(function()
    for _ = 1, count do
      local peer = assert(server:acceptwait(WITHIN))
      spawn(function() serve(peer) end)
    end
  end)
  for _ = 1, count do spawn(client) end
  spawn(ticker)
  scheduler.run()
  return total, took, late, cpu
end

print((arg[1] == 'poll' and in_turn or at_a_time)())

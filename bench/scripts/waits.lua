-- waits.lua SCHEDULER CASE [ARGUMENT...]: what ../waits.py asks for, in seconds. The
-- scheduler is one of tests/lua/schedulers.lua, which knows it by its place.
local socket = require 'net.socket'
local now = require('net.socket.poller').now

local SEC, TRIES = 0.2, 20
local kept = {}

-- Of so many calls; how each ends is not asked.
local function longest(call, tries)
  local most = 0
  for _ = 1, tries or TRIES do
    local begun = now()
    call()
    most = math.max(most, now() - begun)
  end
  return most
end

local cases = {}

-- The peer sends without end. A connection each: what one try has received is pending in
-- the next, which would have all that it asks for, and its copying to do.
function cases.flood(port)
  local most = 0
  for _ = 1, 5 do
    local sock <close> = assert(socket.connect_inet_stream('127.0.0.1', port, 5))
    most = math.max(most, longest(function() sock:recvall(1 << 30, SEC) end, 1))
  end
  return most
end

-- Lua has no signals; cqueues can have one do nothing.
function cases.signals()
  local signal = require 'cqueues.signal'
  signal.discard(signal.SIGALRM)
  io.write 'ready\n'
  io.flush()
  local a, b = table.unpack(assert(socket.pair_stream()))
  kept[1] = b
  return longest(function() a:recvable(SEC) end)
end

-- Others accept from it as well.
function cases.shared(fd)
  local listener = assert(socket.wrap(tonumber(fd)))
  return longest(function()
    local made = listener:acceptwait(SEC)
    if made then made:close() end
  end, 10 * TRIES)
end

local function full()
  local a, b = table.unpack(assert(socket.pair_stream()))
  kept[#kept + 1] = b
  repeat until a:send(('x'):rep(65536)) == 0
  return a
end

local function cost(wait)
  local before = os.clock()
  wait()
  return os.clock() - before
end

-- The processor time of one wait of a second.
function cases.processor(kind, port)
  local a, b = table.unpack(assert(socket.pair_stream()))
  local listener = assert(socket.bind_inet_stream('127.0.0.1', 0))
  assert(listener:listen())
  if kind:find '^send' then a = full() end
  local waits = {
    recvable = function() return a:recvable(1) end,
    sendable = function() return a:sendable(1) end,
    recvall = function() return a:recvall(1, 1) end,
    recvline = function() return a:recvline(nil, 1) end,
    sendall = function() return a:sendall('x', 1) end,
    select = function() return socket.select({a, b}, nil, 1) end,
    acceptwait = function() return listener:acceptwait(1) end,
    connect = function()
      return socket.connect_inet_stream('127.0.0.1', tonumber(port), 1)
    end,
    reader = function() return a:reader():line(1) end,
  }
  return cost(waits[kind])
end

local families = {
  tcp = {socket.AF_INET, socket.SOCK_STREAM},
  udp = {socket.AF_INET, socket.SOCK_DGRAM},
  unix = {socket.AF_UNIX, socket.SOCK_DGRAM},
  raw = {socket.AF_INET, socket.SOCK_RAW, 253}, -- RFC 3692: no one else's packets
  netlink = {16, socket.SOCK_RAW},
  packet = {17, socket.SOCK_RAW},
}

-- From close to the end of another coroutine's recvable.
function cases.closed(family)
  local scheduled = require 'schedulers'
  local most = 0
  for _ = 1, TRIES do
    local sock = assert(socket.new(table.unpack(families[family])))
    if family == 'tcp' then -- one that is not connected is readable
      assert(sock:bind(assert(socket.addrinfo.inet('127.0.0.1', 0))))
      assert(sock:listen())
    end
    local inside, begun, ended
    scheduled.spawn(function()
      inside = true
      sock:recvable(5)
      ended = now()
    end)
    scheduled.spawn(function()
      repeat scheduled.sleep(0.001) until inside
      begun = now()
      assert(sock:close())
    end)
    scheduled.run()
    most = math.max(most, ended - begun)
  end
  return most
end

-- The processor time of a select of full sockets, both ways.
function cases.many(count)
  local socks = {}
  for i = 1, tonumber(count) do
    local a, b = table.unpack(assert(socket.pair_stream()))
    kept[i] = b
    a:sndbuf(4608)
    repeat until a:send(('x'):rep(65536)) == 0
    socks[i] = a
  end
  local sum = 0
  for _ = 1, 30 do
    sum = sum + cost(function() socket.select(socks, socks, 0.01) end)
  end
  return sum / 30
end

print(cases[arg[2]](table.unpack(arg, 3)))

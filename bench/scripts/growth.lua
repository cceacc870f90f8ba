-- The same call over and over, with nothing there for it, or the same message sent and
-- received: how many bytes of garbage there are afterwards, nothing being collected, and
-- by how many the process has grown.
local socket = require 'net.socket'
local what, calls = arg[1], tonumber(arg[2])

-- Without the pages of files, which come when code runs for the first time. The rollup
-- walks over the pages; some kernels count for statm by each processor, and add up late.
local function resident()
  local file = assert(io.open '/proc/self/smaps_rollup')
  local kilobytes = file:read 'a':match 'Anonymous: +(%d+)'
  file:close()
  return kilobytes * 1024
end

local a, b = table.unpack(assert(socket.pair_stream()))
local listener = assert(socket.bind_inet_stream('127.0.0.1', 0))
assert(listener:listen())
local out, into, iov = socket.msghdr.new(), socket.msghdr.new(), socket.iovec.new()
iov:addn(64)
out:iov(iov)
into:iov(iov)
into:control(socket.cmsghdrs.new())
local udp = assert(socket.bind_inet_dgram('127.0.0.1', 0))
local at, batch, messages, senders = udp:getsockname(), {}, {}, {}
for i = 1, 64 do batch[i] = ('datagram %03d'):format(i):rep(10) end
local function datagrams()
  local left = udp:sendmany(batch, at)
  while left > 0 do left = left - #(udp:recvmany(64, 2000, messages, senders) or '') end
  return 64, nil, false
end
local run = ({
  recvmany = datagrams,
  accept = function() return listener:accept() end,
  recv = function() return b:recv() end,
  recvfrom = function() return b:recvfrom() end,
  recvfd = function() return b:recvfd() end,
  recvmsg = function() return b:recvmsg(into) end,
  readv = function() return b:readv(iov) end,
  send = function() return a:send '' end,
  message = function() return a:sendmsg(out), nil, b:recvmsg(into) ~= 64 end,
})[what]
local found = {send = 0, message = 64, recvmany = 64}

local function loop(n)
  for _ = 1, n do
    run()
  end
end

local first, _, again = run()
assert(again == not found[what] and first == found[what])
loop(2000)
collectgarbage()
collectgarbage 'stop'
loop(10) -- a full collection gives back what calling functions needs
local memory = resident()
local before = collectgarbage 'count'
loop(calls)
local after = collectgarbage 'count'
print((after - before) * 1024, resident() - memory)

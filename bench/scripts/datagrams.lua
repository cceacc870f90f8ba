-- datagrams.lua MODE BATCH COUNT: what native/datagrams.c does, by this library, or with
-- MODE luv by that one. Prints the seconds of processor time, and the bytes of garbage
-- that a batch makes.
local mode, batch, count = arg[1], tonumber(arg[2]), tonumber(arg[3])
local messages = {}
for i = 1, batch do messages[i] = ('x'):rep(64) end

local function of_luv()
  local uv = require 'luv'
  local ours, theirs = uv.new_udp(), uv.new_udp()
  ours:bind('127.0.0.1', 0)
  theirs:bind('127.0.0.1', 0)
  uv.recv_buffer_size(theirs, 4 << 20)
  local port, got = theirs:getsockname().port, 0
  theirs:recv_start(function(err, data)
    assert(not err, err)
    if data then got = got + 1 end
  end)
  return function()
    for i = 1, batch do assert(ours:try_send(messages[i], '127.0.0.1', port)) end
    repeat uv.run 'once' until got >= batch
    got = 0
  end
end

local function of_ours()
  local socket = require 'net.socket'
  local ours = assert(socket.bind_inet_dgram('127.0.0.1', 0))
  local theirs = assert(socket.bind_inet_dgram('127.0.0.1', 0))
  theirs:nonblock(false)
  theirs:rcvbuf(4 << 20)
  theirs:udpgro(mode == 'gro')
  -- With it set each message is to have a time of its own, so none are joined.
  if mode == 'mmsg' then ours:timestamping(socket.SOF_TIMESTAMPING_OPT_CMSG) end
  local at, into, senders = theirs:getsockname(), {}, {}
  if mode == 'each' then
    return function()
      for i = 1, batch do assert(ours:sendto(messages[i], at)) end
      for _ = 1, batch do assert(theirs:recvfrom()) end
    end
  end
  return function()
    assert(ours:sendmany(messages, at) == batch)
    local got = 0
    repeat got = got + #theirs:recvmany(batch, 65536, into, senders) until got == batch
  end
end

local once = (mode == 'luv' and of_luv or of_ours)()
for _ = 1, 3 do once() end
collectgarbage()
local began = os.clock()
for _ = 1, count, batch do once() end
local seconds = os.clock() - began
collectgarbage()
collectgarbage 'stop'
local before = collectgarbage 'count'
for _ = 1, 16 do once() end
print(('%.9f %d'):format(seconds, (collectgarbage 'count' - before) * 1024 // 16))

-- A hook that closes the object after each number of instructions of a call: it fails
-- with 'closed', and never raises.
local scheduler = require 'schedulers'
local socket = require 'net.socket.luasocket'

local server = assert(socket.bind('127.0.0.1', 0))
local _, port = server:getsockname()
local large = ('x'):rep(1 << 23)
local calls = {
  line = function(peer) return peer:receive '*l' end,
  all = function(peer) return peer:receive '*a' end,
  count = function(peer) return peer:receive(5) end,
  none = function(peer) return peer:receive(0) end,
  send = function(peer) return peer:send(large) end,
}

local function closed_after(count, call, read_before)
  local client = assert(socket.connect('127.0.0.1', port))
  local peer = assert(server:accept())
  if read_before then assert(client:send 'x\n' and peer:receive() == 'x') end
  peer:settimeout(3600)
  local thread, hooked, why
  scheduler.spawn(function()
    thread = coroutine.running()
    debug.sethook(function()
      debug.sethook()
      hooked = true
      peer:close()
    end, '', count)
    why = select(2, call(peer))
    debug.sethook()
  end)
  scheduler.spawn(function()
    debug.sethook(thread) -- it waits now
    if not hooked then client:close() end
  end)
  scheduler.run()
  if hooked then assert(why == 'closed', why) end
  client:close()
  peer:close()
  return hooked
end

for _, call in pairs(calls) do
  for _, read_before in ipairs {false, true} do
    local count = 1
    while closed_after(count, call, read_before) do count = count + 1 end
    assert(count > 20)
  end
end
print 'fine'

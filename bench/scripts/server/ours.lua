-- ours.lua SCHEDULER: sends back each line, with net.socket's reader; every wait has a
-- deadline. Prints its port.
local scheduler = require 'schedulers'
local socket = require 'net.socket'

local WITHIN = 60

local server = assert(socket.bind_inet_stream('127.0.0.1', 0))
assert(server:listen())
print(server:getsockname():port())
io.stdout:flush()

local function serve(client)
  local _ <close> = client
  client:tcpnodelay(true)
  local rd = assert(client:reader())
  for line in function() return rd:readline(WITHIN) end do
    if not client:sendall(line, WITHIN) then return end
  end
end

scheduler.spawn(function()
  while true do
    local client = assert(server:acceptwait())
    scheduler.spawn(function() serve(client) end)
  end
end)
scheduler.run()

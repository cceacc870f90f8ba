-- One byte through two UDP sockets on the loopback, by luasocket.
local socket = require "socket"

local function bound()
  local made = assert(socket.udp4())
  assert(made:setsockname("127.0.0.1", 0))
  return made, made:getsockname()
end

local a = bound()
local b, host, port = bound()
port = tonumber(port)
assert(a:sendto("x", host, port) == 1 and b:receivefrom(1) == "x")
for _ = 1, tonumber(arg[1]) do
  a:sendto("x", host, port)
  b:receivefrom(1)
end

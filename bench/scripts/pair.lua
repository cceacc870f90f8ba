-- One byte through a unix stream pair.
local socket = require "net.socket"

local a, b = table.unpack(assert(socket.pair_stream()))
assert(a:send("x") == 1 and b:recv(1) == "x")
for _ = 1, tonumber(arg[1]) do
  a:send("x")
  b:recv(1)
end

-- 100 bytes by sendall and recvall through a unix stream pair.
local socket = require "net.socket"

local a, b = table.unpack(assert(socket.pair_stream()))
local text = ("x"):rep(100)
assert(a:sendall(text) == 100 and b:recvall(100) == text)
for _ = 1, tonumber(arg[1]) do
  a:sendall(text)
  b:recvall(100)
end

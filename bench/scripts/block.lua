-- 64 KiB through a unix stream pair, as a string and into an iovec in turn.
local socket = require "net.socket"

local SIZE = 65536
local a, b = table.unpack(assert(socket.pair_stream()))
a:sndbuf(4 * SIZE)
local data = ("x"):rep(SIZE)
local iov = socket.iovec.new()
iov:addn(SIZE)
assert(a:send(data) == SIZE and #b:recv(SIZE) == SIZE)
for _ = 1, tonumber(arg[1]) do
  a:send(data)
  b:recv(SIZE)
  a:send(data)
  b:readv(iov)
end

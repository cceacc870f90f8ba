-- One byte through two UDP sockets on the loopback, with the sender's address.
local socket = require "net.socket"
local addrinfo = require "net.socket.addrinfo"

local function bound()
  local made = assert(socket.new_inet_dgram())
  assert(made:bind(assert(addrinfo.new_inet_dgram("127.0.0.1", 0))))
  return made, assert(made:getsockname())
end

local a = bound()
local b, ai = bound()
assert(a:sendto("x", ai) == 1 and b:recvfrom(1) == "x")
for _ = 1, tonumber(arg[1]) do
  a:sendto("x", ai)
  b:recvfrom(1)
end

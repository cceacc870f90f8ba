-- One byte through a unix stream connection, by luasocket, which has no pair.
local unix = require "socket.unix"

local path = os.tmpname()
os.remove(path)
local listener = unix.stream()
assert(listener:bind(path))
assert(listener:listen(1))
local a = unix.stream()
assert(a:connect(path))
local b = assert(listener:accept())
os.remove(path)
assert(a:send("x") == 1 and b:receive(1) == "x")
for _ = 1, tonumber(arg[1]) do
  a:send("x")
  b:receive(1)
end

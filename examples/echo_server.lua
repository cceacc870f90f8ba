local socket = require 'net.socket'
local server <close> = assert(socket.bind_inet_stream('127.0.0.1', arg[1] or 7000, true))
assert(server:listen())
io.stderr:write('listening on ', tostring(server:getsockname()), '\n')
while true do
  local client <close> = assert(server:acceptwait())
  local rd = assert(client:reader())
  local line = rd:readline()
  while line and client:sendall(line) do line = rd:readline() end
end

local socket = require 'net.socket'
local port = arg[1] or '7000'
local server <close> = assert(socket.bind_inet_stream('127.0.0.1', port, true))
assert(server:listen())
io.stderr:write('listening on ', tostring(server:getsockname()), '\n')
while assert(server:recvable(math.huge)) do
  local client <close> = server:accept()
  while client and client:recvable(math.huge) do
    local data, _, again = client:recv()
    if not data and not again then break end -- the end of the stream, or an error
    while data and #data > 0 and client:sendable(math.huge) do
      data = data:sub(1 + (client:send(data) or #data)) -- what the send did not take
    end
  end
end

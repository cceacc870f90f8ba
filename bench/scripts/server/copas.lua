-- Copas with luasocket: each line is sent back, without a deadline. Prints the port.
local copas = require 'copas'
local socket = require 'socket'

local server = assert(socket.bind('127.0.0.1', 0))
print((select(2, server:getsockname())))
io.stdout:flush()

copas.addserver(server, function(client)
  client:setoption('tcp-nodelay', true)
  while true do
    local line = copas.receive(client, '*l')
    if not line or not copas.send(client, line .. '\n') then break end
  end
  client:close()
end)
copas.loop()

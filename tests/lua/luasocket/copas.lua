-- A server and clients that were written for Copas and luasocket, with net.socket's
-- interface of it in place of luasocket. The argument: whether Copas waits by our poller.
package.loaded.socket = require 'net.socket.luasocket'
local socket, copas = require 'socket', require 'copas'
if arg[1] == 'poller' then require 'net.socket.poller.copas' end

local CLIENTS, LINES = 20, 10
local server = assert(socket.bind('127.0.0.1', 0))
local host, port = server:getsockname()

copas.addserver(server, function(peer)
  peer = copas.wrap(peer)
  local line = peer:receive()
  while line do
    peer:send(line:upper() .. '\n')
    line = peer:receive()
  end
end)

local open, most, done = 0, 0, 0
local function client()
  local sock = socket.tcp()
  assert(copas.connect(sock, host, port))
  local wrapped = copas.wrap(sock)
  open = open + 1
  most = math.max(most, open)
  for i = 1, LINES do
    assert(wrapped:send(('line %d\n'):format(i)))
    assert(wrapped:receive() == ('LINE %d'):format(i))
  end
  sock:close()
  open, done = open - 1, done + 1
end

for _ = 1, CLIENTS do copas.addthread(client) end
while done < CLIENTS do assert(copas.step(60) ~= nil) end
print(done, most > 1)

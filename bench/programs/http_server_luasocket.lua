-- http_server_luasocket.lua PORT COUNT: http_server.lua with luasocket.
local socket = require 'socket'
local port, count = arg[1], tonumber(arg[2])

local function read_request(client)
  local path = (client:receive '*l' or ''):match '^GET (%S+) HTTP/1%.1$'
  local keep = path ~= nil
  for field in function() return client:receive '*l' end do
    if field == '' then return path, keep end
    if field:lower() == 'connection: close' then keep = false end
  end
end

local server = assert(socket.bind('127.0.0.1', port))
server:settimeout(60)
print((select(2, server:getsockname())))
io.stdout:flush()

for _ = 1, count do
  local client = assert(server:accept())
  client:settimeout(60)
  local path, keep
  repeat
    path, keep = read_request(client)
    if path then
      local body = ('You asked for %s.\n'):format(path)
      local head = ('HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n'):format(#body)
      assert(client:send(head .. body))
    end
  until not keep
  client:close()
end
server:close()

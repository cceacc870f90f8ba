-- http_server.lua PORT COUNT: answers the requests of COUNT connections, one connection
-- after the other, and says first which port it has.
local socket = require 'net.socket'
local port, count = arg[1], tonumber(arg[2])

local function read_request(rd)
  local path = (rd:line(60) or ''):match '^GET (%S+) HTTP/1%.1$'
  local keep = path ~= nil
  for field in rd:lines(60) do
    if field == '' then return path, keep end
    if field:lower() == 'connection: close' then keep = false end
  end
end

local server <close> = assert(socket.bind_inet_stream('127.0.0.1', port, true))
assert(server:listen())
print(server:getsockname():port())
io.stdout:flush()

for _ = 1, count do
  local client <close> = assert(server:acceptwait(60))
  local rd = assert(client:reader())
  local path, keep
  repeat
    path, keep = read_request(rd)
    if path then
      local body = ('You asked for %s.\n'):format(path)
      local head = ('HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n'):format(#body)
      assert(client:sendall(head .. body, 60))
    end
  until not keep
end

-- http_client_module.lua PORT COUNT: http_client.lua with luasocket's socket.http, which
-- makes a connection for each page.
local http = require 'socket.http'
local port, count = arg[1], tonumber(arg[2])

http.TIMEOUT = 60
local length = 0
for i = 1, count do
  local body, status = http.request(('http://127.0.0.1:%s/%d'):format(port, i))
  assert(status == 200, 'the page is not there')
  length = length + #body
end
print(length)

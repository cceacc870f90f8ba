-- tls_server_luasocket.lua PORT COUNT CERTIFICATE KEY: tls_server.lua with luasocket and
-- LuaSec.
local socket = require 'socket'
local ssl = require 'ssl'
local port, count = arg[1], tonumber(arg[2])

local params = {mode = 'server', protocol = 'any', certificate = arg[3], key = arg[4]}
local context = assert(ssl.newcontext(params))
local server = assert(socket.bind('127.0.0.1', port))
server:settimeout(60)
print((select(2, server:getsockname())))
io.stdout:flush()

for _ = 1, count do
  local conn = assert(ssl.wrap(assert(server:accept()), context))
  conn:settimeout(60)
  assert(conn:dohandshake())
  for line in function() return conn:receive '*l' end do
    assert(conn:send(line .. '\n'))
  end
  conn:close()
end
server:close()

-- tls_server.lua PORT COUNT CERTIFICATE KEY: COUNT connections, one after the other, get
-- each of their lines again through TLS. It says first which port it has.
local ssl = require 'ssl'
local socket = require 'net.socket'
local tls = require 'net.socket.tls'
local port, count = arg[1], tonumber(arg[2])

local params = {mode = 'server', protocol = 'any', certificate = arg[3], key = arg[4]}
local context = assert(ssl.newcontext(params))
local server <close> = assert(socket.bind_inet_stream('127.0.0.1', port, true))
assert(server:listen())
print(server:getsockname():port())
io.stdout:flush()

for _ = 1, count do
  local sock = assert(server:acceptwait(60))
  local conn <close> = assert(tls.server(sock, context, 60))
  for line in conn:reader():lines(60) do
    assert(conn:sendall(line .. '\n', 60))
  end
end

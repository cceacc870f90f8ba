-- tls_client.lua PORT COUNT CA: sends COUNT lines through TLS, and reads each again.
local socket = require 'net.socket'
local tls = require 'net.socket.tls'
local port, count, ca = arg[1], tonumber(arg[2]), arg[3]

local sock = assert(socket.connect_inet_stream('127.0.0.1', port, 60))
local conn <close> = assert(tls.client(sock, 'localhost', {cafile = ca}, 60))
local rd = conn:reader()
local length = 0
for i = 1, count do
  assert(conn:sendall(('line %d\n'):format(i), 60))
  length = length + #assert(rd:line(60))
end
print(length)

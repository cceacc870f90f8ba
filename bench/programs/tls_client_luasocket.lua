-- tls_client_luasocket.lua PORT COUNT CA: tls_client.lua with luasocket and LuaSec, which
-- leave it to the program to compare the name of the certificate; this one does not.
local socket = require 'socket'
local ssl = require 'ssl'
local port, count, ca = arg[1], tonumber(arg[2]), arg[3]

local sock = assert(socket.tcp())
sock:settimeout(60)
assert(sock:connect('127.0.0.1', port))
local params = {mode = 'client', protocol = 'any', verify = 'peer', cafile = ca}
local conn = assert(ssl.wrap(sock, params))
conn:settimeout(60)
conn:sni('localhost')
assert(conn:dohandshake())
local length = 0
for i = 1, count do
  assert(conn:send(('line %d\n'):format(i)))
  length = length + #assert(conn:receive '*l')
end
print(length)
conn:close()

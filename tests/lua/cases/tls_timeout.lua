-- A case of tls_cases.lua: the socket's timeout is the connection's, and is that of each
-- call without a time of its own.
local common = require 'cases.common'

local is = common.is
local WITHIN = 60

return function(server, client)
  local rd = client:reader()
  assert(client:timeout() == 0.05 and server:timeout() == 0)
  local bytes, err, timeout = client:recv()
  assert(bytes == nil and timeout)
  is(err, 'ETIMEDOUT')
  local line, late, out, pending = rd:line()
  assert(line == nil and out and pending == 0)
  is(late, 'ETIMEDOUT')
  assert(tostring(late):find('not done within 0.05 s', 1, true))
  local sent, full, over = client:sendall(('x'):rep(1 << 24))
  assert(sent == nil and over)
  is(full, 'ETIMEDOUT')
  assert(server:reader():read(1, WITHIN) == 'x')
  server:close()
  client:close()
end

-- A case of tls_cases.lua: a send that cannot be done; other bytes in its place are
-- refused, and it goes on.
local scheduler = require 'schedulers'
local common = require 'cases.common'

local is, spawn = common.is, scheduler.spawn
local WITHIN = 60

return function(server, client)
  local message, total = ('abc'):rep(10000), 0
  local sent, again
  repeat
    local err
    sent, err, again = client:send(message:sub(total % #message + 1))
    total = total + assert(sent, err)
  until again and sent == 0
  local _, err = client:send('other')
  is(err, 'EINVAL')
  local rest = message:sub(total % #message + 1)
  total = total + #rest
  spawn(function()
    assert(client:sendall(rest, WITHIN) == #rest)
    client:close()
  end)
  local all = assert(server:reader():readall(1 << 28, WITHIN))
  assert(all == message:rep(total // #message))
  server:close()
end

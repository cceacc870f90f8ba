-- A case of tls_cases.lua: what comes while a coroutine waits for it is that coroutine's,
-- also where another could take it first.
local scheduler = require 'schedulers'
local common = require 'cases.common'

local await, is, spawn = common.await, common.is, scheduler.spawn
local WITHIN = 60

return function(server, client)
  local begun, got
  spawn(function()
    begun = true
    got = assert(client:reader():read(1, WITHIN))
  end)
  await(function() return begun end)
  assert(server:sendall 'x')
  local taken, err = client:recv()
  assert(taken == nil)
  is(err, 'EBUSY')
  assert(err.message == 'another coroutine is inside this call')
  await(function() return got end)
  assert(got == 'x')
  server:close()
  client:close()
end

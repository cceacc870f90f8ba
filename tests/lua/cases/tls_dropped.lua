-- A case of tls_cases.lua: a call whose coroutine is dropped while it waits holds neither
-- direction.
local socket = require 'net.socket'

local WITHIN = 60

-- Begins a call under a scheduler that forgets it.
local function drop(call)
  local co = coroutine.create(call)
  assert(coroutine.resume(co))
  assert(coroutine.status(co) == 'suspended')
end

return function(server, client)
  collectgarbage 'stop'
  local function wait() return coroutine.yield() end
  socket.poller.use {wait_readable = wait, wait_writable = wait}
  drop(function() return client:reader():read(1, WITHIN) end)
  local message = ('x'):rep(1 << 24)
  drop(function() return client:sendall(message, WITHIN) end)
  socket.poller.use(nil)
  assert(server:sendall('x', WITHIN))
  assert(client:reader():read(1, WITHIN) == 'x')
  local _, err = client:send 'other bytes' -- the record that was begun comes first
  assert(err.type ~= socket.errno.EBUSY, err)
  server:close()
  client:close()
end

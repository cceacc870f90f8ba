-- A case of tls_cases.lua: shutdown sends the record that was begun to its end, and the
-- stream then ends well.
local scheduler = require 'schedulers'

local spawn = scheduler.spawn
local WITHIN = 60

return function(server, client)
  local message = ('abc'):rep(2000) -- one record
  local count = 0
  while client:sendall(message, 0) do count = count + 1 end
  spawn(function() assert(client:shutdown(WITHIN)) end)
  local all = assert(server:reader():readall(1 << 28, WITHIN))
  assert(all == message:rep(count + 1))
  server:close()
end

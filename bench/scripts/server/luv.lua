-- luv's callbacks: what has come is sent back, without lines, coroutines or deadlines.
-- Prints the port.
local uv = require 'luv'

local server = uv.new_tcp()
assert(server:bind('127.0.0.1', 0))
assert(server:listen(1024, function()
  local client = uv.new_tcp()
  server:accept(client)
  client:nodelay(true)
  client:read_start(function(err, data)
    if data and not err then
      client:write(data)
    else
      client:close()
    end
  end)
end))
print(server:getsockname().port)
io.stdout:flush()
uv.run()

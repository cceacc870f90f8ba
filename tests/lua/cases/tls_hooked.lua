-- A case of tls_cases.lua: a hook closes the connection after each number of instructions
-- of a call, which then fails with EBADF, or is done: it never raises.
local socket = require 'net.socket'

local WITHIN = 60
local calls = {
  recv = function(conn) return conn:recv() end,
  send = function(conn) return conn:send 'some bytes' end,
  sendall = function(conn) return conn:sendall('some bytes', WITHIN) end,
  line = function(_, reader) return reader:line(WITHIN) end,
}

local function closed_after(count, call, server, client)
  assert(server:sendall('line\n', WITHIN))
  local reader = client:reader()
  local hooked
  debug.sethook(function()
    debug.sethook()
    hooked = true
    client:close()
  end, '', count)
  local ok, done, err = pcall(call, client, reader)
  debug.sethook()
  assert(ok, done)
  assert(done or err and err.type == socket.errno.EBADF, err)
  client:close()
  server:close()
  return hooked
end

-- pair(sec) makes both ends, of which the client has that timeout.
return function(method, pair)
  local timed = method == 'sendall' or method == 'line'
  for _, sec in ipairs(timed and {0} or {0, WITHIN}) do
    local count = 1
    while closed_after(count, calls[method], pair(sec)) do count = count + 1 end
    assert(count > 10, count)
  end
end

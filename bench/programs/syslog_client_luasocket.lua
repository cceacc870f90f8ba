-- syslog_client_luasocket.lua PATH COUNT: syslog_client.lua with luasocket.
local unix = require 'socket.unix'
local path, count = arg[1], tonumber(arg[2])
local LOCAL0 <const>, WARNING <const>, INFO <const> = 16, 4, 6

local sock = assert(unix.dgram())
sock:settimeout(60)
assert(sock:connect(path))

local function log(severity, text)
  local head = ('<%d>%s programs: '):format(LOCAL0 * 8 + severity, os.date '%b %e %T')
  assert(sock:send(head .. text))
end

for i = 1, count do log(i % 10 == 0 and WARNING or INFO, 'message ' .. i) end
sock:close()

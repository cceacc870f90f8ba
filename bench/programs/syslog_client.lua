-- syslog_client.lua PATH COUNT: sends COUNT messages to the collector of this machine.
local socket = require 'net.socket'
local path, count = arg[1], tonumber(arg[2])
local LOCAL0 <const>, WARNING <const>, INFO <const> = 16, 4, 6

local sock <close> = assert(socket.connect_unix_dgram(path))
sock:timeout(60)

local function log(severity, text)
  local head = ('<%d>%s programs: '):format(LOCAL0 * 8 + severity, os.date '%b %e %T')
  assert(sock:send(head .. text))
end

for i = 1, count do log(i % 10 == 0 and WARNING or INFO, 'message ' .. i) end

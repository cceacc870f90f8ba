-- The options of luasocket, by their names in option.def: each reads its value, and with
-- an argument sets it and tells the one before.

local agent = require 'agent'

local function result(found, err)
  if found == nil then
    agent.fail(err)
  end
  return found
end

-- Its options that are on or off, and its numbers, by our names.
local NAMES = {
  keepalive = 'keepalive', reuseaddr = 'reuseaddr', reuseport = 'reuseport',
  broadcast = 'broadcast', dontroute = 'dontroute', tcpnodelay = 'tcp-nodelay',
  v6only = 'ipv6-v6only', rcvbuf = 'recv-buffer-size', sndbuf = 'send-buffer-size',
  tcpkeepalive = 'tcp-keepidle', tcpkeepintvl = 'tcp-keepintvl',
  tcpkeepcnt = 'tcp-keepcnt',
}

-- It gives its numbers as floats.
local function whole(value)
  return math.tointeger and math.tointeger(value) or value
end

local function option(name)
  return function(sock, value)
    if not sock.getoption then
      agent.lacks 'options of this kind of socket'
    end
    local before = result(sock:getoption(name))
    if value ~= nil then
      result(sock:setoption(name, value))
    end
    return whole(before)
  end
end

local function linger(sock, value)
  local found = result(sock:getoption 'linger')
  if value ~= nil then
    result(sock:setoption('linger', {on = value >= 0, timeout = math.max(0, value)}))
  end
  return found.on and whole(found.timeout) or -1
end

local OPTIONS = {linger = linger}
for ours, theirs in pairs(NAMES) do
  OPTIONS[ours] = option(theirs)
end
return OPTIONS

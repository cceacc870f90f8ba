-- redis_client.lua PORT COUNT: sets and reads COUNT keys of a Redis server.
local socket = require 'net.socket'
local port, count = arg[1], tonumber(arg[2])

local sock <close> = assert(socket.connect_inet_stream('127.0.0.1', port, 60))
local rd = assert(sock:reader())

local function reply()
  local kind, rest = assert(rd:line(60)):match '^(.)(.*)$'
  if kind == '+' then return rest end
  if kind == '-' then error(rest) end
  local n = math.tointeger(tonumber(rest))
  if kind == ':' then return n end
  if n < 0 then return false end
  if kind == '$' then return (assert(rd:readexactly(n + 2, 60)):sub(1, n)) end
  local list = {}
  for i = 1, n do list[i] = reply() end
  return list
end

local function call(...)
  local parts = {('*%d\r\n'):format(select('#', ...))}
  for _, word in ipairs {...} do
    parts[#parts + 1] = ('$%d\r\n%s\r\n'):format(#word, word)
  end
  assert(sock:sendall(table.concat(parts), 60))
  return reply()
end

local length = 0
for i = 1, count do
  local key = 'key:' .. i
  assert(call('SET', key, ('%d'):format(i * i)) == 'OK')
  length = length + #call('GET', key)
  assert(call('MGET', key, 'missing')[2] == false)
end
print(length, call('DBSIZE'))

-- redis_client_luasocket.lua PORT COUNT: redis_client.lua with luasocket.
local socket = require 'socket'
local port, count = arg[1], tonumber(arg[2])

local sock = assert(socket.tcp())
sock:settimeout(60)
assert(sock:connect('127.0.0.1', port))

local function reply()
  local kind, rest = assert(sock:receive '*l'):match '^(.)(.*)$'
  if kind == '+' then return rest end
  if kind == '-' then error(rest) end
  local n = math.tointeger(tonumber(rest))
  if kind == ':' then return n end
  if n < 0 then return false end
  if kind == '$' then return (assert(sock:receive(n + 2)):sub(1, n)) end
  local list = {}
  for i = 1, n do list[i] = reply() end
  return list
end

local function call(...)
  local parts = {('*%d\r\n'):format(select('#', ...))}
  for _, word in ipairs {...} do
    parts[#parts + 1] = ('$%d\r\n%s\r\n'):format(#word, word)
  end
  assert(sock:send(table.concat(parts)))
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
sock:close()

-- dns_stub.lua PORT COUNT: asks a name server for the IPv4 addresses of COUNT names. A
-- question is sent again when its answer does not come.
local socket = require 'net.socket'
local port, count = arg[1], tonumber(arg[2])

local sock <close> = assert(socket.connect_inet_dgram('127.0.0.1', port))

local function question(id, name)
  local labels = name:gsub('([^.]+)%.?', function(label) return ('s1'):pack(label) end)
  return ('>I2I2I2I2I2I2'):pack(id, 0x100, 1, 0, 0, 0) .. labels .. '\0\0\1\0\1'
end

local function after_name(message, at)
  local size = message:byte(at)
  if size == 0 then return at + 1 end
  if size >= 0xc0 then return at + 2 end
  return after_name(message, at + 1 + size)
end

local function addresses(message)
  local _, flags, _, answers = ('>I2I2I2I2'):unpack(message)
  assert(flags & 15 == 0, 'there is no such name')
  local found, at = {}, after_name(message, 13) + 4
  for _ = 1, answers do
    local kind, _, _, data, next = ('>I2I2I4s2'):unpack(message, after_name(message, at))
    if kind == 1 then found[#found + 1] = ('%d.%d.%d.%d'):format(data:byte(1, 4)) end
    at = next
  end
  return found
end

local function resolve(name)
  local id = math.random(0, 0xffff)
  local request = question(id, name)
  for pause = 10, 30, 10 do
    assert(sock:send(request))
    local deadline = socket.deadline(pause)
    while sock:recvable(deadline) do
      local message = assert(sock:recv())
      if ('>I2'):unpack(message) == id then return addresses(message) end
    end
  end
  error('the name server does not answer')
end

local last
for i = 1, count do last = resolve(('host%d.example.org'):format(i)) end
print(table.concat(last, ' '))

-- dns_responder.lua PORT NAME=ADDRESS...: answers questions for the IPv4 addresses of
-- these names, as many in a batch as have come; other names do not exist.
local socket = require 'net.socket'

local known = {}
for i = 2, #arg do
  local name, address = arg[i]:match '^(.+)=(.+)$'
  known[name:lower()] = string.char(address:match '^(%d+)%.(%d+)%.(%d+)%.(%d+)$')
end

-- The name, its type, and all of the question as it came; nothing when it is none.
local function question_of(message)
  local at, labels = 13, {}
  while (message:byte(at) or 64) < 64 do
    local label = string.unpack('s1', message .. ('\0'):rep(64), at)
    at = at + 1 + #label
    if label == '' then
      if #message < at + 3 then return nil end
      local kind = string.unpack('>I2', message, at)
      return table.concat(labels, '.'), kind, message:sub(13, at + 3)
    end
    labels[#labels + 1] = label:lower()
  end
end

local function answer_to(message)
  if #message < 17 or message:byte(3) & 0xf8 ~= 0 then return nil end
  if message:sub(5, 6) ~= '\0\1' then return nil end
  local name, kind, question = question_of(message)
  if not name then return nil end
  local address = known[name]
  local flags = 0x8400 | (message:byte(3) & 1) << 8 | (address and 0 or 3)
  local record = ''
  if address and kind == 1 then
    record = string.pack('>I2I2I2I4s2', 0xc00c, 1, 1, 60, address)
  end
  local head = string.pack('>I2I2I2I2I2', flags, 1, record == '' and 0 or 1, 0, 0)
  return message:sub(1, 2) .. head .. question .. record
end

local server <close> = assert(socket.bind_inet_dgram('127.0.0.1', arg[1] or 5300))
server:nonblock(false)
io.stderr:write('listening on ', tostring(server:getsockname()), '\n')
local messages, senders = {}, {}
while true do
  assert(server:recvmany(64, 512, messages, senders))
  local answers, to = {}, {}
  for i, message in ipairs(messages) do
    local answer = answer_to(message)
    if answer then
      answers[#answers + 1], to[#to + 1] = answer, senders[i]
    end
  end
  server:sendmany(answers, to) -- one that is lost is asked for again
end

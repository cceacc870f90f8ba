-- ping.lua HOST [COUNT]: asks a host for an echo, and says how long it took and how many
-- hops the answer had left.
local socket = require 'net.socket'

local REQUEST, REPLY = 8, 0
local ID = math.random(0, 0xffff)

local function checksum(bytes)
  local sum = 0
  for i = 1, #bytes, 2 do
    sum = sum + string.unpack('>I2', bytes .. '\0', i)
  end
  sum = (sum >> 16) + (sum & 0xffff)
  return ~(sum + (sum >> 16)) & 0xffff
end

local function request(number)
  local body = string.pack('>I2I2', ID, number) .. 'how are you?'
  local sum = checksum(string.pack('>BBI2', REQUEST, 0, 0) .. body)
  return string.pack('>BBI2', REQUEST, 0, sum) .. body
end

-- A socket for echoes alone, for those in net.ipv4.ping_group_range; else one that sees
-- all of ICMP, which takes a privilege.
local function open()
  local made = socket.new(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
  made = made or assert(socket.new(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
  assert(made:recvttl(true) ~= nil)
  assert(made:recverr(true) ~= nil)
  return made
end

local own <close> = open()
local raw = own:socktype() == socket.SOCK_RAW
local message = socket.msghdr.new()
message:iov(socket.iovec.new())
message:iov():addn(2048)
message:control(socket.cmsghdrs.new())

-- The number of our request that a received packet answers, or nil.
local function answered(packet)
  local at = raw and (packet:byte(1) & 15) * 4 + 1 or 1
  if #packet < at + 7 then return nil end
  local kind, _, _, id, number = string.unpack('>BBI2I2I2', packet, at)
  if kind == REPLY and (not raw or id == ID) then return number end
end

local function wait_for(number, deadline)
  while own:recvable(deadline) do
    local told = own:errqueue()
    if told then
      return ('from %s: ICMP %d, %d'):format(told.offender, told.type, told.code)
    end
    local n = own:recvmsg(message)
    if n and answered(message:iov():concat(0, n)) == number then
      return ('from %s: hops left %d'):format(
        message:name():addr(), message:control():shift():value())
    end
  end
  return 'no answer'
end

local to = assert(socket.addrinfo.getaddrinfo(arg[1], nil, socket.AF_INET))[1]
for number = 1, tonumber(arg[2] or 4) do
  local began = socket.poller.now()
  assert(own:sendto(request(number), to))
  local said = wait_for(number, socket.deadline(1))
  print(('%d %s, %.3f ms'):format(number, said, (socket.poller.now() - began) * 1e3))
end

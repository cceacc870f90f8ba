-- mqtt_client_luasocket.lua PORT COUNT: mqtt_client.lua with luasocket.
local socket = require 'socket'
local port, count = arg[1], tonumber(arg[2])
local CONNECT <const>, CONNACK <const>, DISCONNECT <const> = 0x10, 0x20, 0xe0
local PUBLISH <const>, ONCE <const>, PUBACK <const> = 0x30, 0x32, 0x40
local SUBSCRIBE <const>, SUBACK <const> = 0x82, 0x90

local sock = assert(socket.tcp())
sock:settimeout(60)
assert(sock:connect('127.0.0.1', port))

local function length_of(n)
  if n < 128 then return string.char(n) end
  return string.char(n % 128 + 128) .. length_of(n // 128)
end

local function send(kind, body)
  assert(sock:send(string.char(kind) .. length_of(#body) .. body))
end

local function receive()
  local kind = assert(sock:receive(1)):byte()
  local size, shift = 0, 0
  repeat
    local byte = assert(sock:receive(1)):byte()
    size, shift = size | (byte & 127) << shift, shift + 7
  until byte < 128
  return kind, assert(sock:receive(size))
end

local function expect(wanted)
  local kind, body = receive()
  assert(kind == wanted, 'this is another packet')
  return body
end

send(CONNECT, ('>s2BBI2s2'):pack('MQTT', 4, 2, 60, 'bench'))
assert(expect(CONNACK) == '\0\0', 'the broker refuses')
send(SUBSCRIBE, ('>I2s2B'):pack(1, 'bench/#', 0))
assert(expect(SUBACK) == '\0\1\0', 'the broker refuses')
local length = 0
for i = 1, count do
  local id = i & 0xffff
  send(ONCE, ('>s2I2'):pack('bench/topic', id) .. ('x'):rep(i % 200))
  assert(('>I2'):unpack(expect(PUBACK)) == id)
  local message = expect(PUBLISH)
  local _, at = ('>s2'):unpack(message)
  length = length + #message:sub(at)
end
send(DISCONNECT, '')
print(length)
sock:close()

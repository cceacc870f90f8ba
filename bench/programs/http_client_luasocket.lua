-- http_client_luasocket.lua PORT COUNT: http_client.lua with luasocket.
local socket = require 'socket'
local port, count = arg[1], tonumber(arg[2])

local sock = assert(socket.tcp())
sock:settimeout(60)
assert(sock:connect('127.0.0.1', port))

local function fields()
  local found = {}
  while true do
    local line = assert(sock:receive '*l')
    if line == '' then return found end
    local name, value = line:match '^([^:]+):%s*(.-)%s*$'
    found[name:lower()] = value
  end
end

local function chunks()
  local pieces = {}
  repeat
    local size = tonumber(assert(sock:receive '*l'):match '^%x+', 16)
    pieces[#pieces + 1] = assert(sock:receive(size))
  until size == 0 or assert(sock:receive '*l') ~= ''
  fields()
  return table.concat(pieces)
end

local function get(path)
  local request = 'GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n'
  assert(sock:send(request:format(path)))
  local status = assert(sock:receive '*l'):match '^HTTP/1.1 (%d+)'
  assert(status == '200', 'the page is not there')
  local head = fields()
  if head['transfer-encoding'] == 'chunked' then return chunks() end
  return assert(sock:receive(tonumber(head['content-length'])))
end

local length = 0
for i = 1, count do length = length + #get('/' .. i) end
print(length)
sock:close()

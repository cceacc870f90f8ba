-- http_client.lua PORT COUNT: fetches COUNT pages over one connection.
local socket = require 'net.socket'
local port, count = arg[1], tonumber(arg[2])

local sock <close> = assert(socket.connect_inet_stream('127.0.0.1', port, 60))
local rd = assert(sock:reader())

local function fields()
  local found = {}
  for line in rd:lines(60) do
    if line == '' then return found end
    local name, value = line:match '^([^:]+):%s*(.-)%s*$'
    found[name:lower()] = value
  end
  error 'the answer has been cut short'
end

local function chunks()
  local pieces = {}
  repeat
    local size = tonumber(assert(rd:line(60)):match '^%x+', 16)
    pieces[#pieces + 1] = assert(rd:readexactly(size, 60))
  until size == 0 or assert(rd:line(60)) ~= ''
  fields()
  return table.concat(pieces)
end

local function get(path)
  local request = 'GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n'
  assert(sock:sendall(request:format(path), 60))
  local status = assert(rd:line(60)):match '^HTTP/1.1 (%d+)'
  assert(status == '200', 'the page is not there')
  local head = fields()
  if head['transfer-encoding'] == 'chunked' then return chunks() end
  return assert(rd:readexactly(tonumber(head['content-length']), 60))
end

local length = 0
for i = 1, count do length = length + #get('/' .. i) end
print(length)

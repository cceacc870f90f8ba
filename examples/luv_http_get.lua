-- luv_http_get.lua SECONDS URL...: fetches pages over HTTP/1.1, all at a time in one
-- process, and prints what has become of each. SECONDS is for a whole page: its name, the
-- connection, the request and the answer.
local uv = require 'luv'
local socket = require 'net.socket'
local now = socket.poller.now
require 'net.socket.poller.luv' -- from here on net.socket waits through the loop of luv

local function parse(url)
  local host, port, path = url:match '^http://([^/:]+):?(%d*)(/?.*)$'
  assert(host, 'the URL must be http://HOST[:PORT][/PATH]')
  return host, port ~= '' and port or '80', path ~= '' and path or '/'
end

-- A line of the head without its end; what is no line is an error.
local function head_line(sock, left)
  local line, err = sock:recvline(8192, left())
  assert(not err, err)
  return assert((line or ''):match '^(.-)\r?\n$', 'the server has broken off')
end

local function get(url, seconds)
  local limit = now() + seconds
  local function left() return math.max(limit - now(), 0) end
  local host, port, path = parse(url)
  local sock <close> = assert(socket.connect_stream(host, port, left()))
  local request = 'GET %s HTTP/1.1\r\nHost: %s:%s\r\nConnection: close\r\n\r\n'
  assert(sock:sendall(request:format(path, host, port), left()))
  local status = head_line(sock, left):match '^HTTP/%d%.%d (%d+)'
  assert(status, 'this is not HTTP')
  local line, length
  repeat
    line = head_line(sock, left)
    length = tonumber(line:lower():match '^content%-length:%s*(%d+)$') or length
  until line == ''
  assert(length, 'the answer has no length')
  local body = length > 0 and assert(sock:recvall(length, left())) or ''
  assert(#body == length, 'the answer has been cut short')
  return status, #body
end

local seconds, failed = tonumber(arg[1]), false
for i = 2, #arg do
  coroutine.wrap(function()
    local ok, status, size = pcall(get, arg[i], seconds)
    failed = failed or not ok
    print(arg[i], ok and ('%s, %d bytes'):format(status, size) or tostring(status))
  end)()
end
uv.run()
os.exit(not failed)

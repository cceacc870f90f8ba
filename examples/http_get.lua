-- http_get.lua URL [SECONDS [PATH...]]: fetches a page over HTTP/1.1, and other paths of
-- the same host over the same connection where the server keeps it, and writes the bodies
-- to standard output. SECONDS bounds the connect, resolving the name included, and each
-- silence after it.
local socket = require 'net.socket'

local url, seconds = arg[1], tonumber(arg[2] or 10)
local host, port, path = url:match '^http://([^/:]+):?(%d*)(/?.*)$'
assert(host, 'the URL must be http://HOST[:PORT][/PATH]')
if port == '' then port = '80' end
if path == '' then path = '/' end

local sock, rd -- nil when a request needs a new connection

local function line()
  local text, err = rd:line(seconds)
  return text or error(err or 'the server has closed the connection', 0)
end

-- Writes n bytes of the answer, or with math.huge all to its end.
local function copy(n)
  while n > 0 do
    local piece, err = rd:read(math.min(n, 65536), seconds)
    if not piece and not err and n == math.huge then return end
    io.write(piece or error(err or 'the answer has been cut short', 0))
    n = n - #piece
  end
end

-- Each chunk has its size in a line before it and an empty line after it; fields may
-- follow the last, whose size is 0.
local function copy_chunks()
  local size
  repeat
    size = tonumber(assert(line():match '^%x+', 'this is not a chunk'), 16)
    copy(size)
  until size == 0 or line() ~= ''
  assert(size == 0, 'this is not a chunk')
  repeat until line() == ''
end

local function head()
  local version, status = line():match '^HTTP/1%.(%d) (%d+.*)$'
  assert(status, 'this is not an HTTP answer')
  assert(status:find '^200', 'the server says ' .. status)
  local fields = { connection = version == '0' and 'close' or nil }
  for text in line do
    if text == '' then return fields end
    local name, value = text:match '^([^:]+):%s*(.-)%s*$'
    if name then fields[name:lower()] = value:lower() end
  end
end

for _, at in ipairs { path, table.unpack(arg, 3) } do
  if not sock then
    sock = assert(socket.connect_stream(host, port, seconds))
    rd = assert(sock:reader())
  end
  local request = 'GET %s HTTP/1.1\r\nHost: %s:%s\r\n\r\n'
  assert(sock:sendall(request:format(at, host, port), seconds))
  local fields = head()
  local length = tonumber(fields['content-length'])
  local chunked = (fields['transfer-encoding'] or ''):find 'chunked'
  if chunked then copy_chunks() else copy(length or math.huge) end
  local ends = fields.connection == 'close' or not (chunked or length)
  if ends then
    sock:close()
    sock = nil
  end
end
if sock then sock:close() end

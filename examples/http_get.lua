-- http_get.lua URL [SECONDS]: fetches a page over HTTP/1.0 and writes its body to
-- standard output. SECONDS bounds the connect, resolving the name included, and each
-- silence after it.
local socket = require 'net.socket'

local url, seconds = arg[1], tonumber(arg[2] or 10)
local host, port, path = url:match '^http://([^/:]+):?(%d*)(/?.*)$'
assert(host, 'the URL must be http://HOST[:PORT][/PATH]')
if port == '' then port = '80' end
if path == '' then path = '/' end

local sock <close> = assert(socket.connect_stream(host, port, seconds))
local request = ('GET %s HTTP/1.0\r\nHost: %s:%s\r\n\r\n'):format(path, host, port)
assert(sock:send(request) == #request, 'the request does not fit the send buffer')

-- Without keep-alive the end of the stream is the end of the answer.
local pieces = {}
while true do
  local piece, err, again = sock:recv(65536)
  if piece then
    pieces[#pieces + 1] = piece
  elseif again then
    assert(sock:recvable(seconds), 'the server has fallen silent')
  else
    assert(not err, err)
    break
  end
end

local head, body = table.concat(pieces):match '^(.-\r\n)\r\n(.*)$'
assert(head, 'this is not an HTTP answer')
local status = head:match '^HTTP/%d%.%d (%d+ [^\r]*)'
assert(status and status:find '^200 ', 'the server says ' .. tostring(status))
local length = head:lower():match '\ncontent%-length:%s*(%d+)'
assert(not length or #body == tonumber(length), 'the answer has been cut short')
assert(io.write(body))

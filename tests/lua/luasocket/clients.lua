-- Programs that were written for luasocket, on net.socket's interface of it, in
-- coroutines of the scheduler that the first argument names. What each got is a line.
local schedulers = require 'schedulers'
package.loaded.socket = require 'net.socket.luasocket'

local client, port, count = arg[2], math.tointeger(arg[3]), math.tointeger(arg[4])
local at = '127.0.0.1:' .. port
local clients = {}

function clients.http()
  local http, ltn12 = require 'socket.http', require 'ltn12'
  local body, code, headers = assert(http.request('http://' .. at .. '/page'))
  local parts = {}
  local ok, posted = assert(http.request{
    url = 'http://' .. at .. '/post',
    method = 'POST',
    headers = {['content-length'] = '5'},
    source = ltn12.source.string 'abcde',
    sink = ltn12.sink.table(parts),
  })
  return #body, code, headers['x-own'], ok, posted, table.concat(parts)
end

function clients.smtp()
  local smtp = require 'socket.smtp'
  local text = {headers = {subject = 'hello'}, body = 'line\r\n.dot\r\n'}
  return assert(smtp.send{
    from = '<a@example.org>',
    rcpt = '<b@example.org>',
    source = smtp.message(text),
    server = '127.0.0.1',
    port = port,
  })
end

function clients.ftp()
  local ftp = require 'socket.ftp'
  local base = 'ftp://user:word@' .. at
  local body = assert(ftp.get(base .. '/file;type=i'))
  return #body, assert(ftp.put(base .. '/file;type=i', 'stored'))
end

function clients.redis()
  local redis = require 'redis'
  local server = redis.connect('127.0.0.1', port)
  assert(server:ping() and server:set('key', 'value'))
  local key, none = server:get 'key', server:get 'none'
  for i = 1, 100 do assert(server:set('key' .. i, ('x'):rep(i))) end
  return key, none, #server:get 'key100'
end

function clients.https()
  local https = require 'ssl.https'
  local body, code = assert(https.request('https://' .. at .. '/page'))
  return #body, code
end

-- A request and an answer with LuaSec by hand, on an object of ours.
function clients.luasec()
  local socket, ssl = require 'socket', require 'ssl'
  local plain = assert(socket.connect('127.0.0.1', port))
  local how = {mode = 'client', protocol = 'any', verify = 'none'}
  local sock = assert(ssl.wrap(plain, how))
  sock:settimeout(60)
  assert(sock:dohandshake())
  assert(sock:send 'GET /page HTTP/1.0\r\n\r\n')
  local status = assert(sock:receive '*l')
  repeat until assert(sock:receive '*l') == ''
  local body = assert(sock:receive(300000))
  sock:close()
  return status, #body
end

for _ = 1, count do
  schedulers.spawn(function() print(clients[client]()) end)
end
schedulers.run()

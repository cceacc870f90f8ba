-- http_server.lua PORT FOLDER [SCHEDULER [SECONDS]]: serves the regular files of FOLDER
-- over HTTP/1.1, each connection in a coroutine of cqueues, luv, copas or select.
--
-- A connection is kept for more requests, until it is silent for SECONDS. SIGTERM ends
-- the server: answers under way go on to their end, nothing else does.
package.path = arg[0]:gsub('[^/]*$', '?.lua;', 1) .. package.path
local scheduler = require 'run_on' (arg[3] or 'cqueues')
local socket = require 'net.socket'
local now = require 'net.socket.poller'.now

local port, folder, seconds = arg[1], arg[2], tonumber(arg[4] or 60)
local PIECE = 1 << 20 -- each has SECONDS, so that a slow client is no silent one
local FIELDS, LONGEST = 100, 8192
local exhausted = {[socket.errno.EMFILE] = true, [socket.errno.ENFILE] = true}
local words = {
  [200] = 'OK', [206] = 'Partial Content', [400] = 'Bad Request', [404] = 'Not Found',
  [405] = 'Method Not Allowed', [408] = 'Request Timeout',
  [416] = 'Range Not Satisfiable', [431] = 'Request Header Fields Too Large',
}
local types = {
  css = 'text/css', html = 'text/html; charset=utf-8', js = 'text/javascript',
  json = 'application/json', png = 'image/png', svg = 'image/svg+xml',
  txt = 'text/plain; charset=utf-8',
}

local idle, stopping = {}, false -- connections that wait for a request

------------------------------------------------------------------------ the request

-- What is wrong with a line that has not come.
local function status_of(err, late)
  if late then return 408 end
  return err and err.type == socket.errno.EMSGSIZE and 431 or 400
end

-- The fields by their names in lower case, or nil and a status.
local function read_fields(rd)
  local fields, limit = {}, now() + seconds
  for _ = 1, FIELDS do
    local text, err, late = rd:line(math.max(limit - now(), 0))
    if not text then return nil, status_of(err, late) end
    if text == '' then return fields end
    local name, value = text:match '^([^%s:]+):%s*(.-)%s*$'
    if not name then return nil, 400 end
    fields[name:lower()] = value
  end
  return nil, 431
end

local function read_request(rd, first)
  local method, target, minor = first:match '^(%u+) (%S+) HTTP/1%.([01])$'
  if not method then return nil, 400 end
  local fields, status = read_fields(rd)
  if not fields then return nil, status end
  if minor == '1' and not fields.host then return nil, 400 end
  local length = fields['content-length'] or '0'
  local has_body = fields['transfer-encoding'] or length ~= '0'
  local last = (fields.connection or ''):lower():find 'close'
  return {
    method = method, target = target, range = not fields['if-range'] and fields.range,
    keep = minor == '1' and not last and not has_body,
  }
end

------------------------------------------------------------------------ the file

-- The open file of a target, its size and its type; nil if there is none to be had.
local function find(target)
  local path = target:gsub('^http://[^/]*', ''):gsub('[?#].*', '')
  path = path:gsub('%%(%x%x)', function(hex) return string.char(tonumber(hex, 16)) end)
  local inside = path:sub(1, 1) == '/' and not (path .. '/'):find '/%.%.?/'
  if not inside or path:find '\0' then return end
  if path:sub(-1) == '/' then path = path .. 'index.html' end
  local file = io.open(folder .. path, 'rb')
  if not file then return end
  local _, unreadable = file:read(0) -- as a directory is
  if unreadable then
    file:close()
    return
  end
  return file, file:seek 'end', types[path:match '%.(%w+)$']
end

-- The first and the last byte that are asked for; nothing where it has to be all.
local function range(text, size)
  local first, last = text:match '^bytes=(%d*)%-(%d*)$'
  first, last = tonumber(first), tonumber(last)
  if not first and not last then return end
  if not first then return math.max(size - last, 0), size - 1 end
  if last and last < first then return end
  return first, math.min(last or size - 1, size - 1)
end

------------------------------------------------------------------------ the answer

local function send_head(client, status, keep, fields)
  local head = {
    ('HTTP/1.1 %d %s'):format(status, words[status]),
    os.date '!Date: %a, %d %b %Y %H:%M:%S GMT',
    'Connection: ' .. (keep and 'keep-alive' or 'close'),
    table.unpack(fields),
  }
  return client:sendall(table.concat(head, '\r\n') .. '\r\n\r\n', seconds)
end

local function send_words(client, status, keep, ...)
  local size = 'Content-Length: ' .. #words[status] + 1
  return send_head(client, status, keep, {'Content-Type: text/plain', size, ...})
    and client:sendall(words[status] .. '\n', seconds) and keep
end

local function send_file(client, file, from, to)
  while from <= to do
    local sent = client:sendfileall(file, math.min(to - from + 1, PIECE), from, seconds)
    if not sent or sent == 0 then return false end -- it has become shorter
    from = from + sent
  end
  return true
end

-- Whether the connection is as good as before.
local function answer(client, request)
  local keep = request.keep and not stopping
  if request.method ~= 'GET' and request.method ~= 'HEAD' then
    return send_words(client, 405, false, 'Allow: GET, HEAD')
  end
  local opened, size, kind = find(request.target)
  if not opened then return send_words(client, 404, keep and request.method == 'GET') end
  local file <close> = opened
  local status, from, to = 206, nil, nil
  if request.range then from, to = range(request.range, size) end
  if not from then
    status, from, to = 200, 0, size - 1
  elseif from > to then
    return send_words(client, 416, keep, 'Content-Range: bytes */' .. size)
  end
  local fields = {
    'Accept-Ranges: bytes', 'Content-Type: ' .. (kind or 'application/octet-stream'),
    ('Content-Length: %d'):format(to - from + 1),
  }
  if status == 206 then
    fields[#fields + 1] = ('Content-Range: bytes %d-%d/%d'):format(from, to, size)
  end
  if not send_head(client, status, keep, fields) then return false end
  return (request.method == 'HEAD' or send_file(client, file, from, to)) and keep
end

------------------------------------------------------------------------ the server

-- A close with bytes that were never received would take the answer back.
local function part(client, rd)
  client:shutdown(socket.SHUT_WR)
  local limit = now() + 1
  repeat until not rd:read(65536, math.max(limit - now(), 0))
end

local function serve(client)
  local _ <close> = client
  client:tcpnodelay(true)
  local rd = assert(client:reader(LONGEST))
  while not stopping do
    idle[client] = true
    local first, err = rd:line(seconds)
    idle[client] = nil
    if not first and status_of(err) ~= 431 then return end -- its end, or its silence
    local request, status
    if first then request, status = read_request(rd, first) else status = 431 end
    local keep = request and answer(client, request)
    if not request then send_words(client, status, false) end
    if not keep then return part(client, rd) end
  end
end

local server <close> = assert(socket.bind_inet_stream('127.0.0.1', port, true))
assert(server:listen())

scheduler.spawn(function()
  while not stopping do
    local client, err = server:acceptwait()
    if client then
      scheduler.spawn(function() serve(client) end)
    elseif exhausted[err.type] then
      socket.select({}, {}, 0.1) -- the client waits in the queue until another has gone
    elseif not stopping then
      error(err)
    end
  end
end)
scheduler.on_term(function()
  stopping = true
  server:close()
  for client in pairs(idle) do client:close() end
end)
print(server:getsockname())
io.stdout:flush()
scheduler.run()

-- A reader of a TLS connection: the methods and results of a socket's reader.
local socket = require 'net.socket'
local time = require 'net.socket.tls.time'

local errno, now = socket.errno, socket.poller.now
local class = {__name = 'net.socket.tls.reader'}
class.__index = class

local LIMIT, SIZE = 65536, 16384

-- What a call that reads ended without: the store keeps all that had come.
local function failed(self, err, timeout)
  return nil, err, timeout, self.tls.store.count
end

local function fails(self, code, op, words)
  return failed(self, self.tls:fails(errno[code], op, words))
end

-- Receives more into the store: true; false at the end; nil, err, timeout.
local function more(self, deadline, op)
  local bytes, err, timeout = self.stream.fill(self.tls, self.size, deadline, op)
  if bytes then
    self.tls.store:add(bytes)
    return true
  end
  if err then return nil, err, timeout end
  return false
end

-- One call: enough(store) returns what it takes, or nil while more is needed;
-- ended(store) returns its results at the end of the stream. begun: its deadline, if it
-- has one.
local function call(self, op, sec, enough, ended, begun)
  local lock <close>, err = self.stream.reading(self.tls, op)
  if not lock then return failed(self, err) end
  local store = self.tls.store
  local bytes, code, words = enough(store)
  if bytes then return bytes end
  local deadline, bad = begun, nil
  if not deadline then deadline, bad = time.limit(sec, self.tls.sock, op) end
  if not deadline then return failed(self, bad) end
  while not code do
    local ok, failure, timeout = more(self, deadline, op)
    if ok == nil then return failed(self, failure, timeout) end
    if not ok then return ended(store) end
    bytes, code, words = enough(store)
    if bytes then return bytes end
  end
  return fails(self, code, op, words)
end

local function early(self, op)
  return function(store)
    local words = 'the stream ended after %d bytes'
    return fails(self, 'EPROTO', op, words:format(store.count))
  end
end

local function nothing() return nil end

--- 1 to n bytes, what there is.
function class:read(n, sec)
  if n < 1 then return fails(self, 'EINVAL', 'read', 'must be at least 1') end
  return call(self, 'read', sec, function(store)
    return store.count > 0 and store:take(n) or nil
  end, nothing)
end

function class:readexactly(n, sec)
  if n < 0 then return fails(self, 'EINVAL', 'readexactly', 'must not be negative') end
  return call(self, 'readexactly', sec, function(store)
    return store.count >= n and store:take(n) or nil
  end, function(store)
    local words = 'the stream ended after %d of %d bytes'
    return fails(self, 'EPROTO', 'readexactly', words:format(store.count, n))
  end)
end

-- Up to and with the mark; each byte is looked at once.
local function until_mark(self, mark)
  local scanned = 0
  return function(store)
    local length = store:find(mark, scanned)
    if length and length <= self.limit then return store:take(length) end
    scanned = math.max(store.count - #mark + 1, 0)
    if length or store.count >= self.limit then
      return nil, 'EMSGSIZE', ('not found in %d bytes'):format(self.limit)
    end
  end
end

function class:readuntil(mark, sec)
  if mark == '' then return fails(self, 'EINVAL', 'readuntil', 'must not be empty') end
  return call(self, 'readuntil', sec, until_mark(self, mark), early(self, 'readuntil'))
end

--- A line with its newline; a last one without.
function class:readline(sec)
  return call(self, 'readline', sec, until_mark(self, '\n'), function(store)
    return store.count > 0 and store:take(store.count) or nil
  end)
end

-- A line that is there, or comes whole with one wait and one receive: most do. nil: there
-- is more to do, or to say, for which the deadline has begun where there is one.
local function line_at_once(self, op, sec)
  local tls, stream = self.tls, self.stream
  local lock <close> = stream.reading(tls, op)
  if not lock then return nil end
  local store = tls.store
  if store.count > 0 then return store:line(self.limit) end
  if not (tls.drained and math.type(sec) and sec >= 0) then return nil end
  local began = now()
  local came = tls.sock:recvable(sec) and not tls.closed
  local bytes = came and stream.receive(tls, self.size, op)
  if bytes then
    local length = #bytes
    if length <= self.limit and bytes:find('\n', 1, true) == length then
      return bytes:sub(1, length - 1)
    end
    store:add(bytes)
  end
  return bytes and store:line(self.limit), {at = began + sec, sec = sec}
end

local function line(self, op, sec)
  local bytes, begun = line_at_once(self, op, sec)
  if bytes then
    if bytes:byte(-1) == 13 then bytes = bytes:sub(1, -2) end
    return bytes
  end
  local function last(store)
    if store.count > 0 then return early(self, op)(store) end
  end
  local err, timeout, done
  bytes, err, timeout, done = call(self, op, sec, until_mark(self, '\n'), last, begun)
  if not bytes then
    if err then return nil, err, timeout, done end
    return nil
  end
  return (bytes:gsub('\r?\n$', ''))
end

--- A line without its newline.
function class:line(sec)
  return line(self, 'line', sec)
end

--- An iterator of line; an error raises.
function class:lines(sec)
  return function()
    local bytes, err = line(self, 'lines', sec)
    if err then error(err, 0) end
    return bytes
  end
end

--- All to the end of the stream, at most max bytes.
function class:readall(max, sec)
  return call(self, 'readall', sec, function(store)
    if store.count > max then
      return nil, 'EMSGSIZE', ('more than %d bytes'):format(max)
    end
  end, function(store) return store:take(store.count) end)
end

--- n bytes that are not taken; fewer only at the end.
function class:peek(n, sec)
  if n < 1 or n > self.limit then
    return fails(self, 'EINVAL', 'peek', 'must be from 1 to the limit')
  end
  return call(self, 'peek', sec, function(store)
    return store.count >= n and store:peek(n) or nil
  end, function(store) return store.count > 0 and store:peek(n) or nil end)
end

function class:__tostring()
  return 'net.socket.tls.reader of ' .. tostring(self.tls)
end

local function new(tls, stream, limit, size)
  limit, size = limit or LIMIT, size or SIZE
  if limit < 1 or size < 1 then
    return nil, tls:fails(errno.EINVAL, 'reader', 'must be at least 1')
  end
  return setmetatable({tls = tls, stream = stream, limit = limit, size = size}, class)
end

return {new = new}

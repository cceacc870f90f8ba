-- net.socket.tls: TLS over LuaSec on a connected socket.
local found, ssl = pcall(require, 'ssl')
if not found then
  error("net.socket.tls needs LuaSec: luarocks install luasec, or Debian's lua-sec", 0)
end
local core = require 'ssl.core'
local socket = require 'net.socket'
local params = require 'net.socket.tls.params'
local name = require 'net.socket.tls.name'
local stream = require 'net.socket.tls.stream'
local time = require 'net.socket.tls.time'

local errno, poller = socket.errno, socket.poller
local tls = {}

local function handshake(self, host, deadline)
  local conn = self.conn
  while true do
    local done, err = poller.nosigpipe(conn.dohandshake, conn)
    if self.closed then return nil, self:fails(errno.EBADF, 'handshake') end
    if done then return true end
    if err == 'wantread' or err == 'wantwrite' then
      local ok, failure, timeout = stream.wait(self, err, deadline, 'handshake')
      if not ok then return nil, failure, timeout end
    else
      return nil, self:fails(stream.code(err), 'handshake', err, host)
    end
  end
end

-- Takes the descriptor over: an object of its own for the waits, and LuaSec's. Both have
-- its number, and close() ends them together.
local function take(sock, context)
  local sec = sock:timeout()
  local conn, err = core.create(context)
  if not conn then return nil, poller.error(errno.EINVAL, 'tls', err) end
  local fd, failure = sock:unwrap()
  if not fd then return nil, failure end
  local own
  own, failure = socket.wrap(fd)
  if not own then
    socket.close(fd)
    return nil, failure
  end
  own:timeout(sec)
  core.setfd(conn, fd)
  return stream.new(own, conn, context)
end

local function bad(index, op, wanted, value, parameter)
  local words = "bad argument #%d to '%s' (%s expected, got %s, for %s)"
  error(words:format(index, op, wanted, type(value), parameter), 4)
end

-- Before anything of them is used, and the socket is taken over.
local function check(op, sock, host, given, sec)
  local client = op == 'client'
  local class = type(sock) == 'userdata' and getmetatable(sock)
  if not class or class.__name ~= 'net.socket' then
    bad(1, op, 'net.socket', sock, 'sock')
  end
  if client and type(host) ~= 'string' then bad(2, op, 'string', host, 'host') end
  if type(given) ~= 'table' and type(given) ~= 'userdata' then
    bad(client and 3 or 2, op, 'table or context', given, 'params')
  end
  local kind = type(sec)
  if kind ~= 'nil' and kind ~= 'number' and kind ~= 'userdata' and kind ~= 'table' then
    bad(client and 4 or 3, op, 'number or net.socket.deadline', sec, 'sec')
  end
end

-- A connection that no caller has been given, where an error or the end of its coroutine
-- leaves the call.
local unfinished = {
  __close = function(self)
    if self.tls then self.tls:close() end
  end,
}

local function begin(sock, mode, given, sec, host)
  local deadline, err = time.limit(sec, sock, 'handshake')
  if not deadline then return nil, err end
  -- What has been received already is no part of the handshake (STARTTLS).
  if sock:pending() > 0 then
    return nil, poller.error(errno.EBUSY, 'handshake', 'received bytes are pending')
  end
  if sock:fd() == -1 then return nil, poller.error(errno.EBADF, 'handshake') end
  local context, field
  context, err, field = params.context(given, mode)
  if not context then return nil, poller.error(errno.EINVAL, 'handshake', err, field) end
  local self
  self, err = take(sock, context)
  if not self then return nil, err end
  local kept <close> = setmetatable({tls = self}, unfinished)
  if host and not name.is_address(host) then self.conn:sni(host) end
  local ok, failure, timeout = handshake(self, host, deadline)
  if not ok then return nil, failure, timeout end
  kept.tls = nil
  return self
end

--- Makes a TLS connection of a connected socket, as its client. Takes the socket over,
--- and closes it when the handshake fails.
function tls.client(sock, host, given, sec)
  if given == nil then given = {} end
  check('client', sock, host, given, sec)
  local self, err, timeout = begin(sock, 'client', given, sec, host)
  if not self then return nil, err, timeout end
  if type(given) == 'table' and given.verifyname == false then return self end
  local ok, words = name.check(self.conn:getpeercertificate(), host)
  if ok then return self end
  err = self:fails(errno.EPROTO, 'handshake', words, host)
  self:close()
  return nil, err
end

--- Makes a TLS connection of an accepted socket, as its server.
function tls.server(sock, given, sec)
  check('server', sock, nil, given, sec)
  return begin(sock, 'server', given, sec)
end

tls.luasec = ssl._VERSION
return tls

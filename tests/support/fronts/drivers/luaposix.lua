-- luaposix as a front: POSIX's functions on descriptors, put to our rows. Its sockets are
-- made non-blocking by fcntl, as ours are; it has no other way to wait than poll.

local agent = require 'agent'
local errno = require 'posix.errno'
local fcntl = require 'posix.fcntl'
local poll = require 'posix.poll'
local posix = require 'posix.sys.socket'
local unistd = require 'posix.unistd'

local STREAM, DGRAM, SEQPACKET = posix.SOCK_STREAM, posix.SOCK_DGRAM, 5
local V4, V6, UNIX = posix.AF_INET, posix.AF_INET6, posix.AF_UNIX
local Socket, Address = {}, {}
Socket.__index = Socket

local NAMES = {}
for name, number in pairs(errno) do
  if type(number) == 'number' then
    NAMES[number] = name
  end
end
NAMES[errno.EOPNOTSUPP or 95] = 'EOPNOTSUPP'

-- A result, or what its text and number of an error say; a text may come with a path.
local function checked(result, text, number)
  if result ~= nil then
    return result
  elseif number == errno.EAGAIN or number == errno.EINPROGRESS
    or number == errno.EALREADY then
    return agent.again()
  end
  return agent.fail(text, NAMES[number], number)
end

local function done(...)
  checked(...)
  return true
end

local function adopted(fd, family, socktype, protocol)
  checked(fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.O_NONBLOCK))
  checked(fcntl.fcntl(fd, fcntl.F_SETFD, fcntl.FD_CLOEXEC))
  local fields = {fd = fd, family = family, socktype = socktype, protocol = protocol or 0}
  return setmetatable(fields, Socket)
end

function Socket:close()
  if self.fd >= 0 then
    unistd.close(self.fd)
    self.fd = -1
  end
  return true
end

local function address(family, addr, port, socktype)
  local at = family == UNIX and {family = UNIX, path = addr}
    or {family = family, addr = addr, port = port or 0}
  return setmetatable({at = at, socktype = socktype or 0}, Address)
end

local function named(sock, at)
  return address(at.family, at.path or at.addr, at.port, sock.socktype)
end

local function option(level, name)
  return function(sock, wanted)
    checked(posix.setsockopt(sock.fd, level, name, wanted and 1 or 0))
  end
end

local reuseaddr = option(posix.SOL_SOCKET, posix.SO_REUSEADDR)

local function opened(family, socktype, reuse, reuseport)
  if reuseport then
    agent.lacks 'SO_REUSEPORT'
  end
  local sock = adopted(checked(posix.socket(family, socktype, 0)), family, socktype)
  if reuse then
    reuseaddr(sock, true)
  end
  return sock
end

local function ready(sock, event, sec)
  local set = {[sock.fd] = {events = {[event] = true}}}
  local endless = sec == nil or sec == math.huge
  local found = checked(poll.poll(set, endless and -1 or math.ceil(sec * 1000)))
  return found > 0 or agent.timeout()
end

local function bind(sock, ai)
  return done(posix.bind(sock.fd, ai.at))
end

local function connect(sock, ai)
  return done(posix.connect(sock.fd, ai.at))
end

-- It has no getsockopt: a second connect tells how the first has ended.
local function connect_within(sock, ai, sec)
  local ok, text, number = posix.connect(sock.fd, ai.at)
  if ok == nil and number == errno.EINPROGRESS then
    ready(sock, 'OUT', sec)
    ok, text, number = posix.connect(sock.fd, ai.at)
    if number == errno.EISCONN then
      return
    end
  end
  checked(ok, text, number)
end

-- Names are for getaddrinfo, which this driver leaves out.
local function numeric(host)
  if host ~= nil and (host == '' or not host:find '^[%x:.]+$') then
    agent.lacks 'names of hosts'
  end
  return host
end

local function bound(family, socktype)
  return function(host, port, ...)
    if type(port) ~= 'number' and family ~= UNIX then
      agent.lacks 'names of services'
    elseif family == UNIX and (port ~= nil or select('#', ...) > 0) then
      agent.lacks 'a mode, or a path removed first'
    end
    host = family == UNIX and host or numeric(host)
    host = host or (family == V4 and '0.0.0.0' or '::')
    local sock = opened(family, socktype, ...)
    return agent.with(sock, bind, address(family, host, port))
  end
end

local function connected(family)
  return function(host, port, sec)
    if family == UNIX then
      sec = port
    elseif host == nil or type(port) ~= 'number' then
      agent.lacks 'a connect without a host, or to a service'
    end
    host = family == UNIX and host or numeric(host)
    local ai = address(family, host, port)
    return agent.with(opened(family, STREAM), connect_within, ai, sec)
  end
end

local function accept(sock, with_ai)
  local fd, at, number = posix.accept(sock.fd)
  checked(fd, at, number)
  local taken = adopted(fd, sock.family, STREAM)
  if with_ai then
    return taken, named(sock, at)
  end
  return taken
end

local function without_flags(...)
  for i = 1, select('#', ...) do
    if ((select(i, ...)) or 0) ~= 0 then
      agent.lacks 'flags'
    end
  end
end

local function ended(sock, data)
  return data == '' and sock.socktype ~= DGRAM and agent.ended() or data
end

local function recv(sock, size, ...)
  without_flags(...)
  return ended(sock, checked(posix.recv(sock.fd, size or 16384)))
end

local function send(sock, msg, ...)
  without_flags(...)
  return checked(posix.send(sock.fd, msg))
end

local function field(name)
  return function(object)
    return object[name]
  end
end

local function pair(socktype)
  return function()
    local a, b, number = posix.socketpair(UNIX, socktype, 0)
    checked(a, b, number)
    return adopted(a, UNIX, socktype), adopted(b, UNIX, socktype)
  end
end

local ROWS = {
  ['MODULE.pair_stream'] = pair(STREAM),
  ['MODULE.pair_dgram'] = pair(DGRAM),
  ['MODULE.pair_seqpacket'] = pair(SEQPACKET),
  ['ADDRESS.unix'] = function(path, socktype)
    return address(UNIX, path, nil, socktype)
  end,
  ['ADDRINFO.family'] = function(ai)
    return ai.at.family
  end,
  ['ADDRINFO.addr'] = function(ai)
    return ai.at.addr or ai.at.path ~= '' and ai.at.path or nil
  end,
  ['ADDRINFO.port'] = function(ai)
    return ai.at.port
  end,
  ['SOCKET.fd'] = field 'fd',
  ['SOCKET.family'] = field 'family',
  ['SOCKET.socktype'] = field 'socktype',
  ['SOCKET.bind'] = bind,
  ['SOCKET.listen'] = function(sock, backlog)
    return done(posix.listen(sock.fd, backlog or 4096))
  end,
  ['SOCKET.accept'] = accept,
  ['SOCKET.connect'] = connect,
  ['SOCKET.send'] = send,
  ['SOCKET.write'] = send,
  ['SOCKET.sendto'] = function(sock, msg, ai, ...)
    without_flags(...)
    return checked(posix.sendto(sock.fd, msg, ai.at))
  end,
  ['SOCKET.recv'] = recv,
  ['SOCKET.read'] = recv,
  ['SOCKET.recvfrom'] = function(sock, size, ...)
    without_flags(...)
    local data, at, number = posix.recvfrom(sock.fd, size or 16384)
    checked(data, at, number)
    local name = type(at) == 'table' and (at.path or at.addr) or ''
    local sender = name:find '[^%z]' ~= nil
    return ended(sock, data), sender and named(sock, at) or nil
  end,
  ['SOCKET.shutdown'] = function(sock, flag)
    return done(posix.shutdown(sock.fd, flag or posix.SHUT_RDWR))
  end,
  ['SOCKET.close'] = function(sock, flag)
    return flag == nil and sock:close() or agent.lacks 'a close that shuts down'
  end,
  ['SOCKET.getsockname'] = function(sock)
    return named(sock, checked(posix.getsockname(sock.fd)))
  end,
  ['SOCKET.recvable'] = function(sock, sec, exception)
    return not exception and ready(sock, 'IN', sec or 0) or agent.lacks 'exceptions'
  end,
  ['SOCKET.sendable'] = function(sock, sec, exception)
    return not exception and ready(sock, 'OUT', sec or 0) or agent.lacks 'exceptions'
  end,
}

for name, family in pairs {inet = V4, inet6 = V6, unix = UNIX} do
  for suffix, socktype in pairs {stream = STREAM, dgram = DGRAM} do
    ROWS['MODULE.bind_' .. name .. '_' .. suffix] = bound(family, socktype)
    ROWS['MODULE.new_' .. name .. '_' .. suffix] = function(...)
      return opened(family, socktype, ...)
    end
  end
  ROWS['MODULE.connect_' .. name .. '_stream'] = connected(family)
  if family ~= UNIX then
    ROWS['ADDRESS.' .. name] = function(addr, port, socktype, _, ...)
      without_flags(...)
      if addr == nil or type(port) == 'string' then
        agent.lacks 'an address from parts that are not there'
      end
      return address(family, numeric(addr), port, socktype)
    end
  end
end

agent.serve(require 'posix'.version, ROWS, function(object)
  local class = getmetatable(object)
  return class == Socket and 'SOCKET' or class == Address and 'ADDRINFO' or nil
end)

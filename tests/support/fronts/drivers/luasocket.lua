-- luasocket as a front: what it has under other names, put to our rows.
--
-- It waits by default and tells a call that would block by "timeout"; here its sockets
-- have a time of 0, and "timeout" is again where no time was given. It has an object a
-- kind of socket, no flags, and no descriptors from elsewhere; all of that is left out.

local agent = require 'agent'
local luasocket = require 'socket'
local has_unix, unix = pcall(require, 'socket.unix')

local AF = {unix = 1, inet = 2, inet6 = 10}
local STREAM, DGRAM = 1, 2

-- ------------------------------------------------------------------- addresses

local Address = {}

local function address(family, addr, port, socktype, protocol)
  local fields = {family = family, addr = addr, port = port,
    socktype = socktype or 0, protocol = protocol or 0}
  return setmetatable(fields, Address)
end

local function numeric(family)
  return function(addr, port, socktype, protocol, ...)
    if not addr or type(port) == 'string' or select('#', ...) > 0 then
      agent.lacks 'an address from parts that are not there, or with flags'
    end
    return address(family, addr, port or 0, socktype, protocol)
  end
end

-- ------------------------------------------------------------------- outcomes

-- What it says in words of its own.
local SAID = {
  ['connection refused'] = 'ECONNREFUSED',
  ['permission denied'] = 'EACCES',
  ['address already in use'] = 'EADDRINUSE',
  ['already connected'] = 'EISCONN',
  ['host or service not provided, or not known'] = 'EAI_NONAME',
  ['host not found'] = 'EAI_NONAME',
  ['service not supported for socket type'] = 'EAI_SERVICE',
  ['temporary failure in name resolution'] = 'EAI_AGAIN',
  ['closed'] = 'EPIPE',
}

-- A result of its functions, or what went wrong; `timed` says that time was given.
local function checked(timed, result, err, ...)
  if result ~= nil then
    return result, err, ...
  elseif err == 'timeout' then
    return timed and agent.timeout() or agent.again()
  end
  return agent.fail(err, SAID[err])
end

local function done(...)
  checked(false, ...)
  return true
end

-- It gives its numbers as floats.
local whole = math.tointeger or function(number)
  return number
end

-- ------------------------------------------------------------------- sockets

local MAKERS = {
  inet = {[STREAM] = luasocket.tcp4, [DGRAM] = luasocket.udp4},
  inet6 = {[STREAM] = luasocket.tcp6, [DGRAM] = luasocket.udp6},
  unix = has_unix and type(unix) == 'table' and {
    [STREAM] = unix.stream, [DGRAM] = unix.dgram,
  } or {},
}

local known = setmetatable({}, {__mode = 'k'}) -- of a socket: its family and type

local function adopted(sock, family, socktype)
  sock:settimeout(0)
  known[sock] = {family = family, socktype = socktype}
  return sock
end

local function opened(family, socktype, reuseaddr, reuseport)
  local make = MAKERS[family][socktype] or agent.lacks 'a socket of this type'
  local sock = adopted(checked(false, make()), family, socktype)
  for option, wanted in pairs {reuseaddr = reuseaddr, reuseport = reuseport} do
    if wanted then
      checked(false, sock:setoption(option, true))
    end
  end
  return sock
end

local function new(family, socktype)
  if socktype then
    return function(...)
      return opened(family, socktype, ...)
    end
  end
  return function(given, protocol, ...)
    if protocol ~= 0 then
      agent.lacks 'a protocol'
    end
    return opened(family, given, ...)
  end
end

local function bind_at(sock, ai)
  local at = known[sock]
  if at.family == 'unix' then
    return done(sock:bind(ai.addr))
  elseif at.socktype == DGRAM then
    return done(sock:setsockname(ai.addr or '*', ai.port or 0))
  end
  return done(sock:bind(ai.addr or '*', ai.port or 0))
end

local function bound(family, socktype)
  return function(host, port, ...)
    if family == 'unix' and (port ~= nil or select('#', ...) > 0) then
      agent.lacks 'a mode, or a path removed first'
    elseif host == '' then
      agent.lacks 'an empty host is no wildcard in our rules'
    end
    local sock = opened(family, socktype, ...)
    return agent.with(sock, bind_at, address(family, host, port))
  end
end

local function type_of(ai)
  return ai.socktype ~= 0 and ai.socktype or STREAM
end

local function bind(ai, ...)
  return agent.with(opened(ai.family, type_of(ai), ...), bind_at, ai)
end

local function connect_at(sock, ai)
  local at = known[sock]
  if at.family == 'unix' then
    return sock:connect(ai.addr)
  elseif at.socktype == DGRAM then
    return sock:setpeername(ai.addr, ai.port)
  end
  return sock:connect(ai.addr, ai.port)
end

-- Runs a method that may wait so long, nothing without end: its limit for each step of a
-- call and for the whole of it are two.
local function within(sec, sock, method, ...)
  sec = sec ~= math.huge and sec or nil
  sock:settimeout(sec, 'b')
  sock:settimeout(sec, 't')
  local result, err, part = method(sock, ...)
  sock:settimeout(0, 'b')
  sock:settimeout(nil, 't')
  return result, err, part
end

local function connect_within(sock, ai, sec)
  checked(true, within(sec, sock, connect_at, ai))
end

local function connected(family)
  return function(host, port, sec)
    if family == 'unix' then
      sec = port
    elseif host == nil or host == '' then
      agent.lacks 'a connect without a host'
    end
    local ai = address(family, host, port)
    return agent.with(opened(family, STREAM), connect_within, ai, sec)
  end
end

local function connect(ai, sec)
  return agent.with(opened(ai.family, type_of(ai)), connect_within, ai, sec)
end

-- `true`, again for a connect that has begun or goes on; it tells neither that a connect
-- goes on nor that it has come to its end from a wrong use.
local function go_on(sock, ai)
  local ok, err = connect_at(sock, ai)
  if err == 'Operation already in progress' then
    agent.again()
  end
  return done(ok, err)
end

local function name_of(sock, ...)
  local addr, port = checked(false, ...)
  local at = known[sock]
  return address(at.family, addr, tonumber(port), at.socktype)
end

local function accept(sock, with_ai)
  if with_ai then
    agent.lacks 'an accept that tells the peer'
  end
  return adopted(checked(false, sock:accept()), known[sock].family, STREAM)
end

local function acceptwait(sock, sec)
  local taken = checked(true, within(sec, sock, sock.accept))
  return adopted(taken, known[sock].family, STREAM)
end

local function is_stream(sock)
  return known[sock].socktype == STREAM
end

local function without_flags(...)
  for i = 1, select('#', ...) do
    if (select(i, ...)) ~= 0 then
      agent.lacks 'flags'
    end
  end
end

local function send(sock, msg, ...)
  without_flags(...)
  local sent, err, part = sock:send(msg)
  if not sent and err == 'timeout' and (part or 0) > 0 then
    return part
  end
  return (checked(false, sent, err))
end

local function sendto(sock, msg, ai, ...)
  without_flags(...)
  if known[sock].family ~= ai.family then
    agent.lacks 'an address of another family'
  elseif ai.family == 'unix' then
    return (checked(false, sock:sendto(msg, ai.addr)))
  end
  return (checked(false, sock:sendto(msg, ai.addr, ai.port)))
end

local function recv(sock, size, ...)
  without_flags(...)
  local data, err, part = sock:receive(size or 16384)
  if not data and is_stream(sock) and (part or '') ~= '' then
    return part
  elseif err == 'closed' then
    agent.ended()
  end
  return (checked(false, data, err))
end

local function recvfrom(sock, size, ...)
  without_flags(...)
  if is_stream(sock) then
    agent.lacks 'the sender of a stream'
  end
  local data, addr, port = checked(false, sock:receivefrom(size or 16384))
  local named = addr and addr ~= ''
  return data, named and address(known[sock].family, addr, port, DGRAM) or nil
end

local function sendall(sock, msg, sec)
  if type(msg) ~= 'string' then
    agent.lacks 'a list of pieces'
  end
  return (checked(true, within(sec, sock, sock.send, msg)))
end

local function recvall(sock, n, sec)
  local data, err, part = within(sec, sock, sock.receive, n)
  if err == 'closed' then
    return part ~= '' and part or agent.ended()
  end
  return (checked(true, data, err))
end

local WAYS = {[0] = 'receive', [1] = 'send', [2] = 'both'}

local function shutdown(sock, flag)
  local way = WAYS[flag or 2] or agent.lacks 'such a flag'
  return done(sock:shutdown(way))
end

local function close(sock, flag)
  if flag ~= nil then
    agent.lacks 'a close that shuts down'
  end
  sock:close()
  return true
end

local function ready(which)
  return function(sock, sec, exception)
    if exception then
      agent.lacks 'exceptions'
    end
    local list = {sock}
    local reads, writes = luasocket.select(
      which == 'read' and list or nil, which == 'write' and list or nil,
      sec ~= math.huge and (sec or 0) or nil)
    return (#reads + #writes > 0) or agent.timeout()
  end
end

local ROWS = {
  ['MODULE.bind'] = bind,
  ['MODULE.connect'] = connect,
  ['ADDRESS.inet'] = numeric 'inet',
  ['ADDRESS.inet6'] = numeric 'inet6',
  ['ADDRESS.unix'] = function(path, socktype)
    return address('unix', path, nil, socktype)
  end,
  ['ADDRINFO.family'] = function(ai)
    return AF[ai.family]
  end,
  ['ADDRINFO.socktype'] = function(ai)
    return ai.socktype
  end,
  ['ADDRINFO.addr'] = function(ai)
    return ai.addr
  end,
  ['ADDRINFO.port'] = function(ai)
    return ai.port
  end,
  ['SOCKET.fd'] = function(sock)
    return whole(sock:getfd())
  end,
  ['SOCKET.family'] = function(sock)
    return AF[known[sock].family]
  end,
  ['SOCKET.socktype'] = function(sock)
    return known[sock].socktype
  end,
  ['SOCKET.bind'] = bind_at,
  ['SOCKET.listen'] = function(sock, backlog)
    return done(sock:listen(backlog or 4096))
  end,
  ['SOCKET.accept'] = accept,
  ['SOCKET.acceptwait'] = acceptwait,
  ['SOCKET.connect'] = go_on,
  ['SOCKET.send'] = send,
  ['SOCKET.write'] = send,
  ['SOCKET.sendto'] = sendto,
  ['SOCKET.sendall'] = sendall,
  ['SOCKET.recv'] = recv,
  ['SOCKET.read'] = recv,
  ['SOCKET.recvfrom'] = recvfrom,
  ['SOCKET.recvall'] = recvall,
  ['SOCKET.shutdown'] = shutdown,
  ['SOCKET.close'] = close,
  ['SOCKET.getsockname'] = function(sock)
    return name_of(sock, sock:getsockname())
  end,
  ['SOCKET.getpeername'] = function(sock)
    return name_of(sock, sock:getpeername())
  end,
  ['SOCKET.recvable'] = ready 'read',
  ['SOCKET.sendable'] = ready 'write',
}

for _, family in ipairs {'inet', 'inet6', 'unix'} do
  for suffix, socktype in pairs {stream = STREAM, dgram = DGRAM} do
    ROWS['MODULE.new_' .. family .. '_' .. suffix] = new(family, socktype)
    ROWS['MODULE.bind_' .. family .. '_' .. suffix] = bound(family, socktype)
  end
  ROWS['MODULE.new_' .. family] = family ~= 'unix' and new(family) or nil
  ROWS['MODULE.connect_' .. family .. '_stream'] = connected(family)
end
for name, option in pairs(require 'luasocket_options') do
  ROWS['OPTION.' .. name] = option
end

local function class_of(object)
  if getmetatable(object) == Address then
    return 'ADDRINFO'
  end
  return type(object) == 'userdata' and 'SOCKET' or nil
end

-- A socket has the methods of what it is at the time, and raises for the others.
local function raised(message)
  if message:find 'on bad self' or message:find 'attempt to call a nil value'
    or message:find 'unsupported option' then
    agent.lacks 'this call on a socket of this kind'
  end
end

agent.serve(luasocket._VERSION, ROWS, class_of, raised)

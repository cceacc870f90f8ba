-- lua-net's net.socket, of its versions on llsocket, as a front, put to our rows. It is
-- written from the documentation of both, and was never run on them. Where that says less
-- than our rows ask, the driver leaves it out.
--
-- Most names are ours, as our module took them; what differs is the form of an outcome
-- (`again` third, all nil at the end and at a peer that has gone) and milliseconds.

local agent = require 'agent'
local net = require 'net.socket'
local addrinfo = require 'llsocket'.addrinfo

-- ------------------------------------------------------------------- outcomes

-- An error object of lua-errno: its type has name and code.
local function failed(err)
  if type(err) == 'string' or err == nil then
    return agent.fail(tostring(err))
  end
  local kind = err.type or {}
  return agent.fail(tostring(err), kind.name, kind.code)
end

-- `again` of a call without a time is again, of one with a time its timeout.
local function checked(timed, result, err, again, ...)
  if result then
    return result, ...
  elseif again then
    return timed and agent.timeout() or agent.again()
  end
  return failed(err)
end

-- A result, and nothing at all for the end (`at_end`) or a peer that has gone.
local function moved(at_end, result, err, again, ...)
  if result == nil and err == nil and not again then
    return at_end and agent.ended() or agent.fail('the peer has gone', 'EPIPE', 32)
  end
  return checked(false, result, err, again, ...)
end

local function made(...)
  return (checked(false, ...))
end

-- Those of a time: `sec` nil and infinity are without limit, which is no argument there.
local function limited(sec)
  return sec ~= math.huge and sec or nil
end

local function pair(socktype)
  return function()
    local socks = made(net.pair(socktype))
    return socks[1], socks[2]
  end
end

local function opener(name, ...)
  local open, fixed = net[name], select('#', ...)
  return function(...)
    if select('#', ...) > fixed then
      agent.lacks 'so many arguments'
    end
    return made(open(...))
  end
end

local function port_text(port)
  return type(port) == 'number' and ('%d'):format(port) or port
end

-- ----------------------------------------------------------------------- rows

local function send(method)
  return function(sock, ...)
    return (moved(false, sock[method](sock, ...)))
  end
end

local function receive(method)
  return function(sock, ...)
    return (moved(true, sock[method](sock, ...)))
  end
end

local function plain(method)
  return function(sock, ...)
    return made(sock[method](sock, ...))
  end
end

local function field(method)
  return function(object)
    return object[method](object)
  end
end

-- Its times are milliseconds, and it has no word for one without limit.
local function ready(method)
  return function(sock, sec, exception)
    if sec == math.huge then
      agent.lacks 'a wait without limit'
    end
    local msec = math.ceil((sec or 0) * 1000)
    local ok, err, timeout = sock[method](sock, msec, exception)
    return checked(true, ok or nil, err, timeout)
  end
end

-- A connect under way is success with an error beside it.
local function connect(sock, ai)
  local ok, err, again = sock:connect(ai)
  if again or (ok and err) then
    agent.again()
  end
  return checked(false, ok, err)
end

local function option(name)
  return function(sock, ...)
    local before, err = sock[name](sock, ...)
    if before == nil and err ~= nil then
      failed(err)
    end
    return before
  end
end

local ROWS = {
  ['MODULE.wrap'] = function(fd, nonblock)
    return nonblock == nil and made(net.wrap(fd)) or agent.lacks 'a mode'
  end,
  ['MODULE.connect'] = function(ai, sec)
    return (checked(true, net.connect(ai, limited(sec))))
  end,
  ['MODULE.connect_inet_stream'] = function(host, port, sec)
    return (checked(true, net.connect_inet_stream(host, port_text(port), limited(sec))))
  end,
  ['MODULE.connect_unix_stream'] = function(path, sec)
    return (checked(true, net.connect_unix_stream(path, limited(sec))))
  end,
  ['MODULE.bind_inet_stream'] = function(host, port, ...)
    return made(net.bind_inet_stream(host, port_text(port), ...))
  end,
  ['MODULE.bind_unix_stream'] = opener('bind_unix_stream', 'path'),
  ['MODULE.bind'] = opener('bind', 'ai', 'reuseaddr', 'reuseport'),
  ['MODULE.pair_stream'] = pair(1),
  ['MODULE.pair_dgram'] = pair(2),
  ['MODULE.getaddrinfo'] = function(host, port, ...)
    return made(addrinfo.getaddrinfo(host, port_text(port), ...))
  end,
  ['SOCKET.dup'] = plain 'dup',
  ['SOCKET.unwrap'] = field 'unwrap',
  ['SOCKET.fd'] = field 'fd',
  ['SOCKET.family'] = field 'family',
  ['SOCKET.socktype'] = field 'socktype',
  ['SOCKET.protocol'] = field 'protocol',
  ['SOCKET.bind'] = plain 'bind',
  ['SOCKET.listen'] = plain 'listen',
  ['SOCKET.connect'] = connect,
  ['SOCKET.accept'] = function(sock, with_ai)
    local taken, ai = checked(false, sock:accept(with_ai))
    if with_ai then
      return taken, ai
    end
    return taken
  end,
  ['SOCKET.recvable'] = ready 'recvable',
  ['SOCKET.sendable'] = ready 'sendable',
  ['SOCKET.send'] = send 'send',
  ['SOCKET.write'] = send 'write',
  ['SOCKET.sendto'] = send 'sendto',
  ['SOCKET.sendfd'] = send 'sendfd',
  ['SOCKET.sendfile'] = send 'sendfile',
  ['SOCKET.recv'] = receive 'recv',
  ['SOCKET.read'] = receive 'read',
  ['SOCKET.recvfd'] = receive 'recvfd',
  ['SOCKET.recvfrom'] = function(sock, ...)
    return moved(true, sock:recvfrom(...))
  end,
  ['SOCKET.shutdown'] = plain 'shutdown',
  ['SOCKET.close'] = plain 'close',
  ['SOCKET.getsockname'] = plain 'getsockname',
  ['SOCKET.getpeername'] = plain 'getpeername',
}

for _, name in ipairs {'inet', 'unix'} do
  ROWS['MODULE.new_' .. name] = opener('new_' .. name, 'socktype', 'protocol', 'a', 'b')
  for _, suffix in ipairs {'stream', 'dgram'} do
    local id = 'new_' .. name .. '_' .. suffix
    ROWS['MODULE.' .. id] = opener(id, 'reuseaddr', 'reuseport')
  end
end
for _, name in ipairs {'inet', 'inet6', 'unix'} do
  ROWS['ADDRESS.' .. name] = function(...)
    return made(addrinfo[name](...))
  end
end
for _, name in ipairs {'family', 'socktype', 'protocol', 'canonname', 'port', 'addr'} do
  ROWS['ADDRINFO.' .. name] = field(name)
end
for _, name in ipairs {
  'cloexec', 'nonblock', 'acceptconn', 'tcpnodelay', 'tcpkeepintvl', 'tcpkeepcnt',
  'tcpkeepalive', 'tcpcork', 'reuseport', 'reuseaddr', 'broadcast', 'debug', 'keepalive',
  'oobinline', 'dontroute', 'timestamp', 'rcvbuf', 'rcvlowat', 'sndbuf', 'sndlowat',
  'rcvtimeo', 'sndtimeo', 'linger',
} do
  ROWS['OPTION.' .. name] = option(name)
end

agent.serve('lua-net', ROWS, function(object)
  if type(object) ~= 'userdata' then
    return nil
  end
  local name = (getmetatable(object) or {}).__name or tostring(object)
  return name:find 'addrinfo' and 'ADDRINFO' or name:find 'socket' and 'SOCKET' or nil
end)

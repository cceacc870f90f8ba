-- tcp objects, and what opens them: tcp, bind and connect.
local netsocket = require 'net.socket'
local names = require 'net.socket.luasocket.names'
local object = require 'net.socket.luasocket.object'
local option = require 'net.socket.luasocket.option'
local stream = require 'net.socket.luasocket.stream'

local now, errno, words = netsocket.poller.now, netsocket.errno, object.words
local makers = {inet = netsocket.new_inet_stream, inet6 = netsocket.new_inet6_stream}
local tcp, class = {}, {}

class.receive, class.send, class.shutdown = stream.receive, stream.send, stream.shutdown
class.listen, class.accept = stream.listen, stream.accept
class.setoption, class.getoption = option.methods(option.tcp)
local meta = object.kind('tcp', class)

local function open(family)
  local sock, err = makers[family]()
  if not sock then return nil, words(err) end
  if family == 'inet6' then sock:ipv6only(true) end
  return sock
end

--- tcp4 and tcp6 have a descriptor at once; tcp gets one where its address is known.
function tcp.new(family)
  return function()
    if not family then return object.new(meta, 'master') end
    local sock, err = open(family == 'inet6' and 'inet6' or 'inet')
    if not sock then return nil, err end
    return object.new(meta, 'master', sock, family)
  end
end

-- The addresses of a host, unless the object is closed while they are asked for.
local function addresses(self, host, port, passive)
  local closes, sock, family = self.closes, self.sock, nil
  if sock then -- it has a family, and asks for addresses of it
    family = sock:family() == netsocket.AF_INET6 and 'inet6' or 'inet'
  end
  local list, err = names.addresses(host, port, family, netsocket.SOCK_STREAM, passive)
  if self.closes ~= closes then return nil, 'closed' end
  return list, err
end

-- Runs an attempt on each address, on a socket of its family; the last error is told.
local function each_address(self, list, attempt)
  local closes, sock = self.closes, self.sock
  local fresh, ok, err = not sock, nil, nil
  for _, ai in ipairs(list) do
    if fresh then
      local family = object.family_of(ai)
      sock, err = open(family)
      if not sock then return nil, err end
      object.adopt(self, sock)
      self.family = family == 'inet6' and 'inet6' or 'inet4'
    end
    local on
    ok, err, on = attempt(sock, ai)
    if self.closes ~= closes then return nil, 'closed' end
    if ok or on then break end
    if fresh then object.drop(self) end
  end
  if ok then return 1 end
  return nil, err
end

function class:bind(host, port)
  object.needs(self, 'master')
  host, port = object.string(host, 2), object.string(port, 3)
  local list, err = addresses(self, host, port, true)
  if not list then return nil, err end
  return each_address(self, list, function(sock, ai)
    local ok, why = sock:bind(ai)
    return ok, why and words(why)
  end)
end
class.setsockname = class.bind

-- Without a descriptor and with time to wait: whichever address answers first.
local function race(self, host, port)
  local closes = self.closes
  local sock, err = netsocket.connect_stream(host, port, object.left(self, now()))
  if self.closes ~= closes then
    if sock then sock:close() end
    return nil, 'closed'
  end
  if not sock then return nil, words(err) end
  object.adopt(self, sock)
  self.family = sock:family() == netsocket.AF_INET6 and 'inet6' or 'inet4'
  return 1
end

-- connect as luasocket answers; the third result: it goes on, in this socket.
local function step(sock, ai)
  local ok, err, again = sock:connect(ai)
  if ok and not err then return true end
  if ok or again and err.type == errno.ETIMEDOUT then return nil, 'timeout', true end
  return nil, words(err), again
end

function class:connect(host, port)
  host, port = object.string(host, 2), object.string(port, 3)
  local ok, err
  if not self.sock and host ~= '*' and object.left(self, now()) > 0 then
    ok, err = race(self, host, port)
  else
    local list
    list, err = addresses(self, host, port)
    if not list then return nil, err end
    ok, err = each_address(self, list, step)
  end
  object.state(self, 'client')
  if ok then return 1 end
  return nil, err
end
class.setpeername = class.connect

------------------------------------------------------------------------ openers

--- A server. Its address may be bound again at once.
function tcp.bind(host, port, backlog)
  host, port = object.string(host, 1), object.string(port, 2)
  local list, err = names.addresses(host, port, nil, netsocket.SOCK_STREAM, true)
  if not list then return nil, err end
  for _, ai in ipairs(list) do
    local sock
    sock, err = netsocket.bind(ai, true)
    if sock then
      local family = object.family_of(ai) == 'inet6' and 'inet6' or 'inet4'
      local self = object.new(meta, 'master', sock, family)
      local ok
      ok, err = self:listen(backlog)
      if ok then return self end
      self:close()
    else
      err = words(err)
    end
  end
  return nil, err
end

--- A connection, from a local address where one is given.
function tcp.connect(host, port, lhost, lport, family)
  host, port = object.string(host, 1), object.string(port, 2)
  local make = tcp.new(family)
  local self, err = make()
  if not self then return nil, err end
  local ok = 1
  if lhost then ok, err = self:bind(lhost, lport or 0) end
  if ok then ok, err = self:connect(host, port) end
  if ok then return self end
  self:close()
  return nil, err
end

return tcp

-- udp objects.
local netsocket = require 'net.socket'
local names = require 'net.socket.luasocket.names'
local object = require 'net.socket.luasocket.object'
local option = require 'net.socket.luasocket.option'

local words = object.words
local makers = {inet = netsocket.new_inet_dgram, inet6 = netsocket.new_inet6_dgram}
local SIZE = 8192
local udp, class = {}, {}

class.setoption, class.getoption = option.methods(option.udp)
local meta = object.kind('udp', class)
class.getstats, class.setstats = nil, nil

-- Makes sure of a descriptor, of the family that an address needs.
local function open(self, family)
  if self.sock then return true end
  if self.closes > 0 then return nil, 'closed' end
  local sock, err = makers[family]()
  if not sock then return nil, words(err) end
  if family == 'inet6' then sock:ipv6only(true) end
  object.adopt(self, sock)
  self.family = family == 'inet6' and 'inet6' or 'inet4'
  return true
end

function udp.new(family)
  return function()
    local self = object.new(meta, 'unconnected')
    if not family then return self end
    local ok, err = open(self, family == 'inet6' and 'inet6' or 'inet')
    if not ok then return nil, err end
    return self
  end
end

-- The first address of a host that the call can be made with.
local function with_address(self, host, port, passive, call)
  local family = self.sock and (self.family == 'inet6' and 'inet6' or 'inet') or nil
  local list, err = names.addresses(host, port, family, netsocket.SOCK_DGRAM, passive)
  if not list then return nil, err end
  for _, ai in ipairs(list) do
    local ok
    ok, err = open(self, object.family_of(ai))
    if not ok then return nil, err end
    ok, err = call(self.sock, ai)
    if ok then return 1 end
    err = words(err)
  end
  return nil, err
end

local function bind(sock, ai) return sock:bind(ai) end
local function connect(sock, ai) return sock:connect(ai) end

function class:setsockname(host, port)
  object.needs(self, 'unconnected')
  host, port = object.string(host, 2), object.string(port, 3)
  return with_address(self, host, port, true, bind)
end

--- '*' takes the peer back.
function class:setpeername(host, port)
  if host == '*' then
    if self.sock then
      local ok, err = self.sock:disconnect()
      if not ok then return nil, words(err) end
    end
    object.state(self, 'unconnected')
    return 1
  end
  host, port = object.string(host, 2), object.string(port, 3)
  local ok, err = with_address(self, host, port, false, connect)
  if not ok then return nil, err end
  object.state(self, 'connected')
  return 1
end

local getpeername = class.getpeername
function class:getpeername()
  object.needs(self, 'connected')
  return getpeername(self)
end

function class:send(data)
  object.needs(self, 'connected')
  data = object.string(data, 2)
  local sock = self.sock
  if not sock then return nil, 'closed' end
  local n, err = sock:send(data)
  if n and n == #data then return n end
  return nil, object.why(err)
end

--- The address is one of numbers.
function class:sendto(data, host, port)
  object.needs(self, 'unconnected')
  data, host = object.string(data, 2), object.string(host, 3)
  local ai, err = names.numeric(host, object.string(port, 4))
  if not ai then return nil, err end
  local ok
  ok, err = open(self, object.family_of(ai))
  if not ok then return nil, err end
  if ai:family() ~= self.sock:family() then
    return nil, netsocket.eai.EAI_ADDRFAMILY.message
  end
  local n
  n, err = self.sock:sendto(data, ai)
  if n and n == #data then return n end
  return nil, object.why(err)
end

local function size_of(size)
  size = object.number(size, 2, SIZE)
  if size < 0 then object.bad(2, 'invalid size') end
  return math.floor(size)
end

function class:receive(size)
  size = size_of(size)
  local sock = self.sock
  if not sock then return nil, 'closed' end
  local data, err = sock:recv(math.max(size, 1))
  if not data then return nil, object.why(err) end
  return data:sub(1, size)
end

function class:receivefrom(size)
  object.needs(self, 'unconnected')
  size = size_of(size)
  local sock = self.sock
  if not sock then return nil, 'closed' end
  local data, err, _, ai = sock:recvfrom(math.max(size, 1))
  if not data then return nil, object.why(err) end
  return data:sub(1, size), ai:addr(), ai:port()
end

return udp

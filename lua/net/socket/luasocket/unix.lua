-- unix objects: streams, and datagrams. The table is what luasocket has as socket.unix.
local netsocket = require 'net.socket'
local object = require 'net.socket.luasocket.object'
local option = require 'net.socket.luasocket.option'
local stream = require 'net.socket.luasocket.stream'

local addrinfo, errno, words = netsocket.addrinfo, netsocket.errno, object.words
local unix, streams, dgrams = {}, {}, {}

streams.receive, streams.send = stream.receive, stream.send
streams.shutdown = stream.shutdown
streams.listen, streams.accept = stream.listen, stream.accept
streams.setoption = option.methods(option.unix)
dgrams.setoption = streams.setoption
local stream_meta = object.kind('unixstream', streams)
local dgram_meta = object.kind('unixdgram', dgrams)
for _, class in ipairs{streams, dgrams} do
  class.getpeername, class.getfamily = nil, nil
end

local function maker(meta, state, make)
  return function()
    local sock, err = make()
    if not sock then return nil, words(err) end
    return object.new(meta, state, sock)
  end
end

-- Makes a call with the address of a path.
local function with_path(self, path, call)
  if not self.sock then return nil, errno.EBADF.message end
  local ai, err = addrinfo.unix(path)
  if not ai then return nil, words(err) end
  local ok
  ok, err = call(self.sock, ai)
  if not ok or err then return nil, object.why(err) end
  return 1
end

local function bind(sock, ai) return sock:bind(ai) end
local function connect(sock, ai) return sock:connect(ai) end

local function connect_to(self, path, state)
  local ok, err = with_path(self, path, connect)
  if not ok then return nil, err end
  object.state(self, state)
  return 1
end

local function getsockname(self)
  if not self.sock then return nil, errno.EBADF.message end
  local ai, err = self.sock:getsockname()
  if not ai then return nil, words(err) end
  return ai:addr() or ''
end

-- What both have, which are bound in one state of theirs.
for class, state in pairs{[streams] = 'master', [dgrams] = 'unconnected'} do
  function class:bind(path)
    object.needs(self, state)
    return with_path(self, object.string(path, 2), bind)
  end
  class.setsockname, class.getsockname = class.bind, getsockname
end

------------------------------------------------------------------------ streams

function streams:connect(path)
  object.needs(self, 'master')
  return connect_to(self, object.string(path, 2), 'client')
end
streams.setpeername = streams.connect

---------------------------------------------------------------------- datagrams

function dgrams:connect(path)
  if path == '*' then
    if self.sock then self.sock:disconnect() end
    object.state(self, 'unconnected')
    return 1
  end
  return connect_to(self, object.string(path, 2), 'connected')
end
dgrams.setpeername = dgrams.connect

function dgrams:send(data)
  object.needs(self, 'connected')
  data = object.string(data, 2)
  if not self.sock then return nil, 'closed' end
  local n, err = self.sock:send(data)
  if n == #data then return n end
  return nil, object.why(err)
end

function dgrams:sendto(data, path)
  object.needs(self, 'unconnected')
  data = object.string(data, 2)
  if not self.sock then return nil, 'closed' end
  local ai, err = addrinfo.unix(object.string(path, 3))
  if not ai then return nil, words(err) end
  local n
  n, err = self.sock:sendto(data, ai)
  if n == #data then return n end
  return nil, object.why(err)
end

-- 0 takes a datagram and gives nothing of it.
local function size_of(size)
  return math.max(math.floor(size), 0)
end

function dgrams:receive(size)
  size = size_of(object.number(size, 2, 8192))
  if not self.sock then return nil, 'closed' end
  local data, err = self.sock:recv(math.max(size, 1))
  if not data then return nil, object.why(err) end
  return data:sub(1, size)
end

function dgrams:receivefrom(size)
  object.needs(self, 'unconnected')
  size = size_of(object.number(size, 2, 8192))
  if not self.sock then return nil, 'closed' end
  local data, err, _, ai = self.sock:recvfrom(math.max(size, 1))
  if not data then return nil, object.why(err) end
  return data:sub(1, size), ai and ai:addr() or ''
end

------------------------------------------------------------------------- makers

unix.stream = maker(stream_meta, 'master', netsocket.new_unix_stream)
unix.dgram = maker(dgram_meta, 'unconnected', netsocket.new_unix_dgram)
unix.tcp, unix.udp = unix.stream, unix.dgram

return setmetatable(unix, {__call = function() return unix.stream() end})

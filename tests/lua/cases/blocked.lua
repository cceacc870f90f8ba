-- Calls that would block, one of each row of waits.def and of each method of a reader,
-- and what makes them go on.
local common = require 'cases.common'
local socket = require 'net.socket'

local fill, listener, pair = common.fill, common.listener, common.pair
local WITHIN = common.WITHIN
local ROOM = 1 << 20

local function iovec(data)
  local iov = socket.iovec.new()
  assert(type(data) == 'number' and iov:addn(data) or iov:add(data))
  return iov
end

local function message(data)
  local mh = socket.msghdr.new()
  mh:iov(iovec(data))
  return mh
end

local function equals(expected)
  return function(value) return value == expected end
end

-- Each of these has a socket, the call, what lets it go on, and what the call then gives;
-- `others` are objects that have to stay.
local blocked = {}

local function receives(name, call, expected)
  blocked[name] = function()
    local a, b = pair()
    return {
      sock = a,
      call = function() return call(a) end,
      ready = function() assert(b:send 'ab--\n' == 5) end,
      right = type(expected) == 'function' and expected or equals(expected),
      others = {b},
    }
  end
end

local function sends(name, call, expected)
  blocked[name] = function()
    local a, b = pair()
    fill(a)
    return {
      sock = a,
      call = function() return call(a) end,
      ready = function() repeat until not b:recv(ROOM) end,
      right = equals(expected),
      others = {b},
    }
  end
end

receives('recv', function(s) return s:recv(9) end, 'ab--\n')
receives('read', function(s) return s:read(9) end, 'ab--\n')
receives('recvfrom', function(s) return s:recvfrom(9) end, 'ab--\n')
receives('recvmsg', function(s) return s:recvmsg(message(9)) end, 5)
receives('readv', function(s) return s:readv(iovec(9)) end, 5)
receives('iov:readv', function(s) return iovec(9):readv(s) end, 5)
receives('recvable', function(s) return s:recvable(s:timeout()) end, true)
receives('recvall', function(s) return s:recvall(4) end, 'ab--')
receives('recvline', function(s) return s:recvline() end, 'ab--\n')
receives('reader:read', function(s) return s:reader():read(9) end, 'ab--\n')
receives('reader:readexactly', function(s) return s:reader():readexactly(4) end, 'ab--')
receives('reader:readuntil', function(s) return s:reader():readuntil '--' end, 'ab--')
receives('reader:readline', function(s) return s:reader():readline() end, 'ab--\n')
receives('reader:line', function(s) return s:reader():line() end, 'ab--')
receives('reader:peek', function(s) return s:reader():peek(4) end, 'ab--')

function blocked.readall()
  local a, b = pair()
  return {
    sock = a,
    call = function() return a:reader():readall(100) end,
    ready = function() assert(b:send 'all' and b:shutdown(socket.SHUT_WR)) end,
    right = equals 'all',
    others = {b},
  }
end

function blocked.recvfd()
  local a, b = pair()
  return {
    sock = a,
    call = function() return a:recvfd() end,
    ready = function() assert(b:sendfd(b)) end,
    right = function(fd) return socket.close(fd) end,
    others = {b},
  }
end

function blocked.recvfds()
  local a, b = pair()
  return {
    sock = a,
    call = function() return a:recvfds() end,
    ready = function() assert(b:sendfds({b}, 'data')) end,
    right = function(fds, _, _, msg) return msg == 'data' and socket.close(fds[1]) end,
    others = {b},
  }
end

function blocked.recvmany()
  local a, b = table.unpack(assert(socket.pair_dgram()))
  return {
    sock = a,
    call = function() return a:recvmany(5, 9) end,
    ready = function() assert(b:send 'x') end,
    right = function(packets) return #packets == 1 and packets[1] == 'x' end,
    others = {b},
  }
end

sends('send', function(s) return s:send 'data' end, 4)
sends('write', function(s) return s:write 'data' end, 4)
sends('sendmsg', function(s) return s:sendmsg(message 'data') end, 4)
sends('writev', function(s) return s:writev(iovec 'data') end, 4)
sends('iov:writev', function(s) return iovec('data'):writev(s) end, 4)
sends('sendfd', function(s) return s:sendfd(s) end, 0)
sends('sendfds', function(s) return s:sendfds({s}, 'data') end, 4)
sends('sendable', function(s) return s:sendable(s:timeout()) end, true)
sends('sendall', function(s) return s:sendall 'data' end, 4)

local function file()
  local made = assert(io.tmpfile())
  assert(made:write 'some data')
  return made
end

sends('sendfile', function(s) return s:sendfile(file(), 4, 5) end, 4)
sends('sendfileall', function(s) return s:sendfileall(file(), 4, 5) end, 4)

local function to_full_receiver(name, call, expected)
  blocked[name] = function()
    local path = os.tmpname()
    os.remove(path)
    local b = assert(socket.bind_unix_dgram(path))
    local a, ai = assert(socket.new_unix_dgram()), b:getsockname()
    repeat until select(3, a:sendto('fill', ai))
    return {
      sock = a,
      call = function() return call(a, ai) end,
      ready = function() repeat until not b:recv(9) end,
      right = equals(expected),
      others = {b},
    }
  end
end

to_full_receiver('sendto', function(s, ai) return s:sendto('data', ai) end, 4)
to_full_receiver('sendmany', function(s, ai) return s:sendmany({'data'}, ai) end, 1)

local function accepts(name, call, right)
  blocked[name] = function()
    local server, port = listener()
    local peers = {}
    return {
      sock = server,
      call = function() return call(server) end,
      ready = function()
        peers[1] = assert(socket.connect_inet_stream('127.0.0.1', port, WITHIN))
      end,
      right = right,
      others = peers,
    }
  end
end

local function is_new(sock) return sock:timeout() == 0 and sock:close() end

accepts('accept', function(s) return s:accept() end, is_new)
accepts('acceptwait', function(s) return s:acceptwait() end, is_new)
accepts('acceptfd', function(s) return s:acceptfd() end, socket.close)

-- To a unix listener whose queue is full.
function blocked.connect()
  local path = os.tmpname()
  os.remove(path)
  local server = assert(socket.bind_unix_stream(path))
  assert(server:listen(0))
  local others = {server}
  local ai = server:getsockname()
  repeat
    local other = assert(socket.new_unix_stream())
    others[#others + 1] = other
  until select(3, other:connect(ai))
  local a = assert(socket.new_unix_stream())
  return {
    sock = a,
    call = function() return a:connect(ai) end,
    ready = function() assert(server:accept()) end,
    right = equals(true),
    others = others,
  }
end

return blocked

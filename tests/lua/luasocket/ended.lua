-- Calls in coroutines whose object is closed meanwhile, or that are ended in their wait.
local socket = require 'net.socket.luasocket'
local netsocket = require 'net.socket'

local waits = {} -- the coroutines that wait
local function wait()
  local thread = coroutine.running()
  waits[thread] = true
  local ok = coroutine.yield()
  waits[thread] = nil
  return ok
end
netsocket.poller.use {wait_readable = wait, wait_writable = wait, cancel = function() end}

local function start(call, ...)
  local thread = coroutine.create(call)
  assert(coroutine.resume(thread, ...))
  return thread
end

-- Lets it go on until it ends, and gives its results.
local function results(thread)
  local all
  repeat
    all = table.pack(coroutine.resume(thread, true))
    assert(all[1], all[2])
  until coroutine.status(thread) == 'dead'
  return table.unpack(all, 2, all.n)
end

local function pair()
  local server = assert(socket.bind('127.0.0.1', 0))
  local _, port = server:getsockname()
  local client = socket.tcp4()
  assert(client:connect('127.0.0.1', port))
  local peer = assert(server:accept())
  server:close()
  client:settimeout(60)
  peer:settimeout(60)
  return client, peer
end

-- What a call has received that is ended comes with the next ones, whichever they are.
local ways = {
  {'*l', 'one t', 'wo\nthree', {'*l', 'one two'}, {5, 'three'}},
  {12, 'one\ntwo', '\nthree\n', {'*l', 'one'}, {2, 'tw'}, {'*l', 'o'}, {'*l', 'three'}},
  {'*a', 'one\n', 'two', {3, 'one'}, {0, ''}, {'*a', '\ntwo'}},
  {12, 'one two', '!', {7, 'one two'}, {1, '!'}},
  {12, 'one\r\n', 'two', {'*l', 'one'}, {'*a', 'two'}},
}
for _, way in ipairs(ways) do
  local client, peer = pair()
  local thread = start(peer.receive, peer, way[1])
  assert(client:send(way[2]) and coroutine.resume(thread, true))
  assert(waits[thread] and not peer:dirty())
  local none, why = coroutine.wrap(peer.receive)(peer, 1)
  assert(not none and why == netsocket.errno.EBUSY.message, why)
  assert(coroutine.close(thread))
  assert(peer:dirty())
  local ready = socket.select({peer}, nil, 0)
  assert(ready[1] == peer)
  local ok, words = pcall(peer.setfd, peer, -1)
  assert(not ok and words:find 'pending', words)
  local count = peer:getstats()
  assert(count == #way[2])
  assert(client:send(way[3]) and client:close())
  for i = 4, #way do
    local got = assert(peer:receive(way[i][1]))
    assert(got == way[i][2], got)
  end
  assert(not peer:dirty() and peer:receive(1) == nil)
  assert(peer:getstats() == #way[2] + #way[3])
  peer:close()
end

-- It is the descriptor's, and goes with it.
do
  local client, peer = pair()
  local thread = start(peer.receive, peer, 12)
  assert(client:send 'gone' and coroutine.resume(thread, true))
  assert(coroutine.close(thread))
  assert(peer:close() and not peer:dirty())
  local _, why, part = peer:receive(1)
  assert(why == 'closed' and part == '')
  client:close()
end

-- An object that is closed while it connects or binds stays closed.
local server = assert(socket.bind('127.0.0.1', 0))
local _, port = server:getsockname()
for _, method in ipairs {'connect', 'bind'} do
  for _, sec in ipairs {60, 0} do
    for _, kind in ipairs {'tcp', 'tcp4'} do
      local object = socket[kind]()
      object:settimeout(sec)
      local to = method == 'bind' and 0 or port
      local thread = start(object[method], object, 'localhost', to)
      if waits[thread] then -- for the name
        assert(object:close())
        local ok, why = results(thread)
        assert(not ok and why == 'closed', why)
        assert(object:getfd() == -1)
      else
        object:close()
      end
    end
  end
end
server:close()
print 'fine'

-- What net.socket.luasocket does and luasocket does not.
local socket = require 'net.socket.luasocket'
local netsocket = require 'net.socket'

local function pair()
  local both = assert(netsocket.pair_stream())
  local objects = {}
  for i, sock in ipairs(both) do
    objects[i] = socket.tcp()
    assert(objects[i]:connect('127.0.0.1', 1) == nil) -- a client, as after any connect
    objects[i]:setfd(sock:unwrap())
  end
  return objects[1], objects[2]
end

local function fails(text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and tostring(err):find(text, 1, true), err)
end

-- Pending bytes are not lost by giving the descriptor away.
local a, b = pair()
a:send('one\ntwo\n')
assert(b:receive() == 'one' and b:dirty())
fails('pending', b.setfd, b, -1)
assert(b:receive() == 'two' and not b:dirty())
local fd = b:getfd()
b:setfd(-1)
assert(b:getfd() == -1)
b:setfd(fd)
a:send 'three\n'
assert(b:receive() == 'three')

-- A descriptor that is no socket can be selected; closing the object leaves it open.
local input = socket.tcp()
input:setfd(0)
local ready = socket.select({input}, nil, 60)
assert(ready[1] == input and ready[input] == 1)
input:close()
assert(io.read() == 'typed')

-- Both limits: each wait's begins anew with what comes, the whole call's does not.
b:settimeout(0.01)
a:send 'half'
local got, err, part = b:receive(8)
assert(not got and err == 'timeout' and part == 'half')
a:send 'half'
assert(b:receive(8, part) == 'halfhalf')
b:settimeout(nil)
b:settimeout(0.01, 't')
got, err, part = b:receive '*a'
assert(not got and err == 'timeout' and part == '')
b:settimeout(-1, 't')

-- Parts of a large message, and all of it again on the other side.
local large = ('0123456789'):rep(500000)
a:settimeout(0)
local sent, parts = 0, {}
repeat
  local last
  last, err, part = a:send(large, sent + 1)
  assert(last or err == 'timeout')
  sent = last or part
  b:settimeout(0)
  got, err, part = b:receive(1 << 20)
  assert(got or err == 'timeout')
  parts[#parts + 1] = got or part
until sent == #large
a:close()
b:settimeout(60)
parts[#parts + 1] = b:receive '*a'
assert(table.concat(parts) == large)

-- A part is sent from where it is: what was left of it is not copied either.
a, b = pair()
a:settimeout(0)
b:settimeout(0)
collectgarbage()
collectgarbage 'stop'
local memory = collectgarbage 'count'
got, err, part = a:send(large, 2, -2)
assert(not got and err == 'timeout' and part > 1 and part < #large - 1)
for _ = 1, 100 do assert(select(3, a:send(large, 3, -3)) == 2) end
assert((collectgarbage 'count' - memory) * 1024 < #large / 10)
collectgarbage 'restart'

-- A line has no limit, and does not come in parts.
a, b = pair()
a:settimeout(0)
local line = ('x'):rep(150000)
assert(a:send(line .. '\r\n'))
assert(b:receive() == line)

-- What comes in parts, each waited for, is put together once.
a, b = pair()
b:settimeout(60)
local parts_left, part_of_all = 200, ('x'):rep(4000)
local function give()
  parts_left = parts_left - 1
  if parts_left < 0 then a:close() else assert(a:send(part_of_all)) end
  return true
end
netsocket.poller.use {wait_readable = give, wait_writable = give}
collectgarbage()
collectgarbage 'stop'
memory = collectgarbage 'count'
local whole = coroutine.wrap(b.receive)(b, '*a')
assert(#whole == 200 * 4000)
assert(collectgarbage 'count' - memory < 8000, 'it was copied with each part')
collectgarbage 'restart'
netsocket.poller.use(nil)

-- Objects close where their block ends.
local gone
do
  local c <close> = socket.udp4()
  gone = c
  assert(c:getfd() >= 0)
end
assert(gone:getfd() == -1)
fails('the reason', function() socket.try(nil, 'the reason') end)
-- A wait that ends for another reason than its time says so: a close, a second waiter.
local function wait(_, sec) return coroutine.yield(sec) end
netsocket.poller.use {wait_readable = wait, wait_writable = wait, cancel = function() end}
for _, sec in ipairs {60, -1} do
  for _, pattern in ipairs {'*l', 5, 0} do
    local c, d = pair()
    c:settimeout(sec)
    local first = coroutine.create(c.receive)
    assert(coroutine.resume(first, c, pattern))
    local second = coroutine.wrap(c.receive)
    local none, why = second(c, pattern)
    assert(not none and why == netsocket.errno.EBUSY.message, why)
    c:close()
    local _, nothing, reason = assert(coroutine.resume(first, true))
    assert(nothing == nil and reason == 'closed', reason)
    d:close()
  end
end
netsocket.poller.use(nil)

print 'fine'

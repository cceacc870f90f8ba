-- Listeners: connects that may be given up, and accepts that must answer for each.
--
-- A connection says its number first. One whose connect was killed may be in the backlog
-- all the same, and is closed by then: a ghost.
local socket = require 'net.socket'

local Operation = require 'operation'
local receive = require 'calls_receive'
local report = require 'report'
local world = require 'world'

local check, log = report.check, report.log
local connections = {}

local HELLO = 8
local count = 0

function connections.listen()
  local kind = math.random(3) == 1 and 'tcp' or 'stream'
  local listener = {kind = kind, pending = {}, ghosts = 0, lost = 0}
  local s
  if kind == 'tcp' then
    s = assert(socket.bind_inet_stream('127.0.0.1', 0))
    listener.address = assert(s:getsockname())
  else
    listener.address = world.address()
    s = assert(socket.new_unix_stream())
    assert(s:bind(listener.address))
  end
  assert(s:listen(math.random(2) == 1 and 1 or 100))
  listener.sock = {s = s, name = 'listener', closed = false, zombies = 0,
    waits = {r = 0, w = 0}}
  table.insert(world.listeners, listener)
  log 'listener'
end

-- ------------------------------------------------------------------- connecting --

local function connected(listener, s)
  count = count + 1
  local hello = ('%7d\n'):format(count)
  check(s:send(hello) == HELLO, 'a new connection takes no byte')
  table.insert(listener.pending, {hello = hello, s = s})
end

local function judge_connect(op)
  local listener = op.listener
  if op.r1 ~= nil then
    if listener.sock.closed then
      listener.ghosts = listener.ghosts + 1
      return op.r1:close()
    end
    return connected(listener, op.r1)
  end
  listener.ghosts = listener.ghosts + 1
  local name = op:error_name(op.r2)
  if listener.sock.closed and (name == 'ECONNREFUSED' or name == 'ECONNRESET')
    then return end
  check(op:general(name, op:third(op.r3)), '%s: %s', op.name, tostring(op.r2))
end

function connections.connect(listener, at_once)
  local sec = receive.seconds(at_once)
  local op = Operation.new {call = 'connect', sec = sec, need = 'w', listener = listener,
    judge = judge_connect, killed = function() listener.ghosts = listener.ghosts + 1 end}
  local options = world.options(listener.kind)
  op.fn, op.args = socket.connect, table.pack(listener.address, sec, options)
  return op
end

-- -------------------------------------------------------------------- accepting --

local function drop(connection)
  connection.s:close()
end

--- Connects that still wait: the kernel may have made one of them, whose coroutine has
--- not been told and has said no number.
local function give_up(listener)
  for i = #Operation.live, 1, -1 do
    local op = Operation.live[i]
    if op and op.listener == listener and op.call == 'connect' and op.state == 'waiting'
      then op:kill(true) end
  end
end

--- The first that is pending is the one that was accepted.
local function accepted(op, s)
  local listener = op.listener
  if listener.kind == 'tcp' then s:recvable(5) end
  local hello = s:recv(HELLO)
  if hello == nil then
    if listener.ghosts == 0 then give_up(listener) end
    check(listener.ghosts > 0, '%s: a connection that was not made', op.name)
    listener.ghosts = listener.ghosts - 1
    return s:close()
  end
  while listener.pending[1] and listener.pending[1].hello ~= hello do
    check(listener.lost > 0, '%s: a connection is lost', op.name)
    listener.lost = listener.lost - 1
    drop(table.remove(listener.pending, 1))
  end
  local first = table.remove(listener.pending, 1)
  check(first, '%s: accepted a connection twice', op.name)
  if #world.links < 8 then
    local link = world.join(listener.kind, first.s, s)
    link.ends[1].peer = listener.kind == 'stream' and listener.address:addr()
    return
  end
  drop(first)
  s:close()
end

local function judge_accept(op)
  local listener, late = op.listener, op.r3 == true
  if op.r1 ~= nil then return accepted(op, op.r1) end
  if op.r2 == nil then
    check(op.call == 'accept' and late, '%s: no result', op.name)
    return check(listener.kind == 'tcp' or #listener.pending <= listener.lost
      , '%s: finds nothing, but %d are pending', op.name, #listener.pending)
  end
  local name = op:error_name(op.r2)
  if op:refused_rightly(name) then return end
  check(op:general(name, op:third(op.r3)), '%s: %s', op.name, tostring(op.r2))
end

function connections.accept(listener, at_once)
  local waits = math.random(4) > 1
  local op = Operation.new {call = waits and 'acceptwait' or 'accept',
    sock = listener.sock,
    listener = listener, need = 'r', judge = judge_accept,
    killed = function(op) if op.lost then listener.lost = listener.lost + 1 end end}
  op.sec = receive.seconds(at_once)
  op.fn = listener.sock.s[op.call]
  op.args = waits and table.pack(listener.sock.s, op.sec) or table.pack(listener.sock.s)
  return op
end

function connections.close(listener)
  local sock = listener.sock
  if sock.closed or sock.closing then return end
  log 'listener:close'
  sock.closing = true
  check(sock.s:close() == true, 'a listener does not close')
  sock.closed = true
  for _, connection in ipairs(listener.pending) do drop(connection) end
  listener.pending = {}
  for i, other in ipairs(world.listeners) do
    if other == listener then return table.remove(world.listeners, i) end
  end
end

return connections

-- A round: random steps over random sockets, then an end at which all that must still
-- come is taken and compared.
local socket = require 'net.socket'

local Operation = require 'operation'
local connections = require 'connections'
local forks = require 'forks'
local poller = require 'poller'
require 'calls_reader'
local receive = require 'calls_receive'
local report = require 'report'
local send = require 'calls_send'
local trouble = require 'trouble'
local waits = require 'calls_wait'
local world = require 'world'

local log, check = report.log, report.check
local one_in = function(n) return math.random(n) == 1 end

--- What has become uncertain is made certain before it is used again.
local function rest()
  for _, sock in ipairs(world.sockets()) do
    if sock.e.stale then trouble.resync(sock.e) end
  end
end

-- --------------------------------------------------------------------- starting --

--- `<close>`: the socket ends with the call.
local function close_with(op)
  local sock, fn = op.sock, op.fn
  sock.closing = true
  op.fn = function(...)
    local _ <close> = sock.s
    return fn(...)
  end
  op.after = function()
    if sock.s:fd() ~= -1 then sock.s:close() end
    world.closed(sock)
  end
end

local function start(op)
  local packets = op.flow and not op.flow.bytes
  if one_in(8) then op.gc = true
  elseif one_in(8) and op.flow and not packets then op.hook = trouble.hook end
  local may = not op.hook and not op.gc and (op.receives or not packets)
  if Operation.memory_ends and may and one_in(2) then
    op.memory = {math.random(0, 12), math.random(1, 4)}
  end
  if op.receives and not op.hook and #op.sock.e.socks == 1 and one_in(40)
    then close_with(op) end
  op:start(one_in(5))
end

local function run(op, at_once)
  if not at_once then return start(op) end
  op.gc = one_in(6)
  op:here()
end

-- --------------------------------------------------------------------- resuming --

local errnos = {'EIO', 'ENETDOWN', 'EPIPE', 'EBADF', 'ETIMEDOUT'}
local an_error = select(2, socket.wrap(-5))

--- What a poller's function returns: how honest it is, is drawn.
local function answer(op, ready)
  local kind = math.random(20)
  if kind <= 11 then
    if not ready then op.fooled = true end
    return true
  elseif kind == 12 then
    op.gave_up = true
    return nil, nil, true
  elseif kind == 13 then
    op.foreign = true
    return nil, 'the scheduler is broken'
  elseif kind == 14 then
    local name = errnos[math.random(#errnos)]
    op.poller_error = name
    return nil, socket.errno[name]
  elseif kind == 15 then
    op.poller_error = an_error.name
    return false, an_error
  elseif kind == 16 then
    op.poller_raised = true
    return poller.raised
  end
  op.foreign, op.fooled, op.gave_up = true, true, true
  if kind == 17 then return 'a value of the scheduler', 17, {} end
  if kind == 18 then return {}, nil, true end
  if kind == 19 then return end
  return nil, {}, nil
end

local function resume(entry)
  local op = entry.op
  local ready = poller.ready(entry)
  if not ready and not op.cancelled and one_in(2) then return end
  log('resume %s%s', op.name, ready and '' or ', not ready')
  op:resume(answer(op, ready))
end

-- ------------------------------------------------------------------------ steps --

local function drop(sock)
  for _, op in ipairs(Operation.live) do
    if op.sock == sock or op.call == 'select' then return end
  end
  log('%s is dropped', sock.name)
  local fd, e = sock.s:fd(), sock.e
  if #e.socks == 1 and e.outward and e.link.kind ~= 'mail'
    then e.outward.ending = true end
  sock.closing, sock.s, sock.friend = true, nil, nil
  Operation.collect()
  local found, err = socket.select({fd}, nil, 0)
  check(not found and err.name == 'EBADF', '%s is collected, and open', sock.name)
  world.closed(sock)
end

local function duplicate(sock)
  if #sock.e.socks > 2 then return end
  local s = assert(sock.s:dup())
  log('%s is %s:dup', world.add_socket(sock.e, s).name, sock.name)
end

local function kill_all()
  while #Operation.live > 0 do Operation.live[#Operation.live]:kill(one_in(2)) end
end

local kinds = {'stream', 'stream', 'stream', 'tcp', 'seqpacket', 'dgram', 'mail'}

local function with(pick, call)
  return function()
    local sock = pick()
    if sock then call(sock) end
  end
end

local function any() return world.pick(world.sockets()) end
local function any_ends() return world.pick(world.sockets(send.may_shutdown)) end
local function any_listener() return world.pick(world.listeners) end

--- {weight, step}. What other files add to it is drawn like the rest.
local steps = {
  {22, with(send.pick, function(sock)
    local at_once = one_in(2)
    run(send.any(sock, at_once), at_once)
  end)},
  {22, with(receive.pick, function(sock)
    local at_once = one_in(4)
    run(receive.any(sock, at_once), at_once)
  end)},
  {4, with(any, function(sock)
    local at_once = one_in(2)
    run(waits.one(sock, at_once), at_once)
  end)},
  {5, function()
    local at_once = one_in(2)
    run(waits.many(at_once), at_once)
  end},
  {26, function()
    local entry = world.pick(poller.waits)
    if entry then resume(entry) end
  end},
  {4, function()
    local op = world.pick(Operation.live)
    if op then op:kill(one_in(2)) end
  end},
  {3, function() assert(socket.new_unix_dgram()) end}, -- for the collector
  {1, function() if one_in(3) then forks.fork(false) end end},
  {1, function() poller.use(one_in(2)) end},
  {1, function() -- the scheduler ends, and another one begins
    kill_all()
    poller.use(one_in(2))
  end},
  {3, function()
    local entry = world.pick(poller.waits)
    local sock = entry and entry.op.sock
    if sock and sock.e then trouble.succeed(sock) end
  end},
  {2, Operation.collect},
  {2, with(any, send.close)},
  {1, with(any, drop)},
  {2, with(any, duplicate)},
  {1, with(any_ends, send.shutdown)},
  {3, with(any, function(sock) trouble.add_finalizer(sock, one_in(3)) end)},
  {3, with(any, trouble.add_function)},
  {2, function() if #world.links < 6 then world.open(kinds[math.random(#kinds)]) end end},
  {1, function() if #world.listeners < 2 then connections.listen() end end},
  {3, with(any_listener, function(l) start(connections.connect(l)) end)},
  {3, with(any_listener, function(l)
    local at_once = one_in(3)
    run(connections.accept(l, at_once), at_once)
  end)},
}

local function draw()
  local all = 0
  for _, step in ipairs(steps) do all = all + step[1] end
  local at = math.random(all)
  for _, step in ipairs(steps) do
    at = at - step[1]
    if at <= 0 then return step[2] end
  end
end

-- ---------------------------------------------------------------------- the end --

--- What can go on, goes on.
local function let_go_on()
  for _ = 1, 5000 do
    local found
    for _, entry in ipairs(poller.waits) do
      if poller.ready(entry) then found = entry end
    end
    if not found then return end
    found.op:resume(true)
    rest()
  end
  report.fail('a call goes round in circles: %s', poller.waits[1].op.name)
end

local function close_all()
  for _, sock in ipairs(world.sockets()) do
    if not sock.closed then send.close(sock) end
  end
  while #world.listeners > 0 do connections.close(world.listeners[1]) end
  Operation.collect()
end

local function drain_all()
  for _, sock in ipairs(world.sockets(receive.may)) do
    if not sock.closed then trouble.resync(sock.e) end
  end
end

local HIGHEST = 300

local function open_descriptors()
  local open = {}
  for fd = 0, HIGHEST do open[fd] = socket.select({fd}, nil, 0) ~= nil end
  return open
end

local function end_of_round(open)
  log 'the end of the round'
  if one_in(2) then let_go_on() end
  kill_all()
  drain_all()
  close_all()
  poller.is_told()
  for fd, now in pairs(open_descriptors()) do
    if now and not open[fd] and world.lost > 0 then
      world.lost = world.lost - 1
      now = not socket.close(fd)
    end
    check(now == open[fd], 'descriptor %d is %s', fd, now and 'left open' or 'closed')
  end
end

return function(length)
  world.reset()
  Operation.reset()
  Operation.collect()
  local open = open_descriptors()
  poller.use(one_in(4))
  world.open 'stream'
  for _ = 1, length do
    draw()()
    rest()
  end
  end_of_round(open)
end

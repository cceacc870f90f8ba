-- One call of the library in flight: its start, its pauses, its end, and whether what it
-- answered is legal. What the calls are is in the files calls_*.lua.
--
-- A call has
--   fn, args: what is called;
--   sock: the socket that it is about, or nil; flow: the direction that it uses, or nil;
--   need: 'r' or 'w' when it may wait; sec: its time
--   judge(op): looks at op.n results in op.r1 to op.r5;
--   killed(op): its results will never be seen.
local socket = require 'net.socket'

local poller = require 'poller'
local report = require 'report'

local log, fail, check = report.log, report.fail, report.check

local Operation = {live = {}}
Operation.__index = Operation

local calls = 0

function Operation.new(fields)
  calls = calls + 1
  fields.id = calls
  -- All that a result is put into exists before: no memory is needed to keep it.
  fields.n, fields.r1, fields.r2, fields.r3, fields.r4 = false, false, false, false, false
  fields.r5 = false
  fields.state, fields.raised = 'new', false
  fields.name = ('#%d %s:%s'):format(calls, fields.sock and fields.sock.name or '',
    fields.call)
  return setmetatable(fields, Operation)
end

function Operation.count()
  return calls
end

-- ------------------------------------------------------------------ its states --

-- How many calls use a direction of a socket.
local function count(op, need, change)
  local waits = op.sock and need and op.sock.waits
  if waits then waits[need] = waits[need] + change end
end

local function enter(op)
  op.state = 'running'
  count(op, op.need, 1)
  if not op.receives then return end
  op.flow.running = op.flow.running + 1
  op.flow.mixed = op.flow.running > 1 -- until the outer one's packets have been looked at
  op.may_reset = op.may_reset or op.flow:may_reset()
end

local function leave(op, raised)
  if op.state ~= 'running' then return end
  count(op, op.need, -1)
  if op.receives then op.flow:left(raised) end
end

--- The poller's wait begins.
function Operation:pauses(need)
  leave(self)
  self.state, self.waiting = 'waiting', need
  log('%s waits', self.name)
  count(self, need, 1)
  if self.holds then
    self.flow.holder, self.flow.held = self, true
  end
end

local function stop_waiting(op)
  if op.state ~= 'waiting' then return end
  count(op, op.waiting, -1)
  if op.flow and op.flow.holder == op then op.flow.holder = nil end
end

function Operation:goes_on()
  stop_waiting(self)
  enter(self)
end

-- ------------------------------------------------------------------- its begin --

local function keep(op, ...)
  op.n = select('#', ...)
  op.r1, op.r2, op.r3, op.r4, op.r5 = ...
end

local function warm(depth, a, b, c, d, e, f, g, h)
  if depth > 0 then return (warm(depth - 1, a, b, c, d, e, f, g, h)) end
end

local function body(op)
  warm(12)
  if op.gc then collectgarbage 'restart' end
  keep(op, op.fn(table.unpack(op.args, 1, op.args.n)))
end

local function busy(op, itself)
  local sock, flow = op.sock, op.flow
  if not sock then return false end
  return sock.zombies > 0 or op.need and sock.waits[op.need] > itself
    or op.receives and (flow.running > itself or flow.holder) and true
end

--- A call that finds its place taken collects first, once a second. It finds nothing
--- left to collect, so that it is the same whenever it runs.
local function begin(op)
  local sock = op.sock
  if sock and op.need and (sock.waits[op.need] > 0 or sock.zombies > 0)
    then Operation.collect() end
  op.closed_before = sock and sock.closed
  local holder = op.receives and op.flow.holder
  op.must_busy = holder and holder.sock == sock and not holder.cancelled
    and not sock.closing
  op.busy_before = busy(op, 0)
  log('%s%s%s', op.name, op.words and '(' .. op.words .. ')' or '', op.gc
    and ' collecting' or '')
  enter(op)
end

--- Makes the call where the program is, which cannot yield or does not have to.
function Operation:here()
  begin(self)
  local ok, err = pcall(body, self)
  if self.gc then collectgarbage 'stop' end
  if not ok then self.raised = err end
  self:settle()
end

local function guarded(op)
  local ok, err = pcall(body, op)
  if not ok then op.raised = err end
end

--- Makes the call in a coroutine, which lasts until the call has an end. `bare`: an error
--- leaves the coroutine dead, with the call's end still to come.
function Operation:start(bare)
  self.bare = bare
  self.thread = coroutine.create(bare and body or guarded)
  poller.of(self, self.thread)
  Operation.live[#Operation.live + 1] = self
  if self.hook then self.hook(self) end
  begin(self)
  self:resume(self)
end

local function unlist(op)
  for i, other in ipairs(Operation.live) do
    if other == op then table.remove(Operation.live, i) end
  end
  poller.forget(op)
  op.thread = nil
end

--- In the host of tests/faults memory can run out inside the call.
local fault = rawget(_G, 'fault')
Operation.memory_ends = fault ~= nil

--- From here on, until it is resumed, there is memory.
function Operation:has_memory()
  if self.memory then fault.call(1 << 40, 1, type, 0) end
end

function Operation:go(thread, ...)
  if not self.memory then return coroutine.resume(thread, ...) end
  local first, most = table.unpack(self.memory)
  local got = table.pack(fault.call(first, most, coroutine.resume, thread, ...))
  if not got[1] then return coroutine.resume(thread, ...) end -- it has not begun
  self.refused = self.refused or got[3] > 0
  return got[4], got[5]
end

function Operation:resume(...)
  local thread = self.thread
  local ok, err = self:go(thread, ...)
  if self.gc then collectgarbage 'stop' end
  if coroutine.status(thread) ~= 'dead' then return end
  unlist(self)
  if not ok then
    self.raised = err
    -- In a dead coroutine the call ends when that is closed or collected.
    self.dead = math.random(2) == 1
    if not self.dead then coroutine.close(thread) end
  end
  thread = nil -- luacheck: ignore 311 (what runs in settle may collect it)
  self:settle()
end

-- --------------------------------------------------------------------- its end --

--- A full collection has ended every call whose coroutine has no reference.
local zombies = {}

local function zombie(op)
  log('%s is left behind', op.name)
  if op.sock then
    op.sock.zombies = op.sock.zombies + 1
    zombies[#zombies + 1] = op.sock
  end
end

local collecting = false

--- Two collections: one for the coroutines, one for what their finalizers held. Inside a
-- finalizer there is none.
function Operation.collect()
  if collecting then return end
  log 'collect'
  collecting = true
  local collected = collectgarbage()
  collectgarbage()
  collecting = false
  if not collected then return end
  for _, sock in ipairs(zombies) do sock.zombies = 0 end
  zombies = {}
end

--- It will not be resumed: `close` ends it now, else the collector will.
function Operation:kill(close)
  log('%s is %s', self.name, close and 'closed' or 'abandoned')
  if close then coroutine.close(self.thread) end -- no local: it would not be collected
  stop_waiting(self)
  unlist(self)
  if not close then zombie(self) end
  self.state = 'ended'
  if self.killed then self:killed() end
  if self.after then self:after() end
end

local function raised(op)
  local err = op.raised
  local known = err == poller.raised and op.poller_raised
    or op.hooked and err == op.hooked
    or op.refused and err == 'not enough memory'
  if not known then fail('%s raised %s', op.name, tostring(err)) end
  log('%s raised %s', op.name, tostring(err))
  -- Where the error came between the call and its end, that is for the collector.
  if op.dead or op.hooked or op.refused then zombie(op) end
  if op.killed then op:killed() end
end

--- The call has ended: its results are looked at.
function Operation:settle()
  if self.raised then
    leave(self, true)
    self.state = 'ended'
    raised(self)
  else
    log('%s -> %d %s %s %s %s', self.name, self.n, type(self.r1) == 'string'
      and report.quote(self.r1) or tostring(self.r1), tostring(self.r2),
        tostring(self.r3),
      type(self.r4) == 'string' and report.quote(self.r4) or tostring(self.r4))
    self.busy_after = self.state == 'running' and busy(self, 1)
    self:judge()
    leave(self)
    self.state = 'ended'
  end
  if self.after then self:after() end
end

-- ----------------------------------------------------------------- its failures --

--- The name of the error that a call answered; anything else is a fault.
function Operation:error_name(err)
  local ok, name = pcall(function() return err.name end)
  check(ok and type(name) == 'string', '%s answered %s as an error', self.name,
    tostring(err))
  return name
end

--- Whether a failure is one that any call may have. `timeout` is its third result.
function Operation:general(name, timeout)
  local sock = self.sock
  if name == self.poller_error then return true end
  if timeout then
    check(name == 'ETIMEDOUT', '%s: a deadline that is %s', self.name, name)
    return self.sec == 0 or self.gave_up
  end
  if name == 'EBADF' then return sock and (sock.closed or sock.closing) end
  if name == 'EBUSY' then
    return self.busy_before or self.busy_after or sock and sock.zombies > 0
  end
  return self.foreign and name == 'ECANCELED'
end

--- What must be answered, whatever else is true; answers whether it was.
function Operation:refused_rightly(name)
  if self.closed_before then
    check(name == 'EBADF', '%s on a closed socket: %s', self.name, tostring(name))
    return true
  end
  if self.must_busy and not self.sock.closed then
    check(name == 'EBUSY', '%s beside %s: %s', self.name, self.flow.holder
      and self.flow.holder.name or 'a call', tostring(name))
    return true
  end
  return false
end

--- Of a failure that is no deadline the third result is nil.
function Operation:third(result)
  check(result == nil or result == true,
    '%s: the third result is %s', self.name, tostring(result))
  return result == true
end

function Operation.reset()
  Operation.live, zombies, poller.waits = {}, {}, {}
end

Operation.errno = socket.errno
return Operation

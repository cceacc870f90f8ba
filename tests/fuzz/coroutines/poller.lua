-- A poller that a round resumes as it likes: late, early, with errors, with values of
-- its own. Each wait stands in `waits` until it has ended.
local socket = require 'net.socket'

local report = require 'report'
local world = require 'world'

local poller = {waits = {}, tells = false}
poller.raised = setmetatable({},
  {__tostring = function() return 'raised by the poller' end})
local by_thread = setmetatable({}, {__mode = 'k'})

--- What the round does at the begin of a wait, before a yield.
function poller.meddle() end

function poller.of(op, thread)
  by_thread[thread] = op
end

function poller.forget(op)
  for i, entry in ipairs(poller.waits) do
    if entry.op == op then
      table.remove(poller.waits, i)
      break
    end
  end
  by_thread[op.thread] = nil
end

-- Descriptors that the poller may keep until it is told that they close.
local kept = {}
local made = {} -- adapted ones, which are told as long as they are referred to

local function leave(entry)
  for i, other in ipairs(poller.waits) do
    if other == entry then table.remove(poller.waits, i) end
  end
end

local class = {__close = leave}

local function wait(need, fd, sec, lasts)
  debug.sethook() -- it is for the library's code, and not for the model's
  local op = by_thread[coroutine.running()]
  report.check(op, 'a wait outside of any call')
  op:has_memory()
  if op.gc then collectgarbage 'stop' end
  report.check(sec == nil or sec >= 0, '%s waits for %s seconds', op.name, sec)
  local entry <close> = setmetatable(
    {op = op, fd = fd, need = need, sec = sec, told = not poller.tells}, class)
  if lasts and poller.tells then kept[fd] = op.name end
  poller.waits[#poller.waits + 1] = entry
  op:pauses(need)
  poller.meddle(op)
  local ok, err, timeout = coroutine.yield(op)
  op:goes_on(need)
  if ok == poller.raised then error(poller.raised, 0) end
  if op.gc then collectgarbage 'restart' end
  if op.hook then op.hook(op) end
  return ok, err, timeout
end

local function cancel(fd)
  report.check(not world.child, 'a child tells its parent\'s poller of %d', fd)
  kept[fd] = nil
  for _, entry in ipairs(poller.waits) do
    if entry.fd == fd then entry.op.cancelled, entry.told = true, true end
  end
  poller.meddle(nil)
end

local function plain()
  poller.tells = math.random(4) > 1
  socket.poller.use {
    wait_readable = function(fd, sec, lasts) return wait('r', fd, sec, lasts) end,
    wait_writable = function(fd, sec, lasts) return wait('w', fd, sec, lasts) end,
    cancel = poller.tells and cancel or nil,
  }
end

local function adapted()
  poller.tells = true
  made[#made + 1] = require('net.socket.poller').adapt {
    wait = function(waiter, sec) return wait(waiter.events, waiter.fd, sec) end,
    forget = function() end,
    cancel = function(fd) cancel(fd) end,
    lasting = math.random(2) == 1
      and function(fd, events, sec) return wait(events, fd, sec, true) end or nil,
  }
end

--- Another poller from now on: what waits, waits in the one before. That is told of no
--- close any more, unless it and its successor are adapted ones.
function poller.use(is_adapted)
  local both = is_adapted and poller.adapted
  if is_adapted then adapted() else plain() end
  poller.adapted = is_adapted
  if both then return end
  kept = {}
  for _, entry in ipairs(poller.waits) do entry.told = true end
end

--- The number of a descriptor is a new one's: of the old one the poller was told.
function poller.appears(fd)
  report.check(not kept[fd], 'the poller still has %d, of %s', fd, tostring(kept[fd]))
  for _, entry in ipairs(poller.waits) do
    report.check(entry.fd ~= fd or entry.told, '%s still waits for %d', entry.op.name, fd)
  end
end

world.appears = poller.appears

--- All sockets are closed.
function poller.is_told()
  local fd, name = next(kept)
  report.check(not fd, 'the poller keeps %s, of %s', tostring(fd), tostring(name))
end

--- Whether the descriptor of a wait is ready.
function poller.ready(entry)
  local fds = {entry.fd}
  local rd, wr = socket.select(entry.need == 'r' and fds or {}, entry.need == 'w' and fds
    or {}, 0)
  return not rd or #rd + #wr > 0 -- a closed one is looked at by the call
end

return poller

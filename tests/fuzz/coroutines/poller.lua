-- A poller that a round resumes as it likes: late, early, with errors, with values of
-- its own. Each wait stands in `waits` until it has ended.
local socket = require 'net.socket'

local report = require 'report'

local poller = {waits = {}}
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

local function leave(entry)
  for i, other in ipairs(poller.waits) do
    if other == entry then table.remove(poller.waits, i) end
  end
end

local class = {__close = leave}

local function wait(need, fd, sec)
  debug.sethook() -- it is for the library's code, and not for the model's
  local op = by_thread[coroutine.running()]
  report.check(op, 'a wait outside of any call')
  op:has_memory()
  if op.gc then collectgarbage 'stop' end
  report.check(sec == nil or sec >= 0, '%s waits for %s seconds', op.name, sec)
  local entry <close> = setmetatable({op = op, fd = fd, need = need, sec = sec}, class)
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
  for _, entry in ipairs(poller.waits) do
    if entry.fd == fd then entry.op.cancelled = true end
  end
  poller.meddle(nil)
end

function poller.use(adapted)
  if not adapted then
    return socket.poller.use {
      wait_readable = function(fd, sec) return wait('r', fd, sec) end,
      wait_writable = function(fd, sec) return wait('w', fd, sec) end,
      cancel = math.random(4) > 1 and cancel or nil,
    }
  end
  require('net.socket.poller').adapt {
    wait = function(waiter, sec) return wait(waiter.events, waiter.fd, sec) end,
    forget = function() end,
    cancel = function(fd) cancel(fd) end,
  }
end

--- Whether the descriptor of a wait is ready.
function poller.ready(entry)
  local fds = {entry.fd}
  local rd, wr = socket.select(entry.need == 'r' and fds or {}, entry.need == 'w' and fds
    or {}, 0)
  return not rd or #rd + #wr > 0 -- a closed one is looked at by the call
end

return poller

-- net.socket.poller: how net.socket waits, and what the adapters of schedulers share.
local socket = require 'net.socket'

local errno, poller = socket.errno, socket.poller
local generation = poller.generation
local opposite = {r = 'w', w = 'r'}
local adapted = setmetatable({}, {__mode = 'k'}) -- by a poller's cancel, what it does

local heard = 0 -- the number of the last cancel

local function check(scheduler)
  local words = "bad argument #1 to 'adapt' (%s expected, got %s, for %s)"
  if type(scheduler) ~= 'table' then
    error(words:format('table', type(scheduler), 'scheduler'), 3)
  end
  for _, name in ipairs {'wait', 'forget', 'cancel', 'lasting'} do
    local kind = type(scheduler[name])
    local missing = name == 'lasting' and kind == 'nil'
    if kind ~= 'function' and not missing then
      error(words:format('function', kind, name), 3)
    end
  end
end

--- Makes a poller of a scheduler's own ways to wait, and uses it. The scheduler has
--- `wait(waiter, sec)`, which waits in the running coroutine until waiter.fd is ready for
--- waiter.events, 'r' or 'w', and returns what a poller does: ok, err, timeout;
--- `forget(waiter, other)`, called however the wait has ended: the scheduler must not
--- touch waiter.fd any more. `other` waits for its other direction; when waiter.closed is
--- true, the descriptor may be another file's already;
--- `cancel(fd, reader, writer, ended, told)`, called when fd is about to be closed: lets
--- go of it and has those who wait go on soon, but not before this call has returned;
--- `lasting(fd, events, sec, known, told)`, which may be missing: as `wait`, for a
--- descriptor that it may keep between two waits; `known`: it has waited for it in this
--- process. No second waiter comes and `forget` is not called, but `cancel`, without a
--- reader and a writer, before any such descriptor is closed, and with the events as
--- `ended` when a coroutine is ended in such a wait: it must not be resumed.
---
--- A finalizer or a hook may close what is about to be waited for: last before it yields,
--- a wait looks whether there was a cancel of a higher number than its own, `told`, which
--- is waiter.told in `wait`. If so it returns true, and the call looks again.
--- Where the running coroutine is none of its own, `wait` and `lasting` return nil and
--- false, and the call waits in poll(2).
function poller.adapt(scheduler)
  check(scheduler)
  -- A waiter lives as long as the coroutine that waits.
  local waiting = {
    r = setmetatable({}, {__mode = 'v'}),
    w = setmetatable({}, {__mode = 'v'}),
  }

  -- A child of a fork has copies of its parent's waiters, and shares what their scheduler
  -- registered with: nothing is said of them.
  local function here(waiter)
    return waiter and waiter.generation == generation() and waiter or nil
  end

  local function leave(waiter)
    local fd, events = waiter.fd, waiter.events
    if waiting[events][fd] == waiter then waiting[events][fd] = nil end
    if not here(waiter) then return end
    scheduler.forget(waiter, here(waiting[opposite[events]][fd]))
  end

  local class = {__close = leave}
  local cancel_all

  -- A second waiter is refused: a scheduler would forget one of the two.
  local function waiter_for(events)
    local same, lasting = waiting[events], scheduler.lasting
    return function(fd, sec, lasts, known, told)
      told = told or heard
      if lasts and lasting then return lasting(fd, events, sec, known, told) end
      if here(same[fd]) then return nil, errno.EBUSY end
      local made = setmetatable( -- cancel: the poller lives as long
        {fd = fd, events = events, told = told, generation = generation(),
          cancel = cancel_all}, class)
      if heard > told then return true end -- other code has run: the call looks again
      local waiter <close> = made
      same[fd] = waiter
      local ok, err, timeout = scheduler.wait(waiter, sec)
      if waiter.closed then return nil, errno.EBADF end
      return ok, err, timeout
    end
  end

  -- The number may be another socket's before those who waited have gone on.
  local function cancel(fd, ended, told)
    local reader, writer = here(waiting.r[fd]), here(waiting.w[fd])
    if not reader and not writer and not scheduler.lasting then return end
    waiting.r[fd], waiting.w[fd] = nil, nil
    if reader then reader.closed = true end
    if writer then writer.closed = true end
    scheduler.cancel(fd, reader, writer, ended, told)
  end

  -- A program may change between several, and each keeps what has waited in it.
  function cancel_all(fd, ended, told)
    heard = told or heard
    for _, one in pairs(adapted) do one(fd, ended, heard) end
  end
  adapted[cancel_all] = cancel

  local made = {
    wait_readable = waiter_for 'r',
    wait_writable = waiter_for 'w',
    cancel = cancel_all,
  }
  poller.use(made)
  return made
end

--- What `wait` returns when its coroutine goes on, and the scheduler has not had it do
--- so: what came, came in place of a reason.
function poller.foreign()
  return nil, 'resumed from elsewhere'
end

return poller

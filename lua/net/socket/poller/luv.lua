-- require 'net.socket.poller.luv': net.socket waits through the loop of luv.
--
-- What the loop has of a socket lasts until that closes, so that waiting again costs no
-- system call and starts no timer. None of it keeps the loop running; one timer does,
-- while something waits.
local uv = require 'luv'
local errno = require 'net.socket'.errno
local poller = require 'net.socket.poller'

local LONGEST = 1e12 -- milliseconds

local generation, now = poller.generation, poller.now
local current, yield = coroutine.running, coroutine.yield
local first = generation() -- a child of a fork shares the loop's epoll instance with it

-- By descriptor: its poll handle, of which libuv allows one; what that is started for, ''
-- where it is stopped; who waits with it, as `r` and `w`; and the waiters of a socket,
-- which are used again. Making a handle costs as much as a wait, so it serves the next
-- descriptor of its number too.
local handles = {}

-- Stopped timers, for the next deadlines.
local timers = {}

---------------------------------------------------------------- the loop's life

local waiting, keepalive = 0, nil

local function stay()
  if not keepalive or keepalive:is_closing() then keepalive = uv.new_timer() end
  keepalive:start(LONGEST, 0, function() end)
end

local function begin_wait()
  waiting = waiting + 1
  if waiting == 1 then stay() end
end

local function end_wait()
  waiting = waiting - 1
  if waiting == 0 and not keepalive:is_closing() then keepalive:stop() end
end

------------------------------------------------------------------------ waiters

local function resume(waiter, state)
  if waiter.state then return end -- woken already
  waiter.state = state
  local ok, err = coroutine.resume(waiter.thread)
  if not ok then error(debug.traceback(waiter.thread, err), 0) end
end

-- Goes on when it is resumed; what a poller returns.
local function wait_as(waiter)
  waiter.thread = current()
  begin_wait()
  yield(waiter) -- seen only by who is not the loop
  if not waiter.state then return poller.foreign() end
  if waiter.state == 'ready' then return true end
  return false, nil, true
end

local function leave(waiter)
  local handle, events = waiter.handle, waiter.events
  if waiter.thread then end_wait() end
  waiter.thread, waiter.limit = nil, nil
  waiter.state = waiter.state or 'forgotten'
  if handle[events] == waiter then handle[events] = nil end
end

------------------------------------------------------------------------- timers

-- libuv counts from when its loop last looked at the clock, and rounds down.
local function start(timer, sec, call)
  uv.update_time()
  timer:start(math.ceil(math.min(sec * 1000, LONGEST)), 0, call)
end

local function new_timer()
  local timer = table.remove(timers)
  if timer and not timer:is_closing() then return timer end
  timer = uv.new_timer()
  timer:unref()
  return timer
end

local function release(timer)
  if timer:is_closing() then return end
  timer:stop()
  timers[#timers + 1] = timer
end

-- One that fires before the limit is started again then; most waits end before it does.
local function arm(waiter, sec)
  local limit = now() + sec
  waiter.limit = limit
  if waiter.armed and waiter.armed <= limit then return end
  waiter.armed = limit
  waiter.timer = waiter.timer or new_timer()
  start(waiter.timer, sec, waiter.on_timer)
end

local function on_timer(waiter)
  waiter.armed = nil
  if not waiter.limit or waiter.state then return end
  local left = waiter.limit - now()
  if left > 0 then arm(waiter, left) else resume(waiter, 'timeout') end
end

local function disarm(waiter)
  if waiter and waiter.timer then release(waiter.timer) end
end

local function new_waiter(waiter)
  waiter.on_timer = function() on_timer(waiter) end
  return waiter
end

------------------------------------------------------------------------ handles

local function watch(handle, events)
  handle.started = events
  if events ~= '' then
    handle.poll:start(events, handle.on_event)
  else
    handle.poll:stop()
  end
end

local function watch_waiters(handle)
  watch(handle, (handle.r and 'r' or '') .. (handle.w and 'w' or ''))
end

local function watch_also(handle, events)
  local started = handle.started
  if started == events or started == 'rw' then return end
  watch(handle, started == '' and events or 'rw')
end

-- An error, after which libuv has stopped the handle, is for the call that waits to find,
-- so it counts as ready. Readiness without a waiter would come again in each turn.
local function on_event(handle, err, events)
  local reader, writer = handle.r, handle.w
  local readable, writable = err or events:find 'r', err or events:find 'w'
  if err then
    handle.started = ''
  elseif readable and not reader or writable and not writer then
    watch_waiters(handle)
  end
  if readable and reader then resume(reader, 'ready') end
  if writable and writer then resume(writer, 'ready') end
end

-- A program that closes all handles has closed this one too.
local function new_handle(fd)
  -- libuv makes it non-blocking. Its object may be a blocking one, and stays that.
  local blocking = poller.nonblock(fd) == false
  local poll, words, name = uv.new_poll(fd)
  if blocking then poller.nonblock(fd, false) end
  if not poll then return nil, errno[name] or words end
  poll:unref()
  if waiting > 0 and keepalive:is_closing() then stay() end
  local handle = {poll = poll, started = '', kept = {}}
  handle.on_event = function(err, events) on_event(handle, err, events) end
  handles[fd] = handle
  return handle
end

local function handle_of(fd)
  local handle = handles[fd]
  if handle and not handle.poll:is_closing() then return handle end
  return new_handle(fd)
end

local function keep(handle, events)
  local made = new_waiter {handle = handle, events = events}
  handle.kept[events] = made
  return made
end

------------------------------------------------------------------------- poller

return poller.adapt {
  lasting = function(fd, events, sec, known)
    if not known and generation() ~= first then return nil, false end
    local handle, err = handle_of(fd)
    if not handle then return nil, err end
    local waiter = handle.kept[events] or keep(handle, events)
    handle[events], waiter.state = waiter, nil
    watch_also(handle, events)
    if sec then arm(waiter, sec) end
    local ok, words, timeout = wait_as(waiter)
    leave(waiter)
    return ok, words, timeout
  end,

  wait = function(waiter, sec)
    if generation() ~= first then return nil, false end
    local handle, err = handle_of(waiter.fd)
    if not handle then return nil, err end
    waiter.handle = handle
    handle[waiter.events] = new_waiter(waiter)
    watch_also(handle, waiter.events)
    if sec then arm(waiter, sec) end
    return wait_as(waiter)
  end,

  forget = function(waiter)
    if not waiter.handle then return end
    disarm(waiter)
    leave(waiter)
    if not waiter.closed then watch_waiters(waiter.handle) end
  end,

  cancel = function(fd, _, _, ended)
    local handle = handles[fd]
    if not handle or generation() ~= first then return end
    local reader, writer, kept = handle.r, handle.w, handle.kept
    disarm(kept.r)
    disarm(kept.w)
    handle.r, handle.w, handle.kept = nil, nil, {}
    if not handle.poll:is_closing() then watch(handle, '') end
    if kept[ended] then leave(kept[ended]) end
    if not reader and not writer then return end
    local timer = new_timer()
    start(timer, 0, function()
      release(timer)
      if reader then resume(reader, 'closed') end
      if writer then resume(writer, 'closed') end
    end)
  end,
}

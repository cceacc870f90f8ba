-- require 'net.socket.poller.luv': net.socket waits through the loop of luv.
--
-- What the loop has of a socket lasts until that closes, so that waiting again costs no
-- system call and starts no timer. None of it keeps the loop running; one timer does,
-- while something waits.
local uv = require 'luv'
local errno = require 'net.socket'.errno
local poller = require 'net.socket.poller'

local LONGEST = 1e12 -- milliseconds

local generation, now, is_closing = poller.generation, poller.now, uv.is_closing
local current, yield, resume = coroutine.running, coroutine.yield, coroutine.resume
local first = generation() -- a child of a fork shares the loop's epoll instance with it

-- By descriptor, its poll handle, of which libuv allows one, and all that belongs to it.
-- Making one costs as much as a wait, so it serves the next descriptor of its number too.
--
-- Each is a sequence: with many connections what a wake-up costs is how many lines of
-- memory it touches that no cache has, and these places lie side by side.
local handles = {}

-- Its places: luv's handle, what that is started for ('' where it is stopped), four for
-- each direction, and what luv calls.
local POLL <const>, STARTED <const>, READER <const>, WRITER <const> = 1, 2, 3, 7
local ON_EVENT <const> = 11
local place_of = {r = READER, w = WRITER}

-- From a direction's first place, which has the coroutine that waits, or false: until
-- when, when its timer looks at that, and the timer.
local LIMIT <const>, ARMED <const>, TIMER <const> = 1, 2, 3

-- What a wait is resumed with: also where its number is another socket's, and where the
-- program has closed its handle, among all others for instance.
local READY, TIMEOUT, CLOSED = {}, {}, {}
local GONE, CANCELED = {err = errno.EBADF}, {err = errno.ECANCELED}

-- Coroutines whose wait has ended in one of the last three, until they go on, and how.
local closed = {}

-- Stopped timers, for the next deadlines.
local timers = {}

-- The number of the last cancel.
local heard = 0

---------------------------------------------------------------- the loop's life

local waiting, keepalive = 0, nil

local function stay()
  if not keepalive or is_closing(keepalive) then keepalive = uv.new_timer() end
  keepalive:start(LONGEST, 0, function() end)
end

local function end_wait()
  waiting = waiting - 1
  if waiting == 0 and not is_closing(keepalive) then keepalive:stop() end
end

local function wake(thread, why)
  local ok, err = resume(thread, why)
  if not ok then error(debug.traceback(thread, err), 0) end
end

------------------------------------------------------------------------- timers

-- libuv counts from when its loop last looked at the clock, and rounds down.
local function start(timer, sec, call)
  uv.update_time()
  timer:start(math.ceil(math.min(sec * 1000, LONGEST)), 0, call)
end

local function new_timer()
  local timer = table.remove(timers)
  if timer and not is_closing(timer) then return timer end
  timer = uv.new_timer()
  timer:unref()
  return timer
end

local function release(timer)
  if is_closing(timer) then return end
  timer:stop()
  timers[#timers + 1] = timer
end

-- The timer looks at the limit of who waits when it fires.
local function arm(handle, place, sec)
  local timer = handle[place + TIMER] or new_timer()
  handle[place + TIMER] = timer
  handle[place + ARMED] = now() + sec
  start(timer, sec, function()
    local thread, limit = handle[place], handle[place + LIMIT]
    handle[place + ARMED] = false
    if not thread or not limit then return end
    local left = limit - now()
    if left > 0 then return arm(handle, place, left) end
    handle[place] = false
    wake(thread, TIMEOUT)
  end)
end

local function disarm(handle, place)
  local timer = handle[place + TIMER]
  if not timer then return end
  release(timer)
  handle[place + ARMED], handle[place + TIMER] = false, false
end

-- A coroutine may have been ended meanwhile.
local function wake_closed(thread)
  local why = closed[thread]
  closed[thread] = nil
  if not why then return end
  if coroutine.status(thread) == 'dead' then return end_wait() end
  wake(thread, why)
end

-- In the loop's next turn.
local function wake_later(reader, writer, why)
  if not reader and not writer then return end
  if reader then closed[reader] = why end
  if writer then closed[writer] = why end
  local timer = new_timer()
  start(timer, 0, function()
    release(timer)
    if reader then wake_closed(reader) end
    if writer then wake_closed(writer) end
  end)
end

------------------------------------------------------------------------ handles

local function watch(handle, events)
  handle[STARTED] = events
  if events ~= '' then
    handle[POLL]:start(events, handle[ON_EVENT])
  else
    handle[POLL]:stop()
  end
end

local function watch_waiters(handle)
  watch(handle, (handle[READER] and 'r' or '') .. (handle[WRITER] and 'w' or ''))
end

local function watch_also(handle, events)
  local started = handle[STARTED]
  if started == events or started == 'rw' then return end
  watch(handle, started == '' and events or 'rw')
end

-- An error, after which libuv has stopped the handle, is for the call that waits to find,
-- so it counts as ready. Readiness without a waiter would come again in each turn.
local function on_any_event(handle, err, events)
  local reader, writer = handle[READER], handle[WRITER]
  local readable, writable = err or events:find 'r', err or events:find 'w'
  if err then
    handle[STARTED] = ''
  elseif readable and not reader or writable and not writer then
    watch_waiters(handle)
  end
  if readable and reader then
    handle[READER] = false
    wake(reader, READY)
  end
  if writable and writer and handle[WRITER] == writer then
    handle[WRITER] = false
    wake(writer, READY)
  end
end

-- A program that closes all handles has closed these, and no callback tells: what waits
-- ends when another wait finds that.
local function restart()
  for _, handle in pairs(handles) do
    local reader, writer = handle[READER], handle[WRITER]
    if is_closing(handle[POLL]) and (reader or writer) then
      handle[READER], handle[WRITER] = false, false
      wake_later(reader, writer, CANCELED)
    end
  end
  stay()
end

local function new_handle(fd)
  -- libuv makes it non-blocking. Its object may be a blocking one, and stays that.
  local blocking = poller.nonblock(fd) == false
  local poll, words, name = uv.new_poll(fd)
  if blocking then poller.nonblock(fd, false) end
  if not poll then return nil, errno[name] or words end
  poll:unref()
  if waiting > 0 and is_closing(keepalive) then restart() end
  -- Made at once, it has no more places than these.
  local handle = {poll, '', false, false, false, false, false, false, false, false, false}
  handle[ON_EVENT] = function(err, events)
    local reader = handle[READER]
    local usual = events == 'r' and reader and not err
    if not usual then return on_any_event(handle, err, events) end
    handle[READER] = false -- as above, for what comes most often
    return wake(reader, READY)
  end
  handles[fd] = handle
  return handle
end

-------------------------------------------------------------------------- waits

-- A finalizer or a hook has closed something in the midst of `wait`, what that was about
-- to wait for for instance: the call looks again.
local function look_again(handle, place, thread)
  if handle[place] == thread then handle[place] = false end
  closed[thread] = nil
  watch_waiters(handle)
  end_wait()
  return true
end

-- Goes on when it is resumed; what a poller returns.
local function wait(fd, events, sec, told)
  local handle = handles[fd]
  if not handle or is_closing(handle[POLL]) then
    local err
    handle, err = new_handle(fd)
    if not handle then return nil, err end
  end
  local place, thread = place_of[events], current()
  if handle[STARTED] ~= events then watch_also(handle, events) end
  if sec then
    local limit, armed = now() + sec, handle[place + ARMED]
    handle[place + LIMIT] = limit
    -- One that fires before the limit is started again then; most waits end before.
    if not armed or armed > limit then arm(handle, place, sec) end
  else
    handle[place + LIMIT] = false
  end
  waiting = waiting + 1
  if waiting == 1 then stay() end
  handle[place] = thread
  if heard > told then return look_again(handle, place, thread) end
  local why = yield(handle) -- seen only by who is not the loop
  end_wait()
  if why == READY then return true end
  if why == TIMEOUT or why == CLOSED then return false, nil, true end
  if why == GONE or why == CANCELED then return nil, why.err end
  if handle[place] == thread then handle[place] = false end
  closed[thread] = nil
  return poller.foreign()
end

-- An error, of a hook for instance, has left a wait where it had not begun to wait, or
-- had been woken: whether it was counted is not known.
local function recount()
  waiting = 0
  for _, handle in pairs(handles) do
    if handle[READER] then waiting = waiting + 1 end
    if handle[WRITER] then waiting = waiting + 1 end
  end
  for _ in pairs(closed) do waiting = waiting + 1 end
  if waiting > 0 then return stay() end
  if keepalive and not is_closing(keepalive) then keepalive:stop() end
end

-- Of a coroutine that has been ended in its wait.
local function drop(handle, place)
  if not handle[place] then return recount() end
  handle[place] = false
  end_wait()
end

-- A socket is new here, and the last one of its number may have been closed without a
-- word to this module: its handle does not watch this one, and what waits for that one
-- would wait for this.
local function renew(fd, events)
  local handle, place = handles[fd], place_of[events]
  if not handle or handle[STARTED] == '' or is_closing(handle[POLL]) then return end
  local thread = handle[place]
  handle[place] = false
  wake_later(thread, nil, GONE)
  watch_waiters(handle)
end

return poller.adapt {
  lasting = function(fd, events, sec, known, told)
    if not known then
      if generation() ~= first then return nil, false end
      renew(fd, events)
    end
    return wait(fd, events, sec, told)
  end,

  wait = function(waiter, sec)
    if generation() ~= first then return nil, false end
    renew(waiter.fd, waiter.events)
    waiter.thread = current()
    local ok, err, timeout = wait(waiter.fd, waiter.events, sec, waiter.told)
    waiter.thread = nil
    return ok, err, timeout
  end,

  -- A thread is here only where its coroutine has been ended, or an error has left it.
  forget = function(waiter)
    local handle, place = handles[waiter.fd], place_of[waiter.events]
    if not handle or generation() ~= first then return end
    local thread = waiter.thread
    if thread and (not handle[place] or handle[place] == thread) then
      drop(handle, place)
    end
    if waiter.closed or is_closing(handle[POLL]) then return end
    disarm(handle, place)
    watch_waiters(handle)
  end,

  cancel = function(fd, _, _, ended, told)
    local handle = handles[fd]
    heard = told
    if not handle or generation() ~= first then return end
    if ended then drop(handle, place_of[ended]) end
    local reader, writer = handle[READER], handle[WRITER]
    handle[READER], handle[WRITER] = false, false
    disarm(handle, READER)
    disarm(handle, WRITER)
    if not is_closing(handle[POLL]) then watch(handle, '') end
    wake_later(reader, writer, CLOSED)
  end,
}

-- require 'net.socket.poller.luv': net.socket waits through the loop of luv.
local uv = require 'luv'
local errno = require 'net.socket'.errno
local poller = require 'net.socket.poller'

local LONGEST = 1e12 -- milliseconds

local generation = poller.generation
local first = generation()

-- By descriptor: its poll handle, of which libuv allows one, and who waits with it. A
-- handle is stopped when nobody does; libuv has forgotten the descriptor then, and the
-- handle serves the next one of that number. Making one costs as much as a wait.
local handles = {}

-- Stopped timers, for the next deadlines.
local timers = {}

local function resume(waiter, state)
  if waiter.state then return end -- woken already
  waiter.state = state
  local ok, err = coroutine.resume(waiter.thread)
  if not ok then error(debug.traceback(waiter.thread, err), 0) end
end

-- An error is for the call that waits to find, so it counts as ready.
local function on_event(handle, err, events)
  local reader, writer = handle.r, handle.w
  if reader and (err or events:find 'r') then resume(reader, 'ready') end
  if writer and (err or events:find 'w') then resume(writer, 'ready') end
end

-- Watches for those who wait, or lets go of the descriptor when nobody does.
local function watch(handle)
  local events = (handle.r and 'r' or '') .. (handle.w and 'w' or '')
  if events ~= '' then
    handle.poll:start(events, handle.on_event)
  else
    handle.poll:stop()
  end
end

-- Somebody who closes whatever handles there are has closed this one too.
local function handle_of(fd)
  local handle = handles[fd]
  if handle and not handle.poll:is_closing() then return handle end
  -- libuv makes it non-blocking. Its object may be a blocking one, and stays that.
  local blocking = poller.nonblock(fd) == false
  local poll, words, name = uv.new_poll(fd)
  if blocking then poller.nonblock(fd, false) end
  if not poll then return nil, errno[name] or words end
  handle = {poll = poll}
  handle.on_event = function(err, events) on_event(handle, err, events) end
  handles[fd] = handle
  return handle
end

-- libuv counts from when its loop last looked at the clock, and rounds down.
local function after(sec, call)
  local timer = table.remove(timers)
  if not timer or timer:is_closing() then timer = uv.new_timer() end
  uv.update_time()
  timer:start(math.ceil(math.min(sec * 1000, LONGEST)), 0, call)
  return timer
end

local function release(timer)
  timer:stop()
  timers[#timers + 1] = timer
end

return poller.adapt {
  wait = function(waiter, sec)
    local handle, err = handle_of(waiter.fd)
    if not handle then return nil, err end
    waiter.thread = coroutine.running()
    waiter.handle = handle
    handle[waiter.events] = waiter
    watch(handle)
    if sec then waiter.timer = after(sec, function() resume(waiter, 'timeout') end) end
    coroutine.yield(waiter) -- seen only by who is not the loop
    if not waiter.state then return poller.foreign() end
    if waiter.state == 'ready' then return true end
    return false, nil, true
  end,

  forget = function(waiter)
    waiter.state = waiter.state or 'forgotten'
    if waiter.timer then release(waiter.timer) end
    if waiter.closed or not waiter.handle then return end
    waiter.handle[waiter.events] = nil
    watch(waiter.handle)
  end,

  cancel = function(fd, reader, writer)
    local handle = handles[fd]
    if not handle then return end
    handle.r, handle.w = nil, nil
    watch(handle)
    local timer
    timer = after(0, function()
      release(timer)
      if reader then resume(reader, 'closed') end
      if writer then resume(writer, 'closed') end
    end)
  end,

  -- A child of a fork shares the loop's epoll instance with its parent.
  running = function() return generation() == first end,
}

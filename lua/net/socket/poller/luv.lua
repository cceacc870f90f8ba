-- require 'net.socket.poller.luv': net.socket waits through the loop of luv.
local uv = require 'luv'
local errno = require 'net.socket'.errno
local poller = require 'net.socket.poller'

local LONGEST = 1e12 -- milliseconds

-- By descriptor: its poll handle, of which libuv allows one, and who waits with it.
local handles = {}

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
    handle.poll:start(events, function(err, got) on_event(handle, err, got) end)
    return
  end
  handle.poll:close()
  handles[handle.fd] = nil
end

local function handle_of(fd)
  if handles[fd] then return handles[fd] end
  local poll, words, name = uv.new_poll(fd)
  if not poll then return nil, errno[name] or words end
  handles[fd] = {fd = fd, poll = poll}
  return handles[fd]
end

-- libuv counts from when its loop last looked at the clock, and rounds down.
local function after(sec, call)
  local timer = uv.new_timer()
  uv.update_time()
  timer:start(math.ceil(math.min(sec * 1000, LONGEST)), 0, call)
  return timer
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
    repeat coroutine.yield() until waiter.state
    if waiter.state == 'ready' then return true end
    return false, nil, true
  end,

  forget = function(waiter)
    waiter.state = waiter.state or 'forgotten'
    if waiter.timer then waiter.timer:close() end
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
      timer:close()
      if reader then resume(reader, 'closed') end
      if writer then resume(writer, 'closed') end
    end)
  end,
}

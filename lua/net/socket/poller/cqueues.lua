-- require 'net.socket.poller.cqueues': net.socket waits through cqueues.
--
-- cqueues has a descriptor until it is told, in its epoll set as long as something polls
-- it. So a socket is told of when it closes, and waiting for it again costs nothing.
local cqueues = require 'cqueues'
local poller = require 'net.socket.poller'

local now, poll, current = cqueues.monotime, cqueues.poll, cqueues.running
local generation = poller.generation

-- By controller, the generation of processes that first waited under it.
local first = setmetatable({}, {__mode = 'k'})

-- By descriptor, the controller under which it was waited for last.
local keepers = setmetatable({}, {__mode = 'v'})

-- A child of a fork has the controllers of its parent as well, with the same epoll
-- instance; so cqueues.cancel, which tells all, is not for it.
local function tell(controller, fd)
  if controller and first[controller] == generation() then controller:cancel(fd) end
end

-- Polls until it is ready or its time is up. cqueues also wakes those who wait for the
-- other direction of a descriptor that it is told of, with nothing in its hands.
local function poll_for(pollable, sec)
  local limit = sec and now() + sec
  repeat
    local found = poll(pollable, sec)
    if found == pollable then return true end
    if found ~= nil and found ~= sec then return poller.foreign() end
    sec = limit and limit - now()
  until not pollable.waits or limit and sec <= 0
  return false, nil, true
end

-- What cqueues.poll takes, by direction and descriptor. A coroutine that is closed while
-- it waits would be resumed by it.
local class = {
  __close = function(pollable)
    if pollable.waits then tell(keepers[pollable.pollfd], pollable.pollfd) end
    pollable.waits = nil
  end,
}
local pollables = {r = {}, w = {}}

local function pollable_of(fd, events)
  local found = pollables[events][fd]
  if not found then
    found = setmetatable({pollfd = fd, events = events}, class)
    pollables[events][fd] = found
  end
  return found
end

local function forget(pollable)
  if pollable then pollable.waits = nil end
end

-- Those who wait with it may go on when the number is another socket's.
local function drop(events, fd)
  forget(pollables[events][fd])
  pollables[events][fd] = nil
end

return poller.adapt {
  lasting = function(fd, events, sec)
    local pollable <close> = pollables[events][fd] or pollable_of(fd, events)
    local controller = current()
    if keepers[fd] ~= controller then
      tell(keepers[fd], fd)
      keepers[fd] = controller
    end
    pollable.waits = true
    local ok, err, timeout = poll_for(pollable, sec)
    pollable.waits = nil
    return ok, err, timeout
  end,

  wait = function(waiter, sec)
    waiter.pollfd, waiter.controller, waiter.waits = waiter.fd, current(), true
    return poll_for(waiter, sec)
  end,

  -- That wakes everyone who waits for it, so the last one of a controller tells.
  forget = function(waiter, other)
    local shared = other and other.controller == waiter.controller
    if not shared and not waiter.closed then tell(waiter.controller, waiter.fd) end
  end,

  cancel = function(fd, reader, writer)
    drop('r', fd)
    drop('w', fd)
    forget(reader)
    forget(writer)
    tell(keepers[fd], fd)
    keepers[fd] = nil
    if reader then tell(reader.controller, fd) end
    if writer then tell(writer.controller, fd) end
  end,

  -- A coroutine inside one of its own is none, nor is one under a controller that a child
  -- of a fork has of its parent.
  running = function()
    local controller, own = current()
    if not own then return false end
    local made, this = first[controller], generation()
    if not made then first[controller] = this end
    return not made or made == this
  end,
}

-- require 'net.socket.poller.cqueues': net.socket waits through cqueues.
local cqueues = require 'cqueues'
local poller = require 'net.socket.poller'

local now, generation = cqueues.monotime, poller.generation

-- By controller, the generation of processes that first waited under it.
local first = setmetatable({}, {__mode = 'k'})

return poller.adapt {
  -- A waiter is what cqueues.poll calls a pollable object. cqueues also wakes those who
  -- wait for the other direction of a descriptor, with nothing in its hands.
  wait = function(waiter, sec)
    local limit = sec and now() + sec
    waiter.pollfd, waiter.controller = waiter.fd, cqueues.running()
    repeat
      local found = cqueues.poll(waiter, sec)
      if found == waiter then return true end
      if found ~= nil and found ~= sec then return poller.foreign() end
      sec = limit and limit - now()
    until waiter.closed or limit and sec <= 0
    return false, nil, true
  end,
  -- cqueues keeps a descriptor in its epoll set until it is told. That wakes everyone who
  -- waits for it, so the last one of a controller
  -- tells.
  forget = function(waiter, other)
    local shared = other and other.controller == waiter.controller
    if not shared and not waiter.closed then waiter.controller:cancel(waiter.fd) end
  end,

  -- Not cqueues.cancel, which tells all controllers: a child of a fork has those of its
  -- parent as well, with the same epoll instance.
  cancel = function(fd, reader, writer)
    if reader then reader.controller:cancel(fd) end
    if writer then writer.controller:cancel(fd) end
  end,

  -- A coroutine inside one of its own is none, nor is one under a controller that a child
  -- of a fork has of its parent.
  running = function()
    local controller, own = cqueues.running()
    if not own then return false end
    first[controller] = first[controller] or generation()
    return first[controller] == generation()
  end,
}

-- require 'net.socket.poller.cqueues': net.socket waits through cqueues.
local cqueues = require 'cqueues'
local poller = require 'net.socket.poller'

local now = cqueues.monotime

return poller.adapt {
  -- A waiter is what cqueues.poll calls a pollable object. cqueues also wakes those who
  -- wait for the other direction of a descriptor, with nothing in its hands.
  wait = function(waiter, sec)
    local limit = sec and now() + sec
    waiter.pollfd = waiter.fd
    repeat
      local found = cqueues.poll(waiter, sec)
      if found == waiter then return true end
      if found ~= nil and found ~= sec then return poller.foreign() end
      sec = limit and limit - now()
    until waiter.closed or limit and sec <= 0
    return false, nil, true
  end,
  -- cqueues keeps a descriptor in its epoll set until it is told. That wakes everyone who
  -- waits for it, so the last one tells.
  forget = function(waiter, other)
    if not other and not waiter.closed then cqueues.cancel(waiter.fd) end
  end,
  cancel = cqueues.cancel,
  -- A coroutine inside one of its own is none.
  running = function() return select(2, cqueues.running()) end,
}

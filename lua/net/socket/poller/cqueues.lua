-- require 'net.socket.poller.cqueues': net.socket waits through cqueues.
local cqueues = require 'cqueues'
local poller = require 'net.socket.poller'

return poller.adapt {
  -- A waiter is what cqueues.poll calls a pollable object.
  wait = function(waiter, sec)
    waiter.pollfd = waiter.fd
    if cqueues.poll(waiter, sec) == waiter then return true end
    return false, nil, true
  end,
  -- cqueues keeps a descriptor in its epoll set until it is told. That wakes everyone who
  -- waits for it, so the last one tells.
  forget = function(waiter, other)
    if not other and not waiter.closed then cqueues.cancel(waiter.fd) end
  end,
  cancel = cqueues.cancel,
}

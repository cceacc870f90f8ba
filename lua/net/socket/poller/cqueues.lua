-- require 'net.socket.poller.cqueues': net.socket waits through cqueues.
--
-- cqueues has a descriptor until it is told, in its epoll set as long as something polls
-- it. So a socket is told of when it closes, and waiting for it again costs nothing.
local cqueues = require 'cqueues'
local poller = require 'net.socket.poller'

local current, generation = cqueues.running, poller.generation
local yield, polls = coroutine.yield, cqueues._POLL

-- By controller, the generation of processes that first waited under it.
local first = setmetatable({}, {__mode = 'k'})

-- By descriptor, the controller under which it was waited for last.
local keepers = setmetatable({}, {__mode = 'v'})

-- Whether the running coroutine is one of the controller's, and that one of this process:
-- a child of a fork has its parent's controllers as well, with the same epoll instance.
local function is_own(controller, own)
  if not own then return false end
  local made, this = first[controller], generation()
  if not made then first[controller] = this end
  return not made or made == this
end

-- cqueues.cancel tells all controllers, and that is not for a child of a fork. One that
-- has been closed has let go of all, and raises.
local function tell(controller, fd)
  if not controller or first[controller] ~= generation() then return end
  pcall(controller.cancel, controller, fd)
end

-- The number of the last cancel.
local heard = 0

-- Polls until it is ready or its time is up; cqueues does not say which of the two, and
-- who waits looks. cqueues.poll asks first whether the coroutine is a controller's, which
-- we have just asked; a version without the mark that it yields has it alone.
--
-- A finalizer or a hook may have closed something since `told`, what it would poll for
-- instance: the call looks again. One that comes later still finds the pollable.
local function poll_for(pollable, sec, told)
  local found
  pollable.timeout = sec
  if heard > told then return true end
  if polls then
    found = yield(polls, pollable)
  else
    found = cqueues.poll(pollable)
  end
  if found == pollable or found == nil then return true end
  return poller.foreign()
end

-- What cqueues.poll takes, by direction and descriptor.
local pollables = {r = {}, w = {}}

-- POLLIN and POLLOUT. Of a string cqueues asks strtod(3) first whether it is a number.
local masks = {r = 1, w = 4}

local function pollable_of(fd, events)
  local made = {pollfd = fd, events = masks[events]}
  pollables[events][fd] = made
  return made
end

-- Of a descriptor that is closed. What polls it just now has been read by cqueues; what
-- is about to goes on at once.
local function over(pollable)
  if pollable then pollable.pollfd, pollable.timeout = -1, 0 end
end

local function keep(controller, fd)
  tell(keepers[fd], fd)
  keepers[fd] = controller
end

return poller.adapt {
  lasting = function(fd, events, sec, known, told)
    local controller, own = current()
    if not (known and own and keepers[fd] == controller) then
      if not is_own(controller, own) then return nil, false end
      if keepers[fd] ~= controller then keep(controller, fd) end
    end
    return poll_for(pollables[events][fd] or pollable_of(fd, events), sec, told)
  end,

  wait = function(waiter, sec)
    local controller, own = current()
    if not is_own(controller, own) then return nil, false end
    waiter.pollfd, waiter.controller = waiter.fd, controller
    return poll_for(waiter, sec, waiter.told)
  end,

  -- That wakes everyone who waits for it, so the last one of a controller tells.
  forget = function(waiter, other)
    local shared = other and other.controller == waiter.controller
    if not shared and not waiter.closed then tell(waiter.controller, waiter.fd) end
  end,

  cancel = function(fd, reader, writer, _, told)
    heard = told
    over(pollables.r[fd])
    over(pollables.w[fd])
    pollables.r[fd], pollables.w[fd] = nil, nil
    tell(keepers[fd], fd)
    keepers[fd] = nil
    for _, waiter in pairs {reader, writer} do
      over(waiter)
      tell(waiter.controller, fd)
    end
  end,
}

-- require 'net.socket.poller.copas': net.socket waits through Copas.
--
-- Copas waits in luasocket's select, which takes no descriptor above 1023 and has no
-- deadlines of ours. This gives luasocket a select made with net.socket's own: without a
-- limit, and for luasocket's objects what it was. A coroutine waits in copas.receive with
-- a stand-in for a luasocket object, which that select knows.
local copas = require 'copas'
local luasocket = require 'socket'
local socket = require 'net.socket'
local poller = require 'net.socket.poller'

local now = poller.now

-- The stand-ins that Copas has in its set of readers, also those who wait to write.
local held = {}

-- state: nil while it waits, then 'ready', 'timeout', 'closed', 'foreign' or 'forgotten'.
local StandIn = {}
StandIn.__index = StandIn

-- What copas.receive calls before it waits and whenever it is woken, which is after the
-- select below has said why.
function StandIn:receive()
  if self.begun then self.state = self.state or 'foreign' end
  self.begun = true
  if self.state then return self.state end
  return nil, 'timeout'
end

-- Copas closes what a coroutine waited for last, when that ends.
function StandIn:close() -- luacheck: ignore self
end

------------------------------------------------------------------------ select

local function add(list, object)
  list[#list + 1] = object
  list[object] = #list
end

-- Copas cannot know that its coroutine has been closed.
local function remove(set, stand_in)
  held[stand_in] = nil
  set:remove(stand_in)
  set:pop(stand_in)
end

-- What one select waits for: descriptors, whose they are, what is ready without a wait.
local function new_round(timeout)
  local limit = timeout and timeout >= 0 and now() + timeout or math.huge
  return {r = {}, w = {}, r_of = {}, w_of = {}, readers = {}, writers = {}, limit = limit}
end

local function watch(round, fd, events, object)
  local list, owner = round[events], round[events .. '_of']
  list[#list + 1] = fd
  owner[fd] = object
end

local function gather_held(round, set, stand_in)
  if stand_in.state == 'forgotten' then
    remove(set, stand_in)
  elseif stand_in.state then
    add(round.readers, stand_in)
  else
    watch(round, stand_in.fd, stand_in.events, stand_in)
    round.limit = math.min(round.limit, stand_in.limit)
  end
end

local function gather_readers(round, set)
  for i = #set, 1, -1 do -- backwards: one that goes is replaced by the last
    local object = set[i]
    if held[object] then
      gather_held(round, set, object)
    elseif object.dirty and object:dirty() then
      add(round.readers, object)
    elseif object:getfd() >= 0 then
      watch(round, object:getfd(), 'r', object)
    end
  end
end

local function gather_writers(round, set)
  for i = 1, #set do
    local fd = set[i]:getfd()
    if fd >= 0 then watch(round, fd, 'w', set[i]) end
  end
end

-- Copas may run in a coroutine; its own waiting must not come back to it.
local function select_in_place(r, w, sec)
  if not coroutine.isyieldable() then return socket.select(r, w, sec) end
  local readers, writers
  string.gsub('x', 'x', function() readers, writers = socket.select(r, w, sec) end)
  return readers, writers
end

local function take(round, fds, owner, ready)
  for _, fd in ipairs(fds) do
    local object = owner[fd]
    local is_held = held[object]
    if is_held then object.state = 'ready' end
    add(is_held and round.readers or ready, object)
  end
end

-- A descriptor among them is not open: whoever waits for it finds that out.
local function take_broken(round)
  for stand_in in pairs(held) do
    if not stand_in.state and not select_in_place({stand_in.fd}, nil, 0) then
      stand_in.state = 'ready'
      add(round.readers, stand_in)
    end
  end
end

local function take_late(round)
  local time = now()
  for stand_in in pairs(held) do
    if not stand_in.state and stand_in.limit <= time then
      stand_in.state = 'timeout'
      add(round.readers, stand_in)
    end
  end
end

function luasocket.select(readers, writers, timeout)
  local round = new_round(timeout)
  gather_readers(round, readers or {})
  gather_writers(round, writers or {})
  local sec = #round.readers > 0 and 0 or math.max(round.limit - now(), 0)
  local r, w = select_in_place(round.r, round.w, sec)
  if r then
    take(round, r, round.r_of, round.readers)
    take(round, w, round.w_of, round.writers)
  else
    take_broken(round)
  end
  take_late(round)
  local none = #round.readers + #round.writers == 0
  return round.readers, round.writers, none and 'timeout' or nil
end

------------------------------------------------------------------------ poller

return poller.adapt {
  wait = function(waiter, sec)
    local stand_in = setmetatable({
      fd = waiter.fd,
      events = waiter.events,
      limit = sec and now() + sec or math.huge,
    }, StandIn)
    waiter.stand_in = stand_in
    held[stand_in] = true
    copas.receive(stand_in)
    held[stand_in] = nil
    if stand_in.state == 'ready' then return true end
    if stand_in.state == 'foreign' then return poller.foreign() end
    return false, nil, true
  end,

  forget = function(waiter)
    local stand_in = waiter.stand_in
    if stand_in and not stand_in.state then stand_in.state = 'forgotten' end
  end,

  cancel = function(_, reader, writer)
    if reader then reader.stand_in.state = 'closed' end
    if writer then writer.stand_in.state = 'closed' end
  end,
}

-- require 'net.socket.poller.copas': net.socket waits through Copas.
--
-- Copas waits in luasocket's select, which takes no descriptor above 1023 and looks at
-- all of them each time. This gives luasocket a select that waits by a pollset, where our
-- sockets are until they close; for luasocket's objects it is what it was, but without
-- the limit. A coroutine waits with a stand-in for a luasocket object, as in
-- copas.receive, which itself would end a wait of some minutes: Copas has a watchdog.
local copas = require 'copas'
local luasocket = require 'socket'
local deadlines = require 'net.socket.poller.deadlines'
local socket = require 'net.socket'
local poller = require 'net.socket.poller'

local generation, now = poller.generation, poller.now
local getmetatable, yield, huge = getmetatable, coroutine.yield, math.huge

-- Where there is no descriptor for all, they are looked at so often, in seconds.
local SLICE = 0.02

-- What one process has; a child of a fork has none of its parent's.
local made -- by that generation
local set -- the pollset
local watched -- by descriptor, what the set watches it for
local waiting -- those who wait in the set, by direction and descriptor
local kept -- the stand-ins of sockets, which are used again, likewise
local ready -- stand-ins whose wait has ended, for the next select
local given -- those that the last one has given to Copas
local gone -- those that the heap has not let go of yet
local heap -- those with a deadline
local heard = 0 -- the number of the last cancel
local bell -- a socket that can always send, which the set watches while it has `rung`
local asleep, rung -- Copas is in socket.select
local stale -- the set has told of what it does not watch

local function renew()
  made, set = generation(), nil
  watched, waiting, kept = {}, {r = {}, w = {}}, {r = {}, w = {}}
  ready, given, gone, heap = {}, {}, {}, {}
  bell, asleep, rung = nil, false, false
end
renew()

local function here()
  if made ~= generation() then renew() end
end

---------------------------------------------------------------------- stand-ins

-- state: nil while it waits, then 'ready', 'timeout', 'closed', or 'gone' where its
-- number is another socket's.
local StandIn = {}
StandIn.__index = StandIn

-- Copas closes what a coroutine waited for last, when that ends.
function StandIn:close() -- luacheck: ignore self
end

-- What Copas has its readers in, and keeps to itself: copas.receive yields it, after
-- other things where Copas lets others run first.
local function readers_of_copas()
  local client = {receive = function(self) return self.over, 'timeout' end}
  local probe = coroutine.create(copas.receive)
  local ok, who, readers
  repeat
    ok, who, readers = coroutine.resume(probe, client)
    assert(ok, who)
  until who == client
  client.over = true
  repeat assert(coroutine.resume(probe)) until coroutine.status(probe) == 'dead'
  return assert(readers)
end
local reading = readers_of_copas()

-- Copas puts a reader into that set with each wait, makes it a queue of coroutines, and
-- takes both out again. A stand-in has its one coroutine by itself; the set has one
-- object for all of them, without which Copas would have nothing to do.
local held = 0 -- how many stand-ins have a coroutine
local anchor = {}
local insert, remove = reading.insert, reading.remove
local push, pop = reading.push, reading.pop

function reading:insert(object)
  if getmetatable(object) ~= StandIn then return insert(self, object) end
end

function reading:remove(object)
  if getmetatable(object) ~= StandIn then return remove(self, object) end
end

function reading:push(object, thread)
  if getmetatable(object) ~= StandIn then return push(self, object, thread) end
  object.thread = thread
  held = held + 1
  if held == 1 then insert(self, anchor) end
end

function reading:pop(object)
  if getmetatable(object) ~= StandIn then return pop(self, object) end
  local thread = object.thread
  if not thread then return end
  object.thread = nil
  held = held - 1
  if held == 0 then remove(self, anchor) end
  -- One may have been ended since its socket was closed.
  local ended = object.state == 'closed' or object.state == 'gone'
  if ended and coroutine.status(thread) == 'dead' then return end
  return thread
end

local function watch(fd, events)
  local ok, err = set:watch(fd, events)
  watched[fd] = ok and events ~= '' and events or nil
  return ok, err
end

-- Readiness without a waiter would come again in each turn.
local function watch_waiters(fd)
  watch(fd, (waiting.r[fd] and 'r' or '') .. (waiting.w[fd] and 'w' or ''))
end

local function stop(stand_in)
  local same = waiting[stand_in.events]
  if same[stand_in.fd] == stand_in then same[stand_in.fd] = nil end
  stand_in.limit = nil
end

local function finish(stand_in, state)
  stop(stand_in)
  stand_in.state = state
  ready[#ready + 1] = stand_in
end

-- Whether its wait has ended, and Copas has not been told yet.
local function taken_back(stand_in)
  for i = 1, #ready do
    if ready[i] == stand_in then return table.remove(ready, i) end
  end
end

-- Its coroutine has been closed, or resumed by other code, which Copas cannot know: it
-- may be about to resume it. It serves no other wait.
local function drop(stand_in)
  local same = kept[stand_in.events]
  if same[stand_in.fd] == stand_in then same[stand_in.fd] = nil end
  if stand_in.place then gone[#gone + 1] = stand_in end
  reading:pop(stand_in)
  if not stand_in.state or taken_back(stand_in) then stop(stand_in) end
end

-- A finalizer or a hook has closed something in the midst of `wait_with`, what that was
-- about to wait for for instance: the call looks again.
local function look_again(stand_in)
  drop(stand_in)
  watch_waiters(stand_in.fd)
  return true
end

-- The last socket of that number may have been closed without a word to this: the set
-- does not watch the new one, and what waits for the last one would wait for this.
local function replace(fd, events)
  local last = waiting[events][fd]
  if last then
    kept[events][fd] = nil
    finish(last, 'gone')
  end
  if watched[fd] then watch_waiters(fd) end
end

local function wait_with(stand_in, sec, told)
  local fd, events = stand_in.fd, stand_in.events
  local seen = watched[fd]
  if not set then
    local err
    set, err = poller.pollset()
    if not set then return nil, err end
  end
  if seen ~= events and seen ~= 'rw' then
    local ok, err = watch(fd, seen and 'rw' or events)
    if not ok then return nil, err end
  end
  stand_in.state = nil
  if sec then
    stand_in.limit = now() + sec
    deadlines.arm(heap, stand_in)
  end
  waiting[events][fd] = stand_in
  if heard > told then return look_again(stand_in) end
  local by = yield(stand_in, reading)
  local state = stand_in.state
  if state == 'ready' then return true end
  if state == 'gone' then return nil, socket.errno.EBADF end
  if state then return false, nil, true end
  if by == stand_in then -- by Copas, for no reason: see `tell_again`
    stop(stand_in)
    return true
  end
  drop(stand_in)
  return poller.foreign()
end

local function new_stand_in(fd, events)
  return setmetatable({fd = fd, events = events, state = 'new'}, StandIn)
end

------------------------------------------------------------------------- select

local function gather_readers(readers, add, dirty)
  for i = 1, #readers do
    local object = readers[i]
    if object ~= anchor then
      if object.dirty and object:dirty() then
        dirty[#dirty + 1] = object
        dirty[object] = #dirty
      else
        add(object)
      end
    end
  end
end

-- The descriptors of luasocket's objects, and whose they are.
local function list()
  local fds, owner = {}, {}
  return fds, owner, function(object)
    local fd = object:getfd()
    if fd < 0 then return end
    fds[#fds + 1] = fd
    owner[fd] = object
  end
end

-- Copas may run in a coroutine; its own waiting must not come back to it.
local function select_in_place(r, w, sec)
  if not coroutine.isyieldable() then return socket.select(r, w, sec) end
  local readers, writers
  string.gsub('x', 'x', function() readers, writers = socket.select(r, w, sec) end)
  return readers, writers
end

local function take(fds, owner, found)
  for _, fd in ipairs(fds or {}) do
    local object = owner[fd]
    if object then
      found[#found + 1] = object
      found[object] = #found
    end
  end
end

-- A hook of a signal may close a socket while Copas sleeps in socket.select, which goes
-- on until something in the set is ready.
local function ring()
  bell = bell or socket.new_unix_dgram()
  rung = bell and set:watch(bell, 'w')
end

local function wake_up()
  asleep = false
  if rung then set:watch(bell) end
  rung = false
end

-- Waits for luasocket's objects, and for the pollset where it is told.
local function select_others(readers, writers, sec, with)
  local found, found_writers = {}, {}
  local r, readers_of, add_reader = list()
  local w, writers_of, add_writer = list()
  gather_readers(readers, add_reader, found)
  for i = 1, #writers do add_writer(writers[i]) end
  if #found > 0 then sec = 0 end
  if with then
    local fd = with:fd()
    r[#r + 1] = fd
    if not fd then sec = math.min(sec, SLICE) end
  end
  asleep = with ~= nil
  local r_ready, w_ready = select_in_place(r, w, sec < huge and sec or nil)
  wake_up()
  take(r_ready, readers_of, found)
  take(w_ready, writers_of, found_writers)
  return found, found_writers
end

-- A descriptor that was closed by its number stays in the set as long as a copy of it is
-- open, and nothing takes it out: the set's other descriptors move to a new one.
local function leave_set()
  local fresh = poller.pollset()
  stale = false
  if not fresh then return end
  set:close()
  set = fresh
  for fd, events in pairs(watched) do set:watch(fd, events) end
end

local function wake(fds, events)
  local same = waiting[events]
  local idle
  for i = 1, #fds do
    local fd = fds[i]
    local stand_in = same[fd]
    if stand_in then
      -- `finish`, written out: the calls were 4 of 100 instructions of a busy server.
      same[fd], stand_in.limit = nil, nil
      stand_in.state = 'ready'
      ready[#ready + 1] = stand_in
    elseif watched[fd] == events or watched[fd] == 'rw' then
      idle = idle or {}
      idle[#idle + 1] = fd
    elseif not watched[fd] and not rung then
      stale = true
    end
  end
  return idle
end

local function watch_idle(fds)
  for i = 1, fds and #fds or 0 do watch_waiters(fds[i]) end
end

-- What has ended its wait in the set, within so many seconds.
local function take_ready(sec)
  local r, w = assert(set:wait(sec < huge and sec or nil))
  local idle_r, idle_w = wake(r, 'r'), wake(w, 'w')
  if stale then leave_set() end
  watch_idle(idle_r)
  watch_idle(idle_w)
end

local function take_late()
  local time = now()
  local late = deadlines.next_late(heap, time)
  while late do
    finish(late, 'timeout')
    late = deadlines.next_late(heap, time)
  end
end

-- Copas has not resumed all that it was told: an error, such as an interruption, has left
-- its step, or that is made within another.
local function tell_again()
  for i = 1, #given do
    local stand_in = given[i]
    if stand_in.thread and stand_in.state then ready[#ready + 1] = stand_in end
  end
end

local function select_of_copas(readers, writers, sec)
  wake_up() -- where an error has left the last one
  tell_again()
  while #gone > 0 do deadlines.remove(heap, table.remove(gone)) end
  local found, found_writers = ready, {}
  local first = deadlines.first(heap)
  if #ready > 0 then
    sec = 0
  elseif first < huge then
    sec = math.min(sec, math.max(first - now(), 0))
  end
  local others = #readers + #writers - (held > 0 and 1 or 0)
  if not set or others > 0 then
    found, found_writers = select_others(readers, writers, sec, set)
    sec = 0
  end
  if set then take_ready(sec) end
  if heap[1] then take_late() end
  local ours = ready
  given, ready = ours, {}
  if found ~= ours then table.move(ours, 1, #ours, #found + 1, found) end
  return found, found_writers
end

function luasocket.select(readers, writers, timeout)
  local sec = timeout and timeout >= 0 and timeout or huge
  local found, found_writers
  here()
  readers, writers = readers or {}, writers or {}
  if readers.remove and readers.pop then
    found, found_writers = select_of_copas(readers, writers, sec)
  else
    found, found_writers = select_others(readers, writers, sec)
  end
  local none = #found + #found_writers == 0
  return found, found_writers, none and 'timeout' or nil
end

------------------------------------------------------------------------- poller

-- The set lets go of a socket that closes; what waits goes on with the next select.
local function release(fd, ended)
  if watched[fd] then watch(fd, '') end
  for events, same in pairs(kept) do
    local stand_in = same[fd]
    if stand_in and events == ended then
      drop(stand_in)
    elseif stand_in then
      if stand_in.place then gone[#gone + 1] = stand_in end
      same[fd] = nil
    end
  end
  for _, same in pairs(waiting) do
    if same[fd] then finish(same[fd], 'closed') end
  end
  if asleep and #ready > 0 then ring() end
end

return poller.adapt {
  lasting = function(fd, events, sec, known, told)
    here()
    if not known then replace(fd, events) end
    local stand_in = kept[events][fd]
    if not stand_in then
      stand_in = new_stand_in(fd, events)
      kept[events][fd] = stand_in
    end
    return wait_with(stand_in, sec, told)
  end,

  wait = function(waiter, sec)
    here()
    replace(waiter.fd, waiter.events)
    local stand_in = new_stand_in(waiter.fd, waiter.events)
    waiter.stand_in = stand_in
    return wait_with(stand_in, sec, waiter.told)
  end,

  forget = function(waiter)
    if not waiter.stand_in then return end
    drop(waiter.stand_in)
    if not waiter.closed and watched[waiter.fd] then watch_waiters(waiter.fd) end
  end,

  cancel = function(fd, _, _, ended, told)
    here()
    heard = told
    release(fd, ended)
  end,
}

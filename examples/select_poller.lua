-- select_poller.lua PORT [COUNT]: COUNT echo clients at a time in one process, as
-- cqueues_poller.lua has them, with a scheduler of its own instead of cqueues: a pollset,
-- where each socket stays until it closes, and a look at the clock.
local socket = require 'net.socket'
local poller = require 'net.socket.poller'

local scheduler = {}
local set -- while it runs
local ready, sleepers = {}, {} -- who goes on next, and who has a limit
local first = math.huge -- no limit is earlier
local waiters, watched = {r = {}, w = {}}, {} -- by descriptor
local current -- the coroutine that runs
local heard = 0 -- the number of the last cancel
local made -- the generation of processes that runs

function scheduler.spawn(call)
  ready[#ready + 1] = {thread = coroutine.create(call)}
end

-- Goes on when `wake` is called with the entry, which says how.
local function pause(entry, limit)
  entry.limit = limit
  if limit then
    sleepers[entry] = true
    first = math.min(first, limit)
  end
  coroutine.yield()
  return entry.how
end

local function wake(entry, how)
  sleepers[entry] = nil
  if entry.how then return end
  entry.how = how
  ready[#ready + 1] = entry
end

function scheduler.sleep(sec)
  pause({thread = coroutine.running()}, poller.now() + sec)
end

-- What the set watches a descriptor for is what is waited for, or more.
local function watch(fd, events)
  local now = watched[fd]
  if now == events or now == 'rw' then return true end
  watched[fd] = now and 'rw' or events
  return set:watch(fd, watched[fd])
end

local function watch_waiters(fd)
  local events = (waiters.r[fd] and 'r' or '') .. (waiters.w[fd] and 'w' or '')
  watched[fd] = events ~= '' and events or nil
  set:watch(fd, events)
end

local function leave(entry)
  local same = waiters[entry.events]
  if same[entry.fd] == entry then same[entry.fd] = nil end
  sleepers[entry] = nil
end

-- The last socket of that number may have been closed without a word to this: the set
-- does not watch the new one, and what waits for the last one would wait for this. In a
-- child of a fork that is a copy of its parent's.
local function renew(fd, events)
  local entry = waiters[events][fd]
  if entry and made == poller.generation() then wake(entry, 'gone') end
  if entry then leave(entry) end
  if watched[fd] then watch_waiters(fd) end
end

local function wait_as(entry, sec)
  if coroutine.running() ~= current then return nil, false end -- it waits in place
  if not entry.known then renew(entry.fd, entry.events) end
  local ok, err = watch(entry.fd, entry.events)
  if not ok then return nil, err end
  entry.thread = current
  waiters[entry.events][entry.fd] = entry
  if heard > entry.told then -- other code has run meanwhile: the call looks again
    leave(entry)
    return true
  end
  local how = pause(entry, sec and poller.now() + sec)
  leave(entry)
  if how == 'ready' then return true end
  if how == 'gone' then return nil, socket.errno.EBADF end
  if not how then return poller.foreign() end
  return false, nil, true
end

poller.adapt {
  wait = wait_as,
  forget = function(entry)
    leave(entry)
    if not entry.closed and watched[entry.fd] then watch_waiters(entry.fd) end
  end,
  lasting = function(fd, events, sec, known, told)
    return wait_as({fd = fd, events = events, known = known, told = told}, sec)
  end,
  cancel = function(fd, _, _, ended, told)
    heard = told
    if watched[fd] then set:watch(fd) end
    watched[fd] = nil
    for events, same in pairs(waiters) do
      local entry = same[fd]
      if entry and events ~= ended then wake(entry, 'closed') end
      if entry then leave(entry) end
    end
  end,
}

-- A descriptor that was closed by its number stays in the set as long as a copy of it is
-- open, and nothing takes it out: all others move to a new set.
local function leave_set()
  set:close()
  set = assert(poller.pollset())
  for fd, events in pairs(watched) do set:watch(fd, events) end
end

local function is_stale(fds)
  for _, fd in ipairs(fds) do
    if not watched[fd] then return true end
  end
  return false
end

-- Readiness without a waiter would come again in each turn.
local function wake_all(fds, events)
  for _, fd in ipairs(fds) do
    local entry = waiters[events][fd]
    if entry and not entry.how then
      wake(entry, 'ready')
    elseif watched[fd] == events or watched[fd] == 'rw' then
      watch_waiters(fd)
    end
  end
end

local function wait_once()
  local sec = #ready > 0 and 0 or math.max(first - poller.now(), 0)
  local readers, writers = assert(set:wait(sec))
  if is_stale(readers) or is_stale(writers) then leave_set() end
  wake_all(readers, 'r')
  wake_all(writers, 'w')
  local time = poller.now()
  if time < first then return end
  first = math.huge
  for entry in pairs(sleepers) do
    if entry.limit <= time then wake(entry, 'timeout') end
    if not entry.how then first = math.min(first, entry.limit) end
  end
end

-- Runs until every coroutine has ended.
function scheduler.run()
  set, watched, made = assert(poller.pollset()), {}, poller.generation()
  while true do
    local now = ready
    ready = {}
    for _, entry in ipairs(now) do
      if coroutine.status(entry.thread) == 'suspended' then
        current = entry.thread
        local ok, err = coroutine.resume(entry.thread)
        current = nil
        if not ok then error(debug.traceback(entry.thread, err), 0) end
      end
    end
    local waits = next(sleepers) or next(waiters.r) or next(waiters.w)
    if #ready == 0 and not waits then break end
    wait_once()
  end
  set:close()
  watched = {}
end
if ... == 'select_poller' then return scheduler end -- required, not run

local function echo(port, text)
  local sock <close> = assert(socket.connect_inet_stream('127.0.0.1', port, 5))
  assert(sock:sendall(text .. '\n', 5))
  assert(sock:shutdown(socket.SHUT_WR))
  assert(sock:recvline(nil, 5) == text .. '\n', 'the answer is another text')
end

local port, count, done = arg[1], tonumber(arg[2] or 100), 0
for i = 1, count do
  scheduler.spawn(function()
    echo(port, 'client ' .. i)
    done = done + 1
  end)
end
scheduler.run()
print(done .. ' clients')

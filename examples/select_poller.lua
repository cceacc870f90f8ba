-- select_poller.lua PORT [COUNT]: COUNT echo clients at a time in one process, as
-- cqueues_poller.lua has them, with a scheduler of fifty lines instead of cqueues.
local socket = require 'net.socket'
local poller = require 'net.socket.poller'

local scheduler = {}
local ready, sleepers, waiters = {}, {}, {r = {}, w = {}}
local current -- the coroutine that runs

function scheduler.spawn(call)
  ready[#ready + 1] = coroutine.create(call)
end

-- Whoever sleeps or waits with a deadline has an entry {limit =, thread =}.
local function pause(limit, entry)
  entry.limit, entry.thread = limit, coroutine.running()
  sleepers[entry] = true
  coroutine.yield()
end

function scheduler.sleep(sec)
  pause(poller.now() + sec, {})
end

poller.adapt {
  wait = function(waiter, sec)
    waiters[waiter.events][waiter.fd] = waiter
    pause(sec and poller.now() + sec or math.huge, waiter)
    if waiter.ready then return true end
    return false, nil, true
  end,
  forget = function(waiter)
    sleepers[waiter] = nil
    local same = waiters[waiter.events]
    if same[waiter.fd] == waiter then same[waiter.fd] = nil end
  end,
  cancel = function(fd, reader, writer)
    waiters.r[fd], waiters.w[fd] = nil, nil
    if reader then reader.limit = 0 end
    if writer then writer.limit = 0 end
  end,
  running = function() return coroutine.running() == current end,
}

local function wake(entry)
  sleepers[entry] = nil
  ready[#ready + 1] = entry.thread
end

local function wait_once()
  local first, fds = math.huge, {r = {}, w = {}}
  for entry in pairs(sleepers) do first = math.min(first, entry.limit) end
  for events, same in pairs(waiters) do
    for fd in pairs(same) do table.insert(fds[events], fd) end
  end
  local readers, writers = socket.select(fds.r, fds.w, math.max(first - poller.now(), 0))
  for events, found in pairs {r = assert(readers, writers), w = writers} do
    for _, fd in ipairs(found) do
      local waiter = waiters[events][fd]
      waiters[events][fd], waiter.ready = nil, true
      wake(waiter)
    end
  end
  local time = poller.now()
  for entry in pairs(sleepers) do
    if entry.limit <= time then wake(entry) end
  end
end

-- Runs until every coroutine has ended.
function scheduler.run()
  while #ready > 0 or next(sleepers) do
    if #ready == 0 then wait_once() end
    local now = ready
    ready = {}
    for _, thread in ipairs(now) do
      if coroutine.status(thread) == 'suspended' then
        current = thread
        local ok, err = coroutine.resume(thread)
        current = nil
        if not ok then error(debug.traceback(thread, err), 0) end
      end
    end
  end
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

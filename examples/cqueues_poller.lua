-- cqueues_poller.lua PORT [COUNT]: COUNT echo clients at a time in one process. Each is a
-- coroutine that looks as if it waited; net.socket waits through the scheduler, cqueues.
local cqueues = require 'cqueues'
local socket = require 'net.socket'

-- Waits in the coroutine, and has forgotten the descriptor however the wait ends.
local function waiter(events)
  return function(fd, sec)
    local _ <close> = setmetatable({}, {__close = function() cqueues.cancel(fd) end})
    local watched = {pollfd = fd, events = events}
    if cqueues.poll(watched, sec) == watched then return true end
    return false, nil, true
  end
end

socket.poller.use {wait_readable = waiter 'r', wait_writable = waiter 'w'}

local function echo(port, text)
  local sock <close> = assert(socket.connect_inet_stream('127.0.0.1', port, 5))
  assert(sock:send(text))
  assert(sock:shutdown(socket.SHUT_WR))
  local answer = ''
  repeat
    assert(sock:recvable(5), 'no answer within 5 seconds')
    local data, err, again = sock:recv()
    assert(not err, err)
    answer = answer .. (data or '')
  until not data and not again
  assert(answer == text, 'the answer is another text')
end

local port, count = arg[1], tonumber(arg[2] or 100)
local clients, done = cqueues.new(), 0
for i = 1, count do
  clients:wrap(function()
    echo(port, 'client ' .. i)
    done = done + 1
  end)
end
assert(clients:loop())
print(done .. ' clients')
